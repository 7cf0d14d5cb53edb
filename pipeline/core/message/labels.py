"""The words of a letter's frame, such as "References", by language.

English is what there is. A brand file may give the words of another language, or other English ones (docs/settings.md);
nothing is translated by a machine. A word that a language has not got stands in English, and the HTML says that it is
English, so that it is read out and set as such (WCAG 3.1.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType

from markupsafe import Markup, escape

from pipeline.core.errors import BadInput

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "unsubscribe": "Unsubscribe",
        "issue_of": "Issue {number} of {total}",
        "one_minute": "1 minute to read",
        "minutes": "{minutes} minutes to read",
        "demonstration": "Demonstration",
        "demonstration_notice": "This issue was signed off for a demonstration only. No clinician has approved it. "
        "Do not use it to make decisions about your health.",
        "urgent": "Get help now",
        "soon": "Make an appointment",
        "note": "Good to know",
        "picture": "Picture",
        "questions": "Questions people ask",
        "help": "Where to get help",
        "previously": "Previously:",
        "next_week": "Next week:",
        "yesterday": "Yesterday:",
        "tomorrow": "Tomorrow:",
        "repeated_one": "Repeated from issue {number}.",
        "repeated_many": "Repeated from issues {numbers}.",
        "also_one": "Also in issue {number}.",
        "also_many": "Also in issues {numbers}.",
        "references": "References",
        "reference": "Reference {number}",
        "read_at": "Read it at {host}",
        "all_sources": "All the sources of this series",
        "about": "About this issue",
        "written_by": "Written by {author}.",
        "reviewed_by": "Reviewed by {reviewer}.",
        "awaiting_review": "Awaiting clinical review.",
        "last_reviewed": "Page last reviewed: {day}.",
        "next_review": "Next review due: {day}.",
        "signed_up": "You signed up on [[signed_up_on]] to our {list}, with the address:",
        "unsubscribe_from_list": "Unsubscribe from this list",
        "change_preferences": "Change what you receive",
        "feedback": "Tell us what you think of this issue",
        "read_on_web": "Read this issue on the web",
        "a_correction": "A correction",
        "correction_title": "We have to correct something we sent you",
        "correction_lead": "Something in an issue that we sent you was wrong. Here is what is right.",
        "was_wrong": "What was wrong",
        "is_right": "What is right",
        "read_corrected": "Read it as it stands now",
        "issue_titled": "Issue {number}: {title}",
        "if_you_acted": "If you did something because of what we said before, ask your GP, a pharmacist or NHS 111 "
        "about it. We are sorry.",
        "why_corrected": "You get this because we sent you what it corrects. You signed up on [[signed_up_on]] to our "
        "{list}, with the address:",
        "feedback_correction": "Tell us what you think of this correction",
    }
)

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "syr", "ug", "ur", "yi"})
RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "hebr", "nkoo", "syrc", "thaa"})

SLOTS = ("[[signed_up_on]]",)  # that a label may hold

Overrides = Mapping[str, Mapping[str, str]]  # language, or `en`: key: words


def direction(language: str) -> str:
    """`rtl` or `ltr`, by the script that a language tag names (BCP 47), else by the language."""
    primary, *rest = language.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    if script:
        return "rtl" if script in RIGHT_TO_LEFT_SCRIPTS else "ltr"
    return "rtl" if primary in RIGHT_TO_LEFT else "ltr"


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of the frame for one letter. `say` answers HTML and `words` plain text."""

    language: str
    overrides: Overrides

    def words(self, key: str, **values: object) -> str:
        return self._find(key)[0].format(**values)

    def say(self, key: str, **values: object) -> Markup:
        template, own = self._find(key)
        filled = Markup(escape(template)).format(**values)  # noqa: S704  # escaped; the values are by `format`
        for slot in SLOTS:
            filled = filled.replace(slot, self.as_written(slot))
        return filled if own else Markup('<span lang="en-GB" dir="ltr">{}</span>').format(filled)

    def as_written(self, words: str) -> Markup:
        """Words that may be in another script than the letter, set in their own direction (Unicode UAX 9)."""
        if direction(self.language) == "ltr":
            return escape(words)
        return Markup('<span dir="auto">{}</span>').format(words)

    def _find(self, key: str) -> tuple[str, bool]:
        """The words, and whether they are in the letter's own language."""
        tag = self.language.lower()
        primary = tag.split("-")[0]
        for name in (tag, primary):
            if found := self.overrides.get(name, {}).get(key):
                return found, True
        return self.overrides.get("en", {}).get(key, ENGLISH[key]), primary == "en"


def check_label(key: str, words: str) -> None:
    """BadInput unless `words` can stand for the label: on one line, and naming only what it is given."""
    if key not in ENGLISH:
        raise BadInput(f"{key!r} is no label. They are {', '.join(ENGLISH)}.")
    if not words.strip() or not words.isprintable():
        raise BadInput(f"The label {key} needs words, on one line.")
    try:
        named = _named(words)
    except ValueError as error:
        raise BadInput(
            f"The label {key} cannot be read ({error}). Write a brace that is a word twice."
        ) from None
    if named != _named(ENGLISH[key]):
        raise BadInput(f"The label {key} must hold the same braces as in English: {ENGLISH[key]!r}.")
    slots = [slot for slot in SLOTS if slot in ENGLISH[key]]
    if any(slot not in words for slot in slots) or words.count("[[") != len(slots):
        raise BadInput(f"The label {key} must hold the same slots as in English: {ENGLISH[key]!r}.")


def _named(words: str) -> list[str]:
    parts = list(Formatter().parse(words))
    if any(spec or conversion for _, name, spec, conversion in parts if name is not None):
        raise ValueError("a brace holds more than a name")
    return sorted(name for _, name, _, _ in parts if name is not None)
