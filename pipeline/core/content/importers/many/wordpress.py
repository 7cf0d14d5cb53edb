"""Posts and pages of a WordPress export (WXR), read as the file streams: one post is in memory at a time.

A document type and entities have no place in an export, and are refused before they can do anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from lxml import etree

from pipeline.core.content.article import Finding, Person, Reading, Severity
from pipeline.core.content.importers import bylines
from pipeline.core.content.importers.finished import finished
from pipeline.core.content.importers.many import wordpress_fields
from pipeline.core.content.importers.many.entry import Entry
from pipeline.core.content.importers.many.wordpress_shortcodes import without_shortcodes
from pipeline.core.content.importers.notes import controls_removed
from pipeline.core.content.importers.web.reader import Given, read_html
from pipeline.core.content.importers.web.tree import words_in
from pipeline.core.content.links import link_fault
from pipeline.core.content.slug import is_slug
from pipeline.core.errors import BadInput

FIELDS_RULE = "text-from-fields"

_READ = ("post", "page")
_NEVER = (
    "attachment",
    "nav_menu_item",
    "revision",
    "custom_css",
    "customize_changeset",
    "oembed_cache",
    "user_request",
)
_NEVER_PREFIXES = ("wp_", "acf-", "elementor_")
_STATUS = {
    "draft": "The post is a draft in WordPress.",
    "pending": "The post waits for review in WordPress.",
    "private": "The post is private in WordPress.",
    "future": "The post is scheduled in WordPress.",
}
_CHUNK = 32 * 1024  # bytes
_LARGEST = 2 * 1024 * 1024  # characters of a post with its fields
_ILLEGAL = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))  # in XML 1.0
_SPACES = bytes.maketrans(_ILLEGAL, b" " * len(_ILLEGAL))


class Source(Protocol):
    def read(self, size: int) -> bytes: ...


@dataclass(slots=True)
class _Cleaned:
    """Bytes with the control characters that XML forbids, and exports have, as spaces."""

    source: Source
    removed: int = 0

    def read(self, size: int) -> bytes:
        chunk = self.source.read(size)
        clean = chunk.translate(_SPACES)
        if clean != chunk:
            self.removed += sum(chunk.count(code) for code in _ILLEGAL)
        return clean


@dataclass(slots=True)
class _Post:
    """What an item says, by the local names of its elements; `fields` are its custom fields in their order."""

    said: dict[str, str] = field(default_factory=dict)
    fields: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0

    def keep(self, name: str, text: str) -> None:
        self.size += len(text)
        if self.size <= _LARGEST:
            self.said.setdefault(name, text)

    def keep_field(self, key: str, value: str) -> None:
        self.size += len(key) + len(value)
        if self.size <= _LARGEST:
            self.fields.append((key, value))


def read(name: str, source: Source) -> Iterator[Entry]:
    """Raises `BadInput` with the line where the file is no XML any more; the posts before it have been given."""
    cleaned = _Cleaned(source)
    reader = _Reader(name, cleaned)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    fault: etree.XMLSyntaxError | None = None
    while fault is None:
        chunk = cleaned.read(_CHUNK)
        try:
            parser.feed(chunk) if chunk else parser.close()
        except etree.XMLSyntaxError as error:
            fault = error  # what was read up to here is given first
        for event, element in parser.read_events():
            if (entry := reader.take(event, element)) is not None:
                yield entry
        if not chunk:
            break
    if fault is not None:
        raise BadInput(
            f"The export breaks off or is not well formed: {fault.msg}. What stood before was read. Export it again.",
            place=name,
            line=fault.lineno,
        ) from fault


@dataclass(slots=True)
class _Reader:
    """Takes elements as they end, keeps what an item says, and forgets the element."""

    name: str
    cleaned: _Cleaned
    authors: dict[str, str] = field(default_factory=dict)
    language: str = ""
    post: _Post = field(default_factory=_Post)

    def take(self, event: str, element: Any) -> Entry | None:
        parent = element.getparent()
        if event == "start":
            if parent is None and element.getroottree().docinfo.internalDTD is not None:
                raise BadInput(
                    "An export has no DOCTYPE, and this one has. Export it again.", place=self.name
                )
            return None
        local = etree.QName(element).localname
        within = etree.QName(parent).localname if parent is not None else ""
        if local == "item":
            entry = _entry(self.name, self.post, self.authors, self.language, self.cleaned.removed)
            self.post, self.cleaned.removed = _Post(), 0
            _forget(element)
            return entry
        if within == "item":
            _read_part(self.post, element, local)
            element.clear()
            parent.remove(element)
        elif within == "channel":
            if local == "author":
                _read_author(self.authors, element)
            elif local == "language":
                self.language = (element.text or "").strip()
            _forget(element)
        return None


def _forget(element: Any) -> None:
    """Frees an element that has been read, and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _read_part(post: _Post, element: Any, local: str) -> None:
    if local == "postmeta":
        key = value = ""
        for child in element:
            if etree.QName(child).localname == "meta_key":
                key = child.text or ""
            else:
                value = child.text or ""
        post.keep_field(key, value)
    elif local != "comment":
        name = "excerpt" if local == "encoded" and "excerpt" in element.tag else local
        post.keep(name, element.text or "")


def _read_author(authors: dict[str, str], element: Any) -> None:
    said = {etree.QName(child).localname: (child.text or "").strip() for child in element}
    shown = said.get("author_display_name") or said.get("author_login", "")
    for key in ("author_login", "author_id"):
        if said.get(key):
            authors[said[key]] = shown


def _entry(name: str, post: _Post, authors: dict[str, str], language: str, removed: int) -> Entry | None:
    said = post.said
    kind = said.get("post_type", "post")
    if kind in _NEVER or kind.startswith(_NEVER_PREFIXES):
        return None
    title = words_in(said.get("title", ""))
    url = said.get("link", "").strip()
    key = said.get("guid", "").strip() or url or said.get("post_id", "").strip() or title
    place = f"{name}, {kind[:20]} {said.get('post_id', '').strip()[:12]} '{title[:60]}'"
    outcome = _outcome(place, post, kind, title, url, authors, language, removed)
    return Entry(key, title, url if url and link_fault(url) is None else None, _changed(said), outcome)


def _outcome(
    place: str,
    post: _Post,
    kind: str,
    title: str,
    url: str,
    authors: dict[str, str],
    language: str,
    removed: int,
) -> Reading | BadInput:
    status = post.said.get("status", "publish").strip()
    if kind not in _READ:
        return BadInput(f"Posts and pages are read, and this is of the type '{kind[:40]}'.", place=place)
    if status in ("trash", "auto-draft"):
        return BadInput("The post is in WordPress's bin, or was never saved. Restore it first.", place=place)
    if post.size > _LARGEST:
        return BadInput("The post is longer than 2 million characters, which no article is.", place=place)
    if not title:
        return BadInput("The post has no title. Give it one in WordPress.", place=place)
    body = wordpress_fields.body(post.said.get("encoded", ""), post.fields)
    if not body.html.strip():
        return BadInput("The post has no text, in its body or in its fields.", place=place)
    code = without_shortcodes(body.html)
    given = Given(
        title=title,
        url=url,
        language=language,
        slug=post.said.get("post_name", "").strip()
        if is_slug(post.said.get("post_name", "").strip())
        else "",
        authors=_authors(post.said.get("creator", "").strip(), authors),
        reviewers=wordpress_fields.reviewers(post.fields, authors),
        references=wordpress_fields.references(post.fields),
        notes=_notes(status, post),
        blank_lines="<!-- wp:" not in body.html,
    )
    try:
        reading = finished(read_html(place, code.html, given))
    except BadInput as error:
        return error
    findings = list(reading.findings)
    if body.names:
        message = (
            f"The text stood in custom fields ({', '.join(body.names[:6])}) and was put together from them."
        )
        findings.insert(0, Finding(FIELDS_RULE, Severity.C, 0, "", message))
    if removed:
        findings.insert(0, controls_removed(0, "The export"))
    return replace(
        reading, findings=tuple(findings), left_out=(*code.left_out, *body.left_out, *reading.left_out)
    )


def _notes(status: str, post: _Post) -> tuple[str, ...]:
    notes = [_STATUS[status]] if status in _STATUS else []
    if post.said.get("post_password", "").strip():
        notes.append("The post stands behind a password in WordPress.")
    return tuple(notes)


def _authors(login: str, authors: dict[str, str]) -> tuple[Person, ...]:
    shown = authors.get(login, login)
    if not shown:
        return ()
    return (bylines.person(shown, marked=True) or Person(shown[:120], "", "Author"),)


def _changed(said: dict[str, str]) -> datetime | None:
    for name in ("post_modified_gmt", "post_date_gmt"):
        try:
            return datetime.strptime(said.get(name, "").strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        except ValueError:
            continue  # WordPress writes 0000-00-00 for a draft
    try:
        return parsedate_to_datetime(said.get("pubDate", "")).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):  # the last of the last day of the year 9999
        return None
