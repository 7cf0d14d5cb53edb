"""The secret is changed: nobody is lost, no no is lost, and what can move to the new one does (S-16, U-13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from pipeline.actions import seal_anew as sealing_anew
from pipeline.actions.check_fence import fence_refusal
from pipeline.actions.check_secret import check_secret, secret_refusal, secret_refused
from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.look_at_secrets import look_at_secrets
from pipeline.actions.make_recovery_codes import make_recovery_codes
from pipeline.actions.open_due import open_due
from pipeline.actions.prove_consent import prove_consent
from pipeline.actions.prove_second_factor import prove_by_code
from pipeline.actions.receive_request import receive_request
from pipeline.actions.run_imports import run_imports
from pipeline.actions.seal_anew import seal_anew
from pipeline.actions.set_up_app import seal_use
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.tick import tick
from pipeline.actions.unsubscribe import unsubscribe
from pipeline.actions.verify_ledger import verify_ledger
from pipeline.core.accounts.member import Who
from pipeline.core.consent import proof
from pipeline.core.consent.entry import Actor, ConsentStatus, Method
from pipeline.core.consent.rights import Channel, Lost, RequestKind
from pipeline.core.consent.suppression import Reason
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.errors import Unavailable
from pipeline.gateways import keys
from pipeline.gateways.keys import keyring
from pipeline.store import alerts, consent, models, rights, seals, second_factors, secret_kids, subscribers
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW, WEEKLY
from tests.sealing import seal_all
from tests.secret_hosts import STRANGER, host

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _lists() -> None:
    factories.notices()


def changed(kid: int) -> None:
    """For a host that was started with the secrets up to this one."""
    check_secret("cli:maya", NOW)
    assert secret_kids.newest() == kid


def status_of(person) -> ConsentStatus:
    return consent.subscriptions(person.id)[0].status


def wrapped() -> list[bytes]:
    return [
        bytes(key) for key in models.Subscriber.objects.order_by("id").values_list("wrapped_key", flat=True)
    ]


def leave_token(person) -> str:
    return make(Audience.UNSUB, consent.subscriptions(person.id)[0].uid.bytes, keyring())


@pytest.mark.holds("U-13", "S-16")
def test_a_link_made_before_three_changes_still_unsubscribes():
    ada = factories.subscriber("ada")
    token = leave_token(ada)
    for kid in (2, 3, 4):
        with host(kid):
            changed(kid)
            seal_anew()
    with host(4):
        assert leave_token(ada) != token
        unsubscribe(token, Method.ONE_CLICK_POST, NOW + timedelta(days=1100))
        assert status_of(ada) is ConsentStatus.WITHDRAWN


@pytest.mark.holds("S-16", "S-17")
def test_after_a_change_everything_opens_and_after_sealing_anew_without_the_old_secret():
    factories.readers(["ada", "ben", "cleo"], given_name="Ada")
    who = Who(_member("maya"), "maya")
    second_factors.save_totp(who.id, keys.seal(b"the secret of an app", seal_use(who.id)), 1, NOW)
    with host(2):
        changed(2)
        dora = factories.subscriber("dora")
        assert [(s.people, s.apps) for s in look_at_secrets().of] == [(3, 1), (1, 0)]
        assert subscribers.by_key(factories.key("ada")).address == "ada@readers.test"
        assert keys.unseal_kept(second_factors.totp_of(who.id).sealed, seal_use(who.id))[0] == 1
        done = seal_anew()
        assert (done.people, done.apps, done.unreadable, done.held) == (3, 1, 0, 0)
        assert [(s.people, s.apps) for s in done.left.of] == [(0, 0), (4, 1)]
        sealed, before = second_factors.totp_of(who.id).sealed, wrapped()
        again = seal_anew()
        assert (again.people, again.apps, wrapped()) == (0, 0, before)
        found = [subscribers.by_key(factories.key(name)).id for name in ("ada", "ben", "cleo")] + [dora.id]
    with host(1, in_force="the second secret of the tests, and of nobody"):  # without the first
        people = [subscribers.by_id(number) for number in found]
        assert [p.address.partition("@")[0] for p in people] == ["ada", "ben", "cleo", "dora"]
        assert people[0].given_name == "Ada"
        assert keys.unseal(sealed, seal_use(who.id)) == b"the secret of an app"


def test_what_a_stranger_wrote_opens_after_a_change_and_is_sealed_anew_without_the_old_secret():
    by = {"actor": Actor.CONTROLLER_USER, "member": "maya"}
    asked = receive_request(RequestKind.COMPLAINT, None, Channel.POST, NOW, words="Who are you?", **by).uid
    with host(2):
        changed(2)
        assert rights.by_uid(asked).words == "Who are you?"
        assert [s.words for s in look_at_secrets().of] == [1, 0]
        done = seal_anew()
        assert (done.words, done.unreadable) == (1, 0)
        assert [s.words for s in done.left.of] == [0, 1]
        assert seal_anew().words == 0
    with host(1, in_force="the second secret of the tests, and of nobody"):
        assert rights.by_uid(asked).words == "Who are you?"
    with host(1, in_force=STRANGER):
        assert rights.by_uid(asked).words is Lost.UNREADABLE


def _member(name: str) -> int:
    from django.contrib.auth.models import User

    return User.objects.create_user(name).pk


@pytest.mark.holds("C-18", "S-16")
def test_who_was_erased_stays_suppressed_when_an_old_list_comes_after_the_change(tmp_path):
    ada = factories.subscriber("ada")
    erase_subscriber(ada.id, NOW, actor=Actor.DATA_SUBJECT, reason=Reason.ERASED)
    ben = factories.subscriber("ben")
    with host(3):
        changed(3)
        unsubscribe(leave_token(ben), Method.ONE_CLICK_POST, NOW)
        seal_anew()
        old_list = tmp_path / "old.csv"
        old_list.write_text("email\nada@readers.test\nben@readers.test\ncleo@readers.test\n")
        factories.bring(old_list)
        assert {stop.reason for stop in consent.suppressions(factories.key("ada"))} == {Reason.ERASED}
        assert subscribers.by_key(factories.key("ada")).address == ""
        assert status_of(ben) is ConsentStatus.WITHDRAWN
        assert subscribers.by_key(factories.key("cleo")).address == "cleo@readers.test"
        subscribe(SignUp("ada@readers.test", (WEEKLY,), "footer"), NOW)
        assert not models.Delivery.objects.filter(subscriber_id=ada.id).exists()


@pytest.mark.holds("S-16")
def test_sealing_anew_that_was_stopped_goes_on_and_undoes_no_erasure(monkeypatch):
    monkeypatch.setattr(sealing_anew, "AT_ONCE", 2)
    people = factories.readers(["ada", "ben", "cleo", "dora", "emil"])
    check_secret("cli:maya", NOW)
    models.Subscriber.objects.filter(pk=people[4].id).update(wrapped_key=b"\x01not a key")
    heard = []

    def stop(done: int, total: int) -> None:
        heard.append((done, total))
        raise KeyboardInterrupt

    with host(2):
        changed(2)
        with pytest.raises(KeyboardInterrupt):
            seal_anew(stop)
        assert heard == [(2, 5)]
        assert [s.people for s in look_at_secrets().of] == [2, 2]
        erase_subscriber(people[2].id, NOW, actor=Actor.DATA_SUBJECT, reason=Reason.ERASED)
        done = seal_anew()
        assert (done.people, done.unreadable, done.left.unknown) == (1, 1, 1)
        assert subscribers.by_id(people[2].id).address == ""
        assert subscribers.by_id(people[3].id).address == "dora@readers.test"


def test_a_row_that_somebody_holds_is_passed_over_and_told():
    import psycopg

    ada, _ = factories.readers(["ada", "ben"])
    found = connection.settings_dict
    with host(2):
        changed(2)
        with psycopg.connect(
            dbname=found["NAME"], host=found["HOST"], user=found["USER"], port=found["PORT"] or None
        ) as other:
            other.execute("SELECT 1 FROM subscriber WHERE id = %s FOR UPDATE", [ada.id])
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")  # it would wait for ever for the one above
            done = seal_anew()
        assert (done.people, done.held) == (1, 1)
        connection.close()
        assert seal_anew().people == 1


@pytest.mark.holds("S-16", "C-50")
def test_signatures_of_before_the_change_hold():
    factories.readers(["ada"])
    seal_all()
    with host(2):
        changed(2)
        assert verify_ledger().tamperings == ()
        document = prove_consent("ada@readers.test")
        with host(1):
            old_key = keys.ledger_public_key().hex()
        assert document["public_key"] == keys.ledger_public_key().hex() != old_key
        assert list(document["earlier_public_keys"].values()) == [old_key]
        assert proof.check(document).wrong == ()
    with host(1, in_force=STRANGER):
        assert any("is not by our key" in one.sentence for one in verify_ledger().tamperings)
    assert len(seals.anchors()) == 1


@pytest.mark.holds("S-16", "C-50")
def test_a_signature_that_was_made_with_the_old_secret_after_the_change_proves_nothing():
    factories.readers(["ada"])
    seal_all()
    with host(2):
        for kid, value in keys.check_values().items():
            models.SecretKid.objects.create(
                kid=kid, check_value=value, since=seals.clock() - timedelta(days=4 - kid)
            )
        [found] = verify_ledger().tamperings
        assert "under secret 1, which was replaced" in found.sentence
    with pytest.raises(DatabaseError, match="secret_kid"):
        models.SecretKid.objects.update(since=seals.clock())


@pytest.mark.holds("S-13", "S-16")
def test_a_recovery_code_of_before_works_once_more_and_no_more():
    who = Who(_member("maya"), "maya")
    first, second, *_ = make_recovery_codes(who, NOW)
    with host(2):
        changed(2)
        assert prove_by_code(who, first, NOW) is not None
        assert prove_by_code(who, first, NOW) is None
        assert look_at_secrets().old_codes == 9
        make_recovery_codes(who, NOW + timedelta(days=3650))
        assert prove_by_code(who, second, NOW) is None
        assert look_at_secrets().old_codes == 0


@pytest.mark.holds("S-16")
def test_a_process_from_before_the_change_sends_nothing_imports_nothing_and_ticks_nothing(monkeypatch):
    factories.readers(["ada"])
    assert fence_refusal() is None
    with host(2):
        changed(2)
        assert fence_refusal() is None
    assert "was changed: number 2 is in force" in (fence_refusal() or "")
    monkeypatch.setattr("pipeline.actions.tick.seal_if_due", lambda: pytest.fail("it signed"))
    monkeypatch.setattr("pipeline.store.list_imports.waiting", lambda: pytest.fail("it read a list"))
    tick(NOW)
    assert run_imports() == 0
    [told] = alerts.open_now(["secret"])
    assert "start everything here anew" in told.sentence
    with host(2):
        check_secret("cli:maya", NOW)
        assert alerts.open_now(["secret"]) == []


def test_what_a_sender_from_before_cannot_read_goes_back_for_one_that_can():
    factories.readers(["ada", "ben"])
    factories.campaign()
    open_due(NOW)
    with host(2):
        changed(2)
        seal_anew()
    dora = factories.subscriber("dora")  # by a web server from before, which runs on
    assert senders.claim(random_uid(), 10, NOW) == []
    assert set(models.Delivery.objects.values_list("state", "lease_token")) == {(0, None)}
    with host(2):
        found = senders.claim(random_uid(), 10, NOW)
        assert sorted(one.address for one in found) == ["ada@readers.test", "ben@readers.test"]
        assert subscribers.by_id(dora.id).address == "dora@readers.test"
        assert seal_anew().people == 1


@pytest.mark.holds("S-16")
@pytest.mark.parametrize("numbered", [True, False])
def test_another_secret_is_refused_and_changes_nothing(numbered):
    factories.readers(["ada"])
    if numbered:  # else it is a database from before the secrets had numbers
        check_secret("cli:maya", NOW)
    before = list(models.SecretKid.objects.values())
    with host(1, in_force=STRANGER):
        with pytest.raises(Unavailable, match="another ROUNDS_SECRET_KEY"):
            check_secret("cli:maya", NOW)
        assert secret_refused(NOW)
    assert list(models.SecretKid.objects.values()) == before
    with host(2):
        changed(2)  # both numbers are known from here on, whatever was known before
    with host(3):
        changed(3)
    with host(3, lacks=[2]), pytest.raises(Unavailable, match="2:SECRET"):
        check_secret("cli:maya", NOW)
    with host(3, in_force=STRANGER), pytest.raises(Unavailable, match="number 3 of this host"):
        check_secret("cli:maya", NOW)


def test_a_change_is_in_the_audit_log_once_and_the_first_secret_is_none():
    lines = models.AuditEvent.objects.filter(event="secret.changed")
    check_secret("cli:maya", NOW)
    assert not lines.exists()
    for _ in range(2):
        with host(2):
            check_secret("cli:maya", NOW)
    [line] = lines
    assert (line.about, line.member) == ("secret:2", "cli:maya")
    assert secret_refusal() is not None
    with host(3):
        assert (
            fence_refusal() is None
        )  # a sender is the first to start: nobody else could read its links before
    assert (secret_kids.newest(), lines.latest("seq").member.startswith("host:")) == (3, True)
