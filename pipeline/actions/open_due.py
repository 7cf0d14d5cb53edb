"""Open what is due: calendar mailings for everyone at once, a course for each member in their own week (B6)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from pipeline.actions.hold_unapproved import hold_unapproved
from pipeline.core.delivery.campaign import Campaign, Mode
from pipeline.core.delivery.lifecycle import MailingState
from pipeline.core.delivery.schedule import GRACE, calendar_opens
from pipeline.core.series.cadence import calendar_due, course_first, course_next
from pipeline.settings import current
from pipeline.store import campaigns, enrolments, subscribers
from pipeline.store.campaigns import CourseMailing, DueMailing
from pipeline.store.enrolments import DueMember, NewMember, Step

COURSE_GRACE = timedelta(hours=36)  # later than this, a course's issue waits for the member's next slot
WORTH_SENDING = timedelta(hours=48)  # after its moment, an issue that could not be sent is stale (B6)
CORRECTION_LASTS = timedelta(days=7)  # a correction is worth sending for longer than news
SMALLEST_PAGE, LARGEST_PAGE = 10_000, 100_000  # subscriptions that one transaction of an opening looks at

log = structlog.get_logger()


def open_due(now: datetime) -> int:
    """Start, open and close whatever `now` asks for. Returns how many deliveries and mailings it touched.

    Every step is a conditional update, so that two schedulers, a repeat or an interruption do no harm. What no
    clinician stands for waits (E-01, E-02): it is not opened, and what was opened before is asked about at each dot.
    """
    hold_unapproved(now)
    campaigns.start_due(now)
    touched = sum(_open_mailing(mailing, now) for mailing in campaigns.due_mailings(now))
    touched += sum(_run_course(campaign, now) for campaign in campaigns.running(Mode.COURSE))
    return touched + len(campaigns.finish_done())


def _open_mailing(mailing: DueMailing, now: datetime) -> int:
    if mailing.state == MailingState.SCHEDULED:
        if now > mailing.due_at + GRACE and not mailing.corrects:  # a correction is never too late
            campaigns.move_mailing(mailing.id, MailingState.SCHEDULED, MailingState.HELD_LATE)
            log.warning("mailing.held_late", mailing=mailing.id)
            return 1
        if not campaigns.move_mailing(
            mailing.id, MailingState.SCHEDULED, MailingState.MATERIALISING, opened_at=now
        ):
            return 0
    campaign = campaigns.by_id(mailing.campaign_id)
    moments = {} if campaign.cadence.zone else _moments(campaign, mailing)
    moments = _after_quiet_hours(moments, campaign, mailing, now)
    home = moments.get(campaign.home_zone) or mailing.due_at
    seen = 0
    while True:
        lasts = CORRECTION_LASTS if mailing.corrects else WORTH_SENDING
        page = campaigns.open_page(mailing.id, moments, home, lasts, now, _page_size(seen))
        seen += page.seen
        if page.done:
            campaigns.move_mailing(mailing.id, MailingState.MATERIALISING, MailingState.SENDING)
            log.info("mailing.opened", mailing=mailing.id, audience=seen)
            return seen + 1
        if not page.seen:
            return seen


def _page_size(seen: int) -> int:
    """Pages grow with the list. The mailboxes of any page lie all over an index that is as long as what was opened so
    far: pages of one size would write the whole of it once each, and an opening of a million bends there.
    """
    return min(max(SMALLEST_PAGE, seen // 4), LARGEST_PAGE)


def _moments(campaign: Campaign, mailing: DueMailing) -> dict[str, datetime]:
    """When the issue is due in each zone that subscribers live in, and in the home zone.

    None of them where a person asked for it at once: then it is due to everybody when it opens.
    """
    zones = {*subscribers.zones(campaign.purpose), campaign.home_zone} - {""}
    day = mailing.local_date
    if day is None or mailing.due_at != calendar_opens(campaign.cadence, day, 1):
        return {}
    return {zone: calendar_due(campaign.cadence, zone, day, 1) for zone in zones}


def _after_quiet_hours(
    moments: dict[str, datetime], campaign: Campaign, mailing: DueMailing, now: datetime
) -> dict[str, datetime]:
    """The moments, moved out of the quiet hours of each zone. Who falls into them later waits in the senders' hands."""
    quiet = current().quiet_hours
    if quiet is None:
        return moments
    zones = {*subscribers.zones(campaign.purpose), campaign.home_zone} - {""}
    return {zone: quiet.after(max(moments.get(zone, mailing.due_at), now), zone) for zone in zones}


def _run_course(campaign: Campaign, now: datetime) -> int:
    _enrol_new(campaign, now)
    numbers = campaigns.course_mailings(campaign.id)
    opened = 0
    last = None
    while True:
        with transaction.atomic():
            # Each page begins behind the last: those who have left keep their place, and are passed once.
            members = enrolments.due(campaign.id, campaign.purpose, now, last)
            if not members:
                return opened
            last = members[-1]
            opened += enrolments.take([_step(campaign, m, numbers, now) for m in members], WORTH_SENDING, now)


def _enrol_new(campaign: Campaign, now: datetime) -> None:
    last = 0
    while members := enrolments.not_enrolled(campaign.id, campaign.purpose, last):
        last = members[-1].subscription_id
        rows = [(member.subscriber_id, _first_due(campaign, member)) for member in members]
        enrolments.enrol(campaign.id, rows, now)


def _first_due(campaign: Campaign, member: NewMember) -> datetime:
    """Issue 1 is due in the week after joining; whoever was on the list already joins when the campaign starts."""
    joined = max(member.since, campaign.starts_at)
    return course_first(campaign.cadence, member.zone or campaign.home_zone, joined)


def _step(campaign: Campaign, member: DueMember, numbers: dict[int, CourseMailing], now: datetime) -> Step:
    zone = member.zone or campaign.home_zone
    left = sorted(
        number for number in numbers if number >= member.next_number
    )  # one that was recalled is passed over
    if not left:
        return Step(member, None, member.next_number, None)  # the course is complete
    this = numbers[left[0]]
    if this.waits or now > member.next_due_at + COURSE_GRACE:
        # A clinician is waited for, a week was missed, or the member was away: the same issue at their next slot.
        return Step(member, None, left[0], course_first(campaign.cadence, zone, now))
    coming = course_next(campaign.cadence, zone, member.next_due_at) if left[1:] else None
    return Step(member, this.id, left[1] if left[1:] else left[0] + 1, coming)
