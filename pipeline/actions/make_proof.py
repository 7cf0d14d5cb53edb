"""Prove one person's consent to one list on paper: a PDF, with the proof file attached (C-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.gather_evidence import gather_evidence
from pipeline.actions.prove_consent import prove_subscriber
from pipeline.core.consent.proof_paper import proof_octets, proof_paper
from pipeline.core.errors import NotFound
from pipeline.core.home_zone import HOME_ZONE
from pipeline.gateways.proof_pdf import proof_pdf


@dataclass(frozen=True, slots=True)
class Proof:
    """`json` is what is attached to `pdf`, octet for octet."""

    pdf: bytes
    json: bytes


def make_proof(subscriber_id: int, purpose: str, now: datetime) -> Proof:
    """Of a subscriber that is known to exist. NotFound for a list that there is not."""
    evidence = gather_evidence(subscriber_id, now)
    if purpose not in evidence.titles:
        raise NotFound(f"There is no list {purpose!r}. The lists are {', '.join(evidence.titles)}.")
    proof = prove_subscriber(subscriber_id)
    paper = proof_paper(evidence, purpose, proof, now, HOME_ZONE)
    return Proof(proof_pdf(paper), proof_octets(proof))
