"""Read an article file into the store, and into the content folder when it came from elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from pipeline.core.content.article import Article, Reading
from pipeline.core.content.found_on_import import noted
from pipeline.core.content.importers import read
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.pictures import pictures_signed, with_files
from pipeline.core.editorial import checked as checked_by_rules
from pipeline.core.editorial.carried import asked_once, carried, without_idle
from pipeline.core.editorial.on_day import found_on
from pipeline.core.errors import BadInput, Refused
from pipeline.gateways.files import read_source, write_whole
from pipeline.gateways.pictures import read_picture
from pipeline.settings import current
from pipeline.store import articles


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `new`: there is a new revision. `written`: the article file it made, if it made one."""

    reading: Reading
    new: bool
    written: Path | None


def read_article(path: Path, today: date) -> Reading:
    """Read and check a file; write nothing. BadInput names the file, the line and the next move."""
    return checked(read(str(path), read_source(path)), today)


def article_as_it_stands(path: Path) -> Article:
    """The article of a file with its pictures measured, unchecked."""
    return measured(read(str(path), read_source(path))).article


def checked(reading: Reading, today: date) -> Reading:
    """A reading with its pictures measured, and with what the editorial rules say of it, on that day of its sources
    too."""
    seen = measured(reading)
    return checked_by_rules(seen, found_on(today, seen.article))


def measured(reading: Reading) -> Reading:
    """A reading with its pictures measured, and what is wrong with them. Until then it has no digest."""
    article, pictures = with_files(reading.article, partial(read_picture, current().content_dir))
    return replace(reading, article=article, findings=(*reading.findings, *pictures))


def digest_of(reading: Reading) -> str:
    """SHA-256 of the article's canonical Markdown and of its pictures, hex: what a clinician signs off (E-01)."""
    return hashlib.sha256((write(reading.article) + pictures_signed(reading.article)).encode()).hexdigest()


def import_article(path: Path, now: datetime) -> Imported:
    """Import one file. A second import of an unchanged file is a no-op.

    A file from outside `content/articles/` becomes an article file there. One that is there already with other
    words is never overwritten: Refused says so.
    """
    at_home = path.resolve().parent == articles_folder().resolve()
    return import_reading(read_article(path, now.date()), path.name, now, at_home=at_home)


def import_reading(reading: Reading, source_name: str, now: datetime, *, at_home: bool = False) -> Imported:
    """Import what was read, from wherever. `at_home`: its file is in `content/articles/` already."""
    written = None
    if not at_home:
        once = asked_once(reading.article, reading.findings)
        reading = replace(reading, article=noted(reading.article, once))
        written = _into_content(reading)
    reading = with_what_stands(reading)
    _, new = articles.save_revision(reading.article, digest_of(reading), reading.findings, source_name, now)
    return Imported(reading, new, written)


def with_what_stands(reading: Reading) -> Reading:
    """With what the reader of an earlier revision found, and nobody has mended or allowed since."""
    before = articles.latest(reading.article.slug)
    if before is None or before.digest == digest_of(reading):
        return reading
    left = carried(before.article, before.findings, reading.article)
    findings = (*without_idle(reading.findings, left), *left)
    return replace(reading, findings=tuple(sorted(findings, key=lambda f: f.line)))


def articles_folder() -> Path:
    return current().content_dir / "articles"


def _into_content(reading: Reading) -> Path | None:
    target = articles_folder() / f"{reading.article.slug}.md"
    markdown = write(reading.article)
    if target.exists():
        if _same_article(target, markdown):
            return None
        raise Refused(
            f"content/articles/{target.name} exists and says something else. Compare the two, then import that file"
            " itself, or give this article another slug."
        )
    write_whole(target, markdown)
    return target


def _same_article(target: Path, markdown: str) -> bool:
    try:
        return write(read(target.name, read_source(target)).article) == markdown
    except BadInput:
        return False
