"""The articles and series in content/ are whole, sourced, fit each other, and claim no review that nobody made."""

import re
from pathlib import Path

import pytest

from pipeline.core.content import importers
from pipeline.core.content.article import Severity
from pipeline.core.content.words import word_count
from pipeline.core.editorial import check
from pipeline.core.series import plan, series_file
from pipeline.core.series.advice import callouts, where_to_get_help

ARTICLES = sorted(Path("content/articles").glob("*.md"))
SERIES = sorted(Path("content/series").glob("*.toml"))
ALWAYS = ("E-03", "E-25")  # numbers beside their source, references in order: warnings elsewhere, none here


def told(path):
    return importers.read(str(path), path.read_bytes())


def planned(path):
    made = series_file.read(str(path), path.read_bytes())
    return made, told(Path(f"content/articles/{made.article}.md")).article


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_here_has_no_finding_that_blocks_and_each_of_its_numbers_has_a_source(path):
    reading = told(path)
    found = (*reading.findings, *check(reading.article))
    grave = [f for f in found if f.severity is not Severity.C or f.rule.startswith(ALWAYS)]
    assert [f"{f.line}: {f.rule}: {f.quote}" for f in grave] == []
    assert (reading.left_out, reading.article.slug) == ((), path.stem)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_an_article_here_is_a_draft_that_awaits_a_clinician_and_says_where_to_get_help(path):
    article = told(path).article
    assert (article.reviewer, article.reviewed_on, article.next_review_on) == (None, None, None)
    assert article.notes_for_reviewer[0].startswith("Draft awaiting clinical review.")
    assert where_to_get_help(article)
    assert article.disclaimer
    words = sum(word_count(part.blocks) for part in article.sections)
    assert 700 <= words + sum(word_count(entry.answer) for entry in article.faq) <= 1_800


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)
def test_each_source_of_an_article_here_has_an_address_and_says_when_it_was_written_or_read(path):
    for reference in told(path).article.references:
        assert (reference.url or "").startswith("https://"), reference.id
        assert re.search(r"\b20\d\d\b", reference.text), reference.id


@pytest.mark.parametrize("path", SERIES, ids=lambda path: path.stem)
def test_a_series_here_tells_all_of_its_article_once_with_neutral_subjects(path):
    made, article = planned(path)
    assert plan.review(made, article) == ()
    issues = plan.resolve(made, article, False)
    assert {r.id for issue in issues for r in issue.references} == {r.id for r in article.references}
    said = [(*issue.sections, *issue.questions) for issue in issues]
    assert sorted(part.id for parts in said for part in parts) == sorted(
        part.id for part in (*article.sections, *article.faq)
    )


@pytest.mark.parametrize("path", SERIES, ids=lambda path: path.stem)
def test_every_issue_of_a_series_here_says_where_to_get_help(path):
    for issue in plan.resolve(*planned(path), False):
        own = [block for section in issue.sections for block in section.blocks]
        own += [block for question in issue.questions for block in question.answer]
        assert issue.help or any(callouts(own)), issue.number


def test_every_article_here_has_a_series_and_both_lists_have_one():
    made = [planned(path)[0] for path in SERIES]
    assert {each.article for each in made} == {path.stem for path in ARTICLES}
    assert {each.purpose for each in made} == {"weekly_health_email", "daily_health_newsletter"}
