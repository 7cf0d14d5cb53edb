"""`rounds import | lint | plan | render | approve`: from a file to emails that one can look at."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests import factories
from tests.cli.conftest import Rounds, Told, snapshot

ARTICLE = "breast-calcifications"
PAGE = """Sore throats

By Ada Example

A sore throat is common and mostly passes within a week.

Causes

Most are caused by viruses.[1]

References

1. Example Health. Sore throats. https://health.example/throats
"""


def test_an_import_answers_with_the_documented_object(told: Told, db: None, content: Path) -> None:
    answer = told("import", content / "articles" / f"{ARTICLE}.md")
    assert list(answer) == ["article", "findings", "left_out", "imported", "written"]
    assert list(answer["article"]) == [
        "title",
        "authors",
        "language",
        "sections",
        "faq",
        "references",
        "citations",
        "pictures",
        "allowances",
    ]
    assert {tuple(s) for s in answer["article"]["sections"]} == {
        ("heading", "level", "suggested", "kind", "words")
    }
    assert (answer["imported"], answer["written"]) == ("new", None)


def test_a_second_import_of_an_unchanged_file_says_so_and_changes_nothing(
    rounds: Rounds, told: Told, db: None, content: Path
) -> None:
    file = content / "articles" / f"{ARTICLE}.md"
    assert told("import", file)["imported"] == "new"
    before = snapshot(content)
    assert told("import", file)["imported"] == "unchanged"
    again = rounds("import", file)
    assert (again.exit_code, again.stdout.splitlines()[-1]) == (
        0,
        "Unchanged: this revision is known already.",
    )
    assert snapshot(content) == before


def test_a_page_from_elsewhere_becomes_an_article_file(
    rounds: Rounds, told: Told, db: None, content: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE)
    answer = told("import", page)
    assert answer["written"] == f"content/articles/{Path(answer['written']).name}"
    written = content.parent / answer["written"]
    assert told("import", page)["imported"] == "unchanged"
    edited = written.read_text().replace("mostly passes", "nearly always passes")
    written.write_text(edited)
    refused = rounds("import", page)
    assert (refused.exit_code, "exists and says something else" in refused.stderr) == (2, True)
    assert written.read_text() == edited


def test_a_dry_run_writes_nothing_and_gives_the_same_reading(
    told: Told, content: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE)
    before = snapshot(tmp_path)
    answer = told("import", page, "--dry-run")
    assert answer["article"]["title"] == "Sore throats"
    assert (answer["imported"], answer["written"]) == ("no", None)
    assert snapshot(tmp_path) == before


def test_lint_is_0_when_nothing_blocks_and_1_when_something_does(
    rounds: Rounds, content: Path, tmp_path: Path
) -> None:
    sound = rounds("lint", content / "articles" / f"{ARTICLE}.md", "--json")
    assert sound.exit_code == 0
    assert json.loads(sound.stdout)["blocking"] == 0
    page = tmp_path / "page.txt"
    page.write_text(PAGE.replace("Causes\n", "").replace(".[1]", ".[7]"))
    broken = rounds("lint", page, "--json")
    answer = json.loads(broken.stdout)
    assert broken.exit_code == 1
    assert answer["blocking"] == sum(f["severity"] in "AB" for f in answer["findings"]) > 0
    assert set(answer["findings"][0]) == {
        "rule",
        "severity",
        "line",
        "quote",
        "message",
        "allowed",
        "why",
        "mend",
    }
    shown = rounds("lint", page)
    assert shown.exit_code == 1
    assert re.search("^" + re.escape(str(page)) + r":\d+: [ABC] \S+ .+", shown.stdout, re.MULTILINE)


def test_lint_of_a_folder_tells_of_every_file_and_of_what_it_cannot_read(
    rounds: Rounds, told: Told, content: Path, tmp_path: Path
) -> None:
    page = content / "articles" / "page.txt"
    page.write_text(PAGE.replace("Causes\n", ""))
    answer = json.loads(rounds("lint", content / "articles", "--json").stdout)
    each = {Path(file["file"]).name: file["blocking"] for file in answer["files"]}
    assert each[f"{ARTICLE}.md"] == 0
    assert answer["blocking"] == each["page.txt"] > 0
    shown = rounds("lint", page, content / "articles" / f"{ARTICLE}.md", "--severity", "A")
    assert (shown.exit_code, shown.stdout) == (1, "Nothing found. In 2 files.\n")
    log = json.loads(rounds("lint", content / "articles", "--sarif").stdout)
    assert {result["ruleId"] for result in log["runs"][0]["results"]} >= {"suggested-heading"}
    (content / "articles" / "broken.md").write_text("---\ntitel: A\n---\n")
    broken = rounds("lint", content / "articles", "--table")
    assert (broken.exit_code, "broken.md:2: " in broken.stderr, "`suggested-heading`" in broken.stdout) == (
        2,
        True,
        True,
    )
    assert rounds("lint", tmp_path, "--json", "--sarif").exit_code == 2
    assert rounds("lint", content / "notices" / "nothing").exit_code == 2
    rules = told("lint", "--rules")["rules"]
    assert {"suggested-heading", "spelling"} <= {
        rule["rule"] for rule in rules if rule["why"] and rule["mend"]
    }


def test_no_answer_carries_what_a_terminal_would_obey(rounds: Rounds, content: Path) -> None:
    turned = "Take \u202e05\u202c mg."
    page = f"# Colds \u2067a\u2069\n\n## A\n\n{turned}\n\n## B\n\n{turned}\n"
    (content / "articles" / "odd.md").write_text(page)
    (content / "articles" / "worse.md").write_text('---\n"x\\etitle": y\nnext_review:\n---\n## A\nx.\n')
    for form in ("", "--json", "--sarif", "--table"):
        answer = rounds(
            "lint", content / "articles" / "odd.md", content / "articles" / "worse.md", *form.split()
        )
        assert "worse.md:2:" in answer.stderr
        assert not set("\x1b\u202e\u202c\u2067\u2069") & set(answer.stdout + answer.stderr)
    answer = rounds("import", content / "articles" / "odd.md", "--dry-run")
    assert "hidden-inside" in answer.stdout
    assert "\u202e" not in answer.stdout


def test_a_plan_is_a_series_file_that_can_be_rendered(
    rounds: Rounds, told: Told, content: Path, tmp_path: Path
) -> None:
    series = content / "series" / f"{ARTICLE}.toml"
    series.unlink()
    proposed = rounds("plan", ARTICLE)
    assert proposed.exit_code == 0
    assert not series.exists(), "nothing is written unless asked"
    written = told("plan", ARTICLE, "--write")
    assert written["written"] == f"content/series/{ARTICLE}.toml"
    assert series.read_text() == proposed.stdout
    assert told("plan", ARTICLE, "--write")["written"] is None, "it stands there already"
    rendered = told("render", ARTICLE, "--to", tmp_path / "out")
    assert [issue["number"] for issue in rendered["issues"]] == [
        issue["number"] for issue in written["issues"]
    ]


def test_a_plan_after_an_edit_tells_what_changed_and_keeps_the_editor_s_words(
    rounds: Rounds, told: Told, db: None, content: Path
) -> None:
    series, article = content / "series" / f"{ARTICLE}.toml", content / "articles" / f"{ARTICLE}.md"
    assert "fits the article as it is." in rounds("plan", ARTICLE, "--write").stderr
    before = series.read_text()
    article.write_text(
        article.read_text()
        .replace("## Causes", "## What causes them {#why}\n\nA new sentence.\n\n## Causes", 1)
        .replace("### Other scans", "### Scans of another kind", 1)
    )
    looked = rounds("plan", ARTICLE)
    assert looked.exit_code == 0
    assert 'The section "What causes them" is new, and stands in issue 3.' in looked.stderr
    assert 'The section "Other scans" is now called "Scans of another kind", in issue 4.' in looked.stderr
    assert re.search(
        r"^3 +2 minutes +\d+ +3 sections +\d+ +\d box(es)? +Causes and symptoms$", looked.stderr, re.M
    )
    assert series.read_text() == before, "nothing is written unless asked"
    answer = told("plan", ARTICLE, "--write")
    assert [(c["what"], c["noun"], c["before"], c["after"]) for c in answer["changes"]] == [
        ("renamed", "section", 4, 4),
        ("added", "section", None, 3),
    ]
    assert series.read_text() == looked.stdout
    assert "# Subjects and preheaders stay neutral on purpose" in looked.stdout, "the editor's comment"
    assert told("plan", ARTICLE, "--write")["changes"] == []


def test_an_issue_that_has_gone_out_takes_no_new_text(
    rounds: Rounds, told: Told, db: None, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.actions.open_due import open_due
    from pipeline.core.errors import Unavailable

    factories.notices()
    factories.readers()
    factories.campaign()
    open_due(factories.NOW)
    rounds("plan", ARTICLE, "--write")
    article = content / "articles" / f"{ARTICLE}.md"
    article.write_text(article.read_text().replace("Men have breast tissue too.", "Men have it too."))
    (change,) = told("plan", ARTICLE)["changes"]
    assert (change["what"], change["before"], change["name"]) == ("correction", 1, "what-they-are")
    assert change["says"].startswith("Issue 1 went out with other words of the section")

    def away(slug: str) -> None:
        raise Unavailable("There is no database.")

    monkeypatch.setattr("pipeline.store.campaigns.gone_out", away)
    assert "is not known, and is taken to be none. There is no database." in rounds("plan", ARTICLE).stderr
    refused = rounds("plan", ARTICLE, "--write")
    assert (refused.exit_code, "so nothing was written" in refused.stderr) == (2, True)


def test_the_daily_letter_is_a_series_of_its_own(
    rounds: Rounds, told: Told, content: Path, tmp_path: Path
) -> None:
    answer = told("plan", ARTICLE, "--daily", "--open", "--write")
    assert (answer["purpose"], answer["rhythm"], answer["subjects"]) == (
        "daily_health_newsletter",
        "daily",
        "open",
    )
    assert answer["written"] == f"content/series/{ARTICLE}-daily.toml"
    assert all(issue["reading_seconds"] >= 30 for issue in answer["issues"])
    assert not [f for f in answer["findings"] if f["rule"] == "series.long"], (
        "90 seconds but for what it repeats"
    )
    assert [len(issue["questions"]) for issue in answer["issues"]].count(1) == 5, "one question a day"
    rendered = told("render", f"{ARTICLE}-daily", "--to", tmp_path / "out")
    assert rendered["blocking"] == 0
    second = (tmp_path / "out" / "issue-2.txt").read_text()
    assert re.search(r"^Yesterday: What breast calcifications are\.$", second, re.M)
    assert re.search(r"^Tomorrow: ", second, re.M)
    assert "Repeated from issue 2." in (tmp_path / "out" / "issue-3.txt").read_text()


def test_a_plan_may_be_made_from_a_file_anywhere(rounds: Rounds, content: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text(PAGE)
    proposed = rounds("plan", page)
    assert proposed.exit_code == 0
    assert proposed.stdout.startswith('slug = "')


def test_an_imported_article_without_a_file_is_planned_from_the_database(
    rounds: Rounds, db: None, content: Path
) -> None:
    file = content / "articles" / f"{ARTICLE}.md"
    proposed = rounds("plan", ARTICLE).stdout
    assert rounds("import", file).exit_code == 0
    file.unlink()
    assert rounds("plan", ARTICLE).stdout == proposed


def test_rendered_issues_are_whole_emails_with_links_that_open_nothing(told: Told, tmp_path: Path) -> None:
    answer = told("render", ARTICLE, "--to", tmp_path / "out")
    assert answer["blocking"] == 0
    assert len(answer["issues"]) == 6
    for issue in answer["issues"]:
        html, text = Path(issue["html"]).read_text(), Path(issue["text"]).read_text()
        assert len(html.encode()) == issue["html_bytes"]
        assert "[[" not in html
        assert "[[" not in text
        assert "reader@example.test" in text


def test_one_issue_may_be_rendered_with_its_slots_open(told: Told, tmp_path: Path) -> None:
    told("render", ARTICLE, "--to", tmp_path / "out", "--number", "2", "--keep-slots")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["issue-2.html", "issue-2.txt"]
    assert "[[unsubscribe_url]]" in (tmp_path / "out" / "issue-2.txt").read_text()


def test_a_check_that_blocks_gives_status_1_and_leaves_the_files_to_look_at(
    rounds: Rounds, content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = content / "articles" / f"{ARTICLE}.md"
    padding = "\n\n".join(["Words that are too many for one email. " * 30] * 120)
    text = article.read_text()
    heading = next(line for line in text.splitlines() if line.startswith("## "))
    article.write_text(text.replace(heading, f"{heading}\n\n{padding}", 1))
    result = rounds("render", ARTICLE, "--to", tmp_path / "out", "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert answer["blocking"] > 0
    assert any(f["severity"] == "B" for issue in answer["issues"] for f in issue["findings"])
    assert (tmp_path / "out" / "issue-1.html").exists()


def test_a_sign_off_names_the_revision_and_the_next_review(told: Told, db: None, content: Path) -> None:
    told("import", content / "articles" / f"{ARTICLE}.md")
    particulars = ["--reviewer", "Dr Demo", "--profession", "GP", "--registration", "none"]
    answer = told("approve", ARTICLE, *particulars, "--demonstration")
    assert len(answer["digest"]) == 64
    assert answer["demonstration"] is True
    signed, review = answer["signed_at"][:10], answer["next_review_on"]
    assert int(review[:4]) == int(signed[:4]) + 1, "by default in a year"


def test_what_must_be_mended_keeps_an_article_from_being_signed_off(
    rounds: Rounds, told: Told, db: None, content: Path
) -> None:
    particulars = ("--reviewer", "Dr Cleo Example", "--profession", "GP", "--registration", "none")
    file = content / "articles" / f"{ARTICLE}.md"
    sound = file.read_text()
    file.write_text(
        sound.replace("## Causes {#causes kind=causes}", "## Causes {#causes kind=causes suggested}")
    )
    told("import", file)
    refused = rounds("approve", ARTICLE, *particulars)
    assert (refused.exit_code, "cannot be signed off while 1 of its findings" in refused.stderr) == (2, True)
    assert "'Causes' is a suggestion" in refused.stderr
    reason = "<!-- allow suggested-heading: the unit calls it so -->\n\n"
    file.write_text(file.read_text().replace("## Causes {", f"{reason}## Causes {{"))
    answer = told("import", file)
    assert [f["allowed"] for f in answer["findings"] if f["rule"] == "suggested-heading"] == [
        "the unit calls it so"
    ]
    assert told("approve", ARTICLE, *particulars, "--demonstration")["reviewer"] == "Dr Cleo Example"
    file.write_text(sound)
    told("import", file)
    nobody = rounds("approve", ARTICLE, *particulars)
    assert (nobody.exit_code, "has no credentials in the article" in nobody.stderr) == (2, True)
    assert told("approve", ARTICLE, *particulars, "--demonstration")["reviewer"] == "Dr Cleo Example"
