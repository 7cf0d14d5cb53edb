"""`rounds submit`: ask for a clinical review."""

from __future__ import annotations

import click

from pipeline.actions.submit_article import submit_article
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("article")
@click.option("--remarks", default="", help="What the reviewer should know.")
@json_option
@needs_database
@audited(Event.ARTICLE_SUBMITTED, "article:{article}")
def command(article: str, remarks: str, as_json: bool) -> None:
    """Put the newest revision of ARTICLE, a slug, before the reviewers. Twice is the same as once."""
    digest = submit_article(article, operator(), now(), remarks=remarks)
    data = {"article": article, "digest": digest, "state": "in_review"}
    answer(data, f"Submitted for review: {article}, revision {digest[:12]}.", as_json)
