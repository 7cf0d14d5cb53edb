"""Run the judge: `python -m tests.faults [--rows C1.02,C3.*] [--size short] [--seed 7] [--no-mutants]`.

Prints a line for each row of the catalogue, then the mutants, and writes `latest.json` beside this file. Ends with
status 1 if any promise was broken or any mutant got through. `--soak MINUTES` runs the random storm in place of rows,
and writes `soak.json`.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import platform
import secrets
import shutil
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults import stopping
from tests.faults.at_once import Job, at_once
from tests.faults.mutants import MUTANTS
from tests.faults.soak import KEPT, soak
from tests.faults.trial import ROWS, SIZES, Result, Row, as_mapping
from tests.faults.world import Cluster

LATEST = Path(__file__).with_name("latest.json")
# Rows that measure moments: nothing else is to run beside them.
ALONE = ("C5.54", "C6.59", "C6.60", "C6.62", "C6.63", "C6.64")
HEAD = (
    f"{'row':6} {'fault':44} {'mails':>6} {'kills':>5} {'db':>3} {'lost':>4} {'dup':>4} {'doubt':>5} "
    f"{'late':>4} {'phan':>4} {'stuck':>5} {'count':>5} {'s':>6}"
)


def line(found: Result) -> str:
    if found.skipped:
        return f"{found.row:6} {found.fault[:44]:44} skipped: {found.skipped}"
    text = (
        f"{found.row:6} {found.fault[:44]:44} {found.messages:6} {found.kills:5} {found.crashes:3} {found.lost:4} "
        f"{found.duplicated:4} {found.ambiguous:5} {found.after_unsubscribe:4} {found.phantom:4} {found.stuck:5} "
        f"{found.miscounted:5} {found.seconds:6.1f}"
    )
    told = [*found.broken, *([found.failed] if found.failed else [])]
    return "\n".join([text, *(f"       BROKEN {sentence}" for sentence in told)])


def chosen(patterns: str) -> list[Row]:
    wanted = [p for p in patterns.split(",") if p]
    return [
        found
        for number, found in sorted(ROWS.items())
        if any(fnmatch.fnmatch(number, p) for p in wanted) or (not wanted and not found.slow)
    ]


def mutant_line(name: str, found: Result) -> str:
    mutant = MUTANTS[name]
    told = [
        f"{name:28} {'caught' if found.broken else 'NOT CAUGHT':10} by {mutant.trial} in {found.seconds:.1f} s",
        f"       {found.broken[0] if found.broken else mutant.why}",
    ]
    if found.failed and not found.broken:
        told.append(f"       {found.failed}")
    return "\n".join(told)


def summary(
    results: list[Result], mutants: dict[str, list[str]], seed: int, seconds: float
) -> dict[str, object]:
    ran = [r for r in results if not r.skipped]

    def total(name: str) -> int:
        return sum(getattr(r, name) for r in ran)

    return {
        "classes": len(ran),
        "messages": total("messages"),
        "kills": total("kills"),
        "database_crashes": total("crashes"),
        "lost": total("lost"),
        "duplicated": total("duplicated"),
        "ambiguous": total("ambiguous"),
        "after_unsubscribe": total("after_unsubscribe"),
        "phantom": total("phantom"),
        "stuck": total("stuck"),
        "miscounted": total("miscounted"),
        "mutants": len(mutants),
        "mutants_caught": sum(bool(broken) for broken in mutants.values()),
        "presumed": total("presumed"),
        "presumed_absent": total("presumed_absent"),
        "unsubscribes": total("unsubscribes"),
        "broken": {r.row: [*r.broken, r.failed] for r in ran if not r.good},
        "skipped": {r.row: r.skipped for r in results if r.skipped},
        "mutants_not_caught": [name for name, broken in mutants.items() if not broken],
        "seed": seed,
        "seconds": round(seconds, 1),
        "machine": f"{platform.machine()} {platform.system()} {platform.release()}, Python {platform.python_version()}",
        "rows": [as_mapping(r) for r in results],
    }


def main() -> int:
    ask = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    ask.add_argument(
        "--rows", default="", help="numbers or patterns, with commas; all of the short form by default"
    )
    ask.add_argument("--size", choices=sorted(SIZES), default="short")
    ask.add_argument("--seed", type=int, default=None)
    ask.add_argument("--mutants", default=None, help="names, with commas; all by default")
    ask.add_argument("--no-mutants", action="store_true")
    ask.add_argument("--soak", type=float, metavar="MINUTES")
    ask.add_argument("--keep", action="store_true", help="keep the folder of the worlds")
    ask.add_argument("--jobs", type=int, default=3, help="rows at a time")
    given = ask.parse_args()
    seed = given.seed if given.seed is not None else secrets.randbelow(1_000_000)
    folder = Path(tempfile.mkdtemp(prefix="rounds-judge-"))
    folder.chmod(0o755)
    print(f"seed {seed}", flush=True)
    # The many processes of a run read our modules and those of others compiled; the folder goes with the run.
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    stopping.listen()
    try:
        return storms(folder, given.soak * 60, seed) if given.soak else catalogue(folder, given, seed)
    except stopping.Stopped as stopped:
        print(f"stopped by {stopped}")
        return stopped.status
    finally:
        stopping.sweep()
        if given.keep:
            print(f"kept in {folder}")
        else:
            clear(folder)


def clear(folder: Path) -> None:
    """Remove it, though a thread of a storm that was broken off may write into it for a moment."""
    deadline = time.monotonic() + 10
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.1)


def storms(folder: Path, seconds: float, seed: int) -> int:
    print(HEAD, flush=True)
    so_far: dict[str, Any] = {"seed": seed, "worlds": 0, "broken": {"nothing": "no world came to its end"}}
    try:
        with Cluster(folder) as cluster, closing(soak(cluster, seconds, seed)) as storm:
            for found, so_far in storm:
                print(line(found), flush=True)
                print(
                    f"       so far: {so_far['minutes']} min, {so_far['kills']} kills,"
                    f" {so_far['database_crashes']} crashes of PostgreSQL, {so_far['messages']} messages,"
                    f" {so_far['lost']} lost, {so_far['duplicated']} twice, {so_far['ambiguous']} in doubt",
                    flush=True,
                )
    finally:
        KEPT.write_text(json.dumps(so_far, indent=1, default=str) + "\n")
        print(json.dumps(so_far, indent=1, default=str), flush=True)
    return 1 if so_far["broken"] else 0


def catalogue(folder: Path, given: argparse.Namespace, seed: int) -> int:
    began = time.monotonic()
    results: list[Result] = []
    mutants: dict[str, list[str]] = {}
    asked = {r.number: r for r in chosen(given.rows)} if given.mutants is None or given.rows else {}
    names = given.mutants.split(",") if given.mutants else list(MUTANTS)
    if given.no_mutants or (given.rows and given.mutants is None):
        names = []
    jobs = [Job(number, SIZES[given.size], seed) for number in asked]
    jobs += [Job(MUTANTS[name].trial, 1.0, seed, name) for name in names]
    alone = [job for job in jobs if job.row.startswith(ALONE) and not job.mutant]
    print(HEAD, flush=True)
    try:
        for some, processes in (([job for job in jobs if job not in alone], given.jobs), (alone, 1)):
            with closing(at_once(some, processes, folder / str(processes))) as running:
                for job, found in running:
                    if job.mutant:
                        mutants[job.mutant] = found.broken
                        print(mutant_line(job.mutant, found), flush=True)
                    else:
                        results.append(found)
                        print(line(found), flush=True)
    finally:
        results.sort(key=lambda r: r.row)
        told = summary(results, mutants, seed, time.monotonic() - began)
        LATEST.write_text(json.dumps(told, indent=1, default=str) + "\n")
        print({name: told[name] for name in list(told)[:16]})
        print(f"{told['seconds']:.0f} s", flush=True)
    whole = len(results) + len(mutants) == len(jobs)
    return 1 if told["broken"] or told["mutants_not_caught"] or not whole else 0


if __name__ == "__main__":
    sys.exit(main())
