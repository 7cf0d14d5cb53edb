"""`rounds pump`: ticks, sends and reads feeds without Celery and without Redis."""

from __future__ import annotations

import click

from pipeline.actions.pump import pump
from pipeline.cli.doors import database
from pipeline.gateways.stopping import stop_on_signals
from pipeline.settings import current


@click.command()
@click.option(
    "--after",
    type=click.FloatRange(0, 3600),
    default=10.0,
    show_default=True,
    help="Seconds that mail may be due before the pump takes it: Celery's workers come first. 0: it never waits.",
)
def command(after: float) -> None:
    """Send what is due, whether or not Celery and Redis run. Ends on Ctrl-C, when what is under way is settled.

    Beside Celery it is a safety net: it also ticks, sends what nobody took, and reads the feeds that nobody read. Alone
    (--after 0) it is all that sending needs besides PostgreSQL.
    """
    stopped = stop_on_signals()
    with database():
        pump(current(), after, stopped)
