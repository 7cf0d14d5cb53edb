"""`rounds withdraw`: take an approval back."""

from __future__ import annotations

import click

from pipeline.actions.withdraw_approval import withdraw_approval
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("article")
@click.option("--reason", required=True, help="Why. It stays in the article's history.")
@json_option
@needs_database
@audited(Event.APPROVAL_WITHDRAWN, "article:{article}")
def command(article: str, reason: str, as_json: bool) -> None:
    """Take the approval of ARTICLE back. Whatever was made from those words waits until they are signed again."""
    digest = withdraw_approval(article, reason, operator(), now())
    data = {"article": article, "digest": digest}
    answer(data, f"Withdrawn: the approval of {article}, revision {digest[:12]}.", as_json)
