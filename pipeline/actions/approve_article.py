"""A clinician signs an article off, by the hash of what it says, with the letters that are made from it (E-01)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from pipeline.actions.find_article import unknown_article
from pipeline.actions.letters_to_sign import SeriesToSign, letters_to_sign, series_to_sign
from pipeline.actions.render_series import RenderedIssue, render_planned
from pipeline.core.content.article import Finding, Severity
from pipeline.core.content.importers.outline import suggested_heading
from pipeline.core.editorial import check
from pipeline.core.editorial.allowances import heed
from pipeline.core.editorial.approval import (
    LONGEST_INTERVAL_DAYS,
    byline_gaps,
    decide,
    keyed,
    open_for_clinician,
)
from pipeline.core.editorial.carried import of_readers
from pipeline.core.editorial.faults import covers
from pipeline.core.editorial.reference_outcomes import standing_outcomes
from pipeline.core.errors import BadInput, Refused
from pipeline.core.series import plan
from pipeline.store import articles, series
from pipeline.store.articles import Approval, StoredArticle

SHORTEST_DIGEST = 12  # hex digits that name a revision, as a command prints them


def approve_article(
    slug: str,
    reviewer: str,
    profession: str,
    registration: str,
    next_review_on: date,
    now: datetime,
    *,
    digest: str | None = None,
    letters: str | None = None,
    without: Collection[str] = (),
    decisions: Mapping[str, str] | None = None,
    member: str = "",
    demonstration: bool = False,
) -> str:
    """Sign off the newest revision. Any later edit is another revision, without a sign-off. Returns the digest.

    `digest` is what the clinician was shown, whole or its first 12 digits; None: whatever is newest. `decisions` are
    the clinician's words about each finding that only a clinician can decide, by its key. `letters` is the digest of
    the letters that the clinician was shown; None: however they read now. `without` names the series whose plans do not
    fit, of which the signature is on no letter.

    Raises Refused where other words are the newest by now, where the letters read otherwise by now or a plan does not
    fit and is not named, where something must be mended first (severity B), where an author lacks what E-01 asks for,
    and where a finding of severity A is not decided; NotFound for an unknown article; BadInput for particulars that are
    missing or a date out of range.
    """
    stored = articles.latest(slug)
    if stored is None:
        raise unknown_article(slug)
    if digest is not None:
        _require_shown(slug, stored, digest)
    found = every_finding(stored)
    _require_mended(slug, to_mend(stored, found))
    for name, value in (("reviewer", reviewer), ("profession", profession), ("registration", registration)):
        if not value.strip():
            raise BadInput(f"The sign-off needs a {name}.", field=name)
    days = (next_review_on - now.date()).days
    if not 0 < days <= LONGEST_INTERVAL_DAYS:
        raise BadInput(
            f"The next review is due within three years of today, not on {next_review_on}.",
            field="next_review",
        )
    if gaps := byline_gaps(stored.article, demonstration=demonstration):
        raise Refused(f"The article {slug!r} cannot be signed off (E-01). {' '.join(gaps)}")
    waiting = to_decide(stored, found)
    decided = decide(waiting, _known(waiting, decisions or {}))
    _require_decided(slug, waiting, {decision.key for decision in decided})
    letters_found = series_to_sign(stored.article)
    _require_letters_shown(slug, letters_found, letters)
    _require_fitting(slug, letters_found, without)
    approval = Approval(
        reviewer.strip(),
        profession.strip(),
        registration.strip(),
        demonstration,
        next_review_on,
        now,
        decided,
        member,
    )
    with transaction.atomic():
        sign_off = articles.sign_off(slug, stored.digest, approval)
        if sign_off is None:
            raise _changed(slug)
        _keep_letters(replace(stored, approval=approval), letters_found, sign_off, now)
    return stored.digest


def to_decide(stored: StoredArticle, found: Collection[Finding] | None = None) -> Mapping[str, Finding]:
    """The findings that a signature has to say something about, by their keys: those of the reader that made the
    revision, and those that the checks find today. `found` is `every_finding`, where somebody asked already.
    """
    return keyed(open_for_clinician(every_finding(stored) if found is None else found))


def to_mend(stored: StoredArticle, found: Collection[Finding] | None = None) -> tuple[Finding, ...]:
    """The findings that bar a signature; `found` as above."""
    every = every_finding(stored) if found is None else found
    return tuple(sorted((f for f in every if f.blocks and f.severity is Severity.B), key=lambda f: f.line))


def every_finding(stored: StoredArticle) -> tuple[Finding, ...]:
    """What the reader found that made the revision, or an earlier one that nobody has mended since, what the last check
    of its references found outside, and what the rules say of it today; each once.
    """
    suggested = [suggested_heading(s.heading, s.line) for s in stored.article.sections if s.suggested]
    outside = standing_outcomes(stored.article, articles.reference_outcomes(stored.article.slug))
    kept = (*of_readers(stored.findings), *heed(stored.article, suggested), *outside)
    found = {(f.rule, f.line, f.quote): f for f in kept}
    return (*found.values(), *check(stored.article))


def _require_shown(slug: str, stored: StoredArticle, digest: str) -> None:
    """The hash that the clinician saw is the one that is signed."""
    if len(digest) < SHORTEST_DIGEST:
        raise BadInput(f"Name the revision by {SHORTEST_DIGEST} digits of its hash at least.", field="digest")
    if not stored.digest.startswith(digest.lower()):
        raise _changed(slug)


def _changed(slug: str) -> Refused:
    return Refused(
        f"The article {slug!r} was edited since you were shown it, so that this would sign other words."
        " Read the newest revision, and sign that."
    )


def _require_mended(slug: str, left: Sequence[Finding]) -> None:
    if left:
        raise Refused(
            f"The article {slug!r} cannot be signed off while {len(left)} of its findings must be mended. The first,"
            f" on line {left[0].line}: {left[0].message} See them all with rounds lint, and import the mended file."
        )


def _require_letters_shown(slug: str, found: Sequence[SeriesToSign], digest: str | None) -> None:
    """The letters that the clinician saw are the ones that are signed."""
    if digest is None:
        return
    if len(digest) < SHORTEST_DIGEST:
        raise BadInput(
            f"Name the letters by {SHORTEST_DIGEST} digits of their hash at least.", field="letters"
        )
    if not letters_to_sign(found).digest.startswith(digest.lower()):
        raise Refused(
            f"The letters made from {slug!r} read otherwise than when you were shown them: a plan, a template or the"
            " brand has changed. Read them again, and sign them as they are now."
        )


def _require_fitting(slug: str, found: Sequence[SeriesToSign], without: Collection[str]) -> None:
    if left := [each for each in found if each.problem and each.slug not in without]:
        named = " ".join(f"{each.slug}: {each.problem}" for each in left)
        raise Refused(
            f"Not every series made from {slug!r} fits it, so that this signature would be on none of its letters, and"
            f" nothing of it could go out. Mend the plan first, or sign without it by name. {named}"
        )
    unfit = {each.slug for each in found if each.problem}
    if strange := sorted(set(without) - unfit):
        raise BadInput(
            f"The series {strange[0]!r} is none that does not fit {slug!r}: it is signed with the others.",
            field="without",
        )


def _known(waiting: Mapping[str, Finding], reasons: Mapping[str, str]) -> Mapping[str, str]:
    if strange := sorted(set(reasons) - set(waiting)):
        known = f"Open: {', '.join(sorted(waiting))}." if waiting else "None is open."
        raise BadInput(f"There is no finding {strange[0]!r} to decide. {known}")
    return reasons


def _require_decided(slug: str, waiting: Mapping[str, Finding], decided: set[str]) -> None:
    if left := {key: f for key, f in waiting.items() if key not in decided}:
        named = "; ".join(f"{key} ({f.message})" for key, f in left.items())
        raise Refused(
            f"The article {slug!r} has findings that only a clinician can decide. Say in words what you decided"
            f" about each of these: {named}"
        )


def _keep_letters(stored: StoredArticle, found: Sequence[SeriesToSign], sign_off: int, now: datetime) -> None:
    """The letters as they read with this signature: nothing else that is made from the article goes out by it."""
    for each in found:
        if each.plan is None or each.problem:
            continue
        series.save_plan(plan.made_from(each.plan, stored.article), now)
        rendered = render_planned(each.plan, stored, now)
        articles.keep_signed_letters(
            sign_off,
            {issue.revision_id: issue.letter.content_sha256 for issue in rendered}
            | _on_their_way(stored, each.slug, rendered),
        )


def _on_their_way(stored: StoredArticle, slug: str, rendered: Sequence[RenderedIssue]) -> dict[int, str]:
    """Letters under an earlier signature that have not all gone out, and say what these say: the signature is on their
    words too, so that they may go on where the earlier one was withdrawn.
    """
    now_read = {issue.content.number: issue.letter.text for issue in rendered}
    approval = stored.approval
    assert approval is not None
    return {
        letter.revision_id: letter.digest
        for letter in articles.letters_on_their_way(slug, stored.revision_id, approval.demonstration)
        if letter.number in now_read
        and covers(letter.text, now_read[letter.number], approval.reviewer, approval.registration)
    }
