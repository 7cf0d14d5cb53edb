"""Check a proof that somebody was given. It needs no database and no key of ours."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pipeline.core.consent import proof
from pipeline.core.errors import BadInput

LARGEST = 50_000_000  # bytes


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """`signed_by`: for each entry the first day on which it was signed, or None. `public_key` is the one it names, and
    `earlier_public_keys` those that it says were in force before: nobody vouches for either but who knows them.
    """

    wrong: tuple[str, ...]
    signed_by: tuple[str | None, ...]
    public_key: str
    earlier_public_keys: tuple[str, ...] = ()


def check_proof(text: bytes, place: str) -> CheckedProof:
    """Raises BadInput, with the place, for what is no proof."""
    if len(text) > LARGEST:
        raise BadInput(f"A proof has no more than {LARGEST:,} bytes.", place=place)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            "This is not JSON. Give the file that `rounds ledger prove` wrote.", place=place
        ) from error
    if not isinstance(document, dict):
        raise BadInput("This is no proof. Give the file that `rounds ledger prove` wrote.", place=place)
    found = proof.check(document)
    earlier = tuple(str(key) for key in document.get("earlier_public_keys", {}).values())
    return CheckedProof(found.wrong, found.signed_by, str(document["public_key"]), earlier)
