"""Running text of a page: words in their style, links that may be kept, and the marks that its tags tell of as values.

Raised and lowered digits keep their place in Unicode, so that 10<sup>3</sup> does not become 103. Which of them are
marks is told with all others, from the words (`citing.whole_article`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urljoin

from pipeline.core.content.article import Cite, Finding, Inline, Inlines, Reference, Run, Severity
from pipeline.core.content.citations import ids_for, numbers_in
from pipeline.core.content.importers.citing import raised, unlisted
from pipeline.core.content.importers.citing.found import MOST_DIGITS, is_year
from pipeline.core.content.importers.citing.neighbours import together
from pipeline.core.content.importers.web.furniture import Cleared, cut, is_unseen, line_of
from pipeline.core.content.importers.web.tree import Element, clean, words_of
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.links import link_fault
from pipeline.core.content.lost import TABLE_RULE

LINK_RULE = "link-left-as-words"
OTHER_NUMBER_RULE = "citation-number-differs"

_ORDINAL = re.compile(r"(?:st|nd|rd|th|e|er|o|a|tm|sm|®|™|©)", re.IGNORECASE)
_NOTE = re.compile(r"(?:note|ref|fn)\.? ?\d+")
_YEAR_LAST = re.compile(r"\b(?:19|20)\d\d[a-z]?$")
_YEAR_APART = re.compile(r"\s\((?:19|20)\d\d[a-z]?\)$")  # `Smith et al. (2020)`
_ENCLOSED = re.compile(r"[\[(]\s?([^()\[\]]*?)\s?[\])]")
_STRONG = ("strong", "b")
_EMPHASIS = ("em", "i", "cite", "dfn", "var")
_STRUCK = ("del", "s", "strike")
_OF_A_TABLE = re.compile(
    r"(?:^|[\W_])(?:table|tables|chart of|dosing chart|dose chart)(?:[\W_]|\d|$)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Break:
    """A line break, which may end an entry of a list that is no list."""


@dataclass
class Inliner:
    """`anchors` maps the ids of a page's reference entries to the references; `base` makes links whole."""

    base: str
    references: Sequence[Reference]
    anchors: Mapping[str, Reference]
    cited: Mapping[
        Element, tuple[Reference, ...]
    ]  # marks whose source stood in a tooltip or behind their link
    cleared: Cleared
    findings: list[Finding] = field(default_factory=list)
    linked_faults: set[str] = field(default_factory=set)

    def inlines(self, content: Iterable[str | Element], line: int) -> Inlines:
        pieces = self.pieces(content, line)
        return self.joined(Run(" ") if isinstance(piece, Break) else piece for piece in pieces)

    def pieces(self, content: Iterable[str | Element], line: int) -> list[Inline | Break]:
        """Inlines in the order of the page, not yet tidy, with its line breaks."""
        out: list[Inline | Break] = []
        stack: list[tuple[Iterator[str | Element], Run]] = [(iter(content), Run(""))]
        while stack:
            part = next(stack[-1][0], None)
            style = stack[-1][1]
            if part is None:
                stack.pop()
            elif isinstance(part, str):
                out.append(_words(clean(part), style))
            elif (inner := self._element(part, style, out, line)) is not None:
                stack.append((_nodes(part), inner))
        return out

    def joined(self, parts: Iterable[Inline]) -> Inlines:
        return together(parts, self.numbers)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        return {reference.id: reference.number for reference in self.references}

    def _ids(self, marks: str) -> tuple[str, ...]:
        try:
            return ids_for(numbers_in(marks), self.references)
        except ValueError:
            return ()

    def _element(self, element: Element, style: Run, out: list[Inline | Break], line: int) -> Run | None:
        """Puts out what an element is by itself; otherwise the style of what stands in it."""
        tag = element.tag
        at = line_of(element) or line
        if refs := self.cited.get(element):
            out.append(Cite(tuple(reference.id for reference in refs)))
        elif tag == "br":
            out.append(Break())
        elif tag == "img":
            self._picture(element)
        elif tag in _STRUCK:
            self._leave_out(element, "struck out on the page")
        elif is_unseen(element):
            self._leave_out(element, "for screen readers alone")
        elif tag == "sup":
            out.extend(self._raised(element, style, out, at))
        elif tag == "sub":
            out.append(replace(style, text=raised.down(words_of(element))))
        elif tag == "a":
            return self._link(element, style, out, at)
        elif tag == "rt":
            out.append(replace(style, text=f"({words_of(element)})"))
        elif tag == "q":
            out.append(replace(style, text=f"“{words_of(element)}”"))
        elif tag not in ("rp", "wbr"):
            return replace(
                style, strong=style.strong or tag in _STRONG, emphasis=style.emphasis or tag in _EMPHASIS
            )
        return None

    def _picture(self, element: Element) -> None:
        source = (element.get("src") or "").split("?")[0].rsplit("/", 1)[-1]
        self.picture(element, tidy_text(clean(element.get("alt"))), source)

    def picture(self, element: Element, words: str, source: str = "") -> None:
        """Leaves a picture out; one of a table takes what the reader needs with it, which is an error."""
        quote = words or f"(no words) {source}"
        self.cleared.note(element, quote, "a picture: an article carries words only")
        if _OF_A_TABLE.search(f"{words} {source}"):
            message = "This is a picture of a table, and its words are lost with it. Write it as a table."
            self.findings.append(Finding(TABLE_RULE, Severity.B, line_of(element), cut(quote), message))

    def _leave_out(self, element: Element, why: str) -> None:
        if words := words_of(element):
            self.cleared.note(element, words, why)

    def _link(self, element: Element, style: Run, out: list[Inline | Break], line: int) -> Run | None:
        href = clean(element.get("href")).strip()
        if href.startswith("#") or not href:
            return self._local_link(element, href[1:], style, out, line)
        if (anchor := _fragment_on_page(href, self.base)) in self.anchors:
            return self._local_link(element, anchor, style, out, line)
        try:
            url = urljoin(self.base, href)
        except ValueError:
            url = href
        fault = link_fault(url)
        if fault is None:
            return replace(style, href=url)
        self._fault(href, fault, words_of(element), line)
        return style

    def _local_link(
        self, element: Element, anchor: str, style: Run, out: list[Inline | Break], line: int
    ) -> Run | None:
        reference = self.anchors.get(anchor)
        if reference is None:
            return style
        words = words_of(element)
        number = words.strip("[]() ")
        if number.isdecimal() and not is_year(number) and not _is(number, reference):
            self._differs(cut(number), reference, line)
        if said := _said(words, in_brackets=_in_brackets(out)):
            out.append(replace(style, text=said))
        out.append(Cite((reference.id,)))
        return None

    def _differs(self, words: str, reference: Reference, line: int) -> None:
        message = (
            f"The mark says {words} and its link leads to reference {reference.number}; the link was followed. "
            "Check which is right."
        )
        self.findings.append(Finding(OTHER_NUMBER_RULE, Severity.B, line, words, message))

    def _fault(self, href: str, fault: str, words: str, line: int) -> None:
        if href in self.linked_faults:
            return
        self.linked_faults.add(href)
        message = f"The address '{href[:80]}' {fault}, so its words were kept without the link."
        self.findings.append(Finding(LINK_RULE, Severity.C, line, cut(words), message))

    def _raised(self, element: Element, style: Run, out: list[Inline | Break], line: int) -> Iterator[Inline]:
        """A citation, or a power, an ordinal or a sign."""
        linked = [a for a in element.iter("a") if (a.get("href") or "").startswith("#")]
        words = words_of(element)
        if any(a.get("href", "")[1:] in self.anchors for a in linked) or any(
            e in self.cited for e in element.iter()
        ):
            yield from self.joined(p for p in self.pieces(_nodes(element), line) if not isinstance(p, Break))
            return
        marks = raised.mark_in(words)
        before = next((part.text for part in reversed(out) if isinstance(part, Run) and part.text), "")
        if not marks:
            yield replace(style, text=words if _ORDINAL.fullmatch(words) else raised.up(words))
        elif linked and (refs := self._ids(marks)):
            yield Cite(refs)
        elif self._ids(marks) or (
            raised.is_power(before[-raised.NEAR :], marks, clean(element.tail)[:1]) and not linked
        ):
            yield replace(style, text=raised.raised(marks))
        else:
            self.findings.append(unlisted.finding(f"[{marks}]", line))
            yield unlisted.mark(f"[{marks}]")


def _words(text: str, style: Run) -> Run:
    return Run(text, style.strong, style.emphasis, style.href)


def _nodes(element: Element) -> Iterator[str | Element]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield child
        if child.tail:
            yield child.tail


def _in_brackets(out: Sequence[Inline | Break]) -> bool:
    """Whether a bracket of citations is open: `(`, or `; ` after another mark."""
    last = out[-1] if out else None
    if not isinstance(last, Run):
        return False
    words = last.text.rstrip()
    return words.endswith(("(", "[")) or (words in (";", ",") and len(out) > 1 and isinstance(out[-2], Cite))


def _is(digits: str, reference: Reference) -> bool:
    return len(digits) <= MOST_DIGITS and int(digits) == reference.number


def _said(words: str, *, in_brackets: bool) -> str:
    """What stays of a link to a reference beside its mark: a name in the sentence, and nothing of `(Smith 2020)`."""
    inner = _ENCLOSED.fullmatch(words)
    bare = inner.group(1) if inner else words.strip("[]() ")
    if bare.isdecimal() or len(bare) < 4 or _NOTE.fullmatch(bare.lower()):
        return ""
    if (in_brackets or inner) and _YEAR_LAST.search(bare):
        return ""
    return _YEAR_APART.sub("", bare if inner else words)


def _fragment_on_page(href: str, base: str) -> str:
    """The anchor of a whole address that points into this very page."""
    here, _, anchor = href.partition("#")
    return anchor if anchor and base and here == base.partition("#")[0] else ""
