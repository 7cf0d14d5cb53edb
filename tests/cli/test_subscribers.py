"""`rounds subscribers erase`, `rounds consent replay` and `rounds migrate --grant-to`, from a terminal."""

from __future__ import annotations

import pytest

from pipeline.store import roles, subscribers
from pipeline.store.roles import Granted
from tests import factories
from tests.cli.conftest import Rounds, Told


def test_somebody_is_erased_once_and_the_answer_says_which(rounds: Rounds, told: Told, db: None) -> None:
    factories.notices()
    factories.readers(["ada", "ben"])
    assert told("subscribers", "erase", "Ada@readers.test") == {"erased": True}
    assert told("subscribers", "erase", "ada@readers.test") == {"erased": False}
    assert "suppressed for good" in rounds("subscribers", "erase", "ben@readers.test", "--child").stdout
    assert subscribers.by_key(factories.key("ada")).address == ""
    shown = rounds("consent", "show", "ada@readers.test")
    assert "an erased person" in shown.stdout
    assert told("consent", "show", "ada@readers.test")["suppressions"][0]["reason"] == "erased"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("nobody@readers.test", "Nothing is known of this address"), ("nobody", "@")],
)
def test_nobody_is_erased_by_a_slip_of_the_pen(address: str, sentence: str, rounds: Rounds, db: None) -> None:
    answered = rounds("subscribers", "erase", address)
    assert answered.exit_code == 2
    assert sentence in answered.stderr


def test_a_database_that_has_forgotten_nothing_is_told_nothing(told: Told, rounds: Rounds, db: None) -> None:
    assert told("consent", "replay")["applied"] == 0
    assert rounds("consent", "replay").stdout.startswith("0 of ")


def test_the_role_that_rounds_runs_as_is_named_with_what_it_may_not_change(
    rounds: Rounds, told: Told, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "grant", lambda role: Granted(role, True, ("consent_event", "ledger_seal")))
    answered = told("migrate", "--grant-to", "rounds_app")
    assert answered["granted"] == {
        "role": "rounds_app",
        "made": True,
        "append_only": ["consent_event", "ledger_seal"],
    }
    words = rounds("migrate", "--grant-to", "rounds_app").stdout
    assert "only read and add to consent_event, ledger_seal." in words
    assert "\\password rounds_app" in words
