"""The local inbox caught a message: keep it where the inbox page finds it."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

from pipeline.gateways import clock
from pipeline.store import inbox


def catch_message(mail_from: str, rcpt_tos: list[str], message: bytes) -> None:
    """Keep it once for each recipient. A NUL in the subject, which PostgreSQL cannot hold, becomes a space."""
    inbox.keep(mail_from, rcpt_tos, _subject(message), message, clock.now())


def _subject(message: bytes) -> str:
    """The subject in words. Eight-bit octets come out of the parser as surrogates, which PostgreSQL cannot hold."""
    try:
        subject = str(message_from_bytes(message, policy=default).get("subject", ""))
    except (ValueError, IndexError, AttributeError):
        return ""  # the parser raises these on a header that is broken enough
    return subject.replace("\0", " ").encode(errors="replace").decode()
