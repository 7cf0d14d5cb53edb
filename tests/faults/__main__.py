"""Run the judge: `python -m tests.faults [--rows C1.02,C3.*] [--size short] [--seed 7] [--no-mutants]`.

Prints a line for each row of the catalogue, then the mutants, and writes `latest.json` beside this file. Ends with
status 1 if any promise was broken or any mutant got through. `--soak MINUTES` runs the random storm in place of rows.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import platform
import secrets
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.faults import rows as _rows  # noqa: F401 - registers the rows
from tests.faults.mutants import MUTANTS
from tests.faults.soak import soak
from tests.faults.trial import ROWS, SIZES, Result, Row, as_mapping, attempt
from tests.faults.world import Cluster

LATEST = Path(__file__).with_name("latest.json")
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


def judge_mutants(cluster: Cluster, names: list[str], seed: int) -> dict[str, list[str]]:
    """For each mutant, what its trial found broken: nothing is a mutant that got through."""
    found = {}
    for name in names:
        mutant = MUTANTS[name]
        trial = attempt(cluster, ROWS[mutant.trial], size=1.0, seed=seed, mutant=name)
        broken = trial.result.broken
        found[name] = broken
        outcome = "caught" if broken else "NOT CAUGHT"
        if trial.result.failed and not broken:
            print(f"       {trial.result.failed}", flush=True)
        print(f"{name:28} {outcome:10} by {mutant.trial} in {trial.result.seconds:.1f} s", flush=True)
        print(f"       {broken[0] if broken else mutant.why}", flush=True)
    return found


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
    given = ask.parse_args()
    seed = given.seed if given.seed is not None else secrets.randbelow(1_000_000)
    folder = Path(tempfile.mkdtemp(prefix="rounds-judge-"))
    folder.chmod(0o755)
    began = time.monotonic()
    results: list[Result] = []
    mutants: dict[str, list[str]] = {}
    print(f"seed {seed}", flush=True)
    print(HEAD, flush=True)
    try:
        with Cluster(folder) as cluster:
            if given.soak:
                for found in soak(cluster, given.soak * 60, seed):
                    results.append(found)
                    print(line(found), flush=True)
            elif given.mutants is None or given.rows:
                for each in chosen(given.rows):
                    found = attempt(cluster, each, size=SIZES[given.size], seed=seed).result
                    results.append(found)
                    print(line(found), flush=True)
            if not (given.no_mutants or given.soak or (given.rows and given.mutants is None)):
                names = given.mutants.split(",") if given.mutants else list(MUTANTS)
                mutants = judge_mutants(cluster, names, seed)
    finally:
        told = summary(results, mutants, seed, time.monotonic() - began)
        LATEST.write_text(json.dumps(told, indent=1, default=str) + "\n")
        if given.keep:
            print(f"kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print({name: told[name] for name in list(told)[:16]})
    return 1 if told["broken"] or told["mutants_not_caught"] else 0


if __name__ == "__main__":
    sys.exit(main())
