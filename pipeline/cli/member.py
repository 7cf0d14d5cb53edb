"""`rounds member`: who may sign in to the studio."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from pipeline.actions.add_member import add_member
from pipeline.actions.give_roles import give_first_admin, give_roles
from pipeline.actions.list_members import list_members
from pipeline.actions.lock_member import lock_member, unlock_member
from pipeline.actions.reset_second_factor import reset_second_factor
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database, operator
from pipeline.core.accounts.member import Member
from pipeline.core.errors import BadInput, NotFound
from pipeline.core.people.powers import Role, read_roles
from pipeline.settings import current
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
def add(name: str, address: str, password_stdin: bool, admin: bool, as_json: bool) -> None:
    """Add member NAME, or give one a new password, which signs them out everywhere.

    A password that was made is printed once and kept nowhere.
    """
    given = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    password = add_member(name, given, address, admin=admin, by=operator())
    if admin:
        give_first_admin(name)
    made = None if given is not None else password
    page = f"{current().base_url}/studio/"
    next_move = (
        f"Next, {name} signs in at {page} and sets up a second factor there: an authenticator app or a passkey."
        if current().second_factor
        else f"Next, {name} signs in at {page}. No second factor is asked for on this machine."
    )
    has = _shown(members.roles(name))
    text = (
        f"{name} may sign in to the studio. Roles: {', '.join(has) or 'none yet, see `rounds member roles`'}."
    )
    text += f"\nThe password, shown this once: {made}" if made else ""
    answer(
        {"name": name, "password": made, "roles": has, "sign_in_at": page}, f"{text}\n{next_move}", as_json
    )


@command.command("list")
@json_option
@needs_database
def list_(as_json: bool) -> None:
    """Say who may sign in, with how many second factors and recovery codes, and when they last did."""
    members = list_members()
    text = (
        "\n".join(_line(member) for member in members)
        or "Nobody yet. `rounds member add NAME` adds a member."
    )
    answer([asdict(member) for member in members], text, as_json)


@command.command("reset-second-factor")
@click.argument("name")
@json_option
@needs_database
def reset(name: str, as_json: bool) -> None:
    """Take all second factors and recovery codes from NAME, and sign them out.

    For somebody who lost them, and whom you know: with the password alone they set up a new one at the next sign-in.
    """
    removed = reset_second_factor(name, by=operator())
    text = f"{name} has no second factor any more ({removed} removed), and sets one up at the next sign-in."
    answer({"name": name, "removed": removed}, text, as_json)


@command.command()
@click.argument("name")
@json_option
@needs_database
def lock(name: str, as_json: bool) -> None:
    """Sign NAME out at once, and let them in no more. Their work stays."""
    changed = lock_member(name, by=operator())
    answer(
        {"name": name, "locked": True, "changed": changed},
        f"{name} is locked, and signed out." if changed else f"{name} was locked already.",
        as_json,
    )


@command.command()
@click.argument("name")
@json_option
@needs_database
def unlock(name: str, as_json: bool) -> None:
    """Let NAME sign in again, with the password and the second factor they had."""
    changed = unlock_member(name, by=operator())
    answer(
        {"name": name, "locked": False, "changed": changed},
        f"{name} may sign in again." if changed else f"{name} was not locked.",
        as_json,
    )


def _line(member: Member) -> str:
    last = f"{member.last_signed_in_at:%Y-%m-%d %H:%M} UTC" if member.last_signed_in_at else "never"
    words = [
        "locked" if member.locked else "",
        "admin" if member.admin else "",
        f"second factors: {member.factors}",
        f"recovery codes: {member.recovery_codes}",
        f"sessions: {member.sessions}",
        f"last sign-in: {last}",
    ]
    return f"{member.name}  {', '.join(word for word in words if word)}"


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
    elif members.by_name(name) is None:
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
