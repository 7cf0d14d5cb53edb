"""The one purpose that is no list: to note the day on which somebody last opened an email (C-30 to C-33)."""

from __future__ import annotations

OPEN_TRACKING = "email_open_tracking"
