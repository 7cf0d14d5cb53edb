"""`rounds web`: the web server."""

from __future__ import annotations

import click
from granian import Granian
from granian.constants import Interfaces

from pipeline.cli.doors import database
from pipeline.gateways.ports import refuse_port_in_use
from pipeline.settings import current


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Default: the port of ROUNDS_BASE_URL, else 8000."
)
def command(host: str, port: int | None) -> None:
    """Serve the public pages and the studio until stopped."""
    port = port or current().port
    refuse_port_in_use(host, port, advice="Stop the other program, or choose a port with --port.")
    with database(redis=True):
        Granian(
            "pipeline.web.served:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=current().web_processes,
            blocking_threads=current().web_threads,
            workers_kill_timeout=5,
            log_access=False,
        ).serve()
