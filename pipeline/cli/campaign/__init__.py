"""`rounds campaign`: schedule a series, watch it go out, steer it."""

from __future__ import annotations

import click

from pipeline.cli.campaign.create import create
from pipeline.cli.campaign.steer import cancel, pause, release, resume
from pipeline.cli.campaign.watch import list_, status


@click.group()
def command() -> None:
    """Schedule a series, watch it go out, steer it."""


for verb in (create, list_, status, pause, resume, cancel, release):
    command.add_command(verb)
