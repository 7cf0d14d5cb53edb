"""The end of `make demo ONCE=1`: counts that add up, and proof that a no was kept. Anything else fails the command."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

from rich.console import Console

from pipeline.actions.show_campaign import CampaignReport
from pipeline.actions.show_consent import show_consent
from pipeline.actions.write_message import message_id_of
from pipeline.core.errors import Refused
from pipeline.gateways import clock
from pipeline.settings import current
from pipeline.store import campaigns, inbox


def print_summary(console: Console, report: CampaignReport, left: dict[str, int]) -> None:
    """Print each issue's sentence and what became of those who left. Raises Refused if a promise was not kept."""
    console.print(
        f"\nCampaign {report.campaign.name} is {report.campaign.state.value}. Audience = accepted + left out:"
    )
    for mailing in report.mailings:
        console.print(f"  issue {mailing.number}  {mailing.progress.sentence()}")
    broken = [*_uneven(report), *_undelivered(report), *_mailed_after_a_no(report, left)]
    for address, number in left.items():
        record = show_consent(address, clock.now())
        entries = ", ".join(f"{e.kind.value} by {e.method.value}" for e in record.entries)
        console.print(f"{address} left after issue {number}. Its ledger: {entries}.")
    if broken:
        raise Refused("The demonstration broke its promises:\n" + "\n".join(broken))
    console.print(
        "Every issue adds up, every accepted message is in the inbox once, and nobody got mail after a no.",
    )
    if left:
        console.print(f"The evidence for one of them: .venv/bin/rounds consent show {next(iter(left))}")


def _uneven(report: CampaignReport) -> list[str]:
    return [
        f"issue {m.number}: {m.progress.sentence()} ({m.state.value})"
        for m in report.mailings
        if not m.progress.finished() or m.progress.held
    ]


def _undelivered(report: CampaignReport) -> list[str]:
    """Accepted deliveries that the inbox has not exactly once."""
    caught: dict[str, int] = {}
    for message in inbox.newest(limit=1_000_000):
        name = str(message_from_bytes(message.message, policy=default)["Message-ID"]).strip()
        caught[name] = caught.get(name, 0) + 1
    return [
        f"issue {line.issue} to {line.address} is in the inbox {caught.get(name, 0)} times"
        for line in campaigns.delivery_lines(report.campaign.id)
        if line.state == "accepted" and caught.get(name := message_id_of(line.uid, current()), 0) != 1
    ]


def _mailed_after_a_no(report: CampaignReport, left: dict[str, int]) -> list[str]:
    return [
        f"{line.address} was sent issue {line.issue} after leaving"
        for line in campaigns.delivery_lines(report.campaign.id)
        if line.issue > left.get(line.address, 10_000) and line.state != "suppressed"
    ]
