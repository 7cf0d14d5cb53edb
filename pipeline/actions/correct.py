"""Correct what was marked wrong: the right version in its place, and a letter to exactly those who had the faulty one
(E-10).

Such a letter is exempt from the promise of so many issues a week (P-07): that promise is about how often we ask for
attention, and somebody who was told something wrong about their health must not wait for a slot to hear it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from pipeline.actions.carry_out_answers import carry_out_answers
from pipeline.actions.check_signed_letters import require_signed_letters
from pipeline.actions.find_fault import find_fault
from pipeline.actions.mark_wrong import LONGEST
from pipeline.actions.render_series import RenderedIssue, render_correction, render_planned
from pipeline.core.editorial.faults import Fault, FaultState, Reach, same_words
from pipeline.core.errors import BadInput, Refused
from pipeline.core.message.checks import blocks
from pipeline.core.message.correction import CorrectedIssue
from pipeline.core.message.rendered import RenderedLetter
from pipeline.store import articles, faults, series
from pipeline.store.articles import StoredArticle
from pipeline.store.faults import FaultyVersion, NewReplacement

_LINK = re.compile(r"(?:https?:|mailto:|www\.)\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WrittenLetter:
    """The letter to the readers of one series. `issues` are those whose words change; in the place of those numbered in
    `gone` nothing stands, since the plan has them no more or does not fit.
    """

    series: str
    issues: tuple[CorrectedIssue, ...]
    gone: tuple[int, ...]
    letter: RenderedLetter
    revision_id: int


@dataclass(frozen=True, slots=True)
class CheckedCorrection:
    """What would be done. `digest` is over all of it: the fault, the words, the letters and the right version."""

    fault: Fault
    wrong: str
    right: str
    article_revision_id: int
    article_digest: str
    letters: tuple[WrittenLetter, ...]
    replacements: tuple[NewReplacement, ...]
    reach: Reach

    @property
    def digest(self) -> bytes:
        said = [
            self.fault.id,
            self.wrong,
            self.right,
            self.article_digest,
            [[letter.series, letter.letter.content_sha256] for letter in self.letters],
            [[each.faulty, each.right] for each in self.replacements],
        ]
        return sha256(json.dumps(said, separators=(",", ":")).encode()).digest()


def check_correction(fault_id: int, wrong: str, right: str, now: datetime) -> CheckedCorrection:
    """Render the right version and the letters, and count their readers. Nothing is sent, and nothing changes.

    Whatever the plan says by now, the letter is for those who received the faulty version: an issue that the series has
    no more, or whose plan does not fit the mended article, has nothing put in its place.

    Raises NotFound; BadInput for words that are missing, too long, hold a link or look like a slot; Refused where the
    fault was corrected already or lifted, where the mended article is not approved, where a letter reads otherwise than
    when it was signed, or where it says the same as the faulty one.
    """
    fault = find_fault(fault_id)
    if fault.state in (FaultState.CORRECTED, FaultState.CORRECTING):
        raise Refused(f"Fault {fault_id} was corrected already. Mark what is wrong now, if anything is.")
    if fault.state is FaultState.LIFTED:
        raise Refused(
            f"The mark of fault {fault_id} was lifted: nothing of it is wrong. Mark it again if it is."
        )
    wrong, right = _words("wrong", wrong), _words("right", right)
    stored = articles.latest(fault.article)
    if (
        stored is None
        or stored.approval is None
        or not articles.standing_of(fault.article, now.date()).may_go_out
    ):
        raise Refused(
            f"The mended article {fault.article!r} is not approved. Import it, and let a clinician sign it off; then"
            " correct what was sent."
        )
    if faults.is_faulty(stored.revision_id):
        raise Refused(
            f"The newest text of {fault.article!r} is the one that was marked wrong. Mend it, import it, and let a"
            " clinician sign it off; then correct what was sent."
        )
    found = [version for version in faults.versions(fault) if version.kind == series.ISSUE]
    letters, replacements = [], []
    for slug in sorted({version.series for version in found}):
        ours = [version for version in found if version.series == slug]
        written, replaced = _put_right(stored, slug, ours, wrong, right, now)
        letters += [written] if written else []
        replacements += replaced
    changed = [r.faulty for r in replacements if r.letter is not None]
    if not changed:
        raise Refused(
            f"The newest text of {fault.article!r} says the same as what was marked wrong: there is nothing to correct."
        )
    return CheckedCorrection(
        fault,
        wrong,
        right,
        stored.revision_id,
        stored.digest,
        tuple(letters),
        tuple(replacements),
        faults.reach(fault, now, changed),
    )


def correct(fault_id: int, wrong: str, right: str, member: str, now: datetime) -> Fault:
    """Check it, and do it. Saying the same twice is the same as once. Raises what `check_correction` raises."""
    fault = find_fault(fault_id)
    answered = fault.answer(faults.CORRECTED)
    if answered is not None and (answered.wrong, answered.right) == (
        _words("wrong", wrong),
        _words("right", right),
    ):
        carry_out_answers(now)
        return find_fault(fault_id)
    return make_correction(check_correction(fault_id, wrong, right, now), member, now)


def make_correction(checked: CheckedCorrection, member: str, now: datetime) -> Fault:
    """Do what was checked: these letters, whatever was written since."""
    made = faults.answer(
        checked.fault.id,
        faults.CORRECTED,
        checked.article_revision_id,
        checked.wrong,
        checked.right,
        checked.replacements,
        member,
        now,
    )
    if made is None:
        raise Refused(f"Somebody else corrected fault {checked.fault.id} in this moment. Look at it again.")
    carry_out_answers(now)
    return find_fault(checked.fault.id)


def _words(field: str, text: str) -> str:
    said = "\n\n".join(
        " ".join(part.split()) for part in text.replace("\r", "").split("\n\n") if part.strip()
    )
    if not said:
        raise BadInput(
            f"Say what {'was' if field == 'wrong' else 'is'} {field}. Readers get these words.", field=field
        )
    if len(said) > LONGEST:
        raise BadInput(f"Say it in {LONGEST} characters: it has {len(said)}.", field=field)
    if link := _LINK.search(said):
        raise BadInput(
            f"Take {link.group()[:80]!r} out: the letter has no links but those to the issues as they stand now. Put it"
            " into the mended article, and say here in words what it shows.",
            field=field,
        )
    return said


def _put_right(
    stored: StoredArticle, slug: str, faulty: list[FaultyVersion], wrong: str, right: str, now: datetime
) -> tuple[WrittenLetter | None, list[NewReplacement]]:
    """What stands in the place of each faulty version of a series, and the letter that says so."""
    rendered = _as_it_is_right(stored, slug, now)
    changed = {
        v.number: v
        for v in faulty
        if v.number not in rendered or not same_words(v.text, rendered[v.number].letter.text)
    }
    letter = _write(stored, slug, changed, rendered, wrong, right, now) if changed else None
    return letter, [
        NewReplacement(
            v.revision_id,
            rendered[v.number].revision_id if v.number in rendered else None,
            letter.revision_id
            if letter and (v.number not in rendered or not same_words(v.text, rendered[v.number].letter.text))
            else None,
        )
        for v in faulty
    ]


def _as_it_is_right(stored: StoredArticle, slug: str, now: datetime) -> dict[int, RenderedIssue]:
    """The issues by the plan as it is now, by number. None where that is of another article, or does not fit."""
    wanted = series.plan(slug)
    if wanted is None or wanted.article != stored.article.slug:
        return {}
    try:
        rendered = render_planned(wanted, stored, now)
    except BadInput:
        return {}
    _require_sound(rendered)
    require_signed_letters(wanted.article, slug, rendered)
    return {issue.content.number: issue for issue in rendered}


def _write(
    stored: StoredArticle,
    slug: str,
    changed: Mapping[int, FaultyVersion],
    rendered: Mapping[int, RenderedIssue],
    wrong: str,
    right: str,
    now: datetime,
) -> WrittenLetter:
    numbers = sorted(changed)
    first = numbers[0]
    letter, findings, revision_id = render_correction(
        stored,
        slug,
        first,
        rendered[first].content.subject if first in rendered else changed[first].subject,
        [CorrectedIssue(n, rendered[n].content.title) for n in numbers if n in rendered],
        wrong,
        right,
        now,
    )
    if blocks(findings):
        worst = next(f for f in findings if f.severity.value in ("A", "B"))
        raise Refused(f"The letter fails a check and cannot be sent: {worst.message} ({worst.rule})")
    return WrittenLetter(
        slug,
        tuple(
            CorrectedIssue(n, rendered[n].content.title if n in rendered else changed[n].title)
            for n in numbers
        ),
        tuple(n for n in numbers if n not in rendered),
        letter,
        revision_id,
    )


def _require_sound(rendered: Iterable[RenderedIssue]) -> None:
    for issue in rendered:
        if blocks(issue.findings):
            worst = next(f for f in issue.findings if f.severity.value in ("A", "B"))
            raise Refused(f"Issue {issue.content.number} fails a check: {worst.message} ({worst.rule})")
