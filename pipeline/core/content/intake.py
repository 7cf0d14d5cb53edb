"""What becomes of an article that a feed brings: a draft, and never anything that undoes what an editor or a clinician
did.
"""

from __future__ import annotations

from enum import StrEnum


class Intake(StrEnum):
    NEW = "new"  # a draft that was not there
    CHANGED = "changed"  # a newer text of a draft that nobody has touched here
    UNCHANGED = "unchanged"
    PUT_ASIDE = "put aside"  # kept beside ours, for an editor to compare
    REFUSED = "refused"  # it is no article; the sentence says why


def decide(digest: str, *, given: str, kept: str, with_clinician: bool) -> Intake:
    """`digest` is of what came now, `given` of what this entry of the feed brought last, `kept` of the article file
    of that name here; empty where there is none. `with_clinician`: what is
    here was submitted to one, or signed.
    """
    if digest in (given, kept):
        return Intake.UNCHANGED
    if not given and not kept:
        return Intake.NEW
    if given and kept == given and not with_clinician:
        return Intake.CHANGED
    return Intake.PUT_ASIDE  # edited here, approved, taken out by an editor, or of another article's name
