"""A yes ends, is asked for again, and carries nothing that it was no yes to (C-09, C-10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from pipeline.actions.open_due import open_due
from pipeline.actions.publish_notices import preview_publication
from pipeline.actions.record_consent import record_consent
from pipeline.actions.renew import look_at_renewal, renew
from pipeline.actions.renew_consents import renew_consents
from pipeline.actions.show_consent import show_consent
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.tick import tick
from pipeline.actions.verify_ledger import verify_ledger
from pipeline.actions.write_message import load_letters, write_message
from pipeline.core.address import parse
from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.suppression import Reason, Suppression
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.errors import BadInput
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import campaigns, consent, models, purposes, renewals, studio_audience
from pipeline.store.subscribers import StoredSubscriber, random_uid
from tests import factories, senders
from tests.factories import DAILY, NOW, WEEKLY
from tests.notice_files import NoticeFiles
from tests.sealing import seal_all
from tests.superuser import guards_down

pytestmark = pytest.mark.django_db(transaction=True)

TWO_YEARS = NOW.replace(year=2028)
A_MONTH_BEFORE = TWO_YEARS - timedelta(days=30)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NoticeFiles:
    files = NoticeFiles(tmp_path, monkeypatch)
    files.publish()
    return files


def says_yes(name: str, version: int = 4, now=NOW) -> StoredSubscriber:
    """Somebody who confirmed under a version of the weekly email's notice."""
    person = factories.subscriber(name, now=now - timedelta(hours=1))
    entry = Entry(
        random_uid(),
        EventKind.CONSENT_GIVEN,
        WEEKLY,
        now,
        Actor.DATA_SUBJECT,
        Method.CONFIRM_POST,
        notice_id="notice-a",
        notice_version=version,
        evidence_grade=EvidenceGrade.FULL,
    )
    record_consent(person.id, [entry])
    return person


def state(person: StoredSubscriber):
    return fold(consent.ledger(person.id)).of(WEEKLY)


def kinds(person: StoredSubscriber) -> list[EventKind]:
    return [entry.kind for entry in consent.ledger(person.id)][2:]


def notes_to(person: StoredSubscriber) -> list[str]:
    rows = models.Note.objects.filter(subscriber_id=person.id).order_by("id")
    return [row.kind for row in rows]


def token(person: StoredSubscriber) -> str:
    note = models.Note.objects.filter(subscriber_id=person.id).latest("id")
    return make(Audience.RENEW, note.uid.bytes, keyring())


def left_out() -> dict[str, int]:
    return models.Mailing.objects.get(state="sending").left_out


@pytest.mark.holds("C-10")
def test_after_a_material_change_nobody_is_mailed_on_an_older_yes_until_they_say_it_again(files):
    ada, ben = says_yes("ada"), says_yes("ben")
    files.new_recipient()
    files.publish()
    renew_consents(NOW)
    renew(token(ada), NOW)
    cleo = says_yes("cleo", 5)
    factories.campaign()
    open_due(NOW)
    written = set(models.Delivery.objects.filter(stream="newsletter").values_list("subscriber_id", flat=True))
    assert written == {ada.id, cleo.id}
    assert left_out() == {"notice_outdated": 1}
    [mailing] = [m for m in campaigns.mailings(models.Campaign.objects.get().pk) if m.number == 1]
    assert "1 have to say yes to the new notice" in mailing.progress.sentence()
    assert studio_audience.on_list(WEEKLY, NOW) == (3, 2)
    assert show_consent(ben.address, NOW).may_mail[WEEKLY] == (False, "notice_outdated")
    # What they saw stays what they saw.
    assert [entry.notice_version for entry in consent.ledger(ada.id) if entry.notice_id] == [4, 5, 5]
    assert state(ben).notice_version == 4


@pytest.mark.holds("C-10")
def test_what_was_queued_before_the_change_stops_at_the_dot(files):
    ada = says_yes("ada")
    factories.campaign()
    open_due(NOW)
    files.new_recipient()
    files.publish()
    sender = senders.token()
    [delivery] = senders.claim(sender, 5, NOW)
    assert senders.intents(sender, [delivery], NOW) == set()
    found = senders.obstacle(delivery, NOW)
    assert (found.state, found.reason) == (DeliveryState.SUPPRESSED, "notice_outdated")
    assert state(ada).permits


@pytest.mark.holds("C-44")
def test_an_issue_of_the_weekly_list_goes_to_nobody_who_said_yes_to_the_daily_alone(files):
    factories.subscriber("cleo", DAILY)
    ada = says_yes("ada")
    factories.campaign()
    open_due(NOW)
    assert [row.subscriber_id for row in models.Delivery.objects.filter(stream="newsletter")] == [ada.id]


def test_a_change_holds_from_its_day_on_and_not_before(files):
    ada = says_yes("ada")
    files.new_recipient(effective_from="2026-11-27")
    files.publish()
    renew_consents(NOW)
    assert studio_audience.on_list(WEEKLY, NOW) == (1, 1)
    assert notes_to(ada) == []
    later = NOW.replace(day=27, hour=0)
    renew_consents(later)
    assert studio_audience.on_list(WEEKLY, later) == (1, 0)
    assert notes_to(ada) == ["ask_again"]


@pytest.mark.holds("C-10")
def test_they_are_asked_once_by_a_letter_that_says_what_changed_and_gets_through(files):
    ada = says_yes("ada")
    files.new_recipient()
    files.publish()
    for hours in (0, 1, 24, 48, 500):
        renew_consents(NOW + timedelta(hours=hours))
    assert notes_to(ada) == ["ask_again"]
    assert kinds(ada) == [EventKind.RECONFIRM_REQUESTED]
    sender, soon = senders.token(), NOW + timedelta(minutes=1)
    [delivery] = senders.claim(sender, 5, soon)
    load_letters([delivery])
    words = b"".join(write_message(delivery).data.pieces).replace(b"=\r\n", b"")
    assert b"Example Relay Ltd is now among those who receive your details." in words
    assert b"/renew/" in words
    assert senders.intents(sender, [delivery], soon) == {delivery.id}


@pytest.mark.parametrize("scope", ["all", "marketing", f"list:{WEEKLY}", "confirmation"])
@pytest.mark.holds("C-08")
def test_somebody_who_is_suppressed_is_asked_nothing_and_expires_all_the_same(files, scope):
    ada = says_yes("ada")
    consent.suppress(key_of(parse(ada.address)), Suppression(scope, Reason.MANUAL), NOW)
    files.new_recipient()
    files.publish()
    renew_consents(NOW)
    renew_consents(A_MONTH_BEFORE)
    assert notes_to(ada) == []
    renew_consents(TWO_YEARS)
    assert kinds(ada) == [EventKind.CONSENT_EXPIRED]


@pytest.mark.holds("C-10")
def test_new_words_ask_nothing_and_are_told_once(files):
    ada = says_yes("ada")
    files.new_words()
    files.publish()
    renew_consents(NOW)
    renew_consents(NOW + timedelta(days=1))
    assert notes_to(ada) == ["notice_changed"]
    assert kinds(ada) == [EventKind.NOTICE_CHANGED_INFORMED]
    told = consent.ledger(ada.id)[-1]
    assert (told.notice_id, told.notice_version) == ("notice-a", 5)
    assert studio_audience.on_list(WEEKLY, NOW) == (1, 1)
    page = look_at_renewal(token(ada), NOW)
    assert (page.state, renew(token(ada), NOW).state) == ("informed", "informed")
    assert state(ada).notice_version == 4


@pytest.mark.holds("C-09")
def test_a_yes_is_asked_for_a_month_before_it_ends_and_ends_without_an_answer(files):
    ada, ben = says_yes("ada"), says_yes("ben")
    assert state(ada).valid_until == TWO_YEARS
    renew_consents(A_MONTH_BEFORE - timedelta(seconds=1))
    assert notes_to(ada) == []
    renew_consents(A_MONTH_BEFORE + timedelta(days=1))
    assert notes_to(ada) == notes_to(ben) == ["reconfirm"]
    assert renew(token(ben), TWO_YEARS - timedelta(days=3)).state == "renewed"
    renew_consents(TWO_YEARS)
    assert kinds(ada) == [EventKind.RECONFIRM_REQUESTED, EventKind.CONSENT_EXPIRED]
    assert not state(ada).permits
    assert state(ben).valid_until == TWO_YEARS.replace(year=2030) - timedelta(days=3)
    assert state(ben).permits
    # The link in the letter still brings Ada back, for as long as it opens.
    assert renew(token(ada), TWO_YEARS + timedelta(days=9)).state == "renewed"
    assert state(ada).permits


@pytest.mark.holds("C-09")
def test_a_yes_that_ended_carries_nothing_however_late_the_tick_is(files):
    ada = says_yes("ada", now=NOW.replace(year=2024, hour=10))
    factories.campaign()
    open_due(NOW)
    sender = senders.token()
    [delivery] = senders.claim(sender, 5, NOW)
    late = NOW + timedelta(hours=2)  # the clock jumps, and no tick has written anything down
    assert senders.intents(sender, [delivery], late) == set()
    found = senders.obstacle(delivery, late)
    assert (found.state, found.reason) == (DeliveryState.SUPPRESSED, "consent_expired")
    assert state(ada).permits
    assert studio_audience.on_list(WEEKLY, late) == (1, 0)
    assert show_consent(ada.address, late).may_mail[WEEKLY] == (False, "consent_expired")


def test_the_tick_does_it_all(files, monkeypatch):
    ada = says_yes("ada")
    tick(A_MONTH_BEFORE, bell=False)
    tick(TWO_YEARS, bell=False)
    assert kinds(ada) == [EventKind.RECONFIRM_REQUESTED, EventKind.CONSENT_EXPIRED]


def test_a_walk_goes_on_where_it_was_and_asks_nobody_twice(files, monkeypatch):
    monkeypatch.setattr(renewals, "ACTS_ON", 2)
    people = [says_yes(f"reader{n}") for n in range(5)]
    files.new_recipient()
    files.publish()
    assert [renew_consents(NOW) for _ in range(4)] == [2, 2, 1, 0]
    assert [notes_to(person) for person in people] == [["ask_again"]] * 5


def test_a_no_in_between_is_heeded(files, monkeypatch):
    ada = says_yes("ada")
    found = renewals.next_step(WEEKLY, TWO_YEARS, None)
    assert [due.subscriber_id for due in found.due] == [ada.id]
    factories.say(ada, EventKind.CONSENT_WITHDRAWN)
    monkeypatch.setattr(renewals, "next_step", lambda purpose, *_: found if purpose == WEEKLY else None)
    assert renew_consents(TWO_YEARS) == 0
    assert kinds(ada) == [EventKind.CONSENT_WITHDRAWN]


@pytest.mark.parametrize("no", [EventKind.CONSENT_WITHDRAWN, EventKind.OBJECTION_RECORDED])
def test_the_button_of_an_old_letter_brings_back_nobody_who_said_no(files, no):
    ada = says_yes("ada")
    files.new_recipient()
    files.publish()
    renew_consents(NOW)
    factories.say(ada, no)
    assert renew(token(ada), NOW).state == "ended"
    assert not state(ada).permits
    factories.say(ada, EventKind.CONSENT_REQUESTED)
    factories.say(ada, EventKind.CONFIRM_EXPIRED)  # nobody confirmed, although somebody asked
    assert renew(token(ada), NOW).state == "ended"


@pytest.mark.parametrize("why", ["outdated", "over"])
def test_whoever_would_get_nothing_on_an_old_yes_can_sign_up_like_anybody(files, why):
    ada = says_yes("ada")
    moment = TWO_YEARS if why == "over" else NOW
    sign_up = SignUp(ada.address, (WEEKLY,), "signup-page")
    subscribe(sign_up, moment - timedelta(days=1))
    assert not models.Confirmation.objects.exists()  # a yes that carries the list needs no other
    if why == "outdated":
        files.new_recipient()
        files.publish()
    subscribe(sign_up, moment)
    assert models.Confirmation.objects.get().subscriber_id == ada.id


def test_the_link_opens_for_ninety_days(files):
    ada = says_yes("ada")
    files.new_recipient()
    files.publish()
    renew_consents(NOW)
    assert look_at_renewal(token(ada), NOW + timedelta(days=90)).state == "asks"
    assert renew(token(ada), NOW + timedelta(days=91)).state == "old"


@pytest.mark.holds("C-10")
def test_a_dry_run_says_whom_it_would_touch_and_writes_nothing(files):
    says_yes("ada")
    says_yes("ben")
    factories.subscriber("cleo", DAILY)
    files.new_recipient()
    found = {each.file.notice.purpose: each for each in preview_publication(NOW)}
    weekly, daily = found[WEEKLY], found[DAILY]
    assert (weekly.new, weekly.change.kind, weekly.touched) == (True, "material", 2)
    assert [each.field for each in weekly.change.material] == ["recipients"]
    assert (daily.new, daily.touched) == (False, 0)
    assert consent.notice("notice-a", 5) is None
    assert purposes.purpose_version(WEEKLY, 2) is None


def test_facts_that_are_published_cannot_be_changed_under_the_same_number(files):
    files.rewrite(("recipients = []", 'recipients = ["relay"]'))
    parties = files.folder / "parties.toml"
    relay = '[relay]\nrole = "processor"\nname = "Relay Ltd"\naddress = "2 Street"\n'
    parties.write_text(parties.read_text() + relay)
    with pytest.raises(BadInput, match=r"weekly-health-email\.toml: \[processing\] is published with other"):
        files.publish()
    files.rewrite(("[processing]\nversion = 1", "[processing]\nversion = 2"))
    with pytest.raises(BadInput, match=r"Raise `version` to 5 too"):
        files.publish()


def test_another_telephone_is_kept_as_a_new_version_of_the_party_and_asks_nothing(files):
    parties = files.folder / "parties.toml"
    parties.write_text(parties.read_text().replace("0303 123 1113", "0303 000 0000"))
    assert files.publish() == 0
    [facts] = [purposes.purpose_version(WEEKLY, 1)]
    assert facts is not None
    assert (facts.authority.phone, facts.authority.version) == ("0303 123 1113", 1)


@pytest.mark.parametrize("table", ["party", "purpose_version"])
def test_the_database_refuses_to_edit_what_people_were_told(files, table):
    for statement in (f"UPDATE {table} SET version = 9", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(IntegrityError, match="is append-only"), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.holds("C-27")
def test_the_database_refuses_a_purpose_that_says_something_of_health_without_an_explicit_yes(files):
    facts = purposes.purpose_version(DAILY, 1)
    assert facts is not None
    with pytest.raises(IntegrityError, match="health_needs_an_explicit_yes"), transaction.atomic():
        purposes.keep_purpose(replace(facts, version=2, special_category=True), NOW)


def test_the_database_refuses_a_yes_without_an_end(files):
    ada = says_yes("ada")
    with pytest.raises(IntegrityError, match="a_yes_has_an_end"), transaction.atomic():
        models.Subscription.objects.filter(subscriber_id=ada.id).update(valid_until=None)


@pytest.mark.holds("DPV-27560")
def test_the_records_of_a_person_name_the_facts_that_each_yes_was_to(files):
    ada = says_yes("ada")
    files.new_recipient()
    files.publish()
    renew_consents(NOW)
    renew(token(ada), NOW)
    _, given, renewed = purposes.consent_records(ada.id)
    assert (given.notice_version, given.purpose_version) == (4, 1)
    assert (renewed.notice_version, renewed.purpose_version) == (5, 2)
    facts = purposes.purpose_version(WEEKLY, renewed.purpose_version)
    assert facts is not None
    assert [each.name for each in facts.recipients] == ["Example Relay Ltd"]
    assert renewed.notice_sha256 == consent.notice("notice-a", 5).body_sha256


@pytest.mark.holds("C-51")
def test_words_that_were_changed_behind_our_back_are_found(files):
    ada = says_yes("ada")
    seal_all()
    assert verify_ledger().tamperings == ()
    with guards_down() as execute:
        execute("UPDATE notice_version SET body_text = body_text || ' and more' WHERE notice_id = 'notice-a'")
    said = [each.sentence for each in verify_ledger().tamperings]
    yes = state(ada).seq
    assert f"Entry {yes} is a yes to notice-a version 4, which has other words now." in said
    assert "notice-a version 4 has other words than the hash beside it says." in said
