"""The letters of an article as its clinician sees them, with what the last signature was on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.actions.letters_to_sign import LettersToSign, letters_to_sign, series_to_sign
from pipeline.core.editorial.faults import same_words
from pipeline.store import articles, series
from pipeline.store.articles import StoredArticle


class SinceSigned(StrEnum):
    """How a letter reads beside what was signed last."""

    SAME = "as it was signed last"
    CHANGED = "changed since it was signed last"
    NEW = "never signed"


@dataclass(frozen=True, slots=True)
class LettersView:
    """`since` by the slug of the series and the number of the issue."""

    letters: LettersToSign
    since: Mapping[tuple[str, int], SinceSigned]


def look_at_letters(stored: StoredArticle) -> LettersView:
    letters = letters_to_sign(series_to_sign(stored.article))
    since = {}
    for each, those in letters.series:
        before = articles.signed_letters(stored.article.slug, each.slug)
        for one in those:
            number = one.content.number
            since[each.slug, number] = _since(before.get(number, {}), one.letter.text)
    return LettersView(letters, since)


def _since(before: Mapping[int, str], text: str) -> SinceSigned:
    kept = [found for revision in before if (found := series.revision(revision))]
    if not kept:
        return SinceSigned.NEW
    same = any(same_words(each.letter.text, text) for each in kept)
    return SinceSigned.SAME if same else SinceSigned.CHANGED
