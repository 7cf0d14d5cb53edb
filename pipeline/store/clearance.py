"""May a mailing go out as far as its words are concerned? Asked of the events themselves: nothing keeps a copy of the
answer for the dot to rely on.

A mailing is made from one revision of an article. That revision has to be signed off, up to and on its date (E-01,
E-02), the signature not withdrawn, and neither it nor the issue marked wrong (E-10). A letter that says that it is a
demonstration goes by a signature for one, and any other by a real one: neither speaks for the other, and a withdrawal
ends both. An issue has to be among the letters that a signature since the last withdrawal is on. Words that came later
say nothing about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection

from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.lifecycle import DeliveryState, MailingState
from pipeline.store import models


class Waits(StrEnum):
    """Why a mailing waits."""

    UNSIGNED = "unsigned"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNSEEN = "unseen"  # signed, but not as this letter reads
    WRONG = "wrong"


_TODAY = "(%(now)s::timestamptz AT TIME ZONE 'UTC')::date"
_SAID = """
  LEFT JOIN LATERAL (SELECT e.sign_off_id, e.at FROM review_event e LEFT JOIN sign_off k ON k.id = e.sign_off_id
                      WHERE e.revision_id = ir.article_revision_id AND e.kind IN ('signed', 'withdrawn')
                        AND (k.id IS NULL OR k.demonstration = ir.demonstration)
                      ORDER BY e.id DESC LIMIT 1) said ON true
  LEFT JOIN sign_off g ON g.id = said.sign_off_id"""  # a withdrawal has no sign-off
_FAULTS = """(SELECT min(f.marked_at) FROM fault f
               WHERE f.article_revision_id = ir.article_revision_id
                 AND (f.issue_id IS NULL OR f.issue_id = ir.issue_id)
                 AND NOT EXISTS (SELECT 1 FROM fault_answer l WHERE l.fault_id = f.id AND l.kind = 'lifted'))"""

# A letter that corrects is written after the signature on the mended words, by people who look at it (decision 0030).
_SEEN = """(ir.kind <> 'issue' OR EXISTS (
    SELECT 1 FROM signed_letter w JOIN sign_off k ON k.id = w.sign_off_id AND k.demonstration = ir.demonstration
      JOIN review_event o ON o.sign_off_id = w.sign_off_id
     WHERE w.revision_id = ir.id
       AND NOT EXISTS (SELECT 1 FROM review_event x WHERE x.revision_id = ir.article_revision_id
                          AND x.kind = 'withdrawn' AND x.id > o.id)))"""

# A condition on a mailing `m`, for statements that give `%(now)s`. It costs a few looks at small indexes for each
# mailing, and is asked once for each group of intents.
CLEARED = f"""EXISTS (
    SELECT 1 FROM issue_revision ir{_SAID}
     WHERE ir.id = m.revision_id AND g.next_review_on >= {_TODAY} AND {_SEEN} AND {_FAULTS} IS NULL)"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mailing whose standing is another than was written down. `reason` is empty where it may go on.

    `since` is when it was stopped: of one that goes on, since when it waited.
    """

    id: int
    campaign_id: int
    campaign: str
    number: int
    mode: Mode
    state: MailingState
    due_at: datetime
    corrects: bool
    article: str
    reason: str
    since: datetime


def changed(now: datetime) -> list[Waiting]:
    """The mailings that are to be stopped, and those that may go on, in their order. One that has ended waits for
    nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH looked AS (
                SELECT m.id, m.campaign_id, c.name, m.number, c.mode, m.state, m.due_at,
                       m.fault_id IS NOT NULL AS corrects, a.slug, m.waits_for, m.waits_since, said.at,
                       g.next_review_on, {_FAULTS} AS faulty_since,
                       CASE WHEN m.state IN ('finished', 'cancelled') OR c.state IN ('finished', 'cancelled') THEN ''
                            WHEN {_FAULTS} IS NOT NULL THEN '{Waits.WRONG.value}'
                            WHEN said.at IS NULL THEN '{Waits.UNSIGNED.value}'
                            WHEN g.id IS NULL THEN '{Waits.WITHDRAWN.value}'
                            WHEN g.next_review_on < {_TODAY} THEN '{Waits.EXPIRED.value}'
                            WHEN NOT {_SEEN} THEN '{Waits.UNSEEN.value}'
                            ELSE '' END AS reason
                  FROM mailing m JOIN campaign c ON c.id = m.campaign_id
                  JOIN issue_revision ir ON ir.id = m.revision_id
                  JOIN article_revision ar ON ar.id = ir.article_revision_id
                  JOIN article a ON a.id = ar.article_id{_SAID}
                 WHERE m.waits_for <> ''
                    OR (m.state NOT IN ('finished', 'cancelled') AND c.state NOT IN ('finished', 'cancelled')))
            SELECT id, campaign_id, name, number, mode, state, due_at, corrects, slug, reason,
                   CASE reason WHEN '' THEN coalesce(waits_since, %(now)s)
                               WHEN '{Waits.WRONG.value}' THEN faulty_since
                               WHEN '{Waits.WITHDRAWN.value}' THEN at
                               WHEN '{Waits.EXPIRED.value}' THEN (next_review_on + 1)::timestamp AT TIME ZONE 'UTC'
                               ELSE %(now)s END
              FROM looked WHERE reason <> waits_for ORDER BY campaign_id, number
            """,
            {"now": now},
        )
        rows = cursor.fetchall()
    return [
        Waiting(id_, campaign_id, campaign, number, Mode(mode), MailingState(state), *rest)
        for id_, campaign_id, campaign, number, mode, state, *rest in rows
    ]


def stop(mailing_id: int, reason: str, since: datetime) -> None:
    """Write down why a mailing waits, for people; one that waited already has waited since then."""
    row = models.Mailing.objects.filter(pk=mailing_id)
    row.filter(waits_for="").update(waits_since=since)
    row.update(waits_for=reason)


def go_on(mailing_id: int, waited: timedelta) -> None:
    """Take down that a mailing waits, and give back to its letters the time that it cost them."""
    models.Mailing.objects.filter(pk=mailing_id).update(waits_for="", waits_since=None)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE delivery SET expires_at = expires_at + make_interval(secs => %s)"
            " WHERE mailing_id = %s AND state IN (%s, %s)",
            [max(waited.total_seconds(), 0), mailing_id, DeliveryState.QUEUED, DeliveryState.LEASED],
        )


def waiting(campaign_id: int) -> list[tuple[int, str]]:
    """The issues of a campaign that wait, with the reason, by number."""
    rows = models.Mailing.objects.filter(campaign_id=campaign_id).exclude(waits_for="").order_by("number")
    return list(rows.values_list("number", "waits_for"))
