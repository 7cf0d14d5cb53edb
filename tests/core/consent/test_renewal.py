"""What a yes asks of us as time goes on (C-09, C-10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.consent.entry import ConsentStatus
from pipeline.core.consent.gate import ListMail, Refused, Stop, decide
from pipeline.core.consent.ledger import ConsentState, PurposeConsent
from pipeline.core.consent.notice_change import InForce
from pipeline.core.consent.renewal import Duty, duty

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MUST, REWORDED = InForce(5, NOW - timedelta(days=1)), InForce(4, NOW - timedelta(days=9))


def yes(
    version: int | None = 5, days: float = 300, status: ConsentStatus = ConsentStatus.GIVEN
) -> PurposeConsent:
    since = NOW - timedelta(days=400)
    return PurposeConsent(status, since, 1, "notice-a", version, valid_until=NOW + timedelta(days=days))


@pytest.mark.parametrize(
    ("consent", "asked"),
    [
        (yes(), None),
        (yes(4), Duty.ASK_AGAIN),
        (yes(None), Duty.ASK_AGAIN),
        (yes(days=30), Duty.RECONFIRM),
        (yes(days=30.001), None),
        (yes(3, days=3), Duty.ASK_AGAIN),
        (yes(days=0), Duty.EXPIRE),
        (yes(3, days=-1), Duty.EXPIRE),
        (yes(3, status=ConsentStatus.WITHDRAWN), None),
        (yes(days=-1, status=ConsentStatus.EXPIRED), None),
    ],
)
@pytest.mark.holds("C-09")
def test_the_most_urgent_thing_is_done_and_no_other(consent, asked):
    assert duty(consent, NOW, MUST, REWORDED) is asked


def test_new_words_are_told_to_those_who_said_yes_to_the_old():
    assert duty(yes(3), NOW, None, REWORDED) is Duty.INFORM
    assert duty(yes(4), NOW, None, REWORDED) is None


@pytest.mark.parametrize(
    ("consent", "stop"),
    [
        (yes(), None),
        (yes(4), Stop.NOTICE_OUTDATED),
        (yes(days=0), Stop.CONSENT_EXPIRED),
        (yes(4, days=0), Stop.CONSENT_EXPIRED),
    ],
)
@pytest.mark.holds("C-09", "C-10")
def test_the_gate_lets_nothing_through_on_a_yes_that_has_ended_or_is_to_something_else(consent, stop):
    decision = decide(ListMail("weekly"), ConsentState({"weekly": consent}), (), now=NOW, must_renew=MUST)
    assert (decision.reason if isinstance(decision, Refused) else None) is stop
