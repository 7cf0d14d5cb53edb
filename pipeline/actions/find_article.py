"""Find an article by what an operator types: a file, or the slug of one that is in the content folder or imported."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

from pipeline.actions.import_article import article_as_it_stands
from pipeline.core.content.article import Article
from pipeline.core.errors import BadInput, NotFound
from pipeline.settings import current
from pipeline.store import articles

LONGEST_SLUG = 150  # characters; file systems end at 255 bytes

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def article_file(name: str) -> Path | None:
    """The file that `name` means: one in `content/articles/`, or a path. None for the slug of no file here."""
    if not _SLUG.fullmatch(name) or len(name) > LONGEST_SLUG:
        return Path(name)
    kept = current().content_dir / "articles" / f"{name}.md"
    return kept if kept.is_file() else None


def find_article(name: str) -> Article:
    """The article of a file as it stands now, or the newest imported revision where there is no file.

    Only the latter asks the database. Raises NotFound with the closest name there is.
    """
    path = article_file(name)
    if path is not None:
        return article_as_it_stands(path)
    stored = articles.latest(name)
    if stored is None:
        raise unknown_article(name)
    return stored.article


def unknown_article(slug: str) -> NotFound:
    """What to say about a slug that was never imported."""
    if slug in _in_content():
        return NotFound(
            f"The article {slug!r} is not imported yet. Run: rounds import content/articles/{slug}.md"
        )
    return NotFound(f"There is no article {slug!r}. {_hint(slug, articles.slugs())}")


def article_in_content(slug: str, place: str, line: int | None = None) -> Article:
    """The article that a series file names. `place` and `line` say where it names it."""
    path = current().content_dir / "articles" / f"{slug}.md"
    if not path.is_file():
        message = f"There is no article content/articles/{slug}.md. {_hint(slug, [])}"
        raise BadInput(message, place=place, line=line)
    return article_as_it_stands(path)


def _in_content() -> list[str]:
    return sorted(path.stem for path in (current().content_dir / "articles").glob("*.md"))


def _hint(name: str, imported: list[str]) -> str:
    names = sorted({*imported, *_in_content()})
    if close := get_close_matches(name, names, n=1):
        return f"Did you mean {close[0]!r}?"
    return f"Known: {', '.join(names)}." if names else "Import one first: rounds import FILE"
