"""The client against servers that others wrote: Debian's Postfix, its `smtp-sink`, and the local inbox."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.core.delivery.relay import Relay, Tls
from pipeline.core.delivery.replies import Cause, Outcome, Stage, Verdict
from pipeline.core.message.wire import Wire
from pipeline.gateways.local_inbox import running
from pipeline.gateways.smtp import Connection
from tests.blocking_smtp import QUICK, BlockingConnection
from tests.private_postfix import MISSING, PrivatePostfix

SENDER = "b+token@bounces.rounds.example"
ADA = "ada@subscriber.example"
HEAD = (
    b" Hello\r\nFrom: Rounds <news@rounds.example>\r\nTo: ada@subscriber.example\r\n"
    b"Date: Mon, 23 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@rounds.example>\r\n\r\n"
)
TEXT = HEAD + b"Hello, Ada. =2E and a line of words\r\n" * 1200
WIRE = Wire(b"Subject:", TEXT)
DOTTED = b"Subject:" + HEAD + b".\r\n..\r\nMAIL FROM:<eve@x.example>\r\n.hidden\r\n"
SINK = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

needs_sink = pytest.mark.skipif(
    SINK is None, reason="smtp-sink comes with Debian's postfix, which is not installed"
)


def connect(port: int, *, chunking: bool = True) -> BlockingConnection:
    return BlockingConnection(Relay("127.0.0.1", port, Tls.NONE, chunking=chunking), QUICK)


def send(connection: BlockingConnection, rcpt_to: str = ADA, message: bytes | Wire = WIRE) -> Outcome:
    return connection.send(SENDER, rcpt_to, message)


async def send_many(port: int, lanes: int, messages: int) -> list[Outcome]:
    """Each lane is a connection; they share the messages."""
    numbers = iter(range(messages))
    outcomes: list[Outcome] = []

    async def lane() -> None:
        connection = await Connection.open(Relay("127.0.0.1", port, Tls.NONE), "rounds.example", QUICK)
        for number in numbers:
            address = f"reader{number}@subscriber.example"
            outcome = await connection.offer(SENDER, address, WIRE, f"delivery-{number}")
            outcomes.append(outcome or await connection.dot())
        await connection.close()

    await asyncio.gather(*(lane() for _ in range(lanes)))
    return outcomes


# --- smtp-sink


@contextmanager
def sink(*options: str) -> Iterator[tuple[int, Path]]:
    """Its port, and the folder where it keeps a file for each message."""
    assert SINK is not None
    folder = Path(tempfile.mkdtemp(prefix="rounds-sink-"))
    folder.chmod(0o777)  # it gives root up
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    who = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [SINK, *who, "-d", f"{folder}/", *options, f"127.0.0.1:{port}", "100"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE) as process:
        try:
            _wait_for(port)
            yield port, folder
        finally:
            process.kill()
            shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("smtp-sink did not start in ten seconds")


def _kept(folder: Path) -> list[bytes]:
    files = [each for each in folder.iterdir() if each.stat().st_size]
    return [each.read_bytes().partition(b"Subject:")[2].removesuffix(b"\n") for each in files]


@needs_sink
@pytest.mark.parametrize("options", [(), ("-p",), ("-e",)], ids=["pipelining", "one by one", "no esmtp"])
def test_smtp_sink_keeps_what_we_sent(options: tuple[str, ...]) -> None:
    with sink(*options) as (port, folder):
        with connect(port) as connection:
            assert ("PIPELINING" in connection.connection.extensions) == (options == ())
            for _ in range(5):
                assert send(connection).verdict is Verdict.ACCEPTED
        assert _kept(folder) == [TEXT.replace(b"\r\n", b"\n")] * 5


@needs_sink
def test_smtp_sink_takes_a_thousand_messages_over_twenty_connections() -> None:
    with sink() as (port, folder):
        outcomes = asyncio.run(send_many(port, 20, 1000))
        assert {each.verdict for each in outcomes} == {Verdict.ACCEPTED}
        assert len(_kept(folder)) == len(outcomes) == 1000


@needs_sink
@pytest.mark.parametrize(
    ("options", "verdict", "cause"),
    [
        (("-r", "RCPT"), Verdict.DEFERRED, Cause.GREYLISTED),
        (("-f", "RCPT"), Verdict.REFUSED, Cause.PERMANENT),
        (("-q", "RCPT"), Verdict.NOT_SENT, Cause.LOST),
        (("-r", "DATA"), Verdict.NOT_SENT, Cause.DATA_REFUSED),
        (("-f", "MAIL"), Verdict.NOT_SENT, Cause.SENDER),
        (("-r", "."), Verdict.DEFERRED, Cause.TEMPORARY),
        (("-f", "."), Verdict.REFUSED, Cause.PERMANENT),
        (("-q", "."), Verdict.UNKNOWN, Cause.REPLY_LOST),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one by one"])
def test_smtp_sink_says_no_in_its_own_ways(
    options: tuple[str, ...], verdict: Verdict, cause: Cause, pipelining: bool
) -> None:
    with sink(*options, *([] if pipelining else ["-p"])) as (port, _), connect(port) as connection:
        outcome = send(connection)
        assert (outcome.verdict, outcome.cause) == (verdict, cause)


@needs_sink
def test_a_no_of_smtp_sink_before_the_dot_is_not_read_as_the_answer_to_the_dot() -> None:
    with sink("-A", "1") as (port, folder), connect(port) as connection:  # 550 a second after its 354
        assert connection.offer(SENDER, ADA, WIRE) is None
        connection.listen(1.5)
        assert connection.dot() == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.DESYNC)
        assert _kept(folder) == []


# --- Postfix


@pytest.fixture(scope="module")
def running_postfix() -> Iterator[PrivatePostfix]:
    if MISSING:
        pytest.skip(MISSING)
    with PrivatePostfix() as postfix:
        yield postfix


@pytest.fixture
def postfix(running_postfix: PrivatePostfix) -> PrivatePostfix:
    running_postfix.empty()
    return running_postfix


def test_postfix_takes_a_wire_in_chunks_and_delivers_it_byte_for_byte(postfix: PrivatePostfix) -> None:
    with connect(postfix.port) as connection:
        assert {"PIPELINING", "CHUNKING", "DSN", "SIZE", "SMTPUTF8"} <= set(
            connection.connection.extensions.offered
        )
        outcomes = [send(connection) for _ in range(3)]
    assert all(each.reply and f"{len(WIRE)} bytes queued as" in each.reply.text for each in outcomes)
    assert postfix.delivered(3) == [TEXT.replace(b"\r\n", b"\n")] * 3


def test_postfix_takes_a_wire_by_data_and_delivers_it_byte_for_byte(postfix: PrivatePostfix) -> None:
    with connect(postfix.port, chunking=False) as connection:
        outcomes = [send(connection) for _ in range(3)]
    assert all(each.reply and each.reply.text.startswith("2.0.0 Ok: queued as") for each in outcomes)
    assert all(each.reply and each.reply.queue_id for each in outcomes)
    assert postfix.delivered(3) == [TEXT.replace(b"\r\n", b"\n")] * 3


def test_postfix_gets_lines_with_dots_as_lines_with_dots(postfix: PrivatePostfix) -> None:
    with connect(postfix.port) as connection:
        assert send(connection, message=DOTTED).verdict is Verdict.ACCEPTED
    assert postfix.delivered(1) == [DOTTED.replace(b"\r\n", b"\n").removeprefix(b"Subject:")]


@pytest.mark.parametrize("chunking", [True, False], ids=["chunks", "data"])
def test_postfix_refuses_one_recipient_and_takes_the_next_on_the_same_connection(
    postfix: PrivatePostfix, chunking: bool
) -> None:
    with connect(postfix.port, chunking=chunking) as connection:
        refused = send(connection, "nobody@subscriber.example")
        assert (refused.verdict, refused.cause) == (Verdict.REFUSED, Cause.BAD_ADDRESS)
        later = send(connection, "later@subscriber.example")
        assert (later.verdict, later.cause) == (Verdict.DEFERRED, Cause.GREYLISTED)
        assert connection.usable
        assert send(connection).verdict is Verdict.ACCEPTED
        assert connection.usable
    assert len(postfix.delivered(1)) == 1


@pytest.mark.parametrize("chunking", [True, False], ids=["chunks", "data"])
def test_postfix_delivers_nothing_that_got_no_dot(postfix: PrivatePostfix, chunking: bool) -> None:
    for _ in range(3):
        connection = connect(postfix.port, chunking=chunking)
        assert connection.offer(SENDER, ADA, WIRE) is None
        connection.abandon()
        connection.close()
    with connect(postfix.port, chunking=chunking) as connection:
        assert send(connection).verdict is Verdict.ACCEPTED
    assert len(postfix.delivered(1)) == 1
    time.sleep(0.3)
    assert len(postfix.delivered(1)) == 1


def test_postfix_takes_mail_to_an_international_address(postfix: PrivatePostfix) -> None:
    with connect(postfix.port) as connection:
        assert send(connection, "zoë@bücher.example").verdict is Verdict.ACCEPTED


def test_postfix_takes_two_hundred_messages_over_ten_connections(postfix: PrivatePostfix) -> None:
    outcomes = asyncio.run(send_many(postfix.port, 10, 200))
    assert {each.verdict for each in outcomes} == {Verdict.ACCEPTED}
    assert postfix.delivered(200) == [TEXT.replace(b"\r\n", b"\n")] * 200


def test_an_answer_of_postfix_does_not_wait_for_our_acknowledgement(postfix: PrivatePostfix) -> None:
    """Its replies to a group leave in several small segments; with delayed acknowledgements each costs 40 ms."""
    took = []
    with connect(postfix.port) as connection:
        for _ in range(41):
            started = time.monotonic()
            assert send(connection).verdict is Verdict.ACCEPTED
            took.append(time.monotonic() - started)
    assert min(took[20:]) < 0.035


# --- the local inbox


@pytest.mark.parametrize("message", [WIRE, DOTTED], ids=["wire", "other bytes"])
def test_the_local_inbox_keeps_a_message_as_it_is(message: bytes | Wire) -> None:
    kept: list[bytes] = []
    with running(lambda _, __, data: kept.append(data)) as port, connect(port) as connection:
        for _ in range(3):
            assert send(connection, message=message).verdict is Verdict.ACCEPTED
    assert kept == [bytes(message)] * 3
