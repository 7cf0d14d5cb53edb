"""What was marked wrong, what was done about it, and who had received it (E-10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from pipeline.core.delivery.lifecycle import DeliveryState, MailingState
from pipeline.core.editorial.faults import Answer, Fault, FaultState, Reach
from pipeline.store import models, periods
from pipeline.store.rescue import LEFT
from pipeline.store.standing import CARRIES, must_renew_sql

CORRECTED, RECALLED, TOLD, LIFTED = "corrected", "recalled", "told", "lifted"
CARRIED_OUT = (CORRECTED, RECALLED)  # what there is to do about them, besides keeping them

# Whose outcome is on record as accepted, and who may have got it all the same.
_CERTAIN = int(DeliveryState.ACCEPTED)
_RECEIVED = ", ".join(
    str(int(state))
    for state in (
        DeliveryState.ACCEPTED,
        DeliveryState.PRESUMED_ACCEPTED,
        DeliveryState.UNKNOWN,
        DeliveryState.HELD_UNKNOWN,
    )
)
_QUEUED, _LEASED, _SENDING = (
    int(DeliveryState.QUEUED),
    int(DeliveryState.LEASED),
    int(DeliveryState.SENDING),
)

# The faulty versions `ir` of a fault, and the mailings `m` that are made from them now.
_FAULTY = (
    """ir.article_revision_id = %(revision)s AND (%(issue)s::bigint IS NULL OR ir.issue_id = %(issue)s)"""
)

# A delivery `d` that was taken for a version before its mailing was given another is not one of this version.
_THEIRS = """NOT EXISTS (SELECT 1 FROM faulty_copy before
                          WHERE before.delivery_id = d.id AND before.fault_id <> %(fault)s)"""

# The list that a series was sent to last, whatever its plan says now.
_PURPOSE = "SELECT c.purpose_id FROM campaign c WHERE c.series_id = {series} ORDER BY c.id DESC LIMIT 1"
_GOT_IT = f"(d.state IN ({_RECEIVED}) OR d.ambiguous_attempts > 0)"


@dataclass(frozen=True, slots=True)
class FaultyVersion:
    """A rendering that is wrong. `opened`: it has begun to go out somewhere."""

    revision_id: int
    series: str
    number: int
    title: str
    subject: str
    kind: str
    text: str
    opened: bool


@dataclass(frozen=True, slots=True)
class NewReplacement:
    """`letter` None: what it says stands. `right` None: the series has no such issue any more."""

    faulty: int
    right: int | None
    letter: int | None


def mark(
    revision_id: int, series: str, number: int | None, reason: str, member: str, now: datetime
) -> int | None:
    """Mark a revision, or one issue made from it. Returns the fault's id; None where that is marked already. A mark
    that was lifted is none.
    """
    issue = models.Issue.objects.get(series__slug=series, number=number) if number else None
    lifted = models.FaultAnswer.objects.filter(
        kind=LIFTED, fault__article_revision_id=revision_id, fault__issue=issue
    )
    try:
        with transaction.atomic():
            return models.Fault.objects.create(
                article_revision_id=revision_id,
                issue=issue,
                reason=reason,
                member=member,
                marked_at=now,
                again=lifted.count(),
            ).pk
    except IntegrityError:
        return None


def by_id(fault_id: int) -> Fault | None:
    row = _rows().filter(pk=fault_id).first()
    return _fault(row) if row else None


def every() -> list[Fault]:
    """All of them, the newest first."""
    return [_fault(row) for row in _rows().order_by("-id")]


def of_version(revision_id: int, series: str, number: int | None) -> Fault | None:
    """The newest fault of just this."""
    rows = _rows().filter(article_revision_id=revision_id)
    rows = (
        rows.filter(issue__series__slug=series, issue__number=number) if number else rows.filter(issue=None)
    )
    row = rows.order_by("-id").first()
    return _fault(row) if row else None


def is_faulty(revision_id: int) -> bool:
    """Whether a revision of an article, or an issue made from it, was marked wrong, and the mark not lifted."""
    rows = models.Fault.objects.filter(article_revision_id=revision_id)
    return rows.exclude(answers__kind=LIFTED).exists()


def versions(fault: Fault) -> list[FaultyVersion]:
    """The renderings that the fault is about, letters that corrected an earlier one among them."""
    rows = models.IssueRevision.objects.filter(article_revision_id=fault.revision_id)
    if fault.number:
        rows = rows.filter(issue__series__slug=fault.series, issue__number=fault.number)
    opened = set(
        models.Mailing.objects.filter(opened_at__isnull=False, revision__in=rows).values_list(
            "revision_id", flat=True
        )
    )
    return [
        FaultyVersion(
            r.pk,
            r.issue.series.slug,
            r.issue.number,
            r.issue.title,
            r.subject,
            r.kind,
            r.text,
            r.pk in opened,
        )
        for r in rows.select_related("issue__series").order_by("issue__series_id", "issue__number", "id")
    ]


def reach(fault: Fault, now: datetime, only: Collection[int] | None = None) -> Reach:
    """Counted from the deliveries themselves, those of months that were put away among them. Before the fault is
    corrected; what a correction took down is in `copies`. `only`: readers of these renderings alone.
    """
    values = _values(fault) | {"now": now, "only": None if only is None else list(only)}
    people: dict[tuple[int, int], bool] = {}
    for table in _tables():
        for subscriber, series, certain in _ask(
            f"SELECT d.subscriber_id, c.series_id, d.state = {_CERTAIN} {_from(table)}"
            f" AND m.fault_id IS NULL AND d.subscriber_id IS NOT NULL AND {_GOT_IT} AND {_THEIRS}"
            " AND (%(only)s::bigint[] IS NULL OR ir.id = ANY(%(only)s::bigint[]))",
            values,
        ):
            people[subscriber, series] = people.get((subscriber, series), False) or certain
    for subscriber, series, certain in _ask(_INHERITED, values):
        people[subscriber, series] = people.get((subscriber, series), False) or certain
    consenting = _ask(
        f"""
        SELECT count(DISTINCT s.subscriber_id)
          FROM unnest(%(people)s::bigint[], %(series)s::bigint[]) AS got(subscriber_id, series_id)
          JOIN LATERAL ({_PURPOSE.format(series="got.series_id")}) x ON true{must_renew_sql("x.purpose_id")}
          JOIN subscription s ON s.subscriber_id = got.subscriber_id AND s.purpose_id = x.purpose_id AND {CARRIES}
          JOIN subscriber p ON p.id = s.subscriber_id
         WHERE NOT EXISTS (SELECT 1 FROM suppression q
                            WHERE q.address_key = p.address_key AND (q.until IS NULL OR q.until > %(now)s)
                              AND q.scope IN ('all', 'marketing', 'list:' || x.purpose_id))
        """,
        {"people": [k[0] for k in people], "series": [k[1] for k in people], "now": now},
    )[0][0]
    waiting = _ask(
        f"SELECT count(*) FILTER (WHERE d.state = {_QUEUED}), count(*) FILTER (WHERE d.state <> {_QUEUED})"
        f" {_from('delivery')} AND d.state IN ({_QUEUED}, {_LEASED}, {_SENDING}) AND d.ambiguous_attempts = 0",
        values,
    )[0]
    unopened = _ask(
        f"SELECT count(*) FROM mailing m JOIN campaign c ON c.id = m.campaign_id JOIN issue_revision ir"
        f" ON ir.id = m.revision_id WHERE {_FAULTY} AND m.state IN ('scheduled', 'held_late')"
        " AND c.state NOT IN ('finished', 'cancelled')",
        values,
    )[0][0]
    certain = {subscriber for (subscriber, _), sure in people.items() if sure}
    every_one = {subscriber for subscriber, _ in people}
    return Reach(len(certain), len(every_one - certain), consenting, waiting[0], waiting[1], unopened)


def answer(
    fault_id: int,
    kind: str,
    article_revision_id: int | None,
    wrong: str,
    right: str,
    replacements: Iterable[NewReplacement],
    member: str,
    now: datetime,
    reason: str = "",
) -> int | None:
    """Keep what is to be done. Returns the answer's id; None where the fault was answered so before, or so that this
    does not go with it.
    """
    try:
        with transaction.atomic():
            models.Article.objects.select_for_update(no_key=True).get(revisions__faults=fault_id)
            given = set(models.FaultAnswer.objects.filter(fault_id=fault_id).values_list("kind", flat=True))
            if LIFTED in given or (kind == LIFTED and given & set(CARRIED_OUT)):
                return None
            row = models.FaultAnswer.objects.create(
                fault_id=fault_id,
                kind=kind,
                article_revision_id=article_revision_id,
                wrong=wrong,
                right=right,
                reason=reason,
                member=member,
                answered_at=now,
            )
            models.Replacement.objects.bulk_create(
                models.Replacement(answer=row, faulty_id=r.faulty, right_id=r.right, letter_id=r.letter)
                for r in replacements
            )
            return row.pk
    except IntegrityError:
        return None


@dataclass(frozen=True, slots=True)
class ToCarryOut:
    answer_id: int
    fault: Fault
    kind: str


def to_carry_out() -> list[ToCarryOut]:
    """Answers that nobody has carried out yet, the oldest first."""
    rows = models.FaultAnswer.objects.filter(kind__in=CARRIED_OUT, carried_out=None).order_by("id")
    found = [(row.pk, by_id(row.fault_id), row.kind) for row in rows]
    return [ToCarryOut(pk, fault, kind) for pk, fault, kind in found if fault]


def carried_out(answer_id: int, now: datetime) -> bool:
    """In the transaction that carries it out: of two that try, one has it. False where it is done."""
    try:
        with transaction.atomic():
            models.CarriedOut.objects.create(answer_id=answer_id, at=now)
            return True
    except IntegrityError:
        return False


def in_hand(fault: Fault) -> int:
    """How many letters of the faulty version a sender holds or has on the wire. Once the fault is on record no more
    come: a claim and an intent each ask for it, and whatever began before is counted here until it has ended.
    """
    found: int = _ask(
        f"""
        SELECT count(*) FROM mailing m JOIN issue_revision ir ON ir.id = m.revision_id AND {_FAULTY}
          JOIN outbox o ON o.mailing_id = m.id AND NOT o.waiting
          JOIN delivery d ON d.id = o.delivery_id AND d.period = o.period AND d.state IN ({_LEASED}, {_SENDING})
        """,
        _values(fault),
    )[0][0]
    return found


def take_down(fault: Fault, answer_id: int) -> int:
    """Write down who received the faulty version or may have, where its own words are to be corrected. Returns how
    many copies. A letter that corrected an earlier fault passes its own readers on, whether it reached them or not:
    what they have is wrong either way.
    """
    values = _values(fault) | {"answer": answer_id}
    count = 0
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(
                f"""
                INSERT INTO faulty_copy (fault_id, series_id, subscriber_id, issue_revision_id, mailing_id, delivery_id,
                                         certain)
                SELECT %(fault)s, c.series_id, d.subscriber_id, ir.id, m.id, d.id, d.state = {_CERTAIN} {_from(table)}
                   AND m.fault_id IS NULL AND d.subscriber_id IS NOT NULL AND {_GOT_IT} AND {_THEIRS}
                   AND EXISTS (SELECT 1 FROM replacement y
                                WHERE y.answer_id = %(answer)s AND y.faulty_id = ir.id AND y.letter_id IS NOT NULL)
                ON CONFLICT DO NOTHING
                """,
                values,
            )
            count += cursor.rowcount
        cursor.execute(_INHERIT, values)
        inherited: int = cursor.rowcount
        return count + inherited


def settle_uncertain(fault: Fault) -> None:
    """Nothing of the faulty version is tried again: its readers get the letter that corrects it. Those whose outcome
    is unknown stay so, as those do that a person has looked at; proof that comes late still counts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE delivery d SET state = CASE d.state WHEN {_QUEUED} THEN {int(DeliveryState.CANCELLED)}
                                                       ELSE {int(DeliveryState.HELD_UNKNOWN)} END,
                   reason = CASE d.state WHEN {_QUEUED} THEN 'corrected' ELSE '{LEFT}' END,
                   done_at = clock_timestamp(), lease_token = NULL, lease_until = NULL
              FROM mailing m JOIN issue_revision ir ON ir.id = m.revision_id, outbox o
             WHERE {_FAULTY} AND o.mailing_id = m.id AND d.id = o.delivery_id AND d.period = o.period
               AND (d.state = {int(DeliveryState.UNKNOWN)} OR (d.state = {_QUEUED} AND d.ambiguous_attempts > 0))
            """,
            _values(fault),
        )


def put_right(fault: Fault, answer_id: int) -> int:
    """Give every mailing that has not ended the right version; letters that were wrong themselves end, and issues that
    nothing stands in the place of. Returns how many mailings.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE mailing m SET state = 'cancelled' FROM replacement y
             WHERE y.answer_id = %s AND y.faulty_id = m.revision_id AND y.right_id IS NULL
               AND m.state NOT IN ('finished', 'cancelled')
            """,
            [answer_id],
        )
        without: int = cursor.rowcount
        cursor.execute(
            f"""
            UPDATE mailing m SET state = 'cancelled' FROM issue_revision ir
             WHERE ir.id = m.revision_id AND {_FAULTY} AND m.fault_id IS NOT NULL
               AND m.state NOT IN ('finished', 'cancelled')
            """,
            _values(fault),
        )
        ended: int = cursor.rowcount
        cursor.execute(
            """
            UPDATE mailing m SET revision_id = y.right_id FROM replacement y
             WHERE y.answer_id = %s AND y.faulty_id = m.revision_id AND y.right_id IS NOT NULL
               AND m.state NOT IN ('finished', 'cancelled')
            """,
            [answer_id],
        )
        given: int = cursor.rowcount
        return without + ended + given


def call_back(fault: Fault) -> int:
    """End every mailing of the faulty version. Returns how many; what waits in them is cancelled after that."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE mailing m SET state = '{MailingState.CANCELLED.value}' FROM issue_revision ir
             WHERE ir.id = m.revision_id AND {_FAULTY} AND m.state NOT IN ('finished', 'cancelled')
            """,
            _values(fault),
        )
        return int(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class Letters:
    """One letter to be sent, to the readers of one series: its rendering, and where the series was sent last."""

    series: str
    purpose: str
    number: int
    revision_id: int
    home_zone: str
    readers: int


def letters(fault: Fault, answer_id: int) -> list[Letters]:
    """The letters of a correction whose readers were taken down. Those of a series that nobody received: none."""
    return [
        Letters(*row)
        for row in _ask(
            f"""
            SELECT x.slug, ({_PURPOSE.format(series="x.id")}), i.number, l.letter_id,
                   (SELECT c.home_zone FROM campaign c WHERE c.series_id = x.id ORDER BY c.id DESC LIMIT 1), n.readers
              FROM (SELECT DISTINCT letter_id FROM replacement WHERE answer_id = %(answer)s AND letter_id IS NOT NULL) l
              JOIN issue_revision r ON r.id = l.letter_id JOIN issue i ON i.id = r.issue_id
              JOIN series x ON x.id = i.series_id
             CROSS JOIN LATERAL (SELECT count(DISTINCT f.subscriber_id) AS readers FROM faulty_copy f
                                  WHERE f.fault_id = %(fault)s AND f.series_id = x.id) n
             WHERE n.readers > 0 ORDER BY x.id
            """,
            _values(fault) | {"answer": answer_id},
        )
    ]


def copies(fault_id: int) -> tuple[int, int]:
    """How many people were taken down as having received it, and how many besides as may have."""
    found = _ask(
        """
        SELECT count(*) FILTER (WHERE sure), count(*) FILTER (WHERE NOT sure)
          FROM (SELECT bool_or(certain) AS sure FROM faulty_copy WHERE fault_id = %s GROUP BY subscriber_id) people
        """,
        [fault_id],
    )[0]
    return int(found[0]), int(found[1])


def list_sent_to(series: str) -> str | None:
    """The purpose of the list that a series was sent to last."""
    rows = models.Campaign.objects.filter(series__slug=series).order_by("-id")
    return rows.values_list("purpose_id", flat=True).first()


def campaigns_of(fault_id: int) -> list[str]:
    """The names of the campaigns that carry the letters of a correction."""
    rows = models.Mailing.objects.filter(fault_id=fault_id).order_by("id")
    return list(rows.values_list("campaign__name", flat=True))


# --- what the archive shows


@dataclass(frozen=True, slots=True)
class ArchivedVersion:
    """A version of an issue that went out. `fault` is what was found wrong with it, `right_id` what replaced it."""

    revision_id: int
    digest: str
    fault: Fault | None
    right_id: int | None


def archived(series: str, number: int) -> list[ArchivedVersion]:
    """Every version of an issue that has begun to go out, the oldest first, and what stands in its place."""
    rows = list(
        models.IssueRevision.objects.filter(kind="issue", issue__series__slug=series, issue__number=number)
        .only("content_sha256", "article_revision_id", "issue_id")
        .order_by("id")
    )
    went_out = set(
        models.Mailing.objects.filter(opened_at__isnull=False, revision__in=rows).values_list(
            "revision_id", flat=True
        )
    )
    replaced = {
        row.faulty_id: row
        for row in models.Replacement.objects.filter(faulty__in=rows).select_related("answer").order_by("id")
    }
    shown = went_out | {r for r in replaced if _reached(r)}
    # What stands in the place of what went out is shown from the moment that it does.
    for _ in rows:
        shown |= {right for r in shown if r in replaced and (right := replaced[r].right_id) is not None}
    return [
        ArchivedVersion(
            row.pk,
            row.content_sha256,
            _fault_of(row, replaced.get(row.pk)),
            replaced[row.pk].right_id if row.pk in replaced else None,
        )
        for row in rows
        if row.pk in shown
    ]


def _reached(revision_id: int) -> bool:
    return models.FaultyCopy.objects.filter(issue_revision_id=revision_id).exists()


def _fault_of(row: models.IssueRevision, replacement: models.Replacement | None) -> Fault | None:
    """What is wrong with a version. One whose own words stand, in an article that was corrected elsewhere: nothing."""
    if replacement is not None:
        return by_id(replacement.answer.fault_id) if replacement.letter_id else None
    about = Q(issue_id=row.issue_id) | Q(issue=None)
    found = [
        _fault(each)
        for each in _rows().filter(about, article_revision_id=row.article_revision_id).order_by("-id")
    ]
    # One that stands goes before one that was lifted, and one on this issue before one on the whole article.
    found.sort(key=lambda fault: (fault.state is FaultState.LIFTED, fault.number is None))
    return found[0] if found else None


# --- rows and statements


def _from(table: str) -> str:
    """The deliveries `d` of the mailings `m` that are made from a faulty version now."""
    return f"""
      FROM mailing m JOIN campaign c ON c.id = m.campaign_id
      JOIN issue_revision ir ON ir.id = m.revision_id AND {_FAULTY}
      JOIN {table} d ON d.mailing_id = m.id
     WHERE true"""


_INHERITED = f"""
SELECT f.subscriber_id, f.series_id, f.certain
  FROM mailing m JOIN issue_revision ir ON ir.id = m.revision_id AND {_FAULTY}
  JOIN faulty_copy f ON f.fault_id = m.fault_id
 WHERE m.fault_id IS NOT NULL AND m.fault_id <> %(fault)s
   AND (%(only)s::bigint[] IS NULL OR m.state <> 'finished'
        OR ir.issue_id IN (SELECT issue_id FROM issue_revision WHERE id = ANY(%(only)s::bigint[])))
"""
_INHERIT = f"""
INSERT INTO faulty_copy (fault_id, series_id, subscriber_id, issue_revision_id, mailing_id, delivery_id, certain)
SELECT %(fault)s, f.series_id, f.subscriber_id, f.issue_revision_id, f.mailing_id, f.delivery_id, f.certain
  FROM mailing m JOIN issue_revision ir ON ir.id = m.revision_id AND {_FAULTY}
  JOIN faulty_copy f ON f.fault_id = m.fault_id
 WHERE m.fault_id IS NOT NULL AND m.fault_id <> %(fault)s
   AND (m.state <> 'finished'
        OR ir.issue_id IN (SELECT r.issue_id FROM replacement y JOIN issue_revision r ON r.id = y.faulty_id
                            WHERE y.answer_id = %(answer)s AND y.letter_id IS NOT NULL))
ON CONFLICT DO NOTHING
"""


def _tables() -> Sequence[str]:
    return ("delivery", *periods.kept_tables("delivery"))


def _values(fault: Fault) -> dict[str, Any]:
    issue = None
    if fault.number:
        issue = models.Issue.objects.values_list("pk", flat=True).get(
            series__slug=fault.series, number=fault.number
        )
    return {"fault": fault.id, "revision": fault.revision_id, "issue": issue}


def _ask(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _rows() -> Any:
    rows = models.Fault.objects.select_related("article_revision__article", "issue__series")
    return rows.prefetch_related("answers")


def _fault(row: models.Fault) -> Fault:
    return Fault(
        id=row.pk,
        article=row.article_revision.article.slug,
        digest=row.article_revision.digest,
        revision_id=row.article_revision_id,
        series=row.issue.series.slug if row.issue else "",
        number=row.issue.number if row.issue else None,
        reason=row.reason,
        member=row.member,
        marked_at=row.marked_at,
        answers=tuple(_answer(each) for each in sorted(row.answers.all(), key=lambda each: each.pk)),
    )


def _answer(row: models.FaultAnswer) -> Answer:
    done = models.CarriedOut.objects.filter(answer=row).first()
    carried_out_at = done.at if done else None
    return Answer(
        row.pk, row.kind, row.wrong, row.right, row.member, row.answered_at, carried_out_at, row.reason
    )
