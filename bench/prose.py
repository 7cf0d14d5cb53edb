"""An article of any length, in each form: plain sentences about nothing, all different, and what articles have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from random import Random

SUBJECTS = (
    "Rest",
    "Walking",
    "Fluid",
    "Sleep",
    "Warmth",
    "Good food",
    "A pharmacist",
    "A nurse",
    "Fresh air",
)
DOES = (
    "helps",
    "suits",
    "supports",
    "steadies",
    "calms",
    "eases",
    "tires",
    "worries",
    "strengthens",
    "protects",
)
WHOM = (
    "most people",
    "some adults",
    "older people",
    "many children",
    "new parents",
    "busy workers",
    "careful readers",
)
WHEN = (
    "in the morning",
    "after meals",
    "before bed",
    "during winter",
    "at weekends",
    "when travelling",
    "on quiet days",
)
WHY = (
    "because the body needs time",
    "as muscles recover slowly",
    "while the cause is found",
    "since habits change late",
)
PARTS = ("Overview", "Types", "Causes", "Signs", "Tests", "Treatment", "Living with it", "Prevention")


@dataclass(frozen=True, slots=True)
class Part:
    heading: str
    level: int
    paragraphs: tuple[
        tuple[tuple[str, int], ...], ...
    ]  # sentences, each with the reference that it cites; 0: none
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    title: str
    parts: tuple[Part, ...]
    questions: tuple[tuple[str, str], ...]
    references: tuple[str, ...]


def prose(words: int, seed: int = 1) -> Prose:
    """About so many words: a section for each 160, a question for each 400, a reference for each 150."""
    chance = Random(seed)  # noqa: S311 - no secret
    count = max(3, words // 160)
    references = tuple(
        f"Sample A, Example {chr(65 + n % 26)}. Study {n} of daily habits. J Examples. {2005 + n % 20};{n}(2):1-9."
        for n in range(1, max(2, words // 150) + 1)
    )
    cited = iter(range(1, len(references) + 1))
    parts = tuple(_part(number, count, chance, cited, len(references)) for number in range(count))
    questions = tuple(
        (
            f"What about point {n} of the daily plan?",
            " ".join(_sentence(chance, 90_000 + n * 10 + k) for k in range(4)),
        )
        for n in range(max(1, words // 400))
    )
    return Prose(f"Daily habits, part {seed}", parts, questions, references)


def markdown(made: Prose) -> str:
    head = [
        "---",
        f'title: "{made.title}"',
        "topic: habits",
        "authors:",
        "  - name: Ada Sample",
        "    credentials: MSc Public Health",
        "    role: Health writer",
        'disclaimer: "This article gives general information. Ask your GP about your own care."',
        "references:",
        *(
            f'  - text: "{text}"\n    url: https://examples.test/{n}'
            for n, text in enumerate(made.references, 1)
        ),
        "---",
        "",
        "## When to get help",
        "",
        '::: urgent "Call 999 if"',
        "Somebody cannot breathe.",
        ":::",
        "",
    ]
    return "\n".join([*head, *_markdown_body(made)]) + "\n"


def _markdown_body(made: Prose) -> Iterator[str]:
    for part in made.parts:
        yield f"{'#' * part.level} {part.heading}\n"
        for paragraph in part.paragraphs:
            yield " ".join(f"{text} [{ref}]" if ref else text for text, ref in paragraph) + "\n"
        if part.items:
            yield "You may notice:\n"
            yield "\n".join(f"- {item}" for item in part.items) + "\n"
    yield "## Questions and answers\n"
    for question, answer in made.questions:
        yield f"### {question}\n\n{answer}\n"


def html(made: Prose) -> str:
    """A page as a site has it, with what is not the article around it."""
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(made.title)} - Press</title>'
        '</head><body><header><nav><a href="/">Home</a><a href="/a">Advice</a></nav></header><main><article>'
        f"<h1>{escape(made.title)}</h1><p>By Ada Sample</p>{body_html(made)}</article></main>"
        "<footer>All rights reserved</footer></body></html>"
    )


def body_html(made: Prose) -> str:
    return "\n".join(_html_body(made))


def _html_body(made: Prose) -> Iterator[str]:
    for part in made.parts:
        yield f"<h{part.level}>{escape(part.heading)}</h{part.level}>"
        for paragraph in part.paragraphs:
            told = (f"{escape(text)}<sup>{ref}</sup>" if ref else escape(text) for text, ref in paragraph)
            yield f"<p>{' '.join(told)}</p>"
        if part.items:
            yield "<p>You may notice:</p>"
            yield f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in part.items)}</ul>"
    yield "<h2>Frequently asked questions</h2>"
    for question, answer in made.questions:
        yield f"<h3>{escape(question)}</h3><p>{escape(answer)}</p>"
    yield f"<h2>References</h2><ol>{''.join(f'<li>{escape(text)}</li>' for text in made.references)}</ol>"


def export(posts: int, words: int) -> Iterator[str]:
    """A WordPress export, piece by piece."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/'
        'content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">\n'
        "<channel><title>Press</title><link>https://press.test</link><wp:wxr_version>1.2</wp:wxr_version>\n"
        "<wp:author><wp:author_login>ada</wp:author_login><wp:author_display_name>Ada Sample"
        "</wp:author_display_name></wp:author>\n"
    )
    for number in range(1, posts + 1):
        made = prose(words, number)
        yield (
            f"<item><title>{escape(made.title)}</title><link>https://press.test/{number}</link>"
            f'<guid isPermaLink="false">https://press.test/?p={number}</guid><dc:creator>ada</dc:creator>'
            f"<content:encoded><![CDATA[{body_html(made)}]]></content:encoded><wp:post_id>{number}</wp:post_id>"
            "<wp:post_date_gmt>2026-11-02 09:00:00</wp:post_date_gmt><wp:post_modified_gmt>2026-11-03 09:00:00"
            f"</wp:post_modified_gmt><wp:post_name>daily-habits-{number}</wp:post_name><wp:status>publish</wp:status>"
            "<wp:post_type>post</wp:post_type></item>\n"
        )
    yield "</channel></rss>\n"


def _part(number: int, count: int, chance: Random, cited: Iterator[int], references: int) -> Part:
    sub = number % 3 == 2
    name = PARTS[number * len(PARTS) // count]
    heading = (
        f"{name}, point {number + 1}" if sub or number % (count // len(PARTS) + 1) else f"{name} {number + 1}"
    )
    paragraphs = tuple(
        tuple(
            (_sentence(chance, number * 100 + p * 10 + s), _cite(cited, chance, references) if s == 2 else 0)
            for s in range(4)
        )
        for p in range(2)
    )
    items = tuple(f"{chance.choice(WHEN)}, point {number * 10 + n}" for n in range(4)) if number % 2 else ()
    return Part(heading, 3 if sub else 2, paragraphs, items)


def _cite(cited: Iterator[int], chance: Random, references: int) -> int:
    return next(cited, 0) or chance.randint(1, references)


def _sentence(chance: Random, number: int) -> str:
    """Twelve words or so. The number makes it one of its kind, as a name and not as a figure."""
    return (
        f"{chance.choice(SUBJECTS)} {chance.choice(DOES)} {chance.choice(WHOM)} {chance.choice(WHEN)}"
        f" {chance.choice(WHY)}, as plan {_name(number)} says."
    )


def _name(number: int) -> str:
    letters = ""
    while number:
        number, digit = divmod(number, 21)
        letters += "bcdfghjklmnpqrstvwxyz"[digit] + "aeiou"[digit % 5]
    return letters or "o"
