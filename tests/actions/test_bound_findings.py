"""What a reader found bars a signature until it is mended or allowed, also in the file of our own (E-01, E-24)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline.actions.approve_article import approve_article, to_mend
from pipeline.actions.import_article import import_article, read_article
from pipeline.core.errors import Refused
from pipeline.settings import current
from pipeline.store import articles, models
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.holds("E-01")]

SLUG = "cold-sores"
SOURCE = """---
layout: post
title: Cold sores
author: Ada Sample
date: 2024-03-01
---
## What they are

{% if site.country == "UK" %}
Cold sores are small blisters on the lip.
{% endif %}

They heal by themselves in about two weeks. See a GP if one does not.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "content" / "articles").mkdir(parents=True)
    monkeypatch.setenv("ROUNDS_CONTENT_DIR", str(tmp_path / "content"))
    current.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def home(folder: Path) -> Path:
    """The file that an import of a page from elsewhere wrote."""
    page = folder / "page.md"
    page.write_text(SOURCE)
    written = import_article(page, NOW).written
    assert written is not None
    return written


def bars(slug: str = SLUG) -> set[str]:
    return {finding.rule for finding in to_mend(articles.latest(slug))}


def edited(home: Path, old: str, new: str) -> None:
    text = home.read_text()
    assert old in text
    home.write_text(text.replace(old, new, 1))
    import_article(home, NOW)


def sign(slug: str = SLUG) -> str:
    return approve_article(slug, "Dr Ada Sample", "GP", "GMC 1", date(2027, 1, 1), NOW, demonstration=True)


def without_notes(home: Path) -> None:
    """An editor who takes the notes out and mends nothing."""
    head, _, rest = home.read_text().partition("notes_for_reviewer:\n")
    home.write_text(f"{head}notes_for_reviewer: []\n---\n" + rest.partition("---\n")[2])
    import_article(home, NOW)


def test_what_the_reader_found_bars_a_signature(home):
    assert "template-branch" in bars()
    with pytest.raises(Refused, match="must be mended"):
        sign()


def test_it_bars_one_as_long_as_the_words_are_not_mended(home):
    edited(home, "two weeks", "ten days")
    assert "template-branch" in bars()
    without_notes(home)
    assert "template-branch" in bars()
    assert articles.latest(SLUG).article.notes_for_reviewer == ()


def test_the_file_says_so_where_nobody_knows_its_source(home):
    found = {finding.rule for finding in read_article(home, NOW.date()).findings}
    assert "template-branch" in found
    other = home.with_name("other.md")
    other.write_text(home.read_text().replace(f"slug: {SLUG}", "slug: other"))
    import_article(other, NOW)
    assert "template-branch" in bars("other")


def test_it_is_allowed_with_a_reason_that_the_reviewer_sees(home):
    without_notes(home)
    rules = sorted(bars())
    allow = "".join(f"  - rule: {rule}\n    reason: only the UK page is ours\n" for rule in rules)
    edited(home, "notes_for_reviewer: []\n", f"notes_for_reviewer: []\nallow:\n{allow}")
    assert bars() == set()
    stored = articles.latest(SLUG)
    assert {f.allowed for f in stored.findings if f.rule in rules} == {"only the UK page is ours"}
    assert "unused-allowance" not in {f.rule for f in stored.findings}
    sign()
    edited(home, allow, "".join(f"  - rule: {rule}\n    reason: x\n" for rule in rules[1:]))
    assert bars() == {rules[0]}  # a reason that is taken out binds again


def test_importing_twice_adds_nothing(home, folder):
    before = models.ArticleRevision.objects.count()
    assert not import_article(home, NOW).new
    assert not import_article(folder / "page.md", NOW).new
    assert models.ArticleRevision.objects.count() == before
