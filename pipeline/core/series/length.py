"""How long an issue is, in words and in time."""

from __future__ import annotations

from pipeline.core.content.words import WORDS_A_MINUTE, reading_minutes, word_count
from pipeline.core.series.grouping import question_words, section_words
from pipeline.core.series.issue import IssueContent, Rhythm


def words_of(content: IssueContent) -> int:
    """All words that its reader reads: headings, text, questions, and where to get help."""
    own = sum(map(section_words, content.sections)) + question_words(content.questions)
    return own + word_count(content.help)


def seconds(words: int) -> int:
    return round(words * 60 / WORDS_A_MINUTE)


def in_time(words: int, rhythm: Rhythm) -> str:
    """`3 minutes` for a weekly issue, `45 seconds` for a day's letter."""
    if rhythm is Rhythm.DAILY:
        return f"{seconds(words)} seconds"
    minutes = reading_minutes(words)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
