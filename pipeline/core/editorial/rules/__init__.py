"""The rules, one file each, in the order in which docs/writing.md lists them: by severity, then as they stand here.

To add one, write its file with a `RULE`, and name it here. A test proves its example; `python -m
tests.core.editorial.guide` puts it into docs/writing.md.
"""

from __future__ import annotations

from pipeline.core.editorial.rule import Rule
from pipeline.core.editorial.rules import (
    citation_order,
    contradictory_bound,
    empty_section,
    hidden_character,
    markup_in_text,
    missing_reference,
    number_without_citation,
    slot_in_text,
    spelling,
    uncited_reference,
)

# A: safety and accuracy. A clinician decides.
_SAFETY = (contradictory_bound,)
# B: structure and compliance. To be mended.
_STRUCTURE = (missing_reference, markup_in_text, slot_in_text, empty_section)
# C: style. Warnings.
_STYLE = (
    number_without_citation,
    citation_order,
    uncited_reference,
    spelling,
    hidden_character,
)

RULES: tuple[Rule, ...] = tuple(module.RULE for module in (*_SAFETY, *_STRUCTURE, *_STYLE))
