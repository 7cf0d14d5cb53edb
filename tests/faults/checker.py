"""The judge: compare what the sink received with what the database says became of it (delivery.md, C).

Pure functions on rows and log lines. A verdict is a list of sentences, one for each broken promise; empty is good.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

OPEN = {"queued", "leased", "sending", "unknown"}
HANDED_OVER = {"accepted", "presumed_accepted"}
MAX_COPIES = 2  # G4: ever
BOUND = 1.0  # seconds; G6: the longest that a dot may follow an acknowledged unsubscribe
BOUND_P99 = 0.050
FEWEST_TO_BLAME = 3  # senders that died, before a message may be blamed for it
PRESUMED_MISSING = 0.001  # G4: of the presumed, how many may be missing at the sink
# Causes of an unknown outcome after which the default policy may send once more (delivery.md, table of A).
RESENT = {"reply_lost", "reply_timeout", "reply_garbled", "owner_lost"}


@dataclass(frozen=True, slots=True)
class Dot:
    """One final dot as the sink saw it. `at` is the machine's monotonic clock in seconds."""

    at: float
    message_id: str
    recipient: str
    kept: bool
    fate: str
    crc: str
    script: str = "plain"
    connection: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery after the drain. `doubts` are the causes of its attempts that ended as unknown."""

    id: int
    uid: str
    address: str
    state: str
    ambiguous_attempts: int = 0
    doubts: tuple[str, ...] = ()
    policy: str = "default"
    mailing: int = 1
    attempts: int = 1
    reason: str = ""
    consent_event: int | None = 1


@dataclass(frozen=True, slots=True)
class Audience:
    """A mailing: whom it was for, what it counted itself, and what `campaign status` says of it."""

    mailing: int
    state: str
    members: frozenset[str]  # addresses that must have a row or be counted in `left_out`
    audience_count: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    status: Mapping[str, int] = field(default_factory=dict)  # state: count, as the status prints it
    status_audience: int | None = None
    course: bool = False


@dataclass(frozen=True)
class Verdicts:
    """Every broken promise, by name, each a list of sentences; and the figures of the run."""

    lost: tuple[str, ...] = ()
    beyond_g4: tuple[str, ...] = ()
    after_unsubscribe: tuple[str, ...] = ()
    phantom: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    miscounted: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    misjudged: tuple[str, ...] = ()
    presumed_missing: tuple[str, ...] = ()
    outbox_left: tuple[str, ...] = ()
    messages: int = 0
    copies: int = 0
    duplicated: int = 0
    ambiguous: int = 0
    presumed: int = 0
    presumed_absent: int = 0
    lied: int = 0
    unsubscribe_delays: tuple[float, ...] = ()

    @property
    def broken(self) -> dict[str, tuple[str, ...]]:
        names = (
            "lost",
            "beyond_g4",
            "after_unsubscribe",
            "phantom",
            "stuck",
            "miscounted",
            "altered",
            "misjudged",
            "presumed_missing",
            "outbox_left",
        )
        return {name: found for name in names if (found := getattr(self, name))}


def read_log(lines: Iterable[str]) -> list[Dot]:
    """The dots of the sink's log. A half line at the end, of a sink that was killed in mid-write, is left out."""
    dots = []
    for text in lines:
        if not text.startswith("D ") or not text.endswith("\n"):
            continue
        _, at, _, connection, message_id, recipient, kept, fate, crc, script = text.split()
        dots.append(
            Dot(int(at) / 1e9, message_id, recipient, kept == "kept", fate, crc, script, int(connection))
        )
    return dots


def uid_of(message_id: str) -> str:
    """The delivery's uid, 32 hex digits, from `<uid@domain>`."""
    return message_id.strip("<>").partition("@")[0].lower()


def check(
    rows: Sequence[Row],
    dots: Sequence[Dot],
    audiences: Sequence[Audience] = (),
    *,
    withdrawn: Mapping[str, float] | None = None,
    ends: Mapping[str, frozenset[str]] | None = None,
    cuts: Mapping[str, tuple[int, int]] | None = None,
    outbox: Iterable[tuple[int, str | None]] = (),
    proven: bool = True,
    kills: int | None = None,
    connections: int = 0,
    bound: float = BOUND,
) -> Verdicts:
    """All verdicts of one run.

    `withdrawn`: address to the moment its unsubscribe was acknowledged, on the sink's clock. `ends`: for a script, the
    states its deliveries may end in. `cuts`: for a script, how many attempts of each are in doubt, the fewest and the
    most (G5), in a run in which nothing but the sink went wrong. `outbox`: (delivery id, state or None) of what is left
    in it. `proven`: the route accepted nearly all dots, so that nobody is mailed again after a crash of ours. `kills`,
    `connections`: how many senders died, each with how many connections; None when the run was not about that.
    """
    dots_of: dict[str, list[Dot]] = defaultdict(list)
    for dot in dots:
        dots_of[uid_of(dot.message_id)].append(dot)
    withdrawn = withdrawn or {}
    extra = {row.uid: _extra(dots_of[row.uid]) for row in rows}
    absent = [row for row in rows if row.state == "presumed_accepted" and not _kept(dots_of[row.uid])]
    presumed = sum(row.state == "presumed_accepted" for row in rows)
    delays = _delays(dots, withdrawn)
    return Verdicts(
        lost=(*_lost(rows, dots_of), *_without_row(rows, audiences)),
        beyond_g4=(
            *_beyond(rows, dots_of, extra, proven=proven),
            *_too_many_doubts(rows, kills, connections),
        ),
        after_unsubscribe=tuple(
            f"{address}: a dot {delay * 1000:.1f} ms after the goodbye"
            for address, delay in delays
            if delay > bound
        ),
        phantom=_phantom(rows, dots_of),
        stuck=_stuck(rows, audiences),
        miscounted=_miscounted(rows, audiences),
        altered=tuple(
            f"{uid}: {len(sums)} different messages under one Message-ID"
            for uid, found in dots_of.items()
            if len(sums := {dot.crc for dot in found}) > 1
        ),
        misjudged=(
            *_misjudged(rows, dots_of, ends or {}, withdrawn, kills or 0),
            *_miscounted_doubts(rows, cuts),
        ),
        presumed_missing=tuple(f"{row.uid}: presumed, and not at the sink" for row in absent)
        if len(absent) > max(1.0, PRESUMED_MISSING * presumed)
        else (),
        outbox_left=tuple(
            f"{delivery}: in the outbox, and {state or 'no delivery'}"
            for delivery, state in outbox
            if state not in OPEN
        ),
        messages=len(rows),
        copies=sum(dot.kept for dot in dots),
        duplicated=sum(extra.values()),
        ambiguous=sum(row.ambiguous_attempts for row in rows),
        presumed=presumed,
        presumed_absent=len(absent),
        lied=sum(dot.kept and dot.fate[0] in "45" for dot in dots),
        unsubscribe_delays=tuple(delay for _, delay in delays),
    )


def _kept(dots: Sequence[Dot]) -> int:
    return sum(dot.kept for dot in dots)


def _extra(dots: Sequence[Dot]) -> int:
    """Copies beyond the first that are ours. One that follows a refusal of a kept message is the server's (C4.51)."""
    return max(0, sum(dot.kept and dot.fate[0] not in "45" for dot in dots) - 1)


def _lost(rows: Sequence[Row], dots_of: Mapping[str, Sequence[Dot]]) -> Iterable[str]:
    """G2: `accepted` and absent from the sink."""
    for row in rows:
        if row.state == "accepted" and not any(
            dot.kept or dot.fate.startswith("2") for dot in dots_of.get(row.uid, ())
        ):
            yield f"{row.uid} {row.address}: accepted, and the sink never had it"


def _without_row(rows: Sequence[Row], audiences: Sequence[Audience]) -> Iterable[str]:
    """G1: everybody in the audience has a row, or is counted among those left out."""
    have: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        have[row.mailing].add(row.address)
    for audience in audiences:
        missing = audience.members - have[audience.mailing]
        if len(missing) > sum(audience.left_out.values()):
            some = ", ".join(sorted(missing)[:3])
            yield f"mailing {audience.mailing}: {len(missing)} of the audience have no delivery, such as {some}"


def _beyond(
    rows: Sequence[Row], dots_of: Mapping[str, Sequence[Dot]], extra: Mapping[str, int], *, proven: bool
) -> Iterable[str]:
    """G4: at most two copies ever; none more than its doubts explain; none at all under `never_resend`."""
    for row in rows:
        more = extra[row.uid]
        if not more:
            continue
        copies = _kept(dots_of[row.uid])
        if more + 1 > MAX_COPIES:
            yield f"{row.uid} {row.address}: {copies} copies"
        elif row.policy == "never_resend":
            yield f"{row.uid} {row.address}: {copies} copies under never_resend"
        elif more > row.ambiguous_attempts:
            yield f"{row.uid} {row.address}: {copies} copies, and {row.ambiguous_attempts} attempts in doubt"
        elif proven and row.policy == "default" and not RESENT & set(row.doubts):
            yield f"{row.uid} {row.address}: sent again after a crash of ours ({', '.join(row.doubts)})"


def _too_many_doubts(rows: Sequence[Row], kills: int | None, connections: int) -> Iterable[str]:
    """G4: ambiguous attempts by crash are at most one for each connection of each sender that died."""
    if kills is None:
        return
    doubts = sum(cause == "crash_after_dot" for row in rows for cause in row.doubts)
    if doubts > kills * connections:
        yield f"{doubts} attempts in doubt after {kills} kills of {connections} connections each"


def _delays(dots: Sequence[Dot], withdrawn: Mapping[str, float]) -> list[tuple[str, float]]:
    """For each dot after its recipient's acknowledged goodbye: by how many seconds."""
    return [
        (dot.recipient, dot.at - withdrawn[dot.recipient])
        for dot in dots
        if dot.recipient in withdrawn and dot.at > withdrawn[dot.recipient]
    ]


def _phantom(rows: Sequence[Row], dots_of: Mapping[str, Sequence[Dot]]) -> tuple[str, ...]:
    """Mail that no delivery speaks of, or that went to somebody else than its delivery says."""
    known = {row.uid: row for row in rows}
    found = []
    for uid, dots in dots_of.items():
        if not dots:
            continue
        row = known.get(uid)
        if row is None:
            found.append(
                f"{uid or 'a message without Message-ID'}: to {dots[0].recipient}, and no delivery is of that name"
            )
        elif any(dot.recipient != row.address for dot in dots):
            found.append(f"{uid}: went to {dots[0].recipient}, and is for {row.address}")
        elif row.consent_event is None:
            found.append(f"{uid}: sent, and no consent is named that allowed it")
    return tuple(found)


def _stuck(rows: Sequence[Row], audiences: Sequence[Audience]) -> tuple[str, ...]:
    found = [f"{row.uid} {row.address}: still {row.state}" for row in rows if row.state in OPEN]
    open_mailings = {row.mailing for row in rows if row.state in OPEN}
    for audience in audiences:
        if audience.state not in ("finished", "cancelled") and audience.mailing not in open_mailings:
            if not audience.course:
                found.append(f"mailing {audience.mailing}: all is settled, and it is {audience.state}")
        elif audience.state == "finished" and audience.mailing in open_mailings:
            found.append(f"mailing {audience.mailing}: finished with deliveries under way")
    return tuple(found)


def _miscounted(rows: Sequence[Row], audiences: Sequence[Audience]) -> tuple[str, ...]:
    found = []
    for audience in audiences:
        of_it = [row for row in rows if row.mailing == audience.mailing]
        states = Counter(row.state for row in of_it)
        left_out = sum(audience.left_out.values())
        if not audience.course and audience.audience_count != len(of_it) + left_out:
            found.append(
                f"mailing {audience.mailing}: audience {audience.audience_count},"
                f" deliveries {len(of_it)}, left out {left_out}"
            )
        if audience.members and not audience.course and audience.audience_count != len(audience.members):
            found.append(
                f"mailing {audience.mailing}: audience {audience.audience_count},"
                f" and {len(audience.members)} are on the list"
            )
        for state in {*states, *audience.status} if audience.status else ():
            if states[state] != audience.status.get(state, 0):
                found.append(
                    f"mailing {audience.mailing}: status says {audience.status.get(state, 0)} {state},"
                    f" the table {states[state]}"
                )
        if audience.status_audience not in (None, audience.audience_count):
            found.append(
                f"mailing {audience.mailing}: status says an audience of {audience.status_audience},"
                f" the table {audience.audience_count}"
            )
    for address, count in Counter((row.mailing, row.address.lower()) for row in rows).items():
        if count > 1:
            found.append(f"mailing {address[0]}: {count} deliveries to {address[1]}")
    return tuple(found)


def _script_of(address: str) -> str:
    return address.partition("@")[0].rpartition(".")[2]


def _miscounted_doubts(rows: Sequence[Row], cuts: Mapping[str, tuple[int, int]] | None) -> Iterable[str]:
    for row in rows:
        expected = (cuts or {}).get(_script_of(row.address))
        if expected is None or row.state in OPEN:
            continue
        fewest, most = expected
        if not fewest <= row.ambiguous_attempts <= most:
            yield (
                f"{row.uid} {row.address}: {row.ambiguous_attempts} attempts in doubt,"
                f" and {fewest} to {most} replies were cut"
            )


def _misjudged(
    rows: Sequence[Row],
    dots_of: Mapping[str, Sequence[Dot]],
    ends: Mapping[str, frozenset[str]],
    withdrawn: Mapping[str, float],
    kills: int,
) -> tuple[str, ...]:
    """A row that ends otherwise than its recipient's script allows, or says `not sent` of what the sink has."""
    found = []
    for row in rows:
        dots = dots_of.get(row.uid, ())
        if (
            row.state not in HANDED_OVER | OPEN | {"held_unknown"}
            and not row.ambiguous_attempts
            and (any(dot.kept and dot.fate[0] not in "45" for dot in dots))
        ):
            found.append(f"{row.uid} {row.address}: {row.state} without a doubt, and the sink has it")
            continue
        script = _script_of(row.address)
        allowed = ends.get(script)
        if allowed is None or row.state in OPEN:
            continue
        if row.ambiguous_attempts:
            allowed = allowed | HANDED_OVER | {"held_unknown"}
        if row.address in withdrawn:
            allowed = allowed | {"suppressed"}
        if row.reason == "poison" and kills >= FEWEST_TO_BLAME:
            allowed = allowed | {"held_unknown"}  # three senders were killed while they wrote it (B4)
        if row.state not in allowed:
            found.append(
                f"{row.uid} {row.address}: {row.state}, where {script} ends {' or '.join(sorted(allowed))}"
            )
    return tuple(found)
