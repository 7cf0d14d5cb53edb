"""Sessions of PostgreSQL beside Django's, on the test's own database."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection


def another_session(**more: Any) -> psycopg.Connection:
    """A connection of somebody else. `more` are psycopg's, such as `user` and `autocommit`."""
    found = connection.settings_dict
    ours = {
        "dbname": found["NAME"],
        "host": found["HOST"],
        "user": found["USER"],
        "port": found["PORT"] or None,
    }
    return psycopg.connect(**{**ours, **more})
