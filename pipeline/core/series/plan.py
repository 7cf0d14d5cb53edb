"""The four doors of a series plan: propose one, validate it, review it, resolve it with its article.

The words are never touched (E-14). What a plan decides is which parts stand in which issue, and in which order.
"""

from pipeline.core.series.propose import propose
from pipeline.core.series.resolve import resolve
from pipeline.core.series.review import review
from pipeline.core.series.validate import validate

__all__ = ["propose", "resolve", "review", "validate"]
