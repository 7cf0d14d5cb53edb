"""The clocks of requests under the law, and the states that one goes through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from pipeline.core.consent import rights
from pipeline.core.consent.rights import (
    MOVES,
    Clocks,
    Outcome,
    RequestKind,
    RequestState,
    Step,
    Urgency,
    add_months,
    after,
    clocks,
    extended,
    pressing,
)
from pipeline.core.errors import BadInput, Refused


def on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "months", "due"),
    [
        (on(2026, 11, 24), 1, on(2026, 12, 24)),
        (on(2027, 1, 31), 1, on(2027, 2, 28)),
        (on(2028, 1, 31), 1, on(2028, 2, 29)),
        (on(2026, 12, 31), 1, on(2027, 1, 31)),
        (on(2026, 11, 30), 3, on(2027, 2, 28)),
        (on(2026, 10, 31), 14, on(2027, 12, 31)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last_there_is(received, months, due):
    assert add_months(received, months) == due


@pytest.mark.holds("C-16", "C-17")
def test_each_kind_has_its_own_clock():
    received = on(2026, 1, 31)
    month = Clocks(on(2026, 2, 28))
    at_once = Clocks(received)
    assert {kind: clocks(kind, received) for kind in RequestKind} == {
        RequestKind.ACCESS: month,
        RequestKind.PORTABILITY: month,
        RequestKind.RECTIFICATION: month,
        RequestKind.ERASURE: month,
        RequestKind.COMPLAINT: Clocks(on(2026, 2, 28), on(2026, 3, 2)),
        RequestKind.OBJECTION: at_once,
        RequestKind.WITHDRAWAL: at_once,
    }


def test_every_pair_of_state_and_step_is_decided_and_nothing_leaves_closed():
    assert set(MOVES) == set(product(RequestState, Step))
    refused = {pair for pair, to in MOVES.items() if to is None}
    assert refused == {
        (RequestState.EXTENDED, Step.EXTEND),
        *((RequestState.CLOSED, step) for step in Step),
    }
    for state, step in MOVES:
        if (state, step) in refused:
            with pytest.raises(Refused):
                after(state, step)
        else:
            assert after(state, step) is MOVES[state, step]
            assert step is not Step.CLOSE or after(state, step) is RequestState.CLOSED


def test_two_further_months_are_counted_from_the_receipt_and_take_a_reason_within_the_first():
    received, due = on(2026, 11, 30), on(2026, 12, 30)
    assert extended(RequestKind.ACCESS, received, due, due, "Many letters.") == on(2027, 2, 28)
    with pytest.raises(BadInput):
        extended(RequestKind.ACCESS, received, due, due, "  ")
    with pytest.raises(Refused):
        extended(RequestKind.ACCESS, received, due, due + timedelta(seconds=1), "Many letters.")
    with pytest.raises(Refused):
        extended(RequestKind.OBJECTION, received, received, received, "Many letters.")


def test_a_request_is_calm_then_soon_then_overdue_and_a_complaint_is_acknowledged_first():
    received = on(2026, 12, 1)  # thirty days end on the last of the month, a month a day later
    clock = clocks(RequestKind.COMPLAINT, received)

    def at(days: int, told: datetime | None = None) -> tuple[Urgency, Step]:
        found = pressing(clock, told, received + timedelta(days=days))
        return found.urgency, found.owed

    assert at(22) == (Urgency.CALM, Step.ACKNOWLEDGE)
    assert at(23) == (Urgency.SOON, Step.ACKNOWLEDGE)
    assert at(30) == (Urgency.OVERDUE, Step.ACKNOWLEDGE)
    assert at(30, received) == (Urgency.SOON, Step.CLOSE)
    assert at(31, received) == (Urgency.OVERDUE, Step.CLOSE)


def test_what_is_due_is_said_in_a_sentence():
    received = on(2026, 11, 3)

    def said(kind: RequestKind, now: datetime) -> str:
        found = pressing(clocks(kind, received), None, now)
        return rights.sentence(kind, received, found, now)

    assert said(RequestKind.ACCESS, on(2026, 12, 2)) == (
        "A request to see everything of 3 November 2026 has to be answered by 3 December 2026, in 1 day."
    )
    assert said(RequestKind.COMPLAINT, on(2026, 12, 5)) == (
        "A complaint of 3 November 2026 is overdue: it had to be acknowledged by 3 December 2026, 2 days ago."
    )
    assert "holds at once" in said(RequestKind.OBJECTION, received)


def test_a_refusal_gives_its_reason():
    for outcome in Outcome:
        if outcome in (Outcome.REFUSED, Outcome.PARTLY):
            with pytest.raises(BadInput):
                rights.check_outcome(outcome, " ")
            rights.check_outcome(outcome, "We hold it for a claim in court.")
        else:
            rights.check_outcome(outcome, "")


def test_words_are_kept_without_control_characters_and_within_bounds():
    assert rights.kept_words("one\r\ntwo\x00\x1b[31m\u202e three") == "one\ntwo[31m three"
    assert len(rights.kept_words("a" * 9000)) == rights.LONGEST_WORDS
