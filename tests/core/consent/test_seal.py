"""A leaf covers every column of an entry, and a seal every word of itself."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from pipeline.core.consent.seal import SealedEntry, examine_chain, seal

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
ENTRY = SealedEntry(
    seq=7,
    xid=812,
    event_id=UUID(int=5),
    subscriber_id=3,
    address_key=b"k" * 32,
    purpose="weekly_health_email",
    kind="CONSENT_GIVEN",
    state_after="given",
    occurred_at=AT,
    recorded_at=AT,
    actor="data_subject",
    method="confirm_post",
    notice_id="weekly",
    notice_version=2,
    consent_sentence_sha256="ab" * 32,
    evidence_grade="full",
    evidence={"placement": "article-top", "page": {"b": 1, "a": 2}},
    suspect_automation=False,
)
OTHER = {
    "event_id": UUID(int=6),
    "address_key": b"l" * 32,
    "purpose": None,
    "occurred_at": AT + timedelta(microseconds=1),
    "recorded_at": AT + timedelta(microseconds=1),
    "notice_version": None,
    "evidence": {"placement": "article-top", "page": {"b": 1, "a": 3}},
    "suspect_automation": True,
    "valid_until": AT,
}


@pytest.mark.parametrize("name", [field.name for field in fields(SealedEntry)])
def test_an_entry_with_another_value_in_any_column_has_another_leaf(name):
    now = getattr(ENTRY, name)
    other = OTHER[name] if name in OTHER else now + (1 if isinstance(now, int) else "x")
    assert replace(ENTRY, **{name: other}).leaf != ENTRY.leaf


def test_an_entry_from_before_there_was_more_to_say_is_hashed_as_it_was_then():
    first = json.loads(ENTRY.canonical)
    assert (first[0], len(first)) == ("rounds-consent-event/1", 19)
    later = json.loads(replace(ENTRY, notice_sha256="cd" * 32, valid_until=AT).canonical)
    assert later[0] == "rounds-consent-event/2"
    assert later[1:19] == first[1:]
    assert later[19] == "cd" * 32


def test_the_same_entry_has_the_same_leaf_however_the_database_writes_it():
    evidence = {"page": {"a": 2, "b": 1}, "placement": "article-top"}
    at = AT.astimezone(timezone(timedelta(hours=5)))
    assert replace(ENTRY, evidence=evidence, occurred_at=at).leaf == ENTRY.leaf


def test_words_cannot_wander_from_one_column_to_the_next():
    assert replace(ENTRY, actor="ab", method="c").leaf != replace(ENTRY, actor="a", method="bc").leaf


def made(entries, before=None, cluster="1/1"):
    return seal(before, entries, cluster=cluster, to=(900, 0), highest=7, sealed_at=AT)


def test_a_seal_follows_the_one_before_it():
    first = made([ENTRY])
    second = made([replace(ENTRY, seq=8, xid=901)], first)
    assert [*examine_chain(first, None), *examine_chain(second, first)] == []
    assert (first.from_xid, second.from_xid, second.number) == (0, 900, 2)


def test_a_ledger_on_another_server_begins_anew_above_what_it_had():
    first = made([ENTRY])
    second = made([], first, "2/1")
    assert (second.afresh, second.from_xid, second.floor) == (True, 0, 7)
    assert list(examine_chain(second, first)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"number": 3},
        {"cluster": "9/9"},
        {"from_xid": 1},
        {"from_seq": 1},
        {"to_xid": 901},
        {"to_seq": 1},
        {"floor": 1},
        {"afresh": True},
        {"leaves": (ENTRY.leaf, ENTRY.leaf)},
        {"leaves": ()},
        {"count": 2},
        {"seqs": (8, 9)},
        {"root": b"r" * 32},
        {"previous": b"p" * 32},
        {"sealed_at": AT + timedelta(seconds=1)},
        {"hash": b"h" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_seal_with_another_word_is_found(change):
    first = made([ENTRY])
    second = made([replace(ENTRY, seq=8, xid=901)], first)
    found = list(examine_chain(replace(second, **change), first))
    assert found
    assert all(one.seal == change.get("number", 2) for one in found)


def test_a_seal_that_was_made_anew_after_a_change_breaks_the_chain():
    first = made([ENTRY])
    second = made([replace(ENTRY, seq=8, xid=901)], first)
    forged = made([replace(ENTRY, state_after="withdrawn")])
    [found] = examine_chain(second, forged)
    assert found.sentence == "Seal 2 does not follow the seal before it."
