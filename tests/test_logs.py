"""What the programs log goes to standard error, one line each, and names no token."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SAY = """
import os, structlog, django
{start}
log = structlog.get_logger()
log.warning("bell.not_rung", place="POST /u/AbCdEf123?to=ada@readers.test \\nforged")
"""
STARTS = {
    "a command": "from pipeline.cli.main import _set_django_up; _set_django_up()",
    "the worker": "import worker; worker.app.log.setup(); django.setup()",
    "the web server": "import pipeline.web.wsgi",
}


@pytest.mark.parametrize("start", STARTS)
def test_a_log_line_goes_to_standard_error_masked_and_in_one_line(start):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "pipeline.settings"}
    said = subprocess.run(
        [sys.executable, "-c", SAY.format(start=STARTS[start])],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=True,
    )
    assert said.stdout == ""
    [line] = [line for line in said.stderr.splitlines() if "bell.not_rung" in line]
    assert line.endswith("forged'")
    assert "AbCdEf123" not in line
    assert "ada@" not in line
