"""Counting a mailing: everyone on the list is either written to or left out for a reason that is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.core.delivery.lifecycle import OPEN, DeliveryState, Reason

_WORDS: dict[str, str] = {
    Reason.WITHDRAWN: "unsubscribed",
    Reason.SUPPRESSED: "on the suppression list",
    Reason.OBJECTION: "objected",
    Reason.COMPLAINT: "complained",
    Reason.HARD_BOUNCE: "address does not exist",
    Reason.NOT_ME: "said it was not them",
    Reason.ERASED: "erased",
    Reason.NEVER_CONFIRMED: "never confirmed",
    Reason.NO_CONSENT: "no consent for this purpose",
    Reason.PAUSED: "paused by the reader",
    Reason.CONSENT_EXPIRED: "their yes grew too old",
    Reason.NOTICE_OUTDATED: "have to say yes to the new notice",
}


def reason_in_words(reason: str) -> str:
    """What a person reads for a reason of being left out; an unlisted one loses its underscores."""
    return _WORDS.get(reason, reason.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Progress:
    """A mailing at one moment.

    `left_out` counts those who got no delivery when it opened; `suppressed` splits the deliveries that were
    suppressed later, by the same reasons. Whatever it does not explain counts under the reason `suppressed`.
    """

    audience: int
    by_state: Mapping[DeliveryState, int]
    left_out: Mapping[str, int] = field(default_factory=dict)
    suppressed: Mapping[str, int] = field(default_factory=dict)

    def count(self, *states: DeliveryState) -> int:
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def accepted(self) -> int:
        return self.count(DeliveryState.ACCEPTED)

    @property
    def presumed(self) -> int:
        """Presumed accepted: counted apart, never as accepted."""
        return self.count(DeliveryState.PRESUMED_ACCEPTED)

    @property
    def held(self) -> int:
        return self.count(DeliveryState.HELD_UNKNOWN)

    @property
    def on_the_way(self) -> int:
        return self.count(*OPEN)

    @property
    def left_out_by_reason(self) -> dict[str, int]:
        """Everyone who gets no copy, at opening or later, by reason; the largest first, then by name."""
        total: dict[str, int] = {}
        explained = sum(self.suppressed.values())
        later = {
            DeliveryState.FAILED.word: self.count(DeliveryState.FAILED),
            DeliveryState.EXPIRED.word: self.count(DeliveryState.EXPIRED),
            DeliveryState.CANCELLED.word: self.count(DeliveryState.CANCELLED),
            Reason.SUPPRESSED.value: self.count(DeliveryState.SUPPRESSED) - explained,
        }
        for counts in (self.left_out, self.suppressed, later):
            for reason, number in counts.items():
                total[str(reason)] = total.get(str(reason), 0) + number
        return dict(sorted(((r, n) for r, n in total.items() if n), key=lambda pair: (-pair[1], pair[0])))

    def adds_up(self) -> bool:
        """Conservation (G1): audience = accepted + presumed + unknown + on the way + left out."""
        if sum(self.suppressed.values()) > self.count(DeliveryState.SUPPRESSED):
            return False
        return self.audience == sum(self.by_state.values()) + sum(self.left_out.values())

    def finished(self) -> bool:
        return self.adds_up() and self.on_the_way == 0

    def sentence(self) -> str:
        """`40 = 36 accepted + 4 left out (3 unsubscribed, 1 never confirmed)`; other groups if not empty."""
        reasons = self.left_out_by_reason
        out = sum(reasons.values())
        why = ", ".join(f"{number} {reason_in_words(reason)}" for reason, number in reasons.items())
        parts = [f"{self.accepted} accepted"]
        parts += [f"{self.presumed} presumed accepted"] if self.presumed else []
        parts += [f"{self.held} with an unknown outcome"] if self.held else []
        parts += [f"{self.on_the_way} on the way"] if self.on_the_way else []
        parts += [f"{out} left out" + (f" ({why})" if why else "")]
        sign = "=" if self.adds_up() else "does not equal"
        return f"{self.audience} {sign} " + " + ".join(parts)
