"""A goodbye that was acknowledged is on the disk, whole, and applied once; what is not whole is never taken for one."""

from __future__ import annotations

import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from pipeline.core.errors import Unavailable
from pipeline.gateways import spool


def kept(folder: Path) -> list[int]:
    with spool.taken(folder) as parts:
        assert parts is not None
        found = [record["n"] for part in parts for record in part.records]
        for part in parts:
            spool.applied(part)
    return found


def test_what_was_added_is_there_once_and_in_order(tmp_path):
    folder = tmp_path / "spool"
    assert not spool.waiting(folder)
    for n in range(3):
        spool.add(folder, {"n": n, "said": "auf Wiedersehen, größe ✓"})
    assert spool.waiting(folder)
    assert kept(folder) == [0, 1, 2]
    assert not spool.waiting(folder)
    assert kept(folder) == []


def test_it_is_for_its_owner_alone(tmp_path):
    spool.add(tmp_path / "spool", {"n": 1})
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "spool" / "goodbyes").stat().st_mode & 0o777 == 0o600


def test_what_was_taken_by_somebody_who_died_is_taken_again(tmp_path):
    spool.add(tmp_path, {"n": 1})
    with spool.taken(tmp_path):
        pass  # and not applied
    spool.add(tmp_path, {"n": 2})
    assert spool.waiting(tmp_path)
    assert kept(tmp_path) == [1, 2]


def test_one_applies_and_a_second_leaves(tmp_path):
    spool.add(tmp_path, {"n": 1})
    with spool.taken(tmp_path) as first, spool.taken(tmp_path) as second:
        assert first is not None
        assert second is None


def test_a_line_that_a_crash_cut_short_was_never_acknowledged(tmp_path):
    spool.add(tmp_path, {"n": 1})
    with (tmp_path / "goodbyes").open("ab") as file:
        file.write(b'0badcafe {"n":')
    with spool.taken(tmp_path) as parts:
        [part] = parts
        assert ([record["n"] for record in part.records], part.damage) == ([1], 0)
        assert spool.applied(part) is None


def test_a_goodbye_after_a_line_cut_short_is_whole(tmp_path):
    spool.add(tmp_path, {"n": 1})
    with (tmp_path / "goodbyes").open("ab") as file:
        file.write(b'0badcafe {"n":')
    spool.add(tmp_path, {"n": 2})
    with spool.taken(tmp_path) as parts:
        assert [record["n"] for record in parts[0].records] == [1, 2]


@pytest.mark.parametrize("at", range(0, 40, 3))
def test_a_bit_that_turned_is_told_and_the_file_laid_aside(tmp_path, at):
    for n in (1, 2, 3):
        spool.add(tmp_path, {"n": n, "event": "0123456789abcdef0123456789abcdef"})
    path = tmp_path / "goodbyes"
    whole = bytearray(path.read_bytes())
    whole[at] ^= 4
    path.write_bytes(whole)
    with spool.taken(tmp_path) as parts:
        [part] = parts
        assert [record["n"] for record in part.records] == [2, 3]
        assert part.damage == 1
        aside = spool.applied(part)
    assert aside is not None
    assert aside.read_bytes() == bytes(whole)
    assert not spool.waiting(tmp_path)


def test_where_nothing_can_be_kept_it_says_so(tmp_path):
    (tmp_path / "goodbyes").mkdir()
    with pytest.raises(Unavailable, match="could not be kept"):
        spool.add(tmp_path, {"n": 1})


@pytest.mark.parametrize("fails", ["write", "fdatasync"])
def test_a_full_disk_leaves_no_half_of_a_goodbye(tmp_path, monkeypatch, fails):
    spool.add(tmp_path, {"n": 1})
    before = (tmp_path / "goodbyes").read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, fails, full)
        with pytest.raises(Unavailable, match="No space left on device"):
            spool.add(tmp_path, {"n": 2})
    assert (tmp_path / "goodbyes").read_bytes() == before
    spool.add(tmp_path, {"n": 3})
    assert kept(tmp_path) == [1, 3]


def test_a_spool_has_a_largest_size(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "LARGEST", 40)
    spool.add(tmp_path, {"n": 1})
    with pytest.raises(Unavailable, match="it is full"):
        spool.add(tmp_path, {"n": 2, "more": "x" * 40})
    assert kept(tmp_path) == [1]


def add_many(folder: Path, first: int) -> None:
    for n in range(first, first + 50):
        spool.add(folder, {"n": n})


def test_many_processes_add_while_somebody_applies_and_none_is_lost_or_doubled(tmp_path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=add_many, args=(tmp_path, 50 * n)) for n in range(3)]
    found: list[int] = []
    done = threading.Event()

    def apply() -> None:
        while not done.is_set() or spool.waiting(tmp_path):
            found.extend(kept(tmp_path))

    applier = threading.Thread(target=apply)
    applier.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    done.set()
    applier.join(60)
    assert sorted(found) == list(range(150))
