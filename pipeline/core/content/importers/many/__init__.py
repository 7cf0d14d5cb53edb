"""Sources of many articles: WordPress exports, RSS, Atom and JSON Feed, told apart by their first bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from pipeline.core.content.importers.many import feed, wordpress
from pipeline.core.content.importers.many.entry import Entry
from pipeline.core.errors import BadInput

__all__ = ["HEAD", "LARGEST_FEED", "Entry", "holds_many", "read_many"]

HEAD = 4096  # bytes that tell the kind
LARGEST_FEED = 16 * 1024 * 1024  # bytes; an export is read as it streams and may have any size

_XML = re.compile(rb"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>]*>\s*)*<(rss|rdf:RDF|feed)\b", re.DOTALL)
_JSON = re.compile(rb'\s*\{.*"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/1', re.DOTALL)
_EXPORT = b"wordpress.org/export/"
_PAGE = re.compile(
    rb"\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.DOTALL | re.IGNORECASE
)


def holds_many(head: bytes) -> bool:
    """Whether a source that begins with `head`, its first 4 kB, is one that `read_many` reads."""
    return _kind(head) != ""


def read_many(name: str, source: BinaryIO) -> Iterator[Entry]:
    """The articles of an export or a feed, one after another, each read or refused by itself.

    Raises `BadInput` where the source is neither, or breaks off: what stood before has been given then.
    """
    head = source.read(HEAD)
    kind = _kind(head)
    if kind == "export":
        yield from wordpress.read(name, _Whole(head, source))
        return
    if not kind:
        raise _neither(name, head)
    whole = head + source.read(LARGEST_FEED + 1 - len(head))
    if len(whole) > LARGEST_FEED:
        raise BadInput(
            "The feed is larger than 16 MB. Ask its publisher for one with fewer entries.", place=name
        )
    yield from (feed.read_json if kind == "json" else feed.read_xml)(name, whole)


def _kind(head: bytes) -> str:
    start = _as_bytes_of_ascii(head[:HEAD])
    if _XML.match(start):
        return "export" if _EXPORT in start else "xml"
    return "json" if _JSON.match(start) else ""


def _as_bytes_of_ascii(head: bytes) -> bytes:
    """UTF-16 has a zero beside each letter that matters here."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[2:].replace(b"\0", b"")
    return head.removeprefix(b"\xef\xbb\xbf")


def _neither(name: str, head: bytes) -> BadInput:
    if not head.strip():
        return BadInput("The feed is empty. Look at its address in a browser, and try again.", place=name)
    if b"<!ENTITY" in head:
        return BadInput(
            "This declares entities of its own, which no feed or export needs. Ask its publisher for a plain one.",
            place=name,
        )
    if _PAGE.match(head):
        return BadInput(
            "This is an HTML page where a feed was expected. Look for the feed's own address, which often ends in "
            "/feed or .xml, or import the page as one article.",
            place=name,
        )
    return BadInput(
        "This is no feed and no export: RSS, Atom, JSON Feed and WordPress exports (WXR) are read here. "
        "Import a single article as a file.",
        place=name,
    )


class _Whole:
    """A source from its beginning again, after its head was read."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = BytesIO(head), rest

    def read(self, size: int) -> bytes:
        return self._head.read(size) or self._rest.read(size)
