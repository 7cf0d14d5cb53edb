"""From an article to its issues: CPU of each step by the article's length, and an export of many posts by its size."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench.cluster import run_program
from bench.work import Work

Tell = Callable[[str], None]
WORDS = (2_500, 5_000, 10_000, 20_000)
POSTS = (250, 1_000, 4_000)
STEPS = ("read", "check", "plan", "render")
WANTED_WORDS = 10_000
WANTED_MS = 500  # of CPU, from the file to every issue rendered


def writing(
    work: Work, tell: Tell, words: Sequence[int] = WORDS, posts: Sequence[int] = POSTS
) -> dict[str, Any]:
    """CPU seconds of each step by form and words; posts a second and peak memory by posts."""
    found: dict[str, Any] = {"articles": {}, "exports": {}}
    for form in ("markdown", "html"):
        for count in words:
            tell(f"an article of {count:,} words, {form}")
            found["articles"][f"{form} {count}"] = run_program(
                "article", form, count, environment=_environment()
            )
    for count in posts:
        tell(f"an export of {count:,} posts")
        found["exports"][str(count)] = run_program("export", count, environment=_environment())
    return found


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "pipeline.settings"}


def lines(found: dict[str, Any]) -> Iterator[str]:
    """For a terminal."""
    if not found:
        return
    yield "\nFrom an article to all its issues, CPU milliseconds"
    yield f"  {'form':10} {'words':>8} {'issues':>7} " + " ".join(f"{step:>8}" for step in (*STEPS, "sum"))
    for name, each in found["articles"].items():
        steps = [each[step] * 1000 for step in STEPS]
        figures = " ".join(f"{value:8.1f}" for value in (*steps, sum(steps)))
        yield f"  {name.split()[0]:10} {each['words']:8,} {each['issues']:7} {figures}{_verdict(name, sum(steps))}"
    yield "\nReading a WordPress export"
    yield f"  {'posts':>8} {'MB':>8} {'seconds':>9} {'posts/s':>9} {'peak MB':>9}"
    for size, each in found["exports"].items():
        yield (
            f"  {int(size):8,} {each['bytes'] / 1e6:8.1f} {each['seconds']:9.2f}"
            f" {int(size) / each['seconds']:9.0f} {each['rss_mb']:9.1f}"
        )


def _verdict(name: str, spent: float) -> str:
    """Whether an article of the length that a figure was asked for kept it."""
    if int(name.split()[1]) != WANTED_WORDS:
        return ""
    return (
        f"   under {WANTED_MS}, as wanted"
        if spent < WANTED_MS
        else f"   over the {WANTED_MS} that were wanted"
    )
