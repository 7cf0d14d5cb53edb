"""Entries of RSS, Atom and JSON Feed. An entry is read where the feed carries its full text, and refused where it
carries a summary alone: that is a pointer to an article and not one.
"""

from __future__ import annotations

import calendar
import hashlib
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import feedparser

from pipeline.core.content.article import Finding, Person, Reading, Severity
from pipeline.core.content.importers import bylines
from pipeline.core.content.importers.many.entry import Entry
from pipeline.core.content.importers.web.reader import Given, read_html
from pipeline.core.content.importers.web.tree import refuse_many_attributes, words_in
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.links import link_fault
from pipeline.core.content.lost import with_losses
from pipeline.core.errors import BadInput

BROKEN_RULE = "feed-not-well-formed"
SUMMARY_RULE = "summary-taken-as-text"

_FULL = 150  # words; a longer description is the article itself, as many feeds of RSS 2.0 have it
_LARGEST = 2 * 1024 * 1024  # characters of one entry
_MOST_ENTRIES = 5_000
_MOST_ATTRIBUTES = 60  # of one tag; a feed names its dozen of vocabularies in one
_MOST_ELEMENTS = 60_000
_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_ELEMENT = re.compile(rb"<[a-zA-Z]")
_MOST_VOCABULARIES = 2_000  # declarations; a feed has a dozen, or one for each entry
_VOCABULARY = re.compile(rb"\bxmlns:")
_ENTRY = re.compile(rb"<(?:item|entry)\b")
_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|&hellip;|read more\W*|continue reading\W*)\s*$", re.IGNORECASE
)
_ADDRESS = re.compile(r"\S+@\S+\s*\(([^()]+)\)|\S+@\S+")


def read_xml(name: str, source: bytes) -> Iterator[Entry]:
    """RSS 0.9 to 2.0 and Atom."""
    _refuse_hostile(name, source)
    told = feedparser.parse(BytesIO(source), sanitize_html=False, resolve_relative_uris=False)
    if not told.get("version") and not told.entries:
        raise BadInput("This begins as a feed does and cannot be read as one. Fetch it again.", place=name)
    broken = _broken(told)
    language = str(told.feed.get("language") or "")
    for entry in told.entries:
        title = words_in(str(entry.get("title") or ""))
        url = str(entry.get("link") or "")
        # `dict.get`: feedparser's own answers with one date where it was asked for the other.
        changed = dict.get(entry, "updated_parsed") or dict.get(entry, "published_parsed")
        yield _entry(
            name,
            str(entry.get("id") or url),
            Given(title=title, url=url, language=language, authors=_people(entry)),
            None if changed is None else datetime.fromtimestamp(calendar.timegm(changed), UTC),
            _text(entry),
            str(entry.get("summary") or ""),
            broken,
        )


def read_json(name: str, source: bytes) -> Iterator[Entry]:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org)."""
    try:
        told = json.loads(source)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise BadInput(
            "This begins as a JSON Feed and is no JSON. Fetch it again.", place=name, line=line
        ) from error
    items = told.get("items")
    if not isinstance(items, list):
        raise BadInput("This JSON Feed has no list of items. Fetch it again.", place=name)
    if len(items) > _MOST_ENTRIES:
        raise BadInput(
            f"The feed has more than {_MOST_ENTRIES:,} entries. Ask its publisher for one with fewer entries.",
            place=name,
        )
    for item in (item for item in items if isinstance(item, dict)):
        words = _string(item.get("content_html")) or _from_plain(_string(item.get("content_text")))
        url = _string(item.get("url")) or _string(item.get("external_url"))
        given = Given(
            title=words_in(_string(item.get("title"))),
            url=url,
            language=_string(item.get("language")) or _string(told.get("language")),
            authors=tuple(_json_people(item, told)),
        )
        changed = _moment(_string(item.get("date_modified")) or _string(item.get("date_published")))
        yield _entry(
            name, str(item.get("id") or url), given, changed, words, _string(item.get("summary")), ()
        )


def _refuse_hostile(name: str, source: bytes) -> None:
    """feedparser takes the square of the time for a tag with many attributes, and a while for each element."""
    refuse_many_attributes(name, source.decode("latin-1"), _MOST_ATTRIBUTES)
    bare = _CDATA.sub(b"", source)
    for pattern, most, what in (
        (_ENTRY, _MOST_ENTRIES, "entries"),
        (_ELEMENT, _MOST_ELEMENTS, "elements"),
        (_VOCABULARY, _MOST_VOCABULARIES, "names of vocabularies"),
    ):
        if sum(1 for _ in pattern.finditer(bare)) > most:
            raise BadInput(
                f"The feed has more than {most:,} {what}. Ask its publisher for one with fewer entries.",
                place=name,
            )


def _entry(
    name: str,
    key: str,
    given: Given,
    changed: datetime | None,
    text: str,
    summary: str,
    broken: tuple[Finding, ...],
) -> Entry:
    key = key or hashlib.sha256((given.title or text[:1000]).encode("utf-8", "replace")).hexdigest()
    url = given.url if given.url and link_fault(given.url) is None else None
    place = f"{name}, entry '{(given.title or key)[:80]}'"
    return Entry(key, given.title, url, changed, _outcome(place, given, text, summary, broken))


def _outcome(
    place: str, given: Given, text: str, summary: str, broken: tuple[Finding, ...]
) -> Reading | BadInput:
    findings = broken
    if not text.strip() and _is_full(summary):
        text = summary
        message = (
            "The feed has no field for the full text; its description is long enough to be it, and was taken."
        )
        findings = (*findings, Finding(SUMMARY_RULE, Severity.C, 0, words_in(summary[:400])[:80], message))
    if not text.strip():
        why = "a summary alone" if summary.strip() else "no text"
        return BadInput(
            f"The feed carries {why} for this entry. Import the page of the article, or ask for a feed with full text.",
            place=place,
        )
    if not given.title:
        return BadInput("The entry has no title. Give it one in the feed.", place=place)
    if len(text) > _LARGEST:
        return BadInput("The entry is longer than 2 million characters, which no article is.", place=place)
    try:
        reading = with_losses(read_html(place, text, given))
    except BadInput as error:
        return error
    return replace(reading, findings=(*findings, *reading.findings))


def _is_full(summary: str) -> bool:
    words = words_in(summary[:_LARGEST])
    return len(words.split()) >= _FULL and _CUT_OFF.search(words[-40:]) is None


def _text(entry: Mapping[str, Any]) -> str:
    """The longest of an entry's contents, as HTML."""
    texts = [
        _from_plain(str(part.get("value") or ""))
        if part.get("type") == "text/plain"
        else str(part.get("value") or "")
        for part in entry.get("content") or ()
    ]
    return max(texts, key=len, default="")


def _from_plain(text: str) -> str:
    """Plain text as HTML: an empty line parts paragraphs."""
    return "".join(f"<p>{html.escape(part)}</p>\n" for part in re.split(r"\n\s*\n", text) if part.strip())


def _people(entry: Mapping[str, Any]) -> tuple[Person, ...]:
    names = [str(person.get("name") or "") for person in entry.get("authors") or ()]
    return tuple(_person(name) for name in names if name.strip())


def _person(name: str) -> Person:
    """RSS writes `address (name)` where it has an address, which is not kept."""
    name = tidy_text(words_in(name))
    if match := _ADDRESS.fullmatch(name):
        name = match.group(1) or "The author of the feed"
    return bylines.person(name, marked=True) or Person(name[:120], "", "Author")


def _json_people(item: dict[str, Any], told: dict[str, Any]) -> Iterator[Person]:
    for holder in (item, told):
        found = holder.get("authors") or ([holder["author"]] if holder.get("author") else [])
        people = [person for person in found if isinstance(person, dict)] if isinstance(found, list) else []
        names = [_string(person.get("name")) for person in people]
        if any(names):
            yield from (_person(name) for name in names if name)
            return


def _moment(text: str) -> datetime | None:
    """RFC 3339 to UTC; None for what is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)


def _broken(told: Any) -> tuple[Finding, ...]:
    error = told.get("bozo_exception") if told.get("bozo") else None
    if error is None or isinstance(
        error, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType
    ):
        return ()
    line = getattr(error, "getLineNumber", lambda: 0)() or 0
    message = f"The feed is not well-formed XML{f' (its line {line})' if line else ''}. What could be read was read."
    return (Finding(BROKEN_RULE, Severity.C, 0, "", message),)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
