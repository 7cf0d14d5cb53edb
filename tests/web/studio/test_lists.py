"""Lists in the studio: uploaded, looked at, brought in by a worker, and given out."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pipeline.actions import run_imports as worker
from pipeline.actions.queue_import import list_of, refused_of
from pipeline.actions.run_imports import run_imports
from pipeline.actions.tidy_imports import tidy_imports
from pipeline.core.address import parse
from pipeline.core.consent.lists.progress import ImportState
from pipeline.core.consent.suppression import MARKETING, Reason, Suppression
from pipeline.core.people.powers import Role
from pipeline.gateways.keys import key_of
from pipeline.settings import current
from pipeline.store import consent, list_imports, members, models
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import words
from tests.web.studio.test_every_page import broken_rules

HERE = f"/studio/lists/{WEEKLY}/import/"
SAID = {"evidence": "On paper", "notice": "notice-a:4", "all_are": "yes", "decision": ""}
PEOPLE = b"email,opted_in_at,status\nada@readers.test,2026-11-02,subscribed\n=1+1,,subscribed\nben@a.test,,cleaned\n"


@pytest.fixture
def admin(notices, alone) -> Client:
    """Somebody who may bring a list in and give one out, where one person is enough."""
    return signed_in()


def upload(client: Client, source: bytes = PEOPLE, name: str = "people.csv", **said: str):
    file = SimpleUploadedFile(name, source, "text/csv")
    return client.post(HERE, {**SAID, **said, "list": file})


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of the test's own, and no bell: the test is the worker."""
    own = replace(current(), data_dir=tmp_path)
    monkeypatch.setattr("pipeline.actions.queue_import.current", lambda: own)
    for module in ("queue_import", "start_import"):
        monkeypatch.setattr(f"pipeline.actions.{module}.ring", lambda job: None)


@pytest.mark.holds("S-11")
def test_a_list_is_looked_at_first_and_brought_in_by_a_press_of_a_button(admin) -> None:
    path = upload(admin)["Location"]
    [kept] = list_imports.of_purpose(WEEKLY)
    assert list_of(kept.uid).stat().st_mode & 0o777 == 0o600
    waiting = admin.get(path)
    assert (b'http-equiv="refresh"' in waiting.content, broken_rules(waiting)) == (True, [])
    assert b'http-equiv="refresh"' not in admin.get(f"{path}?still=yes").content
    assert b'data-key="checking" data-moving="yes"' in admin.get(f"{path}live/").content
    assert run_imports() == 1
    assert (models.Subscriber.objects.count(), models.Suppression.objects.count()) == (0, 0)
    assert b'data-moving="no"' in admin.get(f"{path}live/").content
    seen = admin.get(path)
    assert broken_rules(seen) == []
    assert "What the import would do" in words(seen)
    assert "1 person will be on the list" in words(seen)
    assert "readers.test" not in words(seen)
    refused = b"".join(admin.get(f"{path}refused/").streaming_content).decode("utf-8-sig")
    assert refused.splitlines()[1].startswith("'=1+1,")
    assert admin.get(f"{path}start/").status_code == 405
    assert admin.post(f"{path}start/").status_code == 303
    assert admin.post(f"{path}start/").status_code == 409, "started twice is started once"
    assert run_imports() == 1
    [done] = list_imports.of_purpose(WEEKLY)
    assert (done.state, done.counts["imported"], done.started_by) == (ImportState.DONE, 1, "maya")
    assert (list_of(done.uid).exists(), refused_of(done.uid).exists()) == (False, True)
    assert "What became of the rows" in words(admin.get(path))
    assert tidy_imports(NOW + timedelta(hours=25)) == 1
    assert not refused_of(done.uid).exists()
    assert admin.get(f"{path}refused/").status_code == 404


def test_an_import_that_a_restart_cuts_short_goes_on(admin, monkeypatch) -> None:
    from pipeline.actions import import_subscribers as importing

    monkeypatch.setattr(importing, "CHUNK", 2)
    rows = "".join(f"p{n}@readers.test,2026-11-02,subscribed\n" for n in range(6))
    path = upload(admin, b"email,opted_in_at,status\n" + rows.encode())["Location"]
    run_imports()
    admin.post(f"{path}start/")
    asked = iter([False, False, False, True, True])
    monkeypatch.setattr(worker, "stopping", lambda: next(asked, True))
    run_imports()
    [cut] = list_imports.of_purpose(WEEKLY)
    assert (cut.state, 0 < cut.rows_done < 6) == (ImportState.IMPORTING, True)
    monkeypatch.setattr(worker, "stopping", lambda: False)
    run_imports()
    [done] = list_imports.of_purpose(WEEKLY)
    assert (done.state, done.counts["imported"], done.counts["rows"]) == (ImportState.DONE, 6, 6)
    assert models.ConsentEvent.objects.count() == 6


def test_a_file_that_changed_after_it_was_looked_at_is_not_imported(admin) -> None:
    path = upload(admin)["Location"]
    run_imports()
    admin.post(f"{path}start/")
    [kept] = list_imports.of_purpose(WEEKLY)
    with list_of(kept.uid).open("ab") as file:
        file.write(b"eve@readers.test,2026-11-02,subscribed\n")
    run_imports()
    assert "The file has changed since it was checked" in words(admin.get(path))
    assert models.Subscriber.objects.count() == 0


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"PK\x03\x04 workbook", "This is an Excel workbook or a zip archive, not a CSV file."),
        (b'email\n"open\n', "Line 2: The row that begins here cannot be read"),
        (b"who\nada\n", "Line 1: No column holds the address."),
    ],
)
def test_what_is_no_list_gets_a_sentence_without_the_name_that_the_file_has_here(
    admin, source, sentence
) -> None:
    path = upload(admin, source)["Location"]
    run_imports()
    [kept] = list_imports.of_purpose(WEEKLY)
    page = words(admin.get(path))
    assert sentence in page
    assert kept.uid.hex not in page


def test_what_is_said_of_a_list_badly_comes_back_with_a_sentence_and_nothing_is_kept(
    admin, tmp_path, monkeypatch
) -> None:
    for said, sentence in (
        ({"evidence": " "}, "Say what the evidence"),
        ({"notice": "notice-b:1"}, "was for daily_health_newsletter"),
        ({"collected_from": "soon"}, "'soon' is no day"),
        ({"all_are": "fine"}, "Choose what the rows"),
    ):
        answer = upload(admin, **said)
        assert (answer.status_code, sentence in words(answer)) == (400, True), said
    assert upload(admin, b"").status_code == 400
    monkeypatch.setattr("pipeline.web.studio.upload.ROOM_FOR_FIELDS", -current().import_mb * 1024 * 1024)
    large = upload(admin)
    assert (large.status_code, "The file is larger than 200 MB" in words(large)) == (413, True)
    assert list_imports.of_purpose(WEEKLY) == []
    assert list((tmp_path / "imports").iterdir()) == []


def test_dropping_an_import_deletes_its_file(admin) -> None:
    path = upload(admin, name="unsubscribed_members_export.csv")["Location"]
    run_imports()
    [kept] = list_imports.of_purpose(WEEKLY)
    assert kept.checked["noes"] == {"unsubscribed": 2}, "the file's name says who is in it"
    admin.post(f"{path}drop/")
    assert not list_of(kept.uid).exists()
    assert admin.post(f"{path}start/").status_code == 409


def test_lists_are_for_who_may_see_people_and_no_other_site_uploads_one(notices, admin) -> None:
    path = upload(admin)["Location"]
    pages = ["/studio/lists/", HERE, f"/studio/lists/{WEEKLY}/export/"]
    for page in pages:
        assert broken_rules(admin.get(page)) == [], page
    strict = signed_in(enforce_csrf_checks=True)
    assert upload(strict).status_code == 403
    assert len(list_imports.of_purpose(WEEKLY)) == 1
    members.set_roles("maya", {Role.ADMIN, Role.SENDER, Role.EDITOR})
    for closed in (*pages[1:], path, f"{path}refused/"):
        assert admin.get(closed).status_code == 403, closed
    for verb in (HERE, f"{path}start/", f"{path}drop/", pages[2]):
        assert admin.post(verb).status_code == 403, verb
    assert Client().get(HERE).status_code == 302
    assert admin.get("/studio/lists/").status_code == 200


def test_an_import_is_found_under_its_own_list_alone(admin) -> None:
    path = upload(admin)["Location"].replace(WEEKLY, DAILY)
    assert [admin.get(path).status_code, admin.post(f"{path}start/").status_code] == [404, 404]
    assert admin.get("/studio/lists/no_such_list/import/").status_code == 404


@pytest.mark.holds("S-11")
def test_an_export_is_safe_in_a_spreadsheet_and_can_be_read_again(admin) -> None:
    factories.subscriber("ada", given_name='=HYPERLINK("http://a.test","x")')
    factories.subscriber("ben", DAILY)
    answer = admin.post(f"/studio/lists/{WEEKLY}/export/", {"kind": "excel"})
    assert answer["Content-Disposition"] == 'attachment; filename="subscribers.csv"'
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith(
        "\ufeffaddress,given_name,zone,list,status,since,notice_id,notice_version,evidence_grade\r\n"
    )
    [ada] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    assert (ada["given_name"], ada["status"], ada["evidence_grade"]) == (
        '\'=HYPERLINK("http://a.test","x")',
        "given",
        "full",
    )
    lines = b"".join(admin.post(f"/studio/lists/{WEEKLY}/export/", {"kind": "json"}).streaming_content)
    assert json.loads(lines)["given_name"] == '=HYPERLINK("http://a.test","x")'
    path = upload(admin, text.encode())["Location"]
    run_imports()
    assert "Rounds" in words(admin.get(path))
    assert list_imports.of_purpose(WEEKLY)[0].checked["already"] == 1
    assert admin.get(f"/studio/lists/{WEEKLY}/export/").status_code == 200


@pytest.mark.holds("S-14")
def test_a_list_comes_in_and_goes_out_by_two(notices) -> None:
    maya, olive = signed_in(), signed_in("olive", "privacy_officer")
    path = upload(maya)["Location"]
    run_imports()
    asked = maya.post(f"{path}start/")["Location"]
    assert asked.startswith("/studio/approvals/")
    assert olive.post(asked, {"do": "approve"}).status_code == 303
    assert maya.post(f"{path}start/")["Location"] == path
    run_imports()
    assert models.Subscriber.objects.count() == 1
    export = f"/studio/lists/{WEEKLY}/export/"
    asked = maya.post(export, {"kind": "csv"})["Location"]
    assert olive.post(asked, {"do": "approve"}).status_code == 303
    assert b"ada@readers.test" in b"".join(maya.post(export, {"kind": "csv"}).streaming_content)
    assert "Location" in maya.post(export, {"kind": "csv"}), "an approval is good once"


@pytest.mark.holds("C-07")
def test_the_suppression_list_goes_out_without_an_address(admin) -> None:
    key = key_of(parse("cleo@readers.test"))
    consent.suppress(key, Suppression(MARKETING, Reason.COMPLAINT), NOW)
    answer = admin.post(f"/studio/lists/{WEEKLY}/export/", {"kind": "suppressions"})
    text = b"".join(answer.streaming_content).decode()
    assert text == f"address_key,scope,reason\r\n{key.hex()},marketing,complaint\r\n"


def test_the_command_writes_exports_for_its_owner_alone(db, notices, tmp_path: Path, monkeypatch) -> None:
    from click.testing import CliRunner

    from pipeline.cli.main import cli

    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    factories.subscriber("ada")
    to = tmp_path / "out.csv"
    to.write_text("older and longer" * 100)
    to.chmod(0o644)
    run = CliRunner().invoke(cli, ["subscribers", "export", "--purpose", WEEKLY, "--to", str(to), "--bom"])
    assert run.exit_code == 0, run.stderr
    assert to.stat().st_mode & 0o777 == 0o600
    assert to.read_text("utf-8-sig").splitlines()[1].startswith("ada@readers.test,")
    lines = CliRunner().invoke(cli, ["subscribers", "export", "--json"]).stdout
    assert json.loads(lines)["address"] == "ada@readers.test"
    unknown = CliRunner().invoke(cli, ["subscribers", "export", "--purpose", "weekly"])
    assert (unknown.exit_code, "There is no purpose 'weekly'" in unknown.stderr) == (2, True)
