"""Measuring on its own: asked on the page of choices, noted as one day, gone with the yes (C-30 to C-34)."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.export_subscriber import export_subscriber
from pipeline.actions.note_no import suppress
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.tidy_self_service import tidy_self_service
from pipeline.core.consent.changes import MOST_A_DAY
from pipeline.core.consent.entry import Actor, EventKind, EvidenceGrade, Method
from pipeline.core.consent.notice import words_sha256
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.suppression import ALL, Reason, Suppression
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.errors import Refused
from pipeline.core.message.pixel import GIF
from pipeline.gateways import clock
from pipeline.gateways.keys import keyring
from pipeline.store import consent, models, opens, subscribers
from pipeline.store.purposes import consent_records
from pipeline.web.logs import masked
from tests.database_away import database_away
from tests.measuring import pixel_path, switch
from tests.web.people import DAILY, WEEKLY, Person, form_token, press
from tests.web.rights_doors import do, link_of, prefs_path

SHOWN = "notice-o 1"
BEGINS = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def on(monkeypatch) -> None:
    switch(monkeypatch, on=True)


@pytest.fixture
def today():
    with time_machine.travel(BEGINS, tick=False) as traveller:
        yield traveller


def allow(browser, person: Person, **more: object):
    return do(browser, prefs_path(person), **{"measure": "on", "yes": "on", "shown": SHOWN, **more})


def day_of(person: Person) -> date | None:
    return opens.last_open(person.id)


def yeses(person: Person) -> list:
    return person.entries(EventKind.TRACKING_CONSENT_GIVEN)


# --- the question


@pytest.mark.holds("C-31", "C-02")
def test_the_page_of_choices_asks_with_an_unticked_box_and_the_notice(browser, ada, on):
    page = browser.get(prefs_path(ada)).content.decode()
    [box] = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert "checked" not in box
    notice = consent.notice("notice-o", 1)
    assert notice.consent_sentence in page
    assert "Some mail programs fetch all pictures by themselves" in page
    assert "It is off" in page
    assert yeses(ada) == []


@pytest.mark.holds("C-31", "C-03")
def test_a_yes_is_an_entry_of_its_own_with_its_evidence_and_no_letter_and_no_list_changes(browser, ada, on):
    before = models.Delivery.objects.count()
    assert "From the next issue on" in allow(browser, ada).content.decode()
    allow(browser, ada)
    [yes] = yeses(ada)
    notice = consent.notice("notice-o", 1)
    assert (yes.purpose, yes.method, yes.actor) == (OPEN_TRACKING, Method.PREFERENCE_PAGE, Actor.DATA_SUBJECT)
    assert (yes.notice_id, yes.notice_version, yes.notice_sha256) == ("notice-o", 1, notice.body_sha256)
    assert yes.consent_sentence_sha256 == words_sha256(notice.consent_sentence)
    assert yes.evidence_grade is EvidenceGrade.FULL
    assert yes.evidence["letter"] == str(models.Delivery.objects.get(subscriber_id=ada.id).uid)
    assert (yes.valid_until - yes.occurred_at) // timedelta(days=1) in (730, 731)  # 24 months
    assert ada.consent.permitted == (OPEN_TRACKING, WEEKLY)
    assert models.Delivery.objects.count() == before
    [record] = [one for one in consent_records(ada.id) if one.purpose == OPEN_TRACKING]
    assert (record.event_ids, record.collection_method) == ((yes.event_id,), "web_form")


@pytest.mark.parametrize(
    ("wish", "status", "sentence"),
    [
        ({"yes": ""}, 400, "tick the box"),
        ({"shown": "notice-o 2"}, 409, "Please read it again"),
        ({"shown": ""}, 409, "Please read it again"),
        ({"form": "forged"}, 400, "very quick"),
        ({"form": "of this moment"}, 400, "very quick"),
        ({"website": "https://spam.example"}, 400, "very quick"),
    ],
    ids=["no tick", "other words", "no words", "forged form", "a machine's pace", "a trap"],
)
@pytest.mark.holds("C-31")
def test_what_is_no_clear_yes_is_none(browser, ada, on, wish, status, sentence):
    fields = {"measure": "on", "yes": "on", "shown": SHOWN, "form": form_token(), **wish}
    if fields["form"] == "of this moment":
        fields["form"] = form_token(timedelta())
    answer = press(browser, prefs_path(ada), **fields)
    assert (answer.status_code, sentence in answer.content.decode()) == (status, True)
    assert yeses(ada) == []


@pytest.mark.holds("C-30", "C-31")
def test_while_it_is_off_nothing_of_it_is_shown_and_no_yes_is_taken(browser, ada):
    for path in (prefs_path(ada), "/", "/signup/", "/privacy/"):
        page = browser.get(path).content.decode()
        assert "notice-o" not in page, path
        assert "last opened" not in page, path
    assert allow(browser, ada).status_code == 409
    assert yeses(ada) == []


@pytest.mark.holds("C-31")
def test_nobody_is_asked_on_the_way_into_a_list_or_without_one_or_by_an_old_link(browser, ada, joins, on):
    assert OPEN_TRACKING not in browser.get("/signup/").content.decode()
    with pytest.raises(Refused, match="is closed"):
        subscribe(SignUp("eve@example.test", (WEEKLY, OPEN_TRACKING), "test"), clock.now())
    path = prefs_path(ada)
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert allow(browser, ada).status_code == 409
    do(browser, path, stop="everything")
    assert "notice-o" not in browser.get(path).content.decode()
    assert allow(browser, ada).status_code == 409
    assert yeses(ada) == []


def test_a_link_that_allows_and_withdraws_all_day_long_is_stopped_and_the_last_word_stays_a_no(
    browser, ada, on
):
    for _ in range(MOST_A_DAY):
        allow(browser, ada)
        do(browser, prefs_path(ada), stop=OPEN_TRACKING)
    said = len(ada.ledger)
    answer = allow(browser, ada)
    assert "Try again tomorrow" in answer.content.decode()
    assert len(ada.ledger) == said
    assert not ada.consent.of(OPEN_TRACKING).permits


# --- the picture


@pytest.mark.holds("C-33")
def test_what_is_kept_is_one_day_of_the_newest_opening_and_nothing_else(browser, machine, ada, on, today):
    allow(browser, ada)
    path = pixel_path(ada.id)
    for _ in range(3):
        answer = machine.get(path, headers={"User-Agent": "GoogleImageProxy"})
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, GIF, "image/gif")
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert day_of(ada) == date(2026, 12, 1)
    today.shift(timedelta(days=2))
    machine.get(path)
    assert day_of(ada) == date(2026, 12, 3)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'last_open' ORDER BY 1"
        )
        assert cursor.fetchall() == [("opened_on", "date"), ("subscriber_id", "bigint")]
        cursor.execute("SELECT * FROM last_open")
        assert cursor.fetchall() == [(ada.id, date(2026, 12, 3))]


@pytest.mark.holds("C-31", "S-01")
def test_a_token_that_is_not_ours_gets_the_same_picture_and_leaves_no_row(browser, machine, ada, on):
    allow(browser, ada)
    path = pixel_path(ada.id)
    yes = next(s.uid.bytes for s in consent.subscriptions(ada.id) if s.purpose == OPEN_TRACKING)
    others = [f"/o/{make(a, yes, keyring())}" for a in Audience if a is not Audience.OPEN]
    # One that we made, for a row that is a list's and not that of a yes to measuring.
    weekly = next(s.uid.bytes for s in consent.subscriptions(ada.id) if s.purpose == WEEKLY)
    ours = f"/o/{make(Audience.OPEN, weekly, keyring())}"
    forged = [
        path[:-1],
        f"{path}A",
        f"{path}/x",
        "/o/",
        f"/o/{'A' * 36}",
        f"/o/{'A' * 9000}",
        "/o/%00%ff",
        "/o/' OR 1=1",
    ]
    for each in [*others, ours, *forged]:
        answer = machine.get(each)
        assert (answer.status_code, answer.content) == (200, GIF), each
    assert machine.head(path).status_code == 200
    assert press(machine, path).status_code in (403, 405)
    assert day_of(ada) is None
    machine.get(path)
    assert day_of(ada) is not None


def withdraw(browser, person: Person) -> None:
    do(browser, prefs_path(person), stop=OPEN_TRACKING)


def stop_everything(browser, person: Person) -> None:
    do(browser, prefs_path(person), stop="everything")


def leave_the_last_list(browser, person: Person) -> None:
    browser.post(
        f"/u/{person.leave_token()}",
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )


def be_erased(browser, person: Person) -> None:
    erase_subscriber(person.id, clock.now(), actor=Actor.DATA_SUBJECT)


def bounce(browser, person: Person) -> None:
    suppress(subscribers.address_key(person.id), Suppression(ALL, Reason.HARD_BOUNCE), clock.now())


@pytest.mark.parametrize("ends", [withdraw, stop_everything, leave_the_last_list, be_erased, bounce])
@pytest.mark.holds("C-32")
def test_from_then_on_a_picture_in_a_mail_already_sent_is_served_and_notes_nothing(
    browser, machine, ada, on, today, ends
):
    allow(browser, ada)
    path = pixel_path(ada.id)
    machine.get(path)
    kept = day_of(ada)
    assert kept is not None
    ends(browser, ada)
    today.shift(timedelta(days=1))
    answer = machine.get(path)
    assert (answer.status_code, answer.content) == (200, GIF)
    tidy_self_service(clock.now())
    assert models.LastOpen.objects.count() == 0


@pytest.mark.holds("C-32")
def test_a_withdrawal_empties_the_day_at_once_and_keeps_the_lists(browser, machine, ada, on):
    allow(browser, ada)
    machine.get(pixel_path(ada.id))
    page = do(browser, prefs_path(ada), stop=OPEN_TRACKING).content.decode()
    assert "the day that we kept is deleted" in page
    assert models.LastOpen.objects.count() == 0
    assert ada.consent.permitted == (WEEKLY,)
    [entry] = ada.entries(EventKind.TRACKING_CONSENT_WITHDRAWN)
    assert (entry.purpose, entry.method) == (OPEN_TRACKING, Method.PREFERENCE_PAGE)


@pytest.mark.holds("C-32", "U-18")
def test_a_withdrawal_works_by_an_old_link_and_while_the_setting_is_off(
    browser, machine, ada, on, monkeypatch
):
    allow(browser, ada)
    machine.get(pixel_path(ada.id))
    switch(monkeypatch, on=False)
    assert "At the moment we note nothing" in browser.get(prefs_path(ada)).content.decode()
    with time_machine.travel(clock.now() + timedelta(days=60)):
        withdraw(browser, ada)
    assert ada.consent.permitted == (WEEKLY,)
    assert models.LastOpen.objects.count() == 0


@pytest.mark.holds("C-32")
def test_while_the_setting_is_off_a_picture_notes_nothing_although_the_yes_stands(
    browser, machine, ada, on, monkeypatch
):
    allow(browser, ada)
    switch(monkeypatch, on=False)
    assert machine.get(pixel_path(ada.id)).content == GIF
    assert day_of(ada) is None


@pytest.mark.holds("C-31", "C-32")
def test_undo_after_stopping_everything_brings_the_lists_back_and_not_the_measuring(browser, joins, on):
    cleo = joins("cleo", WEEKLY, DAILY)
    allow(browser, cleo)
    page = do(browser, prefs_path(cleo), stop="everything").content.decode()
    undo = re.findall(r'name="undo" value="([^"]+)"', page)
    assert len(undo) == 2
    do(browser, prefs_path(cleo), undo=undo)
    assert cleo.consent.permitted == (DAILY, WEEKLY)


@pytest.mark.holds("C-33")
def test_a_day_outlives_neither_the_yes_nor_the_last_list_and_stays_with_both(
    browser, machine, joins, on, today
):
    ada, ben = joins("ada"), joins("ben")
    for person in (ada, ben):
        allow(browser, person)
        machine.get(pixel_path(person.id))
    leave_the_last_list(browser, ben)
    tidy_self_service(clock.now())
    assert (day_of(ada), day_of(ben)) == (date(2026, 12, 1), None)
    tidy_self_service(clock.now() + timedelta(days=740))
    assert day_of(ada) is None


@pytest.mark.django_db(transaction=True)
def test_the_picture_is_served_while_the_database_is_away(browser, machine, ada, on):
    allow(browser, ada)
    path = pixel_path(ada.id)
    with database_away():
        assert machine.get(path).content == GIF
    assert day_of(ada) is None


@pytest.mark.holds("S-04")
def test_no_log_names_the_token_of_a_picture():
    assert masked('"GET /o/AbC-d_E/x HTTP/1.1" 200') == '"GET /o/…/x HTTP/1.1" 200'


# --- the rights


@pytest.mark.holds("C-17", "C-33")
def test_the_day_is_in_what_a_person_sees_and_takes_along(browser, machine, ada, on, today):
    here = link_of(browser, ada)
    assert "last opened" not in browser.get(here).content.decode()
    allow(browser, ada)
    machine.get(pixel_path(ada.id))
    assert "It is 1 December 2026." in browser.get(here).content.decode()
    assert "The day that we keep is 1 December 2026" in browser.get(prefs_path(ada)).content.decode()
    today.shift(timedelta(seconds=9))
    whole = json.loads(do(browser, f"{here}/download").content)
    assert whole["opens"] == {
        "allowed": True,
        "since": "2026-12-01T09:30:00+00:00",
        "last_opened_on": "2026-12-01",
    }
    assert [one["purpose"] for one in whole["lists"]] == [DAILY, WEEKLY]


@pytest.mark.holds("C-18", "C-33")
def test_nothing_of_the_day_is_left_of_somebody_who_was_forgotten(browser, machine, ada, on):
    allow(browser, ada)
    machine.get(pixel_path(ada.id))
    be_erased(browser, ada)
    assert models.LastOpen.objects.count() == 0
    assert export_subscriber(ada.id, clock.now())["opens"]["last_opened_on"] is None
