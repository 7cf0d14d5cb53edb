"""`rounds approve`: a clinician signs an article off."""

from __future__ import annotations

from datetime import date, datetime

import click

from pipeline.actions.approve_article import approve_article
from pipeline.cli.answers import answer, json_option
from pipeline.cli.doors import audited, needs_database, operator
from pipeline.core.errors import BadInput
from pipeline.core.people.audit import Event
from pipeline.gateways.clock import now

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("article")
@click.option("--reviewer", required=True, help="The clinician's name, as the emails print it.")
@click.option("--profession", required=True, help="Such as 'Consultant radiologist'.")
@click.option("--registration", required=True, help="Such as 'GMC 0000000'.")
@click.option("--next-review", type=DAY, help="YYYY-MM-DD, within three years. [default: in a year]")
@click.option(
    "--demonstration", is_flag=True, help="Signed for a demonstration only: the emails will say so."
)
@click.option(
    "--digest", help="Of the revision that you read, its first 12 digits at least. [default: the newest]"
)
@click.option(
    "--letters",
    help="Of the letters that you read, its first 12 digits at least, as rounds letters gives it."
    " [default: as they read now]",
)
@click.option(
    "--without",
    multiple=True,
    metavar="SERIES",
    help="A series whose plan does not fit: the signature is on none of its letters. Once for each.",
)
@click.option(
    "--decide",
    "decisions",
    multiple=True,
    metavar="RULE:LINE=REASON",
    help="What you decided about a finding of severity A, in words. Once for each.",
)
@json_option
@needs_database
@audited(Event.ARTICLE_APPROVED, "article:{article}")
def command(
    article: str,
    reviewer: str,
    profession: str,
    registration: str,
    next_review: datetime | None,
    demonstration: bool,
    digest: str | None,
    letters: str | None,
    without: tuple[str, ...],
    decisions: tuple[str, ...],
    as_json: bool,
) -> None:
    """Sign off the newest revision of ARTICLE, a slug, with the letters made from it: rounds letters shows them.

    Any later edit, and any later change of a letter, needs a new sign-off.
    """
    decided = dict(map(_decision, decisions))
    moment = now()
    review_on = next_review.date() if next_review else _in_a_year(moment.date())
    signed = approve_article(
        article,
        reviewer,
        profession,
        registration,
        review_on,
        moment,
        digest=digest,
        letters=letters,
        without=without,
        decisions=decided,
        member=operator(),
        demonstration=demonstration,
    )
    data = {
        "article": article,
        "digest": signed,
        "reviewer": reviewer,
        "profession": profession,
        "registration": registration,
        "signed_at": moment,
        "next_review_on": review_on,
        "demonstration": demonstration,
        "decisions": decided,
        "without": list(without),
    }
    kind = "Signed off for a demonstration" if demonstration else "Signed off"
    answer(data, f"{kind}: {article}, revision {signed[:12]}. Next review by {review_on}.", as_json)


def _decision(text: str) -> tuple[str, str]:
    key, given, reason = text.partition("=")
    if not given or not reason.strip():
        raise BadInput(
            f"--decide {text!r} has no reason. Write RULE:LINE=REASON, as in 'dose.limit:41=Checked.'"
        )
    return key.strip(), reason.strip()


def _in_a_year(today: date) -> date:
    """The same day next year; 28 February for a leap day."""
    return today.replace(year=today.year + 1, day=28 if (today.month, today.day) == (2, 29) else today.day)
