"""Propose the series that an article suggests, for a person to edit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.actions.find_article import find_article
from pipeline.actions.publish_notices import require_notice
from pipeline.core.content.article import Finding
from pipeline.core.errors import BadInput, Refused
from pipeline.core.series import plan, series_file
from pipeline.core.series.issue import SeriesPlan
from pipeline.gateways.files import read_source, write_whole
from pipeline.settings import current


@dataclass(frozen=True, slots=True)
class Proposal:
    """`toml` is the series file. `written` is where it was put; None if nobody asked, or if it stood there already."""

    plan: SeriesPlan
    findings: tuple[Finding, ...]
    toml: str
    written: Path | None = None


def propose_series(name: str, purpose: str, *, write: bool = False) -> Proposal:
    """Propose a series for an article, by slug or file; with `write`, keep it as `content/series/<slug>.toml`.

    A file there that says something else is never overwritten: Refused says so.
    """
    require_notice(purpose)
    article = find_article(name)
    proposed = plan.propose(article, purpose)
    toml = series_file.write(proposed)
    written = _keep(proposed, toml) if write else None
    return Proposal(proposed, plan.review(proposed, article), toml, written)


def _keep(proposed: SeriesPlan, toml: str) -> Path | None:
    target = current().content_dir / "series" / f"{proposed.slug}.toml"
    if target.exists():
        if _same_plan(target, proposed):
            return None
        raise Refused(
            f"content/series/{target.name} exists and says something else, so nothing was written. Without --write the"
            " proposal is printed: compare the two, and edit the file by hand or move it away first."
        )
    write_whole(target, toml)
    return target


def _same_plan(target: Path, proposed: SeriesPlan) -> bool:
    try:
        return series_file.read(target.name, read_source(target)) == proposed
    except BadInput:
        return False
