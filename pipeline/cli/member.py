"""`rounds member`: who may sign in to the studio."""

from __future__ import annotations

import sys

import click

from pipeline.actions.add_member import add_member
from pipeline.actions.give_roles import give_first_admin, give_roles
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.errors import BadInput, NotFound
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Role, read_roles
from pipeline.store import members


@click.group()
def command() -> None:
    """Who may sign in to the studio."""


@command.command()
@click.argument("name")
@click.option("--address", default="", help="Where the member's test emails go.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of making one."
)
@click.option(
    "--admin",
    is_flag=True,
    help="They say who has which role. The first admin gets every role, to start with.",
)
@json_option
@needs_database
@audited(Event.MEMBER_ADDED, "member:{name}")
def add(name: str, address: str, password_stdin: bool, admin: bool, as_json: bool) -> None:
    """Add member NAME, or give one a new password, which signs them out everywhere.

    A password that was made is printed once and kept nowhere.
    """
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    password = add_member(name, given, address, admin=admin)
    if admin:
        give_first_admin(name)
    made = None if given is not None else password
    has = _shown(members.roles(name))
    text = (
        f"{name} may sign in to the studio. Roles: {', '.join(has) or 'none yet, see `rounds member roles`'}."
    )
    text += f"\nThe password, shown this once: {made}" if made else ""
    answer({"name": name, "password": made, "roles": has}, text, as_json)


@command.command()
@click.argument("name")
@click.argument("roles", nargs=-1)
@click.option("--none", "nothing", is_flag=True, help="Take every role away.")
@json_option
@needs_database
def roles(name: str, roles: tuple[str, ...], nothing: bool, as_json: bool) -> None:
    """Give member NAME exactly these ROLES: editor, clinical_reviewer, sender, privacy_officer, admin.

    Without any, say which they have. A change counts at once.
    """
    if roles and nothing:
        raise BadInput("Name roles, or say --none.")
    if roles or nothing:
        give_roles(name, _read(roles), operator())
    elif not members.is_known(name):
        raise NotFound(f"There is no member {name!r}. `rounds member add` makes one.")
    has = _shown(members.roles(name))
    answer({"name": name, "roles": has}, f"{name}: {', '.join(has) or 'no role'}", as_json)


def _read(words: tuple[str, ...]) -> frozenset[Role]:
    try:
        return read_roles(words)
    except KeyError as error:
        known = ", ".join(role.value for role in Role)
        raise BadInput(f"There is no role {error.args[0]!r}. Known: {known}.") from None


def _shown(has: frozenset[Role]) -> list[str]:
    return [role.value for role in Role if role in has]
