"""Take a series file into the store, once it fits its article."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.core.content.article import Finding
from pipeline.core.errors import NotFound
from pipeline.core.series import plan, series_file
from pipeline.core.series.issue import SeriesPlan
from pipeline.gateways.files import read_source
from pipeline.settings import current
from pipeline.store import articles, consent, series


def series_path(name: str) -> Path:
    """The file of a series by its slug, or the path itself."""
    path = Path(name)
    return path if path.suffix == ".toml" else current().content_dir / "series" / f"{name}.toml"


def plan_series(name: str, now: datetime) -> tuple[SeriesPlan, tuple[Finding, ...]]:
    """Read `content/series/<name>.toml` (or the file `name`), hold it to its article, and keep it.

    Returns the plan and what an editor should look at. BadInput names the file and what does not fit; NotFound says
    which article to import first.
    """
    path = series_path(name)
    place, source = f"content/series/{path.name}", read_source(path)
    wanted = series_file.read(place, source)
    stored = articles.latest(wanted.article)
    if stored is None:
        raise NotFound(
            f"The series {wanted.slug!r} is made from the article {wanted.article!r}, which is not imported yet."
            f" Run: rounds import content/articles/{wanted.article}.md"
        )
    plan.validate(wanted, stored.article, name=place, source=source)
    if not consent.purpose_exists(wanted.purpose):
        known = ", ".join(consent.purpose_ids()) or "none: run rounds migrate"
        raise NotFound(
            f"The series {wanted.slug!r} is for the purpose {wanted.purpose!r}. Known purposes: {known}."
        )
    series.save_plan(wanted, now)
    return wanted, plan.review(wanted, stored.article)
