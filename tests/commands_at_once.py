"""Several commands of `rounds` in one process: most of the time of a short one is its start."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

from pipeline.settings import PROJECT

RUN = """
import json, sys
from pipeline.cli.main import cli
for arguments in json.loads(sys.argv[1]):
    cli(arguments, prog_name="rounds", standalone_mode=False)
"""


def run_all(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> str:
    """Run them in order; what they said, all together. Fails with what the first that failed had to say."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(commands)],
        cwd=PROJECT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
