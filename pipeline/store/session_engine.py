"""Sessions as rows that know their member (Django's `SESSION_ENGINE`).

The key in the cookie has 32 random letters and digits, 165 bits. The row has a hash of it. A session is over eight
hours after it began, or when it was not used for `ROUNDS_SESSION_MINUTES`, whatever the cookie says. The real clock
counts: the demonstration's may jump.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from pipeline.core.accounts.session import BETWEEN_STEPS, WHOLE
from pipeline.settings import current
from pipeline.store.models import MemberSession

MEMBER = "_auth_user_id"  # where Django keeps who is signed in
WAITING = "waiting"  # who gave the password, and has still to give the second factor: a mapping with `member`
STARTED = "started"  # seconds since 1970, once signed in


def row_key(session_key: str) -> str:
    """What the table has instead of the key: SHA-256, cut to the 40 characters of Django's column (160 bits)."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DatabaseSessions):
    @classmethod
    def get_model_class(cls) -> type[MemberSession]:
        return MemberSession

    def _get_session_from_db(self) -> MemberSession | None:
        now = timezone.now()
        idle = timedelta(minutes=current().session_minutes)
        row = MemberSession.objects.filter(
            session_key=row_key(self.session_key or ""), expire_date__gt=now, seen_at__gt=now - idle
        ).first()
        if row is None:
            self._session_key = None
        return row

    def exists(self, session_key: str) -> bool:
        return MemberSession.objects.filter(session_key=row_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> MemberSession:
        now = timezone.now()
        started = datetime.fromtimestamp(data[STARTED], UTC) if STARTED in data else now
        return MemberSession(
            session_key=row_key(self._get_or_create_session_key()),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=started + WHOLE if STARTED in data else now + BETWEEN_STEPS,
            member_id=data.get(MEMBER) or data.get(WAITING, {}).get("member"),
            started_at=started,
            seen_at=now,
        )

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = self.create_model_instance(data)
        try:
            with transaction.atomic():
                row.save(force_insert=must_create, force_update=not must_create)
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise
        except DatabaseError:
            if not must_create:
                raise UpdateError from None  # it was ended meanwhile, and stays so
            raise
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            MemberSession.objects.filter(session_key=row_key(key)).delete()
