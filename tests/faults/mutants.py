"""Our own code, broken on purpose. A judge that does not notice has proved nothing about the code that is not.

A mutant is a set of replacements in one module's source, made while a test process imports it; nothing on disk
changes. A text that is no longer there stops the run: the mutant must be written anew, not forgotten.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


@dataclass(frozen=True)
class Change:
    """In `module`, `old` becomes `new`, everywhere that it stands. It must stand somewhere."""

    module: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """`trial` names the run of `trials.py` that must find it; `verdicts` are those that may speak up."""

    name: str
    why: str
    trial: str
    changes: tuple[Change, ...]


SENDING = "pipeline.store.sending"

MUTANTS: dict[str, Mutant] = {}


def mutant(name: str, why: str, trial: str, *changes: Change) -> None:
    MUTANTS[name] = Mutant(name, why, trial, changes)


class MutantError(Exception):
    """A mutant that does not fit the code any more."""


def install(names: str) -> None:
    """Put mutants, separated by commas, in the way of all imports that follow."""
    changes = [change for name in names.split(",") for change in MUTANTS[name].changes]
    loaded = [change.module for change in changes if change.module in sys.modules]
    if loaded:
        raise MutantError(f"{loaded[0]} was imported before its mutant")
    sys.meta_path.insert(0, _Finder(changes))


def mutated(source: str, changes: Sequence[Change]) -> str:
    """The source with the changes made."""
    for change in changes:
        if change.old not in source:
            raise MutantError(f"{change.module} no longer says: {change.old.strip()[:120]}")
        source = source.replace(change.old, change.new)
    return source


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        own = [change for change in self.changes if change.module == fullname]
        if not own:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None:
            raise MutantError(f"there is no module {fullname}")
        spec.loader = _Loader(spec.origin, own)
        return spec


class _Loader(importlib.abc.InspectLoader):
    def __init__(self, path: str, changes: Sequence[Change]) -> None:
        self.path, self.changes = path, changes

    def get_source(self, fullname: str) -> str:
        with open(self.path, encoding="utf-8") as file:  # noqa: PTH123
            return mutated(file.read(), self.changes)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.get_source(module.__name__), self.path, "exec"), module.__dict__)
