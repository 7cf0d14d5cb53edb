"""`rounds reports`: read a report from a pipe or a Maildir, and see what was heard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.conftest import Rounds, Told


@pytest.fixture
def bounce(db: None) -> tuple[bytes, str]:
    """A bounce of a letter to ada, to an address that says nothing, and its return path."""
    from pipeline.actions.open_due import open_due
    from pipeline.core.delivery.lifecycle import DeliveryState
    from pipeline.gateways.keys import keyring
    from pipeline.store import models
    from tests import factories
    from tests.samples.reports import dsn, path_of

    factories.notices()
    factories.subscriber("ada")
    factories.campaign()
    open_due(factories.NOW)
    for state in (DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.ACCEPTED):
        models.Delivery.objects.update(state=state)
    return dsn("bounces@rounds.test"), path_of(models.Delivery.objects.get().uid.bytes, keyring())


def piped(raw: bytes, *arguments: str) -> str:
    from pipeline.cli.main import cli

    result = CliRunner().invoke(
        cli, ["reports", "read", "--json", *arguments], input=raw, catch_exceptions=False
    )
    assert result.exit_code == 0, result.stderr
    return str(json.loads(result.stdout)["outcome"])


def test_a_pipe_reads_one_report_for_the_recipient_that_the_mail_system_names(
    told: Told, bounce: tuple[bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, path = bounce
    assert piped(raw) == "quarantined"
    monkeypatch.setenv("ORIGINAL_RECIPIENT", path)
    assert piped(raw) == "kept"
    assert piped(raw, "--recipient", path) == "known"
    seen = told("reports", "list")
    [event] = seen["events"]
    assert (event["kind"], event["source"], event["campaign"], event["issue"]) == ("hard", "dsn", "autumn", 1)
    assert "ada" not in json.dumps(seen)


def test_what_was_laid_aside_is_listed_and_shown_as_it_came(
    rounds: Rounds, told: Told, bounce: tuple[bytes, str]
) -> None:
    raw, _ = bounce
    piped(raw)
    [report] = told("reports", "list")["quarantined"]
    assert "return path" in report["why"]
    assert rounds("reports", "show", report["id"]).stdout.strip() == raw.decode().strip()
    missing = rounds("reports", "show", "999999")
    assert missing.exit_code == 2
    assert "reports list" in missing.stderr
    assert "laid aside" in rounds("reports", "list").stdout


def test_collect_reads_the_maildir_of_the_settings(
    told: Told, bounce: tuple[bytes, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.settings import current
    from tests.samples.reports import dsn

    (tmp_path / "bounces" / "new").mkdir(parents=True)
    (tmp_path / "bounces" / "new" / "1").write_bytes(dsn(bounce[1]))
    monkeypatch.setenv("ROUNDS_BOUNCE_MAILDIR", str(tmp_path / "bounces"))
    current.cache_clear()
    assert told("reports", "collect") == {"kept": 1, "known": 0, "ignored": 0, "quarantined": 0, "poison": 0}
    assert told("reports", "collect")["kept"] == 0
