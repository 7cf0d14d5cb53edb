"""The command `rounds`: sentences and status 2 for what a person can put right."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import pipeline
from pipeline.settings import PROJECT


def rounds(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_version_is_the_packages() -> None:
    assert rounds("--version").stdout == f"rounds, version {pipeline.__version__}\n"


def test_help_lists_every_command_with_what_it_does() -> None:
    told = rounds("--help")
    assert told.returncode == 0
    for name in ("inbox", "migrate", "run", "web"):
        assert f"  {name} " in told.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["nosuch"], {}, "No such command 'nosuch'"),
        (["web", "--port", "70000"], {}, "'--port'"),
        (["migrate"], {"ROUNDS_TICK_SECONDS": "0"}, "ROUNDS_TICK_SECONDS: '0' is out of range"),
        (
            ["migrate"],
            {"DATABASE_URL": "postgresql://ada@127.0.0.1:1/rounds"},
            "does not answer at 127.0.0.1:1",
        ),
    ],
)
def test_what_cannot_work_is_told_in_a_sentence_with_status_2(
    arguments: list[str], environment: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    told = rounds(*arguments, ROUNDS_DATA_DIR=str(tmp_path), **environment)
    assert told.returncode == 2
    assert sentence in told.stderr
    assert "Traceback" not in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize("command", ["web", "run", "inbox"])
def test_a_port_in_use_stops_a_server_before_it_starts_anything(command: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        told = rounds(command, "--port", str(port), ROUNDS_DATA_DIR=str(tmp_path))
    assert told.returncode == 2
    assert f"Port {port} on 127.0.0.1 is in use." in told.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_database_is_prepared_once(tmp_path: Path) -> None:
    first = rounds("migrate", "--json", ROUNDS_DATA_DIR=str(tmp_path))
    assert "store.0001_initial" in json.loads(first.stdout)["applied"]
    again = rounds("migrate", "--json", ROUNDS_DATA_DIR=str(tmp_path))
    assert json.loads(again.stdout)["applied"] == []
    assert not (tmp_path / "postgres" / "postmaster.pid").exists(), "the server stopped with the last command"
