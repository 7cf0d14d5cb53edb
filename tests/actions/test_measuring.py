"""Whose message has the picture that measures: theirs who agreed, and nobody's while it is off (C-30, C-31, C-35)."""

from __future__ import annotations

import email
import email.policy
import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from pipeline.actions.open_due import open_due
from pipeline.actions.write_message import load_letters, write_message
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.tokens import Audience, read
from pipeline.gateways.keys import keyring
from pipeline.store import consent, models, opens
from pipeline.store.sending import ClaimedDelivery
from tests import factories, senders
from tests.factories import NOW
from tests.measuring import agree, switch

pytestmark = pytest.mark.django_db(transaction=True)  # a sender has connections of its own

BASE = "http://127.0.0.1:8000"
EARLIER = NOW - timedelta(days=3)


@pytest.fixture
def readers() -> dict[str, object]:
    """Ada agreed before the issue was opened; Ben and Cleo did not."""
    factories.notices()
    found = dict(zip(("ada", "ben", "cleo"), factories.readers(now=EARLIER), strict=True))
    agree(found["ada"], EARLIER)
    factories.campaign()
    open_due(NOW)
    return found


def claimed() -> dict[str, ClaimedDelivery]:
    token = senders.token()
    found = {one.address.partition("@")[0]: one for one in senders.claim(token, 10, NOW)}
    senders.release(token)
    return found


def messages(deliveries: dict[str, ClaimedDelivery]) -> dict[str, bytes]:
    load_letters(list(deliveries.values()))
    return {name: bytes(write_message(one).data) for name, one in deliveries.items()}


def html_of(message: bytes) -> str:
    found = email.message_from_bytes(message, policy=email.policy.default).get_body(("html",))
    assert found is not None
    return str(found.get_content())


def addresses(html: str) -> list[str]:
    """Of all links and pictures, without what a token is."""
    found = re.findall(r"""(?:src|href|background)=["']([^"']+)""", html)
    return [re.sub(rf"({BASE}/[upo])/[\w-]{{36}}$", r"\1/…", url) for url in found]


def pictures(html: str) -> list[str]:
    return re.findall(r"<img[^>]*src=[\"']([^\"']+)", html)


@pytest.mark.holds("C-31", "C-35")
def test_only_the_message_of_a_reader_who_agreed_has_the_picture_and_nothing_else_differs(
    readers, monkeypatch
):
    switch(monkeypatch, on=True)
    html = {name: html_of(message) for name, message in messages(claimed()).items()}
    [token] = [url.removeprefix(f"{BASE}/o/") for url in pictures(html["ada"]) if "/o/" in url]
    yes = next(s.uid for s in consent.subscriptions(readers["ada"].id) if s.purpose == OPEN_TRACKING)
    assert (
        read(Audience.OPEN, token, keyring()) == yes.bytes
    )  # it names neither her, nor the letter, nor a topic
    assert addresses(html["ada"]) == [*addresses(html["ben"]), f"{BASE}/o/…"]
    assert addresses(html["ben"]) == addresses(html["cleo"])
    assert pictures(html["ben"]) == pictures(html["cleo"])
    assert all(url.startswith(f"{BASE}/") for url in pictures(html["ada"]))


@pytest.mark.holds("C-30")
def test_while_it_is_off_two_messages_differ_in_leaving_and_choosing_alone_whatever_was_agreed_to(readers):
    html = {name: html_of(message) for name, message in messages(claimed()).items()}
    assert addresses(html["ada"]) == addresses(html["ben"])
    assert pictures(html["ada"]) == pictures(html["ben"])
    assert "/o/" not in html["ada"]
    raw = [re.findall(r"""(?:src|href)=["']([^"']+)""", html[name]) for name in ("ada", "ben")]
    differ = {
        re.sub(r"[\w-]{36}$", "", url)
        for pair in zip(*raw, strict=True)
        if pair[0] != pair[1]
        for url in pair
    }
    assert differ == {f"{BASE}/u/", f"{BASE}/p/"}


@pytest.mark.holds("C-31")
def test_a_message_that_is_made_again_has_the_same_bytes_although_its_reader_has_agreed_meanwhile(
    readers, monkeypatch
):
    switch(monkeypatch, on=True)
    first = messages(claimed())
    agree(readers["ben"], NOW + timedelta(minutes=1))
    assert messages(claimed()) == first
    factories.say(readers["ada"], EventKind.TRACKING_CONSENT_WITHDRAWN, OPEN_TRACKING, NOW)
    again = messages(claimed())
    assert "/o/" not in html_of(again["ada"])  # a no comes before sameness
    assert again["ben"] == first["ben"]


@pytest.mark.holds("C-31")
def test_a_yes_that_has_ended_or_is_to_an_older_notice_puts_no_picture_into_a_message(readers, monkeypatch):
    switch(monkeypatch, on=True)
    models.Subscription.objects.filter(purpose_id=OPEN_TRACKING).update(valid_until=NOW)
    assert claimed()["ada"].open_uid is None
    models.Subscription.objects.filter(purpose_id=OPEN_TRACKING).update(
        valid_until=NOW + timedelta(days=9), notice_version=1
    )
    assert claimed()["ada"].open_uid is not None
    [old] = models.NoticeVersion.objects.filter(purpose_id=OPEN_TRACKING)
    old.pk, old.version, old.change = None, 2, "material"
    old.save()
    assert claimed()["ada"].open_uid is None


@pytest.mark.holds("C-32")
def test_a_picture_that_is_fetched_while_a_withdrawal_commits_notes_nothing(readers, monkeypatch):
    ada = readers["ada"]
    yes = next(s.uid for s in consent.subscriptions(ada.id) if s.purpose == OPEN_TRACKING)
    noted: list[bool] = []

    def fetch() -> None:
        try:
            noted.append(opens.note(yes, NOW.date(), NOW))
        finally:
            connection.close()

    fetching = threading.Thread(target=fetch)
    with transaction.atomic():
        factories.say(ada, EventKind.TRACKING_CONSENT_WITHDRAWN, OPEN_TRACKING, NOW)
        fetching.start()
        until = time.monotonic() + 10
        while not waits() and time.monotonic() < until and fetching.is_alive():
            pass
        assert fetching.is_alive()
    fetching.join(10)
    assert noted == [False]
    assert opens.last_open(ada.id) is None


def waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
