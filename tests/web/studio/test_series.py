"""A series with its issues, its sign-off, and a button that renders it again."""

from __future__ import annotations

from pipeline.actions.import_article import digest_of, import_article
from pipeline.actions.plan_series import plan_series
from pipeline.core.content.importers import read
from pipeline.core.editorial import checked
from pipeline.store import articles
from pipeline.store import series as stored
from tests import factories
from tests.factories import CONTENT, NOW, SERIES
from tests.web.studio.pages import tree, words

PAGE = f"/studio/series/{SERIES}/"


def test_every_issue_shows_its_number_title_subject_and_minutes(studio, series):
    rows = tree(studio.get(PAGE)).xpath("//table//tbody/tr")
    plan = stored.plan(SERIES)
    assert plan is not None
    assert len(rows) == len(plan.issues) == 6
    for row, issue in zip(rows, plan.issues, strict=True):
        number, title, subject, minutes, checks = (c.text_content().strip() for c in row)
        assert (number, title, subject) == (str(issue.number), issue.title, issue.subject)
        assert minutes.endswith("min")
        assert checks == "sound"


def test_the_sign_off_says_who_when_and_that_it_is_a_demonstration(studio, series):
    said = words(studio.get(PAGE))
    assert "Signed off by Dr Demo, Demonstration only" in said
    assert "Tue 24 November 2026, 09:00 demonstration" in said
    assert "1 November 2027" in said


def test_an_article_without_a_sign_off_says_who_gives_one(studio, db):
    factories.notices()
    import_article(CONTENT / "articles" / f"{SERIES}.md", NOW)
    plan_series(SERIES, NOW)
    said = words(studio.get(PAGE))
    assert "not approved" in said
    assert "not rendered" in said


def test_what_the_author_allows_is_shown_with_the_reason_and_what_a_clinician_decides_stays(studio, db):
    factories.notices()
    text = (CONTENT / "articles" / f"{SERIES}.md").read_text()
    text += "\nRest .5 mg. <!-- allow dose-format: as on the box -->\n"
    text += "\nAsk about OCT. <!-- allow E-06.undefined-abbreviation: everyone here knows it -->\n"
    reading = checked(read("a.md", text.encode()))
    articles.save_revision(reading.article, digest_of(reading), reading.findings, "a.md", NOW)
    plan_series(SERIES, NOW)
    said = words(studio.get(PAGE))
    assert "The author’s reason: as on the box" in said
    assert "The author’s reason: everyone here knows it" in said
    assert said.count("allowed by the author") == 1
    assert "a clinician decides In '.5 mg'" in said


def test_render_again_renders_what_was_not_rendered(studio, db):
    factories.notices()
    import_article(CONTENT / "articles" / f"{SERIES}.md", NOW)
    plan_series(SERIES, NOW)
    assert stored.latest_revisions(SERIES) == []
    answer = studio.post(PAGE, follow=True)
    assert "Every issue is rendered" in words(answer)
    assert len(stored.latest_revisions(SERIES)) == 6


def test_what_an_edit_of_the_article_changes_is_shown_until_it_is_planned(
    studio, series, tmp_path, monkeypatch
):
    monkeypatch.setattr("pipeline.actions.import_article._into_content", lambda reading: None)
    assert "What changed" not in words(studio.get(PAGE))
    edited = tmp_path / "edited.md"
    text = (CONTENT / "articles" / f"{SERIES}.md").read_text()
    edited.write_text(text.replace("## Summary", "## A new thought\n\nIt may help.\n\n## Summary"))
    import_article(edited, NOW)
    said = words(studio.get(PAGE))
    assert (
        'What changed since this was planned The section "A new thought" is new, and stands in issue 5.'
        in said
    )
    assert f"rounds plan {SERIES} --write" in said
    assert 'must be mended No issue has the section "a-new-thought". It advises, limits or denies' in said


def test_a_series_that_is_not_there_is_a_plain_404(studio):
    assert studio.get("/studio/series/nothing/").status_code == 404
    assert studio.post("/studio/series/nothing/").status_code == 404
