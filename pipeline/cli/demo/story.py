"""What the demonstration shows, in order: article, series, people, the first issue; with `once`, every week."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.actions.add_member import add_member
from pipeline.actions.approve_article import approve_article
from pipeline.actions.create_campaign import NewCampaign, create_campaign
from pipeline.actions.give_roles import give_first_admin
from pipeline.actions.import_article import import_article
from pipeline.actions.plan_series import plan_series
from pipeline.actions.show_campaign import show_campaign
from pipeline.actions.show_consent import show_consent
from pipeline.cli.demo import people
from pipeline.cli.demo.people import Answer
from pipeline.cli.demo.summary import print_summary
from pipeline.cli.doors import database
from pipeline.cli.run import answers, service
from pipeline.core.consent.entry import ConsentStatus
from pipeline.core.delivery.campaign import Campaign, Mailing, Mode
from pipeline.core.delivery.lifecycle import CampaignState, MailingState
from pipeline.core.errors import NotFound, Unavailable
from pipeline.gateways import clock
from pipeline.gateways.processes import Programs
from pipeline.gateways.stopping import Stop
from pipeline.settings import current
from pipeline.store import campaigns, members

SERIES = "breast-calcifications"
PATIENCE = 60.0  # seconds for one issue to go out
LEAVE_AFTER = 3  # of the issues: half-way


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
            _prepare_article(stage)
            _gather_readers(stage, back=once)
            campaign = _campaign(stage, fresh=once)
            _first_issue(stage, campaign)
            _print_addresses(stage)
            if once:
                left = _all_weeks(stage, campaign)
                print_summary(console, show_campaign(campaign.name), left)
                return
            console.print("\nServing until Ctrl-C. [dim]make reset clears the demonstration's data.[/dim]")
            programs.keep_until(stopped)


def _prepare_article(stage: Stage) -> None:
    """Import, plan and sign off, under a name that says what the sign-off is worth."""
    now = clock.now()
    path = current().content_dir / "articles" / f"{SERIES}.md"
    imported = import_article(path, now)
    article = imported.reading.article
    plan, _ = plan_series(SERIES, now)
    approve_article(
        SERIES,
        "Demonstration sign-off (no clinician has read this)",
        "none",
        "none",
        now.date() + timedelta(days=365),
        now,
        demonstration=True,
    )
    stage.console.print(
        f"Article: {article.title}, {len(article.sections)} sections, {len(article.references)} references."
        f" Series: {len(plan.issues)} issues."
    )


def _gather_readers(stage: Stage, *, back: bool) -> None:
    """Whoever has never answered signs up through the real double opt-in; `back`: so do those who left last time."""
    new = [
        reader
        for reader in people.READERS
        if (standing := _standing(reader.address)) is None or (back and standing is ConsentStatus.WITHDRAWN)
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


def _standing(address: str) -> ConsentStatus | None:
    """Where an address stands with the list; None if it was never seen."""
    try:
        return show_consent(address, clock.now()).state.of(people.WEEKLY).status
    except NotFound:
        return None


def _campaign(stage: Stage, *, fresh: bool) -> Campaign:
    """The campaign that is going on, or a new one with its first issue due at once."""
    for campaign in campaigns.every():
        if campaign.state in (CampaignState.RUNNING, CampaignState.SCHEDULED):
            stage.console.print(f"Going on with campaign {campaign.name}.")
            return campaign
        if not fresh:
            stage.console.print(f"Campaign {campaign.name} is {campaign.state.value}.")
            return campaign
    wanted = NewCampaign(
        series=SERIES,
        purpose=people.WEEKLY,
        mode=Mode.CALENDAR,
        weekday=None,
        at=None,
        zone="Europe/London",
        home_zone="Europe/London",
        start=None,
    )
    campaign = create_campaign(wanted, clock.now())
    stage.console.print(f"Campaign {campaign.name}: {campaign.cadence.in_words()}, the first issue now.")
    return campaign


def _first_issue(stage: Stage, campaign: Campaign) -> None:
    first = campaigns.mailings(campaign.id)[0]
    if first.state in (MailingState.SCHEDULED, MailingState.MATERIALISING, MailingState.SENDING):
        _send(stage, campaign, first.number)


def _send(stage: Stage, campaign: Campaign, number: int) -> Mailing:
    """Watch one issue go out. The workers do it; this only looks."""
    deadline = time.monotonic() + PATIENCE
    with _bar(stage, f"Issue {number} goes out", 1) as (progress, task):
        while time.monotonic() < deadline and not stage.stopped.is_set():
            stage.programs.look_after()
            mailing = campaigns.mailings(campaign.id)[number - 1]
            settled = mailing.progress.audience - mailing.progress.on_the_way
            progress.update(task, total=max(mailing.progress.audience, 1), completed=settled)
            if mailing.state == MailingState.FINISHED:
                return mailing
            time.sleep(0.1)
    raise Unavailable(f"Issue {number} did not finish within {PATIENCE:.0f} s. The logs say why.")


def _all_weeks(stage: Stage, campaign: Campaign) -> dict[str, int]:
    """Move the clock from issue to issue. Half-way two readers leave. Returns who left, and after which issue."""
    left: dict[str, int] = {}
    for mailing in campaigns.mailings(campaign.id):
        if mailing.state == MailingState.SCHEDULED:
            ahead = (mailing.due_at - clock.now()).total_seconds()
            clock.advance(max(ahead, 0.0) + 1)
            _send(stage, campaign, mailing.number)
            if mailing.number >= LEAVE_AFTER and not left:
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
