"""What a message in the mailbox of reports means, and what it does not."""

from __future__ import annotations

import base64

import pytest

from pipeline.core.consent.tokens import Keyring
from pipeline.core.feedback.event import FeedbackEvent, Kind
from pipeline.core.feedback.report import Heard, Ignored, Quarantined, read_report
from tests.samples.reports import (
    KEYS,
    SUBSCRIPTION,
    UID,
    arf,
    auto_reply,
    dsn,
    exim,
    letter,
    link_of,
    path_of,
    qmail,
    recipient_block,
)

OTHER = bytes(range(50, 66))
STRANGER = Keyring.from_secret(b"the secret of somebody else, who would be us")


def heard(raw: bytes, recipient: str = "") -> FeedbackEvent:
    reading = read_report(raw, KEYS, recipient)
    assert isinstance(reading, Heard), reading
    return reading.event


def quarantined(raw: bytes) -> str:
    reading = read_report(raw, KEYS)
    assert isinstance(reading, Quarantined), reading
    return reading.why


def test_a_bounce_to_the_return_path_is_about_the_delivery_that_it_names():
    event = heard(dsn(path_of()))
    assert (event.kind, event.delivery_uid, event.code, event.enhanced) == (Kind.HARD, UID, 550, "5.1.1")
    assert event.source == "dsn"
    assert event.occurred_at is not None
    assert "ada" not in event.said


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "kind"),
    [
        ("failed", "5.1.1", "smtp; 550 5.1.1 No such user", Kind.HARD),
        ("failed", "5.0.0", "smtp; 550 5.1.1 No such user", Kind.HARD),  # the truth is in the words
        ("failed", "5.2.2", "smtp; 552 5.2.2 Over quota", Kind.FULL),
        ("failed", "4.2.2", "smtp; 452 4.2.2 Over quota", Kind.FULL),
        ("failed", "4.4.7", "smtp; 550 5.1.1 said another", Kind.SOFT),  # failed with 4.x.x is soft (B-03)
        ("failed", "4.4.1", "X-Postfix; connect to mx.readers.test: Connection timed out", Kind.SOFT),
        ("failed", "5.7.26", "smtp; 550 5.7.26 unauthenticated", Kind.SENDER_FAULT),
        ("failed", "5.3.4", "smtp; 552 5.3.4 too big", Kind.CONTENT),
        ("failed", "5.1.10", "X-Postfix; Domain readers.test does not accept mail (nullMX)", Kind.HARD),
        ("failed", "5.5.0", "smtp; 550 5.5.0 Protocol", Kind.UNKNOWN),
        ("Failed (permanent)", "5.1.1 (bad address)", "smtp; 550 No", Kind.HARD),
        ("error", "5.1.1", "smtp; 550 No", Kind.HARD),
        ("delayed", "5.1.1", "smtp; 550 5.1.1 No such user", Kind.DELAYED),
        ("relayed", "2.0.0", "", Kind.RELAYED),
        ("expanded", "2.0.0", "", Kind.EXPANDED),
        ("delivered", "2.0.0", "smtp; 250 2.0.0 Ok", Kind.DELIVERED),
    ],
)
def test_the_action_says_whether_it_bounced_and_the_status_says_why(action, status, diagnostic, kind):
    assert heard(dsn(path_of(), recipient_block(status, action, diagnostic))).kind is kind


@pytest.mark.parametrize("action", ["", "exploded", "notified"])
def test_an_action_that_nobody_knows_is_left_for_a_person(action):
    assert "action" in quarantined(dsn(path_of(), recipient_block(action=action)))


def test_the_international_form_is_read_too_encoded_or_not():
    for encoding in ("", "base64"):
        event = heard(dsn(path_of(), status_type="message/global-delivery-status", encoding=encoding))
        assert (event.kind, event.delivery_uid) == (Kind.HARD, UID)


def test_a_forwarded_mailbox_is_dead_only_if_nothing_arrived_anywhere():
    hard, full = recipient_block(), recipient_block("5.2.2")
    arrived = recipient_block("2.0.0", "delivered", "smtp; 250 Ok")
    assert heard(dsn(path_of(), hard, hard)).kind is Kind.HARD
    assert heard(dsn(path_of(), hard, full)).kind is Kind.FULL
    assert heard(dsn(path_of(), arrived, hard)).kind is Kind.SOFT
    assert heard(dsn(path_of(), hard, arrived)).kind is Kind.SOFT


@pytest.mark.parametrize(
    "raw",
    [
        dsn("bounces@rounds.test"),
        dsn("b+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@bounces.rounds.test"),
        dsn(path_of(keys=STRANGER)),
        dsn(path_of()[:-30] + "a@bounces.rounds.test"),
        dsn("ada@readers.test", returned=letter()),  # a Message-ID stands in every reply: it proves nothing
        dsn("ada@readers.test", envelope_id=UID.hex()),
        dsn("ada@readers.test", returned=letter(link=link_of())),  # nor may a link suppress an address
    ],
)
@pytest.mark.holds("U-34")
def test_a_bounce_without_a_token_of_ours_is_about_nobody(raw):
    assert "return path" in quarantined(raw)


def test_the_token_is_found_wherever_mail_systems_put_it():
    token = path_of().partition("@")[0]
    for raw in (
        dsn("bounces@rounds.test", envelope_id=token.removeprefix("b+")),
        dsn("bounces@rounds.test", returned=letter(path=path_of())),
        dsn(f"SRS0=abcd=ef=bounces.rounds.test={token}@forwarder.test"),
        dsn(path_of().upper()),
    ):
        assert heard(raw).delivery_uid == UID
    assert heard(dsn("bounces@rounds.test"), recipient=path_of()).delivery_uid == UID


def test_tokens_of_two_deliveries_in_one_report_are_not_believed():
    assert "two" in quarantined(dsn(path_of(), returned=letter(path=path_of(OTHER))))


def test_the_same_news_twice_is_one_event():
    first, second = heard(dsn(path_of())), heard(dsn(path_of()).replace(b"ABCDEF", b"FEDCBA"))
    assert (first.source, first.external_id) == (second.source, second.external_id)
    later = heard(dsn(path_of(), recipient_block("4.0.0", "delayed")))
    assert later.external_id != first.external_id


def test_a_bounce_in_words_alone_is_read_by_its_words():
    assert heard(qmail(path_of())).kind is Kind.HARD
    assert heard(qmail(path_of(), "Connected to 192.0.2.9 but it said:\n552 5.2.2 full")).kind is Kind.FULL
    assert heard(qmail(path_of(), "Remote host said: 550 5.7.1 Blocked")).kind is Kind.SENDER_FAULT
    assert heard(exim(path_of())).kind is Kind.FULL
    assert heard(exim(path_of(), "550 Unknown user")).kind is Kind.HARD


def test_a_bounce_that_gives_no_reason_is_not_hard():
    assert heard(qmail(path_of(), "Sorry.")).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    "raw",
    [
        auto_reply(path_of()),
        auto_reply(path_of(), submitted="auto-generated; owner-email=ada@readers.test", subject="Thank you"),
        auto_reply(path_of(), submitted=""),
        auto_reply(path_of(), submitted="no"),
        auto_reply(path_of(), submitted="", subject="Automatische Antwort: Rounds"),
    ],
)
def test_an_auto_reply_is_nothing(raw):
    assert isinstance(read_report(raw, KEYS), Ignored)


def test_what_a_person_writes_is_left_for_a_person():
    assert quarantined(auto_reply(path_of(), submitted="", subject="Re: A calm week").replace(b"550", b""))


def test_a_complaint_with_its_recipient_redacted_is_known_by_our_tokens():
    by_path = heard(arf(returned=letter(path=path_of())))
    assert (by_path.kind, by_path.delivery_uid) == (Kind.COMPLAINT, UID)
    by_link = heard(arf(returned=letter(link=link_of())))
    assert (by_link.delivery_uid, by_link.subscription_uid, by_link.claimed_uid) == (None, SUBSCRIPTION, UID)


@pytest.mark.parametrize(
    ("said", "kind"),
    [("abuse", Kind.COMPLAINT), ("Fraud", Kind.FRAUD), ("virus", Kind.VIRUS), ("not-spam", Kind.NOT_SPAM)],
)
def test_the_kind_of_a_complaint_is_its_own_word(said, kind):
    assert heard(arf(said, returned=letter(path=path_of()))).kind is kind


@pytest.mark.parametrize(
    "raw",
    [
        arf("other", returned=letter(path=path_of())),
        arf("auth-failure", returned=letter(path=path_of())),
        arf(returned=letter(path=path_of()), version=""),
        arf(returned=letter(path=path_of()), version="Version: 1\nVersion: 1\n"),
        arf(returned=letter(path=path_of()), extra="Feedback-Type: abuse\n"),
        arf(returned=letter(path=path_of()), extra="Incidents: 1\nIncidents: 2\n"),
        arf(
            returned=letter(path=path_of()),
            extra="Arrival-Date: Tue, 24 Nov 2026 09:00:00 +0000\nReceived-Date: Tue, 24 Nov 2026 09:00:00 +0000\n",
        ),
        arf(returned=letter()),
        arf(returned=letter(path=path_of(keys=STRANGER), link=link_of(keys=STRANGER))),
        arf(returned=letter(path=path_of()).replace(path_of(), "ada@readers.test")),
    ],
)
def test_a_complaint_that_is_malformed_or_forged_is_about_nobody(raw):
    assert quarantined(raw)


def test_either_date_of_a_complaint_is_taken_and_repeated_fields_may_repeat():
    for name in ("Arrival-Date", "Received-Date"):
        event = heard(
            arf(
                returned=letter(path=path_of()),
                extra=f"{name}: Mon, 23 Nov 2026 09:00:00 +0000\nReported-Domain: a.test\nReported-Domain: b.test\n",
            )
        )
        assert event.occurred_at is not None
        assert event.occurred_at.day == 23


def test_a_complaint_that_pretends_to_be_ours_in_base64_is_read_and_not_run():
    raw = arf(returned=base64.b64encode(b"x" * 3000).decode())
    assert isinstance(read_report(raw, KEYS), Quarantined)
