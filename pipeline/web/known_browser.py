"""The cookie of a browser that a member signed in with before, with both steps (`core.accounts.browser_mark`)."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse

from pipeline.core.accounts import browser_mark
from pipeline.core.accounts.browser_mark import LASTS, MOST_IN_A_BROWSER, NONCE, Mark
from pipeline.gateways import clock
from pipeline.gateways.keys import browser_mark_key
from pipeline.settings import current
from pipeline.store import known_browsers


def cookie_name() -> str:
    """`__Host-`: no other host of the domain can set it or gets it, and it travels by https alone (RFC 6265bis)."""
    return "__Host-known-browser" if current().https else "known-browser"


def mark_of(request: HttpRequest, member_id: int) -> Mark | None:
    """The mark by which this browser is known as the member's. One that we did not sign costs no query."""
    signed = _signed(request, member_id)
    if signed is None or not known_browsers.counts(member_id, signed.kept_as, clock.machine()):
        return None
    return signed


def remember(request: HttpRequest, member_id: int) -> None:
    """The member is in: from now on this browser is known as theirs. `give` writes the cookie."""
    mark = mark_of(request, member_id)
    if mark is None:
        mark = browser_mark.make_mark(secrets.token_bytes(NONCE), member_id, browser_mark_key())
    known_browsers.remember(member_id, mark.kept_as, clock.machine())
    stale = _signed(request, member_id)
    others = [one for one in _carried(request) if one not in (mark, stale)]
    marks = (mark, *others[: MOST_IN_A_BROWSER - 1])
    request.known_browser = browser_mark.write(marks)  # type: ignore[attr-defined]


def give(request: HttpRequest, response: HttpResponse) -> None:
    """Write the cookie, where `remember` was asked to."""
    value: str | None = getattr(request, "known_browser", None)
    if value is not None:
        response.set_cookie(
            cookie_name(), value, max_age=LASTS, secure=current().https, httponly=True, samesite="Strict"
        )


def _signed(request: HttpRequest, member_id: int) -> Mark | None:
    key = browser_mark_key()
    return next((one for one in _carried(request) if browser_mark.is_of(one, member_id, key)), None)


def _carried(request: HttpRequest) -> tuple[Mark, ...]:
    return browser_mark.read(request.COOKIES.get(cookie_name(), ""))
