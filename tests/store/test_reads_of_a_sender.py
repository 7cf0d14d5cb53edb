"""How much a sender's statements read. It grows with the group that is asked for, and with nothing else.

Counted are rows and looks into an index, by PostgreSQL itself, and no seconds. The plan is the one that a sender keeps
for good: it was made before the other campaigns were there (docs/decisions/0008, 0013).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from pipeline.actions.open_due import open_due
from pipeline.store import link, models, sending
from pipeline.store.sending import ClaimedDelivery, Link
from pipeline.store.subscribers import random_uid
from tests import factories, senders
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)  # a sender has connections of its own

READ = """
SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) + coalesce(idx_scan, 0))::int
  FROM pg_stat_xact_user_tables WHERE relname LIKE 'delivery%'
"""
READERS = [f"reader{n}" for n in range(12)]
TOKEN = random_uid()


def others(count: int) -> None:
    """Other campaigns that run, each with an issue that is being sent, to nobody."""
    mailing = models.Mailing.objects.select_related("campaign").get(state="sending")
    for number in range(count):
        campaign = mailing.campaign
        campaign.pk, campaign.name = None, f"other-{number}"
        campaign.save()
        mailing.pk, mailing.campaign = None, campaign
        mailing.save()


async def reads(opened: Link, claimed: Sequence[ClaimedDelivery], epoch: int) -> int:
    """What one group's intent reads of the deliveries. It is undone after."""
    await opened.execute("BEGIN")
    before = await (
        await opened.execute(READ)
    ).fetchone()  # of the statements before, as far as they are not told
    allowed = await sending.record_intents(opened, TOKEN, epoch, "relay", claimed, NOW)
    after = await (await opened.execute(READ)).fetchone()
    await opened.execute("ROLLBACK")
    assert len(allowed) == len(READERS)
    return int(after[0] - before[0])


def test_an_intent_reads_no_more_with_forty_other_campaigns_under_way():
    factories.notices()
    factories.readers(READERS)
    factories.campaign()
    open_due(NOW)
    claimed, epoch = senders.claim(TOKEN, len(READERS), NOW), senders.epoch()
    with asyncio.Runner() as runner:
        opened = runner.run(link.connect())
        try:
            alone = [runner.run(reads(opened, claimed, epoch)) for _ in range(3)]
            others(40)
            among_others = runner.run(reads(opened, claimed, epoch))
        finally:
            runner.run(opened.close())
    assert alone == [alone[0]] * 3
    assert len(READERS) <= among_others == alone[0]
