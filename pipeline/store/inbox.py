"""What the local inbox caught: the demonstration's mailbox, never a real one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.store import models


@dataclass(frozen=True, slots=True)
class CaughtLine:
    """A message as a list shows it, without its content."""

    id: int
    received_at: datetime
    rcpt_to: str
    subject: str


@dataclass(frozen=True, slots=True)
class Caught:
    """One message for one recipient. `message` is as it came over the wire."""

    id: int
    received_at: datetime
    mail_from: str
    rcpt_to: str
    subject: str
    message: bytes


def keep(mail_from: str, rcpt_tos: list[str], subject: str, message: bytes, now: datetime) -> None:
    """Keep a message once for each of its recipients."""
    models.CaughtMessage.objects.bulk_create(
        models.CaughtMessage(
            received_at=now, mail_from=mail_from, rcpt_to=rcpt_to, subject=subject, message=message
        )
        for rcpt_to in rcpt_tos
    )


def forget(mailbox: str) -> None:
    """Delete whatever was caught for one recipient."""
    models.CaughtMessage.objects.filter(rcpt_to__iexact=mailbox).delete()


def newest(limit: int = 100, *, recipient: str | None = None) -> list[Caught]:
    """The newest first, of one recipient or of all."""
    rows = models.CaughtMessage.objects.order_by("-id")
    if recipient:
        rows = rows.filter(rcpt_to__iexact=recipient)
    return [_caught(row) for row in rows[:limit]]


def lines(recipient: str = "", *, before: int | None = None, limit: int = 50) -> list[CaughtLine]:
    """The newest first: of recipients whose address holds `recipient`, and older than the id `before`, if asked."""
    rows = models.CaughtMessage.objects.order_by("-id")
    if recipient:
        rows = rows.filter(rcpt_to__icontains=recipient)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [CaughtLine(*row) for row in rows.values_list("id", "received_at", "rcpt_to", "subject")[:limit]]


def recipients(limit: int = 200) -> list[str]:
    """Who got anything, in order."""
    rows = models.CaughtMessage.objects.order_by("rcpt_to").values_list("rcpt_to", flat=True)
    return list(rows.distinct()[:limit])


def one(message_id: int) -> Caught | None:
    row = models.CaughtMessage.objects.filter(id=message_id).first()
    return _caught(row) if row else None


def _caught(row: models.CaughtMessage) -> Caught:
    return Caught(row.id, row.received_at, row.mail_from, row.rcpt_to, row.subject, bytes(row.message))
