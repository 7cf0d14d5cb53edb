"""Who is measured, and one measurement of one of them: fresh sink, programs made ready, then the clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench import sinks
from bench.cluster import PROJECT
from bench.letter import HTML_BYTES, TEXT_BYTES
from bench.measured import Facts
from bench.work import Work
from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.core.errors import RoundsError

PEERS = PROJECT / "bench" / "peers"
SLOW = 0.2  # the part of the messages that a slow peer sends: its rate is the same, and the run is bearable


class Lost(RoundsError):  # noqa: N818 - it reads as what happened
    """The sink did not get what was sent, or a program did not run. The benchmark fails."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one measurement asks for."""

    port: int
    messages: int
    connections: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement. Seconds are whole; `cpu` is of the senders, and of PostgreSQL where there is one."""

    contender: str
    sink: str
    connections: int
    messages: int
    wall: float
    cpu: float
    cpu_database: float
    cpu_sink: float
    rss_mb: float
    bytes: int
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.messages / self.wall

    @property
    def cpu_us(self) -> float:
        """Microseconds of CPU a message, sender and database."""
        return (self.cpu + self.cpu_database) / self.messages * 1e6


@dataclass(frozen=True, slots=True)
class Contender:
    """Somebody who sends. `commands` gives the programs to start, all with one start signal."""

    name: str
    title: str
    commands: Callable[[Task, Work], list[list[str]]]
    share: float = 1.0
    processes: int = 1

    def measure(self, sink: str, task_messages: int, connections: int, work: Work) -> Measured:
        messages = max(connections, round(task_messages * self.share))
        with sinks.running(sinks.SINKS[sink]) as taker:
            task = Task(taker.port, messages, connections)
            wall, facts = self._send(task, work)
            taken = taker.messages(messages)
            taker.stop()
        sent = sum(each["sent"] for each in facts)
        if not sent == taken == messages:
            raise Lost(
                f"{self.name}: {messages} to send, {sent} sent by its own account, {taken} at the {sink}"
            )
        return Measured(
            contender=self.name,
            sink=sink,
            connections=connections,
            messages=messages,
            wall=wall,
            cpu=sum(each["cpu"] for each in facts),
            cpu_database=sum(each.get("cpu_database", 0.0) for each in facts),
            cpu_sink=taker.cpu,
            rss_mb=max(each["rss_mb"] for each in facts),
            bytes=max(each["bytes"] for each in facts),
            steps=_summed([each.get("steps", {}) for each in facts]),
        )

    def _send(self, task: Task, work: Work) -> tuple[float, list[Facts]]:
        with programs(self.commands(task, work)) as started:
            return start_and_wait(started)


class SmtpSource(Contender):
    """Postfix's generator knows no start signal: measured from its start to its end, a millisecond of both included."""

    def _send(self, task: Task, work: Work) -> tuple[float, list[Facts]]:
        (command,) = self.commands(task, work)
        began = time.monotonic()
        process = subprocess.Popen(command)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = status
        if status:
            raise Lost(f"smtp-source ended with status {status}")
        facts = {
            "sent": task.messages,
            "bytes": work.message_bytes,
            "cpu": usage.ru_utime + usage.ru_stime,
            "rss_mb": 0.0,  # `ru_maxrss` begins with what this process had, which started it
        }
        return wall, [facts]


class EndToEnd(Contender):
    """Rounds whole: claims, fills, sends and records on a database of its own, and all must be accepted there."""

    signed = False

    def _send(self, task: Task, work: Work) -> tuple[float, list[Facts]]:
        processes = min(self.processes, task.connections)
        cluster = work.cluster
        with cluster.copy(task.messages) as database:
            given = database.environment(
                ROUNDS_SMTP_URL=f"smtp://127.0.0.1:{task.port}?tls=none",
                ROUNDS_CONNECTIONS=str(task.connections // processes),
                ROUNDS_SENDERS=str(processes),
                **work.signing(self.signed),
            )
            with programs([python("senders", processes)], given) as started:
                before = cluster.cpu_seconds()
                wall, facts = start_and_wait(started)
                facts[0]["cpu_database"] = cluster.cpu_seconds() - before
            facts[0]["bytes"] = work.bytes_of_rounds(self.signed, task.messages)
            if (states := database.states()) != {DeliveryState.ACCEPTED: task.messages}:
                raise Lost(f"{self.name}: {task.messages} to accept, and the database says {states}")
        return wall, facts


class Signed(EndToEnd):
    signed = True


class Program:
    """A program that speaks the protocol of `bench.measured`. `environment` None: ours."""

    def __init__(self, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        self.words = " ".join(command[1:4])
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the program
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            env=environment,
            cwd=PROJECT,
        )

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        """Its next line; Lost when it has ended instead."""
        assert self.process.stdout is not None
        line: str = self.process.stdout.readline()
        if not line:
            status = self.process.wait()
            self._complaints.seek(0)
            said = self._complaints.read().decode(errors="replace").strip()
            raise Lost(f"{self.words} ended with status {status}\n{said}")
        return line.rstrip("\n")

    def end(self) -> None:
        """Close its input, which ends it, and wait."""
        self.process.communicate()


@contextmanager
def programs(
    commands: Sequence[list[str]], environment: Mapping[str, str] | None = None
) -> Iterator[list[Program]]:
    """The programs, started and ready. Ended at the end, whatever happened."""
    started = [Program(command, environment) for command in commands]
    try:
        for program in started:
            if program.hear() != "ready":
                raise Lost(f"{program.words} did not get ready")
        yield started
    finally:
        for program in started:
            program.end()


def start_and_wait(started: Sequence[Program]) -> tuple[float, list[Facts]]:
    """Seconds from the start signal to the last one's end, and what each has to tell."""
    began = time.monotonic()
    for program in started:
        program.say("go")
    told = [program.hear() for program in started]
    wall = time.monotonic() - began
    return wall, [json.loads(line) for line in told]


def _summed(parts: Sequence[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: sum(part.get(name, 0.0) for part in parts) for name in names}


# --- who they are


def python(program: str, *words: object) -> list[str]:
    return [sys.executable, "-m", f"bench.programs.{program}", *map(str, words)]


def _shares(task: Task, processes: int) -> list[tuple[int, int]]:
    """Messages and connections of each process; never more processes than connections."""
    processes = min(processes, task.connections)
    return [
        (
            task.messages // processes + (number < task.messages % processes),
            task.connections // processes + (number < task.connections % processes),
        )
        for number in range(processes)
    ]


def _smtp_source(task: Task, work: Work) -> list[list[str]]:
    words = f"-d -s {task.connections} -m {task.messages} -l {work.message_bytes}".split()
    who = ["-f", "a@letters.example", "-t", "b@readers.test"]
    return [[sinks.smtp_source(), *words, *who, f"127.0.0.1:{task.port}"]]


def _sender_alone(task: Task, work: Work) -> list[list[str]]:
    return [python("sender_alone", task.port, task.messages, task.connections)]


def _nothing(task: Task, work: Work) -> list[list[str]]:
    return []


def _stdlib(kind: str, processes: int) -> Callable[[Task, Work], list[list[str]]]:
    def commands(task: Task, work: Work) -> list[list[str]]:
        return [python("stdlib", kind, task.port, *each) for each in _shares(task, processes)]

    return commands


def _nodemailer(signed: bool, processes: int) -> Callable[[Task, Work], list[list[str]]]:
    def commands(task: Task, work: Work) -> list[list[str]]:
        program = ["node", str(PEERS / "nodemailer.mjs"), str(task.port)]
        key = [str(work.key_file)] if signed else []
        return [
            [*program, str(messages), str(connections), str(work.letter_file), *key]
            for messages, connections in _shares(task, processes)
        ]

    return commands


SMTP_SOURCE = SmtpSource("smtp_source", "smtp-source (C, nothing personal: the limit)", _smtp_source)
SIGNED = Signed("signed", "(a) Rounds end to end, RSA-2048", _nothing, processes=2)
UNSIGNED = EndToEnd("unsigned", "(b) Rounds end to end, unsigned", _nothing)
SENDER_ALONE = Contender("sender_alone", "(c) Rounds: the SMTP client alone", _sender_alone)
NODEMAILER = Contender("nodemailer", "nodemailer, pooled", _nodemailer(False, 1), SLOW)
NODEMAILER_SIGNED = Contender("nodemailer_signed", "nodemailer, pooled, its DKIM", _nodemailer(True, 1), SLOW)
STDLIB = Contender("stdlib", "email + smtplib, threads", _stdlib("written", 1), SLOW)
SPLICED = Contender("smtplib_spliced", "smtplib, bytes made before", _stdlib("spliced", 1), SLOW)
NODEMAILER_2 = Contender("nodemailer_2", "nodemailer, two processes", _nodemailer(False, 2), SLOW, 2)
NODEMAILER_SIGNED_2 = Contender(
    "nodemailer_signed_2", "nodemailer, its DKIM, two processes", _nodemailer(True, 2), SLOW, 2
)
STDLIB_2 = Contender("stdlib_2", "email + smtplib, two processes", _stdlib("written", 2), SLOW, 2)

EVERYBODY = (SMTP_SOURCE, SENDER_ALONE, UNSIGNED, SIGNED, NODEMAILER, NODEMAILER_SIGNED, STDLIB, SPLICED)
# The peers with both cores, where there are connections for two.
IN_TWO = (NODEMAILER_2, NODEMAILER_SIGNED_2, STDLIB_2)

SIZES = f"{HTML_BYTES / 1000:.0f} kB HTML, {TEXT_BYTES / 1000:.0f} kB text"
