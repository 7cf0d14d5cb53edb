"""The last look at a reading, whatever it was read from: what it lost, and what its words alone made furniture."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.content.article import Reading
from pipeline.core.content.importers.furniture import left_out_by_words
from pipeline.core.content.lost import with_losses


def finished(reading: Reading) -> Reading:
    found = left_out_by_words(reading.left_out)
    return with_losses(replace(reading, findings=(*reading.findings, found)) if found else reading)
