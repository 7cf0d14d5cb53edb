"""Propose the series that an article suggests, or bring a series file up to its article, for a person to edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.actions.find_article import find_article
from pipeline.actions.publish_notices import require_notice
from pipeline.core.content.article import Article, Finding
from pipeline.core.errors import BadInput, Refused, Unavailable
from pipeline.core.series import plan, series_edit, series_file
from pipeline.core.series.changes import Change
from pipeline.core.series.issue import DAILY_LIST, IssueContent, Rhythm, SeriesPlan, Subjects
from pipeline.gateways.files import read_source, write_whole
from pipeline.settings import current

WEEKLY_LIST = "weekly_health_email"

# Answers which issues of a series have gone out. Raises Unavailable where nobody can say.
GoneOut = Callable[[str], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an operator asked for. None leaves it to the list, or to the series file that is there. With `anew`, that
    file is not looked at."""

    purpose: str | None = None
    rhythm: Rhythm | None = None
    subjects: Subjects | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """`toml` is the series file. `changes` is None where there was no file before. `unsure` says why it is not known
    which issues have gone out. `written` is where it was put; None if nobody asked, or if it stood there already."""

    plan: SeriesPlan
    contents: tuple[IssueContent, ...]
    findings: tuple[Finding, ...]
    toml: str
    changes: tuple[Change, ...] | None = None
    unsure: str = ""
    written: Path | None = None


def propose_series(name: str, asked: Asked, gone_out: GoneOut, *, write: bool = False) -> Proposal:
    """Propose a series for an article, by slug or file. Where `content/series/<slug>.toml` stands already, bring that
    up to the article. With `write`, keep it there.

    Raises Refused where something different would be overwritten, or where it cannot be known what has gone out.
    """
    article = find_article(name)
    fresh = _fresh(article, asked)
    target = _target(fresh)
    there = target.exists() and target.stat().st_size > 0  # empty: it may be where the shell sends the answer
    if there and not asked.anew:
        return _brought_up(article, asked, target, gone_out, write=write)
    toml = series_file.write(fresh)
    return _proposal(fresh, article, toml, written=_keep(target, toml) if write else None)


def _target(fresh: SeriesPlan) -> Path:
    """Where the series of this article and rhythm stands: under its own slug, or under the one an editor gave it."""
    folder = current().content_dir / "series"
    usual = folder / f"{fresh.slug}.toml"
    if usual.exists():
        return usual
    made = [path for path in sorted(folder.glob("*.toml")) if _is_of(path, fresh)]
    return made[0] if len(made) == 1 else usual


def _is_of(path: Path, fresh: SeriesPlan) -> bool:
    try:
        there = series_file.read(path.name, read_source(path))
    except BadInput:
        return False
    return (there.article, there.rhythm, there.purpose) == (fresh.article, fresh.rhythm, fresh.purpose)


def _fresh(article: Article, asked: Asked) -> SeriesPlan:
    usual = DAILY_LIST if asked.rhythm is Rhythm.DAILY else WEEKLY_LIST
    purpose = asked.purpose or usual
    require_notice(purpose)
    return plan.propose(article, purpose, rhythm=asked.rhythm, subjects=asked.subjects or Subjects.DISCREET)


def _brought_up(article: Article, asked: Asked, target: Path, gone_out: GoneOut, *, write: bool) -> Proposal:
    place = f"content/series/{target.name}"
    source = read_source(target)
    old = series_file.read(place, source)
    if asked.purpose not in (None, old.purpose):
        raise Refused(
            f"{place} is for {old.purpose!r}. Change `purpose` there, or see a series for {asked.purpose!r}"
            " with --anew."
        )
    require_notice(old.purpose, place, series_file.line_of(source, 0, "purpose"))
    if old.article != article.slug:
        raise Refused(
            f"{place} is made from the article {old.article!r}, and this one is {article.slug!r}. Give one of them"
            " another slug."
        )
    new, unsure = plan.replan(old, article), ""
    if new.changes:  # only then it matters what has gone out, and only then the database is asked
        try:
            new = plan.replan(old, article, gone_out(old.slug))
        except Unavailable as error:
            unsure = str(error)
    text = source.decode("utf-8-sig")
    toml = series_edit.updated(text, old, new.plan, new.origins)
    if write and unsure:
        raise Refused(
            f"It is not known which issues of {old.slug!r} have gone out, so nothing was written. {unsure}"
        )
    written = None
    if write and toml != text:
        write_whole(target, toml)
        written = target
    return _proposal(new.plan, article, toml, new.changes, unsure, written)


def _proposal(
    made: SeriesPlan,
    article: Article,
    toml: str,
    changes: tuple[Change, ...] | None = None,
    unsure: str = "",
    written: Path | None = None,
) -> Proposal:
    contents = plan.resolve(made, article, demonstration=False)
    return Proposal(made, contents, plan.review(made, article), toml, changes, unsure, written)


def _keep(target: Path, toml: str) -> Path | None:
    """Write a fresh proposal, never over a file that says something else."""
    if target.exists() and target.stat().st_size > 0:
        if _same_plan(target, toml):
            return None
        raise Refused(
            f"content/series/{target.name} exists and says something else, so nothing was written. Without --write the"
            " proposal is printed: compare the two, and edit the file by hand or move it away first."
        )
    write_whole(target, toml)
    return target


def _same_plan(target: Path, toml: str) -> bool:
    try:
        return series_file.read(target.name, read_source(target)) == series_file.read("", toml.encode())
    except BadInput:
        return False
