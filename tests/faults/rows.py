"""The rows of the catalogue that send, by number (delivery.md, C1 to C7): those of every module `rows_of_*.py`."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from tests.faults import trials  # noqa: F401

for _module in sorted(Path(__file__).parent.glob("rows_of_*.py")):
    import_module(f"tests.faults.{_module.stem}")
