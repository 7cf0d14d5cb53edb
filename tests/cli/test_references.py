"""`rounds references`: the list, for people, programs and reference managers; and the check, with the web made up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.core.content.references.links import LinkAnswer, LinkState
from tests.cli.conftest import Rounds, Told

ARTICLE = """---
title: Rest
references:
  - id: nhs
    text: "NHS. Rest. 2023 [accessed 1 March 2026]."
    url: https://www.nhs.uk/rest
  - id: food
    text: "Smith J. Food. J Ex. 2020;1(2):3-4. doi:10.1000/food"
    grade: guideline
  - id: gone
    text: "Sample Trust. Sleep. 2024 [accessed 1 March 2026]."
    url: https://www.mind.org.uk/sleep
---

## Why rest helps

It helps.[1,2] It may.[3]
"""
TABLE = "OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,RetractionDate,Title\n"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "rest.md"
    file.write_text(ARTICLE)
    return file


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A web of which every page lives but one. Answers with what was asked for."""
    asked: list[str] = []

    def status_of(url: str) -> LinkAnswer:
        asked.append(url)
        gone = LinkAnswer(LinkState.DEAD, "answers 404: there is no such page", 404, url)
        return gone if "mind" in url else LinkAnswer(LinkState.LIVE, "answers", 200, url)

    monkeypatch.setattr("pipeline.cli.references.status_of", status_of)
    return asked


def test_the_list_is_told_with_grade_and_places(rounds: Rounds, told: Told, article: Path) -> None:
    answer = told("references", article)
    assert (answer["article"], len(answer["references"])) == ("rest", 3)
    first = answer["references"][0]
    assert first.pop("csl")["title"] == "Rest"
    assert first == {
        "number": 1,
        "key": "nhs",
        "text": "NHS. Rest. 2023 [accessed 1 March 2026].",
        "grade": "guideline",
        "why": "nhs.uk publishes it",
        "url": "https://www.nhs.uk/rest",
        "doi": None,
        "pmid": None,
        "accessed": "2026-03-01",
        "missing": [],
        "cited": [{"section": "Why rest helps", "line": 17}],
    }
    said = rounds("references", "show", article).stdout
    assert (
        "    guideline: the article says so; doi:10.1000/food\n    cited in Why rest helps (line 17)\n"
        in said
    )


def test_a_reference_manager_is_given_csl_json(rounds: Rounds, article: Path) -> None:
    items = json.loads(rounds("references", "--csl", article).stdout)
    assert [item["id"] for item in items] == ["nhs", "food", "gone"]
    assert items[1]["DOI"] == "10.1000/food"


def test_the_check_tells_dead_links_and_that_no_retractions_were_looked_up(
    rounds: Rounds, article: Path, web: list[str]
) -> None:
    result = rounds("references", "check", article)
    assert result.exit_code == 1
    assert f"{article}:10: B dead-link The address of reference 3 answers 404" in result.stdout
    assert "Retractions: not looked up, since ROUNDS_RETRACTIONS names no data" in result.stdout
    assert sorted(web) == ["https://www.mind.org.uk/sleep", "https://www.nhs.uk/rest"]
    data = json.loads(rounds("references", "check", article, "--json").stdout)
    assert (data["blocking"], data["retractions"], data["kept"]) == (1, None, False)
    assert {link["key"]: link["state"] for link in data["links"]} == {"nhs": "live", "gone": "dead"}


def test_a_retracted_paper_waits_for_a_clinician(
    rounds: Rounds, article: Path, web: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.settings import current

    table = tmp_path / "retractions.csv"
    table.write_text(TABLE + "10.1000/FOOD,0,Retraction,3/15/2023 0:00,Food\n")
    monkeypatch.setenv("ROUNDS_RETRACTIONS", str(table))
    current.cache_clear()
    result = rounds("references", "check", article)
    assert f"{article}:7: A retracted-reference Reference 2 was retracted" in result.stdout
    assert f"Retractions: looked up in {table}." in result.stdout
    table.write_text("Some,Columns\n1,2\n")
    refused = rounds("references", "check", article)
    assert refused.exit_code == 2
    assert f"{table}:1: The table of retractions has no column OriginalPaperDOI" in refused.stderr


def test_where_no_name_at_all_is_found_it_is_this_machine_that_is_cut_off(
    rounds: Rounds, article: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = LinkAnswer(LinkState.NO_HOST, "is at a host that does not exist")
    monkeypatch.setattr("pipeline.cli.references.status_of", lambda url: nowhere)
    result = rounds("references", "check", article)
    assert result.exit_code == 0
    assert "this machine may be cut off" in result.stdout


def test_what_the_check_finds_is_kept_with_the_article_and_waits_for_who_signs(
    rounds: Rounds,
    told: Told,
    article: Path,
    web: list[str],
    content: Path,
    db: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pipeline.settings import current

    signed = ("--reviewer", "Dr Demo", "--profession", "GP", "--registration", "none", "--demonstration")
    home = content / "articles" / "rest.md"
    home.write_text(article.read_text().replace("title: Rest", WHO))
    unknown = rounds("references", "check", "rest")
    assert "Nothing was kept" in unknown.stdout
    told("import", home)
    table = content / "retractions.csv"
    table.write_text(TABLE + "10.1000/FOOD,0,Retraction,3/15/2023 0:00,Food\n")
    monkeypatch.setenv("ROUNDS_RETRACTIONS", str(table))
    current.cache_clear()
    result = rounds("references", "check", "rest")
    assert (result.exit_code, "Kept with the article" in result.stdout) == (1, True)
    lint = json.loads(rounds("lint", "rest", "--json").stdout)
    assert {f["rule"] for f in lint["findings"]} >= {"dead-link", "retracted-reference"}
    assert rounds("lint", home).exit_code == 0  # the file itself says nothing of it
    dead = rounds("approve", "rest", *signed)
    assert (dead.exit_code, "The address of reference 3 answers 404" in dead.stderr) == (2, True)
    home.write_text(home.read_text().replace("https://www.mind.org.uk/sleep", "https://www.nhs.uk/sleep"))
    told("import", home)
    undecided = rounds("approve", "rest", *signed)
    assert (undecided.exit_code, "Reference 2 was retracted" in undecided.stderr) == (2, True)
    [key] = [each["key"] for each in told("letters", "rest")["decide"]]
    monkeypatch.delenv("ROUNDS_RETRACTIONS")
    current.cache_clear()
    rounds("references", "check", "rest")  # nobody looked retractions up this time: that one stands
    decided = told("approve", "rest", *signed, "--decide", f"{key}=The claim stands without it.")
    assert decided["decisions"] == {key: "The claim stands without it."}
    missing = rounds("lint", "no-such-article")
    assert (missing.exit_code, "There is no article" in missing.stderr) == (2, True)


WHO = """title: Rest
slug: rest
authors: [{name: Ada Sample, credentials: MSc, role: Writer}]
disclaimer: Ask your GP about your own care."""
