"""What the sink does to a recipient, by name (delivery.md, C4). A recipient `r1.greylist@...` is treated by `greylist`.

A script has a visit for each time that its recipient is named in RCPT; the last visit repeats. A visit has steps by
stage: `mail`, `rcpt`, `data`, `body`, `dot`. A stage without a step is answered well.

`ends` are the states that a delivery of this script may end in when nothing else goes wrong, and `cuts` is how many
of its attempts end without a complete reply to the dot: so many at least, and so many at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ACCEPTED, PRESUMED, FAILED, HELD = "accepted", "presumed_accepted", "failed", "held_unknown"
STAYS = "stays"  # the connection goes on


@dataclass(frozen=True)
class Step:
    """`reply` is sent as it is. `then` is `stays`, `drop`, `reset` or `stall`. `kept`: at the dot, is the message ours?

    `delay` seconds before anything is said; `bytewise` sends one byte at a time. `at`: in the body, after so many bytes
    of it; `delay` is then how long nothing is read.
    """

    reply: bytes = b""
    then: str = STAYS
    kept: bool = False
    delay: float = 0.0
    bytewise: bool = False
    at: int = 0

    @property
    def fate(self) -> str:
        """What the log says was decided: the code of a complete reply, or what was done in its place."""
        complete = self.reply[:3].isdigit() and self.reply.endswith(b"\r\n") and not self.broken
        return (
            self.reply[:3].decode()
            if complete and self.then != "stall"
            else (self.then if not self.reply else "broken")
        )

    @property
    def broken(self) -> bool:
        """Not one complete final reply: nobody can tell what was meant."""
        lines = self.reply.split(b"\r\n")[:-1]
        codes = {line[:3] for line in lines}
        return (
            not lines
            or len(codes) > 1
            or self.reply[:1] not in (b"2", b"4", b"5")
            or any(len(line) > 8192 or b"\0" in line or max(line, default=0) > 127 for line in lines)
        )


Visit = Mapping[str, Step]


@dataclass(frozen=True)
class Script:
    visits: tuple[Visit, ...] = ({},)
    ends: frozenset[str] = frozenset({ACCEPTED})
    cuts: tuple[int, int] = (0, 0)
    row: str = ""  # of the catalogue, such as C4.41

    def visit(self, number: int) -> Visit:
        """`number` counts from 0."""
        return self.visits[min(number, len(self.visits) - 1)]


def line(text: str) -> bytes:
    return text.encode("latin-1") + b"\r\n"


def _once(
    row: str,
    stage: str,
    step: Step,
    ends: frozenset[str] = frozenset({ACCEPTED}),
    cuts: int | tuple[int, int] = 0,
) -> Script:
    """Treated so on the first visit, and well on all others."""
    return Script(({stage: step}, {}), ends, _range(cuts), row)


def _always(row: str, stage: str, step: Step, ends: frozenset[str], cuts: int = 0) -> Script:
    return Script(({stage: step},), ends, _range(cuts), row)


def _range(cuts: int | tuple[int, int]) -> tuple[int, int]:
    return cuts if isinstance(cuts, tuple) else (cuts, cuts)


DONE = frozenset({ACCEPTED})
REFUSED = frozenset({FAILED})
ANY_WAY = frozenset({ACCEPTED, PRESUMED, HELD})
NUL = b"250 2.0.0 k\0pt\r\n"
BROKEN_REPLIES = {
    "half": b"25",
    "garbage": b"\x16\x03\x01 what is this\r\n",
    "nocrlf": b"250 2.0.0 kept",
    "long": b"250 " + b"k" * 9_000 + b"\r\n",
    "nul": NUL,
    "mixed": b"250-2.0.0 kept\r\n451 4.3.0 or not\r\n",
    "one": b"150 wait\r\n",
    "three": b"354 go on\r\n",
    "word": b"OK kept\r\n",
}


def _transient() -> dict[str, Script]:
    """Row 37: a passing refusal at each stage, then a yes."""
    texts = {
        421: "421 4.7.0 closing",
        450: "450 4.2.1 busy",
        451: "451 4.3.0 local error",
        452: "452 4.2.2 full",
        454: "454 4.7.0 not now",
    }
    return {
        f"{stage}{code}": _once("C4.37", stage, Step(line(text), then="drop" if code == 421 else STAYS))
        for stage in ("mail", "rcpt", "data", "dot")
        for code, text in texts.items()
    }


def _permanent() -> dict[str, Script]:
    """Row 38: a refusal for good at each stage. One at MAIL is about the sender, and not here.

    One at DATA is about nobody: by the table of B5 the delivery goes back to the queue, and here it is let in then.
    """
    texts = {
        550: "550 5.1.1 nobody of that name",
        551: "551 5.7.0 refused",
        553: "553 5.1.3 not an address",
        554: "554 5.7.1 not from you",
    }
    return {
        f"{stage}{code}": _always("C4.38", stage, Step(line(text)), REFUSED)
        for stage in ("rcpt", "dot")
        for code, text in texts.items()
    } | {f"data{code}": _once("C4.38", "data", Step(line(text))) for code, text in texts.items()}


def _dropped() -> dict[str, Script]:
    """Row 40: the connection ends before the dot, at, after and inside every stage."""
    found = {}
    for stage, answer in (("mail", "250 2.1.0 ok"), ("rcpt", "250 2.1.5 ok"), ("data", "354 go on")):
        found[f"{stage}drop"] = _once("C4.40", stage, Step(then="drop"))
        found[f"{stage}reset"] = _once("C4.40", stage, Step(then="reset"))
        found[f"{stage}after"] = _once("C4.40", stage, Step(line(answer), then="drop"))
        found[f"{stage}half"] = _once("C4.40", stage, Step(answer[:2].encode(), then="drop"))
    # A sink that has to wait for a processor hangs up when the dot is on its way already, and then we cannot know.
    perhaps = (0, 1)
    for kilobytes in (0, 1, 4, 16, 24):
        for then, word in (("drop", "body"), ("reset", "bodyreset")):
            step = Step(then=then, at=kilobytes * 1024 + 1)
            found[f"{word}{kilobytes}k"] = _once("C4.40", "body", step, DONE, perhaps)
    return found


def _unclear() -> dict[str, Script]:
    """Rows 41 to 43: after the dot nobody says clearly what became of the message, which was kept or was not."""
    found = {}
    for kept in (True, False):
        word, row = ("kept", "C4.41") if kept else ("lost", "C4.42")
        for then in ("drop", "reset"):
            found[f"{word}{then}"] = _once(row, "dot", Step(then=then, kept=kept), ANY_WAY, cuts=1)
        for name, reply in BROKEN_REPLIES.items():
            then = STAYS if reply.endswith(b"\r\n") else "drop"
            found[f"{word}{name}"] = _once("C4.43", "dot", Step(reply, then, kept), ANY_WAY, cuts=1)
    return found


SCRIPTS: dict[str, Script] = {
    "plain": Script(),
    # A mailbox that is full today may not be tomorrow: to be put off, or to be refused, are both right.
    "full": _once("C4.38", "rcpt", Step(line("552 5.2.2 mailbox full")), DONE | REFUSED),
    "greylist": _once("C4.39", "rcpt", Step(line("451 4.7.1 greylisted, come back in five minutes"))),
    **_transient(),
    **_permanent(),
    **_dropped(),
    **_unclear(),
    **{
        f"dot{code}": _always("C4.44", "dot", Step(line(f"{code} 2.0.0 fine"), kept=True), DONE)
        for code in (200, 251, 252)
    },
    "slowdot": _always("C4.45", "dot", Step(line("250 2.0.0 at last"), kept=True, delay=1.5), DONE),
    "stalldot": _once("C4.45", "dot", Step(then="stall", kept=True), ANY_WAY, cuts=1),
    "extrarcpt": _once("C4.46", "rcpt", Step(line("250 2.1.5 ok") + line("250 2.1.5 and again"))),
    "extradot": _always(
        "C4.46", "dot", Step(line("250 2.0.0 ok") + line("451 4.3.0 or not"), kept=True), DONE
    ),
    "bytewise": Script(
        (
            {
                "rcpt": Step(line("250 2.1.5 ok"), bytewise=True),
                "dot": Step(b"250-2.0.0 kept\r\n250 2.0.0 queued as B1\r\n", kept=True, bytewise=True),
            },
        ),
        row="C4.46",
    ),
    "bytewise5": _always("C4.46", "rcpt", Step(line("550 5.1.1 nobody"), bytewise=True), REFUSED),
    "slowread": _always("C4.47", "body", Step(at=1, delay=1.0), DONE),
    # Every reply is cut: two copies at most, and then a person looks at it.
    "alwayscut": _always("C4.41", "dot", Step(then="drop", kept=True), frozenset({HELD}), cuts=2),
    # It keeps the message and says that it did not: what comes twice is the server's doing (row 51).
    "lied": _once("C4.51", "dot", Step(line("451 4.3.0 kept all the same"), kept=True)),
}

# `extradot` is two replies of which the first is complete: its verdict stands, and only the connection is unusable.
COMPLETE_ANYWAY = {"extradot"}
GOOD_DOT = Step(line("250 2.0.0 queued"), kept=True)


def named(local_part: str) -> str | None:
    """The script that a recipient's local part asks for, as `greylist` in `r12.greylist`."""
    _, _, name = local_part.rpartition(".")
    return name if name in SCRIPTS else None
