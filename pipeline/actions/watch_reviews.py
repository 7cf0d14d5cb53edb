"""Tell a person ninety days before the review date of an article, after which nothing of it goes out (E-02)."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.delivery.breaker import Alarm
from pipeline.core.editorial.approval import ApprovalState
from pipeline.store import alerts, articles


def watch_reviews(now: datetime) -> None:
    """Raise an alert for each article that is due or past its date, and clear those that were signed again."""
    told = set()
    for slug in articles.slugs():
        stands = articles.standing_of(slug, now.date())
        if stands.state in (ApprovalState.DUE, ApprovalState.EXPIRED):
            past = stands.state is ApprovalState.EXPIRED
            sentence = (
                f"The article {slug} {'was' if past else 'is'} due for review on {stands.next_review_on}. Nothing of it"
                f" goes out {'' if past else 'after that day '}until a clinician has signed it again."
            )
            alerts.raised(Alarm.REVIEW.value, slug, sentence, now)
            told.add(slug)
    for alert in alerts.open_now([Alarm.REVIEW]):
        if alert.subject not in told:
            alerts.cleared([Alarm.REVIEW], alert.subject, now)
