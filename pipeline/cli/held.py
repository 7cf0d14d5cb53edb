"""`rounds held`: sign-ups that wait for somebody to look at them."""

from __future__ import annotations

from uuid import UUID

import click

from pipeline.actions.drop_held import drop_held
from pipeline.actions.list_held import list_held
from pipeline.actions.release_held import release_held
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database
from pipeline.gateways.clock import now
from pipeline.store.confirmations import StoredConfirmation


@click.group()
def command() -> None:
    """Sign-ups that look like a mail bomb, or are for a role address: nothing was sent for them yet."""


@command.command("list")
@json_option
@needs_database
def list_(as_json: bool) -> None:
    """Show the oldest 500. This prints personal data."""
    found = list_held()
    words = "\n".join(_line(one) for one in found)
    answer({"held": [_data(one) for one in found]}, words or "No sign-up is held.", as_json)


@command.command()
@click.argument("uid", type=click.UUID)
@json_option
@needs_database
def release(uid: UUID, as_json: bool) -> None:
    """Send the confirmation mail of the sign-up UID after all."""
    release_held(uid, now())
    answer({"released": uid}, "Its confirmation mail is queued.", as_json)


@command.command()
@click.argument("uid", type=click.UUID)
@json_option
@needs_database
def drop(uid: UUID, as_json: bool) -> None:
    """Give up the sign-up UID: nothing is ever sent for it."""
    drop_held(uid, now())
    answer({"dropped": uid}, "It is dropped, and nothing was sent.", as_json)


def _data(one: StoredConfirmation) -> dict[str, object]:
    return {
        "uid": one.uid,
        "address": one.address,
        "purposes": [asked.purpose for asked in one.purposes],
        "why": one.held,
        "placement": one.evidence.get("placement"),
        "asked_at": one.created_at,
        "expires_at": one.expires_at,
    }


def _line(one: StoredConfirmation) -> str:
    lists = ", ".join(asked.purpose for asked in one.purposes)
    return f"{one.uid}  {one.created_at:%Y-%m-%d %H:%M} UTC  {one.address}  {one.held.replace('_', ' ')}  {lists}"
