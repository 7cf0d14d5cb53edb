"""The local inbox keeps what it accepts, takes no mail from elsewhere, and goes away when asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.core.delivery.relay import Relay, Tls
from pipeline.core.delivery.replies import Outcome, Verdict
from pipeline.core.errors import BadInput, Unavailable
from pipeline.core.message.headers import Sender, list_message_headers
from pipeline.core.message.mime import boundary_for, compose
from pipeline.gateways.local_inbox import MESSAGE_LIMIT, running, serve
from tests.blocking_smtp import BlockingConnection

SENDER = Sender(
    name="Rounds Health",
    address="news@rounds.example",
    reply_to="",
    list_id_domain="lists.rounds.example",
    return_path_domain="bounces.rounds.example",
    feedback_sender_id="roundsmail",
    help_url="https://rounds.example/help",
)


def letter(text: str = "Hello\n.\n..two\n" + "x" * 3000) -> bytes:
    fields = list_message_headers(
        SENDER,
        to="ada@subscriber.example",
        subject="Weekly 😀",
        message_id="<1@rounds.example>",
        date=datetime(2026, 11, 23, tzinfo=UTC),
        unsubscribe_url="https://rounds.example/u/t",
        list_label="weekly",
        list_name="Weekly",
        campaign="c1",
    )
    return compose(fields, f"<p>{text}</p>", text, boundary_for(bytes(16)))


def send(port: int, message: bytes) -> Outcome:
    with BlockingConnection(Relay("127.0.0.1", port, Tls.NONE)) as connection:
        return connection.send("b+x@bounces.rounds.example", "ada@subscriber.example", message)


def test_a_message_arrives_byte_for_byte() -> None:
    kept: list[tuple[str, list[str], bytes]] = []
    with running(lambda *message: kept.append(message)) as port:
        assert send(port, letter()).verdict is Verdict.ACCEPTED
    assert kept == [("b+x@bounces.rounds.example", ["ada@subscriber.example"], letter())]


def test_a_message_is_kept_before_it_is_accepted() -> None:
    may_go_on = threading.Event()
    answered = threading.Event()
    outcomes: list[Outcome] = []

    def sender(port: int) -> None:
        outcomes.append(send(port, letter()))
        answered.set()

    with running(lambda *_: may_go_on.wait(5)) as port:  # type: ignore[arg-type,return-value]
        thread = threading.Thread(target=sender, args=(port,))
        thread.start()
        assert not answered.wait(0.3)
        may_go_on.set()
        thread.join(5)
    assert outcomes[0].verdict is Verdict.ACCEPTED


def test_a_message_that_cannot_be_kept_is_left_with_its_sender() -> None:
    kept: list[bytes] = []

    def keeps_the_second(_: str, __: list[str], message: bytes) -> None:
        kept.append(message)
        if len(kept) == 1:
            raise OSError("no room")

    with running(keeps_the_second) as port:
        assert send(port, letter()).verdict is Verdict.DEFERRED
        assert send(port, letter()).verdict is Verdict.ACCEPTED


def test_a_message_over_ten_megabytes_is_not_taken() -> None:
    kept: list[object] = []
    with running(lambda *message: kept.append(message)) as port:
        with socket.create_connection(
            ("127.0.0.1", port)
        ) as plain:  # past our own client, which would not try
            talk = plain.makefile("rwb", buffering=0)
            for line in (
                b"",
                b"HELO x\r\n",
                b"MAIL FROM:<a@b.example>\r\n",
                b"RCPT TO:<c@d.example>\r\n",
                b"DATA\r\n",
            ):
                talk.write(line)
                answer = talk.readline()
            assert answer.startswith(b"354")
            talk.write((b"x" * 76 + b"\r\n") * (MESSAGE_LIMIT // 78 + 2) + b".\r\n")
            assert talk.readline().startswith(b"552")
        assert send(port, letter("x" * MESSAGE_LIMIT)).verdict is Verdict.NOT_SENT
    assert kept == []


def test_a_message_without_its_dot_is_not_kept() -> None:
    kept: list[object] = []
    with running(lambda *message: kept.append(message)) as port:
        connection = BlockingConnection(Relay("127.0.0.1", port, Tls.NONE))
        assert connection.offer("b+x@bounces.example", "ada@subscriber.example", letter()) is None
        connection.abandon()
        assert send(port, letter()).verdict is Verdict.ACCEPTED
    assert len(kept) == 1


def test_it_stops_while_somebody_is_connected() -> None:
    with running(lambda *_: None) as port:
        connection = BlockingConnection(Relay("127.0.0.1", port, Tls.NONE))
    connection.close()
    with socket.socket() as again:
        again.settimeout(2)
        assert again.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "inbox.example", ""])
def test_it_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(BadInput, match="this machine only"):
        serve(host, 0, lambda *_: None)
    with pytest.raises(BadInput, match="this machine only"), running(lambda *_: None, host=host):
        pass


def test_a_port_in_use_gets_a_sentence() -> None:
    with running(lambda *_: None) as port, pytest.raises(Unavailable, match=f"127.0.0.1:{port}"):
        serve("127.0.0.1", port, lambda *_: None)


PROCESS = """
import socket, sys
from pipeline.gateways.local_inbox import serve
with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
print(port, flush=True)
serve("127.0.0.1", port, lambda *message: print(len(message[2]), flush=True))
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_as_a_process_until_it_is_told_to_stop(number: signal.Signals) -> None:
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            _wait_for(port)
            assert send(port, letter()).verdict is Verdict.ACCEPTED
            assert process.stdout.readline() == f"{len(letter())}\n"
            process.send_signal(number)
            assert process.stdout.readline() == "stopped\n"
            assert process.wait(5) == 0
        finally:
            process.kill()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.05)
    raise AssertionError("the inbox did not start in ten seconds")
