"""Who is asking just now: the client's network and the request's id, for the audit log. A command has neither."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asking:
    """`network` is cut to /24, or /56 in IPv6; `request_id` is ours, and names nobody."""

    network: str = ""
    request_id: str = ""


_asking: ContextVar[Callable[[], Asking] | None] = ContextVar("asking", default=None)


def asking() -> Asking:
    """Of the request that this thread answers; empty outside of one."""
    found = _asking.get()
    return found() if found else Asking()


@contextmanager
def asked_from(network: Callable[[], str]) -> Iterator[str]:
    """For the length of a request. Gives its id. `network` is asked only if something is recorded."""
    request_id = secrets.token_hex(8)
    token = _asking.set(lambda: Asking(network(), request_id))
    try:
        yield request_id
    finally:
        _asking.reset(token)
