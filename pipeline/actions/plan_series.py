"""Take a series file into the store, once it fits its article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from pipeline.core.content.article import Finding
from pipeline.core.errors import NotFound
from pipeline.core.series import plan, series_file
from pipeline.core.series.issue import SeriesPlan
from pipeline.gateways.files import read_source
from pipeline.settings import current
from pipeline.store import articles, consent, series


@dataclass(frozen=True, slots=True)
class SeriesFile:
    """A series file as it was read: its plan, what a sentence calls it, and its bytes."""

    plan: SeriesPlan
    place: str
    source: bytes

    def line_of(self, key: str) -> int | None:
        """The line of a key at the top of the file."""
        return series_file.line_of(self.source, 0, key)


def read_series(name: str) -> SeriesFile:
    """Read `content/series/<name>.toml`, or the file `name` where that ends in `.toml`.

    Raises BadInput with the file and the line, NotFound with the closest name there is.
    """
    folder = current().content_dir / "series"
    is_file = name.endswith(".toml")
    place = name if is_file else f"content/series/{name}.toml"
    path = Path(name) if is_file else folder / f"{name}.toml"
    try:
        source = read_source(path)
    except NotFound:
        known = sorted(p.stem for p in folder.glob("*.toml"))
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known) or 'none'}."
        raise NotFound(f"{place}: there is no such series. {hint}") from None
    return SeriesFile(series_file.read(place, source), place, source)


def plan_series(name: str, now: datetime) -> tuple[SeriesPlan, tuple[Finding, ...]]:
    """Read a series file by slug or path, hold it to its article, and keep it.

    Returns the plan and what an editor should look at. BadInput names the file and what does not fit; NotFound says
    which article to import first.
    """
    file = read_series(name)
    wanted = file.plan
    stored = articles.latest(wanted.article)
    if stored is None:
        raise NotFound(
            f"The series {wanted.slug!r} is made from the article {wanted.article!r}, which is not imported yet."
            f" Run: rounds import content/articles/{wanted.article}.md"
        )
    plan.validate(wanted, stored.article, name=file.place, source=file.source)
    if not consent.list_exists(wanted.purpose):
        known = ", ".join(consent.list_ids()) or "none: run rounds migrate"
        raise NotFound(
            f"The series {wanted.slug!r} is for the purpose {wanted.purpose!r}. Known purposes: {known}."
        )
    # What it is made from is kept with it, so that the studio can say what an edit changed.
    series.save_plan(plan.made_from(wanted, stored.article), now)
    return wanted, plan.review(wanted, stored.article)
