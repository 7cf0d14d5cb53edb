"""`rounds dkim`: the keys that sign mail, and the DNS records that make them known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipeline.actions.check_dkim_keys import check_dkim_keys
from pipeline.actions.make_dkim_key import make_dkim_key
from pipeline.actions.show_dkim_keys import show_dkim_keys
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database
from pipeline.core.message.dns_record import DkimRecord
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now
from pipeline.gateways.dkim import KINDS


@click.group()
def command() -> None:
    """The keys that sign mail, and the DNS records that make them known."""


@command.command()
@click.option(
    "--selector", default="", help="The key's name. Default: its kind and the month, such as r202611."
)
@click.option("--type", "kind", type=click.Choice(KINDS), default="rsa", help="Default: rsa, of 2048 bits.")
@click.option("--domain", default="", help="Default: the domain of the sender's address.")
@click.option("--out", type=click.Path(path_type=Path), help="Default: a file in the data folder.")
@json_option
@needs_database
@audited(Event.KEY_MADE, "dkim:{selector}")
def new(selector: str, kind: str, domain: str, out: Path | None, as_json: bool) -> None:
    """Make a key, and print the DNS record to publish. No file is ever overwritten. The audit log has a line."""
    made = make_dkim_key(kind, selector, domain, out, now())
    data = {**_json(made.record), "file": made.path, "setting": made.setting}
    text = (
        f"The key is in {made.path}, readable by its owner alone.\n\n{_in_words(made.record)}\n\n"
        f'Then set ROUNDS_DKIM_KEYS="{made.setting}", start Rounds again, and try `rounds dkim check`.'
    )
    answer(data, text, as_json)


@command.command()
@json_option
def show(as_json: bool) -> None:
    """Print the DNS records of the keys that sign now."""
    records = show_dkim_keys()
    text = "\n\n".join(map(_in_words, records)) or "No key signs here. `rounds dkim new` makes one."
    answer({"keys": [_json(record) for record in records]}, text, as_json)


@command.command()
@click.option("--record", default="", help="A published TXT record, as `dig +short TXT` prints it.")
@click.option("--selector", default="", help="The key that the record is for, if there are several.")
@json_option
@click.pass_context
def check(context: click.Context, record: str, selector: str, as_json: bool) -> None:
    """Say whether list mail would leave signed. Status 1 when it would not. Nothing is sent or looked up."""
    found = check_dkim_keys(record, selector)
    good = (
        "Signed by " + ", ".join(f"{r.selector} ({r.algorithm}, {r.domain})" for r in found.records) + "."
        if found.records
        else "The relay signs, as ROUNDS_RELAY_SIGNS says."
    )
    data = {
        "keys": [_json(each) for each in found.records],
        "relay_signs": found.relay_signs,
        "problems": found.problems,
    }
    answer(data, "\n".join(found.problems) or good, as_json)
    if found.problems:
        context.exit(1)


def _json(record: DkimRecord) -> dict[str, Any]:
    return {
        "selector": record.selector,
        "algorithm": record.algorithm,
        "domain": record.domain,
        "name": record.name,
        "value": record.value,
        "strings": record.strings,
        "zone_line": record.zone_line,
    }


def _in_words(record: DkimRecord) -> str:
    return (
        f"Publish this TXT record for {record.domain}:\n\n"
        f"  name   {record.name}\n  value  {record.value}\n\n"
        f"In a zone file:\n\n{record.zone_line}"
    )
