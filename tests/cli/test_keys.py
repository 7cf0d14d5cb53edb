"""`rounds keys`: change the secret of an installation, and be refused under one that is not its own."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.cli.conftest import Rounds, Told, snapshot
from tests.secret_hosts import SECRETS, STRANGER, host

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(
    tmp_path: Path, postgres: str, redis_url: str, content: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """The data folder of a host that keeps its secret there, on a database with two readers."""
    from pipeline.settings import current
    from tests import factories

    data = tmp_path / "data"
    data.mkdir()
    (data / "secret-key").write_text(SECRETS[0])
    name = connection.settings_dict["NAME"]
    monkeypatch.setenv("DATABASE_URL", postgres.replace("/rounds?", f"/{name}?"))
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(data))
    monkeypatch.delenv("ROUNDS_SECRET_KEY")
    current.cache_clear()
    factories.notices()
    factories.readers(["ada", "ben"])
    yield data
    current.cache_clear()


def anew() -> None:
    """Another process, which reads the files as they are now."""
    from pipeline.settings import current, read_secret_keys_anew

    current.cache_clear()
    read_secret_keys_anew()


@pytest.mark.holds("S-16")
def test_a_change_of_the_secret_from_the_command_line(folder: Path, told: Told, rounds: Rounds) -> None:
    from pipeline.store import models

    assert told("keys", "show")["secrets"][0]["people"] == 2
    done = told("keys", "rotate")
    assert (done["changed"], done["kid"]) == (True, 2)
    assert (folder / "old-secret-keys").read_text() == f"1:{SECRETS[0]}\n"
    fresh = (folder / "secret-key").read_text()
    assert len(fresh) >= 32
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in ("secret-key", "old-secret-keys")} == {
        0o600
    }
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    anew()
    shown = told("keys", "show")
    assert [(s["kid"], s["in_force"], s["people"]) for s in shown["secrets"]] == [(1, False, 2), (2, True, 0)]
    assert "until `rounds keys reseal` is done" in shown["secrets"][0]["needed_for"][0]
    sealed = told("keys", "reseal")
    assert (sealed["people"], sealed["unreadable"], sealed["secrets"][0]["people"]) == (2, 0, 0)
    assert sealed["secrets"][0]["needed_for"] == [
        "letting people leave by the links of letters that were sent under it",
        "finding people by their addresses, also those who said no or were erased",
    ]
    words = (
        rounds("keys", "reseal").stdout + rounds("keys", "show").stdout + json.dumps([done, shown, sealed])
    )
    assert "Everything is sealed under the secret in force." in words
    assert "Secret 1 is still needed" in words
    assert not any(secret in words for secret in (SECRETS[0], fresh))
    events = list(models.AuditEvent.objects.order_by("seq").values_list("event", "about"))
    assert events == [("secret.changed", "secret:2"), *[("secret.sealed_anew", "")] * 2]


@pytest.mark.holds("S-16")
def test_a_secret_in_the_environment_is_changed_there_and_the_command_says_how(
    folder: Path, told: Told, rounds: Rounds
) -> None:
    before = snapshot(folder)
    with host(1):
        assert told("keys", "rotate")["changed"] is False
        said = rounds("keys", "rotate").stdout
    assert "ROUNDS_OLD_SECRET_KEYS, as 1:SECRET" in said
    assert SECRETS[0] not in said
    assert {name: text for name, text in snapshot(folder).items() if "audit" not in name} == before
    with host(2):
        assert told("keys", "show")["kid"] == 2


@pytest.mark.holds("S-16")
@pytest.mark.parametrize("command", [["migrate"], ["web"], ["pump"], ["keys", "show"]])
def test_nothing_starts_under_a_secret_that_is_not_the_databases(
    folder: Path, rounds: Rounds, told: Told, command: list[str]
) -> None:
    from pipeline.gateways.ports import free_port
    from pipeline.store import secret_kids

    told("migrate")
    assert secret_kids.newest() == 1
    (folder / "secret-key").write_text(STRANGER)
    anew()
    port = ["--port", str(free_port())] if command == ["web"] else []
    answer = rounds(*command, *port)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "another ROUNDS_SECRET_KEY" in answer.stderr
    assert "from your copy" in answer.stderr
    (folder / "secret-key").unlink()  # lost: a new one is made, which fits as little
    anew()
    assert rounds(*command, *port).exit_code == 2


def test_a_secret_in_force_that_is_lost_beside_older_ones_is_not_made_anew(
    folder: Path, rounds: Rounds
) -> None:
    (folder / "secret-key").rename(folder / "kept")
    (folder / "old-secret-keys").write_text(f"1:{SECRETS[0]}\n")
    anew()
    answer = rounds("keys", "show")
    assert (answer.exit_code, "is gone" in answer.stderr) == (2, True)
    assert not (folder / "secret-key").exists()


def test_a_change_that_died_between_the_two_files_is_none_and_the_next_is_one(
    folder: Path, rounds: Rounds, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.gateways import secret_files

    write, written = secret_files._write, []

    def die(path: Path, *rest: object) -> None:
        write(path, *rest)
        written.append(path.name)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(secret_files, "_write", die)
        rounds("keys", "rotate")
    anew()
    assert written == ["old-secret-keys"]
    assert told("keys", "show")["kid"] == 1
    assert told("keys", "rotate")["kid"] == 2
    anew()
    assert [s["people"] for s in told("keys", "show")["secrets"]] == [2, 0]


def test_of_two_changes_at_once_neither_loses_the_others_secret(folder: Path, told: Told) -> None:
    from pipeline.actions.check_secret import check_secret
    from pipeline.actions.rotate_secret import rotate_secret
    from pipeline.gateways.clock import now

    told("keys", "show")  # this process has read the files
    with host(2):  # and another one changes them before it comes to that
        check_secret("cli:ben", now())
    (folder / "old-secret-keys").write_text(f"1:{SECRETS[0]}\n")
    (folder / "secret-key").write_text(SECRETS[1])
    assert rotate_secret("cli:maya", now()).kid == 3
    assert (folder / "old-secret-keys").read_text() == f"1:{SECRETS[0]}\n2:{SECRETS[1]}\n"
