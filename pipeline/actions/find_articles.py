"""The articles of a file, a folder, an export, a feed or an address, one at a time: none waits for the others, and none
stops them.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from pipeline.actions.import_article import checked, read_article
from pipeline.core.content.article import Reading
from pipeline.core.content.importers import file_names, read
from pipeline.core.content.importers.many import holds_many, read_many
from pipeline.core.errors import BadInput, NotFound, RoundsError, Unavailable
from pipeline.gateways.fetch import fetch

HEAD = 4096  # bytes that tell an export or a feed from a page
LARGEST_EXPORT = 4 * 1024**3  # bytes; it is read as a stream

Tell = Callable[[int, int], None]  # (bytes or files done, of how many)


@dataclass(frozen=True, slots=True)
class Found:
    """One article of a source, or the sentence that says why it is none. `place` is what a person calls it."""

    place: str
    title: str
    outcome: Reading | RoundsError
    file: Path | None = None  # where it is the only one of a file
    alone: bool = False  # the source holds nothing else


def is_address(source: str) -> bool:
    return "://" in source


def tell_nobody(done: int, total: int) -> None:
    """Where nobody watches."""


def find_articles(source: str, today: date, tell: Tell = tell_nobody) -> Iterator[Found]:
    """What a path or an https address leads to. Raises NotFound, BadInput or Unavailable where it leads to nothing."""
    if is_address(source):
        yield from articles_at(source, today)
    elif Path(source).is_dir():
        yield from _in_folder(Path(source), today, tell)
    else:
        yield from _in_file(Path(source), today, tell)


def articles_at(address: str, today: date) -> Iterator[Found]:
    """What an https address leads to, and never a file of this machine."""
    page = fetch(address)
    if page is None:
        raise Unavailable(f"{address}: the server says that nothing changed, and was not asked that.")
    yield from articles_in(address, page.body, _named(page.url, page.type), today, url=page.url)


def articles_in(place: str, body: bytes, name: str, today: date, *, url: str = "") -> Iterator[Found]:
    """What a file holds whose bytes are here. By its `name` the readers know what it is."""
    if holds_many(body[:HEAD]):
        yield from _entries(place, io.BytesIO(body), today)
        return
    reading = _or_refusal(lambda: checked(read(name, body, url=url), today))
    yield Found(place, _title(reading), reading, alone=True)


def _named(url: str, media: str) -> str:
    """The address as the name of a file, so that the readers know what it is."""
    name = url.partition("?")[0]
    if media in ("text/markdown", "text/x-markdown") and not name.endswith(file_names.MARKDOWN):
        return f"{name}.md"
    if media.endswith(("html", "html+xml")):
        last = urlsplit(name).path.rpartition("/")[2]
        return name if last.endswith(file_names.PAGES) else f"{name.rstrip('/')}.html"
    return name


def _in_folder(folder: Path, today: date, tell: Tell) -> Iterator[Found]:
    files = sorted(_files(folder))
    if not files:
        known = ", ".join(sorted(file_names.EVERY))
        raise NotFound(f"{folder}: there is no article in this folder. Articles end in one of {known}.")
    for number, file in enumerate(files, 1):
        try:
            yield from (replace(found, alone=False) for found in _in_file(file, today, tell_nobody))
        except RoundsError as error:
            yield Found(str(file), file.stem, error)
        tell(number, len(files))


def _files(folder: Path) -> Iterator[Path]:
    """Every file that may hold an article, at any depth. No hidden one, and nothing that a link leads to elsewhere."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(root, name)
            if not name.startswith(".") and path.suffix.lower() in file_names.EVERY and not path.is_symlink():
                yield path


def _in_file(file: Path, today: date, tell: Tell) -> Iterator[Found]:
    if file.is_file() and holds_many(_head(file)):
        size = file.stat().st_size
        if size > LARGEST_EXPORT:
            raise BadInput("The export is larger than 4 GB. Export it in parts.", place=str(file))
        with file.open("rb") as source:
            for found in _entries(str(file), source, today):
                yield found
                tell(min(source.tell(), size), size)
        return
    reading = _or_refusal(lambda: read_article(file, today))
    yield Found(str(file), _title(reading) or file.stem, reading, file, alone=True)


def _entries(place: str, source: BinaryIO, today: date) -> Iterator[Found]:
    for entry in read_many(place, source):
        outcome = checked(entry.outcome, today) if isinstance(entry.outcome, Reading) else entry.outcome
        yield Found(entry.url or f"{place}#{entry.key}", entry.title, outcome)


def _or_refusal(act: Callable[[], Reading]) -> Reading | RoundsError:
    try:
        return act()
    except RoundsError as error:
        return error


def _title(outcome: Reading | RoundsError) -> str:
    return outcome.article.title if isinstance(outcome, Reading) else ""


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(HEAD)
    except OSError:
        return b""  # whoever reads it says why
