"""What a tick does about sign-ups: forget those that came to nothing, and say what waits for a person (D-05, D-09)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from pipeline.actions.subscribe import ALERT, EVERYWHERE
from pipeline.core.consent.limits import DEFAULT
from pipeline.core.consent.tokens import FORM_LIVES
from pipeline.store import alerts, confirmations, consent, spent_forms, subscribers

FORGET_AFTER = timedelta(
    days=29
)  # from the end of a request; with an hour between two looks, 30 days are kept (D-05)
UNHEARD_FOR = timedelta(hours=1)  # after it, a sign-up that a limit stopped leaves no address behind
LOOK_BACK = timedelta(days=7)  # for those that an hour without a scheduler has left
HELD = "held"

log = structlog.get_logger()


def watch_sign_ups(now: datetime) -> None:
    """End the alarm when its cause is gone, and tell how many sign-ups wait for review. A few index look-ups."""
    if confirmations.asked_since(now - timedelta(hours=1)) < DEFAULT.everywhere_hour / 2:
        alerts.cleared([ALERT], EVERYWHERE, now)
    waiting = confirmations.count_held()
    if waiting:
        sentence = (
            f"{waiting} sign-ups are held for review, and nothing was sent. Look at `rounds held list`."
        )
        alerts.raised(ALERT, HELD, sentence, now)
    else:
        alerts.cleared([ALERT], HELD, now)


def forget_sign_ups(now: datetime) -> int:
    """Forget those who never answered, and forms that are too old to come again. Returns how many people.

    A sign-up that a limit drops has written an address down, and nothing else: those go first, since a flood brings
    many, of people who asked for nothing.
    """
    spent_forms.forget_before(now - FORM_LIVES - timedelta(hours=1))
    subscribers.forget_unheard(now - LOOK_BACK, now - UNHEARD_FOR)
    count = 0
    before = now - FORGET_AFTER
    while people := confirmations.unanswered(before):
        for subscriber_id in people:
            with transaction.atomic():
                consent.ledger_locked(subscriber_id)
                if confirmations.unanswered(
                    before, subscriber_id=subscriber_id
                ):  # and has not come back just now
                    confirmations.strip(subscriber_id)
                    subscribers.forget(subscriber_id)
        count += len(people)
    if count:
        log.info("sign_ups.forgotten", count=count)
    return count
