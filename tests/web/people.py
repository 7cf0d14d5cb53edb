"""Who stands at the door: named people, and what browsers and machines send to it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.test import Client

from pipeline.core.address import parse
from pipeline.core.consent.entry import Entry, EventKind
from pipeline.core.consent.ledger import ConsentState, fold
from pipeline.core.consent.tokens import Audience, make, make_form_token
from pipeline.gateways import clock
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import consent, models, subscribers

WEEKLY, DAILY = "weekly_health_email", "daily_health_newsletter"
URLENCODED = "application/x-www-form-urlencoded"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
FORCE_LOGIN = Client.force_login
OTHER_SITES = [
    {},
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
]
SCANNERS = [
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1; Trident/6.0) BarracudaURLScanner",
    "Mimecast-URL-Protect/1.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks",
    "GoogleImageProxy",
    "python-requests/2.32",
]


@dataclass(frozen=True)
class Person:
    address: str

    @property
    def id(self) -> int:
        found = subscribers.by_key(key_of(parse(self.address)))
        assert found is not None
        return found.id

    @property
    def ledger(self) -> list[Entry]:
        return consent.ledger(self.id)

    @property
    def consent(self) -> ConsentState:
        return fold(self.ledger)

    def entries(self, kind: EventKind) -> list[Entry]:
        return [entry for entry in self.ledger if entry.kind is kind]

    def leave_token(self, purpose: str = WEEKLY, audience: Audience = Audience.UNSUB) -> str:
        [uid] = [s.uid for s in consent.subscriptions(self.id) if s.purpose == purpose]
        return make(audience, uid.bytes, keyring())

    def confirm_token(self, audience: Audience = Audience.CONFIRM) -> str:
        newest = models.Confirmation.objects.filter(subscriber_id=self.id).latest("id")
        return make(audience, newest.uid.bytes, keyring())

    def confirmations_queued(self) -> int:
        return models.Delivery.objects.filter(subscriber_id=self.id, stream="confirmation").count()


def form_token(age: timedelta = timedelta(minutes=1)) -> str:
    """The time stamp of a form that was opened so long ago."""
    return make_form_token(clock.now() - age, secrets.token_bytes(8), keyring())


def press(client: Client, path: str, **fields: object) -> HttpResponse:
    """A button pressed: the fields as a browser sends them."""
    return client.generic("POST", path, urlencode(fields, doseq=True), content_type=URLENCODED)


def force_login_with_both(client: Client, user: object, backend: str | None = None) -> None:
    """Django's `force_login`, of a member who has given the second factor too."""
    from pipeline.store.session_engine import STARTED
    from pipeline.web.member_session import PROOF, PROVED

    FORCE_LOGIN(client, user, backend)
    session, now = client.session, clock.machine().timestamp()
    session.update({PROOF: "totp", PROVED: now, STARTED: now})
    session.save()
