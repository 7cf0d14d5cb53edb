"""The lock files: they name what pyproject.toml asks for, with hashes, and no address of any index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"]
DEV = RUN + PROJECT["dependency-groups"]["dev"]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _asked(requirement: str) -> tuple[str, list[tuple[str, tuple[int, ...]]]]:
    """`psycopg[binary]>=3.3,<4` as its name and its bounds."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name
    bounds = re.findall(r"(>=|<)\s*([\d.]+)", requirement)
    return _normal(name.group()), [(sign, _numbers(version)) for sign, version in bounds]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _locked(lock: str) -> dict[str, str]:
    return {
        _normal(name): version
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("lock", "requirements"), [("requirements.lock", RUN), ("requirements-dev.lock", DEV)]
)
def test_a_lock_agrees_with_what_the_project_asks_for(lock: str, requirements: list[str]) -> None:
    locked = _locked(lock)
    for requirement in requirements:
        name, bounds = _asked(requirement)
        assert name in locked, f"{lock} lacks {name}: run `make lock`"
        for sign, bound in bounds:
            version = _numbers(locked[name])
            assert version >= bound if sign == ">=" else version < bound, f"{name} in {lock}: run `make lock`"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_of_a_lock_has_a_hash(lock: str) -> None:
    blocks = re.split(r"^(?=\S)", (ROOT / lock).read_text(), flags=re.MULTILINE)
    packages = [block for block in blocks if block.strip()]
    assert len(packages) > 40
    assert not [block.split()[0] for block in packages if "--hash=sha256:" not in block]


@pytest.mark.parametrize(
    "lock", ["requirements.lock", "requirements-dev.lock", "tools/email-checks/package-lock.json"]
)
def test_a_lock_holds_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--(index|extra-index|find-links|trusted)", text, re.MULTILINE)


def test_running_and_developing_use_the_same_versions() -> None:
    developing = _locked("requirements-dev.lock")
    assert {name: developing.get(name) for name in _locked("requirements.lock")} == _locked(
        "requirements.lock"
    )
