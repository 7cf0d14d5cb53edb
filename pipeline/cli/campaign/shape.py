"""A campaign and its issues as JSON and as words."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.actions.show_campaign import CampaignReport
from pipeline.core.delivery.campaign import Campaign, Mailing, Mode
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.series.cadence import WEEKDAYS

OWN_ZONE = "subscriber"
EVERY_DAY = "daily"


def campaign_data(campaign: Campaign) -> dict[str, object]:
    """What every command on campaigns answers with."""
    cadence = campaign.cadence
    return {
        "name": campaign.name,
        "series": campaign.series,
        "purpose": campaign.purpose,
        "mode": campaign.mode,
        "weekday": EVERY_DAY if cadence.weekday is None else WEEKDAYS[cadence.weekday].lower(),
        "at": f"{cadence.at:%H:%M}",
        "zone": cadence.zone or OWN_ZONE,
        "home_zone": campaign.home_zone,
        "policy": campaign.policy,
        "state": campaign.state,
        "starts_at": campaign.starts_at,
        "paused_at": campaign.paused_at,
    }


def report_data(report: CampaignReport) -> dict[str, object]:
    return {
        **campaign_data(report.campaign),
        "next_due_at": report.next_due_at,
        "adds_up": report.adds_up,
        "alerts": [
            {"at": alert.at, "kind": alert.kind, "subject": alert.subject, "sentence": alert.sentence}
            for alert in report.alerts
        ],
        "issues": [issue_data(mailing) for mailing in report.mailings],
    }


def issue_data(mailing: Mailing) -> dict[str, object]:
    """audience = accepted + presumed_accepted + held_unknown + on_the_way + the sum of left_out."""
    progress = mailing.progress
    return {
        "number": mailing.number,
        "title": mailing.title,
        "subject": mailing.subject,
        "state": mailing.state,
        "due_at": mailing.due_at,
        "local_date": mailing.local_date,
        "waits_for": mailing.waits_for,
        "opened_at": mailing.opened_at,
        "finished_at": mailing.finished_at,
        "audience": progress.audience,
        "accepted": progress.accepted,
        "presumed_accepted": progress.presumed,
        "held_unknown": progress.held,
        "on_the_way": progress.on_the_way,
        "left_out": progress.left_out_by_reason,
        "states": {state.word: progress.count(state) for state in DeliveryState},
        "adds_up": progress.adds_up(),
        "sentence": progress.sentence(),
    }


def campaign_line(campaign: Campaign) -> str:
    return (
        f"{campaign.name}: {campaign.state.value}. {campaign.series} to {campaign.purpose}, "
        f"{_rhythm(campaign)}, from {shown(campaign.starts_at)}"
    )


def report_words(report: CampaignReport) -> str:
    lines = [campaign_line(report.campaign)]
    lines += [f"! {alert.sentence}" for alert in report.alerts]
    lines += [_issue_line(mailing) for mailing in report.mailings]
    if report.next_due_at:
        lines.append(f"Next due: {shown(report.next_due_at)}")
    if not report.adds_up:
        lines.append("The counts do not add up. Please report this: it is a fault in Rounds.")
    return "\n".join(lines)


def shown(moment: datetime) -> str:
    """To the minute, in UTC and saying so."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _rhythm(campaign: Campaign) -> str:
    what = "a course" if campaign.mode is Mode.COURSE else "by the calendar"
    return f"{what}, {campaign.cadence.in_words()}"


def _issue_line(mailing: Mailing) -> str:
    name = f"  {mailing.number}. {mailing.title}"
    state = mailing.state.value.replace("_", " ")
    if mailing.opened_at is None and mailing.local_date is not None:
        return f"{name}: {state}, due {shown(mailing.due_at)}"
    return f"{name}: {state}, {mailing.progress.sentence()}"
