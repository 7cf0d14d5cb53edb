"""The name under which readers know the lifter of citations."""

from __future__ import annotations

from pipeline.core.content.importers.citing.habits import word_counts
from pipeline.core.content.importers.citing.lifter import RULE, Lifted, Lifter

__all__ = ["RULE", "Lifted", "Lifter", "word_counts"]
