"""`rounds demo`: everything on this machine, with sample people, embedded servers and an inbox that catches all."""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pipeline.core.errors import Unavailable
from pipeline.gateways.files import write_whole
from pipeline.gateways.ports import free_port, is_free, refuse_port_in_use
from pipeline.gateways.stopping import stop_on_signals
from pipeline.settings import current, demonstration_file

USUAL_PORT = 8000
STARTED = "ROUNDS_DEMONSTRATION_STARTED"  # set in the process that has the demonstration's settings
ADVICE = "Stop the other program, or choose a port with --port."

# Whoever tries this out must not find that mail went anywhere: no relay and no database of theirs is used.
NOT_TAKEN_OVER = ("DATABASE_URL", "REDIS_URL", "ROUNDS_SMTP_URL")
ENVIRONMENT = {
    "ROUNDS_DEMO": "1",
    "ROUNDS_FOUR_EYES": "off",
    "ROUNDS_SECOND_FACTOR": "off",  # nobody needs a telephone to look around
    "ROUNDS_TICK_SECONDS": "1",
    "ROUNDS_SENDER_NAME": "Rounds demonstration",
    "ROUNDS_SENDER_ADDRESS": "letters@rounds-demo.example",
    "ROUNDS_CONTROLLER_NAME": "Rounds Demonstration Press (not a real company)",
    "ROUNDS_CONTROLLER_ADDRESS": "1 Example Street, Exampletown EX1 1EX",
    "ROUNDS_CONTROLLER_EMAIL": "privacy@rounds-demo.example",
    "ROUNDS_CONTROLLER_NUMBER": "00000000",
}


@click.command()
@click.option("--once", is_flag=True, help="Fast-forward all weeks of the series, print a summary, and end.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 8000, or a free port if that is taken.")
def command(once: bool, port: int | None) -> None:
    """Show the whole river: an article, its series, sample subscribers, and an inbox that catches all mail."""
    if not os.environ.get(STARTED):
        _start_again_as_demonstration(port)
    from pipeline.cli.demo.story import tell

    settings = current()
    stopped = stop_on_signals()
    with _alone(settings.data_dir):
        tell(once=once, stopped=stopped)


def _start_again_as_demonstration(port: int | None) -> None:
    """Settings are read once a process, so that the demonstration's own need a fresh one."""
    if port is not None:
        refuse_port_in_use("127.0.0.1", port, advice=ADVICE)
    chosen = port or (USUAL_PORT if is_free("127.0.0.1", USUAL_PORT) else free_port())
    kept = {name: value for name, value in os.environ.items() if name not in NOT_TAKEN_OVER}
    own = {**ENVIRONMENT, "ROUNDS_BASE_URL": f"http://127.0.0.1:{chosen}"}
    environment = {**kept, **own, STARTED: "1"}
    write_whole(demonstration_file(current().data_dir), "".join(f"{n}='{v}'\n" for n, v in own.items()))
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "pipeline.cli", *sys.argv[1:]], environment)  # noqa: S606


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """One demonstration at a time in a data folder: two would move one clock."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unavailable(
                "A demonstration is running here already. Use it, or stop it with Ctrl-C where it was started."
            ) from None
        yield
