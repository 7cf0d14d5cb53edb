"""The journal speaks for a sender that died: it must never say less than was done."""

from __future__ import annotations

import resource
import signal

import pytest

from pipeline.gateways import journal
from pipeline.gateways.journal import Journal
from pipeline.store.subscribers import random_uid


def test_it_says_what_was_done_and_whether_its_sender_lives(tmp_path):
    token = random_uid()
    kept = Journal(tmp_path, token)
    kept.dot(7, 1)
    kept.reply(7, 1, 250)
    assert journal.read(tmp_path, token).alive
    kept.close(keep=True)
    said = journal.read(tmp_path, token)
    assert (said.alive, said.trusted, said.dots, said.replies) == (False, True, {(7, 1)}, {(7, 1): 250})


@pytest.fixture
def disk_full_at():
    """`disk_full_at(size)`: no file of this process may grow beyond `size` octets."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("room", [0, 3])
def test_a_dot_that_cannot_be_noted_whole_is_an_error_before_it_leaves(tmp_path, disk_full_at, room):
    kept = Journal(tmp_path, random_uid())
    disk_full_at(kept.path.stat().st_size + room)
    with pytest.raises(OSError):
        kept.dot(1234567, 1)
    kept.close()
