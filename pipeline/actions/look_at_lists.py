"""The lists, and the imports into them, as the studio shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from pipeline.actions.queue_import import refused_of
from pipeline.core.consent.entry import ConsentStatus
from pipeline.core.consent.lists.progress import AT_WORK, ImportReport, ImportState, report_of
from pipeline.core.errors import NotFound
from pipeline.store import consent, list_imports, subscribers
from pipeline.store.consent import StoredNotice
from pipeline.store.list_imports import StoredImport


@dataclass(frozen=True, slots=True)
class ListView:
    """One list. `counts` by status, those that permit mail first."""

    purpose: str
    title: str
    counts: Mapping[str, int]
    at_work: int  # imports that are being read or written

    @property
    def permitted(self) -> int:
        return sum(number for status, number in self.counts.items() if ConsentStatus(status).permits)


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import with its report: of the dry run until it writes, then of what is written."""

    kept: StoredImport
    report: ImportReport
    refused_file: bool

    @property
    def at_work(self) -> bool:
        return self.kept.state in AT_WORK

    @property
    def checked(self) -> bool:
        return self.kept.state is ImportState.CHECKED


def look_at_lists() -> list[ListView]:
    """All lists."""
    return [_view(purpose) for purpose in consent.list_ids()]


def look_at_list(purpose: str) -> ListView:
    """One of them. Raises NotFound."""
    if not consent.list_exists(purpose):
        raise NotFound("There is no such list.")
    return _view(purpose)


def _view(purpose: str) -> ListView:
    counts = subscribers.counts_by_list().get(purpose, {})
    ordered = sorted(counts.items(), key=lambda item: (not ConsentStatus(item[0]).permits, item[0]))
    title = consent.list_titles([purpose]).get(purpose, purpose)
    busy = sum(found.state in AT_WORK for found in list_imports.of_purpose(purpose))
    return ListView(purpose, title, dict(ordered), busy)


def notices_of(purpose: str) -> list[StoredNotice]:
    """What people may have been shown for a list, the newest first."""
    return [notice for notice in reversed(consent.all_notices()) if notice.purpose == purpose]


def look_at_import(purpose: str, uid: UUID) -> ImportView:
    """Raises NotFound."""
    found = list_imports.by_uid(uid)
    if found is None or found.purpose != purpose:
        raise NotFound("There is no such import.")
    kept = found.counts if found.state in (ImportState.IMPORTING, ImportState.DONE) else found.checked
    return ImportView(found, report_of(kept), not found.file and refused_of(uid).is_file())
