"""The audit log: appended to, never edited, chained, and kept a second time where no database reaches (S-15)."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from pipeline.actions.record_audit import about_address, record
from pipeline.actions.verify_audit import verify_audit
from pipeline.core.address import parse
from pipeline.core.errors import BadInput
from pipeline.store import audit, models
from tests.superuser import under

TABLE = "audit_event"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the lines of this test are kept outside the database."""
    for module in ("record_audit", "verify_audit"):
        monkeypatch.setattr(f"pipeline.actions.{module}.audit_folder", lambda: tmp_path / "audit")
    return tmp_path / "audit"


@pytest.fixture
def three_lines(db, folder, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        record("signed_in", member="maya")
        record("subscriber.viewed", member="maya", about=about_address(parse("ada@readers.test")))
        record("signed_out", member="maya", detail={"why": "\r\n4 forged"})


@contextmanager
def guards_down() -> Iterator[Callable[..., None]]:
    """What somebody with all rights on the database can do."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL")
        yield cursor.execute
        for guard in ("rows", "whole", "chain"):
            cursor.execute(f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER {TABLE}_{guard}")


@pytest.mark.holds("S-15")
def test_a_line_is_never_changed_deleted_or_slipped_in(three_lines):
    copied = (
        f"INSERT INTO {TABLE} SELECT {{}}, {{}}, event, 'eve', about, outcome, network, request_id, detail, previous,"
        f" hash FROM {TABLE} WHERE seq = 3"
    )
    refused = [
        f"UPDATE {TABLE} SET member = 'eve'",
        f"DELETE FROM {TABLE} WHERE seq = 3",
        f"TRUNCATE {TABLE}",
        copied.format(4, "clock_timestamp()"),  # after the last line, and yet not chained to it
        copied.format(7, "clock_timestamp()"),
        copied.format(4, "now() - interval '1 day'"),
    ]
    for statement in refused:
        for role in ("origin", "replica"):
            with pytest.raises(IntegrityError):
                under(role, statement)
    assert verify_audit().wrong == ()


@pytest.mark.holds("S-15")
def test_what_is_kept_outside_is_the_same_lines_as_json_without_an_address(three_lines, folder):
    [file] = folder.iterdir()
    lines = [json.loads(each) for each in file.read_text().splitlines()]
    assert [each["event"] for each in lines] == [
        "signed_in",
        "subscriber.viewed",
        "signed_out",
    ]
    assert lines[1]["about"] == about_address(parse("Ada@READERS.test"))
    without_hashes = re.sub(
        r"[0-9a-f]{32,}", "", file.read_text()
    )  # whose digits spell "ada" once in a while
    assert "ada" not in without_hashes.lower()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (verify_audit().lines, verify_audit().outside) == (3, 3)


@pytest.mark.holds("S-15")
@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        (f"UPDATE {TABLE} SET member = 'eve' WHERE seq = 2", "Line 2 was edited"),
        (f"UPDATE {TABLE} SET detail = '[]' WHERE seq = 3", "Line 3 was edited"),
        (f"DELETE FROM {TABLE} WHERE seq = 2", "Line 2 is gone: line 3 comes next"),
        (f"DELETE FROM {TABLE} WHERE seq = 3", "Line 3, which this host wrote, is gone"),
        (f"TRUNCATE {TABLE}", "Line 1, which this host wrote, is gone"),
    ],
)
def test_whoever_has_all_rights_on_the_database_is_found_out(three_lines, tampering, told):
    with guards_down() as execute:
        execute(tampering)
    assert told in " ".join(verify_audit().wrong)


@pytest.mark.holds("S-15")
def test_a_log_that_was_written_anew_does_not_fit_what_this_host_keeps(three_lines):
    held = verify_audit().head
    with guards_down() as execute:
        execute(f"TRUNCATE {TABLE}")
    for event in ("signed_in", "signed_out", "signed_out"):
        record(event, member="maya")
    wrong = " ".join(verify_audit(held).wrong)
    assert "Line 2 is not the one that this host wrote" in wrong
    assert "Line 3 is not the one that was kept elsewhere" in wrong
    with pytest.raises(BadInput, match="not a line of the log"):
        verify_audit("3")


def test_a_line_of_what_was_rolled_back_is_nowhere(three_lines, folder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        record("signed_in", member="ben")
        transaction.set_rollback(True)
    assert (verify_audit().lines, verify_audit().outside, verify_audit().wrong) == (3, 3, ())


def test_a_full_disk_undoes_nothing_and_is_told(db, folder, django_capture_on_commit_callbacks, caplog):
    folder.write_text("a file where the folder should be")
    with django_capture_on_commit_callbacks(execute=True):
        record("signed_in", member="maya")
    assert audit.last().event == "signed_in"
    assert "audit.not_kept_outside" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_lines_written_at_once_stand_one_after_the_other(folder):
    def write(name: str) -> None:
        for _ in range(5):
            record("signed_in", member=name)
        connection.close()

    writers = [threading.Thread(target=write, args=[f"member{number}"]) for number in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(30)
    found = verify_audit()
    assert (found.lines, found.outside, found.wrong) == (20, 20, ())
    assert models.AuditEvent.objects.filter(member="member3").count() == 5
