"""The secrets that this database was used under, by their numbers: enough of each to know it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from pipeline.store import models


@dataclass(frozen=True, slots=True)
class StoredKid:
    """`since` is when the secret was first used here, by the clock of the database."""

    kid: int
    check_value: bytes
    since: datetime


def there() -> bool:
    """Whether the table is, which a database of before does not have."""
    return models.SecretKid._meta.db_table in connection.introspection.table_names()


def every_kid() -> list[StoredKid]:
    """In the order of their numbers."""
    rows = models.SecretKid.objects.order_by("kid")
    return [StoredKid(row.kid, bytes(row.check_value), row.since) for row in rows]


def newest() -> int:
    """The number of the secret in force; 0 in a database that knows none yet."""
    return models.SecretKid.objects.order_by("-kid").values_list("kid", flat=True).first() or 0


def add(check_values: Mapping[int, bytes]) -> set[int]:
    """Know these too. Returns those that were new: of two hosts that start at once, one adds each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO secret_kid (kid, check_value, since)"
            " SELECT kid, value, clock_timestamp() FROM unnest(%s::smallint[], %s::bytea[]) AS n(kid, value)"
            " ON CONFLICT DO NOTHING RETURNING kid",
            [list(check_values), list(check_values.values())],
        )
        return {kid for (kid,) in cursor.fetchall()}
