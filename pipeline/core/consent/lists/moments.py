"""Moments as other tools write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pipeline.core.consent.lists.cells import quoted
from pipeline.core.errors import BadInput

# ISO 8601 with T or a space; after it a zone, as an offset, a `Z`, or `UTC`. Go adds the name after the offset.
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?(?:\s+[A-Z]{2,5})?"
)
# What a spreadsheet makes of it when it saves: 14/03/2024 09:12, 3/14/2024 9:12 AM.
_SLASHES = re.compile(
    r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:,? (\d{1,2}):(\d{2})(?::\d{2})?(?: ?([AaPp])[Mm])?)?"
)

LONGEST = 60  # characters; more are none, and a pattern that tries them all at each place takes minutes for one cell


def read_moment(text: str) -> datetime | None:
    """Aware, in UTC; a moment without a zone is taken for UTC. None for an empty cell.

    Raises BadInput for what cannot be read, and for a day that may be two: 03/04/2024.
    """
    said = text.strip()
    if not said or said.startswith("0000-00-00"):
        return None
    try:
        if len(said) > LONGEST:
            raise ValueError
        if found := _ISO.fullmatch(said):
            return _iso(found)
        if found := _SLASHES.fullmatch(said):
            return _slashes(found)
    except (ValueError, OverflowError):
        pass
    raise BadInput(f"The moment {quoted(said)} cannot be read. Write it as 2024-03-14 09:12:31.")


def _iso(found: re.Match[str]) -> datetime:
    day, time, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z", "UTC") else zone
    return datetime.fromisoformat(f"{day}T{time or '00:00'}{offset}").astimezone(UTC)


def _slashes(found: re.Match[str]) -> datetime:
    first, second, year = (int(part) for part in found.groups()[:3])
    if first <= 12 and second <= 12 and first != second:
        raise BadInput(f"{found[0][:10]!r} may be two days. Write it as 2024-03-14.")
    day, month = (second, first) if second > 12 else (first, second)
    hour, minute = int(found[4] or 0), int(found[5] or 0)
    if found[6]:
        hour = hour % 12 + (12 if found[6] in "Pp" else 0)
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
