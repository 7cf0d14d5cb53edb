"""A character that does not show, where it changes what is read: inside a word, a number, a dose or a link."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Run, Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View
from pipeline.core.unseen import HIDDEN, NO_WIDTH, TURNS

# Arabic, Syriac, Mongolian and the scripts of India write some words with joiners, and so do pictures of people.
_JOINED = "\u0600-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u18af\ua800-\ua8ff\U0001f000-\U0001faff\u2600-\u27bf\ufe0f"
_INSIDE = re.compile(
    f"[{TURNS}]"
    f"|(?<=[^\\W{_JOINED}])[{NO_WIDTH.replace(chr(0xAD), '')}](?=[^\\W{_JOINED}])"
    f"|(?<=[\\d.,])[{NO_WIDTH}]+\\s?(?=[\\d.,%]|[mkµμ]?[gl]\\b|mcg\\b|ml\\b|IU\\b)"
    f"|(?<=\\d )[{NO_WIDTH}](?=\\w)"
)
_AROUND = 30  # characters


def _check(view: View) -> Iterator[Hit]:
    article = view.article
    names = [(person.name, 0) for person in article.authors] + [(r.text, r.line) for r in article.references]
    for text, line in (*view.texts, *names, (article.disclaimer, 0)):
        if not text.isascii() and (match := _INSIDE.search(text)):
            yield _hit(text, match, line, "inside a word, a number or a dose, or turns what follows round")
    for passage in view.passages:
        for part in passage.text:
            if isinstance(part, Run) and part.href and (match := HIDDEN.search(part.text)):
                yield _hit(part.text, match, passage.line, "in the words of a link")


def _hit(text: str, match: re.Match[str], line: int, where: str) -> Hit:
    quote = HIDDEN.sub("", text[max(0, match.start() - _AROUND) : match.end() + _AROUND])
    code = ord(HIDDEN.search(match.group()).group())  # type: ignore[union-attr]
    return Hit(line, quote, f"The character U+{code:04X}, unseen, stands {where}. Remove it.")


RULE = Rule(
    Card(
        "hidden-inside",
        Severity.B,
        "A character that does not show stands inside a word, a dose or a link",
        "It can show a dose or an address in another order than it is written, and hides a word from every check.",
        "Delete the words around the place and type them again.",
    ),
    wrong="Take 5&#8203;0 mg once a day.",
    right="Take 50 mg once a day.",
    check=_check,
)
