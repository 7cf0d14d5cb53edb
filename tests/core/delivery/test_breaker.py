"""Circuit breakers: when a route rests, when a campaign stops, and what a person is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.breaker import (
    HOLDS,
    Alarm,
    Figures,
    Level,
    domain_finding,
    findings,
    held,
    hold,
    in_words,
    per,
    route_sentence,
    route_state,
    stall,
)
from pipeline.core.delivery.replies import Cause

MINUTE = timedelta(minutes=1)


def told(figures: Figures):
    return {finding.alarm: finding for finding in findings("autumn", 2, figures)}


@pytest.mark.parametrize(
    ("settled", "bounced", "level"),
    [
        (199, 199, Level.CALM),  # too few to say
        (200, 3, Level.CALM),
        (200, 4, Level.WARN),
        (200, 9, Level.WARN),
        (200, 10, Level.PAUSE),
        (10_000, 199, Level.CALM),
        (10_000, 200, Level.WARN),
        (10_000, 500, Level.PAUSE),
    ],
)
def test_bounces_warn_at_two_percent_and_pause_at_five(settled, bounced, level) -> None:
    assert told(Figures(settled, bounced=bounced))[Alarm.BOUNCES].level is level


@pytest.mark.parametrize(
    ("settled", "complained", "level"),
    [(199, 50, Level.CALM), (1_000, 0, Level.CALM), (1_000, 1, Level.WARN), (1_000, 3, Level.PAUSE)],
)
def test_complaints_warn_at_a_thousandth_and_pause_at_three(settled, complained, level) -> None:
    assert told(Figures(settled, complained=complained))[Alarm.COMPLAINTS].level is level


@pytest.mark.parametrize(("unwritable", "level"), [(2, Level.CALM), (3, Level.PAUSE)])
def test_more_than_one_letter_in_a_hundred_that_cannot_be_written_stops_the_issue(unwritable, level) -> None:
    assert told(Figures(200, unwritable=unwritable))[Alarm.UNWRITABLE].level is level


@pytest.mark.parametrize(("refused", "level"), [(4, Level.CALM), (5, Level.PAUSE)])
def test_five_rejected_senders_in_a_row_stop_the_campaign(refused, level) -> None:
    assert told(Figures(0, senders_refused=refused))[Alarm.SENDER].level is level


@given(st.integers(0, 10**7), st.integers(0, 1000), st.integers(0, 1000))
def test_a_mailing_in_which_nothing_went_wrong_is_calm(settled: int, bounced: int, complained: int) -> None:
    figures = Figures(settled, min(bounced, settled // 51), min(complained, settled // 1001))
    assert {finding.level for finding in findings("autumn", 1, figures)} == {Level.CALM}


def test_a_person_reads_why_with_figures_and_what_to_do() -> None:
    said = told(Figures(400, bounced=23, last_words="5.1.1 no such user"))[Alarm.BOUNCES].sentence
    assert said == (
        "Paused: 23 of 400 letters (5.8%) of issue 2 of autumn came back as undeliverable; the limit is 5 %. "
        'It said last: "5.1.1 no such user". Check where these addresses came from, take out the dead ones, '
        "then run rounds campaign resume autumn."
    )


def test_every_finding_that_is_not_calm_has_a_sentence() -> None:
    bad = Figures(1_000, bounced=100, complained=5, unwritable=20, senders_refused=7)
    assert all(f.level is Level.PAUSE and f.sentence.startswith("Paused: ") for f in told(bad).values())


def test_a_domain_that_refuses_a_twentieth_rests() -> None:
    assert domain_finding("gmail.test", 199, 100).level is Level.CALM
    assert domain_finding("gmail.test", 200, 9).level is Level.CALM
    found = domain_finding("gmail.test", 200, 10)
    assert found.level is Level.PAUSE
    assert "gmail.test refused 10 of the last 200 letters (5.0%)" in found.sentence


def test_a_route_rests_longer_each_time_and_five_minutes_at_most() -> None:
    waits = [hold(Cause.ROUTE, n).total_seconds() for n in range(1, 10)]
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert hold(Cause.TLS, 1) == HOLDS[0]


def test_a_relay_that_is_down_for_a_day_is_knocked_at_fewer_than_three_hundred_times() -> None:
    elapsed, knocks = timedelta(), 0
    while elapsed < timedelta(days=1):
        knocks += 1
        elapsed += hold(Cause.ROUTE, knocks)
    assert knocks < 300


def test_a_refused_login_is_tried_three_times_in_a_day_and_no_more() -> None:
    elapsed, logins = timedelta(), 0
    while elapsed < timedelta(days=1):
        logins += 1
        elapsed += hold(Cause.LOGIN, logins)
    assert logins == 3


def test_a_refused_login_tells_how_to_go_on() -> None:
    said = route_sentence("relay1", Cause.LOGIN, "535 5.7.8 wrong password.", 1, 10 * MINUTE)
    assert "relay1 refuses our login: 535 5.7.8 wrong password. It is left alone for 10 minutes" in said
    assert said.endswith("rounds routes release relay1.")


@pytest.mark.parametrize(
    ("waited", "since_accepted", "alarmed"),
    [
        (9, None, False),
        (11, None, True),
        (11, 3, True),
        (11, 1, False),  # a large issue on its way
        (61, 0, True),
    ],
)
def test_what_is_due_and_does_not_leave_is_told(waited, since_accepted, alarmed) -> None:
    since = None if since_accepted is None else since_accepted * MINUTE
    finding = stall("autumn", waited * MINUTE, since, 40)
    assert (finding.level is Level.WARN) == alarmed
    assert bool(finding.sentence) == alarmed


def test_unknown_outcomes_that_are_held_are_told() -> None:
    assert held("autumn", 1, 0).level is Level.CALM
    assert held("autumn", 1, 1).sentence.startswith(
        "1 letter of issue 1 of autumn may or may not have arrived"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 second"),
        (5, "5 seconds"),
        (60, "1 minute"),
        (80, "80 seconds"),
        (160, "2 minutes"),
        (600, "10 minutes"),
        (3600, "1 hour"),
        (86400, "24 hours"),
        (0, "a moment"),
    ],
)
def test_a_span_is_said_in_words(seconds, words) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (20, "20 a second"),
        (1, "1 a second"),
        (0.5, "30 a minute"),
        (1 / 300, "12 an hour"),
        (1e-5, "0.864 a day"),
    ],
)
def test_a_rate_is_said_in_words(rate, words) -> None:
    assert per(rate) == words


def test_how_a_route_stands_is_a_sentence() -> None:
    assert route_state(None, 1, None, "", 0) == "No limit."
    assert (
        route_state(20, 1, None, "", 0, 500, 120)
        == "Up to 20 a second. Warming up: 120 of 500 are left for today."
    )
    assert (
        route_state(20, 0.25, None, "", 0)
        == "Slowed to 5 a second of 20 a second, and growing as mail is accepted."
    )
    assert route_state(None, 1, 2 * MINUTE, "connection refused", 3) == (
        "Rests for 2 minutes more: connection refused. No limit."
    )
    assert "tries whether it works" in route_state(None, 1, None, "connection refused", 3)
