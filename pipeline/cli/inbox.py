"""`rounds inbox`: the local inbox, an SMTP server that keeps every message and sends none on."""

from __future__ import annotations

import click
from django.db import close_old_connections

from pipeline.actions.catch_message import catch_message
from pipeline.cli.doors import database
from pipeline.gateways.local_inbox import serve
from pipeline.gateways.ports import refuse_port_in_use
from pipeline.settings import current, inbox_port_file


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=1025, show_default=True, help="On 127.0.0.1.")
def command(port: int) -> None:
    """Catch all mail on this machine until stopped. The inbox page shows it."""
    refuse_port_in_use("127.0.0.1", port, advice="Stop the other program, or choose a port with --port.")
    inbox_port_file(current().data_dir).write_text(str(port))
    with database():
        serve("127.0.0.1", port, _catch)


def _catch(mail_from: str, rcpt_tos: list[str], message: bytes) -> None:
    close_old_connections()  # This lives long, and its connection may have died since the last message.
    catch_message(mail_from, rcpt_tos, message)
