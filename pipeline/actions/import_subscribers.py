"""Bring in people who said yes elsewhere, with the evidence of it. Never lifts a no (B-31)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from pipeline.actions.record_consent import record_consent
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.subscriber_list import ListedSubscriber, RefusedRow, read_list
from pipeline.core.errors import BadInput, NotFound
from pipeline.core.series.cadence import check_zone
from pipeline.gateways.files import read_source
from pipeline.gateways.keys import key_of
from pipeline.store import consent, subscribers
from pipeline.store.consent import ImportedRow
from pipeline.store.subscribers import random_uid

CHUNK = 2_000
LARGEST = 200 * 1024 * 1024
MOST_REFUSALS_LISTED = 1_000


@dataclass(slots=True)
class ImportReport:
    """`rows` = `imported` + `already` + the sum of `refused`, which counts by reason."""

    rows: int = 0
    imported: int = 0
    already: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    refusals: list[RefusedRow] = field(default_factory=list)

    def refuse(self, line: int, reason: str, kind: str) -> None:
        self.refused[kind] += 1
        if len(self.refusals) < MOST_REFUSALS_LISTED:
            self.refusals.append(RefusedRow(line, reason))


def import_subscribers(
    path: Path, purpose: str, evidence: str, now: datetime, *, dry_run: bool = False
) -> ImportReport:
    """Import a CSV for one purpose. All of it or, on an error or a dry run, none.

    Raises BadInput for a file that is no list and for empty evidence, NotFound for an unknown purpose. Rows that cannot
    be used are reported and passed over.
    """
    if not evidence.strip():
        raise BadInput(
            "Say what the evidence of consent is: --evidence 'Signed up on paper at the clinic, May 2026'."
        )
    if not consent.purpose_exists(purpose):
        known = ", ".join(consent.purpose_ids()) or "none: run rounds migrate first"
        raise NotFound(f"There is no purpose {purpose!r}. Known: {known}.")
    source = read_source(path, largest=LARGEST)
    bundle = {"statement": evidence.strip(), "file_sha256": hashlib.sha256(source).hexdigest()}
    report = ImportReport()
    rows = read_list(source, str(path))
    seen: set[bytes] = set()
    with transaction.atomic():
        while chunk := list(islice(rows, CHUNK)):
            _import_chunk(list(_good(chunk, seen, report)), purpose, bundle, now, report)
        transaction.set_rollback(dry_run)
    return report


def _good(
    chunk: list[ListedSubscriber | RefusedRow], seen: set[bytes], report: ImportReport
) -> Iterator[tuple[bytes, ListedSubscriber]]:
    for row in chunk:
        report.rows += 1
        if isinstance(row, RefusedRow):
            report.refuse(row.line, row.reason, "unusable")
            continue
        key = key_of(row.address)
        if key in seen:
            report.refuse(row.line, "The same mailbox stands in the file twice.", "repeated")
        elif row.zone and not _zone_exists(row.zone):
            report.refuse(row.line, f"There is no time zone {row.zone[:60]!r}.", "unusable")
        else:
            seen.add(key)
            yield key, row


def _zone_exists(zone: str) -> bool:
    try:
        check_zone(zone)
    except BadInput:
        return False
    return True


def _import_chunk(
    rows: list[tuple[bytes, ListedSubscriber]],
    purpose: str,
    evidence: Mapping[str, object],
    now: datetime,
    report: ImportReport,
) -> None:
    suppressed = consent.suppressed_keys([key for key, _ in rows], purpose, now)
    allowed = []
    for key, row in rows:
        if key in suppressed:
            report.refuse(
                row.line, f"This mailbox is suppressed ({suppressed[key]}): it stays so.", "suppressed"
            )
        else:
            allowed.append(ImportedRow(key, row.address.mailbox, row.given_name, row.zone, row.line))
    new = consent.import_new(allowed, purpose, evidence, now)
    report.imported += len(new)
    for imported in allowed:
        if imported.address_key not in new:
            _import_known(imported, purpose, evidence, now, report)


def _import_known(
    row: ImportedRow, purpose: str, evidence: Mapping[str, object], now: datetime, report: ImportReport
) -> None:
    """Somebody the ledger knows already: their own words decide, and an import never undoes a no."""
    person = subscribers.by_key(row.address_key)
    if person is None:
        raise RuntimeError("a subscriber vanished during an import")
    # Read without a lock first: a long import must not make the goodbyes of people it leaves alone wait for its end.
    for read in (consent.ledger, consent.ledger_locked):
        before = consent.standing(read(person.id), purpose)
        if before.permits:
            report.already += 1
            return
    state = record_consent(
        person.id,
        [
            Entry(
                event_id=random_uid(),
                kind=EventKind.LEGACY_IMPORTED,
                purpose=purpose,
                occurred_at=now,
                actor=Actor.CONTROLLER_USER,
                method=Method.IMPORT,
                evidence_grade=EvidenceGrade.IMPORTED,
                evidence={**evidence, "line": row.line},
            )
        ],
    )
    if state.of(purpose).permits:
        report.imported += 1
    else:
        report.refuse(
            row.line, f"This person's own answer stands: {before.status.value}.", before.status.value
        )
