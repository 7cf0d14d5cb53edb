"""C1.01: a sender dies at each point of a delivery, and what is left must be judged as the table of B4 has it."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from pipeline.core.delivery.lifecycle import DeliveryState
from tests.faults.trial import Trial, row
from tests.faults.world import STATE, BrokenError, World

QUEUED, LEASED, SENDING, UNKNOWN = "queued", "leased", "sending", "unknown"
ACCEPTED, PRESUMED, HELD = "accepted", "presumed_accepted", "held_unknown"
FIRST = 160  # letters that prove the route
EACH = 3  # letters that a sender with one connection claims: one in hand, two behind it


@dataclass(frozen=True)
class Point:
    """Of the delivery in hand: the states in which the death may leave it, its dots by then, and the verdict.

    `alone`: nothing is behind it, where the lane would go on with the next before the point is reached.
    """

    name: str
    left: tuple[str, ...]
    dots: int
    verdict: str
    alone: bool = False


POINTS = (
    Point("after_claim", (LEASED,), 0, QUEUED),
    Point("after_connect", (LEASED,), 0, QUEUED),
    Point("after_offer", (LEASED,), 0, QUEUED),
    Point("before_intent", (LEASED,), 0, QUEUED),
    Point("during_intent", (LEASED, SENDING), 0, QUEUED),
    Point("after_intent", (SENDING,), 0, QUEUED),
    Point("after_dot_line", (SENDING,), 0, UNKNOWN),
    Point("after_dot", (SENDING,), 1, UNKNOWN),
    Point("after_reply", (SENDING,), 1, UNKNOWN),
    Point("after_reply_line", (SENDING,), 1, ACCEPTED),
    Point("during_result", (SENDING, ACCEPTED), 1, ACCEPTED, alone=True),
    Point("after_result", (ACCEPTED,), 1, ACCEPTED, alone=True),
    Point("before_return", (ACCEPTED,), 1, ACCEPTED, alone=True),
)
# What becomes of a doubt after a crash of ours, on a route that is proven, and on one that is not.
PROVEN = {"default": PRESUMED, "never_resend": PRESUMED, "always_resend": QUEUED}
UNPROVEN = {"default": QUEUED, "never_resend": HELD, "always_resend": QUEUED}
IN_DOUBT = [point for point in POINTS if point.verdict == UNKNOWN]


@row("C1.01", "a sender dies at each point: 13 points, 3 policies")
def each_point(trial: Trial) -> None:
    for policy in PROVEN:
        held = sum(1 if point.alone else EACH for point in POINTS)
        with trial.world(0, readers=FIRST + held, policy=policy, connections=1, ticks=False) as world:
            waiting = hold_back(world, held)
            world.act("drain_once")
            for point in POINTS:
                count = 1 if point.alone else EACH
                die_at(trial, world, point, waiting[:count], PROVEN[policy])
                del waiting[:count]
            come_to_rest(trial, world)
    for policy in UNPROVEN:
        with trial.world(0, readers=len(IN_DOUBT), policy=policy, connections=1, ticks=False) as world:
            waiting = hold_back(world, len(IN_DOUBT))
            world.act("drain_once")  # the note to the owner, of which this row is not
            for point in IN_DOUBT:
                die_at(trial, world, point, [waiting.pop()], UNPROVEN[policy])
            come_to_rest(trial, world, proven=False)


def hold_back(world: World, count: int) -> list[int]:
    """Open the issue; the last `count` deliveries are not due before the row wants them."""
    world.act("tick")
    found = world.query(
        "UPDATE delivery SET next_attempt_at = now() + interval '1 day'"
        " WHERE id IN (SELECT id FROM delivery WHERE stream <> 'note' ORDER BY id DESC LIMIT %s) RETURNING id",
        [count],
    )
    return sorted(delivery for (delivery,) in found)


def die_at(trial: Trial, world: World, point: Point, due: list[int], in_doubt: str) -> None:
    """Let one sender die there with `due`; then rescue, resolve and send what is left, and look after each step."""
    said = f"{world.policy}, {point.name}"
    dots = world.sink.dots()
    world.query("UPDATE delivery SET next_attempt_at = now() WHERE id = ANY(%s) RETURNING id", [due])
    sender = world.start_sender(f"{point.name}:kill")
    if world.launcher.wait(sender, 20) != -signal.SIGKILL:
        raise BrokenError(f"{said}: no sender came to this point")
    world.senders.remove(sender)
    world.figures.kills += 1
    world.goes_on(point.dots, 2)

    left = states(world, due)
    held = journal_lines(world, due)
    in_hand = max(due, key=lambda d: (left[d] != LEASED, -d))
    behind = [d for d in due if d != in_hand]
    trial.expect(left[in_hand] in point.left, f"{said}: left as {left[in_hand]}")
    trial.expect(all(left[d] == LEASED for d in behind), f"{said}: not in hand, and {left}")
    made = world.sink.dots() - dots
    exact = point.name != "during_intent"  # the point is reached within the commit, or just after it
    trial.expect(made == point.dots or (not exact and made <= 1), f"{said}: {made} dots")

    world.act("rescue_stalled")
    found = states(world, due)
    verdict = by_the_table(left[in_hand], held.get(in_hand, ()))
    trial.expect(found[in_hand] == verdict, f"{said}: {found[in_hand]}, and by the table {verdict}")
    trial.expect(verdict == point.verdict or not exact, f"{said}: judged as {verdict}")
    trial.expect(all(found[d] == QUEUED for d in behind), f"{said}: behind it {found}")

    world.act("resolve_unknown")
    found = states(world, due)
    expected = in_doubt if verdict == UNKNOWN else verdict
    trial.expect(found[in_hand] == expected, f"{said}: resolved as {found[in_hand]}, not {expected}")
    world.act("rescue_stalled")
    world.act("resolve_unknown")
    trial.expect(states(world, due) == found, f"{said}: the second look sees otherwise than the first")
    world.act("drain_once")
    end = {d: ACCEPTED if state == QUEUED else state for d, state in found.items()}
    trial.expect(states(world, due) == end, f"{said}: ends as {states(world, due)}, not {end}")


def by_the_table(left: str, lines: tuple[str, ...]) -> str:
    """Delivery.md, B4: what its state and the journal of its sender make of it. Here all journals are to be trusted."""
    if left != SENDING:
        return QUEUED if left == LEASED else left
    if any(line.startswith("S") for line in lines):
        return ACCEPTED  # every reply of this sink is a yes
    return UNKNOWN if any(line.startswith("D") for line in lines) else QUEUED


def states(world: World, deliveries: list[int]) -> dict[int, str]:
    found = world.query("SELECT id, state FROM delivery WHERE id = ANY(%s)", [deliveries])
    return {delivery: STATE[state] for delivery, state in found}


def journal_lines(world: World, deliveries: list[int]) -> dict[int, tuple[str, ...]]:
    """The lines of each delivery in the newest journal, read as text: not by the reader that is on trial."""
    journals = sorted((world.folder / "journal").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    text = journals[-1].read_bytes().rstrip(b"\0").decode()
    lines = [line for line in text.splitlines() if line[:2] in ("D ", "S ")]
    return {d: tuple(line for line in lines if line.split()[1] == str(d)) for d in deliveries}


def come_to_rest(trial: Trial, world: World, *, proven: bool = True) -> None:
    world.act("tick")
    trial.expect(
        not world.query(
            "SELECT 1 FROM delivery WHERE state IN (%s, %s)", [DeliveryState.LEASED, DeliveryState.SENDING]
        ),
        f"{world.policy}: something is still in hand, and nobody is alive",
    )
    trial.judge(world, proven=proven, kills=world.figures.kills)
