"""What this host remembers of a database, outside that database (delivery.md B8).

One file for each database, `fence/<its uid>`, in the data folder. It holds the counters that the database had reached
when somebody of this host last looked, so that an older copy is known as one. It also names its own inode and the
machine: a data folder that was copied, with or without the database in it, is known as a copy.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from pipeline.core.delivery.fence import Counters
from pipeline.core.errors import Unavailable

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Mark:
    """What the file says. `host` is this data folder's secret mark, which the database knows too.

    `ours`: it was written here, by this machine, and not copied. `joining`: it was written before the database was
    told of it, and who wrote it may have died before the database heard.
    """

    host: str
    counters: Counters
    ours: bool = True
    joining: bool = False


class Unreadable(Unavailable):
    """There is a file, and nobody can say what it means."""


def new_mark(counters: Counters) -> Mark:
    """Of a host that joins. Written before the database is told, so that nobody is a stranger to himself who died
    between the two.
    """
    return Mark(secrets.token_hex(16), counters, joining=True)


def read(folder: Path, instance: UUID) -> Mark | None:
    """What is remembered of a database; None where this host has never sent from it. Raises Unreadable."""
    path = folder / str(instance)
    try:
        with path.open("rb") as file:
            about, content = os.fstat(file.fileno()), file.read(64 * 1024)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read ({error.strerror}).") from error
    try:
        said = json.loads(content)
        if said["format"] != FORMAT or said["instance"] != str(instance):
            raise ValueError
        counters = Counters(**{name: int(number) for name, number in said["counters"].items()})
        ours = said["inode"] == about.st_ino and said["machine"] == machine()
        return Mark(str(said["host"]), counters, ours, said.get("joining") is True)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable(f"{path} is damaged.") from None


def write(folder: Path, instance: UUID, mark: Mark) -> None:
    """Remember. Whole or not at all, and on the disk. Raises Unavailable."""
    path = folder / str(instance)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file, fresh = tempfile.mkstemp(dir=folder, prefix=".")
        try:
            said = {
                "format": FORMAT,
                "instance": str(instance),
                "host": mark.host,
                "machine": machine(),
                "inode": os.fstat(file).st_ino,
                "counters": asdict(mark.counters),
                "joining": mark.joining,
            }
            os.write(file, json.dumps(said).encode())
            os.fsync(file)
            Path(fresh).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(fresh).unlink()
            raise
        finally:
            os.close(file)
        _sync(folder)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written ({error.strerror}). Nothing is sent without it: make the data folder writable."
        ) from error


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """One process of this host at a time reads, compares and writes."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
    except OSError as error:
        raise Unavailable(
            f"{folder} cannot be written ({error.strerror}). Nothing is sent without it: make the data folder writable."
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def machine() -> str:
    """The name that this installation of the operating system gave itself; empty where it gave none."""
    for place in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        with suppress(OSError, UnicodeDecodeError):
            return Path(place).read_text().strip()
    return ""


def _sync(folder: Path) -> None:
    """A name is on the disk when its folder is."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
