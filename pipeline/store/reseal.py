"""What is sealed under this installation's secret and can be sealed anew: the keys of subjects, the secrets of apps,
and what was written in requests of nobody we know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection, transaction

from pipeline.core.accounts.second_factor import Proof
from pipeline.core.consent.rights import Lost
from pipeline.core.consent.sealed import DamagedError, UnknownKeyError
from pipeline.settings import current
from pipeline.store import models, sealing

_KEY_ID = "substring(wrapped_key FROM 2 FOR 4)"  # where `core.consent.sealed` writes it


def subjects_by_secret() -> dict[int | None, int]:
    """How many keys of subjects are under which secret, by its number; None counts those of a secret not known here."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_KEY_ID}, count(*) FROM subscriber WHERE wrapped_key IS NOT NULL GROUP BY 1")
        found = [(bytes(key_id), count) for key_id, count in cursor.fetchall()]
    numbers = sealing.wrapping_ids()
    counts: dict[int | None, int] = {}
    for key_id, count in found:
        number = numbers.get(key_id)
        counts[number] = counts.get(number, 0) + count
    return counts


def reseal_subjects(after: int, most: int) -> tuple[int, int, int] | None:
    """The next `most` at most, behind the subscriber `after`, in one short transaction. None where none is left.

    Returns the last one's number, how many were sealed anew, and how many could not be opened. A row that somebody
    else holds is passed over: this waits for nobody, and a goodbye waits for one such transaction at most.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT id, uid, wrapped_key FROM subscriber
             WHERE id > %s AND wrapped_key IS NOT NULL AND {_KEY_ID} <> %s
             ORDER BY id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
            """,
            [after, sealing.id_in_force(), most],
        )
        rows = cursor.fetchall()
        if not rows:
            return None
        anew = [(key, number) for number, uid, old in rows if (key := _rewrapped(bytes(old), uid))]
        # One by one: joined with a list of keys, PostgreSQL may read the whole table for each batch.
        cursor.executemany("UPDATE subscriber SET wrapped_key = %s WHERE id = %s", anew)
    return rows[-1][0], len(anew), len(rows) - len(anew)


def _rewrapped(wrapped_key: bytes, uid: UUID) -> bytes | None:
    try:
        return sealing.rewrap(wrapped_key, uid)
    except (UnknownKeyError, DamagedError):
        return None


def apps() -> Sequence[tuple[int, int, bytes]]:
    """(number, member, sealed secret) of each authenticator app: members are few."""
    rows = models.SecondFactor.objects.filter(kind=Proof.TOTP).order_by("pk")
    return [(row.pk, row.member_id, bytes(row.sealed_secret or b"")) for row in rows]


def reseal_app(number: int, before: bytes, anew: bytes) -> bool:
    """False if it was changed or removed meanwhile."""
    rows = models.SecondFactor.objects.filter(pk=number, sealed_secret=before)
    return rows.update(sealed_secret=anew) == 1


def words_by_secret() -> Counter[int | None]:
    """How many words of requests of nobody known are under which secret; None counts what opens under none."""
    return Counter(sealing.words_secret(row.uid, stored) for row, _, stored in _words())


def reseal_words() -> tuple[int, int]:
    """How many were sealed anew, and how many could not be opened. One by one: such requests are few."""
    anew = unreadable = 0
    in_force = current().secret_keys.kid
    for row, name, stored in _words():
        kid = sealing.words_secret(row.uid, stored)
        if kid == in_force:
            continue
        text = sealing.open_words(None, row.uid, name, stored)
        if kid is None or isinstance(text, Lost):
            unreadable += 1
            continue
        # Nothing, if somebody wrote it anew meanwhile: then it is under the secret in force.
        unchanged = models.RightsRequest.objects.filter(pk=row.pk, **{f"sealed_{name}": stored})
        anew += unchanged.update(**{f"sealed_{name}": sealing.seal_words(None, row.uid, name, text)})
    return anew, unreadable


def _words() -> Iterator[tuple[models.RightsRequest, str, dict[str, object]]]:
    """(request, what it is, as stored) of everything that is written in requests of nobody known."""
    rows = models.RightsRequest.objects.filter(subscriber=None).exclude(sealed_words={}, sealed_answer={})
    for row in rows.order_by("id").iterator(chunk_size=500):
        for name, stored in (("words", row.sealed_words), ("answer", row.sealed_answer)):
            if stored:
                yield row, name, stored
