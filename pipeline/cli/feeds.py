"""`rounds feeds`: articles that come by themselves, as drafts."""

from __future__ import annotations

import click

from pipeline.actions.fetch_feeds import FedIn, fetch_feed, waits
from pipeline.actions.follow_feed import follow_feed
from pipeline.actions.steer_feed import find_feed, list_feeds, pause_feed, remove_feed, resume_feed
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database
from pipeline.core.content.intake import Intake
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now
from pipeline.store.feeds import StoredEntry, StoredFeed


@click.group()
def command() -> None:
    """Feeds that are read on a schedule: each new or changed article becomes a draft, and never a campaign."""


@command.command()
@click.argument("name")
@click.argument("url")
@click.option("--every", type=int, default=24, show_default=True, metavar="HOURS", help="How often to look.")
@click.option("--only-new", is_flag=True, help="Leave out what the feed has today.")
@json_option
@needs_database
@audited(Event.FEED_STEERED, "feed:{name}")
def add(name: str, url: str, every: int, only_new: bool, as_json: bool) -> None:
    """Read the feed at URL from now on, and call it NAME."""
    done = follow_feed(name, url, every, now(), only_new=only_new)
    answer(_fed_data(done), f"{name} is read every {every} hours. {_fed_words(done)}", as_json)


@command.command("list")
@json_option
@needs_database
def list_(as_json: bool) -> None:
    """Show every feed, when it was read, and what is wrong with it."""
    found = list_feeds()
    words = "\n".join(map(_line, found)) or "No feed is read. Add one: rounds feeds add NAME URL"
    answer({"feeds": [_data(feed) for feed in found]}, words, as_json)


@command.command()
@click.argument("name")
@json_option
@needs_database
def show(name: str, as_json: bool) -> None:
    """Show what the feed NAME brought, and what became of each article."""
    feed, entries = find_feed(name)
    words = "\n".join([_line(feed), *(f"  {_entry_line(entry)}" for entry in entries)])
    answer({**_data(feed), "entries": [_entry_data(entry) for entry in entries]}, words, as_json)


@command.command()
@click.argument("name")
@json_option
@needs_database
@audited(Event.FEED_STEERED, "feed:{name}")
def fetch(name: str, as_json: bool) -> None:
    """Read the feed NAME now."""
    done = fetch_feed(find_feed(name)[0], now())
    answer(_fed_data(done), _fed_words(done), as_json)


@command.command()
@click.argument("name")
@json_option
@needs_database
@audited(Event.FEED_STEERED, "feed:{name}")
def pause(name: str, as_json: bool) -> None:
    """Do not read the feed NAME until it is resumed."""
    pause_feed(name, now())
    answer({"paused": name}, f"{name} is not read until: rounds feeds resume {name}", as_json)


@command.command()
@click.argument("name")
@json_option
@needs_database
@audited(Event.FEED_STEERED, "feed:{name}")
def resume(name: str, as_json: bool) -> None:
    """Read the feed NAME again."""
    resume_feed(name, now())
    answer({"resumed": name}, f"{name} is read again, at the next tick.", as_json)


@command.command()
@click.argument("name")
@json_option
@needs_database
@audited(Event.FEED_STEERED, "feed:{name}")
def remove(name: str, as_json: bool) -> None:
    """Forget the feed NAME. The articles that it brought stay."""
    remove_feed(name)
    answer({"removed": name}, f"{name} is not read any more. Its articles stay.", as_json)


def _fed_words(done: FedIn) -> str:
    counts = ", ".join(f"{count} {outcome.value}" for outcome, count in done.counts.items() if count)
    lines = [f"Read: {counts or 'nothing changed'}."]
    if done.waiting:
        lines.append(waits(done.waiting))
    return "\n".join([*lines, *(f"  {_entry_line(entry)}" for entry in done.told)])


def _fed_data(done: FedIn) -> dict[str, object]:
    counts = {outcome.value.replace(" ", "_"): count for outcome, count in done.counts.items()}
    counts["waiting"] = done.waiting
    return {"feed": done.name, **counts, "look_at": [_entry_data(entry) for entry in done.told]}


def _line(feed: StoredFeed) -> str:
    when = f"read {feed.fetched_at:%Y-%m-%d %H:%M} UTC" if feed.fetched_at else "not read yet"
    state = "paused" if feed.paused else f"next {feed.next_at:%Y-%m-%d %H:%M} UTC"
    wrong = f"\n  {feed.problem}" if feed.problem else ""
    return f"{feed.name:<24} every {feed.every_hours} h, {when}, {state}  {feed.url}{wrong}"


def _data(feed: StoredFeed) -> dict[str, object]:
    return {
        "name": feed.name,
        "url": feed.url,
        "every_hours": feed.every_hours,
        "paused": feed.paused,
        "fetched_at": feed.fetched_at,
        "next_at": feed.next_at,
        "failures": feed.failures,
        "problem": feed.problem,
    }


def _entry_line(entry: StoredEntry) -> str:
    slug = f" ({entry.slug})" if entry.slug else ""
    why = f": {entry.problem}" if entry.problem else ""
    return f"{entry.outcome.value:<10} {entry.title}{slug}{why}"


def _entry_data(entry: StoredEntry) -> dict[str, object]:
    return {
        "title": entry.title,
        "url": entry.url,
        "slug": entry.slug,
        "outcome": Intake(entry.outcome).value,
        "problem": entry.problem,
        "seen_at": entry.seen_at,
    }
