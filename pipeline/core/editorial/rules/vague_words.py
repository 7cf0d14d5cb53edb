"""Words that sound like evidence or comfort and are neither, and metaphors (E-06)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import hit, matches
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_COMFORT = re.compile(
    r"\b(?:(?:a |very )?good chance of|(?:a )?good (?:outlook|prognosis)|excellent (?:outlook|prognosis)|"
    r"in good hands|in no time|most likely fine)\b",
    re.IGNORECASE,
)
# Fine where the study is cited.
_EVIDENCE = re.compile(
    r"\b(?:(?:many |some |several |recent |various )?"
    r"(?:studies|research|scientists|experts|evidence|(?:many|most) doctors) "
    r"(?:have |has )?(?:shows?|shown|suggests?|suggested|says?|said|believes?|agrees?|found|proves?|proven|"
    r"recommends?)|it is (?:widely |generally |commonly )?(?:believed|thought|known|said|accepted) that|"
    r"it has been (?:shown|proven) that)\b",
    re.IGNORECASE,
)
_METAPHOR = re.compile(
    r"\b(?:(?:battle|battling|fight|fighting|war) (?:against |with |on )?cancer|lost (?:the|her|his|their) battle|"
    r"silent killer|ticking time[- ]?bomb|magic bullet|cancer journey|killer disease|deadly foe|beat cancer)\b",
    re.IGNORECASE,
)


def _check(view: View) -> Iterator[Hit]:
    for sentence, match in matches(
        view, _COMFORT, "chance", "outlook", "prognosis", "hands", "in no time", "fine"
    ):
        yield hit(sentence, match, f"'{match.group()}' says little. Give the figure, with its source.")
    triggers = (
        "studies",
        "research",
        "scientists",
        "experts",
        "doctors",
        "evidence",
        "it is ",
        "it has been",
    )
    for sentence, match in matches(view, _EVIDENCE, *triggers):
        if not sentence.cited:
            yield hit(
                sentence, match, f"'{match.group()}' names no source. Cite the study, or say who advises it."
            )
    pictures = ("battl", "fight", "war ", "killer", "bomb", "bullet", "journey", "foe", "beat ")
    for sentence, match in matches(view, _METAPHOR, *pictures):
        yield hit(
            sentence,
            match,
            f"'{match.group()}' is a metaphor, and many readers are hurt by it. Say it plainly.",
        )


RULE = Rule(
    Card(
        "E-06.vague-words",
        Severity.C,
        "Vague comfort, evidence without a source, or a metaphor",
        "'A good chance' means 9 in 10 to one reader and 6 in 10 to another; 'studies show' cannot be checked (E-06).",
        "Give the figure and cite it, or say plainly what is not known.",
    ),
    wrong="Studies show that there is a good chance of recovery.",
    right="About 8 in 10 people recover within a year.[1]",
    check=_check,
    reads=("en",),
)
