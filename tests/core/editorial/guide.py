"""The part of docs/writing.md that is made from the rules. `python -m tests.core.editorial.guide` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

from pipeline.core.editorial.cards import CARDS, FAMILIES
from pipeline.core.editorial.languages import NAMES
from pipeline.core.editorial.rule import Card, Rule
from pipeline.core.editorial.rules import RULES

GUIDE = Path(__file__).parents[3] / "docs" / "writing.md"
BEGIN = "<!-- Made from pipeline/core/editorial by python -m tests.core.editorial.guide -->\n"
END = "<!-- The end of what is made from the rules -->\n"


def section() -> str:
    return "\n".join([*_table(), *_rules(), *_cards()]) + "\n"


def in_guide() -> str:
    return GUIDE.read_text().split(BEGIN)[1].split(END)[0]


def _table() -> Iterator[str]:
    yield "\n| rule | severity | what it means |\n| --- | --- | --- |"
    cards = [*(rule.card for rule in RULES), *CARDS]
    for card in sorted(cards, key=lambda card: card.severity):
        yield f"| `{card.id}` | {_severity(card)} | {card.what}. |"


def _rules() -> Iterator[str]:
    yield "\n### Each rule, with an example"
    for rule in RULES:
        language = f" It reads {_languages(rule)} only." if rule.reads else ""
        yield (
            "\n"
            + _wrapped(f"**`{rule.id}`**, severity {_severity(rule.card)}. {rule.card.what}.{language}")
            + "\n"
        )
        yield _wrapped(f"{rule.card.why} *To mend it:* {rule.card.mend}") + "\n"
        yield f"Wrong:\n{_fenced(rule.wrong)}\nRight:\n{_fenced(rule.right)}"


def _languages(rule: Rule) -> str:
    named = [NAMES[code] for code in rule.reads]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _cards() -> Iterator[str]:
    yield "\n### What is found besides\n"
    yield "Readers, the check of references, pictures and the plan of a series find what no rule looks for."
    for title, cards in FAMILIES:
        yield f"\n#### {title}\n"
        for card in cards:
            told = f"- **`{card.id}`**, severity {_severity(card)}. {card.why} *To mend it:* {card.mend}"
            yield _wrapped(told, "  ")


def _severity(card: Card) -> str:
    return f"{card.severity}, or {card.but}" if card.but else card.severity.value


def _wrapped(text: str, indent: str = "") -> str:
    return fill(text, 120, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _fenced(example: str) -> str:
    return f"```text\n{example}\n```"


if __name__ == "__main__":
    text = GUIDE.read_text()
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    GUIDE.write_text(before + BEGIN + section() + END + after)
