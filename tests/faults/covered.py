"""Rows that an ordinary test covers wholly: the test is run, and the row has its verdict."""

from __future__ import annotations

import subprocess
import sys

from pipeline.settings import PROJECT
from tests.faults.trial import Trial


def covered_by(trial: Trial, *tests: str, seconds: float = 300) -> None:
    """Run tests, given as `tests/...::test_name`, in one process of their own. Each must run, and pass."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-rA", "--no-header", *tests],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    told = ran.stdout.splitlines()
    for test in tests:
        passed = any(line.startswith(f"PASSED {test}") for line in told)
        failed = any(line.startswith((f"FAILED {test}", f"ERROR {test}")) for line in told)
        trial.expect(passed and not failed, f"{test} did not pass; {told[-1] if told else ran.stderr[-200:]}")
