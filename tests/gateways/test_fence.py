"""The mark that a host keeps of a database: whole, its own, and known as a copy when it is one."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.core.delivery.fence import Counters
from pipeline.core.errors import Unavailable
from pipeline.gateways import fence
from pipeline.gateways.fence import Unreadable

UID = uuid4()
COUNTERS = Counters(epoch=1, pulse=2, delivery=3, consent=4)


def test_what_was_written_is_read_again_and_is_ours(tmp_path: Path) -> None:
    assert fence.read(tmp_path / "fence", UID) is None
    mark = fence.new_mark(COUNTERS)
    fence.write(tmp_path / "fence", UID, mark)
    assert fence.read(tmp_path / "fence", UID) == mark
    assert fence.read(tmp_path / "fence", uuid4()) is None


def test_a_copy_is_not_ours_however_it_was_made(tmp_path: Path) -> None:
    folder = tmp_path / "fence"
    fence.write(folder, UID, fence.new_mark(COUNTERS))
    shutil.copytree(folder, tmp_path / "clone")
    copied = fence.read(tmp_path / "clone", UID)
    assert copied is not None
    assert (copied.ours, copied.counters) == (False, COUNTERS)
    aside = folder / "backup"
    shutil.copy2(folder / str(UID), aside)
    fence.write(folder, UID, fence.new_mark(Counters(1, 9, 9, 9)))
    aside.replace(folder / str(UID))
    restored = fence.read(folder, UID)
    assert restored is not None
    assert not restored.ours, "put back in its place by a backup"


def test_another_machine_is_not_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fence.write(tmp_path, UID, fence.new_mark(COUNTERS))
    monkeypatch.setattr(fence, "machine", lambda: "another")
    found = fence.read(tmp_path, UID)
    assert found is not None
    assert not found.ours


@pytest.mark.parametrize("harm", [b"", b"{}", b"[]", b"\xff", b'{"format": 1, "instance": "x"}'])
def test_what_cannot_be_read_is_said_to_be_so(tmp_path: Path, harm: bytes) -> None:
    (tmp_path / str(UID)).write_bytes(harm)
    with pytest.raises(Unreadable, match="is damaged"):
        fence.read(tmp_path, UID)


def test_where_it_cannot_be_written_nothing_may_be_sent(tmp_path: Path) -> None:
    (tmp_path / "fence").write_text("a file, and no folder")
    with pytest.raises(Unavailable, match="Nothing is sent without it"):
        fence.write(tmp_path / "fence", UID, fence.new_mark(COUNTERS))
    with pytest.raises(Unavailable), fence.only_one(tmp_path / "fence"):
        pass
