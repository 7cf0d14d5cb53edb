"""Write a line of the audit log: who did what about whom, when, and how it ended (S-15)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog
from django.db import transaction

from pipeline.core.address import Address
from pipeline.core.errors import Unavailable
from pipeline.core.people.audit import Line
from pipeline.gateways import audit_file, keys
from pipeline.gateways.asking import asking
from pipeline.settings import current
from pipeline.store import audit, instance

log = structlog.get_logger()


def record(
    event: str,
    *,
    member: str,
    about: str = "",
    outcome: str = "done",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Append one line. `event` is one of `core.people.audit.Event`; any other name raises ValueError.

    `about` names a subject by uid or keyed hash (`about_address`), never by an address. What shows or hands out
    personal data records it before; what changes something records it last, in the same transaction where it can,
    since from this line to the transaction's end nobody else writes to the log.
    """
    asked = asking()
    made = audit.append(
        event,
        member=member,
        about=about,
        outcome=outcome,
        network=asked.network,
        request_id=asked.request_id,
        detail=detail or {},
    )
    transaction.on_commit(lambda: _keep_outside(made))


def about_address(address: Address) -> str:
    """How the log names a mailbox: `subscriber:` and its keyed hash, by which the desk finds it too."""
    return f"subscriber:{keys.key_of(address).hex()}"


def _keep_outside(made: Line) -> None:
    """Once it is committed: a line for what never was is a lie. A full disk undoes nothing; `audit verify` tells."""
    try:
        audit_file.add(audit_folder(), instance.read().uid, made.written)
    except Unavailable:
        log.error("audit.not_kept_outside", line=made.seq)


def audit_folder() -> Path:
    """Where this host keeps the lines that it wrote."""
    return current().data_dir / "audit"
