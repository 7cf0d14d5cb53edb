"""Bring in people who said yes elsewhere, with the evidence of it; and the no of those who said no (B-31, C-07, C-43).

A list is read in chunks, and each chunk is committed with the line that it ends on: a crash loses nothing, and whoever
goes on passes over what is committed. All of it in one transaction would hold the locks of every person it touches to
its end, and their goodbyes with them; no seal could be made meanwhile, since a seal waits for open transactions; and a
crash at the last row would cost the whole of it. That a file can be read to its end is known before the first chunk.

Those who say no come first, wherever they stand in the list, so that no other row of theirs is taken for a yes. People
that we know already are written to one by one, each in a transaction of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.actions.survey_list import Survey, Tell, tell_nobody
from pipeline.core.consent.entry import Actor, ConsentStatus, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.lists.cells import quoted
from pipeline.core.consent.lists.dialects import EVENTS, Said, suppressions_of
from pipeline.core.consent.lists.evidence import Claim, Graded, grade
from pipeline.core.consent.lists.progress import ImportReport
from pipeline.core.consent.lists.rows import (
    ListedSubscriber,
    RefusedRow,
    Row,
    SaidNo,
    read_row,
    refused_cells,
    refused_header,
    says_no,
)
from pipeline.core.errors import BadInput
from pipeline.core.series.cadence import check_zone
from pipeline.gateways.failpoints import reach
from pipeline.gateways.keys import key_of
from pipeline.gateways.list_file import RefusedRows, refused_rows
from pipeline.store import consent, list_imports
from pipeline.store.consent import ImportedRow, Standing
from pipeline.store.subscribers import random_uid

CHUNK = 2_000
REPEATED = "The same mailbox stands in the file twice."
SAYS_NO_TOO = "Another row of the file says that this person is not to be mailed."


@dataclass(slots=True)
class Progress:
    """How far an import came: the last line that is committed, and what was counted to there.

    `uid` names the import for good: the same row gives the same ledger entry however often it is tried.
    """

    uid: UUID = field(default_factory=random_uid)
    line: int = 0
    rows_done: int = 0
    refused_size: int = 0
    report: ImportReport = field(default_factory=ImportReport)


Save = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Import:
    """What every step of one import needs."""

    survey: Survey
    claim: Claim
    now: datetime
    progress: Progress
    dry_run: bool

    @property
    def purpose(self) -> str:
        return self.claim.purpose

    def rows(self) -> Iterator[tuple[list[str], Row]]:
        for line, record in self.survey.records():
            yield record, read_row(line, record, self.survey.layout, self.purpose)

    def noes(self) -> Iterator[SaidNo]:
        layout = self.survey.layout
        for line, record in self.survey.records():
            if says_no(record, layout):
                row = read_row(line, record, layout, self.purpose)
                if isinstance(row, SaidNo):
                    yield row

    def event_id(self, key: bytes, what: str) -> UUID:
        """The same for the same person in the same import."""
        return UUID(bytes=hashlib.sha256(self.progress.uid.bytes + key + what.encode()).digest()[:16])

    @property
    def evidence(self) -> dict[str, object]:
        """What holds for every row. No address, and no topic but what the operator wrote."""
        found: dict[str, object] = {
            "import": str(self.progress.uid),
            "statement": self.claim.statement,
            "file_sha256": self.survey.file.sha256,
            "tool": self.survey.layout.dialect.name,
        }
        for name in ("collected_from", "collected_until"):
            if day := getattr(self.claim, name):
                found[name] = day.isoformat()
        return found


def import_subscribers(
    survey: Survey,
    claim: Claim,
    now: datetime,
    *,
    dry_run: bool = False,
    refused: Path | None = None,
    progress: Progress | None = None,
    save: Save = lambda progress: None,
    tell: Tell = tell_nobody,
    stopping: Callable[[], bool] = lambda: False,
) -> ImportReport | None:
    """Import a list that was surveyed, or with `dry_run` say what that would do. None where it was `stopping`.

    `save` is called in the transaction of each chunk with how far it is; to go on after a crash, give it back as
    `progress`. Rows that cannot be used go to the file `refused`. Raises BadInput for a file that changed meanwhile.
    """
    at_work = _Import(survey, claim, now, progress or Progress(), dry_run)
    resume_after = at_work.progress.line
    list_imports.begin_reading()
    if survey.layout.may_say_no and not _take_noes(at_work, tell, stopping):
        return None
    header, delimiter = refused_header(survey.layout), survey.layout.delimiter
    with refused_rows(refused, header, delimiter, at_work.progress.refused_size) as file:
        rows = at_work.rows()
        read = 0
        while chunk := list(islice(rows, CHUNK)):
            read += len(chunk)
            if stopping():
                return None
            _chunk(at_work, chunk, resume_after, file, save)
            tell("checking" if dry_run else "importing", read, survey.rows)
    return at_work.progress.report


# --- those who said no


def _take_noes(at_work: _Import, tell: Tell, stopping: Callable[[], bool]) -> bool:
    """Make every no of the list ours, or note it on a dry run. Safe to repeat. False where it was stopped."""
    noes = at_work.noes()
    taken = 0
    while chunk := list(islice(noes, CHUNK)):
        if stopping():
            return False
        _take(at_work, [(key_of(row.address), row) for row in chunk])
        taken += len(chunk)
        tell("the noes", taken, 0)
    return True


def _take(at_work: _Import, noes: list[tuple[bytes, SaidNo]]) -> None:
    known = consent.standings([key for key, _ in noes], at_work.purpose)
    heeded = [(key, row) for key, row in noes if not _came_back(known.get(key), row)]
    list_imports.remember_noes(key for key, _ in heeded)
    if at_work.dry_run:
        return
    for said in dict.fromkeys(row.said for _, row in heeded):
        for suppression in suppressions_of(said, at_work.purpose):
            keys = [key for key, row in heeded if row.said is said]
            consent.suppress_many(keys, suppression, at_work.now)
    for key, row in heeded:
        if key in known:
            _enter_no(at_work, known[key].subscriber_id, key, row)


def _came_back(standing: Standing | None, row: SaidNo) -> bool:
    """Whether this person has confirmed to us since: then the old no is over, as our own would be (B-10)."""
    return (
        standing is not None
        and standing.status is not None
        and standing.status.permits
        and standing.grade == EvidenceGrade.FULL.value
        and row.at is not None
        and standing.since is not None
        and row.at < standing.since
    )


def _enter_no(at_work: _Import, subscriber_id: int, key: bytes, row: SaidNo) -> None:
    """Write it into the ledger of somebody we know, which stops at once what waits for them."""
    entry = Entry(
        event_id=at_work.event_id(key, row.said.value),
        kind=EVENTS[row.said],
        purpose=at_work.purpose if row.said is Said.UNSUBSCRIBED else None,
        occurred_at=at_work.now,
        actor=Actor.CONTROLLER_USER,
        method=Method.IMPORT,
        evidence={
            **at_work.evidence,
            "line": row.line,
            "said": row.said.value,
            **({"said_at": row.at.isoformat()} if row.at else {}),
        },
    )
    record_consent(subscriber_id, [entry])


# --- those who said yes


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A good row, graded, with the cells that it was read from."""

    key: bytes
    row: ListedSubscriber
    graded: Graded
    record: list[str]


def _chunk(
    at_work: _Import,
    chunk: list[tuple[list[str], Row]],
    resume_after: int,
    file: RefusedRows,
    save: Save,
) -> None:
    refusals: list[tuple[list[str], RefusedRow]] = []
    candidates = list(_candidates(at_work, chunk, resume_after, refusals))
    fresh, known = _sort(at_work, candidates, refusals)
    for candidate, standing in known:
        _import_known(at_work, candidate, standing, refusals)
    reach("import.before_chunk")
    with transaction.atomic():
        _import_fresh(at_work, fresh, refusals)
        _count(at_work, chunk, resume_after, refusals, file)
        if not at_work.dry_run:
            save(at_work.progress)
        reach("import.in_chunk")


def _candidates(
    at_work: _Import,
    chunk: list[tuple[list[str], Row]],
    resume_after: int,
    refusals: list[tuple[list[str], RefusedRow]],
) -> Iterator[_Candidate]:
    listed = [
        (key_of(row.address), row, record) for record, row in chunk if isinstance(row, ListedSubscriber)
    ]
    first = list_imports.first_lines([key for key, _, _ in listed], [row.line for _, row, _ in listed])
    refusals += [
        (record, row) for record, row in chunk if isinstance(row, RefusedRow) and row.line > resume_after
    ]
    for key, row, record in listed:
        if row.line <= resume_after:
            continue
        if first[key] != row.line:
            refusals.append((record, RefusedRow(row.line, REPEATED, "repeated")))
        elif row.zone and not _zone_exists(row.zone):
            refusals.append((record, RefusedRow(row.line, f"There is no time zone {quoted(row.zone, 60)}.")))
        else:
            graded = grade(at_work.claim, row, at_work.now)
            if isinstance(graded, RefusedRow):
                refusals.append((record, graded))
            else:
                yield _Candidate(key, row, graded, record)


@lru_cache(maxsize=2_000)
def _zone_exists(zone: str) -> bool:
    try:
        check_zone(zone)
    except BadInput:
        return False
    return True


def _sort(
    at_work: _Import, candidates: list[_Candidate], refusals: list[tuple[list[str], RefusedRow]]
) -> tuple[list[_Candidate], list[tuple[_Candidate, Standing]]]:
    """Strangers, and people that we know. Whoever is suppressed, or says no elsewhere in the list, is neither."""
    keys = [candidate.key for candidate in candidates]
    noes = list_imports.which_said_no(keys)
    suppressed = consent.suppressed_keys(keys, at_work.purpose, at_work.now)
    standings = consent.standings(keys, at_work.purpose)
    events = {at_work.event_id(key, "yes"): key for key in standings}
    written = {events[event] for event in consent.events_among(list(events))}
    fresh, known = [], []
    for candidate in candidates:
        line = candidate.row.line
        if candidate.key in written:
            _credit(at_work, candidate.graded)  # by the one who died before it was counted
        elif candidate.key in noes:
            refusals.append((candidate.record, RefusedRow(line, SAYS_NO_TOO, "suppressed")))
        elif candidate.key in suppressed:
            why = f"This mailbox is suppressed ({suppressed[candidate.key]}): it stays so."
            refusals.append((candidate.record, RefusedRow(line, why, "suppressed")))
        elif standing := standings.get(candidate.key):
            known.append((candidate, standing))
        else:
            fresh.append(candidate)
    return fresh, known


def _import_fresh(
    at_work: _Import, fresh: list[_Candidate], refusals: list[tuple[list[str], RefusedRow]]
) -> None:
    new = {candidate.key for candidate in fresh}
    if not at_work.dry_run and fresh:
        rows = [_imported(at_work, candidate) for candidate in fresh]
        new = consent.import_new(rows, at_work.purpose, at_work.evidence, at_work.now)
    for candidate in fresh:
        if candidate.key in new:
            _credit(at_work, candidate.graded)
        else:  # they signed up while the chunk was being written
            standing = consent.standings([candidate.key], at_work.purpose)[candidate.key]
            _import_known(at_work, candidate, standing, refusals)


def _imported(at_work: _Import, candidate: _Candidate) -> ImportedRow:
    row, graded = candidate.row, candidate.graded
    entry = _entry(at_work, candidate)
    return ImportedRow(
        address_key=candidate.key,
        address=row.address.mailbox,
        given_name=row.given_name,
        zone=row.zone,
        line=row.line,
        grade=graded.grade,
        permits=graded.permits,
        method=entry.method,
        notice_id=entry.notice_id,
        notice_version=entry.notice_version,
        consent_sentence_sha256=entry.consent_sentence_sha256,
        evidence=_own_evidence(at_work, candidate),
        event_id=entry.event_id,
    )


def _own_evidence(at_work: _Import, candidate: _Candidate) -> dict[str, object]:
    """What this row adds: its own yes, as the list has it, and why it counts although it is deficient."""
    row, graded = candidate.row, candidate.graded
    found: dict[str, object] = {}
    for name in ("opted_in_at", "confirmed_at"):
        if moment := getattr(row, name):
            found[name] = moment.isoformat()
    if row.network:
        found["network"] = row.network
    if row.form:
        found["placement"] = row.form
    if graded.why:
        found["deficient_since"] = graded.why
    if graded.by_decision:
        found["controller_decision"] = at_work.claim.decision
    return found


def _entry(at_work: _Import, candidate: _Candidate) -> Entry:
    graded, notice = candidate.graded, candidate.graded.notice
    return Entry(
        event_id=at_work.event_id(candidate.key, "yes"),
        kind=EventKind.LEGACY_IMPORTED,
        purpose=at_work.purpose,
        occurred_at=at_work.now,
        actor=Actor.CONTROLLER_USER,
        method=Method.IMPORT_BY_DECISION if graded.by_decision else Method.IMPORT,
        notice_id=notice.notice_id if notice else "",
        notice_version=notice.version if notice else None,
        consent_sentence_sha256=notice.consent_sentence_sha256 if notice else "",
        evidence_grade=graded.grade,
        evidence={**at_work.evidence, **_own_evidence(at_work, candidate), "line": candidate.row.line},
    )


def _import_known(
    at_work: _Import,
    candidate: _Candidate,
    standing: Standing,
    refusals: list[tuple[list[str], RefusedRow]],
) -> None:
    """Somebody the ledger knows already: their own words decide, and an import never undoes a no.

    Nobody whom the import leaves alone is locked: a goodbye must not wait for it.
    """
    if standing.status not in (None, ConsentStatus.UNKNOWN):
        _pass_over(at_work, candidate, standing.status, refusals)
        return
    with transaction.atomic():
        read = consent.ledger if at_work.dry_run else consent.ledger_locked
        entries = read(standing.subscriber_id)
        before = consent.standing(entries, at_work.purpose).status
        if before is not ConsentStatus.UNKNOWN or _on_record(entries, at_work, candidate.graded):
            _pass_over(at_work, candidate, before, refusals)
            return
        if not at_work.dry_run:
            record_consent(standing.subscriber_id, [_entry(at_work, candidate)])
        _credit(at_work, candidate.graded)


def _on_record(entries: list[Entry], at_work: _Import, graded: Graded) -> bool:
    """Whether an earlier import left a yes that is no better than this one: once is enough."""
    return not graded.permits and any(
        known.kind is EventKind.LEGACY_IMPORTED and known.purpose == at_work.purpose for known in entries
    )


def _pass_over(
    at_work: _Import,
    candidate: _Candidate,
    status: ConsentStatus | None,
    refusals: list[tuple[list[str], RefusedRow]],
) -> None:
    if status is None or status is ConsentStatus.UNKNOWN or status.permits:
        at_work.progress.report.already += 1
    else:
        why = f"This person's own answer stands: {status.value}."
        refusals.append((candidate.record, RefusedRow(candidate.row.line, why, status.value)))


def _credit(at_work: _Import, graded: Graded) -> None:
    report = at_work.progress.report
    if graded.permits:
        report.imported += 1
    else:
        report.deficient += 1
    report.grades[graded.grade.value] += 1
    if graded.why:
        report.why_deficient[graded.why] += 1


def _count(
    at_work: _Import,
    chunk: list[tuple[list[str], Row]],
    resume_after: int,
    refusals: list[tuple[list[str], RefusedRow]],
    file: RefusedRows,
) -> None:
    """Bring the report and the file of refused rows up to date."""
    progress = at_work.progress
    new = [row for _, row in chunk if row.line > resume_after]
    progress.report.rows += len(new)
    progress.report.noes.update(row.said.value for row in new if isinstance(row, SaidNo))
    refusals.sort(key=lambda refusal: refusal[1].line)
    for _, refused in refusals:
        progress.report.refuse(refused)
    layout = at_work.survey.layout
    file.write(refused_cells(record, layout, refused) for record, refused in refusals)
    file.sync()
    progress.refused_size = file.size
    progress.rows_done += len(new)
    progress.line = max(progress.line, *(row.line for _, row in chunk))
