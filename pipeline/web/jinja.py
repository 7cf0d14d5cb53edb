"""The Jinja2 environment of every page: autoescape on, and a name that a view forgot is an error (S-09)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.templatetags.static import static
from jinja2 import Environment, StrictUndefined

from pipeline.core.home_zone import HOME_ZONE
from pipeline.core.message.context import long_date
from pipeline.settings import Settings, current

LONGEST_RUN_IN = 40  # characters of a paragraph's first words that stand for a heading


def environment(**options: Any) -> Environment:
    """What Django's Jinja2 backend calls (`TEMPLATES` in the settings)."""
    strict = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**{**options, **strict})  # noqa: S701  # Django passes autoescape=True
    made.globals.update(static=static, site=site)
    made.filters.update(day=day, long_date=long_date, run_in=run_in)
    return made


def site() -> Settings:
    """Who runs this, for mastheads and footers."""
    return current()


def day(moment: datetime) -> str:
    """`3 March 2026`."""
    return long_date(moment.astimezone(HOME_ZONE).date()) or ""


def run_in(paragraph: str) -> tuple[str, str]:
    """A notice's paragraph as its run-in heading ("What we send.") and the rest; no heading where it starts long."""
    head, stop, rest = paragraph.partition(". ")
    return (f"{head}.", rest) if stop and len(head) <= LONGEST_RUN_IN else ("", paragraph)
