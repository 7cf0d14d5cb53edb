"""Fill an empty database: so many people who said yes, and one issue that opens to all of them.

python -m bench.programs.opened RECIPIENTS

The people come by SQL in bulk, with the same rows that the product writes for each. The opening is the product's own
and the only thing that is timed; says on standard output how long it took.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta
from typing import Any

import django
from django.db import connection

django.setup()

from bench.letter import NAMES, letter  # noqa: E402
from bench.measured import cpu_seconds  # noqa: E402
from bench.processes import backend_cpu_seconds  # noqa: E402
from pipeline.actions.approve_article import approve_article  # noqa: E402
from pipeline.actions.create_campaign import NewCampaign, create_campaign  # noqa: E402
from pipeline.actions.import_article import import_article  # noqa: E402
from pipeline.actions.open_due import open_due  # noqa: E402
from pipeline.actions.prepare_database import prepare_database  # noqa: E402
from pipeline.core.delivery.campaign import Mode  # noqa: E402
from pipeline.gateways import clock  # noqa: E402
from pipeline.settings import current  # noqa: E402
from pipeline.store import sealing  # noqa: E402
from pipeline.store.subscribers import random_uid  # noqa: E402

SERIES, PURPOSE = "breast-calcifications", "weekly_health_email"

# 16 random bytes each, as the product's are; the key of an address is 32 bytes that nothing else has.
PEOPLE = """
INSERT INTO subscriber (uid, address_key, wrapped_key, sealed_address, sealed_name, zone, created_at)
SELECT r.uid, sha256(('reader' || r.n)::bytea), r.wrapped, r.address, r.name, '', %s
  FROM unnest(%s::int[], %s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[]) AS r(n, uid, wrapped, address, name)
 ORDER BY r.n
"""
CHUNK = 5_000
YES = """
INSERT INTO consent_event (event_id, subscriber_id, purpose_id, kind, state_after, occurred_at, actor, method,
                           notice_id, notice_version, consent_sentence_sha256, evidence_grade, evidence,
                           suspect_automation, valid_until)
SELECT gen_random_uuid(), id, %(purpose)s, 'CONSENT_GIVEN', 'given', %(now)s, 'data_subject', 'confirm_post',
       %(purpose)s, 1, repeat('0', 64), 'full', '{"placement": "bench"}', false, %(now)s + interval '24 months'
  FROM subscriber ORDER BY id
"""
ON_THE_LIST = """
INSERT INTO subscription (uid, subscriber_id, purpose_id, status, consent_event_id, since, valid_until)
SELECT gen_random_uuid(), subscriber_id, purpose_id, 'given', seq, occurred_at, occurred_at + interval '24 months'
  FROM consent_event ORDER BY seq
"""


def main(people: int) -> None:
    now = clock.now()
    prepare_database(now)
    _campaign(now)
    fill(people, now)
    backend = connection.connection.info.backend_pid
    used, theirs, began = cpu_seconds(), backend_cpu_seconds(backend), time.monotonic()
    open_due(clock.now())
    seconds, used = time.monotonic() - began, cpu_seconds() - used
    theirs = backend_cpu_seconds(backend) - theirs
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM delivery WHERE state = 0")
        if (found := cursor.fetchone()[0]) != people:
            sys.exit(f"the issue opened to {found} of {people}")
    print(json.dumps({"seconds": seconds, "cpu": used, "cpu_database": theirs}))


def fill(people: int, now: datetime) -> None:
    """So many people who said yes."""
    with connection.cursor() as cursor:
        for start in range(0, people, CHUNK):
            cursor.execute(PEOPLE, _sealed(range(start, min(start + CHUNK, people)), now))
        for statement in (YES, ON_THE_LIST):
            cursor.execute(statement, {"purpose": PURPOSE, "now": now})
        cursor.execute("ANALYZE subscriber, consent_event, subscription")
        cursor.execute("CHECKPOINT")


def _sealed(numbers: range, now: datetime) -> list[Any]:
    """The values of `PEOPLE` for some readers."""
    uids = [random_uid() for _ in numbers]
    people = [
        sealing.new_person(uid, f"reader{n}@readers.test", NAMES[n % len(NAMES)])[1]
        for n, uid in zip(numbers, uids, strict=True)
    ]
    columns = ([p.wrapped_key for p in people], [p.address for p in people], [p.name for p in people])
    return [now, list(numbers), uids, *columns]


def _campaign(now: datetime) -> None:
    """A campaign whose first issue is due now and says what the letter of the benchmark says."""
    import_article(current().content_dir / "articles" / f"{SERIES}.md", now)
    approve_article(
        SERIES,
        "Dr Demo",
        "Demonstration only",
        "none",
        (now + timedelta(days=365)).date(),
        now,
        demonstration=True,
    )
    wanted = NewCampaign(SERIES, PURPOSE, Mode.CALENDAR, None, None, "Europe/London", "Europe/London", None)
    campaign = create_campaign(wanted, now)
    parts = letter()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH revision AS (
                INSERT INTO issue_revision (issue_id, article_revision_id, content_sha256, subject, preheader, html,
                                            text, findings, demonstration, created_at)
                SELECT r.issue_id, r.article_revision_id, %s, %s, %s, %s, %s, '[]', true, %s
                  FROM mailing m JOIN issue_revision r ON r.id = m.revision_id
                 WHERE m.campaign_id = %s AND m.number = 1 RETURNING id, content_sha256),
            signed AS (
                INSERT INTO signed_letter (sign_off_id, revision_id, content_sha256)
                SELECT (SELECT max(id) FROM sign_off), id, content_sha256 FROM revision)
            UPDATE mailing SET revision_id = revision.id, due_at = %s
              FROM revision WHERE campaign_id = %s AND number = 1
            """,
            [
                parts.content_sha256,
                parts.subject,
                parts.preheader,
                parts.html,
                parts.text,
                now,
                campaign.id,
                now,
                campaign.id,
            ],
        )
        cursor.execute("UPDATE campaign SET starts_at = %s WHERE id = %s", [now, campaign.id])


if __name__ == "__main__":
    main(int(sys.argv[1]))
