"""Where a proposal stands, and who may say what about it: every pair of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from pipeline.core.people.powers import Power
from pipeline.core.people.proposal import (
    FOLLOWS,
    LIFE,
    Decision,
    Outcome,
    Proposal,
    ProposalKind,
    Standing,
    why_not,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MAY = frozenset({Power.EXPORT_SUBSCRIBERS})
STEPS = {
    Standing.WAITING: (),
    Standing.APPROVED: (Outcome.APPROVED,),
    Standing.DECLINED: (Outcome.DECLINED,),
    Standing.USED: (Outcome.APPROVED, Outcome.USED),
    Standing.VOID: (Outcome.VOID,),
}


def proposal(*outcomes: Outcome) -> Proposal:
    """Maya's, about an export; whatever was decided Ben decided."""
    decisions = tuple(Decision(outcome, "ben", NOW) for outcome in outcomes)
    kind = ProposalKind.EXPORT_SUBSCRIBERS
    return Proposal(1, kind, {"list": "weekly"}, bytes(32), "maya", NOW, NOW + LIFE, decisions)


@pytest.mark.holds("S-14")
def test_only_the_decisions_of_the_table_may_follow():
    for (standing, steps), outcome in product(STEPS.items(), Outcome):
        found = proposal(*steps)
        assert found.standing(NOW) is standing
        assert (why_not(found, outcome, "ben", MAY, NOW) == "") is ((standing, outcome) in FOLLOWS)


@pytest.mark.holds("S-14")
@pytest.mark.parametrize(
    ("member", "powers", "outcome", "steps", "sentence"),
    [
        ("maya", MAY, Outcome.APPROVED, (), "You proposed this"),
        ("maya", MAY, Outcome.DECLINED, (), ""),  # she takes it back
        ("ben", frozenset(), Outcome.APPROVED, (), "the power to export subscribers"),
        ("ben", frozenset({Power.SEND}), Outcome.APPROVED, (), "the power to export subscribers"),
        ("maya", MAY, Outcome.USED, (Outcome.APPROVED,), ""),
        ("ben", MAY, Outcome.USED, (Outcome.APPROVED,), ""),
        ("eve", MAY, Outcome.USED, (Outcome.APPROVED,), "Only one of the two"),
        ("ben", MAY, Outcome.USED, (), "Nobody has approved this yet"),
    ],
)
def test_who_may_say_what(member, powers, outcome, steps, sentence):
    said = why_not(proposal(*steps), outcome, member, powers, NOW)
    assert said.startswith(sentence) if sentence.startswith(("You", "Only", "Nobody")) else sentence in said
    assert bool(said) is bool(sentence)


def test_after_three_days_it_counts_no_more():
    for steps in ((), (Outcome.APPROVED,)):
        assert proposal(*steps).standing(NOW + LIFE - timedelta(seconds=1)) is not Standing.EXPIRED
        assert proposal(*steps).standing(NOW + LIFE) is Standing.EXPIRED
        assert "72 hours" in why_not(proposal(*steps), Outcome.APPROVED, "ben", MAY, NOW + LIFE)
    assert proposal(Outcome.APPROVED, Outcome.USED).standing(NOW + LIFE) is Standing.USED
