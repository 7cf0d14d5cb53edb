"""The puzzle of a form: work for the browser that a person does not notice and a mail bomb pays for (D-08).

ALTCHA's second version, by its own library: find a counter for which PBKDF2-SHA-256 gives a key that begins with zeros.
The server makes one of the tries again for each answer, also for a wrong one. It is signed and names the form's token,
so that it is good for that form alone, and lives and is spent with it: no look-up, no clock and no third party.
"""

from __future__ import annotations

import json
from typing import Any

import altcha

from pipeline.gateways.keys import puzzle_key

ALGORITHM = "PBKDF2/SHA-256"
LONGEST_ANSWER = 2_000  # characters; one of ours has about 700


def make_puzzle(form_token: str, cost: int, zeros: int = 2) -> dict[str, Any]:
    """What a browser is given, ready for JSON. `cost`: rounds of PBKDF2 in each try; `zeros`: in hex, 16 times as many
    tries for each.
    """
    made = altcha.create_challenge(
        ALGORITHM, cost, key_prefix="0" * zeros, data={"form": form_token}, hmac_secret=puzzle_key()
    )
    return made.to_dict()


def is_solved(answer: str, form_token: str) -> bool:
    """Whether the puzzle of this form was solved. `answer` is base64 of JSON with `challenge` and `solution`."""
    if not answer or len(answer) > LONGEST_ANSWER:
        return False
    try:
        payload = altcha.Payload.from_base64(answer)
        if not altcha.verify_solution(payload, puzzle_key()).verified:
            return False
        return bool((payload.challenge.parameters.data or {}).get("form") == form_token)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False  # no JSON of ours, and so nobody's solution


def solve_puzzle(puzzle: str) -> str:
    """What the script does in a browser, for the demonstration's people and the tests. `puzzle` is JSON."""
    challenge = altcha.Challenge.from_dict(json.loads(puzzle))
    solution = altcha.solve_challenge(challenge)
    if solution is None:
        raise TimeoutError("the puzzle of the form took too long")
    return altcha.Payload(challenge, solution).to_base64()
