"""`rounds requests`: what people ask for under the law, and by when it has to be answered."""

from __future__ import annotations

from uuid import UUID

import click

from pipeline.actions.acknowledge_request import acknowledge_request
from pipeline.actions.close_request import close_request
from pipeline.actions.extend_request import extend_request
from pipeline.actions.list_requests import ListedRequest, list_requests, overdue, show_request
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import needs_database, who
from pipeline.core.consent.rights import NAMES, Outcome, Words, in_words, lost, readable
from pipeline.gateways.clock import now
from pipeline.store.rights import RequestEvent


@click.group()
def command() -> None:
    """What people ask for under the law, and by when it has to be answered."""


@command.command("list")
@click.option(
    "--closed", type=click.IntRange(0, 10_000), default=0, help="Also the last so many closed ones."
)
@json_option
@needs_database
def list_(closed: int, as_json: bool) -> None:
    """What waits for an answer, the most pressing first."""
    found = list_requests(now(), closed=closed)
    words = "\n".join(f"{one.request.uid}  {_line(one)}" for one in found)
    answer({"requests": [_data(one) for one in found]}, words or "Nobody waits for an answer.", as_json)


@command.command()
@click.argument("request", type=click.UUID)
@json_option
@needs_database
def show(request: UUID, as_json: bool) -> None:
    """One request: what was asked, and what was done about it. It may hold personal data."""
    found, log = show_request(request, now())
    data = {
        **_data(found),
        "words": readable(found.request.words),
        "answer": readable(found.request.answer),
        "lost": lost(found.request.words, found.request.answer),
        "log": [_event(event) for event in log],
    }
    lines = [_line(found)]
    lines += _said("It says", found.request.words) + _said("The person was told", found.request.answer)
    lines += [
        f"{e.at:%Y-%m-%d %H:%M} UTC  {e.what} by {e.member or e.actor.value.replace('_', ' ')}" for e in log
    ]
    answer(data, "\n".join(lines), as_json)


@command.command()
@click.argument("request", type=click.UUID)
@json_option
@needs_database
def acknowledge(request: UUID, as_json: bool) -> None:
    """Say that the person was told that their request has arrived."""
    acknowledge_request(request, now(), who())
    found, _ = show_request(request, now())
    answer(_data(found), f"Acknowledged. {found.sentence}", as_json)


@command.command()
@click.argument("request", type=click.UUID)
@click.option("--because", required=True, help="What the person was told.")
@json_option
@needs_database
def extend(request: UUID, because: str, as_json: bool) -> None:
    """Put the answer off by two further months, once, and within the first month."""
    extend_request(request, now(), who(), because)
    found, _ = show_request(request, now())
    answer(_data(found), found.sentence, as_json)


@command.command()
@click.argument("request", type=click.UUID)
@click.option(
    "--outcome", type=click.Choice([one.value for one in Outcome]), required=True, help="How it ended."
)
@click.option("--words", default="", help="What the person was told. A refusal needs it.")
@json_option
@needs_database
def close(request: UUID, outcome: str, words: str, as_json: bool) -> None:
    """End a request, and say how."""
    close_request(request, Outcome(outcome), now(), who(), words)
    found, _ = show_request(request, now())
    answer(_data(found), f"Closed: {_spaced(outcome)}.", as_json)


def _data(one: ListedRequest) -> dict[str, object]:
    request = one.request
    return {
        "request": request.uid,
        "kind": request.kind,
        "state": request.state,
        "channel": request.channel,
        "subscriber": one.person,
        "received_at": request.received_at,
        "acknowledge_by": request.acknowledge_by,
        "acknowledged_at": request.acknowledged_at,
        "due_at": request.due_at,
        "closed_at": request.closed_at,
        "outcome": request.outcome,
        "overdue": overdue(one),
        "sentence": one.sentence,
    }


def _said(head: str, words: Words) -> list[str]:
    return [f"{head}: {in_words(words)}"] if words else []


def _event(event: RequestEvent) -> dict[str, object]:
    return {
        "at": event.at,
        "what": event.what,
        "actor": event.actor,
        "member": event.member,
        "detail": event.detail,
    }


def _line(one: ListedRequest) -> str:
    request = one.request
    if request.closed_at is None or request.outcome is None:
        return one.sentence
    return f"{NAMES[request.kind]}, closed on {request.closed_at:%Y-%m-%d}: {_spaced(request.outcome.value)}."


def _spaced(name: str) -> str:
    return name.replace("_", " ")
