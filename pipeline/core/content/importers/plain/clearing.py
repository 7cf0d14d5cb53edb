"""Parts a page of plain text: title and authors, the article's own chunks, its references, and what is not its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.core.content.article import Finding, LeftOut, Person, SectionKind, Severity
from pipeline.core.content.importers import bylines, furniture, outline, reference_list
from pipeline.core.content.importers.page import Chunk, Entry
from pipeline.core.content.importers.reference_names import names_references
from pipeline.core.content.kinds import guess_kind

ADVERT_GUESSED = "left-out-line"
REVIEW_CLAIMED = "review-claimed"

_QUOTE = 160  # characters of a stretch that a person sees
_ENDS_ARTICLE = (furniture.COMMENT_FORM, furniture.FOOTER)


@dataclass(slots=True)
class Cleared:
    """`body` holds the article's chunks in order; `references` the entries of its list; `after_references` says where
    in `body` the list stood."""

    title: str
    title_line: int
    body: list[Chunk] = field(default_factory=list)
    authors: list[Person] = field(default_factory=list)
    references: list[Entry] = field(default_factory=list)
    references_named: bool = False
    disclaimer: str = ""
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def clear(page: Sequence[Chunk]) -> Cleared:
    """`page` is not empty. The first chunk that is not furniture is taken for the title."""
    return _Clearing(page).run()


@dataclass(slots=True)
class _Clearing:
    page: Sequence[Chunk]
    out: Cleared = field(default_factory=lambda: Cleared("", 0))
    why_before: str | None = None  # why the chunk before was left out
    listing_references: bool = False
    in_tail: bool = False
    is_over: bool = False  # nothing after this is the article's, whatever it looks like
    tail_why: str = furniture.FOOTER
    lines: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)

    def run(self) -> Cleared:
        self.lines.update(chunk.text for chunk in self.page)
        for chunk in self.page:
            self.words.update(_content_words(chunk.text))
        for at, chunk in enumerate(self.page):
            why = self._place(at, chunk)
            if why is not None:
                self._leave_out(chunk, why)
            self.why_before = why
        return self.out

    def _place(self, at: int, chunk: Chunk) -> str | None:
        """Puts a chunk where it belongs; a reason if that is outside the article."""
        if not self.out.title and not self.in_tail:
            return self._title(chunk)
        if why := furniture.reason(chunk.text) if not chunk.is_list else None:
            self.listing_references = False
            if self.out.references or (why in _ENDS_ARTICLE and len(self.out.body) > 2):
                self.in_tail, self.tail_why = True, furniture.FOOTER
                self.is_over = self.is_over or why in _ENDS_ARTICLE
            return why
        if self._takes_reference(at, chunk):
            return None
        if not chunk.is_list and furniture.is_disclaimer(chunk.text):
            return self._disclaimer(chunk)
        if self.in_tail:
            return self._tail(at, chunk)
        if not self.out.body and self._is_byline(at, chunk):
            return None
        if not self.out.body and not chunk.is_list and bylines.is_date(chunk.text):
            return "a date of the page"
        if self.why_before and self._is_advert(chunk):
            return furniture.ADVERTISEMENT
        self.out.body.append(chunk)
        return None

    def _title(self, chunk: Chunk) -> str | None:
        if not chunk.is_list and (why := furniture.reason(chunk.text)):
            return why
        self.out.title, self.out.title_line = chunk.entries[0].text, chunk.line
        return None

    def _takes_reference(self, at: int, chunk: Chunk) -> bool:
        out = self.out
        if not out.references and not chunk.is_list and names_references(chunk.text):
            self.listing_references = out.references_named = True
            return True
        if not out.references and (reference_list.looks_like_references(chunk) or self.listing_references):
            out.references = list(chunk.entries)
            self.in_tail, self.tail_why = chunk.is_list, furniture.FOOTER
            self.listing_references = not chunk.is_list
            return True
        if self.listing_references:
            if self._resumes(at, chunk):
                self.listing_references = False
                return False
            out.references += chunk.entries
            return True
        return False

    def _disclaimer(self, chunk: Chunk) -> str | None:
        if self.out.disclaimer:
            return self.tail_why if self.in_tail else "a second disclaimer"
        self.out.disclaimer, pointers = furniture.without_pointers(chunk.text)
        if pointers:
            self.out.left_out.append(LeftOut(chunk.line, pointers, "a pointer to another page of the site"))
        return None

    def _tail(self, at: int, chunk: Chunk) -> str | None:
        """After the references little is the article's: only a section with a name that every article has."""
        if not self.is_over and self._resumes(at, chunk):
            self.in_tail = False
            self.out.body.append(chunk)
            return None
        if any(chunk.text == author.name for author in self.out.authors) or chunk.text.lower().startswith(
            "about the author"
        ):
            self.is_over, self.tail_why = True, furniture.AUTHOR_BOX
        elif self.why_before and outline.is_heading(chunk) and self.lines[chunk.text] > 1:
            return furniture.ADVERTISEMENT
        return self.tail_why

    def _resumes(self, at: int, chunk: Chunk) -> bool:
        after = self.page[at + 1] if at + 1 < len(self.page) else None
        return (
            outline.is_heading(chunk)
            and guess_kind(chunk.text) not in (SectionKind.OTHER, SectionKind.OVERVIEW)
            and after is not None
            and not outline.is_heading(after)
            and furniture.reason(after.text) is None
        )

    def _is_byline(self, at: int, chunk: Chunk) -> bool:
        if name := bylines.reviewer(chunk.text):
            self.out.notes.append(
                f"The page says that it was reviewed by {name}. That review is not carried over."
            )
            self.out.findings.append(
                Finding(
                    REVIEW_CLAIMED,
                    Severity.C,
                    chunk.line,
                    chunk.text[:_QUOTE],
                    "The page names a reviewer. The article stays a draft until a reviewer approves it here.",
                )
            )
            return True
        first = at > 0 and self.page[at - 1].line == self.out.title_line
        people = [bylines.person(entry.text, marked=chunk.is_list and first) for entry in chunk.entries]
        named = [person for person in people if person is not None]
        if len(named) < len(people) or (len(named) > 1 and not all(person.credentials for person in named)):
            return False
        self.out.authors += named
        return True

    def _is_advert(self, chunk: Chunk) -> bool:
        """A short line beside furniture that comes again, or of which no word comes again."""
        if not outline.is_heading(chunk) or guess_kind(chunk.text) is not SectionKind.OTHER:
            return False
        if self.lines[chunk.text] > 1:
            return True
        if any(self.words[word] > 1 for word in _content_words(chunk.text)):
            return False
        self.out.findings.append(
            Finding(
                ADVERT_GUESSED,
                Severity.C,
                chunk.line,
                chunk.text,
                f"'{chunk.text}' stands by a sign-up box and has nothing to do with the rest, so it was left out. "
                "If it is a heading, put it back.",
            )
        )
        return True

    def _leave_out(self, chunk: Chunk, why: str) -> None:
        left_out = self.out.left_out
        if left_out and self.why_before == why and left_out[-1].why == why:
            last = left_out.pop()
            quote = last.quote if len(last.quote) > _QUOTE else f"{last.quote} / {chunk.text}"
            left_out.append(LeftOut(last.line, _cut(quote), why))
        else:
            left_out.append(LeftOut(chunk.line, _cut(chunk.text), why))


def _cut(quote: str) -> str:
    return quote if len(quote) <= _QUOTE else quote[:_QUOTE] + "…"


def _content_words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{4,}", text.lower())
