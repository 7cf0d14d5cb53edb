"""Read an issue on the web, once it has begun to go out, with what was found wrong with it since (E-10)."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.editorial.faults import NOTE_WORDS, Fault, FaultState, note
from pipeline.core.errors import NotFound
from pipeline.core.message.context import long_date
from pipeline.core.message.web_copy import ArchiveNote, series_code, web_copy
from pipeline.store import campaigns, faults, series
from pipeline.store.faults import ArchivedVersion

VERSION_DIGITS = 12  # hex digits of a rendering's digest that name it in a path


def read_issue(code: str, number: int) -> str:
    """The page of issue `number` of the series with this code as it reads now: as it was sent last, or as it was put
    right since. NotFound before it was sent.
    """
    slug = _series(code)
    versions = faults.archived(slug, number)
    shown = _current(versions, campaigns.last_opened_revision(slug, number))
    if shown is None:
        raise NotFound("There is no such issue, or it has not been sent yet.")
    notes = [
        _note(version.fault, code, number, "Read it as it was sent", version)
        for version in versions
        if version.fault is not None and version.right_id is not None
    ]
    if shown.fault is not None:
        notes.append(_note(shown.fault))
    return _page(shown, notes)


def read_version(code: str, number: int, version: str) -> str:
    """The page of one version as it was sent, which is never edited. NotFound for a version that was never sent."""
    versions = faults.archived(_series(code), number)
    shown = next(
        (v for v in versions if v.digest.startswith(version) and len(version) == VERSION_DIGITS), None
    )
    if shown is None:
        raise NotFound("There is no such version of this issue.")
    link = "Read it as it is right" if shown.right_id is not None else ""
    notes = [_note(shown.fault, code, number, link)] if shown.fault is not None else []
    return _page(shown, notes)


def _series(code: str) -> str:
    found = next((plan.slug for plan in series.plans() if series_code(plan.slug) == code), None)
    if found is None:
        raise NotFound("There is no such issue, or it has not been sent yet.")
    return found


def _current(versions: Sequence[ArchivedVersion], last_sent: int | None) -> ArchivedVersion | None:
    """What stands in the place of what was sent last, however often that was corrected."""
    by_id = {version.revision_id: version for version in versions}
    shown = by_id.get(last_sent or 0)
    for _ in versions:
        if shown is not None and shown.right_id in by_id:
            shown = by_id[shown.right_id]
    return shown


def _note(
    fault: Fault, code: str = "", number: int = 0, link: str = "", version: ArchivedVersion | None = None
) -> ArchiveNote:
    day, sentence = note(fault)
    path = f"/read/{code}/{number}" + (f"/{version.digest[:VERSION_DIGITS]}" if version else "")
    linked = (path, link) if link and fault.state in (FaultState.CORRECTED, FaultState.CORRECTING) else None
    return ArchiveNote(f"{NOTE_WORDS[fault.state]} {long_date(day)}", sentence, linked)


def _page(shown: ArchivedVersion, notes: Sequence[ArchiveNote]) -> str:
    revision = series.revision(shown.revision_id)
    if revision is None:
        raise NotFound("There is no such issue, or it has not been sent yet.")
    return web_copy(revision.letter.html, notes)
