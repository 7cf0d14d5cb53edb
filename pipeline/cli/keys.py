"""`rounds keys`: the secret that everything is derived from, and how it is changed."""

from __future__ import annotations

import sys
from typing import Any

import click

from pipeline.actions.look_at_secrets import Secret, Secrets, look_at_secrets
from pipeline.actions.rotate_secret import Rotated, rotate_secret
from pipeline.actions.seal_anew import Resealed, seal_anew
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now
from pipeline.settings import current, old_secret_keys_file, secret_key_file

RESTART = ("web", "worker", "scheduler", "pump")


@click.group()
def command() -> None:
    """The secret that everything is derived from, and how it is changed."""


@command.command()
@json_option
@needs_database
def show(as_json: bool) -> None:
    """Print the numbers of the secrets, since when, and what is sealed under each. Never a secret."""
    found = look_at_secrets()
    answer(_data(found), "\n".join(_in_words(found)), as_json)


@command.command()
@json_option
@needs_database
def rotate(as_json: bool) -> None:
    """Put a new secret into force, and keep the old one. Where the environment has it, say what to set there.

    Members have to sign in again. The audit log has a line.
    """
    done = rotate_secret(operator(), now())
    files = [str(secret_key_file(current().data_dir)), str(old_secret_keys_file(current().data_dir))]
    data = {
        "changed": done.changed,
        "kid": done.kid,
        "files": files if done.changed else [],
        "restart": list(RESTART),
    }
    answer(data, _changed(done, files) if done.changed else _to_be_set(done), as_json)


@command.command()
@json_option
@needs_database
@audited(Event.SEALED_ANEW)
def reseal(as_json: bool) -> None:
    """Seal under the secret in force whatever is under an older one. It may be stopped, and goes on the next time.

    Ends with status 1 where something could not be sealed anew. The audit log has a line.
    """
    done = seal_anew(_progress if sys.stderr.isatty() else lambda done, total: None)
    data = {
        "people": done.people,
        "apps": done.apps,
        "words": done.words,
        "unreadable": done.unreadable,
        "held": done.held,
        **_data(done.left),
    }
    answer(data, "\n".join(_resealed(done)), as_json)
    if done.unreadable or done.held:
        sys.exit(1)


def _changed(done: Rotated, files: list[str]) -> str:
    return (
        f"Secret {done.kid} is in force. It is in {files[0]}, and those before it are in {files[1]}: keep both, and a"
        " copy of both where no dump of the database is. Copy them to every other host that works on this database.\n"
        f"Start anew, everywhere: {', '.join(RESTART)}; or `rounds run` as a whole. Until then what runs sends nothing,"
        ' and answers newer links with "try again"; links to leave that it knows work on.\n'
        "Then run `rounds keys reseal`."
    )


def _to_be_set(done: Rotated) -> str:
    return (
        "Nothing was changed: the secret is in the environment, as ROUNDS_SECRET_KEY. Wherever that is set:\n"
        f"1. Add what it is now to ROUNDS_OLD_SECRET_KEYS, as {done.kid - 1}:SECRET, behind those that stand there.\n"
        "2. Set ROUNDS_SECRET_KEY to a new one, such as `openssl rand -base64 48` prints.\n"
        f"3. Start anew, everywhere: {', '.join(RESTART)}. The first to start puts secret {done.kid} into force.\n"
        "4. Run `rounds keys reseal`."
    )


def _resealed(done: Resealed) -> list[str]:
    did = (
        f"Sealed anew: the keys of {done.people:,} people, {done.apps} second factors and {done.words:,} texts of"
        " requests."
    )
    lines = [
        did if done.people or done.apps or done.words else "Everything is sealed under the secret in force."
    ]
    if done.unreadable:
        lines.append(
            f"{done.unreadable:,} rows open under no secret of this host, and stay as they are. `rounds ledger verify`"
            " says which people they are."
        )
    if done.held:
        lines.append(f"{done.held:,} people were being changed by others. Run it again.")
    return lines + _needs(done.left)


def _needs(found: Secrets) -> list[str]:
    lines = [
        f"Secret {secret.kid} is still needed: for {'; for '.join(secret.needed_for)}."
        for secret in found.of
        if not secret.in_force
    ]
    if found.old_codes:
        lines.append(
            f"{found.old_codes} recovery codes are older than the secret in force, and work on. If a secret leaked, ask"
            " their members to make new ones, and to set up their apps again."
        )
    return lines


def _in_words(found: Secrets) -> list[str]:
    lines = [
        f"Secret {each.kid}, since {each.since:%Y-%m-%d %H:%M} UTC{', in force' if each.in_force else ''}:"
        f" {each.people:,} people, {each.apps} second factors,"
        f" {each.words:,} texts of requests, {each.signed_days} days signed."
        for each in found.of
    ]
    if found.unknown:
        lines.append(f"{found.unknown:,} people are sealed under a secret that this host does not have.")
    return lines + _needs(found)


def _data(found: Secrets) -> dict[str, Any]:
    return {
        "kid": found.kid,
        "secrets": [_json(each) for each in found.of],
        "unknown": found.unknown,
        "old_recovery_codes": found.old_codes,
    }


def _json(each: Secret) -> dict[str, Any]:
    return {
        "kid": each.kid,
        "since": each.since,
        "in_force": each.in_force,
        "people": each.people,
        "apps": each.apps,
        "words": each.words,
        "signed_days": each.signed_days,
        "needed_for": list(each.needed_for),
    }


def _progress(done: int, total: int) -> None:
    click.echo(f"\r{done:,} of {total:,} people", err=True, nl=False)
