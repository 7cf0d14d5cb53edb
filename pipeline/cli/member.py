"""`rounds member`: who may sign in to the studio."""

from __future__ import annotations

import sys

import click

from pipeline.actions.add_member import add_member
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database


@click.group()
def command() -> None:
    """Who may sign in to the studio."""


@command.command()
@click.argument("name")
@click.option("--address", default="", help="Where the member's test emails go.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of making one."
)
@click.option("--admin", is_flag=True, help="They may stop everything, and start it again, in the studio.")
@json_option
@needs_database
def add(name: str, address: str, password_stdin: bool, admin: bool, as_json: bool) -> None:
    """Add member NAME, or give one a new password, which signs them out everywhere.

    A password that was made is printed once and kept nowhere.
    """
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    password = add_member(name, given, address, admin=admin)
    made = None if given is not None else password
    text = f"{name} may sign in to the studio."
    text += f"\nThe password, shown this once: {made}" if made else ""
    answer({"name": name, "password": made}, text, as_json)
