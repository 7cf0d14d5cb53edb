"""How often the public forms were used lately."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from pipeline.core.consent.limits import Form, FormCounts
from pipeline.store import models
from pipeline.store.locks import key_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def count(form: Form, address_key: bytes | None, network_key: bytes | None, now: datetime) -> FormCounts:
    """What the limits are measured against. One at a time for each form, until the caller's transaction ends: of two
    at once, one counts the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key_of(f"form {form.value}")])
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE address_key = %(address)s),
                   count(*) FILTER (WHERE network_key = %(network)s AND used_at > %(hour)s),
                   count(*) FILTER (WHERE used_at > %(hour)s)
              FROM form_use WHERE form = %(form)s AND used_at > %(day)s
            """,
            {
                "form": form.value,
                "address": address_key,
                "network": network_key,
                "hour": now - HOUR,
                "day": now - DAY,
            },
        )
        address, network, everywhere = cursor.fetchone()
    return FormCounts(address, network, everywhere)


def keep(form: Form, address_key: bytes | None, network_key: bytes | None, now: datetime) -> None:
    """Count one use."""
    models.FormUse.objects.create(
        form=form.value, address_key=address_key, network_key=network_key, used_at=now
    )


def forget_old(now: datetime) -> int:
    """Delete what no limit looks at any more. Returns how many."""
    deleted, _ = models.FormUse.objects.filter(used_at__lte=now - DAY).delete()
    return deleted
