"""The zone of the dates that people are told, in letters and on pages, where theirs is not known."""

from __future__ import annotations

from zoneinfo import ZoneInfo

HOME_ZONE = ZoneInfo("Europe/London")
