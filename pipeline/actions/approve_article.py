"""A clinician signs an article off, by the hash of what it says (E-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from pipeline.actions.find_article import unknown_article
from pipeline.actions.render_series import render_series
from pipeline.core.content.article import Finding, Severity
from pipeline.core.content.importers.outline import suggested_heading
from pipeline.core.editorial import check
from pipeline.core.editorial.allowances import heed
from pipeline.core.editorial.approval import (
    LONGEST_INTERVAL_DAYS,
    byline_gaps,
    decide,
    key_of,
    open_for_clinician,
)
from pipeline.core.errors import BadInput, Refused
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
    decisions: Mapping[str, str] | None = None,
    member: str = "",
    demonstration: bool = False,
) -> str:
    """Sign off the newest revision. Any later edit is another revision, without a sign-off. Returns the digest.

    `digest` is what the clinician was shown, whole or its first 12 digits; None: whatever is newest. `decisions` are
    the clinician's words about each finding that only a clinician can decide, by `rule:line`.

    Raises Refused where other words are the newest by now, where something must be mended first (severity B), where
    an author lacks what E-01 asks for, and where a finding of severity A is not decided; NotFound for an unknown
    article; BadInput for particulars that are missing or a date out of range.
    """
    stored = articles.latest(slug)
    if stored is None:
        raise unknown_article(slug)
    if digest is not None:
        _require_shown(slug, stored, digest)
    _require_mended(slug, stored)
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
    decided = decide(_open(stored), _known(stored, decisions or {}))
    _require_decided(slug, _open(stored), {decision.key for decision in decided})
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
        _keep_letters(slug, sign_off, now)
    return stored.digest


def to_decide(stored: StoredArticle) -> tuple[Finding, ...]:
    """The findings that a signature has to say something about."""
    return _open(stored)


def to_mend(stored: StoredArticle) -> tuple[Finding, ...]:
    """The findings that bar a signature: what `rounds lint` says of the article itself."""
    suggested = [suggested_heading(s.heading, s.line) for s in stored.article.sections if s.suggested]
    found = (*heed(stored.article, suggested), *check(stored.article))
    left = (f for f in found if f.blocks and f.severity is Severity.B)
    return tuple(sorted(left, key=lambda f: f.line))


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


def _require_mended(slug: str, stored: StoredArticle) -> None:
    """What an import asked besides is in the notes for the reviewer."""
    if left := to_mend(stored):
        raise Refused(
            f"The article {slug!r} cannot be signed off while {len(left)} of its findings must be mended. The first,"
            f" on line {left[0].line}: {left[0].message} See them all with rounds lint, and import the mended file."
        )


def _open(stored: StoredArticle) -> tuple[Finding, ...]:
    """Those of the reader that made the revision, and those that the checks find today."""
    return open_for_clinician((*stored.findings, *check(stored.article)))


def _known(stored: StoredArticle, reasons: Mapping[str, str]) -> Mapping[str, str]:
    keys = {key_of(finding) for finding in _open(stored)}
    if strange := sorted(set(reasons) - keys):
        known = f"Open: {', '.join(sorted(keys))}." if keys else "None is open."
        raise BadInput(f"There is no finding {strange[0]!r} to decide. {known}")
    return reasons


def _require_decided(slug: str, findings: tuple[Finding, ...], decided: set[str]) -> None:
    if left := [f for f in findings if key_of(f) not in decided]:
        named = "; ".join(f"{key_of(f)} ({f.message})" for f in left)
        raise Refused(
            f"The article {slug!r} has findings that only a clinician can decide. Say in words what you decided"
            f" about each of these: {named}"
        )


def _keep_letters(slug: str, sign_off: int, now: datetime) -> None:
    """The issues as they read with this signature, so that a changed template or plan is seen later."""
    for plan in series.plans():
        if plan.article != slug:
            continue
        try:
            rendered = render_series(plan.slug, now)
        except BadInput:
            continue  # the plan does not fit the edited article; nothing of it can be scheduled until it does
        articles.keep_signed_letters(
            sign_off, [(issue.revision_id, issue.letter.content_sha256) for issue in rendered]
        )
