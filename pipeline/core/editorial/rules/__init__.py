"""The rules, one file each, in the order in which docs/writing.md lists them: by severity, then as they stand here.

To add one, write its file with a `RULE`, and name it here. A test proves its example; `python -m
tests.core.editorial.guide` puts it into docs/writing.md.
"""

from __future__ import annotations

from pipeline.core.editorial.rule import Rule
from pipeline.core.editorial.rules import (
    absolute_screening,
    back_reference,
    blanket_reassurance,
    byline_claim,
    care_discouraged,
    citation_order,
    conflicting_amounts,
    conflicting_figures,
    conflicting_units,
    contradictory_advice,
    contradictory_bound,
    contradictory_frequency,
    cure_claim,
    dose_format,
    dose_without_unit,
    duplicate_block,
    empty_section,
    harmful_first_aid,
    heading_style,
    hidden_character,
    hidden_inside,
    inclusive_words,
    link_elsewhere,
    link_words,
    long_paragraphs,
    long_sentences,
    markup_in_text,
    missing_reference,
    misspelt_term,
    mixed_spelling,
    mixed_terms,
    no_disclaimer,
    number_style,
    number_without_citation,
    reading_age,
    reversed_range,
    review_dates,
    shortcode,
    slot_in_text,
    spelling,
    sponsor_words,
    stop_medicine,
    symptoms_without_advice,
    told_diagnosis,
    tortured_phrase,
    uncited_reference,
    undefined_abbreviation,
    vague_words,
)

# A: safety and accuracy. A clinician decides.
_SAFETY = (
    contradictory_bound,
    contradictory_frequency,
    conflicting_figures,
    conflicting_units,
    contradictory_advice,
    conflicting_amounts,
    reversed_range,
    dose_format,
    dose_without_unit,
    blanket_reassurance,
    absolute_screening,
    symptoms_without_advice,
    care_discouraged,
    stop_medicine,
    cure_claim,
    harmful_first_aid,
    told_diagnosis,
    tortured_phrase,
)
# B: structure and compliance. To be mended.
_STRUCTURE = (
    missing_reference,
    markup_in_text,
    slot_in_text,
    shortcode,
    empty_section,
    duplicate_block,
    back_reference,
    byline_claim,
    sponsor_words,
    no_disclaimer,
    review_dates,
    hidden_inside,
    link_elsewhere,
)
# C: style. Warnings.
_STYLE = (
    number_without_citation,
    citation_order,
    uncited_reference,
    undefined_abbreviation,
    spelling,
    misspelt_term,
    mixed_spelling,
    mixed_terms,
    reading_age,
    long_sentences,
    long_paragraphs,
    number_style,
    heading_style,
    link_words,
    inclusive_words,
    vague_words,
    hidden_character,
)

RULES: tuple[Rule, ...] = tuple(module.RULE for module in (*_SAFETY, *_STRUCTURE, *_STYLE))
