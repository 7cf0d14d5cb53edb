"""People who say no by every road, as processes of the launcher; and what the judge must know of their consent."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from typing import Any

from tests.faults.mailboxes import opened


def stop_mail(
    out: str, how: str, most: int, seconds: float, seed: int, states: tuple[int, ...] = (1,)
) -> None:
    """`how`: complaint, erasure or goodbye. Of those whose deliveries are in one of `states`; none: of anybody.

    Writes who, and the monotonic moment after it was acknowledged, as `actors.leave` does.
    """
    from django.db import connection

    draw = random.Random(seed)
    file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    gone: set[int] = set()
    until = time.monotonic() + seconds
    while len(gone) < most and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(IN_HAND if states else ANYBODY, [list(states)] if states else [])
            found = [row for row in cursor.fetchall() if row[0] not in gone]
        if not found:
            time.sleep(0.002)
            continue
        subscriber, subscription, delivery, *sealed = draw.choice(found)
        address = opened(*sealed)
        WAYS[how](subscriber, subscription, delivery)
        os.write(file, f"{address} {time.monotonic_ns()}\n".encode())
        gone.add(subscriber)


IN_HAND = (
    "SELECT p.id, u.uid, d.uid, p.uid, p.wrapped_key, p.sealed_address"
    " FROM delivery d JOIN subscription u ON u.subscriber_id = d.subscriber_id"
    " JOIN subscriber p ON p.id = d.subscriber_id WHERE d.state = ANY(%s) LIMIT 60"
)
ANYBODY = (
    "SELECT p.id, u.uid, u.uid, p.uid, p.wrapped_key, p.sealed_address"
    " FROM subscription u JOIN subscriber p ON p.id = u.subscriber_id ORDER BY random() LIMIT 60"
)


def _complaint(subscriber: int, subscription: Any, delivery: Any) -> None:
    from pipeline.actions.record_feedback import record_feedback
    from pipeline.core.feedback.event import FeedbackEvent, Kind
    from pipeline.gateways import clock

    event = FeedbackEvent(Kind.COMPLAINT, "judge", delivery.hex, delivery_uid=delivery.bytes)
    record_feedback(event, clock.now())


def _erasure(subscriber: int, subscription: Any, delivery: Any) -> None:
    from pipeline.actions.erase_subscriber import erase_subscriber
    from pipeline.core.consent.entry import Actor
    from pipeline.gateways import clock

    erase_subscriber(subscriber, clock.now(), actor=Actor.DATA_SUBJECT)


def _goodbye(subscriber: int, subscription: Any, delivery: Any) -> None:
    from pipeline.actions.unsubscribe import unsubscribe
    from pipeline.core.consent.entry import Method
    from pipeline.core.consent.tokens import Audience, make
    from pipeline.gateways import clock
    from pipeline.gateways.keys import keyring

    unsubscribe(make(Audience.UNSUB, subscription.bytes, keyring()), Method.ONE_CLICK_POST, clock.now())


WAYS = {"complaint": _complaint, "erasure": _erasure, "goodbye": _goodbye}


def links(out: str, most: int) -> None:
    """For some readers: their address, and the paths that their letters link to."""
    from django.db import connection

    from pipeline.core.consent.tokens import Audience, make
    from pipeline.gateways.keys import keyring

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.uid, p.wrapped_key, p.sealed_address, u.uid"
            " FROM subscription u JOIN subscriber p ON p.id = u.subscriber_id ORDER BY p.id LIMIT %s",
            [most],
        )
        found = cursor.fetchall()
    pages = [(opened(*sealed), make(Audience.UNSUB, uid.bytes, keyring())) for *sealed, uid in found]
    fresh = Path(f"{out}.new")
    fresh.write_text(json.dumps([{"address": address, "token": token} for address, token in pages]))
    fresh.replace(out)
