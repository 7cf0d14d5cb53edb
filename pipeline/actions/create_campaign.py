"""Schedule a series: which list, how often, from when, in what mode."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction

from pipeline.actions.check_signed_letters import require_signed_letters
from pipeline.actions.plan_series import plan_series
from pipeline.actions.render_series import RenderedIssue, render_series
from pipeline.core.content.article import Finding
from pipeline.core.delivery.campaign import Campaign, Mode
from pipeline.core.delivery.lifecycle import Policy
from pipeline.core.delivery.schedule import Timing, calendar_slots
from pipeline.core.editorial.approval import byline_gaps
from pipeline.core.errors import BadInput, Refused
from pipeline.core.message.checks import blocks
from pipeline.core.series.cadence import check_zone, course_first
from pipeline.core.series.issue import Rhythm
from pipeline.core.series.plan import incomplete
from pipeline.gateways.dkim import signing_refusal
from pipeline.settings import current
from pipeline.store import articles, campaigns, consent, enrolments, faults
from pipeline.store.campaigns import NewMailing

NAME = re.compile(r"[A-Za-z0-9_-]{1,150}")


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What was asked for. `weekday` None: the weekday of the first day. `start` None: at once.

    `zone` None means each subscriber's own zone; `home_zone` serves those whose zone is not known.
    """

    series: str
    purpose: str
    mode: Mode
    weekday: int | None
    at: time | None
    zone: str | None
    home_zone: str
    start: date | None
    policy: str = Policy.DEFAULT.value
    name: str = ""
    every_day: bool = False


@dataclass(frozen=True, slots=True)
class CheckedCampaign:
    """What would be scheduled: the series and its letters as they are now."""

    series: str
    rendered: list[RenderedIssue]
    timing: Timing
    name: str


def check_campaign(wanted: NewCampaign, now: datetime) -> CheckedCampaign:
    """Plan, render and check every issue. Nothing is scheduled.

    Raises Refused when the article is not approved or is past its review, when an issue fails a check, when the
    purpose is not the series' own (C-44), when nobody would sign its mail (U-04), when its readers were promised fewer
    issues (P-07), or when the same series is already going to the same list.
    """
    home = check_zone(wanted.home_zone)
    planned, remarks = plan_series(wanted.series, now)
    if not consent.list_exists(wanted.purpose):
        raise BadInput(f"There is no purpose {wanted.purpose!r}. Known: {', '.join(consent.list_ids())}.")
    if planned.purpose != wanted.purpose:
        raise Refused(
            f"The series {planned.slug!r} is for {planned.purpose!r}: sending it to {wanted.purpose!r} would need"
            " its own consent (C-44). Change `purpose` in the series file if that is what its readers agreed to."
        )
    _require_signature()
    _require_promised_pace(wanted)
    _require_rhythm(wanted, planned.rhythm)
    _require_whole(remarks)
    _require_approval(planned.article, now)
    _require_no_other(planned.slug, wanted.purpose)
    numbers = [issue.number for issue in planned.issues]
    _require_room(wanted, _timing(wanted, home), planned.slug, numbers, now)
    rendered = render_series(planned.slug, now)
    require_signed_letters(planned.article, planned.slug, rendered)
    _require_sound(rendered)
    timing = _timing(wanted, home)
    first, cadence = timing.first_day(now), timing.cadence(now)
    if timing.starts_at(now) < now:
        raise BadInput(
            f"The first slot, {cadence.in_words()} from {first}, has passed already somewhere that this campaign goes"
            " to. Start on a later day, or now."
        )
    return CheckedCampaign(planned.slug, rendered, timing, _name(wanted.name, planned.slug, first))


def create_campaign(wanted: NewCampaign, now: datetime) -> Campaign:
    """Check every issue, freeze it and schedule it. Raises what `check_campaign` raises."""
    return make_campaign(wanted, check_campaign(wanted, now), now)


def make_campaign(wanted: NewCampaign, checked: CheckedCampaign, now: datetime) -> Campaign:
    """Freeze what was checked and schedule it: these letters, whatever was written since."""
    timing, home = checked.timing, checked.timing.home_zone
    first, cadence = timing.first_day(now), timing.cadence(now)
    with transaction.atomic():
        campaigns.lock_series(checked.series)
        campaigns.lock_list(wanted.purpose)
        _require_no_other(checked.series, wanted.purpose)  # again: rendering took a while
        numbers = [issue.content.number for issue in checked.rendered]
        _require_room(wanted, timing, checked.series, numbers, now)
        name = _name(wanted.name, checked.series, first)
        try:
            campaign = campaigns.create(
                name,
                checked.series,
                wanted.purpose,
                wanted.mode,
                cadence,
                home,
                wanted.policy,
                timing.starts_at(now),
                _mailings(wanted, timing, checked.rendered, now),
                now,
            )
        except IntegrityError as error:
            raise BadInput(
                f"There is already a campaign named {name!r}. Give this one another --name."
            ) from error
        if wanted.mode is Mode.COURSE:
            _enrol_everyone(campaign, now, at_once=wanted.start is None)
    return campaign


def _require_no_other(series: str, purpose: str) -> None:
    if others := campaigns.open_ones(series, purpose):
        raise Refused(
            f"The campaign {others[0].name!r} already sends {series!r} to {purpose!r}."
            f" Wait until it has finished, or cancel it: rounds campaign cancel {others[0].name}"
        )


def _require_room(
    wanted: NewCampaign, timing: Timing, series: str, numbers: Sequence[int], now: datetime
) -> None:
    """No issue of another series comes to the same readers within the days that they were promised (P-07)."""
    promised = timedelta(days=consent.cadence_max_days(wanted.purpose))
    turns = campaigns.turns_of_others(series, wanted.purpose, now - promised)
    mine = [slot.local_date for slot in calendar_slots(timing, numbers, now)]
    for turn in turns:
        if turn.local_date is None or (wanted.mode is Mode.COURSE and mine[0] - turn.local_date < promised):
            when = "in the same days"
        elif wanted.mode is Mode.CALENDAR and (
            near := [day for day in mine if abs(day - turn.local_date) < promised]
        ):
            when = f"on {turn.local_date} and {near[0]}"
        else:
            continue
        raise Refused(
            f"The readers of {wanted.purpose!r} said yes to one issue in {promised.days} days, and would get one of"
            f" {turn.campaign!r} and one of this campaign {when} (P-07). Start on a later day, or cancel the other."
        )


def _require_signature() -> None:
    if refusal := signing_refusal(current()):
        raise Refused(refusal)


def _require_promised_pace(wanted: NewCampaign) -> None:
    """The readers said yes to one issue in so many days, and no more (P-07)."""
    promised = consent.cadence_max_days(wanted.purpose)
    if wanted.every_day and promised > 1:
        raise Refused(
            f"The readers of {wanted.purpose!r} said yes to one issue in {promised} days, and a daily campaign would"
            " break that (P-07). Choose a weekday."
        )


def _require_rhythm(wanted: NewCampaign, rhythm: Rhythm) -> None:
    """The issues say "next week" or "tomorrow", and that must come true."""
    if wanted.every_day and rhythm is Rhythm.WEEKLY:
        raise Refused(
            f"The issues of {wanted.series!r} say what comes next week, and a daily campaign would make that untrue."
            ' Plan daily letters with `rounds plan ARTICLE --daily`, or write rhythm = "daily" in the series file.'
        )
    if rhythm is Rhythm.DAILY and not wanted.every_day:
        raise Refused(
            f"The letters of {wanted.series!r} say what comes tomorrow, and a weekly campaign would make that untrue."
            ' Send them every day, or write rhythm = "weekly" in the series file.'
        )


def _require_whole(remarks: tuple[Finding, ...]) -> None:
    """What was approved is what is told: no warning left out, no hedge torn off (E-14)."""
    if torn := incomplete(remarks):
        raise Refused(f"The series would not tell what was approved. {torn.message} ({torn.rule})")


def _require_approval(slug: str, now: datetime) -> None:
    """Its newest words, by a clinician, up to their date, and with a byline (E-01, E-02)."""
    stored = articles.latest(slug)
    if stored is None or stored.approval is None:
        raise Refused(
            f"The article {slug!r} is not approved as it stands now. A clinician signs it off with:"
            f" rounds approve {slug} --reviewer NAME --profession TITLE --registration NUMBER"
        )
    if not articles.standing_of(slug, now.date()).may_go_out:
        raise Refused(
            f"The article {slug!r} was due for review on {stored.approval.next_review_on}. Review it again."
        )
    if gaps := byline_gaps(stored.article, demonstration=stored.approval.demonstration):
        raise Refused(f"The article {slug!r} cannot go out (E-01). {' '.join(gaps)}")
    if faults.is_faulty(stored.revision_id):
        raise Refused(
            f"The article {slug!r} was marked wrong as it stands now. Mend it, and let a clinician sign the mended one."
        )


def _require_sound(rendered: list[RenderedIssue]) -> None:
    for issue in rendered:
        if blocks(issue.findings):
            worst = next(f for f in issue.findings if f.severity.value in ("A", "B"))
            raise Refused(
                f"Issue {issue.content.number} fails a check and cannot be scheduled: {worst.message} ({worst.rule})"
            )


def _timing(wanted: NewCampaign, home: str) -> Timing:
    return Timing(wanted.weekday, wanted.at, wanted.zone, home, wanted.start, wanted.every_day)


def _mailings(
    wanted: NewCampaign, timing: Timing, rendered: list[RenderedIssue], now: datetime
) -> list[NewMailing]:
    revisions = {issue.content.number: issue.revision_id for issue in rendered}
    if wanted.mode is Mode.COURSE:
        return [NewMailing(number, revision, now, None) for number, revision in revisions.items()]
    return [
        NewMailing(slot.number, revisions[slot.number], slot.due_at, slot.local_date)
        for slot in calendar_slots(timing, revisions, now)
    ]


def _enrol_everyone(campaign: Campaign, now: datetime, *, at_once: bool) -> None:
    """Whoever is on the list already: due now when the campaign starts at once, else in the week after its start."""
    last = 0
    while members := enrolments.not_enrolled(campaign.id, campaign.purpose, last):
        last = members[-1].subscription_id
        due = [
            (
                m.subscriber_id,
                now
                if at_once
                else course_first(campaign.cadence, m.zone or campaign.home_zone, campaign.starts_at, days=0),
            )
            for m in members
        ]
        enrolments.enrol(campaign.id, due, now)


def _name(asked: str, slug: str, first: date) -> str:
    """The name given, or a neutral one: it stands in no header and no link, but an operator types it."""
    if asked:
        if not NAME.fullmatch(asked):
            raise BadInput(
                f"{asked!r} cannot be a campaign's name. Use letters, digits, - and _, at most 150."
            )
        return asked
    base = f"{slug}-{first.isoformat()}"
    return next(n for n in (base, *(f"{base}-{i}" for i in range(2, 10_000))) if campaigns.by_name(n) is None)
