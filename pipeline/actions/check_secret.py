"""Ask whether this host has the secrets that the database was used under, before anything is done with it (S-16).

Under another secret nobody is found by their address: neither a reader, nor somebody who said no.
"""

from __future__ import annotations

import socket
import time
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

ALERT = "secret"
LIKELY = 8  # changes that a process may have slept through, where no database is there to be asked
GOOD_FOR = 5.0  # seconds that the newest number is believed: a flood of forged tokens asks no more often

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest number that this process has seen in the database, and when it looked."""

    at: float
    kid: int


_newest: _Newest | None = None


def secret_refusal() -> str | None:
    """Why nothing may be done with these secrets, as a sentence; None when all is well. Changes nothing."""
    known = {each.kid: each.check_value for each in secret_kids.every_kid()}
    if not known and subscribers.sealed_by_another():
        return OTHER.format(kid=FIRST)
    return misfit(keys.check_values(), known)


def check_secret(member: str, now: datetime) -> None:
    """Raises Unavailable with a sentence where the secrets do not fit. A new one is in force from here on.

    `member` is who the audit log says has changed it. For the start of whatever works on the database.
    """
    refusal = secret_refusal()
    if refusal:
        raise Unavailable(refusal)
    if alerts.open_now([ALERT]):
        alerts.cleared([ALERT], socket.gethostname(), now)
    known = {each.kid for each in secret_kids.every_kid()}
    ours = keys.check_values()
    if not ours.keys() - known:
        return
    with transaction.atomic():
        added = secret_kids.add({kid: value for kid, value in ours.items() if kid not in known})
        for kid in sorted(added - {FIRST}):
            record(Event.SECRET_CHANGED, member=member, about=f"secret:{kid}")
            log.warning("secret.changed", kid=kid)
    if refusal := secret_refusal():  # two hosts started at once, with two new secrets: one of them is right
        raise Unavailable(refusal)


def secret_refused(now: datetime) -> bool:
    """For what works by itself: whether it must leave everything as it is. A person is told, until the next start."""
    refusal = secret_refusal()
    if refusal and alerts.raised(ALERT, socket.gethostname(), refusal, now):
        log.error("secret.refused")
    return refusal is not None


def refuse_if_unknown_yet(token: str) -> None:
    """Raises Unavailable for a token of a secret that is in force, and that this process does not have: it was started
    before the change. Whoever asks again finds another process, or this one when it was started anew (U-13).

    A token whose number nobody ever used is a forgery, and passes: it is answered as every other.
    """
    kid = kid_of(token)
    if kid is None or keys.keyring().knows(kid):
        return
    try:
        newest = _newest_kid()
    except (DatabaseError, InterfaceError):
        newest = keys.keyring().current + LIKELY  # nobody can say just now
    if kid <= newest:
        log.warning("secret.not_here", kid=kid)
        raise Unavailable("This link was made under a secret that this process does not have yet. Try again.")


def _newest_kid() -> int:
    global _newest
    found = _newest
    if found is None or time.monotonic() - found.at > GOOD_FOR:
        found = _newest = _Newest(time.monotonic(), secret_kids.newest())
    return found.kid
