"""Send the signed seal of the day to the owner of the ledger: a copy where nobody who runs the database can change it
(delivery.md B9).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.core.address import parse
from pipeline.core.message.note import NoteKind
from pipeline.gateways import keys
from pipeline.settings import current
from pipeline.store import notes, seals

LETTER_LASTS = timedelta(days=5)


def tell_owner(now: datetime) -> bool:
    """Queue the letter about the newest signature, unless that was done. The seals of older ones lie before it.

    Not part of the sealing: a seal is made whatever else is wrong, and a letter is a delivery like any other, which a
    database that was put back may not make before a person has looked at it.
    """
    anchors = seals.anchors()
    if not anchors or notes.was_queued(NoteKind.SEAL, "seal", str(anchors[-1].seal)):
        return False
    last, owner = anchors[-1], parse(current().owner_address)
    notes.queue(
        NoteKind.SEAL,
        {
            "day": f"{last.day.day} {last.day:%B %Y}",
            "seal": str(last.seal),
            "hash": last.hash.hex(),
            "signature": last.signature.hex(),
            "key_id": last.key_id,
        },
        keys.key_of(owner),
        now,
        now + LETTER_LASTS,
        address=owner.mailbox,
    )
    return True
