"""From what a letter says to what its templates are given: safe HTML, text, names and colours.

Templates are code and content is data (S-09). Every word of the content is escaped here, once, into
`Markup`; the templates' own autoescape covers the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from pipeline.core.content.article import (
    Block,
    Callout,
    Cite,
    Inline,
    Inlines,
    Listing,
    ListItem,
    Paragraph,
    Person,
    Question,
    Run,
    Section,
    Table,
)
from pipeline.core.errors import BadInput
from pipeline.core.message import plaintext
from pipeline.core.message.marks import Numbering, settled
from pipeline.core.message.note import Note
from pipeline.core.message.slots import slot_names
from pipeline.core.message.web_copy import series_code
from pipeline.core.series.issue import IssueContent, NumberedReference

# The colours of every face of Rounds: letters, public pages, studio. `light` pairs have a contrast of 4.5:1
# or more on `paper`, `sand` and their own tint, and keep it when a client inverts them (H-06, H-09); `dark`
# is what we choose where the client asks us. Six digits each: Outlook does not read `#abc`.
COLOURS: Mapping[str, Mapping[str, str]] = {
    "light": {
        "sand": "#F1EADF",  # around the page
        "paper": "#FBF8F3",  # the page
        "line": "#DDD3C3",  # hairlines
        "ink": "#1F2A2C",  # words
        "muted": "#53605E",  # small print
        "teal": "#0F5C5C",  # brand, links, headings
        "teal_tint": "#E3EEEB",
        "urgent": "#B42318",
        "urgent_tint": "#FBE9E5",
        "soon": "#9A4708",  # amber, deep enough for small words on its tint
        "soon_tint": "#FCF0DA",
        "note": "#23478F",
        "note_tint": "#E8EEFB",
    },
    "dark": {
        "sand": "#10191A",
        "paper": "#182325",
        "line": "#34423F",
        "ink": "#EAE5DB",
        "muted": "#AEB9B4",
        "teal": "#86CFC6",
        "teal_tint": "#1F3534",
        "urgent": "#F7A79D",
        "urgent_tint": "#3B201D",
        "soon": "#F3BC72",
        "soon_tint": "#362913",
        "note": "#A6C0F8",
        "note_tint": "#1D2B49",
    },
}

FONTS: Mapping[str, str] = {
    "body": "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
    "heading": "Georgia, 'Times New Roman', Times, serif",
}

DEMONSTRATION = (
    "This issue was signed off for a demonstration only. No clinician has approved it. "
    "Do not use it to make decisions about your health."
)

LINK = re.compile(r"(https://|mailto:)[^\s<>\"']+\Z")
WIDEST_TABLE = 3  # columns; a wider one is set as a list of entries, so that it survives a phone
MOST_STEPS = 12  # a longer series shows its number and no row of steps


@dataclass(frozen=True, slots=True)
class Brand:
    """Who the letters come from. `company_line` holds the particulars of C-45; no URL ends in a slash."""

    name: str
    tagline: str
    colour: str
    postal_address: str
    company_line: str
    contact_email: str
    feedback_url: str
    base_url: str


@dataclass(frozen=True, slots=True)
class ListNotice:
    """One list as the confirmation letter names it (D-02): title, how often it comes, what is agreed to."""

    title: str
    cadence: str
    notice: str
    version: str


def issue_context(content: IssueContent, brand: Brand, list_title: str, banner: str = "") -> dict[str, Any]:
    """Everything that `templates/emails/issue/` uses. `banner` is shown on top of a preview or test copy.

    Words that look like a slot, links that are neither https: nor mailto:, and citations of a reference
    that the issue does not list are BadInput.
    """
    refuse_slots(content, content.title)
    web_url = issue_url(brand.base_url, content.series_slug, content.number)
    numbering = Numbering(content)
    view = _View(web_url, numbering)
    return {
        **_frame(brand, content.language, banner),
        "list_title": list_title,
        "series_title": content.series_title,
        "number": content.number,
        "total": content.total,
        "steps": _steps(content.number, content.total),
        "title": content.title,
        "subject": content.subject,
        "preheader": content.preheader,
        "minutes": _minutes(content.reading_minutes),
        "sections": [
            view.section(section, level) for section, level in levelled(content.sections, content.title)
        ],
        "questions": [view.question(question) for question in content.questions],
        "help": [view.block(callout) for callout in content.help],
        "references": [_reference(entry) for entry in content.references],
        "previously": content.previously,
        "next_week": content.next_week,
        "authors": [_person(author) for author in content.authors],
        "review": review_line(content.reviewer, content.reviewed_on, content.next_review_on),
        "disclaimer": content.disclaimer,
        "demonstration": content.demonstration,
        "demonstration_notice": DEMONSTRATION,
        "web_url": web_url,
        "body_text": body_text(content, numbering),
        "references_text": "\n".join(plaintext.reference(entry) for entry in content.references),
    }


def confirm_context(
    brand: Brand, lists: Sequence[ListNotice], controller: str, language: str = "en-GB", days_valid: int = 7
) -> dict[str, Any]:
    """Everything that `templates/emails/confirm/` uses (D-02). Nothing here says what an article says."""
    refuse_slots(lists, "confirmation letter")
    return {
        **_frame(brand, language, ""),
        "title": "Please confirm your address",
        "subject": f"Please confirm your sign-up to {_joined([entry.title for entry in lists])}",
        "preheader": "Nothing will be sent until you confirm.",
        "lists": [_list_notice(entry) for entry in lists],
        "controller": controller,
        "days_valid": days_valid,
    }


def note_context(note: Note, brand: Brand, language: str = "en-GB") -> dict[str, Any]:
    """Everything that `templates/emails/note/` uses."""
    refuse_slots(note, "note")
    return {
        **_frame(brand, language, ""),
        "title": note.title,
        "subject": note.title,
        "preheader": note.preheader,
        "paragraphs": note.paragraphs,
        "button": note.button,
        "after": note.after,
    }


def issue_url(base_url: str, series_slug: str, number: int) -> str:
    """The public page of an issue, which names no condition (C-28); its references stand at `#ref-<id>`."""
    return f"{base_url}/read/{series_code(series_slug)}/{number}"


def long_date(day: date | None) -> str | None:
    """`3 March 2026` (E-08)."""
    return f"{day.day} {day:%B %Y}" if day else None


def frame(brand: Brand, language: str) -> dict[str, Any]:
    """What the ground of every letter uses, without a banner."""
    return _frame(brand, language, "")


def review_line(reviewer: Person | None, reviewed_on: date | None, next_review_on: date | None) -> str:
    """Who reviewed the article, when, and until when that holds (E-02)."""
    reviewed, due = long_date(reviewed_on), long_date(next_review_on)
    sentences = [
        f"Reviewed by {_person(reviewer)}." if reviewer else "Awaiting clinical review.",
        f"Page last reviewed: {reviewed}." if reviewed else "",
        f"Next review due: {due}." if due else "",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def levelled(sections: Iterable[Section], title: str) -> Iterator[tuple[Section, int]]:
    """Sections with the heading level to show: none deeper than one below the heading before it (H-04).

    Level 1 stands for a first section that has the very heading of the issue, which is not said twice.
    """
    before = 0
    for section in sections:
        opens = before == 0 and section.heading.casefold() == title.casefold()
        before = 1 if opens else min(max(section.level, 2), max(before, 1) + 1, 3)
        yield section, before


def refuse_slots(value: object, place: str, line: int = 0) -> None:
    """Refuse words that look like a slot: once rendered, nothing would tell them from one."""
    for text, at in _texts(value, line):
        for name in slot_names(text):
            raise BadInput(
                f"The words hold [[{name}]], which is a slot. Reword them.", place=place, line=at or None
            )


def body_text(content: IssueContent, numbering: Numbering) -> str:
    """Sections, questions and help for the text part, in the order of the HTML part."""
    pieces: list[str] = []
    for section, level in levelled(content.sections, content.title):
        pieces.append(plaintext.heading(section.heading, level) if level > 1 else "")
        pieces.append(plaintext.blocks(section.blocks, numbering))
    if content.questions:
        pieces.append(plaintext.heading("Questions people ask", 2))
    for question in content.questions:
        pieces += [plaintext.heading(question.question, 3), plaintext.blocks(question.answer, numbering)]
    if content.help:
        pieces += [plaintext.heading("Where to get help", 2), plaintext.blocks(content.help, numbering)]
    return "\n\n".join(piece for piece in pieces if piece)


@dataclass(frozen=True, slots=True)
class _View:
    """Blocks as the templates' parts want them: dictionaries of a `kind` and safe HTML."""

    web_url: str
    numbering: Numbering

    def section(self, section: Section, level: int) -> dict[str, Any]:
        return {
            "id": section.id,
            "heading": section.heading,
            "level": level,
            "blocks": [self.block(block) for block in section.blocks],
        }

    def question(self, question: Question) -> dict[str, Any]:
        return {"question": question.question, "blocks": [self.block(block) for block in question.answer]}

    def block(self, block: Block) -> dict[str, Any]:
        match block:
            case Paragraph():
                return {"kind": "paragraph", "html": self.inlines(block.text)}
            case Listing():
                return {
                    "kind": "list",
                    "ordered": block.ordered,
                    "entries": [self.entry(i) for i in block.items],
                }
            case Callout():
                return {
                    "kind": "callout",
                    "urgency": block.urgency.value,
                    "label": plaintext.URGENCY_LABELS[block.urgency],
                    "title": block.title,
                    "blocks": [self.block(inner) for inner in block.blocks],
                }
            case Table():
                return {
                    "kind": "table",
                    "stacked": len(block.header) > WIDEST_TABLE,
                    "header": [self.inlines(cell) for cell in block.header],
                    "rows": [[self.inlines(cell) for cell in row] for row in block.rows],
                }

    def entry(self, item: ListItem) -> dict[str, Any]:
        return {"html": self.inlines(item.text), "blocks": [self.block(block) for block in item.blocks]}

    def inlines(self, parts: Inlines) -> Markup:
        return Markup("").join(self.inline(part) for part in settled(parts))

    def inline(self, part: Inline) -> Markup:
        return self.cite(part) if isinstance(part, Cite) else run_html(part)

    def cite(self, mark: Cite) -> Markup:
        """`<sup>` with a link a reference; the brackets are words, legible without any CSS (H-10)."""
        links = Markup("&#160;").join(
            Markup('<a href="{}#ref-{}" aria-label="Reference {}">[{}]</a>').format(
                self.web_url, ref, number, number
            )
            for number, ref in self.numbering.of(mark)
        )
        return Markup("<sup>{}</sup>").format(links)


def run_html(run: Run) -> Markup:
    words = escape(run.text)
    if run.strong:
        words = Markup("<strong>{}</strong>").format(words)
    if run.emphasis:
        words = Markup("<em>{}</em>").format(words)
    if run.href is None:
        return words
    if not LINK.match(run.href):
        raise BadInput(
            f"The link {run.href!r} is neither https: nor mailto:. Correct or remove it.", place=run.text
        )
    return Markup('<a href="{}">{}</a>').format(run.href, words)


def _frame(brand: Brand, language: str, banner: str) -> dict[str, Any]:
    return {
        "brand": brand,
        "language": language,
        "banner": banner,
        "light": COLOURS["light"],
        "dark": COLOURS["dark"],
        "fonts": FONTS,
    }


def _steps(number: int, total: int) -> list[bool]:
    """One flag an issue of the series: reached or still to come."""
    return [n <= number for n in range(1, total + 1)] if total <= MOST_STEPS else []


def _minutes(minutes: int) -> str:
    return "1 minute" if minutes <= 1 else f"{minutes} minutes"


def _person(person: Person) -> str:
    return ", ".join(part for part in (person.name, person.credentials, person.role) if part)


def _reference(entry: NumberedReference) -> dict[str, Any]:
    if entry.url is not None and not LINK.match(entry.url):
        raise BadInput(
            f"The address {entry.url!r} is not https:. Correct or remove it.", place=f"reference {entry.id}"
        )
    host = urlsplit(entry.url).netloc.removeprefix("www.") if entry.url else ""
    return {"number": entry.number, "id": entry.id, "text": entry.text, "url": entry.url, "host": host}


def _list_notice(entry: ListNotice) -> dict[str, Any]:
    paragraphs = [" ".join(part.split()) for part in entry.notice.split("\n\n") if part.strip()]
    return {"title": entry.title, "cadence": entry.cadence, "notice": paragraphs, "version": entry.version}


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _texts(value: object, line: int) -> Iterator[tuple[str, int]]:
    """Every stretch of words in a value, with its line; the runs of one paragraph count as one stretch."""
    if isinstance(value, str):
        yield value, line
    elif isinstance(value, (tuple, list)):
        if value and all(isinstance(part, (Run, Cite)) for part in value):
            yield "".join(part.text for part in value if isinstance(part, Run)), line
        for part in value:
            yield from _texts(part, line)
    elif is_dataclass(value):
        at = getattr(value, "line", line) or line
        for field in fields(value):
            yield from _texts(getattr(value, field.name), at)
