"""What changed between two versions of a notice, and whether a yes to the old one is one to the new (C-10).

A *material* change alters what people said yes to: only a new yes carries it. Any other is *wording*: people are told
of it, and their yes goes on (GDPR Art 7 and 13(3), DPV-27560 4.2). What a rule cannot see, since it is in the words
alone, the file can say by `asks_again = true`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.core.consent.party import Party
from pipeline.core.consent.purpose import ConsentType, PurposeVersion


class ChangeKind(StrEnum):
    FIRST = "first"  # there was none before it that anybody could say yes under
    SAME = "same"  # another number, and not another word
    WORDING = "wording"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody who signs up is told: the words, and the facts behind them.

    `purpose` is None for a notice from before the facts were kept: then only the words can be compared.
    """

    body_sha256: str
    consent_sentence: str
    button_label: str
    policy_url: str
    language: str
    purpose: PurposeVersion | None
    asks_again: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """`field` for programs, `says` for people: a sentence that a letter can carry."""

    field: str
    material: bool
    says: str


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """The material differences come first."""

    kind: ChangeKind
    differences: tuple[Difference, ...] = ()

    @property
    def material(self) -> tuple[Difference, ...]:
        return tuple(each for each in self.differences if each.material)


def compare(before: Told | None, after: Told) -> NoticeChange:
    """`before` is the version that was published last, None where there was none."""
    if before is None:
        return NoticeChange(ChangeKind.FIRST)
    found = sorted(_differences(before, after), key=lambda each: not each.material)
    if not found:
        return NoticeChange(ChangeKind.SAME)
    kind = ChangeKind.MATERIAL if found[0].material else ChangeKind.WORDING
    return NoticeChange(kind, tuple(found))


@dataclass(frozen=True, slots=True)
class InForce:
    """The newest version in force of some kind, for a purpose. A yes may be older than it."""

    version: int
    in_force_since: datetime

    def is_newer_than(self, notice_version: int | None, said_since: datetime | None) -> bool:
        """Than a yes. One that names no notice, as an imported one may, is as old as it says it is."""
        if notice_version is not None:
            return notice_version < self.version
        return said_since is None or said_since < self.in_force_since


def _differences(before: Told, after: Told) -> Iterator[Difference]:
    if before.purpose is not None and after.purpose is not None:
        yield from _facts(before.purpose, after.purpose)
    words = (
        ("body", "The words of the notice", before.body_sha256, after.body_sha256),
        ("consent_sentence", "The sentence to agree to", before.consent_sentence, after.consent_sentence),
        ("button_label", "The words on the button", before.button_label, after.button_label),
        ("policy_url", "Where our privacy policy stands", before.policy_url, after.policy_url),
        ("language", "The language of the notice", before.language, after.language),
    )
    yield from _words(words)
    if after.asks_again:
        yield Difference("asks_again", True, "What we do changed, as the notice explains.")


def _words(words: Iterable[tuple[str, str, object, object]]) -> Iterator[Difference]:
    for field, what, was, now in words:
        if was != now:
            yield Difference(field, False, f"{what} changed.")


def _facts(old: PurposeVersion, new: PurposeVersion) -> Iterator[Difference]:
    for check in _CHECKS:
        yield from check(old, new)
    yield from _parties("controllers", "responsible for your details", old.controllers, new.controllers)
    yield from _parties("recipients", "among those who receive your details", old.recipients, new.recipients)
    yield from _listed(
        "pii_types", "use", [_term(x) for x in old.pii_types], [_term(x) for x in new.pii_types]
    )
    yield from _listed("storage_locations", "keep details in", old.storage_locations, new.storage_locations)
    yield from _listed(
        "processing_locations", "work with details in", old.processing_locations, new.processing_locations
    )
    words = (
        ("title", "The name of the list", old.title, new.title),
        ("description", "How we describe the list", old.description, new.description),
        ("withdrawal_methods", "The ways to stop", old.withdrawal_methods, new.withdrawal_methods),
        ("rights_url", "Where your rights are explained", old.rights_url, new.rights_url),
        ("complaint_url", "Where to complain", old.complaint_url, new.complaint_url),
        ("authority", "Which authority hears complaints", old.authority.identity, new.authority.identity),
        ("valid_for", "How long a yes lasts", old.valid_for.text, new.valid_for.text),
    )
    yield from _words(words)


def _purpose_type(old: PurposeVersion, new: PurposeVersion) -> Iterator[Difference]:
    if old.purpose_type != new.purpose_type:
        yield Difference("purpose_type", True, "We use your details for another purpose than before.")


def _basis(old: PurposeVersion, new: PurposeVersion) -> Iterator[Difference]:
    if old.legal_basis != new.legal_basis:
        yield Difference("legal_basis", True, "The law's ground for using your details is another.")
    if old.special_category != new.special_category:
        says = "Being on this list says something about health." if new.special_category else ""
        yield Difference(
            "special_category",
            new.special_category,
            says or "Being on this list no longer says anything about health.",
        )
    if old.consent_type != new.consent_type:
        explicit = new.consent_type is ConsentType.EXPLICITLY_EXPRESSED
        yield Difference("consent_type", explicit, "The kind of yes that we ask for is another.")


def _cadence(old: PurposeVersion, new: PurposeVersion) -> Iterator[Difference]:
    if old.cadence_max_days != new.cadence_max_days or old.cadence != new.cadence:
        oftener = new.cadence_max_days < old.cadence_max_days
        how = "more often than before" if oftener else "no more often than before"
        yield Difference("cadence", oftener, f"We write {new.cadence}, {how}.")


def _retention(old: PurposeVersion, new: PurposeVersion) -> Iterator[Difference]:
    if old.retention.text != new.retention.text:
        longer = new.retention.in_days > old.retention.in_days
        yield Difference("retention", longer, f"We use your details for {new.retention.in_words}.")


def _law(old: PurposeVersion, new: PurposeVersion) -> Iterator[Difference]:
    if old.jurisdiction != new.jurisdiction:
        yield Difference("jurisdiction", True, f"The law of another country applies ({new.jurisdiction}).")


def _safeguard(old: PurposeVersion, new: PurposeVersion) -> Iterator[Difference]:
    if old.transfer_safeguard != new.transfer_safeguard:
        abroad = bool(new.abroad)
        says = f"What protects details abroad is now: {new.transfer_safeguard}." if abroad else ""
        yield Difference("transfer_safeguard", abroad, says or "No details go abroad.")


def _parties(field: str, what: str, old: Iterable[Party], new: Iterable[Party]) -> Iterator[Difference]:
    """Somebody new is material; that somebody left is not."""
    was, now = {each.identity for each in old}, {each.identity for each in new}
    for name, _ in sorted(now - was):
        yield Difference(field, True, f"{name} is now {what}.")
    for name, _ in sorted(was - now):
        yield Difference(field, False, f"{name} is no longer {what}.")


def _listed(field: str, verb: str, old: Iterable[str], new: Iterable[str]) -> Iterator[Difference]:
    was, now = set(old), set(new)
    if more := sorted(now - was):
        yield Difference(field, True, f"We now {verb} {', '.join(more)} too.")
    if fewer := sorted(was - now):
        yield Difference(field, False, f"We no longer {verb} {', '.join(fewer)}.")


def _term(iri: str) -> str:
    """`EmailAddress`, from its address in a vocabulary."""
    return iri.rstrip("/").replace("#", "/").rpartition("/")[2]


_Check = Callable[[PurposeVersion, PurposeVersion], Iterator[Difference]]
_CHECKS: tuple[_Check, ...] = (_purpose_type, _basis, _cadence, _retention, _law, _safeguard)
