"""Goodbyes that come by mail, from machines that say so and from people who say little."""

from __future__ import annotations

import pytest

from pipeline.core.consent.tokens import Keyring
from pipeline.core.feedback.event import Kind
from pipeline.core.feedback.leave_letter import make_leave_address
from pipeline.core.feedback.report import Heard, Ignored, Quarantined, read_report
from tests.samples.reports import BOUNCES, KEYS, SUBSCRIPTION, UID, arf, dsn, path_of

LEAVE = make_leave_address(SUBSCRIPTION, KEYS, BOUNCES)
APPLE = f"""From: Ada <somebody-else@readers.test>
To: {LEAVE}
Subject: unsubscribe
Auto-Submitted: auto-replied
X-Apple-Unsubscribe: true
Content-Type: text/plain

Apple Mail sent this email to unsubscribe from the message "A calm week".
""".encode()


def reply(words: str, subject: str = "Re: A calm week", uid: bytes = UID, domain: str = BOUNCES) -> bytes:
    return f"""From: Ada <ada@readers.test>
To: rounds@rounds.test
Subject: {subject}
In-Reply-To: <{uid.hex()}@{domain}>
Content-Type: text/plain; charset=utf-8

{words}

On Tue, 24 Nov 2026 at 09:00, Rounds <rounds@rounds.test> wrote:
> To leave, press unsubscribe.
--
Ada
""".encode()


@pytest.mark.holds("U-19")
def test_apples_goodbye_is_one_although_it_says_that_it_is_automatic():
    reading = read_report(APPLE, KEYS)
    assert isinstance(reading, Heard)
    assert (reading.event.kind, reading.event.subscription_uid) == (Kind.UNSUBSCRIBED, SUBSCRIPTION)
    assert reading.event.source == "mailto"


@pytest.mark.holds("U-19", "U-20")
def test_an_empty_or_forwarded_goodbye_is_known_by_its_recipient_alone():
    bare = read_report(b"From: <x@elsewhere.test>\r\n\r\n", KEYS, recipient=LEAVE.upper())
    assert isinstance(bare, Heard)
    assert bare.event.subscription_uid == SUBSCRIPTION


def test_the_same_letter_is_one_goodbye_and_another_is_another():
    first, again, later = (read_report(raw, KEYS) for raw in (APPLE, APPLE, APPLE + b"\n"))
    assert isinstance(first, Heard)
    assert isinstance(again, Heard)
    assert isinstance(later, Heard)
    assert first.event.external_id == again.event.external_id != later.event.external_id


@pytest.mark.parametrize("raw", [dsn(LEAVE), arf(to=LEAVE)])
def test_a_report_to_that_address_is_nothing(raw):
    assert isinstance(read_report(raw, KEYS), Ignored)


def test_a_token_for_another_door_or_of_somebody_else_ends_nothing():
    other = Keyring.from_secret(b"the secret of somebody else, who would be us")
    for address in (
        make_leave_address(SUBSCRIPTION, other, BOUNCES),
        path_of(SUBSCRIPTION).replace("b+", "u+"),
        LEAVE.replace("u+", "u+a", 1),
    ):
        assert not isinstance(read_report(APPLE.replace(LEAVE.encode(), address.encode()), KEYS), Heard)


def test_a_goodbye_address_is_no_return_path():
    assert isinstance(read_report(dsn(LEAVE.replace("u+", "b+")), KEYS), Quarantined)


@pytest.mark.parametrize(
    "words",
    [
        "Unsubscribe",
        "STOP!",
        "please stop",
        "Please unsubscribe me, thanks.",
        "remove me from this list",
        "Opt out",
        "stop\n\n",
    ],
)
@pytest.mark.holds("U-22")
def test_a_reply_that_says_nothing_but_goodbye_is_one(words):
    reading = read_report(reply(words), KEYS, domain=BOUNCES)
    assert isinstance(reading, Heard)
    assert (reading.event.kind, reading.event.claimed_uid, reading.event.writer) == (
        Kind.UNSUBSCRIBED,
        UID,
        "ada@readers.test",
    )


@pytest.mark.parametrize(
    "words",
    [
        "Please stop sending me the daily one, but I like the weekly.",
        "How do I unsubscribe my mother?",
        "Do not stop!",
        "Thank you, this was helpful.",
        "",
    ],
)
@pytest.mark.holds("U-22")
def test_a_reply_that_says_more_is_left_for_a_person(words):
    assert isinstance(read_report(reply(words), KEYS, domain=BOUNCES), Quarantined)


def test_a_reply_to_another_senders_message_is_left_for_a_person():
    assert isinstance(read_report(reply("stop", domain="elsewhere.test"), KEYS, domain=BOUNCES), Quarantined)
    assert isinstance(
        read_report(reply("stop").replace(b"In-Reply-To", b"X-Nothing"), KEYS, domain=BOUNCES), Quarantined
    )
