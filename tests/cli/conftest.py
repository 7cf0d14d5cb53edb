"""The command in this process, on a content folder of the test's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

# Nothing of `pipeline` is imported up here: this file may be read before the settings point at the test's data.
PROJECT = Path(__file__).resolve().parents[2]
Rounds = Callable[..., Result]
Told = Callable[..., Any]


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the content folder, which the settings point at."""
    from pipeline.settings import current

    copy = tmp_path / "content"
    shutil.copytree(PROJECT / "content", copy)
    monkeypatch.setenv("ROUNDS_CONTENT_DIR", str(copy))
    current.cache_clear()
    yield copy
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def rounds(content: Path, monkeypatch: pytest.MonkeyPatch) -> Rounds:
    """Run `rounds ARGUMENTS`; what it prints on each channel is kept apart. A bug keeps its traceback."""
    from pipeline.cli.main import cli

    # The test's transaction lives on the connection that a command closes when it ends.
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)

    return run


@pytest.fixture
def told(rounds: Rounds) -> Told:
    """Run a command with `--json` that must succeed, and read its answer."""

    def run(*arguments: object) -> Any:
        result = rounds(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return run


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file under a folder with its bytes, to show that nothing was written."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
