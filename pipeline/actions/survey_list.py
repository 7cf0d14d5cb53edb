"""Look at a list before anything is done with it: how it is written, how long it is, whether it can be read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.core.consent.lists.dialects import Said, said_by_name
from pipeline.core.consent.lists.encoding import NAMES, Sniffed
from pipeline.core.consent.lists.evidence import Claim, NoticeShown, check_dates, check_words
from pipeline.core.consent.lists.rows import Layout, layout_of, records
from pipeline.core.consent.notice import words_sha256
from pipeline.core.errors import BadInput, NotFound
from pipeline.gateways import list_file
from pipeline.store import consent

MOST_ROWS = 5_000_000
ROWS_BETWEEN_TELLING = 5_000

Tell = Callable[[str, int, int], None]  # what is done, rows so far, rows in all (0: not known)


def tell_nobody(what: str, done: int, total: int) -> None:
    """For whoever does not watch."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the operator says of a list. `notice` is `id:version`, or empty; `all_are` a `Said`."""

    purpose: str
    evidence: str
    notice: str = ""
    collected_from: date | None = None
    collected_until: date | None = None
    decision: str = ""
    all_are: str = Said.YES.value

    def as_data(self) -> dict[str, Any]:
        """Plain values, to be kept; `options_of` reads them."""
        return {
            "evidence": self.evidence.strip(),
            "notice": self.notice,
            "collected_from": self.collected_from.isoformat() if self.collected_from else None,
            "collected_until": self.collected_until.isoformat() if self.collected_until else None,
            "decision": self.decision.strip(),
            "all_are": self.all_are,
        }


def options_of(purpose: str, data: dict[str, Any]) -> ImportOptions:
    """The options that were kept."""
    days = {
        name: date.fromisoformat(data[name]) if data[name] else None
        for name in ("collected_from", "collected_until")
    }
    return ImportOptions(
        purpose, data["evidence"], data["notice"], decision=data["decision"], all_are=data["all_are"], **days
    )


def digest_of(file_sha256: str, options: ImportOptions) -> str:
    """What an approval is bound to: the very file and all that was said of it. Hex SHA-256."""
    said = json.dumps({"purpose": options.purpose, **options.as_data(), "file": file_sha256}, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def claim_of(options: ImportOptions, today: date) -> Claim:
    """The options, checked against what the database knows. Raises BadInput or NotFound with a sentence."""
    check_words(options.evidence, options.decision)
    check_dates(options.collected_from, options.collected_until, today)
    if not consent.list_exists(options.purpose):
        known = ", ".join(consent.list_ids()) or "none: run rounds migrate first"
        raise NotFound(f"There is no purpose {options.purpose!r}. Known: {known}.")
    notices = {notice.name: notice for notice in map(_shown, consent.all_notices())}
    named = None
    if options.notice:
        named = notices.get(options.notice)
        if named is None:
            known = ", ".join(sorted(n.name for n in notices.values() if n.purpose == options.purpose))
            raise NotFound(f"There is no notice {options.notice!r}. For this list: {known or 'none'}.")
        if named.purpose != options.purpose:
            raise BadInput(
                f"The notice {named.name} was for {named.purpose}: that is another consent, and not one for this list.",
                field="notice",
            )
    return Claim(
        options.purpose,
        options.evidence.strip(),
        named,
        notices,
        options.collected_from,
        options.collected_until,
        options.decision.strip(),
    )


def _shown(notice: consent.StoredNotice) -> NoticeShown:
    return NoticeShown(
        notice.notice_id,
        notice.version,
        notice.purpose,
        words_sha256(notice.consent_sentence),
        notice.effective_from,
        notice.findings,
    )


@dataclass(frozen=True, slots=True)
class Survey:
    """A list that can be read to its end. `rows` are those after the header."""

    path: Path
    file: Sniffed
    layout: Layout
    rows: int

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Its rows again, from the first."""
        return records(list_file.lines(self.path, self.file.encoding), self.layout, self.path.name)

    @property
    def reading(self) -> dict[str, Any]:
        """How it was read, for a person to look over."""
        delimiter = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar"}[self.layout.delimiter]
        return {
            "tool": self.layout.dialect.name,
            "encoding": NAMES[self.file.encoding],
            "delimiter": delimiter,
            "columns": {
                field.value: [self.layout.columns[n] for n in found]
                for field, found in self.layout.at.items()
            },
            "all_are": self.layout.all_are.value,
        }


def survey_list(
    path: Path, all_are: str = Said.YES.value, tell: Tell = tell_nobody, *, name: str = ""
) -> Survey:
    """Read a list to its end. `name`: what the file was called, where it has another name now.

    Raises BadInput at a row that cannot be parted from the next, so that no import finds it half-way; NotFound.
    """
    if all_are not in set(Said):
        raise BadInput(f"{all_are!r} is nothing that rows can be. Say one of {', '.join(Said)}.")
    by_name = said_by_name(name or path.name)
    loudest = Said(all_are) if Said(all_are) is not Said.YES else by_name
    file = list_file.sniff(path)
    layout = layout_of(list_file.lines(path, file.encoding), path.name, loudest)
    rows = 0
    for rows, _ in enumerate(records(list_file.lines(path, file.encoding), layout, path.name), 1):
        if rows > MOST_ROWS:
            raise BadInput(f"The list has more than {MOST_ROWS:,} rows. Split it.", place=path.name)
        if rows % ROWS_BETWEEN_TELLING == 0:
            tell("reading", rows, 0)
    return Survey(path, file, layout, rows)
