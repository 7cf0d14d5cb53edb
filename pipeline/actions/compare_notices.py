"""Every version of every notice: what it says, what stands against it, and what changed from one to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.publish_notices import read_earlier_notices
from pipeline.core.consent.notice import NoticeVersion, paragraphs
from pipeline.core.consent.notice_lint import Finding, findings
from pipeline.core.consent.word_difference import Change, Run, word_difference
from pipeline.core.errors import NotFound
from pipeline.store import consent
from pipeline.store.consent import StoredNotice


@dataclass(frozen=True, slots=True)
class NoticeOnRecord:
    """`published`: people could sign up under it. Otherwise it is evidence of an earlier website, from a file."""

    notice: NoticeVersion
    published: bool
    findings: tuple[Finding, ...]
    in_force: bool

    @property
    def key(self) -> str:
        return f"{self.notice.notice_id}/{self.notice.version}"


@dataclass(frozen=True, slots=True)
class Side:
    """One of two versions side by side; each paragraph in runs of words."""

    version: NoticeOnRecord
    sentence: tuple[Run, ...]
    words: tuple[tuple[Run, ...], ...]


def notices_on_record(now: datetime) -> dict[str, list[NoticeOnRecord]]:
    """By notice, the oldest version first."""
    today = now.date()
    stored = consent.all_notices()
    newest = {
        purpose: max(n.version for n in stored if n.purpose == purpose and n.effective_from <= today)
        for purpose in {n.purpose for n in stored if n.effective_from <= today}
    }
    every = [
        NoticeOnRecord(made, True, findings(made), newest.get(made.purpose) == made.version)
        for made in map(_version, stored)
    ]
    known = {(one.notice.notice_id, one.notice.version) for one in every}
    every += [
        NoticeOnRecord(notice, False, findings(notice), False)
        for _, notice in read_earlier_notices()
        if (notice.notice_id, notice.version) not in known
    ]
    found: dict[str, list[NoticeOnRecord]] = {}
    for one in sorted(every, key=lambda one: (one.notice.notice_id, one.notice.version)):
        found.setdefault(one.notice.notice_id, []).append(one)
    return found


def compare_notices(notice_id: str, old: int, new: int, now: datetime) -> tuple[Side, Side]:
    """Two versions of one notice, side by side. NotFound for a version that there is not."""
    versions = {one.notice.version: one for one in notices_on_record(now).get(notice_id, [])}
    if old not in versions or new not in versions:
        raise NotFound("There is no such version of this notice. The list of notices names them.")
    left, right = versions[old], versions[new]
    sentences = word_difference(left.notice.consent_sentence, right.notice.consent_sentence)
    bodies = word_difference(left.notice.body, right.notice.body)
    return (
        Side(left, sentences[0], _paragraphs(left.notice, bodies[0])),
        Side(right, sentences[1], _paragraphs(right.notice, bodies[1])),
    )


def _paragraphs(notice: NoticeVersion, runs: tuple[Run, ...]) -> tuple[tuple[Run, ...], ...]:
    """The runs of the whole text, parted where its paragraphs end."""
    left = [(run.change, word) for run in runs for word in run.words.split()]
    parted = []
    for paragraph in paragraphs(notice.body):
        count = len(paragraph.split())
        those, left = left[:count], left[count:]
        parted.append(_joined(those))
    return tuple(parted)


def _joined(words: list[tuple[Change, str]]) -> tuple[Run, ...]:
    made: list[Run] = []
    for change, word in words:
        if made and made[-1].change == change:
            made[-1] = Run(made[-1].change, f"{made[-1].words} {word}")
        else:
            made.append(Run(change, word))
    return tuple(made)


def _version(stored: StoredNotice) -> NoticeVersion:
    return NoticeVersion(
        notice_id=stored.notice_id,
        version=stored.version,
        purpose=stored.purpose,
        language=stored.language,
        title=stored.title,
        cadence=stored.cadence,
        cadence_max_days=consent.cadence_max_days(stored.purpose),
        consent_sentence=stored.consent_sentence,
        button_label=stored.button_label,
        body=stored.body_text,
        policy_url=stored.policy_url,
        effective_from=stored.effective_from,
    )
