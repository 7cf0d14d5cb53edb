"""What is let through at once and in the long run; and that nobody is made to wait for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent.goodbye_limits import EVERYBODY, ONE_LINK, ONE_NETWORK, Rate, next_turn


def let_through(rate: Rate, moments: list[float]) -> int:
    full_until, passed = 0.0, 0
    for now in moments:
        wait, then = next_turn(full_until, rate, now)
        if wait == 0:
            full_until, passed = then, passed + 1
    return passed


def test_a_burst_goes_through_and_then_so_many_each_second():
    rate = Rate(burst=100, each_second=8)  # an eighth is no fraction that a float rounds
    assert let_through(rate, [50.0] * 500) == 100
    assert let_through(rate, [50.0] * 500 + [60.0] * 500) == 180
    assert let_through(rate, [50.0] * 500 + [500.0] * 500) == 200, "and rest gives no more than a burst"


@given(
    st.lists(st.floats(0, 0.5), max_size=300).map(lambda gaps: [sum(gaps[:n], 5.0) for n in range(len(gaps))])
)
def test_never_more_than_the_burst_and_the_rate_together(moments):
    rate = Rate(burst=20, each_second=4)
    spent = moments[-1] - moments[0] if moments else 0
    assert let_through(rate, moments) <= 20 + 4 * spent + 1


def test_whoever_waits_as_long_as_they_are_told_is_let_through():
    rate, full_until = Rate(burst=5, each_second=0.5), 0.0
    for _ in range(5):
        _, full_until = next_turn(full_until, rate, 1.0)
    wait, _ = next_turn(full_until, rate, 1.0)
    assert wait > 0
    assert next_turn(full_until, rate, 1.0 + wait)[0] == 0


def test_a_mailbox_provider_may_send_five_hundred_from_one_network_at_once():
    assert ONE_LINK.burst < 500 < ONE_NETWORK.burst < EVERYBODY.burst
    assert ONE_LINK.each_second < ONE_NETWORK.each_second < EVERYBODY.each_second
