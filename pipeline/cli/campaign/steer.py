"""`rounds campaign pause | resume | cancel | release`."""

from __future__ import annotations

import click

from pipeline.actions.cancel_campaign import cancel_campaign
from pipeline.actions.pause_campaign import pause_campaign
from pipeline.actions.release_mailing import release_mailing
from pipeline.actions.resume_campaign import resume_campaign
from pipeline.actions.show_campaign import show_campaign
from pipeline.cli.answers import answer, json_option
from pipeline.cli.campaign.shape import campaign_data, campaign_line, report_data, report_words
from pipeline.cli.doors import audited, needs_database
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("name")
@json_option
@needs_database
@audited(Event.CAMPAIGN_PAUSED, "campaign:{name}")
def pause(name: str, as_json: bool) -> None:
    """Stop campaign NAME where it is. What is on the wire arrives; nothing else leaves. Twice is the same as once."""
    campaign = pause_campaign(name, now())
    answer(campaign_data(campaign), campaign_line(campaign), as_json)


@click.command()
@click.argument("name")
@json_option
@needs_database
@audited(Event.CAMPAIGN_RESUMED, "campaign:{name}")
def resume(name: str, as_json: bool) -> None:
    """Let campaign NAME go on where it was. Nothing is sent again."""
    campaign = resume_campaign(name, now())
    answer(campaign_data(campaign), campaign_line(campaign), as_json)


@click.command()
@click.argument("name")
@json_option
@needs_database
@audited(Event.CAMPAIGN_CANCELLED, "campaign:{name}")
def cancel(name: str, as_json: bool) -> None:
    """End campaign NAME for good. What was handed over stays handed over."""
    handed_over, cancelled = cancel_campaign(name)
    campaign = show_campaign(name).campaign
    text = (
        f"Cancelled {name}. Handed over before, and not to be called back: {handed_over}. "
        f"Still waiting, and now not to be sent: {cancelled}."
    )
    data = {**campaign_data(campaign), "handed_over": handed_over, "cancelled": cancelled}
    answer(data, text, as_json)


@click.command()
@click.argument("name")
@click.argument("number", type=int)
@click.option("--now", "at_once", flag_value=True, type=bool, default=None, help="Send it at once.")
@click.option(
    "--next-slot",
    "at_once",
    flag_value=False,
    type=bool,
    help="Move it and all after it to the coming slots.",
)
@json_option
@needs_database
@audited(Event.MAILING_RELEASED, "campaign:{name}/{number}")
def release(name: str, number: int, at_once: bool | None, as_json: bool) -> None:
    """Decide about issue NUMBER of campaign NAME, which missed its moment and is held late."""
    if at_once is None:
        raise click.UsageError("Say when: --now, or --next-slot.")
    release_mailing(name, number, now(), at_once=at_once)
    report = show_campaign(name)
    answer(report_data(report), report_words(report), as_json)
