"""Ports of this machine: is one free, and which one is."""

from __future__ import annotations

import socket

from pipeline.core.errors import Unavailable


def refuse_port_in_use(host: str, port: int, *, advice: str) -> None:
    """Raise `Unavailable` with `advice` when another program listens there, or this user may not."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Unavailable(f"Port {port} on {host} is kept for the system. {advice}") from error
        except OSError as error:
            raise Unavailable(f"Port {port} on {host} is in use. {advice}") from error


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    try:
        refuse_port_in_use(host, port, advice="")
    except Unavailable:
        return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
