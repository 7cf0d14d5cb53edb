"""How fast the senders may go, over a real PostgreSQL: what they share, and what its clock does to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as with_settings
from hypothesis import strategies as st

from pipeline import settings
from pipeline.core.delivery.breaker import Alarm
from pipeline.core.delivery.replies import Cause, Failure, Reply, Stage, classify
from pipeline.core.delivery.throttle import Pace, taken
from pipeline.core.delivery.warm_up import WarmUp
from pipeline.store import alerts, flow, link, models

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ACCEPTED = classify(Stage.DOT, Reply(250, ("2.0.0 queued",)))
STOP = classify(Stage.DOT, Reply(421, ("4.7.28 unusual rate of mail",)))
SLOWER = classify(Stage.RCPT, Reply(421, ("4.7.0 try again later",)))
NOBODY = classify(Stage.RCPT, Reply(550, ("5.1.1 no such user",)))
CLOSING = classify(Stage.MAIL, Reply(421, ("goodbye",)))
NOT_YOU = classify(Stage.MAIL, Reply(550, ("5.7.1 not from here",)))


pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (models.Route, models.RouteTally, models.DomainPace, models.Alert)


@pytest.fixture(scope="module", autouse=True)
def _nothing_to_empty() -> Iterator[None]:
    """Senders have connections of their own, so that all is committed. Only four tables are written here, and emptying
    those is quicker than emptying all, as is done after a test that commits.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.TransactionTestCase._fixture_teardown", lambda case: None)
        yield


@pytest.fixture(autouse=True)
def _new_process(transactional_db: None) -> Iterator[None]:
    """Nothing is remembered, and PostgreSQL's clock stands still until a test moves it."""
    flow.forget()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS stopped CASCADE")
        cursor.execute("CREATE SCHEMA stopped")
        cursor.execute("CREATE TABLE stopped.clock AS SELECT clock_timestamp() AS at")
        cursor.execute(
            "CREATE FUNCTION stopped.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE"
            " AS 'SELECT at FROM stopped.clock'"
        )
    yield
    for table in TABLES:
        table.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS stopped CASCADE")
    flow.forget()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Settings with these changes."""

    def change(**changes: Any) -> None:
        changed = replace(settings.current(), **changes)
        monkeypatch.setattr("pipeline.store.flow.current", lambda: changed)

    return change


async def connected() -> Any:
    conn = await link.connect()
    await conn.execute("SET search_path = stopped, pg_catalog, public")
    return conn


def run(question: Callable[[Any], Awaitable[Any]]) -> Any:
    async def ask() -> Any:
        conn = await connected()
        try:
            return await question(conn)
        finally:
            await conn.close()

    return asyncio.run(ask())


def take(wanted: int, route: str = "relay") -> int:
    return run(lambda conn: flow.take(conn, route, wanted, NOW))


def put_back(tokens: int) -> None:
    run(lambda conn: flow.put_back(conn, "relay", tokens))


def shape(domains: list[str]) -> dict[int, datetime]:
    return run(lambda conn: flow.shape(conn, list(enumerate(domains)), NOW))


def observe(*outcomes: Any, domain: str = "gmail.test", write: bool = True) -> None:
    async def say(conn: Any) -> None:
        await flow.observe(conn, "relay", [(domain, outcome) for outcome in outcomes], NOW)
        if write:
            await flow.flush(conn)

    run(say)


def failed(cause: Cause = Cause.ROUTE, said: str = "connection refused") -> None:
    run(lambda conn: flow.route_failed(conn, "relay", cause, said, NOW))


def knock() -> flow.Knock:
    return run(lambda conn: flow.knock(conn, "relay"))


def worked() -> None:
    run(lambda conn: flow.route_worked(conn, "relay"))


def pass_by(**span: float) -> None:
    """Move PostgreSQL's clock."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE stopped.clock SET at = at + %s", [timedelta(**span)])
    flow._memory.free.clear()
    flow._memory.slowed.clear()


def clock() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT at FROM stopped.clock")
        return cursor.fetchone()[0]


def route() -> models.Route:
    return models.Route.objects.get(name="relay")


def pace(domain: str = "gmail.test") -> models.DomainPace:
    return models.DomainPace.objects.get(domain=domain)


def test_a_route_without_a_rate_takes_all() -> None:
    assert take(5_000) == 5_000


def test_a_route_takes_its_rate_and_no_more(asked) -> None:
    asked(rates={"": 20.0})
    assert take(60) == 20
    assert take(60) == 0
    pass_by(seconds=0.5)
    assert take(60) == 10


def test_two_senders_share_one_bucket(asked) -> None:
    asked(rates={"relay": 30.0})

    async def both(conn: Any) -> int:
        other = await connected()
        try:
            return sum(
                await asyncio.gather(
                    *[flow.take(c, "relay", 4, NOW) for _ in range(10) for c in (conn, other)]
                )
            )
        finally:
            await other.close()

    run(lambda conn: flow.take(conn, "relay", 0, NOW))
    assert run(both) == 30


def test_what_is_put_back_can_be_taken_again(asked) -> None:
    asked(rates={"": 20.0})
    assert take(20) == 20
    put_back(7)
    assert take(20) == 7
    put_back(500)
    assert take(500) == 20, "a bucket never holds more than its burst"


def test_a_clock_that_jumps_ahead_fills_the_bucket_once(asked) -> None:
    asked(rates={"": 20.0})
    take(20)
    pass_by(days=3650)
    assert take(1_000) == 20
    assert take(1_000) == 0


def test_a_clock_that_goes_back_brings_nothing_and_mail_goes_on(asked) -> None:
    asked(rates={"": 20.0})
    take(20)
    pass_by(hours=-2)
    assert take(60) == 0
    pass_by(seconds=0.5)
    assert take(60) == 10


@with_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.floats(0.01, 500),
    st.lists(st.tuples(st.integers(0, 300), st.floats(-100, 100)), min_size=1, max_size=6),
)
def test_the_sum_in_sql_is_the_sum_in_words(asked, rate: float, asks: list[tuple[int, float]]) -> None:
    asked(rates={"": rate})
    flow.forget()
    models.Route.objects.all().delete()
    take(0)
    stored = route()
    model = Pace(rate, stored.burst, stored.tokens, clock())
    for wanted, seconds in asks:
        pass_by(seconds=seconds)
        granted, after = taken(model, wanted, clock())
        assert take(wanted) == granted
        if granted or model.refilled_at > clock():  # what gives nothing is not written down
            model = after
        stored = route()
        assert 0 <= stored.tokens <= stored.burst
        if granted:
            assert stored.tokens == pytest.approx(model.tokens, abs=1e-6)


def test_a_warm_up_plan_is_kept_to_the_letter(asked) -> None:
    today = clock().date()
    asked(warm_up={"": WarmUp(today - timedelta(days=1), (50, 100))})
    assert take(60) == 60
    assert take(60) == 40
    assert take(60) == 0
    put_back(5)
    assert take(60) == 5


def test_a_warm_up_plan_allows_more_on_the_next_day_and_all_after_it(asked) -> None:
    today = clock().date()
    asked(warm_up={"relay": WarmUp(today - timedelta(days=1), (50, 100))})
    assert take(500) == 100
    pass_by(days=-1)
    assert take(500) == 0, "a clock that goes back brings no second helping"
    pass_by(days=1)
    assert take(500) == 0
    pass_by(days=1)
    assert take(5_000) == 5_000


def test_domains_without_a_limit_wait_for_nothing() -> None:
    assert shape(["one.test", "two.test"] * 50) == {}


def test_a_domain_takes_its_rate_and_the_rest_comes_back_one_by_one(asked) -> None:
    asked(domain_rates={"gmail.test": 10.0})
    take(0)
    waits = shape(["gmail.test"] * 30 + ["other.test"] * 30)
    assert sorted(waits) == list(range(10, 30))
    moments = [(waits[n] - NOW).total_seconds() for n in range(10, 30)]
    assert moments == pytest.approx([n / 10 for n in range(1, 21)])


def test_what_is_claimed_next_comes_back_behind_those_before(asked) -> None:
    asked(domain_rates={"gmail.test": 10.0})
    take(0)
    first, second = shape(["gmail.test"] * 20), shape(["gmail.test"] * 10)
    assert min(second.values()) > max(first.values())


def test_a_large_backlog_is_spread_over_a_quarter_of_an_hour_and_looked_at_again(asked) -> None:
    asked(domain_rates={"gmail.test": 0.1})
    take(0)
    waits = shape(["gmail.test"] * 500)
    assert len(waits) == 499
    assert max(waits.values()) <= NOW + timedelta(minutes=15)


def test_dots_are_tallied_by_the_minute() -> None:
    observe(ACCEPTED, ACCEPTED, classify(Stage.DOT, Reply(451)), classify(Stage.DOT, Failure.LOST), NOBODY)
    observe(ACCEPTED)
    rows = models.RouteTally.objects.values_list("accepted", "deferred", "refused", "unknown")
    assert [sum(column) for column in zip(*rows, strict=True)] == [3, 1, 0, 1]


def test_an_accepted_group_is_one_statement_and_mostly_none() -> None:
    async def count(conn: Any) -> int:
        from unittest.mock import patch

        asked_for = []
        real = flow._run

        async def counted(*arguments: Any) -> None:
            asked_for.append(arguments)
            await real(*arguments)

        with patch("pipeline.store.flow._run", counted):
            for _ in range(100):
                await flow.observe(conn, "relay", [("gmail.test", ACCEPTED)] * 20, NOW)
        return len(asked_for)

    assert run(count) <= 3


def test_a_request_for_patience_halves_the_pace_once_and_success_brings_it_back(asked) -> None:
    asked(domain_rates={"gmail.test": 20.0})
    take(0)
    observe(*[SLOWER] * 20)
    assert pace().factor == 0.5
    shape([])
    observe(*[ACCEPTED] * 100)
    assert pace().factor == pytest.approx(0.525)
    observe(*[ACCEPTED] * 100_000)
    assert pace().factor == 1


def test_a_domain_that_had_no_limit_is_slowed_and_then_let_go() -> None:
    take(0)
    observe(SLOWER)
    assert (pace().rate, pace().factor) == (20, 0.5)
    assert len(shape(["gmail.test"] * 15)) == 15
    pass_by(seconds=1)
    assert len(shape(["gmail.test"] * 15)) == 5
    observe(*[ACCEPTED] * 100_000)
    flow.forget_settled(settings.current())
    assert not models.DomainPace.objects.exists()
    flow.forget()
    assert shape(["gmail.test"] * 15) == {}


def test_4_7_28_stops_a_domain_for_ten_minutes_and_starts_it_as_one_connection() -> None:
    """P-08 with the real tables: the stop, ten minutes of nothing, then about one a second, and slowly up."""
    take(0)
    observe(*[ACCEPTED] * 10, *[STOP] * 5)
    waits = shape(["gmail.test"] * 30)
    assert len(waits) == 30
    assert min(waits.values()) >= NOW + timedelta(minutes=10) - timedelta(seconds=5)
    assert shape(["other.test"] * 30) == {}, "only the domain that asked is held"
    [alert] = alerts.open_now()
    assert alert.kind == Alarm.SLOWED
    assert "gmail.test asked us to stop" in alert.sentence
    assert "10 minutes" in alert.sentence
    left = []
    for _ in range(8):
        pass_by(seconds=60)
        left.append(30 - len(shape(["gmail.test"] * 30)))
    assert left == [0] * 8
    pass_by(seconds=121)
    sent = []
    for _ in range(120):
        granted = 30 - len(shape(["gmail.test"] * 30))
        observe(*[ACCEPTED] * granted)
        sent.append(granted)
        pass_by(seconds=1)
    assert 45 <= sum(sent[:60]) <= 80
    assert max(sent) <= 3
    assert sum(sent[60:]) >= sum(sent[:60])


def test_a_domain_that_refuses_a_twentieth_is_left_alone_for_an_hour() -> None:
    take(0)
    observe(*[ACCEPTED] * 190)
    observe(*[NOBODY] * 9)
    assert not alerts.open_now()
    observe(NOBODY)
    [alert] = alerts.open_now()
    assert (alert.kind, alert.subject) == (Alarm.DOMAIN, "gmail.test")
    waits = shape(["gmail.test", "other.test"])
    assert list(waits) == [0]
    assert waits[0] > NOW + timedelta(minutes=59)


def test_a_route_that_fails_rests_longer_each_time() -> None:
    take(1)
    rests = []
    for _ in range(8):
        failed()
        rests.append(round((route().blocked_until - clock()).total_seconds()))
        assert take(60) == 0
        pass_by(seconds=400)
        assert take(60) == 1, "one message knocks"
        assert take(60) == 0, "and no other meanwhile"
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300]


def test_connections_that_fail_together_count_once() -> None:
    take(1)
    for _ in range(20):
        failed()
    assert route().failures == 1


def test_one_sender_at_a_time_finds_out_whether_a_route_works() -> None:
    take(1)

    async def two(first: Any) -> None:
        second = await connected()
        try:
            assert await flow.knock(first, "relay") is flow.Knock.FIRST
            assert await flow.knock(second, "relay") is flow.Knock.WAIT
            await flow.knocked(first, "relay")
            assert await flow.knock(second, "relay") is flow.Knock.FIRST
            await second.close()  # as it does when its process dies
            while (answer := await flow.knock(first, "relay")) is flow.Knock.WAIT:
                await asyncio.sleep(0.01)
            assert answer is flow.Knock.FIRST
            await flow.route_failed(first, "relay", Cause.LOGIN, "no", NOW)
            await flow.knocked(first, "relay")
            assert await flow.knock(first, "relay") is flow.Knock.RESTS
        finally:
            await second.close()

    run(two)
    pass_by(minutes=11)
    assert take(60) == 1
    assert knock() is flow.Knock.FIRST, (
        "the one message that knocks after a rest is not held up by its own turn"
    )


def test_a_route_that_took_a_message_lately_is_open_to_all() -> None:
    take(1)
    observe(ACCEPTED)

    async def two(first: Any) -> None:
        second = await connected()
        assert await flow.knock(first, "relay") is flow.Knock.GO
        assert await flow.knock(second, "relay") is flow.Knock.GO
        await second.close()

    run(two)
    pass_by(minutes=12)
    assert knock() is flow.Knock.FIRST


def test_a_relay_that_is_down_costs_a_bounded_number_of_attempts() -> None:
    """C4, row 35: an hour of refused connections, with two senders that ask again and again."""
    take(1)
    knocks = 0
    for _ in range(3_600 // 30):
        for _ in range(2):
            if take(60):
                knocks += 1
                failed()
        pass_by(seconds=30)
    assert knocks <= 25


def test_a_route_that_works_again_takes_all_and_its_alert_is_cleared() -> None:
    take(1)
    for _ in range(3):
        failed()
        pass_by(seconds=400)
    [alert] = alerts.open_now()
    assert "relay cannot be used, 3 times in a row: connection refused" in alert.sentence
    worked()
    assert alerts.open_now() == []
    assert take(5_000) == 5_000


def test_a_relay_that_blinks_alarms_nobody() -> None:
    take(1)
    failed()
    worked()
    assert not models.Alert.objects.exists()


def test_a_refused_login_is_tried_three_times_in_a_day() -> None:
    """C4, row 36."""
    take(1)
    logins = 0
    for _ in range(24 * 6):
        if take(60):
            logins += 1
            failed(Cause.LOGIN, "535 5.7.8 authentication failed")
        pass_by(minutes=10)
    assert logins == 3
    [alert] = alerts.open_now()
    assert alert.kind == Alarm.LOGIN
    assert "rounds routes release relay" in alert.sentence


def test_five_rejections_of_the_sender_in_a_row_rest_the_route_and_connecting_does_not_cure_it() -> None:
    take(1)
    observe(*[NOT_YOU] * 4)
    observe(ACCEPTED)
    observe(*[NOT_YOU] * 4)
    assert route().failures == 0
    observe(NOT_YOU)
    assert take(60) == 0
    worked()
    assert take(60) == 0
    [alert] = alerts.open_now()
    assert "refused us as the sender 5 times in a row" in alert.sentence
    pass_by(seconds=30)
    assert take(60) == 1
    observe(ACCEPTED)
    assert take(60) == 60
    assert alerts.open_now() == []


def test_a_server_that_ends_connections_after_a_hundred_messages_is_not_slowed() -> None:
    """C4, row 49."""
    take(1)
    for _ in range(30):
        observe(*[ACCEPTED] * 100)
        observe(CLOSING)
    assert take(60) == 60
    assert not models.DomainPace.objects.exists()


def test_twenty_connections_that_reach_their_limit_together_are_no_failure() -> None:
    take(1)
    for _ in range(5):
        observe(*[ACCEPTED] * 20)
        observe(*[CLOSING] * 20)
    assert take(60) == 60


def test_a_server_that_ends_every_connection_is_left_alone() -> None:
    take(1)
    attempts = 0
    for _ in range(120):
        for _ in range(min(take(60), 20)):
            observe(CLOSING, write=False)
            attempts += 1
        pass_by(seconds=5)
    assert attempts <= 120
    assert route().failures >= 3


def test_what_the_settings_say_replaces_what_they_said_before(asked) -> None:
    asked(rates={"": 20.0}, domain_rates={"gmail.test": 5.0})
    take(0)
    flow.forget()
    asked(rates={"": 50.0}, domain_rates={"gmail.test": 6.0})
    take(0)
    assert route().rate == 50
    assert pace().rate == 6
    flow.forget()
    asked()
    take(0)
    flow.forget_settled(settings.current())
    assert route().rate is None
    assert not models.DomainPace.objects.exists()
