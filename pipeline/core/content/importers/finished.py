"""What is asked of every article from elsewhere, whichever reader read it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.content.article import Reading
from pipeline.core.content.importers.list_scope import ask
from pipeline.core.content.lost import with_losses


def finished(reading: Reading) -> Reading:
    """A reading with what a citation at the end of a list may stand for asked (E-24), and every sign of a loss."""
    article, questions = ask(reading.article)
    return with_losses(replace(reading, article=article, findings=(*reading.findings, *questions)))
