"""How long each answer is waited for (M-24)."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for each answer (RFC 5321 section 4.5.3.2). `block` is for each 64 KiB of the message."""

    connect: float = 30
    greeting: float = 300
    helo: float = 300
    starttls: float = 120
    auth: float = 120
    mail: float = 300
    rcpt: float = 300
    data: float = 120
    block: float = 180
    dot: float = 600
    reset: float = 30
    quit: float = 5

    def scaled(self, factor: float) -> Timeouts:
        """All of them times `factor`, for tests that cannot wait ten minutes."""
        return Timeouts(**{each.name: getattr(self, each.name) * factor for each in fields(self)})
