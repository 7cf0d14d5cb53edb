"""The local inbox caught a message: keep it where the inbox page finds it."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

from django.db import close_old_connections

from pipeline.gateways import clock
from pipeline.store import inbox


def catch_message(mail_from: str, rcpt_tos: list[str], message: bytes) -> None:
    """Keep it once for each recipient. A NUL in the subject, which PostgreSQL cannot hold, becomes a space."""
    close_old_connections()  # The inbox lives long, and its connection may have died since the last message.
    subject = str(message_from_bytes(message, policy=default).get("subject", "")).replace("\0", " ")
    inbox.keep(mail_from, rcpt_tos, subject, message, clock.now())
