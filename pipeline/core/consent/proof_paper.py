"""What the paper says that proves one person's consent to one list: headings, paragraphs, facts.

How it looks is decided where it is drawn. It quotes the notice as it was shown, with its hash; the events, with their
ids; and the proof file, by its SHA-256. Whoever has both can check them without us.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.core.consent import proof as proofs
from pipeline.core.consent.evidence import Evidence, ShownNotice, because, standing_of
from pipeline.core.consent.notice import paragraphs
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.timeline import timeline

ATTACHED = "consent-proof.json"


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it is, in one line of a table. `code`: to be set in type that tells 0 from O."""

    name: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the paper. `quote` is set apart, word for word. `events`: when, what, how it is known."""

    heading: str
    text: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    quote: tuple[str, ...] = ()
    events: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ProofPaper:
    """`attachment` is the proof file itself, the very octets whose SHA-256 the paper names."""

    title: str
    subtitle: str
    language: str
    made_at: datetime
    sections: tuple[Section, ...]
    attachment: bytes


def proof_octets(proof: Mapping[str, Any]) -> bytes:
    """The proof file as it is attached, and as `rounds ledger check` reads it."""
    return (json.dumps(proof, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(
        "utf-8", "surrogatepass"
    )


def proof_paper(
    evidence: Evidence, purpose: str, proof: Mapping[str, Any], now: datetime, zone: ZoneInfo
) -> ProofPaper:
    """The paper about one list. `proof` is the document of `core.consent.proof`; times are by the clock of `zone`."""
    octets = proof_octets(proof)
    checked = proofs.check(proof)
    standing = standing_of(evidence, purpose, now)
    consent = standing.consent
    notice = evidence.notice(consent.notice_id, consent.notice_version)
    shown = [notice] if notice else [n for n in evidence.notices if n.purpose == purpose][-1:]
    answer = "Yes" if standing.may_mail else "No"
    since = f", since {_day(standing.since, zone)}" if standing.since else ""
    why = because(standing)
    sections = [
        Section(
            "The answer",
            facts=(
                Fact(
                    _QUESTIONS.get(purpose, "May we mail this person for this list?"),
                    f"{answer}: {why}{since}.",
                ),
                Fact("Person", evidence.person.address or "Erased: address and name were destroyed."),
                Fact("Pseudonym", str(evidence.person.uid), code=True),
                Fact("List", f"{standing.title} ({purpose})"),
                Fact("Controller", f"{evidence.controller.name}, {evidence.controller.address}"),
                Fact("Made on", f"{_moment(now, zone)}"),
            ),
        ),
        *(_notice(one, consent.since, zone) for one in shown),
        Section(
            "What happened",
            text=() if evidence.entries else ("The ledger has no entry about this list.",),
            events=tuple(
                (_moment(m.at, zone), m.said, (*m.lines, *m.marks, f"Entry: {m.entry}"))
                for m in timeline(evidence, purpose=purpose)
            ),
        ),
        _seals(proof, checked, octets),
        _check(proof),
    ]
    if not shown:
        nothing = "No notice is archived for this list: what the person was told cannot be shown."
        sections.insert(1, Section("What the person was told", text=(nothing,)))
    title = f"Proof of consent: {standing.title}"
    return ProofPaper(title, evidence.controller.name, "en-GB", now, tuple(sections), octets)


_QUESTIONS = {OPEN_TRACKING: "May we note the day on which this person last opened an email?"}


def _notice(notice: ShownNotice, since: datetime | None, zone: ZoneInfo) -> Section:
    intact = "the words below have this hash" if notice.intact else "THE WORDS BELOW DO NOT HAVE THIS HASH"
    return Section(
        "What the person was told",
        facts=(
            Fact(
                "Notice",
                f"{notice.notice_id}, version {notice.version}, in force from {notice.effective_from:%-d %B %Y}",
            ),
            Fact(f"SHA-256 ({intact})", notice.sha256, code=True),
            Fact("The sentence agreed to", f"“{notice.consent_sentence}”"),
            Fact("SHA-256 of the sentence", notice.sentence_sha256, code=True),
            Fact("The button", f"“{notice.button_label}”"),
        ),
        quote=paragraphs(notice.words),
    )


def _seals(proof: Mapping[str, Any], checked: proofs.Checked, octets: bytes) -> Section:
    sealed = sum(entry["seal"] is not None for entry in proof["entries"])
    days = [day for day in checked.signed_by if day]
    waiting = "Nothing is sealed yet. Make this paper again in a few minutes."
    fits = "Everything fits." if not checked.wrong else "IT DOES NOT FIT: " + " ".join(checked.wrong)
    signed = f"{len(days)} by a signature, the last of {max(days)}" if days else "none by a signature yet"
    return Section(
        "Why it can be believed",
        text=(
            "Every entry of the ledger is sealed within a minute or so: a hash over it goes into a tree, the root of "
            "the tree into a seal, and each seal into the next. Once a day the last seal is signed with a key that the "
            "database does not have. Nobody can change an entry afterwards, or leave it out, without a seal that no "
            "longer fits.",
        ),
        facts=(
            Fact("Entries about this person", f"{len(proof['entries'])}, of them sealed {sealed}; {signed}."),
            Fact("Checked when this paper was made", fits if sealed or checked.wrong else waiting),
            Fact("Public key of the ledger (Ed25519)", str(proof["public_key"]), code=True),
            *(
                Fact("The key before it, which signed too", str(key), code=True)
                for key in dict(proof.get("earlier_public_keys", {})).values()
            ),
            Fact(f"SHA-256 of the attached {ATTACHED}", sha256(octets).hexdigest(), code=True),
        ),
    )


def _check(proof: Mapping[str, Any]) -> Section:
    return Section(
        "How to check it without us",
        text=(
            f"1. Save the attachment {ATTACHED} of this document, and compare its SHA-256 with the one above "
            f"(sha256sum {ATTACHED}).",
            f"2. With the software Rounds, run: rounds ledger check {ATTACHED}. It needs no database and no network. "
            "It recomputes the hash of every entry, its path to the root of its seal, the chain of the seals and the "
            "signatures.",
            "3. Compare the public key that it names with the one that you know from us.",
            f"The file is JSON of the form {proof['form']}. Each entry stands in it as it was hashed; so anybody can "
            "check it with SHA-256 and Ed25519 alone. It holds no address: an entry names a mailbox by a keyed hash.",
        ),
    )


def _moment(when: datetime, zone: ZoneInfo) -> str:
    there = when.astimezone(zone)
    return f"{there:%-d %B %Y, %H:%M} {there:%Z} ({when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ})"


def _day(when: datetime, zone: ZoneInfo) -> str:
    return f"{when.astimezone(zone):%-d %B %Y}"
