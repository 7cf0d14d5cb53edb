"""What a letter must satisfy before it may be scheduled: rows H-01 to H-12, U-17, C-30, C-35, C-45, D-02,
P-06, E-22.

One function a rule. Severity B blocks until it is mended, C warns. Rules look at the finished letter, so
that it does not matter which template or which article went wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from urllib.parse import urlsplit

from pipeline.core.content.article import Finding, Severity
from pipeline.core.message import colour, parity
from pipeline.core.message.clients import unknown_to_clients
from pipeline.core.message.labels import direction
from pipeline.core.message.page import Page, Words, spoken, squeezed
from pipeline.core.message.plaintext import display_width
from pipeline.core.message.rendered import RenderedLetter
from pipeline.core.message.slots import SLOTS, compile_parts

MOST_BYTES, MANY_BYTES = 100_000, 80_000
EARLY_BYTES = 90_000
LONGEST_LINE = 78
BODY_PX, FINE_PX = 16, 14
FINE_CLASSES = {"fine", "foot"}  # header and footer lines; everything else is body text
CONTRAST, LARGE_CONTRAST = 4.5, 3.0
BANNED_TAGS = frozenset(
    "script form input button select textarea iframe object embed video audio link base svg frame".split()  # noqa: SIM905
)
BANNED_STYLE = re.compile(
    r"(?:^|;)\s*(position\s*:|float\s*:|display\s*:\s*(?:inline-)?(?:flex|grid)|[\w-]+\s*:[^;]*url\()", re.I
)
EMPTY_LABELS = {"click here", "here", "read more", "more", "link", "this link", "learn more", "this page"}
BARE = ("http:", "https:", "www.")
MARK = re.compile(r"\[\d+\]")
URL = re.compile(r"https?://[^\s<>()\"']+")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CONFIRM_LINKS = {"[[confirm_url]]", "[[not_me_url]]"}


class LetterKind(StrEnum):
    ISSUE = "issue"
    CONFIRM = "confirm"
    NOTE = "note"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Letter:
    """What the rules look at."""

    rendered: RenderedLetter
    kind: LetterKind
    slots: Mapping[str, str]
    image_hosts: frozenset[str]
    page: Page

    @property
    def text(self) -> str:
        return self.rendered.text


def check_letter(
    letter: RenderedLetter,
    kind: LetterKind | str = LetterKind.ISSUE,
    slots: Mapping[str, str] = SLOTS,
    image_hosts: frozenset[str] = frozenset(),
) -> tuple[Finding, ...]:
    """All findings on a letter with open slots. `slots` holds the longest value of each; BadInput if one is
    unknown.

    `image_hosts` are our own (C-35); an image from anywhere else blocks.
    """
    looked_at = Letter(letter, LetterKind(kind), slots, image_hosts, Page(letter.html))
    return tuple(finding for rule in RULES for finding in rule(looked_at))


def blocks(findings: tuple[Finding, ...]) -> bool:
    """Whether a letter with these findings may not be scheduled."""
    return any(finding.severity is not Severity.C for finding in findings)


def size(letter: Letter) -> Iterator[Finding]:
    """H-01: Gmail clips a message at about 102 kB and takes the unsubscribe link with it."""
    html, _ = compile_parts(letter.rendered).fill(letter.slots)
    length = len(html.encode())
    if length > MANY_BYTES:
        severity = Severity.B if length > MOST_BYTES else Severity.C
        yield _finding("H-01", f"The letter has {length:,} bytes; {MOST_BYTES:,} is the most.", "", severity)


def document(letter: Letter) -> Iterator[Finding]:
    """H-02: document type, language, title, character set, colour schemes; the language on an inner tag too."""
    page, source = letter.page, letter.rendered.html
    metas = {meta.get("name"): meta.get("content") for meta in page.elements("meta")}
    title = page.root.findtext(".//title") or ""
    facts = {
        "It does not begin with <!doctype html>.": source.lower().startswith("<!doctype html>"),
        "<html> has no lang.": bool(page.root.get("lang")),
        "No tag inside <body> repeats the lang, and clients strip <html>.": bool(
            page.found("//body//*[@lang]")
        ),
        "<title> is not the subject.": squeezed(title) == squeezed(letter.rendered.subject),
        "The character set is not declared as UTF-8.": any(
            (meta.get("charset") or "").lower() == "utf-8" for meta in page.elements("meta")
        ),
        "The direction of <html>, and of a tag inside <body>, is not that of the language.": {
            letter.page.root.get("dir"),
            *(element.get("dir") for element in page.found("//body//*[@role='article']")),
        }
        == {direction(page.root.get("lang") or "")},
        'The meta "color-scheme" is not "light dark".': metas.get("color-scheme") == "light dark",
    }
    for message, holds in facts.items():
        if not holds:
            yield _finding("H-02", message, source[:60])


def tables(letter: Letter) -> Iterator[Finding]:
    """H-03: a layout table says that it is one; a table of data has column headings with a scope."""
    for table in letter.page.elements("table"):
        headings = table.xpath("tr/th | thead/tr/th | tbody/tr/th")
        role = table.get("role")
        if role not in {"presentation", "none"} and not headings:
            yield _finding("H-03", 'A layout table needs role="presentation".', spoken(table))
        if headings and role:
            yield _finding("H-03", "A table of data may not have a role.", spoken(table))
        if table.get("summary"):
            yield _finding("H-03", "A table may not have a summary.", spoken(table))
        for heading in headings:
            if heading.get("scope") not in {"col", "row", "rowgroup"}:
                yield _finding("H-03", "A column heading needs scope.", spoken(heading))


def headings(letter: Letter) -> Iterator[Finding]:
    """H-04: one h1, first; no level skipped; no heading empty."""
    found = letter.page.elements(*HEADINGS)
    levels = [int(element.tag[1]) for element in found]
    if levels.count(1) != 1 or levels[0] != 1:
        yield _finding("H-04", f"A letter has one h1, before other headings; this has {levels.count(1)}.", "")
    for before, after in pairwise(found):
        if int(after.tag[1]) > int(before.tag[1]) + 1:
            yield _finding("H-04", f"The heading goes from {before.tag} to {after.tag}.", spoken(after))
    for element in found:
        if not spoken(element):
            yield _finding("H-04", f"A heading {element.tag} is empty.", "")


def images(letter: Letter) -> Iterator[Finding]:
    """H-05, C-30, C-35, D-02: named, measured, our own, no pixels, and none at all in a confirmation letter."""
    for image in letter.page.elements("img"):
        source = image.get("src") or ""
        if letter.kind is LetterKind.CONFIRM:
            yield _finding("D-02", "A confirmation letter has no images.", source)
        if image.get("alt") is None:
            yield _finding("H-05", "An image needs alt, empty if it only decorates.", source)
        if not image.get("width") or not image.get("height"):
            yield _finding("H-05", "An image needs width and height.", source)
        if {image.get("width"), image.get("height")} <= {"0", "1"}:
            yield _finding("C-30", "An image of one pixel is a tracker.", source)
        if not _goes_somewhere(source) or urlsplit(source).hostname not in letter.image_hosts:
            yield _finding("C-35", "An image must come from our own host over https.", source)
        if "[[" in source:
            yield _finding("C-30", "An image may not have an address of its own for each subscriber.", source)


def contrast(letter: Letter) -> Iterator[Finding]:
    """H-06, H-09: legible in light, in our dark colours, and in each way that clients force a page dark."""
    seen = set()
    for name, words, way in (
        ("light", letter.page.words, colour.AS_IT_IS),
        ("our dark colours", letter.page.dark_words, colour.AS_IT_IS),
        *((forced.name, letter.page.words, forced) for forced in colour.FORCED),
    ):
        for stretch in words:
            look = stretch.look
            large = look.size >= 24 or (look.bold and look.size >= 18.66)
            key = (name, look.colour, look.ground, large)
            if look.hidden or not _has_ink(stretch.text) or key in seen:
                continue
            seen.add(key)
            ratio = way.contrast(look.colour, look.ground)
            if ratio < (LARGE_CONTRAST if large else CONTRAST):
                message = f"Contrast is {ratio:.1f}:1 in {name}; 4.5:1 is needed, 3:1 if large."
                yield _finding("H-06", message, stretch.text)
            if name == "light" and {look.colour, look.ground} == colour.BLACK_AND_WHITE:
                message = "Pure black on white glares when a client inverts it."
                yield _finding("H-09", message, stretch.text, Severity.C)


def type_size(letter: Letter) -> Iterator[Finding]:
    """H-07: body text of 16 px or more (14 in header and footer lines), set to the side where lines begin."""
    side = "right" if letter.page.root.get("dir") == "rtl" else "left"
    for stretch in letter.page.words:
        look = stretch.look
        if look.hidden or (look.size >= BODY_PX and look.align in {side, "start"}):
            continue
        if not _has_ink(stretch.text) or _within(stretch, "sup"):
            continue
        fine = bool(stretch.classes() & FINE_CLASSES)
        if look.size < (FINE_PX if fine else BODY_PX):
            yield _finding("H-07", f"The words have {look.size:g} px; {BODY_PX} is the least.", stretch.text)
        if look.align not in {side, "start"} and not fine and not _within(stretch, "a"):
            yield _finding("H-07", f"The words are set {look.align}. Set them {side}.", stretch.text)


def links(letter: Letter) -> Iterator[Finding]:
    """H-07, H-10, S-10: links say where they go, are underlined, and go to a page or an address."""
    for words in letter.page.words:
        link = words.element
        if link.tag == "a" and not words.look.underlined and "background" not in (link.get("style") or ""):
            yield _finding("H-07", "A link must be underlined.", words.text)
    for link in letter.page.elements("a"):
        label, target = spoken(link), link.get("href") or ""
        if not label or label.lower() in EMPTY_LABELS or label.lower().startswith(BARE):
            yield _finding("H-07", "A link must say where it goes, in words.", label or target)
        if not _goes_somewhere(target):
            yield _finding("H-10", "A link must go to https:, mailto: or a slot.", f"{label}: {target}")
        if letter.kind is LetterKind.CONFIRM and target not in CONFIRM_LINKS:
            yield _finding(
                "D-02", "A confirmation letter links to confirm and 'not me' only.", f"{label}: {target}"
            )


def styles(letter: Letter) -> Iterator[Finding]:
    """H-08: nothing that a mail client strips, blocks or fetches."""
    for element in letter.page.root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in BANNED_TAGS:
            yield _finding("H-08", f"<{element.tag}> has no place in a letter.", spoken(element))
        for name, value in ((str(name), str(value)) for name, value in element.attrib.items()):
            if name.startswith("on") or name in {"srcset", "background", "ping"} or "javascript:" in value:
                yield _finding("H-08", f"The attribute {name} has no place in a letter.", value)
        if found := BANNED_STYLE.search(element.get("style") or ""):
            yield _finding("H-08", "Not for mail: position, float, flex, grid, url().", found.group(1))
        if element.tag == "style" and re.search(r"@import|@font-face|url\(", element.text or ""):
            yield _finding("H-08", "A style sheet may fetch nothing.", "style")


def clients(letter: Letter) -> Iterator[Finding]:
    """H-08, H-13: nothing inline that a client of Gmail, Apple, Outlook, Yahoo or Samsung does not know."""
    for feature, message in unknown_to_clients(letter.page):
        yield _finding("H-08", message, feature)


def marks(letter: Letter) -> Iterator[Finding]:
    """H-10, E-22, E-23: each mark reads `[1]`; the letter lists what it cites, and only that."""
    cited: set[str] = set()
    for mark in letter.page.elements("sup"):
        if not re.fullmatch(r"\[\d+\]( \[\d+\])*", spoken(mark)):
            yield _finding("E-23", "A citation must read like [1], in brackets.", spoken(mark))
        cited.update(MARK.findall(spoken(mark)))
    entries = letter.page.found("//li[starts-with(@id, 'ref-')]")
    listed = {found.group() for entry in entries if (found := MARK.match(spoken(entry)))}
    for number in sorted(cited - listed):
        yield _finding("E-22", "A reference is cited and not listed.", number)
    for number in sorted(listed - cited):
        yield _finding("E-22", "A reference is listed and not cited.", number)


def text_lines(letter: Letter) -> Iterator[Finding]:
    """H-11: no line over 78 characters, not counting an address of the web or one long word: neither is cut."""
    _, filled = compile_parts(letter.rendered).fill(dict(letter.slots) | {"address": "ada@post.example"})
    for number, line in enumerate(filled.split("\n"), start=1):
        length = display_width(line)
        if " " not in line.strip() and line.isascii():
            continue  # one word, such as a signature, that is copied whole
        if length > LONGEST_LINE and (
            not URL.search(line) or display_width(URL.sub("", line)) > LONGEST_LINE
        ):
            message = f"The line has {length} columns; {LONGEST_LINE} is the most."
            yield Finding("H-11", Severity.B, number, line[:80], message)


def text_parity(letter: Letter) -> Iterator[Finding]:
    """H-11, M-07: each part says every word of the other; the text part has its addresses in full besides."""
    page = letter.page
    plain, shown = parity.bare_text(letter.text), parity.bare_html(page)
    for words in parity.stretches(page):
        if parity.bare(words) not in plain:
            yield _finding("H-11", "The text part lacks words of the HTML part.", words)
    for number, line, words in parity.pieces(letter.text):
        if parity.bare(words) not in shown:
            yield Finding(
                "H-11", Severity.B, number, line[:80], "The HTML part lacks words of the text part."
            )
    in_html, in_text = Counter(MARK.findall(page.visible_text)), Counter(MARK.findall(letter.text))
    for number in sorted((in_html - in_text) + (in_text - in_html)):
        yield _finding("H-11", "A citation stands in one part only.", number)
    anchors = {link.get("href") or "" for link in page.elements("a")}
    goals = {target.split("#")[0] for target in anchors if target.startswith("http")}
    for target in sorted(goals - set(URL.findall(letter.text))):
        yield _finding("H-11", "The text part lacks an address.", target)
    for target in sorted(
        target for target in anchors if target.startswith("[[") and target not in letter.text
    ):
        yield _finding("H-11", "The text part lacks a slot.", target)


def validity(letter: Letter) -> Iterator[Finding]:
    """H-12: what the serialiser cannot mend: names given twice, and lists that hold anything but entries."""
    ids = Counter(element.get("id") for element in letter.page.found("//*[@id]"))
    for name in sorted(name for name, count in ids.items() if count > 1):
        yield _finding("H-12", "An id is given twice.", name)
    for parent in letter.page.elements("ul", "ol"):
        if any(child.tag != "li" for child in parent if isinstance(child.tag, str)):
            yield _finding("H-12", "A list holds something that is no entry.", spoken(parent))


def unsubscribe(letter: Letter) -> Iterator[Finding]:
    """U-17, C-45, E-05: the way out in both parts and early, why-you-get-this, and the disclaimer."""
    if letter.kind is not LetterKind.ISSUE:
        return
    slot = "[[unsubscribe_url]]"
    if f'href="{slot}"' not in letter.rendered.html or slot not in letter.text:
        yield _finding("U-17", "Both parts need a link to unsubscribe.", slot)
    elif len(letter.rendered.html.split(slot)[0].encode()) > EARLY_BYTES:
        yield _finding("U-17", "The link to unsubscribe stands after the place where Gmail clips.", slot)
    for part in (letter.rendered.html, letter.text):
        if "[[signed_up_on]]" not in part:
            yield _finding("C-45", "Both parts must say when the subscriber signed up.", "[[signed_up_on]]")
    if not any(spoken(element) for element in letter.page.found("//p[contains(@class, 'disclaimer')]")):
        yield _finding("E-05", "An issue needs its disclaimer.", "")


def hidden_words(letter: Letter) -> Iterator[Finding]:
    """P-06: nothing is hidden but the preview line, and that line can be seen too."""
    for stretch in letter.page.words:
        if stretch.look.hidden and stretch.text not in letter.page.visible_text:
            yield _finding("P-06", "Hidden words must also be seen.", stretch.text)


RULES: tuple[Callable[[Letter], Iterator[Finding]], ...] = (
    size,
    document,
    tables,
    headings,
    images,
    contrast,
    type_size,
    links,
    styles,
    clients,
    marks,
    text_lines,
    text_parity,
    validity,
    unsubscribe,
    hidden_words,
)


def _finding(rule: str, message: str, quote: str, severity: Severity = Severity.B) -> Finding:
    return Finding(rule, severity, 0, quote[:120], message)


def _has_ink(text: str) -> bool:
    return bool(text.strip("\N{NO-BREAK SPACE} "))


def _within(stretch: Words, tag: str) -> bool:
    return stretch.element.tag == tag or any(around.tag == tag for around in stretch.element.iterancestors())


def _goes_somewhere(target: str) -> bool:
    """https:, mailto:, a slot; plain http: only to the machine itself, where the demonstration lives."""
    if target.startswith(("https://", "mailto:", "[[")):
        return True
    return target.startswith("http://") and urlsplit(target).hostname in {"127.0.0.1", "localhost"}
