"""The sink does what each script says, and has written it down before its client can know."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.settings import PROJECT
from tests.faults.checker import Dot, read_log
from tests.faults.scripts import SCRIPTS

MESSAGE = b"Subject: x\r\nMessage-ID:\r\n <abc@x>\r\n\r\n.. stuffed\r\nthe end\r\n"


@pytest.fixture(scope="module")
def sink(tmp_path_factory) -> Iterator[tuple[int, Path]]:
    with running(tmp_path_factory.mktemp("sink"), '{"chunking": true}') as found:
        yield found


@contextmanager
def running(folder: Path, plan: str = "{}") -> Iterator[tuple[int, Path]]:
    log, port = folder / "log", folder / "port"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.sink", str(log), str(port), plan], cwd=PROJECT
    )
    try:
        while not port.exists():
            assert process.poll() is None
            time.sleep(0.01)
        yield int(port.read_text()), log
    finally:
        process.kill()
        process.wait()


class Client:
    """The plainest client: says a thing and reads what comes until it is quiet, or at its end."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self.file = self.socket.makefile("rb")
        self.line()

    def line(self) -> bytes:
        return self.file.readline()

    def say(self, text: bytes) -> bytes:
        self.socket.sendall(text)
        return self.line()

    def offer(self, recipient: str) -> bytes:
        self.say(b"MAIL FROM:<a@b>\r\n")
        said = self.say(f"RCPT TO:<{recipient}>\r\n".encode())
        return self.say(b"DATA\r\n") if said[:1] == b"2" else said


def dots(log: Path, recipient: str) -> list[Dot]:
    with log.open() as lines:
        return [dot for dot in read_log(lines) if dot.recipient == recipient]


def test_the_line_is_in_the_log_before_the_answer_is_out(sink):
    port, log = sink
    client = Client(port)
    assert client.offer("a.plain@readers.test")[:3] == b"354"
    assert client.say(MESSAGE + b".\r\n")[:3] == b"250"
    [dot] = dots(log, "a.plain@readers.test")
    assert (dot.message_id, dot.kept, dot.fate) == ("<abc@x>", True, "250")
    assert abs(dot.at - time.monotonic()) < 5


def test_the_sum_of_a_message_depends_neither_on_its_packets_nor_on_its_command(sink):
    port, log = sink
    whole, split, chunked = Client(port), Client(port), Client(port)
    whole.offer("w.plain@readers.test")
    whole.say(MESSAGE + b".\r\n")
    split.offer("s.plain@readers.test")
    split.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for octet in MESSAGE + b".\r\n":
        split.socket.sendall(bytes([octet]))
        time.sleep(0.0005)
    split.line()
    chunked.say(b"MAIL FROM:<a@b>\r\n")
    chunked.say(b"RCPT TO:<c.plain@readers.test>\r\n")
    assert chunked.say(b"BDAT %d\r\n%s" % (len(MESSAGE), MESSAGE))[:3] == b"250"
    assert chunked.say(b"BDAT 0 LAST\r\n")[:3] == b"250"
    sums = {dots(log, f"{who}.plain@readers.test")[0].crc for who in "wsc"}
    assert len(sums) == 1


def test_a_pipelined_envelope_is_answered_in_order(sink):
    client = Client(sink[0])
    client.socket.sendall(b"MAIL FROM:<a@b>\r\nRCPT TO:<p.rcpt450@readers.test>\r\nDATA\r\n")
    assert [client.line()[:3] for _ in range(2)] == [b"250", b"450"]


def test_a_refusal_at_mail_is_for_the_recipient_who_is_pipelined_behind_it(sink):
    client = Client(sink[0])
    client.socket.sendall(b"MAIL FROM:<a@b>\r\nRCPT TO:<m.mail451@readers.test>\r\n")
    assert client.line()[:3] == b"451"


@pytest.mark.parametrize(
    "name", sorted(n for n, s in SCRIPTS.items() if "dot" in s.visits[0] and n != "stalldot")
)
def test_the_log_tells_what_the_dot_was_answered(sink, name):
    port, log = sink
    recipient = f"d.{name}@readers.test"
    client = Client(port)
    client.offer(recipient)
    client.socket.sendall(MESSAGE + b".\r\n")
    try:
        said = client.line()
    except OSError:
        said = b""
    step = SCRIPTS[name].visits[0]["dot"]
    assert step.reply.startswith(said.rstrip(b"\r\n")) if said else not step.reply
    [dot] = dots(log, recipient)
    assert (dot.kept, dot.fate) == (step.kept, step.fate)


def test_a_greylisted_recipient_is_let_in_the_second_time(sink):
    client = Client(sink[0])
    assert client.offer("g.greylist@readers.test")[:3] == b"451"
    assert client.offer("g.greylist@readers.test")[:3] == b"354"


def test_a_drop_in_the_body_leaves_no_dot(sink):
    port, log = sink
    client = Client(port)
    client.offer("b.body0k@readers.test")
    client.socket.sendall(MESSAGE)
    assert client.line() == b""
    assert dots(log, "b.body0k@readers.test") == []


def test_recipients_without_a_script_share_the_mix_by_the_seed(tmp_path):
    answers = []
    for turn in ("first", "again"):
        (tmp_path / turn).mkdir()
        with running(tmp_path / turn, '{"seed": 3, "mix": {"rcpt550": 0.5, "plain": 0.5}}') as (port, _):
            answers.append([Client(port).offer(f"x{n}@readers.test")[:3] for n in range(12)])
    assert answers[0] == answers[1]
    assert set(answers[0]) == {b"550", b"354"}


def test_a_connection_takes_no_more_messages_than_its_limit(tmp_path):
    with running(tmp_path, '{"limit": 1}') as (port, log):
        client = Client(port)
        client.offer("one@readers.test")
        client.say(MESSAGE + b".\r\n")
        assert client.say(b"MAIL FROM:<a@b>\r\n")[:3] == b"421"
        assert client.line() == b""
        assert len(dots(log, "one@readers.test")) == 1
