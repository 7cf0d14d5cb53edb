"""Two findings of one rule in one paragraph have two quotes, so that who mends one knows which is left."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.core.editorial import check
from tests.core.editorial.dangers import DANGERS
from tests.core.editorial.examples import written
from tests.core.editorial.test_safety_rules import FLAGGED

_PARAGRAPHS = [
    "Shop now, or use a coupon.",
    "Diabetics and epileptics, and other diabetics too.",
    "MRI and CT.",
    "Call \\[\\[name\\]\\] or \\[\\[clinic\\]\\] or \\[\\[name\\]\\].",
    "Wash <em>gently</em> or <b>not</b> or <b>so</b>.",
    "Read [here](https://a.test) or [more](https://b.test) or [here](https://c.test).",
    "As mentioned above, see below.",
    "Medically reviewed by Ada, and clinically proven, and clinically proven.",
    "Studies show it, and research suggests it; studies show it.",
    "Take 5-6 mg or 7-8 mg, one in ten.",
    "It is 5 mm. It is 6 mm. It is 5 mm.",
    "Take 5.0 mg or 6.0 mg or .5 mg.",
    "\\[gallery\\] and \\[embed\\]x\\[/embed\\].",
    "It is nothing to worry about, and the tests are completely safe, guaranteed to work and always safe.",
]


def _clashes(body: str) -> list[tuple[str, int, str]]:
    found = Counter((f.rule, f.line, f.quote) for f in check(written(f"## A\n\n{body}\n").article) if f.line)
    return [key for key, count in found.items() if count > 1]


@pytest.mark.parametrize("body", _PARAGRAPHS)
def test_two_findings_in_one_sentence_have_two_quotes(body: str) -> None:
    assert _clashes(body) == []
    assert len([f for f in check(written(f"## A\n\n{body}\n").article) if f.line]) >= 2


def test_two_findings_in_one_paragraph_have_two_quotes() -> None:
    tables = [*FLAGGED.values(), *DANGERS.values()]
    paragraphs = [" ".join(" ".join(those).split()) for those in tables]
    paragraphs += [body.replace(".", ",").replace("\n\n", " ") for body in paragraphs]
    assert [clash for body in paragraphs for clash in _clashes(body)] == []


def test_a_heading_with_several_faults_is_told_of_once() -> None:
    body = "## What Is The Thing That Nobody Of Us Here Would Ever Have Thought Of At All?\n\nB.\n"
    assert len([f for f in check(written(body).article) if f.rule == "E-08.heading-style"]) == 1
