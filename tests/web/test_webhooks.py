"""What providers post is believed when it proves itself, kept once, and acted upon like any report (B-40, B-41).

C7, row 77: duplicated, out of order, ten days late, forged.
"""

from __future__ import annotations

import dataclasses
import json
import logging

import pytest
from django.test import Client

from pipeline.actions.open_due import open_due
from pipeline.core.address import parse
from pipeline.core.consent.suppression import active
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.gateways.keys import key_of
from pipeline.settings import current
from pipeline.store import consent, models
from tests import factories
from tests.factories import NOW
from tests.samples import hooks
from tests.samples.hooks import SECRETS, Post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _doors(monkeypatch):
    """Every provider is set up."""
    settings = dataclasses.replace(current(), hooks=SECRETS)
    for module in ("pipeline.web.webhooks.hook_page", "pipeline.actions.hear_provider"):
        monkeypatch.setattr(f"{module}.current", lambda: settings)


@pytest.fixture
def sent() -> models.Delivery:
    factories.notices()
    factories.subscriber("ada")
    factories.campaign()
    open_due(NOW)
    for state in (DeliveryState.LEASED, DeliveryState.SENDING, DeliveryState.ACCEPTED):
        models.Delivery.objects.update(state=state)
    return models.Delivery.objects.get()


def hard(provider: str, delivery: models.Delivery) -> Post:
    return hooks.hard(provider, delivery.uid.hex, f"<{delivery.uid.hex}@{current().return_path_domain}>")


def post(provider: str, sample: Post) -> int:
    answer = Client().post(
        f"/hooks/{provider}/", sample.body, content_type="application/json", **sample.headers
    )
    return answer.status_code


def in_force() -> set[tuple[str, str]]:
    rows = active(consent.suppressions(key_of(parse("ada@readers.test"))), NOW)
    return {(row.scope, row.reason.value) for row in rows}


@pytest.mark.parametrize("provider", SECRETS)
def test_a_hard_bounce_of_every_provider_stops_the_mail_once(sent, provider):
    sample = hard(provider, sent)
    assert post(provider, sample) == 200
    assert in_force() == {("all", "hard_bounce")}
    kept = models.DeliveryEvent.objects.get()
    assert (kept.source, kept.kind, kept.delivery_id) == (provider, "hard", sent.id)
    assert post(provider, sample) == 200
    assert models.DeliveryEvent.objects.count() == 1
    assert models.Delivery.objects.get().state == DeliveryState.ACCEPTED


@pytest.mark.parametrize("provider", SECRETS)
def test_without_its_proof_nothing_is_believed(sent, provider):
    sample = hard(provider, sent)
    bare = Post(sample.body, {k: v for k, v in sample.headers.items() if "SNS" in k})
    if provider == "mailgun":
        without = {**json.loads(sample.body), "signature": {}}
        bare = Post(json.dumps(without).encode())
    assert post(provider, bare) in (401, 403)
    assert not in_force()


@pytest.mark.parametrize("provider", SECRETS)
def test_a_proof_that_is_not_right_is_refused(sent, provider):
    sample = hard(provider, sent)
    headers = {name: value if "SNS" in name else _other(value) for name, value in sample.headers.items()}
    body = sample.body
    if provider == "mailgun":
        payload = json.loads(body)
        payload["signature"]["signature"] = _other(payload["signature"]["signature"])
        body = json.dumps(payload).encode()
    assert post(provider, Post(body, headers)) == 403
    assert not models.DeliveryEvent.objects.exists()


def _other(value: str) -> str:
    middle = len(value) // 2
    return value[:middle] + ("A" if value[middle] != "A" else "B") + value[middle + 1 :]


@pytest.mark.parametrize("provider", ["mailersend", "mailtrap", "resend", "sendgrid"])
def test_a_body_that_was_changed_is_refused(sent, provider):
    sample = hard(provider, sent)
    assert post(provider, Post(sample.body + b" ", sample.headers)) == 403
    assert not in_force()


def test_the_same_event_with_its_keys_in_another_order_is_the_same(sent):
    sample = hard("brevo", sent)
    turned = dict(reversed(list(json.loads(sample.body).items())))
    assert post("brevo", sample) == post("brevo", hooks.basic(turned)) == 200
    assert models.DeliveryEvent.objects.count() == 1


def test_a_token_of_mailgun_is_good_for_one_event(sent):
    payload = json.loads(hard("mailgun", sent).body)["event-data"]
    harmless = {**payload, "severity": "temporary", "id": "other"}
    harmless["delivery-status"] = {"code": 452, "message": hooks.FULL}
    assert post("mailgun", hooks.mailgun(harmless)) == 200
    assert (
        post("mailgun", hooks.mailgun(payload)) == 200
    )  # replayed with another body: its signature covers none
    assert not in_force()
    assert post("mailgun", hooks.mailgun(payload, token="u" * 50)) == 200
    assert in_force()


@pytest.mark.parametrize("provider", SECRETS)
def test_what_is_about_no_message_of_ours_is_taken_and_leaves_no_row(sent, provider):
    other = "0" * 32
    assert post(provider, hooks.hard(provider, other, f"<{other}@{current().return_path_domain}>")) == 200
    assert post(provider, hooks.hard(provider, "", "<elsewhere@provider.test>")) == 200
    assert not models.DeliveryEvent.objects.exists()
    assert not in_force()


def test_a_complaint_at_a_provider_ends_every_list(sent):
    event = {
        "RecordType": "SpamComplaint",
        "Type": "SpamComplaint",
        "ID": 7,
        "Metadata": {"delivery": sent.uid.hex},
    }
    assert post("postmark", hooks.basic(event)) == 200
    assert not consent.standing(consent.ledger(sent.subscriber_id), factories.WEEKLY).permits


@pytest.mark.parametrize("kind", ["SpamNotification", "Blocked", "SoftBounce", "Transient", "AutoResponder"])
def test_what_is_softer_than_it_sounds_suppresses_nobody(sent, kind):
    event = {"RecordType": "Bounce", "Type": kind, "ID": 8, "Metadata": {"delivery": sent.uid.hex}}
    assert post("postmark", hooks.basic(event)) == 200
    assert not in_force()
    assert consent.standing(consent.ledger(sent.subscriber_id), factories.WEEKLY).permits


def test_an_opening_is_nobodys_business_and_settles_a_doubt_all_the_same(sent):
    event = {
        "RecordType": "Open",
        "ReceivedAt": "2026-11-24T09:00:00Z",
        "Metadata": {"delivery": sent.uid.hex},
    }
    assert post("postmark", hooks.basic(event)) == 200
    assert not models.DeliveryEvent.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b'"x"', b"\xff\xfe", b'{"RecordType": {}}', b"{}"]
)
def test_a_body_that_cannot_be_read_is_refused_or_passed_over(sent, body):
    for provider in ("postmark", "brevo", "mailjet", "sparkpost", "amazon_ses"):
        assert post(provider, Post(body, hooks.basic({}).headers)) in (200, 400, 403)
    assert not models.DeliveryEvent.objects.exists()


def test_more_than_a_door_takes_is_refused(sent):
    assert post("postmark", Post(b" " * (4 * 1024 * 1024 + 1), hooks.basic({}).headers)) == 413


def test_a_provider_that_is_not_set_up_has_no_door(sent, monkeypatch):
    closed = dataclasses.replace(current(), hooks={})
    monkeypatch.setattr("pipeline.web.webhooks.hook_page.current", lambda: closed)
    assert post("postmark", hard("postmark", sent)) == 404
    assert post("nobody", hard("postmark", sent)) == 404


def test_a_door_is_posted_to_and_never_read(sent):
    assert Client().get("/hooks/postmark/").status_code == 405
    assert Client().head("/hooks/postmark/").status_code == 200


def test_the_log_names_no_payload_no_address_and_no_secret(sent, caplog):
    caplog.set_level(logging.DEBUG)
    post("postmark", hard("postmark", sent))
    post("postmark", Post(b'{"RecordType": "Bounce", "Email": "ada@readers.test"', hooks.basic({}).headers))
    post("sendgrid", Post(b"[{}]", {}))
    assert "hook." in caplog.text
    for secret in ("ada@", "no such user", hooks.USER, hooks.KEY):
        assert secret not in caplog.text


def test_half_a_pair_of_surrogates_in_what_a_host_said_does_not_close_the_door(sent):
    """Whoever cuts a text of UTF-16 leaves it, and PostgreSQL takes no such text."""
    body = json.loads(hard("postmark", sent).body)
    body["Details"] = body["Description"] = "550 5.1.1 nobody \ud83d"
    assert post("postmark", Post(json.dumps(body).encode(), hard("postmark", sent).headers)) == 200
    assert in_force() == {("all", "hard_bounce")}
