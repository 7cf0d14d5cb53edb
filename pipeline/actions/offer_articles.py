"""Read what a member uploads or names by its address, and keep it until they say what is to be taken in.

A page must not wait for long, nor keep others waiting: a few articles at most are read, in few seconds, by two members
at a time. For more there is a command.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from pipeline.actions.find_articles import HEAD, Found, articles_at, articles_in
from pipeline.core.content.article import Reading
from pipeline.core.content.importers.many import holds_many
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.offer import Offer, Offered, readable_name
from pipeline.core.errors import BadInput, Refused, RoundsError
from pipeline.gateways import files, offers
from pipeline.gateways.slots import slot
from pipeline.settings import current
from pipeline.store.subscribers import random_uid

MOST_ARTICLES = 20  # of one file or feed; the page of more would be read by nobody
MOST_LOOKED_AT = 200  # entries, those that are none included
SECONDS = 10.0  # after which no further article of a file is begun
LARGEST_MANY = 4 * 1024 * 1024  # bytes of an export or a feed
READERS = 2  # at once on one machine
BY_COMMAND = "Or ask whoever runs the server: rounds import"


def offer_upload(blocks: Iterable[bytes], name: str, member: str, now: datetime) -> UUID:
    """Read an uploaded file. Raises BadInput with the reason where there is no article in it, or too much."""
    shown = readable_name(name)
    with turn_to_read():
        body = _whole(blocks)
        if not body.strip():
            raise BadInput("Choose a file. What came was empty.", field="file")
        found = articles_in(shown, body, shown, now.date())
        return _keep(shown, found, lambda each: f"upload {each.place}"[:200], "file", member, now)


def offer_address(address: str, member: str, now: datetime) -> UUID:
    """Read a public https address. Raises BadInput or Unavailable with the reason where it leads to no article."""
    address = address.strip()
    if not address:
        raise BadInput("Choose a file, or paste an address that begins with https://.", field="file")
    with turn_to_read():
        return _keep(
            address, articles_at(address, now.date()), lambda each: each.place[:200], "address", member, now
        )


def offers_folder() -> Path:
    return current().data_dir / "offers"


@contextmanager
def turn_to_read() -> Iterator[None]:
    """Raises Refused where as many as may are reading already."""
    with slot(offers_folder(), "reader", READERS) as mine:
        if not mine:
            raise Refused("Other articles are being read just now. Try again in a minute.")
        yield


def _whole(blocks: Iterable[bytes]) -> bytes:
    body = b"".join(blocks)
    many = holds_many(body[:HEAD])
    limit = LARGEST_MANY if many else files.LARGEST
    if len(body) > limit:
        what, less = ("An export or a feed", "Export fewer posts.") if many else ("An article", "Split it.")
        raise BadInput(
            f"{what} has at most {limit // 1024**2} MB here. {less} {BY_COMMAND} FILE.", field="file"
        )
    return body


def _keep(
    name: str,
    found: Iterator[Found],
    source: Callable[[Found], str],
    field: str,
    member: str,
    now: datetime,
) -> UUID:
    read, more = _few(found, field)
    if not read:
        raise BadInput("There is no article in it.", field=field)
    if len(read) == 1 and read[0].alone and isinstance(read[0].outcome, RoundsError):
        raise _at(read[0].outcome, field)
    uid = random_uid()
    offers.forget_old(offers_folder())
    offered = tuple(_offered(each, source(each)) for each in read)
    offers.keep(offers_folder(), uid, Offer(name, member, now, offered, more))
    return uid


def _few(found: Iterator[Found], field: str) -> tuple[list[Found], bool]:
    """The first articles, and whether there may be more."""
    ends, read, good = time.monotonic() + SECONDS, [], 0
    try:
        for each in islice(found, MOST_LOOKED_AT):
            read.append(each)
            good += isinstance(each.outcome, Reading)
            if good == MOST_ARTICLES or time.monotonic() > ends:
                break
        return read, next(found, None) is not None
    except RoundsError as error:
        if read:  # it breaks off: what stood before is good
            return [*read, Found(read[0].place, "", error)], False
        raise _at(error, field) from error


def _at(error: RoundsError, field: str) -> RoundsError:
    """The same, and said at the field of the form."""
    if not isinstance(error, BadInput):
        return error
    told = BadInput(str(error), field=field)
    told.place, told.line = error.place, error.line
    return told


def _offered(found: Found, source: str) -> Offered:
    title = _sound(found.title)
    if isinstance(found.outcome, RoundsError):
        return Offered(_sound(source), title, None, _sound(str(found.outcome)))
    words = write(found.outcome.article)
    if _sound(words) != words:
        return Offered(
            _sound(source),
            title,
            None,
            f"{_sound(found.place)}: It holds signs that are no letters, such as half of one. Save it anew as UTF-8.",
        )
    return Offered(source, title or found.outcome.article.title, found.outcome)


def _sound(text: str) -> str:
    """What can be written in UTF-8 and kept by PostgreSQL: JSON may spell halves of letters, and NUL."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
