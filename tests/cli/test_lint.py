"""What `rounds lint` shows on a screen: grave things first, warnings folded, and which rules were not asked."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Rounds

_FRONT = "---\ntitle: T\nlanguage: {}\ndisclaimer: Ask your GP.\n---\n\n"
_BODY = (
    "## A\n\nIt is 5 mm. It may be 6 mm, or 7 mm. Some are 8 mm.\n\n"
    "You can stop taking your tablets once you feel better.\n\n"
    "As mentioned above, rest.\n"
)


def test_grave_things_come_first_and_warnings_are_one_line_a_rule(rounds: Rounds, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(_FRONT.format("en-GB") + _BODY)
    shown = rounds("lint", page).stdout
    places = [shown.index(rule) for rule in ("A stop-medicine", "B back-reference", "C E-03.number")]
    assert places == sorted(places)
    assert f"{page}:9: C E-03.number-without-citation 3 times, on line 9." in shown
    assert "It may be 6 mm" not in shown
    assert "--severity C shows each" in shown
    assert "It may be 6 mm" in rounds("lint", page, "--severity", "C").stdout
    assert "To mend" in rounds("lint", page, "--severity", "C").stdout


def test_what_one_rule_finds_over_and_over_is_shown_five_times_and_counted(
    rounds: Rounds, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        _FRONT.format("en-GB") + "## A\n\n" + "\n\n".join(f"As said above, {n}." for n in "abcdefgh")
    )
    shown = rounds("lint", page).stdout
    assert shown.count("B back-reference") == 5
    assert "3 more of this rule, on line 19, 21, 23." in shown
    assert rounds("lint", page, "--severity", "B").stdout.count("B back-reference") == 8


def test_it_says_which_rules_were_not_asked_of_an_article_in_german(rounds: Rounds, tmp_path: Path) -> None:
    page = tmp_path / "seite.md"
    page.write_text(_FRONT.format("de") + "## Ruhe\n\nRuhen Sie sich aus.\n")
    assert "In German these rules were not asked: contradictory-bound, " in rounds("lint", page).stdout
    answer = json.loads(rounds("lint", page, "--json").stdout)
    assert answer["language"] == "de"
    assert "stop-medicine" in answer["not_asked"]
    log = json.loads(rounds("lint", page, "--sarif").stdout)
    (told,) = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("In German")
    page.write_text(_FRONT.format("en-GB") + "## Rest\n\nRest when you can.\n")
    assert "not asked" not in rounds("lint", page).stdout
