"""Write docs/compliance.md: each requirement, its source, the tests that hold it, and what is left to others.

The requirements are docs/compliance/requirements.toml. A test names those that it holds by a mark,
`@pytest.mark.holds("U-01")`. With `--check` nothing is written, and the exit status
is 1 when the page is not what it should be.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "compliance.md"
REQUIREMENTS = PROJECT / "docs" / "compliance" / "requirements.toml"
HEAD = """\
# Compliance

Made by `make compliance` from `docs/compliance/requirements.toml` and the marks of the tests. A requirement without a
test says so. The rows are those that are built; what is not here yet is not claimed.
"""


def marks() -> dict[str, list[str]]:
    """Id of a requirement to the tests that hold it, each as `tests/file.py::test_name`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((PROJECT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for name in _held(node):
                    found[name].append(f"{path.relative_to(PROJECT)}::{node.name}")
    return found


def _held(node: ast.FunctionDef) -> Iterator[str]:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.holds":
            yield from (word.value for word in mark.args if isinstance(word, ast.Constant))  # type: ignore[misc]


def page() -> str:
    """The page as it should be. Raises ValueError for a mark that names no requirement."""
    groups = tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))["group"]
    held = marks()
    known = {row["id"] for group in groups for row in group["row"]}
    if strange := sorted(set(held) - known):
        raise ValueError(
            f"{held[strange[0]][0]} holds {strange[0]}, which {REQUIREMENTS.name} does not have."
        )
    lines = [HEAD]
    for group in groups:
        lines += [
            f"## {group['title']}\n",
            "| | | what | source | tests | left |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(row, held.get(row["id"], [])) for row in group["row"]]
        lines.append("")
    return "\n".join(lines)


def _row(row: dict[str, str], tests: list[str]) -> str:
    shown = "<br>".join(f"`{test}`" for test in tests) or "**none**"
    return f"| {row['id']} | {row['level']} | {row['says']} | {row['source']} | {shown} | {row.get('left', '')} |"


def main(words: list[str]) -> int:
    wanted = page()
    if words == ["--check"]:
        same = PAGE.exists() and PAGE.read_text(encoding="utf-8") == wanted
        print(
            "docs/compliance.md is as it should be."
            if same
            else "Run `make compliance`: the page is out of date."
        )
        return 0 if same else 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
