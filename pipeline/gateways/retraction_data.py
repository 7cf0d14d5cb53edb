"""The table of retractions, a CSV file that the operator downloads: read row by row, since it has tens of thousands."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.core.content.references.retractions import NEEDED
from pipeline.core.errors import BadInput


def rows(path: Path) -> Iterator[Mapping[str, str | None]]:
    """Each row by its column. BadInput names the file and the line, also where a column that is needed is not there.

    The bound on a field is that of `csv`, 131,072 characters: to move it would move it for every list of the process.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            table = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (table.fieldnames or ())]
            if missing:
                raise BadInput(
                    f"The table of retractions has no column {', '.join(missing)}. Download it again, or mend "
                    "ROUNDS_RETRACTIONS.",
                    place=str(path),
                    line=1,
                )
            try:
                yield from table
            except csv.Error as error:
                raise BadInput(
                    f"The table of retractions cannot be read here ({error}). Download it again.",
                    place=str(path),
                    line=table.line_num,
                ) from error
    except OSError as error:
        raise BadInput(
            f"The table of retractions cannot be read ({error.strerror}). See ROUNDS_RETRACTIONS.",
            place=str(path),
        ) from error
