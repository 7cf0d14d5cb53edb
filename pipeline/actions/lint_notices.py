"""Say what stands against the notices of the content folder, the earlier ones too (C-42)."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.actions.publish_notices import read_earlier_files, read_notice_files
from pipeline.core.consent.notice import NoticeVersion
from pipeline.core.consent.notice_lint import Finding, contradictions


@dataclass(frozen=True, slots=True)
class LintedNotice:
    """`earlier`: kept as evidence of what people were told, and offered to nobody."""

    place: str
    notice: NoticeVersion
    findings: tuple[Finding, ...]
    earlier: bool


def lint_notices() -> tuple[list[LintedNotice], tuple[Finding, ...]]:
    """Each notice with its findings, and what notices of one time say against each other. Raises BadInput."""
    now, before = read_notice_files(), read_earlier_files()
    linted = [
        LintedNotice(each.place, each.notice, each.findings, earlier)
        for found, earlier in ((now, False), (before, True))
        for each in found
    ]
    against = [contradictions([each.notice for each in found]) for found in (now, before)]
    return linted, (*against[0], *against[1])
