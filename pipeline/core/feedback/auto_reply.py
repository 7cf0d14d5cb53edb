"""Answers that no person wrote and that say nothing of a mailbox: out of office, thank you for your message (B-07)."""

from __future__ import annotations

import re

from pipeline.core.feedback.mime import Taken

_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-vacation")
_SUBJECT = re.compile(
    r"(?:re:\s*)?\W*(?:out of (?:the )?office|auto(?:matic)?[- ]?(?:reply|response|answer)|autoreply|vacation"
    r"|(?:i am|i'm) (?:away|on (?:leave|holiday|vacation))|away from (?:the office|my (?:desk|mail))|on leave\b"
    r"|abwesen|automatische (?:antwort|beantwoording)|r[ée]ponse automatique|absence\b|respuesta autom"
    r"|risposta automatica|resposta autom|automatisch antwoord|autosvar|automaattinen)",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"(?:^|[<\s\"'])(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon)\b", re.IGNORECASE)


def is_auto_reply(taken: Taken) -> bool:
    """RFC 3834 section 5: `Auto-Submitted` other than `no`. Mail systems send bounces under it too, and those are not.

    To be asked only of what is neither a bounce report nor a complaint report.
    """
    if from_mail_system(taken):
        return False
    automatic = taken.first("auto-submitted").split(";")[0].split("(")[0].strip().lower()
    if automatic and automatic != "no":
        return True
    if any(name in taken.fields for name in _HEADERS) or taken.first("precedence").lower() == "auto_reply":
        return True
    return bool(_SUBJECT.match(taken.first("subject")))


def from_mail_system(taken: Taken) -> bool:
    """Whether a mail system speaks: it says whose mail failed, or it has no return path and a daemon's name."""
    if "x-failed-recipients" in taken.fields:
        return True
    return taken.first("return-path") in ("", "<>") and bool(_DAEMON.search(taken.first("from")))
