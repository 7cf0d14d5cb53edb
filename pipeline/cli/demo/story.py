"""What the demonstration shows, in order: articles, series, people, the first issues; with `once`, every week."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.actions.add_member import add_member
from pipeline.actions.give_roles import give_first_admin
from pipeline.actions.show_campaign import show_campaign
from pipeline.actions.show_consent import show_consent
from pipeline.cli.demo import people, programme
from pipeline.cli.demo.people import Answer
from pipeline.cli.demo.programme import Part
from pipeline.cli.demo.summary import print_summary
from pipeline.cli.doors import database
from pipeline.cli.run import answers, service
from pipeline.core.consent.entry import ConsentStatus
from pipeline.core.delivery.campaign import Campaign
from pipeline.core.delivery.lifecycle import MailingState
from pipeline.core.errors import NotFound, Unavailable
from pipeline.gateways import clock
from pipeline.gateways.processes import Programs
from pipeline.gateways.queue import Job, enqueue
from pipeline.gateways.stopping import Stop
from pipeline.settings import current
from pipeline.store import campaigns, members

PATIENCE = 60.0  # seconds for one issue to go out
LEAVE_AFTER = 3  # of the issues: half-way
ON_THE_WAY = (MailingState.SCHEDULED, MailingState.MATERIALISING, MailingState.SENDING)


@dataclass(slots=True)
class Stage:
    """What the scenes share."""

    console: Console
    programs: Programs
    base_url: str
    stopped: Stop


def tell(*, once: bool, stopped: Stop) -> None:
    """Start everything, play the scenes, and serve until `stopped` or, with `once`, to the end of the series."""
    settings = current()
    console = Console(highlight=False, soft_wrap=True)
    console.print("Starting PostgreSQL, Redis, the web server, a worker, the scheduler and an inbox.")
    with database(redis=True):
        host, port = "127.0.0.1", settings.port
        with Programs(service(settings, host, port), settings.data_dir / "logs", say=click.echo) as programs:
            stage = Stage(console, programs, settings.base_url, stopped)
            if not answers(host, port, stopped, programs):
                raise Unavailable(
                    f"The web server did not start. Its log is in {settings.data_dir / 'logs'}."
                )
            parts = programme.parts(once=once)
            _prepare_articles(stage, parts)
            if once:
                _clear_away(stage, parts)
            _gather_readers(stage, back=once)
            shown = _campaigns(stage, parts, fresh=once)
            _print_addresses(stage)
            if once:
                left = _all_weeks(stage, shown)
                print_summary(console, [show_campaign(each.name) for each in shown.values()], left)
                return
            console.print("\nServing until Ctrl-C. [dim]make reset clears the demonstration's data.[/dim]")
            programs.keep_until(stopped)


def _prepare_articles(stage: Stage, parts: Iterable[Part]) -> None:
    for part in parts:
        article, plan = programme.prepare(part, clock.now())
        told = f"{len(article.sections)} sections" if article.sections else f"{len(article.faq)} questions"
        stage.console.print(
            f"Article: {article.title}, {told}, {len(article.references)} references."
            f" Series: {len(plan.issues)} {'letters' if part.purpose == people.DAILY else 'issues'}."
        )


def _clear_away(stage: Stage, parts: Sequence[Part]) -> None:
    """The clock leaps from the end of one demonstration to the beginning of the next."""
    for name in programme.clear_away(parts):
        stage.console.print(f"Campaign {name} of the last time is cancelled.")
    if any(map(programme.newest, parts)):
        clock.advance(timedelta(days=7).total_seconds())


def _gather_readers(stage: Stage, *, back: bool) -> None:
    """Whoever has never answered signs up through the real double opt-in; `back`: so do those who left last time."""
    new = [
        reader
        for reader in people.READERS
        if (standing := _standing(reader)) is None or (back and standing is ConsentStatus.WITHDRAWN)
    ]
    if not new:
        stage.console.print(f"{len(people.READERS)} readers are known already.")
        return
    with _bar(stage, "Readers sign up and confirm", len(new)) as (progress, task):
        people.sign_up(stage.base_url, new, lambda _: progress.advance(task))
    said = {answer: sum(reader.answer is answer for reader in new) for answer in Answer}
    stage.console.print(
        "Of these: " + ", ".join(f"{n} {answer.value}" for answer, n in said.items() if n) + "."
    )


def _standing(reader: people.Reader) -> ConsentStatus | None:
    """Where somebody stands with their lists: None where they were never seen on one of them; else the first that they
    do not get.
    """
    try:
        known = show_consent(reader.address, clock.now()).state
    except NotFound:
        return None
    found = [known.of(each).status for each in reader.lists]
    if ConsentStatus.UNKNOWN in found:
        return None
    return next((status for status in found if not status.permits), found[0])


def _campaigns(stage: Stage, parts: Iterable[Part], *, fresh: bool) -> dict[Part, Campaign]:
    """The campaign of each series that is going on, or a new one, whose first issue goes out if it begins at once."""
    found = {}
    for part in parts:
        campaign = None if fresh else programme.newest(part)
        if campaign is None:
            campaign = programme.schedule(part, clock.now())
            when = f"on {campaign.starts_at:%-d %B %Y}" if part.begins else "now"
            said = f"{campaign.cadence.in_words()}, the first {when}"
        else:
            said = "goes on" if programme.is_open(campaign) else f"is {campaign.state.value}"
        stage.console.print(f"Campaign {campaign.name}: {said}.")
        found[part] = campaign
        if not part.begins:
            _send_first(stage, campaign)
    return found


def _send_first(stage: Stage, campaign: Campaign) -> None:
    first = campaigns.mailings(campaign.id)[0]
    if first.state in ON_THE_WAY:
        _send(stage, campaign, first.number)


def _send(stage: Stage, campaign: Campaign, number: int) -> None:
    """Ring for a tick and for a sender, and watch one issue go out. The workers do it; this only looks."""
    deadline = time.monotonic() + PATIENCE
    seen = None
    enqueue(Job.TICK)  # the scheduler's own comes within a second, and there are many weeks
    with _bar(stage, f"{campaign.series_title}: {number} goes out", 1) as (progress, task):
        while time.monotonic() < deadline and not stage.stopped.is_set():
            stage.programs.look_after()
            mailing = campaigns.mailings(campaign.id)[number - 1]
            settled = mailing.progress.audience - mailing.progress.on_the_way
            progress.update(task, total=max(mailing.progress.audience, 1), completed=settled)
            if mailing.state is MailingState.FINISHED:
                return
            if mailing.state is MailingState.SENDING and seen is not mailing.state:
                enqueue(Job.DRAIN)
            seen = mailing.state
            time.sleep(0.05)
    raise Unavailable(f"Issue {number} did not finish within {PATIENCE:.0f} s. The logs say why.")


def _all_weeks(stage: Stage, shown: Mapping[Part, Campaign]) -> dict[str, int]:
    """Move the clock from issue to issue. Half-way through the first series two readers leave. Returns who left, and
    after which of its issues.
    """
    left: dict[str, int] = {}
    while following := programme.next_mailing(shown):
        part, mailing = following
        ahead = (mailing.due_at - clock.now()).total_seconds()
        clock.advance(max(ahead, 0.0) + 1)
        _send(stage, shown[part], mailing.number)
        if part.series == programme.FIRST and mailing.number >= LEAVE_AFTER and not left:
            left = _some_leave(stage, mailing.number)
    return left


def _some_leave(stage: Stage, number: int) -> dict[str, int]:
    leaving = {
        f"{people.ONE_CLICK}@readers.test": people.leave_by_one_click,
        f"{people.BY_PAGE}@readers.test": people.leave_by_page,
    }
    for address, leave in leaving.items():
        leave(address)
    stage.console.print(f"After issue {number} two readers leave: {' and '.join(leaving)}.")
    return dict.fromkeys(leaving, number)


def _print_addresses(stage: Stage) -> None:
    name = "demo"
    password_file = current().data_dir / "studio-password"
    if not password_file.exists() or not members.exists(name):
        password_file.touch(mode=0o600)
        password_file.write_text(add_member(name, address="you@studio.test", admin=True))
        give_first_admin(name)
    stage.console.print(
        f"\n  Inbox         {stage.base_url}/inbox/\n"
        f"  Studio        {stage.base_url}/studio/   (sign in as {name}, password {password_file.read_text()})\n"
        f"                No second factor is asked for here; in real use one is.\n"
        f"  Public pages  {stage.base_url}/"
    )


class _bar:  # noqa: N801 - read as a word: with _bar(...)
    """A progress bar for the length of a block; off a terminal it prints its last line only."""

    def __init__(self, stage: Stage, words: str, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=stage.console,
        )
        self._words, self._total = words, total

    def __enter__(self) -> tuple[Progress, TaskID]:
        self._progress.start()
        return self._progress, self._progress.add_task(self._words, total=self._total)

    def __exit__(self, *_: object) -> None:
        self._progress.stop()
