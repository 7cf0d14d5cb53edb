"""Hosts of one installation whose secret was changed: `host(3)` has the third in force, and those before it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager

FIRST = "a secret of the tests, and of nobody else"  # as tests/conftest.py sets it
SECRETS = [
    FIRST,
    *(f"the {word} secret of the tests, and of nobody" for word in ("second", "third", "fourth")),
]
STRANGER = "the secret of another installation altogether"


@contextmanager
def host(kid: int, *, lacks: Collection[int] = (), in_force: str = "") -> Iterator[None]:
    """This process, as if it was started with these secrets."""
    from pipeline.actions import check_secret
    from pipeline.settings import current

    names = ("ROUNDS_SECRET_KEY", "ROUNDS_OLD_SECRET_KEYS")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ["ROUNDS_SECRET_KEY"] = in_force or SECRETS[kid - 1]
    os.environ["ROUNDS_OLD_SECRET_KEYS"] = " ".join(
        f"{n}:{SECRETS[n - 1]}" for n in range(1, kid) if n not in lacks
    )
    current.cache_clear()
    check_secret._newest = None
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        current.cache_clear()
        check_secret._newest = None
