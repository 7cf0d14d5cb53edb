"""A content folder of a test's own, whose notices it changes and publishes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.actions.publish_notices import publish_notices
from pipeline.settings import current
from tests.factories import CONTENT, NOW

WEEKLY_FILE = "weekly-health-email.toml"
RELAY = """
[relay]
role = "processor"
name = "Example Relay Ltd"
address = "2 Example Street, Exampletown"
"""


class NoticeFiles:
    """`rewrite` changes the weekly email's file, `publish` puts all into force."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copytree(CONTENT / "notices", folder / "notices")
        shutil.copy(CONTENT / "parties.toml", folder)
        settings = replace(current(), content_dir=folder)
        monkeypatch.setattr("pipeline.actions.publish_notices.current", lambda: settings)
        self.folder = folder

    def rewrite(self, *changes: tuple[str, str]) -> None:
        path = self.folder / "notices" / WEEKLY_FILE
        text = path.read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text)

    def new_recipient(self, version: int = 5, effective_from: str = "2026-11-01") -> None:
        """A material change: a company passes on the mail."""
        parties = self.folder / "parties.toml"
        parties.write_text(parties.read_text() + RELAY)
        self.rewrite(
            (f"\nversion = {version - 1}\n", f"\nversion = {version}\n"),
            ("effective_from = 2026-11-01", f"effective_from = {effective_from}"),
            ("[processing]\nversion = 1", "[processing]\nversion = 2"),
            ("recipients = []", 'recipients = ["relay"]'),
        )

    def new_words(self, version: int = 5) -> None:
        """The same facts in other words."""
        self.rewrite(
            (f"\nversion = {version - 1}\n", f"\nversion = {version}\n"),
            ("about anything in this notice", "about everything in this notice"),
        )

    def publish(self, now: datetime = NOW) -> int:
        return publish_notices(now)
