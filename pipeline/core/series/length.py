"""How long an issue is, in words and in time."""

from __future__ import annotations

from pipeline.core.content.words import WORDS_A_MINUTE, reading_minutes
from pipeline.core.series.issue import Rhythm


def seconds(words: int) -> int:
    return round(words * 60 / WORDS_A_MINUTE)


def in_time(words: int, rhythm: Rhythm) -> str:
    """`3 minutes` for a weekly issue, `45 seconds` for a day's letter."""
    if rhythm is Rhythm.DAILY:
        return f"{seconds(words)} seconds"
    minutes = reading_minutes(words)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
