"""A proof convinces somebody who has nothing else, and no changed proof does."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from datetime import timedelta

import pytest

from pipeline.actions.check_proof import check_proof
from pipeline.actions.prove_consent import prove_consent
from pipeline.actions.seal_ledger import seal_ledger
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.consent.entry import EventKind
from pipeline.core.errors import BadInput, NotFound
from pipeline.gateways import keys
from pipeline.store import seals
from tests import factories
from tests.factories import NOW, WEEKLY
from tests.sealing import seal_all

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def proof(monkeypatch):
    """Of ada, who said yes among others, and no the next day; and once more, which nobody has signed yet."""
    factories.notices()
    ada, *_ = factories.readers(["ada", "ben", "cleo", "dora", "emil"])
    seal_all()
    factories.readers(["finn"])
    seal_all()
    factories.say(ada, EventKind.CONSENT_WITHDRAWN, now=NOW + timedelta(hours=3))
    seal_all()
    tomorrow = seals.clock() + timedelta(days=1)
    monkeypatch.setattr(seals, "clock", lambda: tomorrow)
    seal_ledger()
    factories.say(ada, EventKind.SAR_RECEIVED, None, NOW + timedelta(days=1))
    return prove_consent("ada@readers.test")


def checked(document):
    return check_proof(json.dumps(document).encode(), "proof.json")


@pytest.mark.holds("C-03")
def test_a_proof_says_of_each_entry_by_which_day_it_was_signed(proof):
    found = checked(proof)
    assert found.wrong == ()
    today, tomorrow = (anchor.day.isoformat() for anchor in seals.anchors())
    assert found.signed_by == (today, tomorrow, None)
    assert found.public_key == keys.ledger_public_key().hex()


def test_a_proof_holds_nothing_of_anybody_else_and_no_address(proof):
    text = json.dumps(proof)
    assert "readers.test" not in text
    assert len(proof["entries"]) == 3


def spoilt(document, change):
    document = copy.deepcopy(document)
    change(document)
    return document


def other_hex(text):
    return text.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))


CHANGES = {
    "a word of an entry": lambda d: d["entries"][0].update(
        words=d["entries"][0]["words"].replace("given", "withdrawn", 1)
    ),
    "the evidence": lambda d: d["entries"][0].update(evidence={"placement": "elsewhere"}),
    "the place": lambda d: d["entries"][0].update(place=d["entries"][0]["place"] + 1),
    "the path": lambda d: d["entries"][0]["path"].append("00" * 32),
    "another seal": lambda d: d["entries"][0].update(seal=2),
    "a seal that is not there": lambda d: d["entries"][0].update(seal=99),
    "a word of a seal": lambda d: d["seals"].update({"2": d["seals"]["2"].replace("rounds", "sounds")}),
    "a seal left out": lambda d: d["seals"].pop("2"),
    "the signature": lambda d: d["signatures"][0].update(
        signature=other_hex(d["signatures"][0]["signature"])
    ),
    "the signed hash": lambda d: d["signatures"][0].update(hash=other_hex(d["signatures"][0]["hash"])),
    "the day of the signature": lambda d: d["signatures"][0].update(day="2019-01-01"),
    "the key": lambda d: d.update(public_key=other_hex(d["public_key"])),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_proof_with_something_changed_does_not_fit(proof, what):
    try:
        found = checked(spoilt(proof, CHANGES[what]))
    except BadInput:
        return  # a key that is none
    assert found.wrong


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'"x"',
        b"{}",
        b'{"form": "rounds-consent-proof/1"}',
        b'{"form": "rounds-consent-proof/1", "seals": [], "entries": 3, "signatures": 0, "public_key": 1}',
        b'{"form": "rounds-consent-proof/1", "seals": {"x": "[]"}, "entries": [], "signatures": [], "public_key": ""}',
        b'{"form": "rounds-consent-proof/1", "seals": {"1": "[]"}, "entries": [], "signatures": [], "public_key": ""}',
        b'{"form": "rounds-consent-proof/1", "seals": {}, "entries": [{}], "signatures": [], "public_key": ""}',
        b'{"form": "rounds-consent-proof/1", "seals": {}, "entries": [], "signatures": [{}], "public_key": "00"}',
        b"[" * 100_000,
        b'{"form": "rounds-consent-proof/1", "seals": {"1": "'
        + b"[" * 100_000
        + b'"}, "entries": [], "signatures": [],'
        b' "public_key": ""}',
    ],
)
def test_what_is_no_proof_is_said_to_be_none(text):
    with pytest.raises(BadInput):
        check_proof(text, "proof.json")


def test_an_address_that_was_never_seen_has_no_proof():
    with pytest.raises(NotFound):
        prove_consent("nobody@readers.test")


FORGED = {
    "other words": lambda entry: entry["opened"].update(placement="elsewhere"),
    "another key": lambda entry: entry.update(evidence_key=other_hex(entry["evidence_key"])),
    "words without a key": lambda entry: entry.pop("evidence_key"),
    "words for another entry's seal": lambda entry: entry.update(evidence={"sealed": "AQ=="}),
}


def test_the_evidence_opens_to_what_was_sealed_and_to_nothing_else():
    factories.notices()
    subscribe(SignUp("ada@readers.test", (WEEKLY,), "footer"), NOW)
    seal_all()
    proof = prove_consent("ada@readers.test")
    [entry] = proof["entries"]
    assert entry["opened"]["placement"] == "footer"
    assert "footer" not in json.dumps(entry["evidence"])
    assert checked(proof).wrong == ()
    for change in FORGED.values():
        forged = spoilt(proof, lambda d, change=change: change(d["entries"][0]))
        with suppress(BadInput):  # a part of it is missing
            assert checked(forged).wrong
    kept_back = spoilt(proof, lambda d: [d["entries"][0].pop(word) for word in ("opened", "evidence_key")])
    assert checked(kept_back).wrong == ()
