"""Every entry is in one seal, and whoever changes the ledger afterwards is found (faults 68 and 69)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from pipeline.actions import seal_ledger as sealing
from pipeline.actions.seal_ledger import seal_if_due, seal_ledger
from pipeline.actions.verify_ledger import Verified, verify_ledger
from pipeline.core.consent import merkle
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.seal import NOTHING_BEFORE
from pipeline.core.errors import BadInput
from pipeline.store import models, seals
from tests import factories
from tests.another_session import another_session
from tests.sealing import seal_all
from tests.superuser import guards_down

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _lists() -> None:
    factories.notices()


def three_seals() -> None:
    for names in (("ada", "ben"), ("cleo",), ("dora", "emil", "finn")):
        factories.readers(names)
        wait_for_all()
        assert seal_ledger() == 1


def wait_for_all() -> None:
    """Until no transaction of another test holds anything of this one's back."""
    last = max(xid for _, xid, _ in seals.numbers())
    deadline = time.monotonic() + 60
    while seals.closed_below() <= last:
        assert time.monotonic() < deadline, "something holds a transaction open"
        time.sleep(0.02)


def today() -> date:
    return seals.anchors()[0].day


def sentences(found: Verified) -> list[str]:
    return [one.sentence for one in found.tamperings]


def test_what_was_added_is_sealed_once_and_signed_once_a_day(monkeypatch):
    three_seals()
    assert seal_ledger() == 0
    found = verify_ledger()
    assert (found.seals, found.entries, found.waiting, found.anchors) == (3, 6, 0, 1)
    assert sentences(found) == []
    factories.readers(["gwen"])
    assert verify_ledger().waiting == 1
    tomorrow = seals.clock() + timedelta(days=1)
    monkeypatch.setattr(seals, "clock", lambda: tomorrow)
    seal_all()
    assert [anchor.day for anchor in seals.anchors()] == [
        tomorrow.date() - timedelta(days=1),
        tomorrow.date(),
    ]
    assert sentences(verify_ledger()) == []


def test_a_tick_seals_once_a_minute(monkeypatch):
    factories.readers(["ada"])
    seal_all()
    now = seals.last().sealed_at
    factories.readers(["ben"])
    monkeypatch.setattr(seals, "clock", lambda: now + timedelta(seconds=59))
    assert seal_if_due() == 0
    monkeypatch.setattr(seals, "clock", lambda: now + timedelta(seconds=61))
    for _ in range(100):
        if seal_if_due():
            return
        time.sleep(0.05)
    raise AssertionError("a minute has passed, and nothing was sealed")


def test_long_transactions_that_end_out_of_order_are_each_in_one_seal():
    # Fault 69. Each opens its transaction in turn, and they commit from the last to the first, while somebody seals.
    people = factories.readers([f"reader{n}" for n in range(50)])
    seal_all()
    sessions = [another_session() for _ in people]
    try:
        for session, person in zip(sessions, people, strict=True):
            session.execute(
                "INSERT INTO consent_event (event_id, subscriber_id, kind, state_after, occurred_at, actor, method,"
                " notice_id, consent_sentence_sha256, evidence_grade, evidence, suspect_automation)"
                " VALUES (gen_random_uuid(), %s, 'SAR_RECEIVED', 'unknown', now(), 'data_subject', 'admin', '', '', '',"
                " '{}', false)",
                [person.id],
            )
        for n, session in enumerate(reversed(sessions)):
            session.commit()
            if n % 7 == 0:
                seal_ledger()
                assert sentences(verify_ledger()) == []
    finally:
        for session in sessions:
            session.close()
    seal_all()
    counts = Counter(seq for one in seals.all_seals() for seq in one.seqs)
    assert set(counts.values()) == {1}
    assert set(counts) == {seq for seq, *_ in seals.numbers()}
    assert (verify_ledger().entries, verify_ledger().waiting) == (100, 0)


def test_sealers_at_once_make_one_chain():
    factories.readers([f"reader{n}" for n in range(20)])
    threads = [threading.Thread(target=_seal_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal_all()
    found = verify_ledger()
    assert (found.entries, sentences(found)) == (20, [])


def _seal_and_close() -> None:
    seal_ledger()
    connection.close()


def test_a_long_list_and_a_long_transaction_are_sealed_in_parts(monkeypatch):
    monkeypatch.setattr(seals, "LARGEST", 3)
    monkeypatch.setattr(seals, "PAGE", 2)
    person = factories.subscriber("ada")
    for _ in range(4):
        factories.say(person, EventKind.CONSENT_RENEWED)
    with connection.cursor() as cursor:  # one transaction of five
        cursor.execute(
            "INSERT INTO consent_event (event_id, subscriber_id, kind, state_after, occurred_at, actor, method,"
            " notice_id, consent_sentence_sha256, evidence_grade, evidence, suspect_automation)"
            " SELECT gen_random_uuid(), %s, 'SAR_RECEIVED', 'unknown', now(), 'data_subject', 'admin', '', '', '',"
            " '{}', false FROM generate_series(1, 5)",
            [person.id],
        )
    factories.say(person, EventKind.CONSENT_WITHDRAWN)
    wait_for_all()
    seal_ledger()
    assert [len(one.seqs) for one in seals.all_seals()] == [3, 3, 3, 2]
    assert sentences(verify_ledger()) == []


def test_a_sealer_that_dies_leaves_the_next_one_where_it_was(monkeypatch):
    factories.readers(["ada"])
    with monkeypatch.context() as patched:
        patched.setattr(sealing.keys, "sign_ledger", lambda data: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            seal_all()
    factories.readers(["ben"])
    assert seal_all() == 1
    found = verify_ledger()
    assert (found.seals, found.entries, found.anchors, sentences(found)) == (2, 2, 1, [])


def test_a_ledger_that_was_put_back_elsewhere_is_sealed_whole_and_goes_on(monkeypatch):
    three_seals()
    factories.readers(["gwen"])  # after the last seal, and before the backup
    monkeypatch.setattr(seals, "cluster", lambda: "another/1")
    factories.readers(["hugo"])  # on the other server, where transactions have small numbers
    with guards_down() as execute:
        execute("UPDATE consent_event SET xid = 5 WHERE seq = (SELECT max(seq) FROM consent_event)")
        execute(
            "UPDATE consent_event SET xid = xid + 1000000000 WHERE seq = (SELECT max(seq) - 1 FROM consent_event)"
        )
    assert verify_ledger().waiting == 2
    assert sentences(verify_ledger()) == []
    seal_ledger()
    factories.readers(["ines"])
    seal_all()
    found = verify_ledger()
    assert (found.seals, found.entries, found.waiting, sentences(found)) == (5, 9, 0, [])
    assert len(found.notes) == 1


TAMPERINGS = {
    "edit": "UPDATE consent_event SET state_after = 'withdrawn' WHERE seq = {third}",
    "edit of the evidence": 'UPDATE consent_event SET evidence = \'{{"placement": "elsewhere"}}\' WHERE seq = {third}',
    "edit of the time": "UPDATE consent_event SET recorded_at = recorded_at - interval '1 day' WHERE seq = {third}",
    "delete": (
        "DELETE FROM subscription WHERE consent_event_id = {third}; DELETE FROM consent_event WHERE seq = {third}"
    ),
    "insert": (
        "INSERT INTO consent_event (event_id, subscriber_id, purpose_id, kind, state_after, occurred_at, recorded_at,"
        " xid, address_key, actor, method, notice_id, consent_sentence_sha256, evidence_grade, evidence,"
        " suspect_automation) SELECT gen_random_uuid(), subscriber_id, purpose_id, kind, state_after, occurred_at,"
        " recorded_at, xid, address_key, actor, method, notice_id, consent_sentence_sha256, evidence_grade, evidence,"
        " suspect_automation FROM consent_event WHERE seq = {third}"
    ),
    "reorder": (
        "UPDATE consent_event SET seq = -1 WHERE seq = {third}; UPDATE consent_event SET seq = {third} WHERE seq ="
        " {fourth}; UPDATE consent_event SET seq = {fourth} WHERE seq = -1"
    ),
    "swap of two people": (
        "UPDATE consent_event e SET subscriber_id = o.subscriber_id, address_key = o.address_key FROM consent_event o"
        " WHERE (e.seq, o.seq) IN (({third}, {fourth}), ({fourth}, {third}))"
    ),
}


@pytest.mark.parametrize("how", TAMPERINGS)
@pytest.mark.holds("C-51")
def test_tampering_is_found_and_the_seal_named(how):
    three_seals()
    third, fourth = (one.seqs[0] for one in seals.all_seals() if one.number > 1)
    with guards_down() as execute:
        execute(TAMPERINGS[how].format(third=third, fourth=fourth))
    found = verify_ledger()
    assert found.tamperings, how
    assert any(one.seal in (2, 3) for one in found.tamperings)
    assert all(
        f"seal {one.seal}" in one.sentence.lower() or "in no seal" in one.sentence for one in found.tamperings
    )


def test_two_mailboxes_that_changed_places_are_found():
    three_seals()
    ada, ben = models.Subscriber.objects.order_by("id")[:2]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE subscriber SET address_key = %s WHERE id = %s", [b"between", ada.pk])
        cursor.execute(
            "UPDATE subscriber SET address_key = %s WHERE id = %s", [bytes(ada.address_key), ben.pk]
        )
        cursor.execute(
            "UPDATE subscriber SET address_key = %s WHERE id = %s", [bytes(ben.address_key), ada.pk]
        )
    found = sentences(verify_ledger())
    for number in (ada.pk, ben.pk):
        assert f"Subscriber {number} has another address than the key beside it says." in found
        assert f"Subscriber {number} is not the mailbox that their entries are about." in found


def make_all_anew(execute: Callable[..., None]) -> None:
    """Everything that somebody can do who knows how seals are made, and has no key."""
    previous = NOTHING_BEFORE
    for one in list(seals.all_seals()):
        leaves = tuple(seals.entries([seq])[seq].leaf for seq in one.seqs)
        made = replace(one, leaves=leaves, root=merkle.root(leaves), previous=previous)
        made = replace(made, hash=made.computed_hash)
        execute(
            "UPDATE ledger_seal SET leaves = %s, root = %s, previous = %s, hash = %s WHERE number = %s",
            [b"".join(leaves), made.root, made.previous, made.hash, made.number],
        )
        previous = made.hash


@pytest.mark.holds("C-51")
def test_a_ledger_that_was_sealed_anew_after_a_change_is_betrayed_by_the_signature():
    three_seals()
    with guards_down() as execute:
        execute(
            "UPDATE consent_event SET state_after = 'withdrawn' WHERE seq = (SELECT min(seq) FROM consent_event)"
        )
        make_all_anew(execute)
    assert f"Seal 1 is not the one that was signed on {today()}." in sentences(verify_ledger())
    with guards_down() as execute:
        execute("UPDATE ledger_anchor SET hash = (SELECT hash FROM ledger_seal WHERE number = 1)")
    assert f"The signature of {today()} is not by our key: seal 1 proves nothing." in sentences(
        verify_ledger()
    )


def test_without_its_signatures_it_is_betrayed_by_the_seal_that_was_kept_outside():
    three_seals()
    held = verify_ledger().head
    assert sentences(verify_ledger(held)) == []
    with guards_down() as execute:
        execute("DELETE FROM ledger_anchor")
        execute(
            "UPDATE consent_event SET state_after = 'withdrawn' WHERE seq = (SELECT min(seq) FROM consent_event)"
        )
        make_all_anew(execute)
    assert "Seal 3 is not the one that was kept outside." in sentences(verify_ledger(held))


def test_without_any_of_that_it_is_betrayed_by_what_this_host_noted_of_its_seals():
    three_seals()
    with guards_down() as execute:
        execute(
            "UPDATE consent_event SET state_after = 'withdrawn' WHERE seq = (SELECT min(seq) FROM consent_event)"
        )
        make_all_anew(execute)
        execute("DELETE FROM ledger_anchor")
    seal_ledger()  # our own sealer signs what it finds
    assert sentences(verify_ledger()) == [
        f"Seal {number} is not the one that this host made. Or the database was put back."
        for number in (1, 2, 3)
    ]


def test_a_database_that_was_given_another_name_so_that_no_witness_is_asked_is_noted(monkeypatch, tmp_path):
    for module in ("seal_ledger", "verify_ledger"):
        monkeypatch.setattr(f"pipeline.actions.{module}.witness_folder", lambda: tmp_path / "ledger")
    three_seals()
    assert verify_ledger().notes == ()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE instance SET uid = gen_random_uuid()")
    [note] = verify_ledger().notes
    assert "given another name" in note


def test_seals_that_this_host_made_and_that_are_gone_are_told():
    three_seals()
    with guards_down() as execute:
        execute("DELETE FROM ledger_anchor")
        execute("DELETE FROM ledger_seal WHERE number > 1")
    assert "Seal 3, which this host made, is gone. Or the database was put back." in sentences(
        verify_ledger()
    )


def test_an_address_that_changed_while_its_key_stayed_is_found():
    three_seals()
    ada = models.Subscriber.objects.order_by("id")[0]
    factories.readdress("ada", "mallory@elsewhere.test")
    assert sentences(verify_ledger()) == [
        f"Subscriber {ada.pk} has another address than the key beside it says."
    ]


def test_an_entry_of_a_transaction_that_never_was_does_not_wait_for_ever():
    three_seals()
    with guards_down() as execute:
        execute(
            "INSERT INTO consent_event (event_id, subscriber_id, kind, state_after, occurred_at, recorded_at, xid,"
            " address_key, actor, method, notice_id, consent_sentence_sha256, evidence_grade, evidence,"
            " suspect_automation) SELECT gen_random_uuid(), id, 'SAR_RECEIVED', 'unknown', now(), now(),"
            " 1::bigint << 61, address_key, 'system', 'admin', '', '', '', '{}', false FROM subscriber LIMIT 1"
        )
    [found] = sentences(verify_ledger())
    assert found.endswith("it was put in later.")


def test_entries_that_wait_for_long_are_noted(monkeypatch):
    three_seals()
    factories.readers(["gwen"])
    later = seals.clock() + timedelta(hours=1)
    monkeypatch.setattr(seals, "clock", lambda: later)
    found = verify_ledger()
    assert (found.waiting, sentences(found)) == (1, [])
    assert found.notes[0].startswith("Entries wait for a seal since")


def test_seals_that_nobody_signed_for_days_are_told(monkeypatch):
    three_seals()
    later = seals.clock() + timedelta(days=3)
    monkeypatch.setattr(seals, "clock", lambda: later)
    assert any("No seal was signed since" in sentence for sentence in sentences(verify_ledger()))


def test_a_seal_that_is_gone_is_missed():
    three_seals()
    with guards_down() as execute:
        execute("DELETE FROM ledger_seal WHERE number = 2")
    assert "Seal 2 is missing: seal 3 comes next." in sentences(verify_ledger())


@pytest.mark.parametrize("table", ["ledger_seal", "ledger_anchor"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET hash = hash", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize("role", ["origin", "replica"])
@pytest.mark.holds("C-51")
def test_seals_can_be_added_to_and_read_and_nothing_else(table, statement, role):
    three_seals()
    with connection.cursor() as cursor:
        cursor.execute(f"SET session_replication_role = {role}")
        try:
            with pytest.raises(Exception, match="is append-only"):
                cursor.execute(statement.format(table))
        finally:
            cursor.execute("SET session_replication_role = origin")


def test_who_writes_an_entry_chooses_neither_its_moment_nor_its_transaction_nor_its_mailbox():
    ada, ben = factories.readers(["ada", "ben"])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consent_event (event_id, subscriber_id, kind, state_after, occurred_at, recorded_at, xid,"
            " address_key, actor, method, notice_id, consent_sentence_sha256, evidence_grade, evidence,"
            " suspect_automation) SELECT gen_random_uuid(), %s, 'SAR_RECEIVED', 'unknown', now(), '2001-01-01', 7,"
            " address_key, 'system', 'admin', '', '', '', '{}', false FROM subscriber WHERE id = %s RETURNING seq",
            [ada.id, ben.id],
        )
        [seq] = cursor.fetchone()
    entry = seals.entries([seq])[seq]
    assert abs(entry.recorded_at - seals.clock()) < timedelta(minutes=1)
    assert entry.xid > 7
    assert entry.address_key == bytes(models.Subscriber.objects.get(pk=ada.id).address_key)


@pytest.mark.parametrize("held", ["3", "x:00", "3:zz", ":"])
def test_what_is_no_seal_is_said(held):
    with pytest.raises(BadInput, match="is not a seal"):
        verify_ledger(held)


def test_a_ledger_without_seals_is_whole():
    found = verify_ledger()
    assert (found.seals, found.head, sentences(found)) == (0, "", [])
