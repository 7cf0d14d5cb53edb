"""`rounds brand`: who the letters come from and how they look."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.actions.check_brand import check_brand
from pipeline.cli.answers import answer, json_option
from pipeline.core.message.brand_file import ROLE_OF


@click.group()
def command() -> None:
    """The brand: names, addresses, colours, fonts and logo of the letters."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@json_option
@click.pass_context
def check(context: click.Context, file: Path | None, as_json: bool) -> None:
    """Check a brand FILE, or the one in use: its form, that every pair of colours can be read, that the logo is there.

    Exit status 1 when something is wrong. No database is asked.
    """
    checked = check_brand(file)
    where = str(checked.place) if checked.place else None
    colours = {
        mode: {ROLE_OF.get(name, name): value for name, value in own.items()}
        for mode, own in checked.brand.colours.items()
    }
    data = {"file": where, "faults": list(checked.faults), "colours": colours}
    fine = f"{where or 'There is no brand file'}: every pair of colours can be read."
    answer(data, "\n".join(checked.faults) or fine, as_json)
    context.exit(1 if checked.faults else 0)
