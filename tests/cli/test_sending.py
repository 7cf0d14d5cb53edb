"""`rounds sending` and `rounds unknown`: the brake, the fence and what waits for a person, from a terminal."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Rounds, Told

STATUS = {
    "sending",
    "reason",
    "needs_confirm",
    "changed_by",
    "changed_at",
    "epoch",
    "hosts",
    "elsewhere",
}


def test_everything_is_stopped_with_a_reason_and_started_again(rounds: Rounds, told: Told, db: None) -> None:
    before = told("sending", "status")
    assert set(before) == STATUS | {"refusal"}
    assert (before["sending"], before["refusal"]) == (True, None)
    assert rounds("sending", "status").stdout == "Mail may leave.\n"
    assert rounds("sending", "stop").exit_code == 2, "it needs a reason"
    stopped = told("sending", "stop", "--reason", "The wrong subject")
    assert set(stopped) == STATUS
    assert (stopped["sending"], stopped["reason"]) == (False, "The wrong subject")
    assert stopped["epoch"] == before["epoch"] + 1
    assert "Nothing is sent." in rounds("sending", "status").stdout
    assert told("sending", "start")["sending"] is True
    assert told("sending", "start")["epoch"] == stopped["epoch"]


def test_what_the_fence_has_stopped_is_confirmed_and_not_started(
    rounds: Rounds, told: Told, db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from pipeline.gateways.clock import now
    from pipeline.settings import current
    from pipeline.store import instance

    monkeypatch.setenv("DATABASE_URL", current().database_url)
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(tmp_path))
    current.cache_clear()
    instance.stop("This database is an older copy.", "the fence", now(), needs_confirm=True)
    refused = rounds("sending", "start")
    assert (refused.exit_code, "rounds sending confirm" in refused.stderr) == (2, True)
    assert rounds("sending", "join").exit_code == 2
    strange = rounds("sending", "confirm", "--without", "nobody.example")
    assert (strange.exit_code, "no such host" in strange.stderr) == (2, True)
    done = told("sending", "confirm")
    assert set(done) == STATUS | {"replay", "waits_for", "paused", "lost_consents", "lost_deliveries", "noes"}
    assert (done["sending"], done["needs_confirm"], len(done["hosts"])) == (True, False, 1)
    assert set(done["replay"]) == {
        "journals",
        "foreign",
        "damaged",
        "accepted",
        "failed",
        "deferred",
        "unknown",
        "strangers",
    }
    joined = rounds("sending", "join")
    assert joined.exit_code == 0
    assert joined.stdout.startswith("0 journals of this host were read.")


def test_nothing_unknown_is_an_empty_list(rounds: Rounds, db: None) -> None:
    assert rounds("unknown", "list").stdout == ""
    assert rounds("unknown", "list", "--campaign", "nowhere").exit_code == 2


def test_to_settle_somebody_must_say_what_and_how(rounds: Rounds, db: None) -> None:
    assert rounds("unknown", "settle", "0" * 32).exit_code == 2
    neither = rounds("unknown", "settle", "--as", "leave")
    assert (neither.exit_code, "Name deliveries" in neither.stderr) == (2, True)
    strange = rounds("unknown", "settle", "0" * 32, "--as", "delivered")
    assert (strange.exit_code, "does not wait for a person" in strange.stderr) == (2, True)
