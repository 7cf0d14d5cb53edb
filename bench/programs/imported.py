"""Import a list of so many people into an empty database, by the command's own action.

python -m bench.programs.imported ROWS

One in a hundred cannot be used, one in a hundred stands there twice, and one in fifty has unsubscribed. Prints how long
each part took, and the most memory that the process had.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import django
from django.db import connection

django.setup()

from bench.measured import cpu_seconds  # noqa: E402
from bench.processes import backend_cpu_seconds  # noqa: E402
from pipeline.actions.import_file import import_file  # noqa: E402
from pipeline.actions.prepare_database import prepare_database  # noqa: E402
from pipeline.actions.survey_list import ImportOptions, tell_nobody  # noqa: E402
from pipeline.gateways import clock  # noqa: E402
from pipeline.settings import current  # noqa: E402
from pipeline.store import consent  # noqa: E402

HEADER = "email,first_name,status,opted_in_at\r\n"
LIST = "weekly_health_email"
DOMAINS = ("readers.test", "mail.test", "post.example", "letters.example")


def write(path: Path, rows: int) -> None:
    """As a tool would: in no order, so that the database's indexes are met at random."""
    with path.open("w", newline="") as file:
        file.write(HEADER)
        for n in range(rows):
            who = n * 7_919 % rows
            if n % 100 == 50:
                file.write(f"reader {who},Ada,subscribed,2026-11-02 09:00:00\r\n")
            elif n % 100 == 99:
                twin = (n - 1) * 7_919 % rows
                file.write(f"Reader{twin}@{DOMAINS[twin % 4]},Ada,subscribed,2026-11-02 09:00:00\r\n")
            else:
                said = "unsubscribed" if n % 50 == 7 else "subscribed"
                file.write(f'reader{who}@{DOMAINS[who % 4]},"Ada, {n % 97}",{said},2026-11-02 09:00:00\r\n')


def main(rows: int) -> None:
    now = clock.now()
    prepare_database(now)
    path = current().data_dir / "list.csv"
    write(path, rows)
    [shown] = [each for each in consent.current_notices(now.date()) if each.purpose == LIST]
    options = ImportOptions(LIST, "made for the benchmark", f"{shown.notice_id}:{shown.version}")
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    backend = connection.connection.info.backend_pid
    used, theirs, began = cpu_seconds(), backend_cpu_seconds(backend), time.monotonic()
    rehearsed = import_file(path, options, "bench", now, dry_run=True, tell=tell_nobody).report
    checked = time.monotonic()
    report = import_file(path, options, "bench", now, tell=tell_nobody).report
    ended = time.monotonic()
    if report.counts() != rehearsed.counts() or report.rows != rows or not report.imported:
        sys.exit(f"the dry run said {rehearsed.counts()} and the import {report.counts()}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM subscription WHERE status = 'given'")
        if (found := cursor.fetchone()[0]) != report.imported:
            sys.exit(f"{found} are on the list, and {report.imported} were imported")
    facts = {
        "rows": rows,
        "imported": report.imported,
        "bytes": path.stat().st_size,
        "dry_run_seconds": checked - began,
        "seconds": ended - checked,
        "cpu": cpu_seconds() - used,
        "cpu_database": backend_cpu_seconds(backend) - theirs,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    path.unlink()
    print(json.dumps(facts))


if __name__ == "__main__":
    main(int(sys.argv[1]))
