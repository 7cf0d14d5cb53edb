"""`rounds run`: the whole service on one machine: web server, worker, scheduler and, without a relay, an inbox."""

from __future__ import annotations

import socket
import sys
import time

import click

from pipeline.cli.doors import database
from pipeline.gateways.ports import free_port, refuse_port_in_use
from pipeline.gateways.processes import Program, Programs
from pipeline.gateways.stopping import Stop, stop_on_signals
from pipeline.settings import Settings, current, inbox_port_file


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address that the web server listens on."
)
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Default: the port of ROUNDS_BASE_URL, else 8000."
)
@click.option("--quiet", is_flag=True, help="Leave what the programs say in their logs.")
def command(host: str, port: int | None, quiet: bool) -> None:
    """Run everything until Ctrl-C. What dies is started again."""
    settings = current()
    port = port or settings.port
    refuse_port_in_use(host, port, advice="Stop the other program, or choose a port with --port.")
    stopped = stop_on_signals()
    with (
        database(redis=True),
        Programs(
            service(settings, host, port), settings.data_dir / "logs", say=click.echo, echo=not quiet
        ) as programs,
    ):
        if answers(host, port, stopped, programs):
            click.echo(f"Rounds is at http://{host}:{port}. Stop it with Ctrl-C.")
        programs.keep_until(stopped)
        click.echo("Stopping.")


def service(settings: Settings, host: str, port: int) -> list[Program]:
    """The programs of the service. Without a relay of its own, mail goes to an inbox whose port is recorded first."""
    rounds = [sys.executable, "-m", "pipeline.cli"]
    celery = [sys.executable, "-m", "celery"]
    programs = [
        Program("web", [*rounds, "web", "--host", host, "--port", str(port)]),
        Program(
            "worker",
            [*celery, "-A", "worker", "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
        ),
        Program("scheduler", [*celery, "-A", "scheduler", "beat", "--loglevel", "WARNING"]),
        Program("pump", [*rounds, "pump"]),  # sends what no worker takes: mail leaves without Redis, too
    ]
    if settings.local_inbox:
        inbox = free_port()
        inbox_port_file(settings.data_dir).write_text(str(inbox))
        current.cache_clear()  # The address of the relay changed with the port.
        programs.insert(0, Program("inbox", [*rounds, "inbox", "--port", str(inbox)]))
    return programs


def answers(host: str, port: int, stopped: Stop, programs: Programs, patience: float = 30.0) -> bool:
    """Wait until the web server listens; False when it does not within `patience` seconds, or somebody stops us."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and not stopped.is_set():
        programs.look_after()
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            stopped.wait(0.1)
            continue
        return True
    return False
