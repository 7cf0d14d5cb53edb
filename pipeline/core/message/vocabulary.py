"""The tags and attributes that a letter's MJML may use, and a reader that holds every template to them.

MRML renders a misspelt tag verbatim, ignores a misspelt attribute, and loses the text inside a wrongly
placed tag, all in silence; and it crashes the process on nesting ten thousand deep. Nothing reaches it that
is not listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from html.parser import HTMLParser
from xml.parsers import expat

from pipeline.core.content.article import Finding, Severity

DEPTH = 100

_BOX = {
    "css-class",
    "padding",
    "padding-top",
    "padding-right",
    "padding-bottom",
    "padding-left",
    "background-color",
}
_BORDER = {"border", "border-top", "border-right", "border-bottom", "border-left", "border-radius"}
_TYPE = {"font-family", "font-size", "font-weight", "line-height", "letter-spacing", "color", "align"}

# tag: (where it may stand, what it may carry). `mj-include`, `mj-html-attributes`, `mj-hero`, `mj-social`,
# `mj-navbar` and `mj-carousel` are left out on purpose: MRML breaks them or fetches from a third party.
MJML_TAGS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    tag: (frozenset(parents), frozenset(attributes))
    for tag, parents, attributes in (
        ("mjml", {""}, {"lang", "dir"}),
        ("mj-head", {"mjml"}, ()),
        ("mj-title", {"mj-head"}, ()),
        ("mj-preview", {"mj-head"}, ()),
        ("mj-breakpoint", {"mj-head"}, {"width"}),
        ("mj-style", {"mj-head"}, ()),
        ("mj-raw", {"mj-head"}, ()),
        ("mj-attributes", {"mj-head"}, ()),
        ("mj-all", {"mj-attributes"}, _TYPE | _BOX),
        ("mj-body", {"mjml"}, {"width", "background-color", "css-class"}),
        ("mj-wrapper", {"mj-body"}, _BOX | _BORDER | {"full-width", "text-align", "direction"}),
        (
            "mj-section",
            {"mj-body", "mj-wrapper", "mj-attributes"},
            _BOX | _BORDER | {"full-width", "text-align", "direction"},
        ),
        (
            "mj-group",
            {"mj-section"},
            {"direction", "width", "css-class", "vertical-align", "background-color"},
        ),
        (
            "mj-column",
            {"mj-section", "mj-group", "mj-attributes"},
            _BOX | _BORDER | {"width", "vertical-align", "direction"},
        ),
        ("mj-text", {"mj-column", "mj-attributes"}, _TYPE | _BOX | {"height"}),
        (
            "mj-button",
            {"mj-column", "mj-attributes"},
            _TYPE | _BOX | _BORDER | {"href", "inner-padding", "width"},
        ),
        (
            "mj-divider",
            {"mj-column", "mj-attributes"},
            _BOX | {"border-color", "border-style", "border-width", "width"},
        ),
        ("mj-spacer", {"mj-column", "mj-attributes"}, {"height", "css-class"}),
        (
            "mj-image",
            {"mj-column"},
            _BOX | {"src", "alt", "width", "height", "href", "align", "border-radius"},
        ),
    )
}
REQUIRED: dict[str, frozenset[str]] = {
    "mjml": frozenset({"lang"}),
    "mj-image": frozenset({"src", "alt", "width"}),
    "mj-button": frozenset({"href"}),
}

_ANY = {"class", "id", "style", "lang", "dir", "role", "align"}
_TABLE = {"width", "cellpadding", "cellspacing", "border"}
PLAIN = ("p", "h1", "h2", "h3", "ul", "li", "strong", "em", "sup", "span", "br", "thead", "tbody", "tr")
HTML_TAGS: dict[str, frozenset[str]] = {
    tag: frozenset(_ANY | set(attributes))
    for tag, attributes in (
        *((tag, ()) for tag in PLAIN),
        ("ol", {"start", "type"}),
        ("a", {"href", "aria-label"}),
        ("table", _TABLE | {"aria-hidden"}),
        ("td", {"width", "height", "valign", "bgcolor", "colspan", "rowspan"}),
        ("th", {"width", "valign", "scope", "colspan"}),
        ("img", {"src", "alt", "width", "height"}),
        ("meta", {"name", "content"}),
    )
}
NEEDED_TAGS = frozenset({"mjml", "mj-head", "mj-title", "mj-body"})
VOID = frozenset({"br", "img", "meta"})
HTML_PARENTS = frozenset({"mj-text", "mj-button", "mj-raw"})

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\Z|transparent\Z")
LENGTHS = re.compile(r"(0|\d+(\.\d+)?(px|%))( (0|\d+(\.\d+)?(px|%))){0,3}\Z")


def check_mjml(source: str) -> tuple[Finding, ...]:
    """What in `source` MRML would get wrong without saying so. Lines count from 1 in `source`."""
    if _is_sound(source):
        return ()
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.concluded()


def _is_sound(source: str) -> bool:
    """Whether there is nothing to find, by a reader that is five times as quick as the one that tells what and where.

    No is no finding yet: it is said too of what only this reader cannot make out, such as a named entity.
    """
    seen: set[str] = set()
    open_tags = [""]
    sound = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal sound
        sound = (
            sound
            and len(open_tags) <= DEPTH
            and _fits(tag, open_tags[-1], tuple(attributes))
            and (tag not in MJML_TAGS or not any(_faults(tag, attributes)))
        )
        seen.add(tag)
        open_tags.append(tag)

    def end(_: str) -> None:
        open_tags.pop()

    def words(data: str) -> None:
        nonlocal sound
        sound = sound and (_holds_words(open_tags[-1]) or not data.strip())

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, words
    try:
        parser.Parse(source, True)
    except expat.ExpatError:
        return False
    return sound and seen >= NEEDED_TAGS


@lru_cache(maxsize=1024)
def _fits(tag: str, parent: str, names: tuple[str, ...]) -> bool:
    if tag in MJML_TAGS:
        parents, allowed = MJML_TAGS[tag]
        in_place = parent in parents
    elif tag in HTML_TAGS:
        allowed, in_place = HTML_TAGS[tag], parent in HTML_PARENTS or parent in HTML_TAGS
    else:
        return False
    return in_place and allowed.issuperset(names) and REQUIRED.get(tag, frozenset()).issubset(names)


@lru_cache(maxsize=1024)
def _holds_words(parent: str) -> bool:
    return parent in HTML_PARENTS | {"mj-title", "mj-preview", "mj-style"} or parent in HTML_TAGS


def _faults(tag: str, attributes: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """(rule, sentence) for each value of an MJML tag that MRML would take without a word."""
    for name, value in attributes.items():
        if name.endswith("color") and not COLOUR.match(value or ""):
            yield "colour", f"{name} of <{tag}> must be six digits, like #0F5C5C."
        if (name.startswith("padding") or name in {"width", "font-size"}) and not LENGTHS.match(value or ""):
            yield "length", f"{name} of <{tag}> must be 0 or lengths in px or %."


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: list[Finding] = []
        self.open: list[tuple[str, int]] = []
        self.seen: set[str] = set()

    def concluded(self) -> tuple[Finding, ...]:
        for tag, line in self.open:
            self.report("never closed", f"<{tag}> is opened and never closed. Close it.", f"<{tag}>", line)
        for tag in sorted(NEEDED_TAGS):
            if tag not in self.seen:
                self.report(
                    "missing",
                    f"<{tag}> is missing, and the letter would be empty or unnamed. Add it.",
                    tag,
                    1,
                )
        return tuple(self.findings)

    def report(self, rule: str, message: str, quote: str, line: int | None = None) -> None:
        at = self.getpos()[0] if line is None else line
        self.findings.append(Finding(f"mjml: {rule}", Severity.B, at, quote[:120], message))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.look_at(tag, dict(attrs))
        if tag not in VOID:
            self.open.append((tag, self.getpos()[0]))
            if len(self.open) == DEPTH + 1:
                self.report("depth", f"Tags are nested more than {DEPTH} deep. Nest them less.", f"<{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.look_at(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open and self.open[-1][0] == tag:
            self.open.pop()
            return
        expected = f"</{self.open[-1][0]}>" if self.open else "nothing"
        self.report(
            "closing tag", f"</{tag}> stands where {expected} belongs. Close what is open first.", f"</{tag}>"
        )
        if tag in (name for name, _ in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        parent = self.open[-1][0] if self.open else ""
        if data.strip() and not _holds_words(parent):
            message = f"Words directly in <{parent or 'nothing'}> are lost. Put them in <mj-text>."
            before = data[: len(data) - len(data.lstrip())].count("\n")
            self.report("lost words", message, data.strip(), self.getpos()[0] + before)

    def look_at(self, tag: str, attributes: dict[str, str | None]) -> None:
        start = self.get_starttag_text() or f"<{tag}>"
        parent = self.open[-1][0] if self.open else ""
        if tag in MJML_TAGS:
            parents, allowed = MJML_TAGS[tag]
            in_place = parent in parents
        elif tag in HTML_TAGS:
            allowed, in_place = HTML_TAGS[tag], parent in HTML_PARENTS or parent in HTML_TAGS
        else:
            self.report(
                "unknown tag",
                f"<{tag}> is no tag of our letters. Correct it, or add it to the vocabulary.",
                start,
            )
            return
        if not in_place:
            self.report("misplaced tag", f"<{tag}> may not stand in <{parent or 'nothing'}>. Move it.", start)
        for name in attributes.keys() - allowed:
            self.report(
                "unknown attribute", f"<{tag}> has no attribute {name!r} in our letters. Correct it.", start
            )
        for name in REQUIRED.get(tag, frozenset()) - attributes.keys():
            self.report("missing attribute", f"<{tag}> needs {name}. Add it.", start)
        if tag in MJML_TAGS:
            for rule, message in _faults(tag, attributes):
                self.report(rule, message, start)
