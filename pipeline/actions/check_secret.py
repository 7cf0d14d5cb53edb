"""Ask whether this host has the secrets that the database was used under, before anything is done with it (S-16).

Under another secret nobody is found by their address: neither a reader, nor somebody who said no.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, transaction

from pipeline.actions.record_audit import record
from pipeline.core.consent.known_secrets import OTHER, misfit
from pipeline.core.consent.secret_keys import FIRST
from pipeline.core.consent.tokens import kid_of
from pipeline.core.errors import Unavailable
from pipeline.core.people.audit import Event
from pipeline.gateways import keys
from pipeline.store import alerts, secret_kids, subscribers
from pipeline.store.secret_kids import StoredKid

ALERT = "secret"
LIKELY = 8  # changes that a process may have slept through, where no database is there to be asked
GOOD_FOR = 1.0  # seconds that the newest number is believed: a flood of forged tokens asks no more often

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest number that this process has seen in the database, and when it looked."""

    at: float
    kid: int


_newest: _Newest | None = None


def secret_refusal() -> str | None:
    """Why nothing may be done with these secrets, as a sentence; None when all is well. Changes nothing."""
    return _refusal(secret_kids.every_kid())


def take_up_secret(member: str = "") -> str | None:
    """The same, before anything is made under them: a new secret is in force from here on.

    `member` is who the audit log says has changed it; where nobody is at a terminal it is the host.
    """
    known = secret_kids.every_kid()
    refusal, ours = _refusal(known), keys.check_values()
    new = ours.keys() - {each.kid for each in known}
    if refusal or not new:
        return refusal
    with transaction.atomic():
        added = secret_kids.add({kid: ours[kid] for kid in new})
        for kid in sorted(added - {FIRST}):
            by = member or f"host:{socket.gethostname()}"
            record(Event.SECRET_CHANGED, member=by, about=f"secret:{kid}")
            log.warning("secret.changed", kid=kid)
    return secret_refusal()  # two hosts may have started at once, with two new secrets: one of them is right


def check_secret(member: str, now: datetime) -> None:
    """`take_up_secret` for a start: raises Unavailable with a sentence where the secrets do not fit."""
    if refusal := take_up_secret(member):
        raise Unavailable(refusal)
    if alerts.open_now([ALERT]):
        alerts.cleared([ALERT], socket.gethostname(), now)


def secret_refused(now: datetime) -> bool:
    """For what works by itself: whether it must leave everything as it is. A person is told, until the next start."""
    refusal = take_up_secret()
    if refusal and alerts.raised(ALERT, socket.gethostname(), refusal, now):
        log.error("secret.refused")
    return refusal is not None


def _refusal(known: Sequence[StoredKid]) -> str | None:
    if not known and subscribers.sealed_by_another():
        return OTHER.format(kid=FIRST)
    return misfit(keys.check_values(), {each.kid: each.check_value for each in known})


def refuse_if_unknown_yet(token: str) -> None:
    """Raises Unavailable for a token of a secret that is in force, and that this process does not have: it was started
    before the change. Whoever asks again finds another process, or this one when it was started anew (U-13).

    A token whose number nobody ever used is a forgery, and passes: it is answered as every other.
    """
    kid, ours = kid_of(token), keys.keyring().current
    if kid is None or kid <= ours:
        return
    try:
        newest = _newest_kid()
    except (DatabaseError, InterfaceError):
        newest = ours + LIKELY  # nobody can say just now
    if kid <= newest:
        log.warning("secret.not_here", kid=kid)
        raise Unavailable("This link was made under a secret that this process does not have yet. Try again.")


def _newest_kid() -> int:
    global _newest
    found = _newest
    if found is None or time.monotonic() - found.at > GOOD_FOR:
        found = _newest = _Newest(time.monotonic(), secret_kids.newest())
    return found.kid
