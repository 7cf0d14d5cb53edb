"""`rounds ledger`: seal, and say whether anything was changed."""

from __future__ import annotations

import json

import pytest

from pipeline.store import seals
from tests import factories
from tests.cli.conftest import Rounds, Told
from tests.sealing import seal_all
from tests.superuser import guards_down

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _readers() -> None:
    factories.notices()
    factories.readers()


def test_a_whole_ledger_is_said_to_be_whole_and_gives_a_seal_to_keep(told: Told, rounds: Rounds) -> None:
    assert told("ledger", "verify")["not_sealed_yet"] == 3
    made = seal_all()
    assert told("ledger", "seal") == {"seals": 0}
    found = told("ledger", "verify")
    assert (found["entries"], found["seals"], found["signed_days"], found["tamperings"]) == (3, made, 1, [])
    assert rounds("ledger", "verify", "--held", found["last_seal"]).exit_code == 0
    whole = f"Nothing was changed: 3 entries in {made} seals, 1 days signed."
    assert whole in rounds("ledger", "verify").output


def test_a_change_is_told_with_its_entry_and_its_seal_and_ends_with_status_1(rounds: Rounds) -> None:
    seal_all()
    with guards_down() as execute:
        execute("UPDATE consent_event SET occurred_at = occurred_at - interval '1 year'")
    first = next(seq for seq, *_ in seals.numbers())
    answered = rounds("ledger", "verify")
    assert answered.exit_code == 1
    assert f"Entry {first} is not what seal 1 has: it was edited." in answered.output
    assert "The ledger was changed: 3 findings." in answered.output


def test_a_seal_that_cannot_be_read_is_a_sentence_and_status_2(rounds: Rounds) -> None:
    answered = rounds("ledger", "verify", "--held", "yesterday's")
    assert answered.exit_code == 2
    assert "is not a seal" in answered.stderr


def test_a_proof_is_written_and_checked_on_any_machine(told: Told, rounds: Rounds, tmp_path) -> None:
    seal_all()
    proof = told("ledger", "prove", "ada@readers.test")
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(proof))
    assert "1 entries, 1 of them in" in rounds("ledger", "prove", "ada@readers.test").output
    checked = rounds("ledger", "check", str(path))
    assert (checked.exit_code, checked.output.splitlines()[0]) == (0, "Everything fits.")
    path.write_text(path.read_text().replace("confirm_post", "admin"))
    assert rounds("ledger", "check", str(path)).exit_code == 1
    path.write_text("{}")
    assert rounds("ledger", "check", str(path)).exit_code == 2
