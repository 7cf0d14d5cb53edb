"""Read an article file into the store, and into the content folder when it came from elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.core.content.article import Finding, Reading
from pipeline.core.content.importers import read
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial import checked
from pipeline.core.errors import BadInput, Refused
from pipeline.gateways.files import read_source, write_whole
from pipeline.settings import current
from pipeline.store import articles


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `new`: there is a new revision. `written`: the article file it made, if it made one."""

    reading: Reading
    new: bool
    written: Path | None


def read_article(path: Path) -> Reading:
    """Read and check a file; write nothing. BadInput names the file, the line and the next move."""
    return checked(read(str(path), read_source(path)))


def digest_of(reading: Reading) -> str:
    """SHA-256 of the article's canonical Markdown, hex: what a clinician signs off (E-01)."""
    return hashlib.sha256(write(reading.article).encode()).hexdigest()


def import_article(path: Path, now: datetime) -> Imported:
    """Import one file. A second import of an unchanged file is a no-op.

    A file from outside `content/articles/` becomes an article file there. One that is there already with other
    words is never overwritten: Refused says so.
    """
    reading = read_article(path)
    written = _into_content(path, reading)
    _, new = articles.save_revision(reading.article, digest_of(reading), reading.findings, path.name, now)
    return Imported(reading, new, written)


def _into_content(path: Path, reading: Reading) -> Path | None:
    folder = current().content_dir / "articles"
    if path.resolve().parent == folder.resolve():
        return None
    target = folder / f"{reading.article.slug}.md"
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


def blocking(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that keep an article from going out."""
    return tuple(finding for finding in findings if finding.blocks)
