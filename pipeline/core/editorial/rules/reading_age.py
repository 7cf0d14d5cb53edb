"""How hard the article is to read, and its ten hardest sentences (E-06, E-07)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.readability import grade, words_of
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_EASY = 9.0  # the school grade of readers of about 14, E-06's upper bound
_WORST = 10  # sentences
_SHOWN = 5  # words of each
_FEWEST = 4  # words; less is an entry of a list and no sentence


def _check(view: View) -> Iterator[Hit]:
    cut = [(sentence, words_of(sentence.text)) for sentence in view.sentences]
    whole = [(sentence, words) for sentence, words in cut if len(words) >= _FEWEST]
    figure = grade(words for _, words in whole)
    if figure <= _EASY:
        return
    worst = sorted(whole, key=lambda pair: (-grade([pair[1]]), pair[0].line))[:_WORST]
    told = "; ".join(
        f"line {sentence.line}, grade {grade([words]):.0f}: {' '.join(sentence.text.split()[:_SHOWN])}"
        for sentence, words in worst
    )
    yield Hit(
        0,
        "",
        f"The Flesch-Kincaid grade is {figure:.1f}, for readers of about {figure + 5:.0f} years. This is advice: look"
        f" at the hardest sentences first, and shorten none at the cost of its meaning. {told}.",
    )


RULE = Rule(
    Card(
        "E-07.reading-age",
        Severity.C,
        "The article is hard to read; with its ten hardest sentences",
        "Health pages aim at a reading age of 9 to 11, else 11 to 14 (E-06). A formula counts letters and not sense, so"
        " that it only says where to look, and never blocks (E-07).",
        "Cut long sentences in two and put the plain word first. Leave medical wording as the reviewer wants it.",
    ),
    wrong="Antihistamine administration preceding environmental exposure considerably diminishes symptomatic severity.",
    right="Take an antihistamine before you go out. It makes the symptoms milder.",
    check=_check,
    reads=("en",),
)
