"""What is found in the references of an article, by `rounds references check` and by readers."""

from __future__ import annotations

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card

CARDS = (
    Card(
        "retracted-reference",
        Severity.A,
        "A table of retractions knows a reference",
        "What was retracted no longer supports anything, and the advice that rests on it may do harm.",
        "Read the notice, find another source, and take out what does not stand without this one.",
        but="B for a concern, or C for a correction",
    ),
    Card(
        "dead-link",
        Severity.B,
        "The address of a reference leads to no page",
        "A reader who wants to check the claim cannot.",
        "Find where the page stands now, or another source that says the same.",
    ),
    Card(
        "reference-number",
        Severity.B,
        "The words name the author of another reference than the mark cites",
        "One of the two is wrong, as happens when a list is numbered anew, and the claim rests on the "
        "wrong source.",
        "See which source says so, and mend the mark or the name.",
        but="C where the words name one author alone",
    ),
    Card(
        "proposed-reference",
        Severity.B,
        "A page that the article links to is proposed as a reference",
        "A page without a list of sources links to those that it has, and to much else.",
        "Keep it and say what it is, or take it out with its citation.",
    ),
    Card(
        "E-04.reference-details",
        Severity.C,
        "A reference lacks its year, publisher, address or the day somebody looked at it",
        "A source can be found again, and found to be out of date, only by these (E-04).",
        "Add what is known, in its text or as a field; write 'no date' where the source gives none.",
    ),
    Card(
        "E-04.reference-grade",
        Severity.C,
        "A reference is from a seller, or cannot be looked up",
        "Advice on health should rest on guidelines, reviews and journals, and not on who earns by it "
        "(E-04).",
        "Find a better source that says the same, or give it a `grade` if you know better.",
    ),
    Card(
        "E-04.reference-stale",
        Severity.C,
        "A page was last looked at more than three years ago",
        "Pages change without telling, and this one may no longer say so (E-04).",
        "Open it again, see that it still says so, and give the new day as `accessed`.",
    ),
    Card(
        "reference-twice",
        Severity.C,
        "Two references are the same source",
        "Readers would take one source for two.",
        "Cite the first, and take the second out.",
    ),
    Card(
        "reference-not-understood",
        Severity.C,
        "A reference is in no form that is known",
        "All of it is taken for its title, so that it cannot be looked up or passed on to a reference "
        "manager.",
        "Write it as: Authors. Title. Publisher; year.",
    ),
    Card(
        "moved-link",
        Severity.C,
        "The address of a reference answers at another address",
        "Such a way on is often taken down after a time, and the link is dead then.",
        "Open the new address, and put it into `url` if it is the same page.",
    ),
    Card(
        "unchecked-link",
        Severity.C,
        "The address of a reference could not be checked",
        "The page did not answer, or answers only to people, and nobody knows whether it is there.",
        "Open it yourself and see.",
    ),
)
