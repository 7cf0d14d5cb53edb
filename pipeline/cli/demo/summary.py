"""The end of `make demo ONCE=1`: counts that add up, and proof that a no was kept. Anything else fails the command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from email.parser import BytesHeaderParser

from rich.console import Console

from pipeline.actions.show_campaign import CampaignReport
from pipeline.actions.show_consent import show_consent
from pipeline.actions.write_message import message_id_of
from pipeline.core.errors import Refused
from pipeline.gateways import clock
from pipeline.settings import current
from pipeline.store import campaigns, inbox


def print_summary(console: Console, reports: Sequence[CampaignReport], left: dict[str, int]) -> None:
    """Print each issue's sentence and what became of those who left after an issue of the first campaign. Raises
    Refused if a promise was not kept.
    """
    console.print("\nAudience = accepted + left out:")
    for report in reports:
        sent = [mailing for mailing in report.mailings if mailing.opened_at]
        more = len(report.mailings) - len(sent)
        console.print(
            f"Campaign {report.campaign.name} is {report.campaign.state.value}{f', {more} to come' if more else ''}."
        )
        for mailing in sent:
            console.print(f"  issue {mailing.number}  {mailing.progress.sentence()}")
    copies = _copies()
    broken = [
        line for report in reports for line in (*_uneven(report), *_undelivered(report, copies))
    ] + _mailed_after_a_no(reports, left)
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
        f"{report.campaign.name}, issue {m.number}: {m.progress.sentence()} ({m.state.value})"
        for m in report.mailings
        if m.opened_at and (not m.progress.finished() or m.progress.held)
    ]


def _copies() -> Counter[str]:
    """How often each message is in the inbox, by its Message-ID. Of each its head alone is read: there are many."""
    read = BytesHeaderParser().parsebytes
    return Counter(str(read(each.message)["Message-ID"]).strip() for each in inbox.newest(limit=1_000_000))


def _undelivered(report: CampaignReport, copies: Counter[str]) -> list[str]:
    """Accepted deliveries that the inbox has not exactly once."""
    return [
        f"{report.campaign.name}, issue {line.issue} to {line.address} is in the inbox {copies[name]} times"
        for line in campaigns.delivery_lines(report.campaign.id)
        if line.state == "accepted" and copies[name := message_id_of(line.uid, current())] != 1
    ]


def _mailed_after_a_no(reports: Sequence[CampaignReport], left: dict[str, int]) -> list[str]:
    """The series that follow the first on its list began after they had left."""
    first, *later = reports
    after = [(first, left), *((each, dict.fromkeys(left, 0)) for each in later)]
    return [
        f"{line.address} was sent issue {line.issue} of {report.campaign.name} after leaving"
        for report, last in after
        for line in campaigns.delivery_lines(report.campaign.id)
        if line.issue > last.get(line.address, 10_000) and line.state != "suppressed"
    ]
