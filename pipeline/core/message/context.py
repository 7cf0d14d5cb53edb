"""From what a letter says to what its templates are given: safe HTML, text, names and colours.

Templates are code and content is data (S-09). Every word of the content is escaped here, once, into
`Markup`; the templates' own autoescape covers the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from pipeline.core.content.article import (
    Person,
    Section,
)
from pipeline.core.errors import BadInput
from pipeline.core.message import plaintext
from pipeline.core.message.block_view import LINK, BlockView
from pipeline.core.message.brand import LEADING, WIDE_LEADING, Brand, script_of
from pipeline.core.message.labels import Labels, direction
from pipeline.core.message.marks import Numbering
from pipeline.core.message.note import Note
from pipeline.core.message.slot_words import refuse_slots
from pipeline.core.message.web_copy import series_code
from pipeline.core.series.issue import IssueContent, NumberedReference, Rhythm

# What an issue says before the title of the one before it, and of the one after it: labels.
NEIGHBOURS: Mapping[Rhythm, tuple[str, str]] = {
    Rhythm.WEEKLY: ("previously", "next_week"),
    Rhythm.DAILY: ("yesterday", "tomorrow"),
}

MOST_STEPS = 12  # a longer series shows its number and no row of steps


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
    labels = Labels(content.language, brand.labels)
    reviewed = (content.reviewer, content.reviewed_on, content.next_review_on)
    view = BlockView(brand.base_url, web_url, numbering, labels)
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
        "reading_time": _reading_time(labels.say, content.reading_minutes),
        "reading_time_text": _reading_time(labels.words, content.reading_minutes),
        "sections": [
            view.section(section, level) for section, level in levelled(content.sections, content.title)
        ],
        "questions": [view.question(question) for question in content.questions],
        "help": [view.block(callout) for callout in content.help],
        "help_note": help_note(content, labels.say),
        "references": [_reference(entry) for entry in content.references],
        "previously": content.previously,
        "next_week": content.next_week,
        "before_label": NEIGHBOURS[content.rhythm][0],
        "after_label": NEIGHBOURS[content.rhythm][1],
        "authors": [_person(author) for author in content.authors],
        "review": Markup(" ").join(review(*reviewed, labels.say)),
        "review_text": " ".join(review(*reviewed, labels.words)),
        "disclaimer": content.disclaimer,
        "demonstration": content.demonstration,
        "web_url": web_url,
        "sources_url": sources_url(brand.base_url, content.series_slug),
        "body_text": body_text(content, numbering, labels),
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


def sources_url(base_url: str, series_slug: str) -> str:
    """The public page of all the sources of a series."""
    return f"{base_url}/read/{series_code(series_slug)}/sources"


def long_date(day: date | None) -> str | None:
    """`3 March 2026` (E-08)."""
    return f"{day.day} {day:%B %Y}" if day else None


def frame(brand: Brand, language: str) -> dict[str, Any]:
    """What the ground of every letter uses, without a banner."""
    return _frame(brand, language, "")


def review(
    reviewer: Person | None, reviewed_on: date | None, next_review_on: date | None, told: Callable[..., str]
) -> Iterator[str]:
    """Who reviewed the article, when, and until when that holds (E-02), a sentence each. `told` says a label."""
    if reviewer:
        yield told("reviewed_by", reviewer=_person(reviewer))
    else:
        yield told("awaiting_review")
    if reviewed_on:
        yield told("last_reviewed", day=long_date(reviewed_on))
    if next_review_on:
        yield told("next_review", day=long_date(next_review_on))


def help_note(content: IssueContent, told: Callable[..., str]) -> str:
    """What marks advice as a repetition, word for word, of another issue's; empty where it is none."""
    places = content.help_from
    if not content.help or not places:
        return ""
    key = "repeated" if max(places) < content.number else "also"
    if len(places) == 1:
        return told(f"{key}_one", number=places[0])
    return told(f"{key}_many", numbers=", ".join(str(number) for number in places))


def levelled(sections: Iterable[Section], title: str) -> Iterator[tuple[Section, int]]:
    """Sections with the heading level to show: none deeper than one below the heading before it (H-04).

    Level 1 stands for a first section that has the very heading of the issue, which is not said twice.
    """
    before = 0
    for section in sections:
        opens = before == 0 and section.heading.casefold() == title.casefold()
        before = 1 if opens else min(max(section.level, 2), max(before, 1) + 1, 3)
        yield section, before


def body_text(content: IssueContent, numbering: Numbering, labels: Labels) -> str:
    """Sections, questions and help for the text part, in the order of the HTML part."""
    pieces: list[str] = []
    for section, level in levelled(content.sections, content.title):
        pieces.append(plaintext.heading(section.heading, level) if level > 1 else "")
        pieces.append(plaintext.blocks(section.blocks, numbering, labels=labels))
    if content.questions:
        pieces.append(plaintext.heading(labels.words("questions"), 2))
    for question in content.questions:
        pieces += [
            plaintext.heading(question.question, 3),
            plaintext.blocks(question.answer, numbering, labels=labels),
        ]
    if content.help:
        pieces += [
            plaintext.heading(labels.words("help"), 2),
            plaintext.fold(help_note(content, labels.words)),
            plaintext.blocks(content.help, numbering, labels=labels),
        ]
    return "\n\n".join(piece for piece in pieces if piece)


def _frame(brand: Brand, language: str, banner: str) -> dict[str, Any]:
    labels = Labels(language, brand.labels)
    right_to_left = direction(language) == "rtl"
    latin = script_of(language) == "latin"
    return {
        "brand": brand,
        "language": language,
        "direction": "rtl" if right_to_left else "ltr",
        "start": "right" if right_to_left else "left",
        "end": "left" if right_to_left else "right",
        "latin": latin,
        "leading": LEADING if latin else WIDE_LEADING,
        "banner": banner,
        "light": brand.colours["light"],
        "dark": brand.colours["dark"],
        "fonts": brand.fonts_for(language),
        "say": labels.say,
        "as_written": labels.as_written,
        "words": labels.words,
    }


def _steps(number: int, total: int) -> list[bool]:
    """One flag an issue of the series: reached or still to come."""
    return [n <= number for n in range(1, total + 1)] if total <= MOST_STEPS else []


def _reading_time(told: Callable[..., str], minutes: int) -> str:
    return told("one_minute") if minutes <= 1 else told("minutes", minutes=minutes)


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
