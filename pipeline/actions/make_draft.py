"""Make a draft of an article that came from elsewhere: new, in place of one that nobody touched, or beside ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pipeline.actions.import_article import articles_folder, checked, digest_of, measured, with_what_stands
from pipeline.core.content.article import Finding, Reading
from pipeline.core.content.importers import read
from pipeline.core.content.intake import Intake, decide
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial.approval import ApprovalState
from pipeline.core.errors import BadInput
from pipeline.gateways.files import read_source, write_bytes, write_whole
from pipeline.settings import current
from pipeline.store import articles

INCOMING = "incoming"  # the folder in the content folder for what an editor must compare


def what_would_become(reading: Reading, given: str, now: datetime) -> Intake:
    """`given` is the digest of what the same source brought last, empty where it brought nothing."""
    slug = reading.article.slug
    state = articles.standing_of(slug, now.date()).state
    return decide(
        digest_of(measured(reading)),
        given=given,
        kept=digest_here(slug),
        with_clinician=state is not ApprovalState.DRAFT,
    )


def make_draft(
    reading: Reading,
    given: str,
    source: str,
    beside: str,
    now: datetime,
    *,
    findings: tuple[Finding, ...] | None = None,
    instead: bool = False,
) -> tuple[Intake, str]:
    """Decide and keep. `source` is what the revision is said to come from; `beside` tells the file of one that is put
    beside ours from others; `findings` are what the checks say, where they were asked already. `instead`: an editor has
    compared the two, and this one takes the place of ours, which is kept. Returns what was done, and a sentence where
    somebody has to look at it.

    Files are written before rows: whoever is interrupted between the two finds the same file the next time.
    """
    seen = measured(reading)
    article, digest = seen.article, digest_of(seen)
    kept = digest_here(article.slug)
    outcome = what_would_become(reading, given, now)
    said = ""
    if outcome is Intake.PUT_ASIDE and not instead:
        return outcome, _put_aside(reading, beside)
    if outcome is Intake.PUT_ASIDE:
        outcome, said = Intake.CHANGED, _ours_aside(article.slug, kept)
    if outcome is not Intake.UNCHANGED:
        write_whole(articles_folder() / f"{article.slug}.md", write(article))
    if outcome is not Intake.UNCHANGED or kept == digest:
        found = checked(reading, now.date()).findings if findings is None else findings
        if reading.own:  # its reader asks nothing of the source that an earlier one was read from
            found = with_what_stands(replace(seen, findings=found)).findings
        articles.save_revision(article, digest, found, source, now)
    return outcome, said


def digest_here(slug: str) -> str:
    """Of the article file of this name; empty where there is none, and never equal where it cannot be read."""
    path = articles_folder() / f"{slug}.md"
    if not path.exists():
        return ""
    try:
        return digest_of(measured(read(path.name, read_source(path))))
    except BadInput:
        return "unreadable"


def _ours_aside(slug: str, kept: str) -> str:
    """Keep what is here before another takes its place: what was typed into the file stands nowhere else."""
    ours = articles_folder() / f"{slug}.md"
    if not ours.exists():
        return "It took the place of the one that was taken out."
    name = f"{slug}.before-{kept[:8]}.md"
    write_bytes(current().content_dir / INCOMING / name, read_source(ours))
    return (
        f"It took the place of the one here, which is kept as content/{INCOMING}/{name}. If a clinician signed that,"
        " this one needs a signature of its own."
    )


def _put_aside(reading: Reading, beside: str) -> str:
    """Keep it for an editor to compare. Returns the sentence that says so."""
    name = f"{reading.article.slug}.{beside}.md"
    write_whole(current().content_dir / INCOMING / name, write(reading.article))
    return (
        f"The article here was edited, approved or taken out, so this one was put into content/{INCOMING}/{name}."
        " Compare the two, and import the one that should stand."
    )
