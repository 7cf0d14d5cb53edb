"""What is asked of every article from elsewhere, whichever reader read it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.content.article import Reading
from pipeline.core.content.importers.furniture import left_out_by_words
from pipeline.core.content.importers.list_scope import ask
from pipeline.core.content.lost import with_losses


def finished(reading: Reading) -> Reading:
    """A reading with what a citation at the end of a list may stand for asked (E-24), what its words alone made
    furniture, and every sign of a loss.
    """
    article, asked = ask(reading.article)
    furniture = left_out_by_words(reading.left_out)
    found = (*reading.findings, *asked, *((furniture,) if furniture else ()))
    return with_losses(replace(reading, article=article, findings=found))
