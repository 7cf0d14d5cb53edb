"""Seal under the secret in force whatever is still sealed under an older one, and can be (S-16)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from pipeline.actions.look_at_secrets import Secrets, look_at_secrets
from pipeline.actions.set_up_app import seal_use
from pipeline.core.errors import Refused
from pipeline.gateways import keys
from pipeline.settings import current
from pipeline.store import locks, reseal

AT_ONCE = 200  # keys of subjects in one transaction: whoever is among them waits for it to end
PASSES = 3  # over all, where rows were held by others

log = structlog.get_logger()

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Resealed:
    """`people`, `apps` and `words` were sealed anew. `unreadable`: what opens under no secret, and stays as it is.
    `held` were being changed by others. `left` is what stands after it.
    """

    people: int
    apps: int
    words: int
    unreadable: int
    held: int
    left: Secrets


def seal_anew(tell: Tell = lambda done, total: None) -> Resealed:
    """It may be stopped anywhere and begun again: each row says for itself what it is sealed under.

    `tell(done, total)` hears how far it is. Memory: one batch. Refused while somebody else does the same.
    """
    with locks.only_one("reseal") as mine:
        if not mine:
            raise Refused("Somebody else is sealing anew just now. Look at `rounds keys show` in a moment.")
        apps, broken = _apps()
        words, lost = reseal.reseal_words()
        people, unreadable = _people(tell)
    log.info("secret.sealed_anew", people=people, apps=apps, words=words)
    held = max(0, _under_others() - unreadable)
    return Resealed(people, apps, words, broken + lost + unreadable, held, look_at_secrets())


def _under_others() -> int:
    in_force = current().secret_keys.kid
    return sum(count for kid, count in reseal.subjects_by_secret().items() if kid != in_force)


def _people(tell: Tell) -> tuple[int, int]:
    total = _under_others()
    done = unreadable = 0
    for _ in range(PASSES):
        before, unreadable, after = done, 0, 0
        while batch := reseal.reseal_subjects(after, AT_ONCE):
            after, anew, failed = batch
            done, unreadable = done + anew, unreadable + failed
            tell(done, total)
        if done == before:
            break
    return done, unreadable


def _apps() -> tuple[int, int]:
    done = unreadable = 0
    for number, member, sealed in reseal.apps():
        found = keys.unseal_kept(sealed, seal_use(member))
        if found is None:
            unreadable += 1
        elif found[0] != current().secret_keys.kid:
            done += reseal.reseal_app(number, sealed, keys.seal(found[1], seal_use(member)))
    return done, unreadable
