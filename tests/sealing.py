"""Seal all that there is."""

from __future__ import annotations

import time

from pipeline.actions.seal_ledger import seal_ledger
from pipeline.store import seals


def seal_all() -> int:
    """How many seals that took. A transaction of another test, in another database of the server, is waited for."""
    highest, made, deadline = seals.highest(), 0, time.monotonic() + 60
    with_a_seal = {seq for one in seals.all_seals() for seq in one.seqs}
    while highest not in with_a_seal and time.monotonic() < deadline:
        made += seal_ledger()
        with_a_seal = {seq for one in seals.all_seals() for seq in one.seqs}
        time.sleep(0.02)
    assert highest in with_a_seal, "something holds a transaction open"
    return made
