"""A sender's event loop takes events together, and nobody waits long for it."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator

import pytest

from pipeline.gateways import loop
from pipeline.gateways.loop import MANY, NAP, Gathering


@pytest.fixture
def pairs() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    made = [socket.socketpair() for _ in range(MANY + 1)]
    yield made
    for pair in made:
        for each in pair:
            each.close()


def watched(pairs: list[tuple[socket.socket, socket.socket]]) -> Gathering:
    selector = Gathering()
    for ours, _ in pairs:
        selector.register(ours, selectors.EVENT_READ)
    return selector


def test_with_many_connections_an_event_waits_a_moment_for_others(pairs) -> None:
    with watched(pairs) as selector:
        pairs[0][1].send(b"x")
        began = time.monotonic()
        found = selector.select(5)
        assert time.monotonic() - began >= NAP
        assert [key.fileobj for key, _ in found] == [pairs[0][0]]


def test_with_few_connections_or_with_work_to_do_it_does_not(pairs, monkeypatch) -> None:
    monkeypatch.setattr(loop.time, "sleep", lambda _: pytest.fail("it slept"))
    with watched(pairs[:MANY]) as selector:
        pairs[0][1].send(b"x")
        assert len(selector.select(5)) == 1
    with watched(pairs) as selector:
        assert len(selector.select(0)) == 1
        for _, theirs in pairs:
            theirs.send(b"x")
        assert len(selector.select(5)) == MANY + 1


def test_what_is_known_by_its_number_is_not_waited_with(pairs, monkeypatch) -> None:
    """So psycopg waits for PostgreSQL, whose one answer lets a whole group go on."""
    monkeypatch.setattr(loop.time, "sleep", lambda _: pytest.fail("it slept"))
    ours, theirs = socket.socketpair()
    with ours, theirs, watched(pairs) as selector:
        selector.register(ours.fileno(), selectors.EVENT_READ)
        theirs.send(b"x")
        assert len(selector.select(5)) == 1


def test_it_runs_a_coroutine_to_its_end() -> None:
    async def answer() -> int:
        return 42

    assert loop.run(answer) == 42
