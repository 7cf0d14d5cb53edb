"""Campaigns and their mailings: made, opened, watched, paused."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q

from pipeline.core.delivery.audience import Progress
from pipeline.core.delivery.campaign import Campaign, Mailing, Mode
from pipeline.core.delivery.lifecycle import CampaignState, DeliveryState, MailingState
from pipeline.core.series.cadence import Cadence
from pipeline.store import deliveries, models, periods, sealing
from pipeline.store.standing import UP_TO_DATE, must_renew_sql

SUBSCRIBERS_OWN = "subscriber"
OPEN = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)
STILL_TO_OPEN = (MailingState.SCHEDULED, MailingState.HELD_LATE)


@dataclass(frozen=True, slots=True)
class NewMailing:
    """One issue to go out. `local_date` is None in a course. With `fault` it goes to whoever received what that is
    about, and to nobody else.
    """

    number: int
    revision_id: int
    due_at: datetime
    local_date: date | None
    fault: int | None = None


def create(
    name: str,
    series: str,
    purpose: str,
    mode: Mode,
    cadence: Cadence,
    home_zone: str,
    policy: str,
    starts_at: datetime,
    mailings: Sequence[NewMailing],
    now: datetime,
) -> Campaign:
    """Keep a campaign and all its mailings."""
    with transaction.atomic():
        row = models.Campaign.objects.create(
            name=name,
            series=models.Series.objects.get(slug=series),
            purpose_id=purpose,
            mode=mode.value,
            weekday=cadence.weekday,
            at=cadence.at,
            zone=cadence.zone or SUBSCRIBERS_OWN,
            home_zone=home_zone,
            state=CampaignState.SCHEDULED.value,
            policy=policy,
            starts_at=starts_at,
            created_at=now,
        )
        models.Mailing.objects.bulk_create(
            models.Mailing(
                campaign=row,
                number=m.number,
                revision_id=m.revision_id,
                state=MailingState.SCHEDULED.value,
                due_at=m.due_at,
                local_date=m.local_date,
                fault_id=m.fault,
            )
            for m in mailings
        )
        return _campaign(row)


def by_name(name: str) -> Campaign | None:
    """A campaign by its name."""
    row = models.Campaign.objects.filter(name=name).select_related("series").first()
    return _campaign(row) if row else None


def by_id(campaign_id: int) -> Campaign:
    """A campaign that is known to exist."""
    return _campaign(models.Campaign.objects.select_related("series").get(pk=campaign_id))


def mailing_ids(campaign_id: int) -> dict[int, int]:
    """The mailing of each issue number."""
    return dict(models.Mailing.objects.filter(campaign_id=campaign_id).values_list("number", "id"))


@dataclass(frozen=True, slots=True)
class CourseMailing:
    """One issue of a course. `waits`: for a clinician."""

    id: int
    waits: bool


def course_mailings(campaign_id: int) -> dict[int, CourseMailing]:
    """The issues that a course still has, by number: all but those that were recalled."""
    rows = models.Mailing.objects.filter(campaign_id=campaign_id).exclude(state=MailingState.CANCELLED.value)
    return {row.number: CourseMailing(row.pk, bool(row.waits_for)) for row in rows}


def every() -> list[Campaign]:
    """All campaigns, the newest first."""
    return [_campaign(row) for row in models.Campaign.objects.select_related("series").order_by("-id")]


def lock_series(series: str) -> None:
    """One at a time may schedule it, for the caller's transaction."""
    models.Series.objects.select_for_update(no_key=True).only("id").get(slug=series)


def open_ones(series: str, purpose: str) -> list[Campaign]:
    """Campaigns that still send this series to this list."""
    states = [state.value for state in OPEN]
    rows = models.Campaign.objects.filter(series__slug=series, purpose_id=purpose, state__in=states)
    return [_campaign(row) for row in rows.select_related("series").order_by("id")]


@dataclass(frozen=True, slots=True)
class Turn:
    """An issue that went or will go to a list. `local_date` is None in a course, where each member has their own."""

    campaign: str
    number: int
    local_date: date | None


def lock_list(purpose: str) -> None:
    """One at a time may schedule something for it, for the caller's transaction."""
    models.Purpose.objects.select_for_update(no_key=True).only("pk").get(pk=purpose)


def turns_of_others(series: str, purpose: str, since: datetime) -> list[Turn]:
    """The issues of other series for this list: those still to go out, and those that opened after `since`."""
    coming = Q(
        campaign__state__in=[state.value for state in OPEN],
        state__in=[state.value for state in STILL_TO_OPEN],
    )
    course = Q(campaign__state__in=[state.value for state in OPEN], campaign__mode=Mode.COURSE.value)
    rows = (
        models.Mailing.objects.filter(campaign__purpose_id=purpose)
        .exclude(campaign__series__slug=series)
        .filter(coming | course | Q(opened_at__gt=since, local_date__isnull=False))
        .order_by("id")
    )
    return [Turn(*row) for row in rows.values_list("campaign__name", "number", "local_date")]


def move(campaign_id: int, frm: Iterable[CampaignState], to: CampaignState, **changes: Any) -> bool:
    """Change a campaign's state if it is one of `frm`: a conditional update, so that of two callers one wins."""
    rows = models.Campaign.objects.filter(pk=campaign_id, state__in=[state.value for state in frm])
    return bool(rows.update(state=to.value, **changes))


def start_due(now: datetime) -> int:
    """Scheduled campaigns whose time has come run from now on. Returns how many."""
    with transaction.atomic():
        rows = models.Campaign.objects.select_for_update(skip_locked=True).filter(
            state=CampaignState.SCHEDULED.value, starts_at__lte=now
        )
        ids = [row.pk for row in rows]
        start_courses(ids, now)
        models.Campaign.objects.filter(pk__in=ids).update(state=CampaignState.RUNNING.value)
        return len(ids)


def start_courses(campaign_ids: Sequence[int], now: datetime) -> None:
    """A course has no day of its own: its mailings take deliveries for as long as it runs."""
    models.Mailing.objects.filter(
        campaign_id__in=campaign_ids, campaign__mode=Mode.COURSE.value, state=MailingState.SCHEDULED.value
    ).update(state=MailingState.SENDING.value, opened_at=now)


def running(mode: Mode) -> list[Campaign]:
    """Campaigns of a mode that may open issues."""
    rows = models.Campaign.objects.filter(state=CampaignState.RUNNING.value, mode=mode.value)
    return [_campaign(row) for row in rows.select_related("series").order_by("id")]


def mailings(campaign_id: int) -> list[Mailing]:
    """The mailings of a campaign, by number, with what has become of each delivery."""
    rows = models.Mailing.objects.filter(campaign_id=campaign_id).select_related("revision__issue")
    return _mailings(rows.order_by("number"))


def _mailings(rows: Iterable[models.Mailing]) -> list[Mailing]:
    found = list(rows)
    ids = [row.pk for row in found]
    states = deliveries.counts_by_state(ids)
    reasons = deliveries.suppressed_by_reason(ids)
    return [_mailing(row, states.get(row.pk, {}), reasons.get(row.pk, {})) for row in found]


def gone_out(series: str) -> frozenset[int]:
    """The numbers of the issues of a series that were written out to somebody, in whatever campaign."""
    rows = models.Mailing.objects.filter(campaign__series__slug=series, opened_at__isnull=False)
    numbers = {row.pk: row.number for row in rows.only("id", "number", "kept_counts")}
    put_away = {row.number for row in rows if row.kept_counts}
    counted = deliveries.counts_by_state(list(numbers))
    return frozenset(put_away | {numbers[pk] for pk, states in counted.items() if any(states.values())})


def last_opened_revision(series: str, number: int) -> int | None:
    """The revision of an issue that went out last, in whatever campaign."""
    rows = models.Mailing.objects.filter(
        campaign__series__slug=series, number=number, opened_at__isnull=False, fault=None
    )
    return rows.order_by("-opened_at", "-id").values_list("revision_id", flat=True).first()


def article_revision_of(series: str, number: int) -> int | None:
    """The revision of the article that an issue of a series was made from: the one that went out last, else the one
    that is scheduled.
    """
    rows = models.Mailing.objects.filter(campaign__series__slug=series, number=number, fault=None)
    return _newest_words(rows)


def article_revision_sent(article: str) -> int | None:
    """The same for a whole article, of whatever issue."""
    return _newest_words(models.Mailing.objects.filter(campaign__series__article__slug=article, fault=None))


def _newest_words(mailings: Any) -> int | None:
    newest = mailings.order_by(F("opened_at").desc(nulls_last=True), "-revision__article_revision_id", "-id")
    found: int | None = newest.values_list("revision__article_revision_id", flat=True).first()
    return found


@dataclass(frozen=True, slots=True)
class DueMailing:
    """A mailing that should open, or go on opening. `corrects`: it is the letter of a correction."""

    id: int
    campaign_id: int
    state: MailingState
    due_at: datetime
    local_date: date | None
    corrects: bool = False


def due_mailings(now: datetime) -> list[DueMailing]:
    """Calendar mailings of running campaigns whose moment has come, and those whose opening was interrupted; none
    that waits for a clinician.
    """
    rows = models.Mailing.objects.filter(
        campaign__state=CampaignState.RUNNING.value, campaign__mode=Mode.CALENDAR.value, due_at__lte=now
    ).filter(state__in=[MailingState.SCHEDULED.value, MailingState.MATERIALISING.value], waits_for="")
    return [
        DueMailing(r.pk, r.campaign_id, MailingState(r.state), r.due_at, r.local_date, r.fault_id is not None)
        for r in rows.order_by("due_at", "id")
    ]


def move_mailing(mailing_id: int, frm: MailingState, to: MailingState, **changes: Any) -> bool:
    """Change a mailing's state if it is still `frm`."""
    return bool(
        models.Mailing.objects.filter(pk=mailing_id, state=frm.value).update(state=to.value, **changes)
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of opening did. `done` when the list is at its end."""

    seen: int
    done: bool


def open_page(
    mailing_id: int,
    moments: Mapping[str, datetime],
    home: datetime,
    lasts: Any,
    now: datetime,
    size: int = 10_000,
) -> Page:
    """Write the deliveries for the next `size` subscriptions of a mailing, and count who is left out and why.

    `moments` maps a subscriber's zone to the moment the issue is due there, `home` is the moment for all others, and
    `lasts` is how long a delivery stays worth sending. The cursor moves in the same transaction, so that opening can
    be interrupted anywhere and goes on where it was.
    """
    with transaction.atomic():
        row = models.Mailing.objects.select_for_update(skip_locked=True).filter(
            pk=mailing_id, state=MailingState.MATERIALISING.value
        )
        mailing = row.select_related("campaign").first()
        if mailing is None:
            return Page(0, done=False)  # somebody else is at it
        last, seen, left_out = _write_page(
            {
                "mailing": mailing_id,
                "purpose": mailing.campaign.purpose_id,
                "fault": mailing.fault_id,
                "series": mailing.campaign.series_id,
                "cursor": mailing.cursor,
                "size": size,
                "random": secrets.token_bytes(16 * size),
                "period": periods.ready(mailing.opened_at or now),
                "zones": list(moments),
                "moments": list(moments.values()),
                "home": home,
                "lasts": lasts,
                "now": now,
                "queued": DeliveryState.QUEUED,
            }
        )
        if seen:
            total = dict(mailing.left_out)
            for reason, count in json.loads(left_out or "{}").items():
                total[reason] = total.get(reason, 0) + count
            mailing.cursor = last
            mailing.audience_count += seen
            mailing.left_out = total
            mailing.save(update_fields=["cursor", "audience_count", "left_out"])
        return Page(seen, done=seen < size)


def _write_page(values: Mapping[str, Any]) -> tuple[int, int, str | None]:
    """Returns (last subscription, how many there were, who is left out and why as JSON).

    That a row is there already is a thing that should not happen, and asking first costs a fifth of the opening: so it
    is asked only once the unique keys have said so.
    """
    who = _THEIRS if values["fault"] else ""
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(_OPEN_PAGE.format(who=who, conflict=""), values)
        except IntegrityError:
            cursor.execute(_OPEN_PAGE.format(who=who, conflict="ON CONFLICT DO NOTHING"), values)
        found: tuple[int, int, str | None] = cursor.fetchone()
        return found


# Of a correction: who received the faulty version by this series, and was not written to about it by another.
_THEIRS = """
       AND EXISTS (SELECT 1 FROM faulty_copy f WHERE f.fault_id = %(fault)s AND f.series_id = %(series)s
                                                 AND f.subscriber_id = s.subscriber_id)
       AND NOT EXISTS (SELECT 1 FROM mailing o JOIN delivery d ON d.mailing_id = o.id
                        WHERE o.fault_id = %(fault)s AND o.id <> %(mailing)s AND d.subscriber_id = s.subscriber_id)"""

# A uid is 128 random bits (S-01). Those of a page are dealt out in the order of the mailboxes' keys, so that the two
# indexes over random values are walked along and not jumped about in: half the cost of an opening, at a million. Which
# letter has which uid is no less of a secret: who knew all the keys of a page would know 13 bits of the 128.
#
# A subscriber's standing decides first, as in the gate; then the suppressions in B-30's order.
_OPEN_PAGE = f"""
WITH page AS (
    SELECT s.id, s.subscriber_id, s.status, s.consent_event_id, p.address_key, p.zone,
           s.valid_until > %(now)s AS lasts, {UP_TO_DATE} AS up_to_date,
           (SELECT x.reason FROM suppression x
             WHERE x.address_key = p.address_key AND (x.until IS NULL OR x.until > %(now)s)
               AND x.scope IN ('all', 'marketing', 'list:' || %(purpose)s)
             ORDER BY array_position(ARRAY['all', 'marketing'], x.scope::text) NULLS LAST, x.id LIMIT 1) AS suppressed
      FROM subscription s JOIN subscriber p ON p.id = s.subscriber_id{must_renew_sql("%(purpose)s")}
     WHERE s.purpose_id = %(purpose)s AND s.id > %(cursor)s{{who}} ORDER BY s.id LIMIT %(size)s
), judged AS (
    SELECT page.*, CASE WHEN suppressed IS NOT NULL THEN suppressed
                        WHEN status IN ('given', 'renewed')
                            THEN CASE WHEN NOT lasts THEN 'consent_expired'
                                      WHEN NOT up_to_date THEN 'notice_outdated' END
                        WHEN status = 'requested' THEN 'never_confirmed'
                        ELSE status END AS left_out
      FROM page
), written AS (
    SELECT j.*, coalesce(z.moment, %(home)s) AS moment, row_number() OVER (ORDER BY j.address_key) AS place
      FROM judged j
      LEFT JOIN unnest(%(zones)s::text[], %(moments)s::timestamptz[]) AS z(zone, moment) ON z.zone = j.zone
     WHERE j.left_out IS NULL
), drawn AS (
    SELECT array_agg(uid ORDER BY uid) AS uids
      FROM (SELECT encode(substring(%(random)s::bytea FROM 16 * n - 15 FOR 16), 'hex')::uuid AS uid
              FROM generate_series(1, (SELECT count(*)::int FROM written)) AS n) fresh
), opened AS (
    INSERT INTO delivery (period, uid, stream, mailing_id, subscriber_id, address_key, state, consent_event_id,
                          next_attempt_at, expires_at, created_at)
    SELECT %(period)s, (SELECT uids FROM drawn)[place::int], 'newsletter', %(mailing)s, subscriber_id, address_key,
           %(queued)s, consent_event_id, moment, moment + %(lasts)s, greatest(moment, %(now)s)
      FROM written ORDER BY place
    {{conflict}}
)
SELECT (SELECT max(id) FROM page), (SELECT count(*) FROM page),
       (SELECT jsonb_object_agg(left_out, n) FROM (SELECT left_out, count(*) AS n FROM judged
                                                    WHERE left_out IS NOT NULL GROUP BY 1) counted)
"""


def finish_done() -> list[int]:
    """Close the calendar mailings with nothing under way, then the campaigns whose mailings are all closed.

    Returns the ids of the mailings that finished. The database refuses a finish that would be too early.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE mailing m SET state = 'finished', finished_at = clock_timestamp()
              FROM campaign c
             WHERE c.id = m.campaign_id AND c.mode = 'calendar' AND m.state = 'sending'
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.waiting AND o.mailing_id = m.id)
               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE NOT o.waiting AND o.mailing_id = m.id)
            RETURNING m.id
            """
        )
        finished = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """
            UPDATE campaign c SET state = 'finished'
             WHERE c.state = 'running' AND c.mode = 'calendar'
               AND NOT EXISTS (SELECT 1 FROM mailing m WHERE m.campaign_id = c.id
                                AND m.state NOT IN ('finished', 'cancelled'))
            """
        )
        return finished


def with_something_due(now: datetime) -> list[str]:
    """Names of campaigns that would open something at `now`, or have begun to."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.name FROM campaign c
             WHERE c.state IN ('scheduled', 'running')
               AND (EXISTS (SELECT 1 FROM mailing m
                             WHERE m.campaign_id = c.id AND m.state IN ('scheduled', 'materialising')
                               AND m.due_at <= %(now)s)
                    OR EXISTS (SELECT 1 FROM enrolment e WHERE e.campaign_id = c.id AND e.next_due_at <= %(now)s)
                    OR (c.mode = 'course' AND c.starts_at <= %(now)s))
             ORDER BY c.id
            """,
            {"now": now},
        )
        return [row[0] for row in cursor.fetchall()]


def pause_mailings(campaign_id: int, frm: MailingState, to: MailingState) -> None:
    """Move every mailing of a campaign that is `frm`."""
    models.Mailing.objects.filter(campaign_id=campaign_id, state=frm.value).update(state=to.value)


def reschedule(moves: Mapping[int, tuple[datetime, date | None]]) -> None:
    """Give mailings that wait, or are held late, new moments: id to (due, local date)."""
    waiting = [MailingState.SCHEDULED.value, MailingState.HELD_LATE.value]
    for mailing_id, (due_at, local_date) in moves.items():
        models.Mailing.objects.filter(pk=mailing_id, state__in=waiting).update(
            state=MailingState.SCHEDULED.value, due_at=due_at, local_date=local_date
        )


def cancel_mailings(campaign_id: int) -> None:
    """Close every mailing that is not closed yet."""
    closed = [MailingState.FINISHED.value, MailingState.CANCELLED.value]
    models.Mailing.objects.filter(campaign_id=campaign_id).exclude(state__in=closed).update(
        state=MailingState.CANCELLED.value
    )


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One delivery as `rounds deliveries` prints it."""

    issue: int
    address: str
    state: str
    cause: str
    reason: str
    uid: str
    attempts: int
    ambiguous_attempts: int
    done_at: datetime | None


def delivery_lines(campaign_id: int, size: int = 5_000) -> Iterable[DeliveryLine]:
    """Every delivery of a campaign by issue and subscriber, read page by page along an index: neither memory nor what
    a page costs grows with the list.
    """
    for number, mailing_id in sorted(mailing_ids(campaign_id).items()):
        after = 0
        while rows := _page_of_lines(mailing_id, after, size):
            yield from (
                DeliveryLine(
                    number,
                    sealing.open_person(row[1], row[2], row[3], None)[0],
                    DeliveryState(row[4]).word,
                    row[5],
                    row[6],
                    row[7].hex,
                    row[8],
                    row[9],
                    row[10],
                )
                for row in rows
            )
            after = rows[-1][0]


def _page_of_lines(mailing_id: int, after: int, size: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.subscriber_id, s.uid, s.wrapped_key, s.sealed_address, d.state, d.cause, d.reason, d.uid,
                   d.attempt_no, d.ambiguous_attempts, d.done_at
              FROM (SELECT * FROM delivery WHERE mailing_id = %s AND subscriber_id > %s
                     ORDER BY subscriber_id LIMIT %s) d
              JOIN subscriber s ON s.id = d.subscriber_id
             ORDER BY d.subscriber_id
            """,
            [mailing_id, after, size],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _campaign(row: models.Campaign) -> Campaign:
    return Campaign(
        id=row.pk,
        name=row.name,
        series=row.series.slug,
        series_title=row.series.title,
        purpose=row.purpose_id,
        mode=Mode(row.mode),
        cadence=Cadence(row.weekday, row.at, None if row.zone == SUBSCRIBERS_OWN else row.zone),
        home_zone=row.home_zone,
        state=CampaignState(row.state),
        policy=row.policy,
        starts_at=row.starts_at,
        paused_at=row.paused_at,
    )


def _mailing(
    row: models.Mailing, states: Mapping[DeliveryState, int], suppressed: Mapping[str, int]
) -> Mailing:
    # In a course the audience grows with the enrolments that come due: it is what was opened so far.
    audience = row.audience_count if row.local_date is not None else sum(states.values())
    return Mailing(
        id=row.pk,
        campaign_id=row.campaign_id,
        number=row.number,
        title=row.revision.issue.title,
        subject=row.revision.subject,
        revision_id=row.revision_id,
        state=MailingState(row.state),
        due_at=row.due_at,
        local_date=row.local_date,
        opened_at=row.opened_at,
        finished_at=row.finished_at,
        progress=Progress(audience, states, row.left_out, suppressed),
        waits_for=row.waits_for,
        fault=row.fault_id,
    )
