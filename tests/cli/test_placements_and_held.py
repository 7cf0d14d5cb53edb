"""`rounds placements`, `rounds embed`, `rounds held` and `rounds subscribers erase --child`."""

from __future__ import annotations

import pytest

from pipeline.actions.subscribe import SignUp, subscribe
from tests import factories
from tests.factories import NOW, WEEKLY

pytestmark = pytest.mark.django_db


def test_a_placement_is_added_listed_printed_and_closed(told, rounds):
    factories.notices()
    page = "https://www.example.org/news/"
    made = told("placements", "add", "blog", page, "--purpose", WEEKLY)
    assert made == {
        "name": "blog",
        "page_url": page,
        "origin": "https://www.example.org",
        "purposes": [WEEKLY],
    }
    [listed] = told("placements", "list")["placements"]
    assert (listed["name"], listed["closed_at"]) == ("blog", None)
    printed = told("embed", "blog")
    assert "/signup/from/blog/" in printed["form"]
    assert printed["form"] in rounds("embed", "blog").stdout
    told("placements", "close", "blog")
    for again in (("embed", "blog"), ("placements", "close", "blog"), ("placements", "add", "blog", page)):
        answer = rounds(*again)
        assert (answer.exit_code, answer.stdout) == (2, "")
        assert "blog" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("A b", "https://www.example.org/"), "lower-case letters"),
        (("blog", "http://www.example.org/"), "needs https"),
        (("blog", "nonsense"), "whole web address"),
        (("blog", "https://www.example.org/", "--purpose", "none"), "The lists are:"),
    ],
)
def test_a_placement_that_cannot_be_gets_a_sentence(rounds, arguments, sentence):
    answer = rounds("placements", "add", *arguments)
    assert (answer.exit_code, sentence in answer.stderr) == (2, True)


@pytest.mark.holds("D-09")
def test_what_is_held_is_shown_released_and_dropped(told, rounds):
    from pipeline.gateways import clock

    factories.notices()
    for name in ("postmaster", "abuse"):
        subscribe(SignUp(f"{name}@readers.test", (WEEKLY,), "blog"), clock.now())
    first, second = told("held", "list")["held"]
    assert (first["address"], first["why"], first["placement"]) == (
        "postmaster@readers.test",
        "role_address",
        "blog",
    )
    assert second["uid"] in rounds("held", "list").stdout
    told("held", "release", first["uid"])
    told("held", "drop", second["uid"])
    assert told("held", "list") == {"held": []}
    for again in ("release", "drop"):
        assert rounds("held", again, first["uid"]).exit_code == 2


@pytest.mark.holds("C-25")
def test_a_child_is_erased_by_a_command_that_repeats_no_address(told, rounds):
    factories.notices()
    kit = factories.subscriber("kit", now=NOW)
    assert told("subscribers", "erase", "--child", kit.address) == {"erased": True}
    assert kit.address not in rounds("subscribers", "erase", "--child", kit.address).output
    assert rounds("subscribers", "erase", "--child", "nobody@readers.test").exit_code == 2
