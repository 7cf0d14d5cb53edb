"""Running text of a page: words in their style, links that may be kept, and citation marks as values.

`RAISED` and `LOWERED` digits keep their place in Unicode, so that 10<sup>3</sup> does not become 103.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from pipeline.core.content.article import Cite, Finding, Inline, Inlines, Reference, Run, Severity
from pipeline.core.content.citations import MARK, ids_for, numbers_in
from pipeline.core.content.importers.web.furniture import Cleared, cut, is_unseen, line_of
from pipeline.core.content.importers.web.tree import Element, clean, words_of
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.links import link_fault
from pipeline.core.content.lost import TABLE_RULE

LINK_RULE = "link-left-as-words"
LOST_REFERENCE_RULE = "citation-without-list"
OTHER_NUMBER_RULE = "citation-number-differs"

_RAISED = str.maketrans("0123456789+-–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-–=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_RAISABLE = re.compile(r"[0-9+–=()n-]+")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|e|er|o|a|tm|sm|®|™|©)", re.IGNORECASE)
_NUMBERS = re.compile(r"\[?\(?\s*\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,30}\s*\)?\]?")
_COMMA = re.compile(r"\s*[,;]\s*|\]\s?,?\s?\[")
_RANGE = re.compile(r"\s*[–—-]\s*")
_STRONG = ("strong", "b")
_EMPHASIS = ("em", "i", "cite", "dfn", "var")
_STRUCK = ("del", "s", "strike")
_MEASURED = re.compile(r"(?:\d|\b[cmkµ]?m|\bkg|\bs|\bh)$")
_OF_A_TABLE = re.compile(
    r"(?:^|[\W_])(?:table|tables|chart of|dosing chart|dose chart)(?:[\W_]|\d|$)", re.IGNORECASE
)
_LONGEST_RANGE = 60


@dataclass(frozen=True, slots=True)
class Break:
    """A line break, which may end an entry of a list that is no list."""


@dataclass(slots=True)
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
                out.extend(self._text(clean(part), style))
            elif (inner := self._element(part, style, out, line)) is not None:
                stack.append((_nodes(part), inner))
        return out

    def joined(self, parts: Iterable[Inline]) -> Inlines:
        """Tidy text, in which `[` mark `,` mark `]` has become one mark, and mark `–` mark a range."""
        text = tidy(parts)
        if not any(isinstance(part, Cite) for part in text):
            return text
        out: list[Inline] = []
        for part in text:
            if isinstance(part, Cite):
                self._add_mark(out, part)
            else:
                out.append(part)
        return tidy(_without_brackets(out))

    def _add_mark(self, out: list[Inline], mark: Cite) -> None:
        """Joins a mark to the one before it where only a comma, a dash or nothing stands between them."""
        if out and isinstance(last := out[-1], Cite):
            out[-1] = _both(last, mark)
        elif len(out) > 1 and isinstance(between := out[-1], Run) and isinstance(last := out[-2], Cite):
            if _COMMA.fullmatch(between.text):
                out[-2:] = [_both(last, mark)]
            elif _RANGE.fullmatch(between.text):
                out[-2:] = [_both(last, Cite(self._between(last.refs[-1], mark.refs[0])), mark)]
            else:
                out.append(mark)
        else:
            out.append(mark)

    def _between(self, first: str, last: str) -> tuple[str, ...]:
        """The references after `first` and before `last`, if they are near each other in the list."""
        ids = [reference.id for reference in self.references]
        low, high = ids.index(first) + 1, ids.index(last)
        return tuple(ids[low:high]) if high - low < _LONGEST_RANGE else ()

    def _text(self, text: str, style: Run) -> Iterator[Inline]:
        """Words, with marks such as `[1,3-5]` in them lifted out where the list has them."""
        at = 0
        for match in MARK.finditer(text) if self.references and not style.href else ():
            refs = self._ids(match.group(1))
            if refs:
                yield _words(text[at : match.start()], style)
                yield Cite(refs)
                at = match.end()
        yield _words(text[at:], style)

    def _ids(self, marks: str) -> tuple[str, ...]:
        try:
            return ids_for(numbers_in(marks.replace(";", ",")), self.references)
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
            out.append(replace(style, text=_shifted(words_of(element), _LOWERED)))
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
        words = words_of(element).strip("[]() ")
        if words.isdigit() and int(words) != reference.number:
            self._differs(words, reference, line)
        if (
            not words.isdigit()
            and len(words) > 3
            and not re.fullmatch(r"(?:note|ref|fn)\.? ?\d+", words.lower())
        ):
            out.append(replace(style, text=words))
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
        before = next((part.text for part in reversed(out) if isinstance(part, Run) and part.text), "")
        if _NUMBERS.fullmatch(words) and not (_MEASURED.search(before[-4:]) and not linked):
            marks = words.strip("[]() ")
            if refs := self._ids(marks):
                yield Cite(refs)
                return
            self._lost(marks, line)
            yield replace(style, text=f" [{marks}]")
            return
        yield replace(style, text=words if _ORDINAL.fullmatch(words) else _shifted(words, _RAISED))

    def _lost(self, marks: str, line: int) -> None:
        message = (
            f"The mark [{marks}] cites a source that the page's list does not have. It was left in the text. Find the "
            "source, or remove the mark."
        )
        self.findings.append(Finding(LOST_REFERENCE_RULE, Severity.B, line, marks, message))


def _words(text: str, style: Run) -> Run:
    return Run(text, style.strong, style.emphasis, style.href)


def _both(*marks: Cite) -> Cite:
    return Cite(tuple(dict.fromkeys(ref for mark in marks for ref in mark.refs)))


def _without_brackets(parts: Sequence[Inline]) -> list[Inline]:
    out = list(parts)
    for at in range(1, len(out) - 1):
        before, mark, after = out[at - 1], out[at], out[at + 1]
        if not isinstance(mark, Cite) or not isinstance(before, Run) or not isinstance(after, Run):
            continue
        for left, right in ("[]", "()"):
            if before.text.endswith(left) and after.text.startswith(right):
                out[at - 1] = replace(before, text=before.text[:-1])
                out[at + 1] = replace(after, text=after.text[1:])
                break
    return out


def _nodes(element: Element) -> Iterator[str | Element]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield child
        if child.tail:
            yield child.tail


def _shifted(words: str, table: Mapping[int, int]) -> str:
    if _RAISABLE.fullmatch(words):
        return words.translate(table)
    return f"^{words}" if table is _RAISED and words.isdigit() else words


def _fragment_on_page(href: str, base: str) -> str:
    """The anchor of a whole address that points into this very page."""
    here, _, anchor = href.partition("#")
    return anchor if anchor and base and here == base.partition("#")[0] else ""
