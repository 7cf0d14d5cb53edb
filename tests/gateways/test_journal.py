"""The journal speaks for a sender that died: it must never say less than was done."""

from __future__ import annotations

import os
import resource
import signal
from uuid import UUID

import pytest

from pipeline.core.errors import Unavailable
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


def test_a_dot_that_cannot_be_noted_whole_is_an_error_before_it_leaves(tmp_path, disk_full_at):
    token = random_uid()
    kept = Journal(tmp_path, token)
    disk_full_at(kept.path.stat().st_size + 3)
    noted = set()

    def note_until_full():
        for delivery in range(1, 100_000):
            kept.dot(delivery, 1)
            noted.add((delivery, 1))

    with pytest.raises(OSError):
        note_until_full()
    assert len(noted) > 1000
    said = journal.read(tmp_path, token)
    assert (said.trusted, said.dots) == (True, noted)
    kept.close(keep=True)
    assert journal.read(tmp_path, token).dots == noted


def test_on_a_full_disk_no_sender_begins(tmp_path, disk_full_at):
    disk_full_at(100)
    with pytest.raises(Unavailable, match="cannot be written"):
        Journal(tmp_path, random_uid())


def test_what_a_killed_sender_noted_is_there(tmp_path):
    token, instance = random_uid(), random_uid()
    child = os.fork()
    if child == 0:
        dying = Journal(tmp_path, token, instance)
        for delivery in range(1, 5001):
            dying.dot(delivery, 1)
            dying.reply(delivery, 1, 250)
        dying.writing(77)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    said = journal.read(tmp_path, token)
    assert (said.alive, said.trusted, said.writing, len(said.replies)) == (False, True, 77, 5000)
    assert journal.last_dot(tmp_path, token, instance) == (5000, 1)


def test_a_journal_without_a_dot_goes_and_one_with_a_dot_stays(tmp_path):
    silent, spoken = Journal(tmp_path, random_uid()), Journal(tmp_path, random_uid())
    spoken.dot(7, 1)
    silent.close()
    spoken.close()
    assert [each.token for each in journal.kept(tmp_path)] == [uuid_of(spoken)]
    assert not journal.alive(tmp_path, uuid_of(spoken))


def test_it_names_the_delivery_whose_message_was_being_written(tmp_path):
    token = random_uid()
    kept = Journal(tmp_path, token)
    kept.writing(12)
    kept.dot(7, 1)
    kept.writing(9_000_000_000)
    assert journal.read(tmp_path, token).writing == 9_000_000_000
    kept.writing(0)
    kept.close()
    said = journal.read(tmp_path, token)
    assert (said.writing, said.trusted, said.dots) == (0, True, {(7, 1)})


def test_only_the_wanted_lines_are_kept(tmp_path):
    token = random_uid()
    with Journal(tmp_path, token) as kept:
        for delivery in range(1, 1000):
            kept.dot(delivery, 1)
            kept.reply(delivery, 1, 250)
    said = journal.read(tmp_path, token, {5, 7})
    assert (said.trusted, said.dots, set(said.replies)) == (True, {(5, 1), (7, 1)}, {(5, 1), (7, 1)})


def lines(tmp_path, *numbers):
    token = random_uid()
    with Journal(tmp_path, token, random_uid()) as kept:
        for number in numbers:
            kept.dot(number, 1)
    return token, tmp_path / str(token)


@pytest.mark.parametrize("at", range(0, 60, 3))
def test_a_turned_bit_is_found_out_and_what_else_stands_there_is_still_true(tmp_path, at):
    token, path = lines(tmp_path, 1, 2, 3)
    whole = path.read_bytes()
    body = whole.index(b"\n") + 1
    octets = bytearray(whole)
    octets[body + at % (len(whole) - body)] ^= 4
    path.write_bytes(octets)
    said = journal.read(tmp_path, token)
    assert not said.trusted
    assert said.dots <= {(1, 1), (2, 1), (3, 1)}


def test_a_line_that_is_missing_in_the_middle_is_found_out(tmp_path):
    token, path = lines(tmp_path, 1, 2, 3)
    head, one, _two, three, end = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([head, one, three, end]))
    assert not journal.read(tmp_path, token).trusted


def test_a_pipe_a_folder_and_a_link_are_no_journals(tmp_path):
    made = [random_uid() for _ in range(3)]
    os.mkfifo(tmp_path / str(made[0]))
    (tmp_path / str(made[1])).mkdir()
    (tmp_path / str(made[2])).symlink_to("/dev/zero")
    assert not any(journal.read(tmp_path, token).found for token in made)


def test_the_last_dot_is_found_in_a_long_journal(tmp_path):
    token, instance = random_uid(), random_uid()
    with Journal(tmp_path, token, instance) as kept:
        for delivery in range(1, 2000):
            kept.dot(delivery, 2)
            kept.reply(delivery, 2, 250)
    assert journal.last_dot(tmp_path, token, instance) == (1999, 2)
    assert journal.last_dot(tmp_path, token, random_uid()) is None
    assert journal.last_dot(tmp_path, random_uid(), instance) is None


def test_the_only_dot_is_found_too(tmp_path):
    token, instance = random_uid(), random_uid()
    with Journal(tmp_path, token, instance) as kept:
        kept.dot(5, 1)
    assert journal.last_dot(tmp_path, token, instance) == (5, 1)


def test_where_no_journal_can_be_written_the_sender_says_so(tmp_path):
    (tmp_path / "journal").write_text("a file, and no folder")
    with pytest.raises(Unavailable, match="Nothing is sent without a journal"):
        Journal(tmp_path / "journal", random_uid())


def uuid_of(kept):
    return UUID(kept.path.name)
