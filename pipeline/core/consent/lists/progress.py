"""Where an import stands, and what it may become next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pipeline.core.consent.lists.rows import RefusedRow

MOST_EXAMPLES = 1_000  # refused rows that a report lists
MOST_OF_A_KIND = 5  # of these, that a page shows for each reason


class ImportState(StrEnum):
    CHECKING = "checking"  # the file is here; a worker reads it and writes nothing
    CHECKED = "checked"  # the report is there, and a person decides
    IMPORTING = "importing"  # a worker writes; after a crash the next goes on where it was
    DONE = "done"
    FAILED = "failed"  # the file cannot be read: the sentence says why
    DROPPED = "dropped"  # thought better of, or nobody decided within a day


MAY_BECOME: Mapping[ImportState, frozenset[ImportState]] = {
    ImportState.CHECKING: frozenset({ImportState.CHECKED, ImportState.FAILED, ImportState.DROPPED}),
    ImportState.CHECKED: frozenset({ImportState.IMPORTING, ImportState.DROPPED}),
    ImportState.IMPORTING: frozenset({ImportState.DONE, ImportState.FAILED}),
    ImportState.DONE: frozenset(),
    ImportState.FAILED: frozenset(),
    ImportState.DROPPED: frozenset(),
}
AT_WORK = frozenset({ImportState.CHECKING, ImportState.IMPORTING})


@dataclass(slots=True)
class ImportReport:
    """`rows` = `imported` + `deficient` + `already` + the sums of `noes` and of `refused`, which count by reason.

    `imported` may be mailed. `deficient` are on record, and mailed by nobody. `grades` counts both by evidence grade.
    `noes`: rows of people who are not to be mailed, whose no is now ours too.
    """

    rows: int = 0
    imported: int = 0
    deficient: int = 0
    already: int = 0
    noes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    grades: Counter[str] = field(default_factory=Counter)
    why_deficient: Counter[str] = field(default_factory=Counter)
    refusals: list[RefusedRow] = field(default_factory=list)

    def refuse(self, row: RefusedRow) -> None:
        self.refused[row.kind] += 1
        if len(self.refusals) < MOST_EXAMPLES:
            self.refusals.append(row)

    @property
    def examples(self) -> dict[str, list[RefusedRow]]:
        """A few of each kind."""
        found: dict[str, list[RefusedRow]] = {}
        for row in self.refusals:
            kept = found.setdefault(row.kind, [])
            if len(kept) < MOST_OF_A_KIND:
                kept.append(row)
        return found

    def counts(self) -> dict[str, Any]:
        """As plain values, to be kept; `report_of` makes a report of them again."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "deficient": self.deficient,
            "already": self.already,
            "noes": dict(self.noes),
            "refused": dict(self.refused),
            "grades": dict(self.grades),
            "why_deficient": dict(self.why_deficient),
            "examples": [[r.line, r.reason, r.kind] for rows in self.examples.values() for r in rows],
        }


def report_of(kept: Mapping[str, Any]) -> ImportReport:
    """The report that `counts` was made from, with the examples that were kept."""
    return ImportReport(
        rows=kept.get("rows", 0),
        imported=kept.get("imported", 0),
        deficient=kept.get("deficient", 0),
        already=kept.get("already", 0),
        noes=Counter(kept.get("noes", {})),
        refused=Counter(kept.get("refused", {})),
        grades=Counter(kept.get("grades", {})),
        why_deficient=Counter(kept.get("why_deficient", {})),
        refusals=[RefusedRow(line, reason, kind) for line, reason, kind in kept.get("examples", [])],
    )
