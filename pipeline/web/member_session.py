"""Who is signed in: nobody, until the second factor is given too (S-13).

After the password the session only says who is waiting. `request.user` stays nobody, so that every page that asks for
a member is closed without knowing of second factors; `let_in` begins the member's session, under a new key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user, login
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from pipeline.core.accounts.browser_family import browser_family
from pipeline.core.accounts.member import Who
from pipeline.core.accounts.second_factor import Proof
from pipeline.core.accounts.session import BETWEEN_STEPS, is_fresh
from pipeline.core.consent.limits import network_of
from pipeline.gateways import clock
from pipeline.settings import current
from pipeline.store import sessions
from pipeline.store.session_engine import MEMBER, STARTED, WAITING
from pipeline.web import known_browser
from pipeline.web.client import client_ip

PROOF, PROVED = (
    "proof",
    "proved",
)  # in a session: how the second step was taken, and when somebody last proved it
BACKEND = "django.contrib.auth.backends.ModelBackend"
# What a page fetches by itself is no sign that somebody is there.
POLLED = {"studio-campaign-live", "studio-import-live"}


class MemberSession:
    """Sets `request.user`, puts off the end of a session that is in use, and marks the browser of who signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _member(request))  # type: ignore[assignment]
        response = self.get_response(request)
        known_browser.give(request, response)
        opened = getattr(request.session, "_session_cache", {})  # never asks the database
        match = request.resolver_match
        if MEMBER in opened and response.status_code < 500 and not (match and match.url_name in POLLED):
            sessions.mark_used(request.session.session_key or "")
        return response


def _member(request: HttpRequest) -> User | AnonymousUser:
    user = get_user(request)
    return user if user.is_authenticated and _is_proved(request) else AnonymousUser()


def _is_proved(request: HttpRequest) -> bool:
    """A session that began while no second factor was asked for ends when one is."""
    proof = request.session.get(PROOF, "")
    return bool(proof) and (proof != Proof.OFF or not current().second_factor)


def who(request: HttpRequest) -> Who:
    """The member who is signed in."""
    return who_is(request.user)


def who_is(user: Any) -> Who:
    return Who(user.pk, str(user.get_username()))


def wait_for_second_factor(request: HttpRequest, user: User, then: str) -> None:
    """After the password. `then` is the page to go on to. Under a new key, and with nothing of the session before."""
    request.session.flush()
    request.session[WAITING] = {"member": user.pk, "since": clock.machine().timestamp(), "then": then}


def waiting(request: HttpRequest) -> User | None:
    """Who gave the password a short while ago, and no second factor yet. None if they were locked since."""
    kept = request.session.get(WAITING)
    if not kept or clock.machine().timestamp() - kept["since"] > BETWEEN_STEPS.total_seconds():
        return None
    return ModelBackend().get_user(kept["member"])


def let_in(request: HttpRequest, user: User, proof: Proof) -> str:
    """Begin the member's session, under a new key. Returns the page that they wanted."""
    then = str(request.session.get(WAITING, {}).get("then", ""))
    request.session.flush()
    login(request, user, backend=BACKEND)
    now = clock.machine().timestamp()
    request.session.update(
        {
            PROOF: proof.value,
            PROVED: now,
            STARTED: now,
            sessions.NETWORK: network_of(client_ip(request)),
            sessions.BROWSER: browser_family(request.headers.get("User-Agent", "")),
        }
    )
    sessions.forget_ended()
    known_browser.remember(request, user.pk)
    return then


def proved_again(request: HttpRequest) -> None:
    """The member has just shown who they are."""
    request.session[PROVED] = clock.machine().timestamp()


def may_change_account(request: HttpRequest) -> bool:
    """Whether the member showed who they are within the last ten minutes (ASVS 7.5.1)."""
    return is_fresh(float(request.session.get(PROVED, 0)), clock.machine())
