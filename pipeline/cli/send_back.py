"""`rounds send-back`: a reviewer gives an article back to its editor."""

from __future__ import annotations

import click

from pipeline.actions.send_back_article import send_back_article
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now


@click.command()
@click.argument("article")
@click.option("--remarks", required=True, help="What the editor should change.")
@json_option
@needs_database
@audited(Event.ARTICLE_SENT_BACK, "article:{article}")
def command(article: str, remarks: str, as_json: bool) -> None:
    """Give ARTICLE, which is in review, back to its editor."""
    digest = send_back_article(article, remarks, operator(), now())
    data = {"article": article, "digest": digest, "state": "draft"}
    answer(data, f"Sent back: {article}, revision {digest[:12]}.", as_json)
