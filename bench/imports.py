"""What it costs to bring in a list: rows a second, and whether the memory knows how long the list is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench.cluster import Database, run_program
from bench.work import Work

Tell = Callable[[str], None]


def imports(work: Work, sizes: Sequence[int], tell: Tell) -> dict[str, Any]:
    """By number of rows: seconds of the dry run and of the import, and the peak memory of the process."""
    found = {}
    for size in sorted(sizes):
        tell(f"importing a list of {size:,}")
        database = Database(work.cluster, f"imported_{size}")
        work.cluster.execute(f"CREATE DATABASE {database.name}")
        facts = run_program("imported", size, environment=database.environment())
        work.cluster.execute(f"DROP DATABASE {database.name} WITH (FORCE)")
        found[str(size)] = {
            **facts,
            "rows_per_second": round(size / facts["seconds"]),
            "dry_run_rows_per_second": round(size / facts["dry_run_seconds"]),
        }
    return found


def lines(found: dict[str, Any]) -> Iterator[str]:
    """For a terminal."""
    if not found:
        return
    yield "\nImporting a list"
    yield f"  {'rows':>12} {'rows/s':>9} {'dry run/s':>10} {'seconds':>9} {'MB file':>9} {'peak MB':>9}"
    for size, each in found.items():
        yield (
            f"  {int(size):12,} {each['rows_per_second']:9,} {each['dry_run_rows_per_second']:10,}"
            f" {each['seconds']:9.1f} {each['bytes'] / 1e6:9.1f} {each['rss_mb']:9.1f}"
        )
