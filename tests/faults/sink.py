"""The truth side of the judge: an SMTP server that writes down what it truly received, before it answers.

    python -m tests.faults.sink LOG PORT_FILE [PLAN]

LOG is appended to with one `write` a line, so that neither a crash of the sink nor of its client takes a line away:

    C <monotonic ns> <wall ns> <connection>
    D <monotonic ns> <wall ns> <connection> <Message-ID> <recipient> <kept|not> <fate> <crc32 of the message> <script>

A `D` line is a final dot that arrived. `kept` says that the message is now the sink's, whatever it answers; `fate` is
the code of a complete answer, or what was done in its place. PLAN is JSON:

    {"seed": 7, "mix": {"plain": 0.9, "greylist": 0.1},   for recipients that name no script
     "every": [{"stage": "banner", "n": 10, "reply": "421 4.7.0 busy", "then": "drop"}],
     "limit": 100,          421 in place of the next MAIL after so many messages on a connection
     "latency": 0.003,      seconds before the answer to a good dot
     "pipelining": true, "chunking": false, "receive_buffer": 0, "port": 0}
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import socket
import struct
import sys
import time
import zlib
from pathlib import Path
from typing import Any, ClassVar

from tests.faults.scripts import GOOD_DOT, SCRIPTS, STAYS, Step, Visit, line, named

MESSAGE_ID = re.compile(rb"^message-id:[ \t\r\n]*(<[^>\r\n]*>)", re.IGNORECASE | re.MULTILINE)
RCPT = re.compile(rb"RCPT TO:\s*<([^>]*)>", re.IGNORECASE)
BDAT = re.compile(rb"BDAT\s+(\d+)(\s+LAST)?", re.IGNORECASE)
HEADER_LIMIT = 64 * 1024
END = b"\r\n.\r\n"
GOOD = {
    "banner": line("220 sink.test ESMTP"),
    "mail": line("250 2.1.0 ok"),
    "rcpt": line("250 2.1.5 ok"),
    "data": line("354 go on"),
    "rset": line("250 2.0.0 ok"),
    "noop": line("250 2.0.0 ok"),
    "quit": line("221 2.0.0 bye"),
}
NOBODY = line("503 5.5.1 for whom, and from whom?")


class Sink:
    """What all connections share: the log, the plan, and how often each recipient was here."""

    def __init__(self, log: Path, plan: dict[str, Any]) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.seed = int(plan.get("seed", 0))
        self.mix: dict[str, float] = plan.get("mix") or {}
        self.every = [(e["stage"], int(e["n"]), _step(e)) for e in plan.get("every", [])]
        self.limit = int(plan.get("limit", 0))
        self.latency = float(plan.get("latency", 0))
        capabilities = ["sink.test", "8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 52428800"]
        capabilities += ["PIPELINING"] if plan.get("pipelining", True) else []
        capabilities += ["CHUNKING"] if plan.get("chunking") else []
        self.ehlo = b"".join(line(f"250{' ' if c is capabilities[-1] else '-'}{c}") for c in capabilities)
        self.visits: dict[bytes, int] = {}
        self.reached: dict[str, int] = {}
        self.connections = 0

    def write(self, text: str) -> None:
        os.write(self.log, text.encode())

    def by_turn(self, stage: str) -> Step | None:
        """The step of whoever is the nth to reach a stage."""
        found = None
        if self.every:
            count = self.reached[stage] = self.reached.get(stage, 0) + 1
            for at, n, step in self.every:
                if at == stage and count % n == 0:
                    found = step
        return found

    def script(self, recipient: bytes) -> str:
        name = named(recipient.partition(b"@")[0].decode("ascii", "replace"))
        if name or not self.mix:
            return name or "plain"
        drawn = zlib.crc32(b"%d:%s" % (self.seed, recipient)) / 2**32
        for name, share in self.mix.items():
            drawn -= share
            if drawn < 0:
                return name
        return "plain"


def _step(entry: dict[str, Any]) -> Step:
    reply = entry.get("reply", "")
    return Step(
        line(reply) if reply else b"",
        entry.get("then", STAYS),
        bool(entry.get("kept")),
        float(entry.get("delay", 0)),
    )


class Session(asyncio.Protocol):
    """One connection."""

    sink: ClassVar[Sink]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.buffer = self.part = b""
        self.out: list[bytes] = []
        self.held = self.over = self.in_body = False
        self.messages = 0
        self.chunk: int | None = None  # bytes of a BDAT chunk that are still to come
        self.last_chunk = False
        self.forget()
        self.sink.connections += 1
        self.number = self.sink.connections
        self.sink.write(f"C {time.monotonic_ns()} {time.time_ns()} {self.number}\n")
        self.answer("banner", GOOD["banner"])
        self.flush()

    def connection_lost(self, error: Exception | None) -> None:
        self.over = True

    def forget(self) -> None:
        self.visit: Visit | None = None
        self.recipient = b""
        self.script = ""
        self.in_body = self.has_sender = self.has_recipient = False
        self.chunk = None
        self.tail = b"\r\n"
        self.size = 0
        self.crc = 0
        self.header: bytes | None = b""
        self.message_id = ""
        self.slowed = False
        self.refused_chunk: Step | None = None

    def data_received(self, data: bytes) -> None:
        self.buffer = self.part + self.buffer + data if self.buffer or self.part else data
        self.part = b""
        self.run()

    def run(self) -> None:
        while self.buffer and not (self.held or self.over):
            if self.chunk is not None:
                self.take_chunk()
            elif self.in_body:
                self.take_body()
            else:
                text, found, rest = self.buffer.partition(b"\n")
                if not found:
                    break
                self.buffer = rest
                self.command(text.rstrip(b"\r"))
        self.flush()

    def flush(self) -> None:
        if self.out:
            self.transport.write(b"".join(self.out))
            self.out.clear()

    # Commands

    def command(self, text: bytes) -> None:
        verb = text[:4].upper()
        if verb == b"MAIL":
            self.mail()
        elif verb == b"RCPT":
            self.choose(text)
            if self.has_sender:
                self.has_recipient = self.answer("rcpt", GOOD["rcpt"])
            else:
                self.out.append(NOBODY)
        elif verb == b"DATA":
            if self.has_recipient:
                self.in_body = self.answer("data", GOOD["data"])
            else:
                self.out.append(NOBODY)
        elif verb == b"BDAT":
            self.begin_chunk(text)
        elif verb in (b"EHLO", b"HELO"):
            self.forget()
            self.answer("ehlo", self.sink.ehlo if verb == b"EHLO" else GOOD["rset"])
        elif verb == b"QUIT":
            self.out.append(GOOD["quit"])
            self.end("drop")
        elif verb in (b"RSET", b"NOOP"):
            if verb == b"RSET":
                self.forget()
            self.out.append(GOOD["rset"])
        else:
            self.out.append(line("502 5.5.1 no such command"))

    def mail(self) -> None:
        self.forget()
        if self.sink.limit and self.messages >= self.sink.limit:
            self.out.append(line("421 4.7.0 enough for one connection"))
            self.end("drop")
            return
        # A pipelined RCPT stands behind it: its recipient's script may have something to say here already.
        following = self.buffer.partition(b"\n")[0]
        if following[:4].upper() == b"RCPT":
            self.choose(following)
        self.has_sender = self.answer("mail", GOOD["mail"])

    def choose(self, text: bytes) -> None:
        if self.visit is not None:
            return
        found = RCPT.match(text)
        self.recipient = found[1] if found else b"?"
        self.script = self.sink.script(self.recipient)
        count = self.sink.visits.get(self.recipient, 0)
        self.sink.visits[self.recipient] = count + 1
        self.visit = SCRIPTS[self.script].visit(count)

    def answer(self, stage: str, good: bytes) -> bool:
        """Say what the script has for a stage, or what is good there. True if the conversation goes on as asked."""
        step = (self.visit or {}).get(stage) or self.sink.by_turn(stage)
        if step is None:
            self.out.append(good)
            return True
        self.do(step)
        return step.then == STAYS and step.reply[:1] in (b"2", b"3")

    def do(self, step: Step) -> None:
        if step.delay:
            self.held = True
            self.flush()
            asyncio.get_running_loop().call_later(step.delay, self.resume, step)
        else:
            self.say(step)

    def resume(self, step: Step) -> None:
        self.held = False
        if not self.over:
            self.say(step)
            self.run()

    def say(self, step: Step) -> None:
        if step.bytewise:
            self.flush()
            self.held = True
            self.drip(step.reply, step.then)
            return
        if step.reply:
            self.out.append(step.reply)
        if step.then != STAYS:
            self.end(step.then)

    def drip(self, rest: bytes, then: str) -> None:
        if self.over:
            return
        self.transport.write(rest[:1])
        if len(rest) > 1:
            asyncio.get_running_loop().call_later(0.001, self.drip, rest[1:], then)
            return
        self.held = False
        if then != STAYS:
            self.end(then)
        self.run()

    def end(self, how: str) -> None:
        self.flush()
        self.over = how != "stall"
        self.held = True
        if how == "drop":
            self.transport.close()
        elif how == "reset":
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()

    # The message

    def begin_chunk(self, text: bytes) -> None:
        found = BDAT.match(text)
        if not found:
            self.out.append(line("501 5.5.4 how many octets?"))
            return
        step = (self.visit or {}).get("data")
        if not self.has_recipient or (self.size == 0 and step is not None):
            self.refused_chunk = step if self.has_recipient else Step(NOBODY)
            self.chunk = int(found[1])  # it is on its way all the same
            return
        self.chunk, self.last_chunk = int(found[1]), bool(found[2])
        if not self.chunk:
            self.end_chunk()

    def take_chunk(self) -> None:
        assert self.chunk is not None
        part, self.buffer = self.buffer[: self.chunk], self.buffer[self.chunk :]
        self.chunk -= len(part)
        self.eat(part)
        if not self.chunk and not self.over:
            self.end_chunk()

    def end_chunk(self) -> None:
        self.chunk = None
        if self.refused_chunk is not None:
            step, self.refused_chunk = self.refused_chunk, None
            self.forget()
            self.do(step)
        elif self.last_chunk:
            self.dot()
        elif not self.held:
            self.out.append(line(f"250 2.0.0 {self.size} octets"))

    def take_body(self) -> None:
        text = self.tail + self.buffer
        at = text.find(END)
        if at < 0:
            # A dot that may be the final one waits for what follows, so that the sum does not depend on the packets.
            waits = next((end for end in (b".\r", b".") if text.endswith(b"\r\n" + end)), b"")
            new, self.buffer, self.part = self.buffer[: len(self.buffer) - len(waits)], b"", waits
            self.tail = text[: len(text) - len(waits)][-4:]
            self.eat(new)
            return
        body = text[len(self.tail) : at + 2] if at + 2 > len(self.tail) else b""
        self.eat(body)
        self.buffer = text[at + len(END) :]
        self.in_body = False
        if not (self.over or self.held):
            self.dot()

    def eat(self, part: bytes) -> None:
        """Count, sum up and look for the Message-ID; do what the script has for the body."""
        self.size += len(part)
        self.crc = zlib.crc32(part, self.crc)
        if self.header is not None and not self.message_id:
            self.header += part
            found = MESSAGE_ID.search(self.header)
            if found:
                self.message_id, self.header = found[1].decode("ascii", "replace"), None
            elif b"\r\n\r\n" in self.header or len(self.header) > HEADER_LIMIT:
                self.header = None
        step = (self.visit or {}).get("body")
        if step is not None and self.size >= step.at and not self.slowed:
            self.slowed = True
            if step.then != STAYS:
                self.end(step.then)
            elif step.delay:
                self.transport.pause_reading()
                asyncio.get_running_loop().call_later(step.delay, self.read_on)

    def read_on(self) -> None:
        if not self.over:
            self.transport.resume_reading()

    def dot(self) -> None:
        step = (self.visit or {}).get("dot") or self.sink.by_turn("dot") or GOOD_DOT
        self.sink.write(
            f"D {time.monotonic_ns()} {time.time_ns()} {self.number} {self.message_id or '-'}"
            f" {self.recipient.decode('ascii', 'replace').replace(' ', '%20')} {'kept' if step.kept else 'not'}"
            f" {step.fate} {self.crc:08x} {self.script}\n"
        )
        self.messages += 1
        self.forget()
        if step is GOOD_DOT:
            if not self.sink.latency:
                self.out.append(step.reply)
                return
            step = Step(step.reply, kept=True, delay=self.sink.latency)
        self.do(step)


async def serve(log: Path, port_file: Path, plan: dict[str, Any]) -> None:
    Session.sink = Sink(log, plan)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if plan.get("receive_buffer"):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(plan["receive_buffer"]))
    listener.bind(("127.0.0.1", int(plan.get("port", 0))))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Session, sock=listener, backlog=512)
    fresh = port_file.with_suffix(".new")
    fresh.write_text(str(listener.getsockname()[1]))
    fresh.replace(port_file)
    async with server:
        await with_parent()


async def with_parent() -> None:
    """Serve for as long as whoever started this process lives."""
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(1)


def main() -> None:
    log, port_file, *plan = sys.argv[1:]
    gc.freeze()
    asyncio.run(serve(Path(log), Path(port_file), json.loads(plan[0]) if plan else {}))


if __name__ == "__main__":
    main()
