"""Where somebody is named: every row of every table, every file of a folder, in whatever form."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

from django.db import connection


def traces(texts: Iterable[str], folder: Path | None = None) -> list[str]:
    """The places, with the form that was found: plain, in hexadecimal, in base64, or that in hexadecimal."""
    texts = set(texts)
    forms = {
        form for text in texts for form in (text, text.encode().hex(), b64encode(text.encode()).decode())
    }
    forms |= {b64encode(text.encode()).hex() for text in texts}
    places = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        for (table,) in cursor.fetchall():
            for form in forms:
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" t WHERE position(lower(%s) IN lower(t::text)) > 0',
                    [form],
                )
                if cursor.fetchone()[0]:
                    places.append(f"{table}: {form}")
    for path in folder.rglob("*") if folder else ():
        if path.is_file():
            content = path.read_bytes().lower()
            places += [f"{path.name}: {form}" for form in forms if form.lower().encode() in content]
    return places
