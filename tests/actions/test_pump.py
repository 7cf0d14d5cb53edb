"""The pump reads the feeds whose time has come, where nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from pipeline.actions import pump as pumping
from pipeline.actions.fetch_feeds import fetch_due_feeds
from pipeline.core.errors import Unavailable
from pipeline.gateways import queue
from pipeline.gateways.stopping import Stop
from pipeline.settings import current
from pipeline.store import feeds
from tests.factories import NOW

pytestmark = pytest.mark.django_db


class Rounds:
    """Is stopped after so many rounds of the loop."""

    def __init__(self, rounds: int) -> None:
        self.left = rounds

    def is_set(self) -> bool:
        return self.left <= 0

    def wait(self, seconds: float) -> bool:
        self.left -= 1
        return self.is_set()


@pytest.fixture
def pump(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The loop, whose children run in this process and whose connection stays open. Returns the feeds it read."""
    read: list[str] = []

    def fetch(url: str, **_: object) -> None:
        read.append(url)
        raise Unavailable("Nobody is there.")

    def here(act: Callable[[], None]) -> int:
        act()
        return 1

    monkeypatch.setattr("pipeline.actions.fetch_feeds.fetch", fetch)
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW)
    monkeypatch.setattr(pumping, "tick", lambda now, bell: None)
    monkeypatch.setattr(pumping, "_fork", here)
    monkeypatch.setattr(pumping, "_still_at_work", lambda children: set())
    monkeypatch.setattr(pumping.connections, "close_all", lambda: None)
    monkeypatch.setattr(queue, "stop_soon", lambda: None)

    def run(after: float = 0.0) -> list[str]:
        stopped: Stop = Rounds(2)  # type: ignore[assignment]
        pumping.pump(current(), after, stopped)
        return read

    return run


def test_a_feed_that_is_due_is_read_once_and_one_that_is_not_waits(pump):
    feeds.add("press", "https://press.test/feed", 24, NOW)
    feeds.add("later", "https://later.test/feed", 24, NOW + timedelta(hours=1))
    assert pump() == ["https://press.test/feed"]
    assert "Nobody is there" in feeds.find("press").problem


def test_beside_celery_the_pump_leaves_a_feed_to_the_workers_for_a_while(pump):
    feeds.add("press", "https://press.test/feed", 24, NOW - timedelta(seconds=5))
    assert pump(after=10) == []
    assert pump(after=4) == ["https://press.test/feed"]


def test_when_its_time_is_up_no_other_feed_is_begun(pump):
    feeds.add("press", "https://press.test/feed", 24, NOW)
    assert fetch_due_feeds(NOW, seconds=-1) == 0
    assert feeds.any_due(NOW)
