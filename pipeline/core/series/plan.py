"""The doors of a series plan: propose one, bring it up to its article, validate, review, resolve it.

The words are never touched (E-14). What a plan decides is which parts stand in which issue, and in which order.
"""

from pipeline.core.series.fingerprints import made_from
from pipeline.core.series.propose import propose
from pipeline.core.series.replan import replan
from pipeline.core.series.resolve import resolve
from pipeline.core.series.review import incomplete, review
from pipeline.core.series.validate import validate

__all__ = ["incomplete", "made_from", "propose", "replan", "resolve", "review", "validate"]
