"""Forget a mailbox wherever somebody else's words name it: no key of its owner's covers those (C-18)."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.store import feedback, inbox, rights


def forget_mentions(mailboxes: Sequence[str]) -> None:
    """In the caller's transaction: messages that were caught for them, reports laid aside that name them, and requests
    of nobody we know. What was heard about single deliveries is forgotten with these (`store.deliveries`).
    """
    if not mailboxes:
        return
    for mailbox in mailboxes:
        inbox.forget(mailbox)
    feedback.forget(mailboxes)
    rights.forget_mentions(mailboxes)
