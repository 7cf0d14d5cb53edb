"""How well a list proves the yes of each person on it (UK GDPR Art 7(1); standards C-40, C-43).

Nothing that comes by a list is proved in full: we did not see it happen. The words that people were shown decide first,
then whether anybody knows when they said yes. What is deficient is kept on record and mailed by nobody, unless the
controller decides so in words, which then stand in the ledger beside each yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pipeline.core.consent.entry import EvidenceGrade
from pipeline.core.consent.lists.rows import ListedSubscriber, RefusedRow
from pipeline.core.errors import BadInput

LONGEST_WORDS = 2_000  # characters of a statement or a decision

# The forms of the publisher's earlier website, and the notice that each showed (C-40). The pop-up of its articles came
# from elsewhere, and what it said is not known: nobody who came by it can be imported.
PLACEMENTS: Mapping[str, tuple[str, int] | None] = {
    "article-top": ("notice-a", 1),
    "article-bottom": ("notice-a", 1),
    "author-box": ("notice-b", 1),
    "unknown": None,
}


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A kept version of a notice, as far as grading asks. `findings` are the rules of C-42 that it breaks."""

    notice_id: str
    version: int
    purpose: str
    consent_sentence_sha256: str
    effective_from: date
    findings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.notice_id}:{self.version}"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the operator says of the whole list. `notices` holds every version that a row can name, by `id:version`.

    `decision`: the controller's words for mailing on deficient evidence; empty where there is none.
    """

    purpose: str
    statement: str
    notice: NoticeShown | None
    notices: Mapping[str, NoticeShown]
    collected_from: date | None = None
    collected_until: date | None = None
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Graded:
    """The grade of one row. `permits`: whether it may be mailed; `why` says what makes it deficient."""

    grade: EvidenceGrade
    notice: NoticeShown | None
    why: str = ""
    by_decision: bool = False

    @property
    def permits(self) -> bool:
        return self.grade is not EvidenceGrade.DEFICIENT or self.by_decision


def check_words(statement: str, decision: str) -> None:
    """Raises BadInput where the evidence is not said, or either text is too long to stand in a ledger."""
    if not statement.strip():
        raise BadInput(
            "Say what the evidence of consent is: --evidence 'Signed up on paper at the clinic, May 2026'.",
            field="evidence",
        )
    for what, text in (("evidence", statement), ("decision", decision)):
        if len(text) > LONGEST_WORDS or not all(mark.isprintable() or mark in "\n\t" for mark in text):
            raise BadInput(f"The {what} must be words, {LONGEST_WORDS:,} characters at most.", field=what)


def check_dates(since: date | None, until: date | None, today: date) -> None:
    """Raises BadInput for a window that has not been, or that ends before it begins."""
    if since and until and until < since:
        raise BadInput("The list ends before it begins: turn the two days round.", field="collected_from")
    if any(day and day > today for day in (since, until)):
        raise BadInput(
            "Nobody can have said yes in the future. Look at the two days.", field="collected_from"
        )


def grade(claim: Claim, row: ListedSubscriber, now: datetime) -> Graded | RefusedRow:
    """How good the evidence for one row is; or why it contradicts itself."""
    notice = claim.notice
    if row.form:
        shown = PLACEMENTS.get(row.form.casefold())
        if shown is None:
            return RefusedRow(row.line, "What the form of this row showed is not known.", "notice_unknown")
        notice = claim.notices.get(f"{shown[0]}:{shown[1]}")
        if notice is None or notice.purpose != claim.purpose:
            return RefusedRow(row.line, "The form of this row was for another list.", "other_list")
        if claim.notice not in (None, notice):
            return RefusedRow(
                row.line,
                f"The form of this row showed {notice.name}, and not the notice named.",
                "notice_unknown",
            )
    said_at = row.opted_in_at or row.confirmed_at
    if said_at is not None:
        if said_at > now:
            return RefusedRow(row.line, "The row's own yes lies in the future.", "outside")
        if not _within(claim, said_at):
            return RefusedRow(row.line, "The row's own yes lies outside the days that you named.", "outside")
    found, why = _grade(claim, notice, said_at)
    by_decision = found is EvidenceGrade.DEFICIENT and bool(claim.decision.strip())
    return Graded(found, notice, why, by_decision)


def _within(claim: Claim, moment: datetime) -> bool:
    day = moment.astimezone(UTC).date()
    early = claim.collected_from is not None and day < claim.collected_from
    late = claim.collected_until is not None and day > claim.collected_until
    return not early and not late


def _grade(claim: Claim, notice: NoticeShown | None, said_at: datetime | None) -> tuple[EvidenceGrade, str]:
    deficient = EvidenceGrade.DEFICIENT
    if notice is None:
        return deficient, "what they were shown is not known"
    if notice.findings:
        return deficient, f"{notice.name} breaks {len(notice.findings)} rules"
    earliest = said_at.date() if said_at is not None else claim.collected_from
    if earliest is not None and earliest < notice.effective_from:
        return deficient, f"the yes is older than {notice.name}"
    if said_at is not None:
        return EvidenceGrade.SINGLE_OPT_IN, ""
    if claim.collected_from is not None and claim.collected_until is not None:
        return EvidenceGrade.IMPORTED, ""
    return deficient, "nobody says when they said yes"
