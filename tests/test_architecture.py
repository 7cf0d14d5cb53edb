"""The rules that keep the shape: who may import whom, and where the clock and the tables may be touched."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PIPELINE = ROOT / "pipeline"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts)


def _uses_of(names: set[str], path: Path) -> list[str]:
    """Where `something.name` is written in a file, as `file:line`."""
    tree = ast.parse(path.read_text(), filename=str(path))
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in names
    ]


def test_only_the_store_queries_tables() -> None:
    found = [
        place
        for path in _files(PIPELINE)
        if "store" not in path.relative_to(PIPELINE).parts[:1]
        for place in _uses_of({"objects"}, path)
    ]
    assert not found, f"Ask a function of pipeline/store instead of .objects: {found}"


def test_core_never_asks_what_time_it_is() -> None:
    found = [
        place for path in _files(PIPELINE / "core") for place in _uses_of({"now", "today", "utcnow"}, path)
    ]
    assert not found, f"Take `now` as an argument: {found}"


def test_no_file_is_a_drawer_for_anything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "misc", "common"}
    found = [
        str(path.relative_to(ROOT))
        for folder in (PIPELINE, ROOT / "tests")
        for path in [*folder.rglob("*.py"), *folder.rglob("*/")]
        if path.stem in drawers
    ]
    assert not found, f"Name a file for what it knows or does: {found}"


def test_every_import_obeys_the_contracts() -> None:
    run = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    "source", ["import datetime\ndatetime.datetime.now()\n", "Subscriber.objects.all()\n"]
)
def test_the_rules_see_what_they_forbid(tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    guilty = tmp_path / "guilty.py"
    guilty.write_text(source)
    assert _uses_of({"now", "objects"}, guilty)
