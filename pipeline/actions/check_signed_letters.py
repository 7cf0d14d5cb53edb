"""Do the letters of a series read as they did when their article was signed off (E-01)?"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.actions.render_series import RenderedIssue
from pipeline.core.errors import Refused
from pipeline.store import articles


def require_signed_letters(article: str, series: str, rendered: Iterable[RenderedIssue]) -> None:
    """Raises Refused where a clinician could look at other letters. A series that was planned after the signature is
    bound by the article alone (docs/decisions/0029).
    """
    seen = articles.signed_letters(article, series)
    now_read = {issue.content.number: issue.letter.content_sha256 for issue in rendered}
    if seen and (other := sorted(n for n in seen.keys() | now_read if seen.get(n) != now_read.get(n))):
        raise Refused(
            f"Issue {other[0]} of {series!r} does not read as it did when the article was signed off: its plan, its"
            f" template or the brand has changed. Let the clinician look again, and sign {article!r} anew."
        )
