"""Remove what senders leave that nothing can need any more: their journals and their rows, after a week."""

from __future__ import annotations

import time
from datetime import timedelta

from pipeline.gateways import journal
from pipeline.settings import current
from pipeline.store import rescue

KEPT = timedelta(days=7)  # a database that is put back further than this is told nothing by journals
EVERY = 600.0  # seconds

_last = float("-inf")


def tidy_senders() -> int:
    """Returns how many journals were removed. At most every ten minutes; otherwise it does nothing."""
    global _last
    if time.monotonic() - _last < EVERY:
        return 0
    _last = time.monotonic()
    rescue.forget_senders(KEPT)
    folder = current().data_dir / "journal"
    old = [each.token for each in journal.kept(folder) if time.time() - each.written > KEPT.total_seconds()]
    if not old:
        return 0
    in_hand = {row.token for row in rescue.in_flight()}
    gone = [token for token in old if token not in in_hand and not journal.alive(folder, token)]
    for token in gone:
        journal.discard(folder, token)
    return len(gone)
