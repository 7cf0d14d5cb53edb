"""`rounds sending`: everything stopped, started, and the fence against copies of the database."""

from __future__ import annotations

from typing import Any

import click

from pipeline.actions.check_fence import check_fence
from pipeline.actions.confirm_sending import Confirmed, confirm_sending
from pipeline.actions.join_sending import join_sending
from pipeline.actions.look_at_sending import SendingState, look_at_sending
from pipeline.actions.replay_journals import Replay
from pipeline.actions.start_sending import start_sending
from pipeline.actions.stop_sending import stop_sending
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database, who
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.group()
def command() -> None:
    """Whether mail may leave: stop everything, start again, and say which copy of a database is the real one."""


@command.command()
@json_option
@needs_database
def status(as_json: bool) -> None:
    """Say whether mail may leave, and if not, why."""
    refusal = check_fence(now())
    _answer(look_at_sending(), as_json, {"refusal": refusal})


@command.command()
@click.option("--reason", required=True, help="Why. Others will read it.")
@json_option
@needs_database
@audited(Event.SENDING_STOPPED)
def stop(reason: str, as_json: bool) -> None:
    """Stop everything: no message of any campaign leaves until `start`. What is on the wire arrives."""
    stop_sending(reason, who(), now())
    _answer(look_at_sending(), as_json)


@command.command()
@json_option
@needs_database
@audited(Event.SENDING_STARTED)
def start(as_json: bool) -> None:
    """Let mail leave again. Nothing is sent twice for it."""
    start_sending(who(), now())
    _answer(look_at_sending(), as_json)


@command.command()
@json_option
@needs_database
@audited(Event.HOST_JOINED)
def join(as_json: bool) -> None:
    """Let this host send beside the others that send from the same database."""
    done = join_sending(now())
    _answer(look_at_sending(), as_json, {"replay": _replay_data(done)}, _replay_words(done))


@command.command()
@click.option("--without", multiple=True, metavar="HOST", help="A host that is gone, with its journals.")
@click.option(
    "--despite-lost-consents", is_flag=True, help="Entries of the consent ledger are lost for good."
)
@json_option
@needs_database
@audited(Event.SENDING_CONFIRMED)
def confirm(without: tuple[str, ...], despite_lost_consents: bool, as_json: bool) -> None:
    """Go on with a database that was restored or copied: this is the one to send from.

    What the journals of this host know of the time it has lost is told to it first, so that nobody gets mail twice.
    """
    done = confirm_sending(who(), now(), without=without, despite_lost_consents=despite_lost_consents)
    more = {
        "replay": _replay_data(done.replay),
        "waits_for": list(done.waits_for),
        "paused": list(done.paused),
        "lost_consents": done.lost_consents,
        "lost_deliveries": done.lost_deliveries,
        "noes": {
            "read": done.noes.read,
            "applied": done.noes.applied,
            "unreadable": done.noes.unreadable,
        },
    }
    _answer(look_at_sending(), as_json, more, _confirmed_words(done))


def _answer(
    state: SendingState, as_json: bool, more: dict[str, Any] | None = None, words: list[str] | None = None
) -> None:
    found = state.instance
    data = {
        "sending": found.sending_enabled,
        "reason": found.reason,
        "needs_confirm": found.needs_confirm,
        "changed_by": found.changed_by,
        "changed_at": found.changed_at,
        "epoch": found.epoch,
        "hosts": [{"name": host.name, "since": host.since} for host in found.hosts],
        "elsewhere": list(state.elsewhere),
        **(more or {}),
    }
    lines = [*(words or []), state.sentence or "Mail may leave.", *state.elsewhere]
    answer(data, "\n".join(lines), as_json)


def _replay_data(done: Replay) -> dict[str, int]:
    return {
        "journals": done.journals,
        "foreign": done.foreign,
        "damaged": done.damaged,
        "accepted": done.accepted,
        "failed": done.failed,
        "deferred": done.deferred,
        "unknown": done.unknown,
        "strangers": done.strangers,
    }


def _replay_words(done: Replay) -> list[str]:
    told = done.accepted + done.failed + done.deferred + done.unknown
    lines = [
        f"{done.journals} journals of this host were read. The database did not know of {told} attempts:"
        f" {done.accepted} accepted, {done.failed} refused, {done.deferred} put off, {done.unknown} of unknown outcome."
    ]
    if done.damaged:
        lines.append(
            f"{done.damaged} journals are damaged or of an earlier run of this machine: more may have left."
        )
    return lines


def _confirmed_words(done: Confirmed) -> list[str]:
    lines = _replay_words(done.replay)
    if done.lost_deliveries:
        lines.append(
            f"Up to {done.lost_deliveries} deliveries were made after the moment that this database knows;"
            f" {done.replay.strangers} of them had left."
        )
    if done.noes.applied:
        lines.append(
            f"{done.noes.applied} noes that this host had heard were news to the database. They hold again."
        )
    if done.noes.unreadable:
        lines.append(f"{done.noes.unreadable} noes cannot be read: see noes/ in the data folder.")
    if done.paused:
        lines.append(f"Paused, since they may have sent what seems due: {', '.join(done.paused)}.")
    if done.waits_for:
        lines.append(
            f"Still to confirm, each on its own host: {', '.join(done.waits_for)}. One that is gone: --without HOST."
        )
    return lines
