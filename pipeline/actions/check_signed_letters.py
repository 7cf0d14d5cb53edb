"""Do the letters of a series read as they did when their article was signed off (E-01)?"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.actions.render_series import RenderedIssue
from pipeline.core.errors import Refused
from pipeline.store import articles


def require_signed_letters(article: str, series: str, rendered: Iterable[RenderedIssue]) -> None:
    """Raises Refused where the last signature is on other letters, or on none of this series."""
    seen = articles.signed_letters(article, series)
    if not seen:
        raise Refused(
            f"No clinician has signed the letters of {series!r}: it was planned after {article!r} was signed off, or"
            f" did not fit it then. A clinician looks at them and signs {article!r} anew, in the studio or with: rounds"
            f" approve {article}"
        )
    now_read = {issue.content.number: issue for issue in rendered}
    for number in sorted(seen.keys() | now_read):
        if number not in now_read or now_read[number].revision_id not in seen.get(number, {}):
            raise Refused(
                f"Issue {number} of {series!r} does not read as it did when the article was signed off: its plan, its"
                f" template or the brand has changed. Let the clinician look again, and sign {article!r} anew."
            )
