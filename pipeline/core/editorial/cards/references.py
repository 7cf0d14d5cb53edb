"""What is found in references and in the links to them."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "proposed-reference",
        Severity.B,
        "A link was proposed as a reference",
        "The page has no list of sources, so that nobody has said that this one supports the sentence.",
        "Keep it and say what it is, or take it out with its citation.",
    ),
    Card(
        "reference-incomplete",
        Severity.C,
        "A reference lacks its year, its publisher or its address",
        "Readers and reviewers cannot tell how old it is, whose it is, or where to find it (E-04).",
        "Add what the source gives.",
    ),
    Card(
        "reference-not-understood",
        Severity.C,
        "A reference is in no form that is known",
        "All of it was taken for the title, so that nothing can be checked.",
        "Write it as: Authors. Title. Publisher; year.",
    ),
    Card(
        "reference-number",
        Severity.B,
        "The words name one author and the mark cites another",
        "One of the two sources does not support the sentence.",
        "Look at both sources, and cite the right one.",
        but="C where the name might be another word",
    ),
    Card(
        "reference-twice",
        Severity.C,
        "A reference stands in the list twice",
        "Readers take one source for two.",
        "Cite the first, and take the second out.",
    ),
    Card(
        "E-04.reference-grade",
        Severity.C,
        "A source is commercial, or nobody can check it",
        "Who sells something, or cannot be looked up, is a weak support for a claim about health (E-04).",
        "Find a guideline, a journal or a charity that says the same.",
    ),
    Card(
        "E-04.reference-stale",
        Severity.C,
        "A source was last looked at over 3 years ago",
        "It may have been changed or withdrawn since (E-04).",
        "Open it again, see that it still says so, and give the new day.",
    ),
    Card(
        "dead-link",
        Severity.B,
        "The address of a reference leads nowhere",
        "Readers cannot look the source up.",
        "Find the page again, or another source.",
    ),
    Card(
        "moved-link",
        Severity.C,
        "The address of a reference has moved",
        "The old address will not lead there for ever.",
        "Give its new address.",
    ),
    Card(
        "unchecked-link",
        Severity.C,
        "It is not known whether the address of a reference works",
        "The server gave no clear answer.",
        "Open it yourself.",
    ),
    Card(
        "retracted-reference",
        Severity.A,
        "A source has been retracted or corrected",
        "What rests on it may be wrong.",
        "Read the notice. A clinician decides what stands without the source.",
        but="B or C for lesser notices",
    ),
)
