"""Look after what goes out: stop a campaign that does harm, and tell a person why and what to do (B-20, P-03)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from pipeline.actions.pause_campaign import pause_campaign
from pipeline.core.delivery import breaker
from pipeline.core.delivery.breaker import Alarm, Figures, Finding, Level
from pipeline.core.errors import Refused
from pipeline.settings import current
from pipeline.store import alerts, flow, watching
from pipeline.store.watching import Harm, Watched

log = structlog.get_logger()

LETTERS = "letters"  # the subject of an alert about confirmations
PAUSES = (Alarm.BOUNCES, Alarm.COMPLAINTS, Alarm.UNWRITABLE, Alarm.SENDER)
# Where a rate is only worth a warning the alert has a kind of its own, so that the one that paused is remembered.
WARNINGS = tuple(f"{alarm.value}_warning" for alarm in (Alarm.BOUNCES, Alarm.COMPLAINTS))


def watch_campaigns(now: datetime) -> int:
    """Judge every mailing that may still do harm, and clear the alerts whose cause is gone. Returns how many campaigns
    it paused.

    A campaign that a person let go on after a pause starts anew: what came before the alert was cleared counts no
    more, so that nobody has to argue with a breaker.
    """
    mailings = watching.watched(now)
    flow.forget_settled(current())
    _clear_what_is_over(mailings, now)
    running = [mailing for mailing in mailings if mailing.running]
    paused = _judge(running, now)
    _tell_of_stalls([m for m in running if m.sending and m.campaign not in paused], now)
    held = watching.held_unknown([mailing.id for mailing in mailings])
    for mailing in mailings:
        finding = breaker.held(mailing.campaign, mailing.number, held.get(mailing.id, 0))
        _tell(finding, finding.alarm.value, mailing.subject, now)
    return len(paused)


def _judge(mailings: Iterable[Watched], now: datetime) -> set[str]:
    """The names of the campaigns that were paused."""
    mailings = list(mailings)
    since = {m.id: _let_go_on(m) for m in mailings}
    harm = watching.harm(since)
    streaks = watching.sender_streaks(since)
    paused: set[str] = set()
    for mailing in mailings:
        figures = _figures(mailing, harm.get(mailing.id), streaks.get(mailing.id, (0, "")), since[mailing.id])
        for finding in breaker.findings(mailing.campaign, mailing.number, figures):
            if finding.level is Level.PAUSE:
                if _pause(mailing, finding, now):
                    paused.add(mailing.campaign)
            elif f"{finding.alarm.value}_warning" in WARNINGS:
                _tell(finding, f"{finding.alarm.value}_warning", mailing.subject, now)
    return paused


def _figures(mailing: Watched, harm: Harm | None, streak: tuple[int, str], since: datetime | None) -> Figures:
    refused, said = streak
    if harm is None:
        return Figures(0, senders_refused=refused, last_words=said)
    return Figures(
        settled=watching.settled(mailing.id, since),
        bounced=harm.bounced,
        complained=harm.complained,
        unwritable=harm.unwritable,
        senders_refused=refused,
        last_words=said or harm.last_words,
    )


def _let_go_on(mailing: Watched) -> datetime | None:
    """Since when its figures count: since a person last let it go on, or from its beginning."""
    moments = [alerts.last_cleared(alarm.value, mailing.subject) for alarm in PAUSES]
    return max((moment for moment in moments if moment is not None), default=None)


def _pause(mailing: Watched, finding: Finding, now: datetime) -> bool:
    alerts.raised(finding.alarm.value, mailing.subject, finding.sentence, now)
    alerts.cleared(WARNINGS, mailing.subject, now)
    try:
        pause_campaign(mailing.campaign, now)
    except Refused:
        return False  # somebody ended it in this moment
    log.warning("campaign.paused_by_breaker", mailing=mailing.id, alarm=finding.alarm.value)
    return True


def _tell_of_stalls(mailings: Iterable[Watched], now: datetime) -> None:
    names = {mailing.id: mailing.subject for mailing in mailings}
    waiting = watching.backlogs(list(names), now, breaker.STALLED_AFTER) if watching.may_send() else []
    told = set()
    for backlog in waiting:
        subject = LETTERS if backlog.mailing_id is None else names[backlog.mailing_id]
        name = "the confirmation letters" if backlog.mailing_id is None else subject.partition("/")[0]
        finding = breaker.stall(name, now - backlog.oldest, watching.since_accepted(), backlog.waiting)
        if finding.level is not Level.CALM:
            told.add(subject)
            alerts.raised(Alarm.STALLED.value, subject, finding.sentence, now)
    for alert in alerts.open_now([Alarm.STALLED]):
        if alert.subject not in told:
            alerts.cleared([Alarm.STALLED], alert.subject, now)


def _clear_what_is_over(mailings: Iterable[Watched], now: datetime) -> None:
    """A pause that a person has lifted, a campaign that has ended, a domain whose hold is over."""
    going = {mailing.subject for mailing in mailings if mailing.running}
    over = watching.over()
    for alert in alerts.open_now([*PAUSES, *WARNINGS]):
        lifted = alert.kind in PAUSES and alert.subject in going
        if lifted or alert.campaign in over:
            alerts.cleared([alert.kind], alert.subject, now)
    resting = flow.resting()
    for alert in alerts.open_now([Alarm.SLOWED, Alarm.DOMAIN]):
        if alert.subject not in resting:
            alerts.cleared([alert.kind], alert.subject, now)


def _tell(finding: Finding, kind: str, subject: str, now: datetime) -> None:
    """Raise what is worth a word, and clear what is calm again."""
    if finding.level is Level.CALM:
        alerts.cleared([kind], subject, now)
    else:
        alerts.raised(kind, subject, finding.sentence, now)
