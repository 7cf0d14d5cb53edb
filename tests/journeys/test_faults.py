"""A campaign survives a worker of Celery that is killed in mid-send. All else that may happen is in `tests/faults`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest

from pipeline.gateways.embedded import servers, stop_servers
from pipeline.settings import PROJECT, socket_folder
from tests.commands_at_once import run_all
from tests.scripted_smtp import ScriptedSmtp, Wait

READERS = 200
SLOW = 0.03  # seconds that the relay takes to answer, so that a kill falls into the middle of some dots
PATIENCE = 90.0


class Relay:
    """A relay that is slow to answer the final dot, and keeps what came with it, as a real one does."""

    def __init__(self) -> None:
        self.server = ScriptedSmtp(dot=(Wait(SLOW), b"250 2.0.0 queued\r\n"))

    @property
    def count(self) -> int:
        return self.taken.total()

    @property
    def taken(self) -> Counter[str]:
        """How many copies came of each Message-ID of an issue. The seal of the day, to the owner, is none."""
        headers = [
            BytesHeaderParser().parsebytes(m.data.partition(b"\r\n\r\n")[0]) for m in self.server.messages
        ]
        issues = [header for header in headers if header["List-Unsubscribe"]]
        return Counter(str(header["Message-ID"]).strip() for header in issues)


class Service:
    """Rounds as an operator runs it, in a folder of its own."""

    def __init__(self, folder: Path, relay_port: int, redis_url: str) -> None:
        self.redis_url = redis_url
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ROUNDS_")},
            "ROUNDS_DATA_DIR": str(folder),
            "ROUNDS_SMTP_URL": f"smtp://127.0.0.1:{relay_port}?tls=none",
            "ROUNDS_SECRET_KEY": "a secret of this test, and of nobody else",
            "ROUNDS_RELAY_SIGNS": "1",
            "ROUNDS_TICK_SECONDS": "1",
            "ROUNDS_CONNECTIONS": "3",
            "ROUNDS_SENDERS": "1",
            "ROUNDS_WEB_PROCESSES": "1",
        }

    def rounds(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def celery(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", *arguments, "--loglevel", "ERROR"],
            cwd=PROJECT,
            env=self.environment,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @contextmanager
    def scheduler(self) -> Iterator[None]:
        process = self.celery("-A", "scheduler", "beat")
        try:
            yield
        finally:
            kill(process)

    def worker(self) -> subprocess.Popen[bytes]:
        return self.celery("-A", "worker", "worker", "--without-gossip", "--without-mingle")

    def start_campaign(self, folder: Path) -> str:
        readers = folder / "readers.csv"
        readers.write_text("email\n" + "".join(f"reader{n}@readers.test\n" for n in range(READERS)))
        purpose = ("--purpose", "weekly_health_email")
        shown = (
            "--notice",
            "notice-a:4",
            "--collected-from",
            "2026-11-01",
            "--collected-until",
            "2026-11-02",
        )
        who = ("--reviewer", "Dr Demo", "--profession", "none", "--registration", "none", "--demonstration")
        said = ("--evidence", "written for a test")
        commands = [
            ["import", "content/articles/breast-calcifications.md"],
            ["approve", "breast-calcifications", *who],
            ["subscribers", "import", str(readers), *purpose, *shown, *said],
            ["campaign", "create", "breast-calcifications", *purpose, "--start", "now", "--name", "run"],
        ]
        run_all(commands, self.environment)
        return "run"

    def first_issue(self) -> dict[str, object]:
        status = json.loads(self.rounds("campaign", "status", "run", "--json"))
        return next(issue for issue in status["issues"] if issue["number"] == 1)


def kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(true: object, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE:.0f} s"
        time.sleep(0.2)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[Service, Relay]]:
    relay = Relay()
    with relay.server, servers(tmp_path):
        built = Service(tmp_path, relay.server.port, f"unix://{socket_folder(tmp_path)}/redis.sock")
        built.start_campaign(tmp_path)
        yield built, relay
    stop_servers(tmp_path)


def settled(service: Service) -> bool:
    return service.first_issue()["state"] == "finished"


def test_killing_the_worker_in_mid_send_loses_nobody_and_sends_nobody_three(service):
    rounds, relay = service
    with rounds.scheduler():
        first = rounds.worker()
        try:
            until(lambda: relay.count >= READERS // 5, "a fifth of the messages")
        finally:
            kill(first)
        assert relay.count < READERS, "the kill came too late to prove anything"
        second = rounds.worker()
        try:
            until(lambda: relay.count >= READERS and settled(rounds), "the end of the issue")
        finally:
            kill(second)
    issue = rounds.first_issue()
    lines = [json.loads(line) for line in rounds.rounds("deliveries", "run").splitlines()]
    handed_over = {line["message_id"] for line in lines if line["state"] in ("accepted", "presumed_accepted")}
    assert issue["audience"] == READERS == len(lines) == len(handed_over)
    assert handed_over == set(relay.taken), "somebody was lost, or mailed without a delivery"
    doubtful = {line["message_id"] for line in lines if line["ambiguous_attempts"]}
    twice = {name for name, copies in relay.taken.items() if copies > 1}
    assert twice <= doubtful
    assert len(doubtful) <= 3, "more than one message for each connection was in doubt"
    assert max(relay.taken.values()) <= 2
