"""C4: what the other side of an SMTP conversation may do. A script for each recipient, and doors that open badly."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.checker import Dot, Row, Verdicts, check
from tests.faults.covered import covered_by
from tests.faults.doors import Door, Opening
from tests.faults.scripts import SCRIPTS, named
from tests.faults.trial import Trial, row
from tests.faults.trials import CUTS, one_of_each
from tests.faults.world import BrokenError, Figures, World

# What a row of C4 has that is about mail servers in general and that this product never meets.
NOT_HERE = {
    "C4.52": "null MX, 100 MX, CNAME loops: Rounds looks up no MX; mail leaves by a relay that is named. Its name is"
    " looked up, and the row tries that",
}

LOGIN = "user:secret@"
QUICK = {"ROUNDS_SMTP_PATIENCE": "0.01"}  # ten minutes are six seconds, and a connection has 0.3


def of_row(number: str) -> list[str]:
    return [name for name, script in SCRIPTS.items() if script.row == number]


def _spread(name: str) -> tuple[str, str]:
    """An order in which the same stage does not come many times in a row: five refusals of the sender, one after the
    other, would rightly pause the campaign.
    """
    return name[-3:], name


def script_of(address: str) -> str:
    return named(address.partition("@")[0]) or "plain"


def attempts(world: World) -> dict[str, list[int]]:
    """For each script, how many attempts each of its deliveries took."""
    found = defaultdict(list)
    for each in world.rows():
        found[script_of(each.address)].append(each.attempts)
    return found


def suppressed(world: World) -> Counter[str]:
    """For each script, how many of its addresses are suppressed."""
    found = world.query("SELECT address_key FROM suppression")
    return Counter(script_of(world.who(key)) for (key,) in found)


def settle(world: World, seconds: float = 40.0) -> None:
    """Drain; a campaign that paused itself over its sender is let go on, as a person would."""
    deadline = time.monotonic() + seconds
    while not world.drain(min(8.0, seconds)) and time.monotonic() < deadline:
        if world.query("SELECT 1 FROM campaign WHERE state = 'paused'"):
            world.figures.notes["resumed"] = world.figures.notes.get("resumed", 0) + 1
            world.steer("resume")


@dataclass(frozen=True)
class Part:
    """What a shared world has of one row: its deliveries and its dots. Judged like a world of its own."""

    rows: list[Row]
    dots: list[Dot]
    attempts: dict[str, list[int]]
    suppressed: Counter[str]
    figures: Figures = field(default_factory=Figures)

    def verdicts(self, **given: object) -> Verdicts:
        ends = {name: script.ends for name, script in SCRIPTS.items()}
        return check(self.rows, self.dots, ends=ends, cuts=CUTS, proven=False, **given)  # type: ignore[arg-type]

    def withdrawn(self) -> dict[str, float]:
        return {}

    def alerts(self) -> list[str]:
        return []

    def only(self, names: list[str]) -> Part:
        """What concerns these scripts."""
        return Part(
            [each for each in self.rows if script_of(each.address) in names],
            [dot for dot in self.dots if dot.script in names],
            {name: counts for name, counts in self.attempts.items() if name in names},
            Counter({name: count for name, count in self.suppressed.items() if name in names}),
        )


MIXED = ("C4.37", "C4.38", "C4.39", "C4.40", "C4.41", "C4.42", "C4.43", "C4.44", "C4.46", "C4.51")
_played: dict[tuple[int, str, str], list[Part]] = {}


def play(trial: Trial, names: list[str], *, policy: str = "default") -> list[Part]:
    """What became of these scripts in the worlds in which all rows of MIXED are played at once: one by DATA, one by
    BDAT. The first row that asks makes the worlds, and judges them whole; each judges what is its own.
    """
    key = (id(trial.cluster), trial.mutant, policy)
    if key not in _played:
        rows = MIXED if policy == "default" else ("C4.41", "C4.42", "C4.43")
        mixed = [name for number in rows for name in of_row(number) if name != "alwayscut"]
        _played[key] = [
            mix(trial, sorted(mixed, key=_spread), policy, chunking) for chunking in (False, True)
        ]
    parts = [part.only([*names, "plain"]) for part in _played[key]]
    for part in parts:
        trial.judge(part)  # type: ignore[arg-type]
    return parts


def mix(trial: Trial, names: list[str], policy: str, chunking: bool) -> Part:
    """One world of these scripts and of readers with nothing special, two for each."""
    scripts = one_of_each([*names, "plain"])
    # A world of 100 readers and more is scaled, and here each script needs its own.
    size = (len(names) + 1) * 2 / (trial.scale if len(names) >= 49 else 1)
    with trial.world(
        round(size), scripts=scripts, plan={"chunking": chunking}, each=True, policy=policy
    ) as world:
        settle(world)
        verdicts = world.verdicts(cuts=CUTS, proven=False)
        for name in ("stuck", "miscounted", "outbox_left", "lost"):
            for sentence in verdicts.broken.get(name, ())[:3]:
                trial.expect(False, f"all scripts at once, {policy}: {name}: {sentence}")
        return Part(world.rows(), world.read_dots(), attempts(world), suppressed(world))


# Before anybody is named


def bad_route(
    trial: Trial, world: World, door: Door, what: str, *, waits: float = 1.5, senders: int = 2
) -> None:
    """While the door is bad nobody is blamed and few knock."""
    before = door.counts.connections
    for _ in range(senders):
        world.start_sender()
    time.sleep(waits)
    with suppress(BrokenError):  # said below
        world.until(lambda: failures_of(world) > 0, what, 10)
    knocks = door.counts.connections - before
    # A sender that finds the route at rest leaves it; each that was at work when it failed may have knocked once.
    trial.expect(knocks <= 2 * senders, f"{what}: {knocks} knocks in {waits:.1f} s")
    [[tried]] = world.query("SELECT coalesce(sum(attempt_no), 0) FROM delivery")
    [[blamed]] = world.query("SELECT count(*) FROM delivery WHERE state > 3")
    trial.expect(tried == 0 and blamed == 0, f"{what}: {tried} attempts and {blamed} ends laid to recipients")
    trial.expect(failures_of(world) > 0, f"{what}: no failure of the route is on record")


def failures_of(world: World) -> int:
    return int(world.query("SELECT coalesce(max(failures), 0) FROM route")[0][0])


def release(world: World) -> None:
    """The cause is mended, and a person says so."""
    world.stop_senders()
    world.launcher.do("tests.faults.actors:rounds", arguments=["routes", "release", "relay"])


BANNERS = {
    "banner 421": Opening(banner=b"421 4.3.2 not now\r\n"),
    "banner 554": Opening(banner=b"554 5.3.2 never\r\n"),
    "connect, then silence": Opening(silent=True),
    "garbage for a banner": Opening(banner=b"SSH-2.0-OpenSSH\r\n"),
}


@row("C4.35", "no connection comes about; or nothing after it")
def no_opening(trial: Trial) -> None:
    # Of the 4 minutes that a banner may take, 1.2 seconds are left here.
    settings = {"ROUNDS_SMTP_PATIENCE": "0.02"}
    with Door(lambda: world.sink.port) as door:  # noqa: SIM117 - the world needs its port
        with trial.world(24, settings={**settings, "ROUNDS_SMTP_URL": door.url()}) as world:
            door.shut()
            bad_route(trial, world, door, "refused")
            door.clog()
            release(world)
            bad_route(trial, world, door, "black hole")
            door.open()
            for what, opening in BANNERS.items():
                door.opening = opening
                release(world)
                bad_route(trial, world, door, what)
            door.opening = Opening(late=1.2)
            release(world)
            world.drain(30)
            trial.judge(world)
            tries = attempts(world)["plain"]
            trial.expect(max(tries) == 1, f"{max(tries)} attempts, where no recipient had been named before")


GREETINGS = {
    "EHLO 554": Opening(banner=b"220 door.test ESMTP\r\n", ehlo=b"421 4.3.0 not you\r\n"),
    "an EHLO of garbage": Opening(ehlo=b"250-door.test\r\n451 and not\r\n"),
    "STARTTLS is not offered": Opening(login=(b"235 2.7.0 ok\r\n",)),
    "STARTTLS 454": Opening(starttls=b"454 4.7.0 no certificate\r\n"),
}
ODD = (
    b"250-door.test says hello\r\n250-\r\n250-X-ODD \x20 \t=%$ 12\r\n250-SIZE\r\n250-SIZE ten\r\n"
    b"250-AUTH\r\n250 8BITMIME\r\n"
)


@row("C4.36", "EHLO, STARTTLS, certificate, login")
def no_welcome(trial: Trial) -> None:
    from tests.gateways.test_smtp_login import Certificate

    with TemporaryDirectory() as folder, Door(lambda: world.sink.port) as door:
        for expired in (False, True):
            made = Path(folder) / str(expired)
            made.mkdir()
            GREETINGS[f"a certificate {'of yesterday' if expired else 'of nobody'}"] = Opening(
                encrypt=Certificate(made, expired=expired).server
            )
        with trial.world(
            12, settings={**QUICK, "ROUNDS_SMTP_URL": door.url(LOGIN, "starttls")}, connections=4
        ) as world:
            for what, opening in GREETINGS.items():
                door.opening = opening
                release(world)
                bad_route(trial, world, door, what, waits=1.2)
            trial.expect(not door.counts.logins, f"{door.counts.logins} logins in the clear")
            trial.expect(not world.read_dots(), "a dot left in the clear")
    with Door(lambda: world.sink.port, Opening(login=(b"535 5.7.8 wrong\r\n",))) as door:  # noqa: SIM117
        with trial.world(24, settings={**QUICK, "ROUNDS_SMTP_URL": door.url(LOGIN)}, connections=4) as world:
            bad_route(trial, world, door, "AUTH 535", senders=3)
            for minutes in (11, 70, 600):  # of the day in which it may ask three times
                world.execute(
                    f"UPDATE route SET blocked_until = blocked_until - interval '{minutes} minutes'"
                )
                time.sleep(1.5)
                world.bury()
            trial.expect(
                1 < door.counts.logins <= 3, f"AUTH 535: {door.counts.logins} logins in eleven hours"
            )
            trial.expect(
                any("login" in said for said in world.alerts()), "AUTH 535: no alert names the login"
            )
            door.opening = Opening(login=(b"454 4.7.0 busy\r\n",))
            release(world)
            before = door.counts.logins
            world.start_sender()
            world.until(lambda: door.counts.logins > before, "a login", 10)
            door.opening = Opening(login=(b"235 2.7.0 welcome\r\n",))
            release(world)
            world.drain(30)
            trial.judge(world)
            trial.expect(max(attempts(world)["plain"]) == 1, "a recipient was blamed for a login")
    for what, opening in (
        ("EHLO 502", Opening(ehlo=b"502 5.5.1 what?\r\n")),
        ("odd capabilities", Opening(ehlo=ODD)),
    ):
        with Door(lambda: world.sink.port, opening) as door:  # noqa: SIM117
            with trial.world(12, settings={**QUICK, "ROUNDS_SMTP_URL": door.url()}) as world:
                trial.expect(world.drain(20), f"{what}: mail did not leave")
                trial.judge(world)
    with trial.world(12, plan={"pipelining": False}) as world:
        world.drain(20)
        trial.judge(world)


# A script for each recipient


@row("C4.37", "4yz at MAIL, RCPT, DATA and dot")
def put_off(trial: Trial) -> None:
    for part in play(trial, of_row("C4.37")):
        for name, counts in part.attempts.items():
            expected = 1 if name == "plain" else 2
            trial.expect(set(counts) == {expected}, f"{name}: {counts} attempts, and not {expected} each")
        trial.expect(not part.suppressed, "somebody was suppressed for a delay")
    with trial.world(12, scripts=one_of_each(("rcpt450", "rcpt452", "dot451")), each=True) as world:
        world.start_sender()
        waits = (
            "SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM delivery"
            " WHERE state = 0 AND attempt_no = 1"
        )
        world.until(lambda: len(world.query(waits)) == 12, "twelve delays", 20)
        found = [wait for (wait,) in world.query(waits)]
        # Five minutes give or take a fifth; seven at most where it may be greylisting.
        trial.expect(
            min(found) > 225 and max(found) < 430,
            f"the next attempts are in {min(found):.0f} to {max(found):.0f} s",
        )
        world.drain(30)
        trial.judge(world)


@row("C4.38", "5yz at RCPT, DATA and dot")
def refused(trial: Trial) -> None:
    dead = {name for name in of_row("C4.38") if name in ("rcpt550", "dot550", "rcpt553", "dot553")}
    for part in play(trial, of_row("C4.38")):
        found = part.suppressed
        trial.expect(set(found) <= dead, f"suppressed, and not by 5.1.x: {sorted(set(found) - dead)}")
        trial.expect({"rcpt550", "rcpt553"} <= set(found), f"5.1.x at RCPT suppressed only {sorted(found)}")
        tries = part.attempts
        again = {n: c for n, c in tries.items() if n.startswith(("rcpt", "dot")) and max(c) > 1}
        trial.expect(not again, f"tried again after a refusal for good: {again}")


@row("C4.39", "greylisting")
def greylisted(trial: Trial) -> None:
    for part in play(trial, ["greylist"]):
        counts = part.attempts
        trial.expect(
            set(counts["greylist"]) == {2}, f"attempts: {Counter(counts['greylist'])}, and not 2 each"
        )
        trial.expect(set(counts["plain"]) == {1}, f"their neighbours: {Counter(counts['plain'])}")
        dots = Counter(dot.message_id for dot in part.dots)
        trial.expect(set(dots.values()) == {1}, "more than one dot for a letter")


@row("C4.40", "dropped at MAIL, RCPT, DATA and in the body")
def dropped_early(trial: Trial) -> None:
    parts = play(trial, of_row("C4.40"))
    for part, judged in zip(parts, trial.verdicts[-2:], strict=True):
        # Whether one is in doubt that must not be is judged by the cuts of its script.
        trial.expect(judged.duplicated == 0, "a drop before the dot left a copy")
        dots = Counter(dot.message_id for dot in part.dots)
        trial.expect(set(dots.values()) == {1}, "more than one dot for a letter")


@row("C4.41", "dropped after the dot, and the message was kept")
def dropped_kept(trial: Trial) -> None:
    after_the_dot(trial, ["keptdrop", "keptreset"])
    with trial.world(6, scripts={"alwayscut": 1.0}) as world:
        world.drain(40)
        trial.judge(world, cuts=CUTS, proven=False)


@row("C4.42", "dropped after the dot, and the message was not kept")
def dropped_lost(trial: Trial) -> None:
    after_the_dot(trial, ["lostdrop", "lostreset"])


def after_the_dot(trial: Trial, names: list[str]) -> None:
    for policy in ("default", "never_resend", "always_resend"):
        for part in play(trial, names, policy=policy):
            copies = Counter(dot.recipient for dot in part.dots if dot.kept)
            more = {
                who: count for who, count in copies.items() if count > (1 if policy == "never_resend" else 2)
            }
            trial.expect(not more, f"{policy}: {more}")
            if policy != "never_resend":
                nothing = [each.address for each in part.rows if not copies[each.address]]
                trial.expect(
                    not nothing, f"{policy}: {len(nothing)} have nothing, though one more was allowed"
                )


@row("C4.43", "no clear word after the dot")
def garbled(trial: Trial) -> None:
    names = of_row("C4.43")
    for policy in ("default", "never_resend"):
        for part in play(trial, names, policy=policy):
            copies = Counter(dot.recipient for dot in part.dots if dot.kept)
            most = 1 if policy == "never_resend" else 2
            trial.expect(max(copies.values()) <= most, f"{policy}: {max(copies.values())} copies")


@row("C4.44", "200, 251 and 252 to the dot")
def other_yes(trial: Trial) -> None:
    for part in play(trial, of_row("C4.44")):
        found = part.attempts
        trial.expect(
            {n for counts in found.values() for n in counts} == {1}, f"tried again after a yes: {found}"
        )


@row("C4.45", "late replies to the dot, with time made short")
def late(trial: Trial) -> None:
    # 600 seconds are 6: slowdot answers after what would be 150, and stalldot never.
    with trial.world(
        12, scripts=one_of_each(("slowdot", "stalldot", "plain")), each=True, settings=QUICK
    ) as world:
        settle(world)
        trial.judge(world, cuts=CUTS, proven=False)
        tries = attempts(world)["slowdot"]
        trial.expect(set(tries) == {1}, f"late is not lost: {tries} attempts")
        causes = {cause for each in world.rows() for cause in each.doubts}
        trial.expect(causes == {"reply_timeout"}, f"the doubts are {causes}")


@row("C4.46", "replies that nobody asked for, in pieces, in one piece")
def out_of_step(trial: Trial) -> None:
    for part in play(trial, of_row("C4.46")):
        found = {each.state for each in part.rows if "bytewise5" in each.address}
        trial.expect(found == {"failed"}, f"550 byte by byte ended as {found}")
        trial.expect(set(part.suppressed) == {"bytewise5"}, "somebody else was suppressed")


@row("C4.47", "readers that are slow, or stop reading")
def slow_reader(trial: Trial) -> None:
    with trial.world(
        8, scripts={"slowread": 0.5, "plain": 0.5}, plan={"receive_buffer": 4096}, each=True
    ) as world:
        world.drain(30)
        trial.judge(world)
        trial.expect(max(attempts(world)["slowread"]) == 1, "slow is not gone")
    stuck = Opening(swallows=3_000)
    with Door(lambda: world.sink.port, stuck) as door:
        settings = {**QUICK, "ROUNDS_SMTP_URL": door.url()}
        with trial.world(8, settings=settings) as world:
            world.start_sender()
            tried = "SELECT count(*) FROM attempt WHERE cause IN ('timeout', 'lost', 'garbled', 'desync')"
            world.until(lambda: world.query(tried)[0][0] >= 4, "four bodies that nobody takes", 25)
            trial.expect(not world.read_dots(), "a dot, though the body was not taken")
            door.opening = Opening()
            world.stop_senders()
            world.drain(40)
            verdicts = trial.judge(world)
            trial.expect(
                verdicts.ambiguous == 0, f"{verdicts.ambiguous} doubts about bodies that were not taken"
            )


# Routes


@row("C4.48", "one of two routes stalls at every stage")
def stalled_route(trial: Trial) -> None:
    # Two lanes and 20 ms a letter: the route that works is held to its pace by the sink, and not by the processor.
    plan = {"latency": 0.02}
    with Door(lambda: world.sink.port) as door, Door(lambda: world.sink.port) as good:
        urls = {"ROUNDS_SMTP_URL": f"{door.url()} {good.url()}", "ROUNDS_SENDERS": "1"}
        with trial.world(1_000, plan=plan, settings=urls, connections=2) as world:
            door.shut()
            world.start_senders(2)
            alone = pace(world)
            stages = {
                "greeting": Opening(silent=True),
                "RCPT": Opening(stalls_at=b"RCPT TO"),
                "the body": Opening(swallows=3_000),
            }
            for what, opening in stages.items():
                door.opening = opening
                door.open()
                world.launcher.do("tests.faults.actors:rounds", arguments=["routes", "release", "relay"])
                beside = pace(world)
                trial.expect(
                    beside >= 0.9 * alone,
                    f"stalled at {what}: {beside:.0f} a second by the other route, and {alone:.0f} without a stall",
                )
                trial.result.notes[what] = round(beside / alone, 2)
            door.opening = Opening()
            world.stop_senders()
            door.open()
            world.drain(60, senders=2)
            trial.judge(world)


def pace(world: World, seconds: float = 2.0) -> float:
    """Dots a second, the better of two looks: other people use this machine."""
    found = []
    for _ in range(2):
        before, began = world.sink.dots(), time.monotonic()
        time.sleep(seconds / 2)
        found.append((world.sink.dots() - before) / (time.monotonic() - began))
    return max(found)


@row("C4.49", "421 after so many messages, and a storm of 421")
def closing_time(trial: Trial) -> None:
    for plan in (
        {"limit": 5},
        {"limit": 1},
        {"every": [{"stage": "mail", "n": 11, "reply": "421 4.7.0 next, please", "then": "drop"}]},
    ):
        with trial.world(160, plan=plan, connections=4) as world:
            world.drain(40)
            trial.judge(world)
            told = [said for said in world.alerts() if not said.startswith("unknown")]
            trial.expect(not told, f"{plan}: {told}")
            rests = [what for what in world.waited_for if what]
            trial.expect(not rests, f"{plan}: the next recipient waited for {rests}")
            retry = world.clock.get() - 60 * len(world.waited_for)
            trial.expect(retry < 60, f"{plan}: the next recipient was to be tried {retry:.0f} s later")


@row("C4.50", "accepted, and bounced later: twice, unknown, forged")
def bounced_later(trial: Trial) -> None:
    covered_by(
        trial,
        "tests/actions/test_record_feedback.py::test_the_same_event_again_changes_nothing_and_by_another_road_hardly_anything",
        "tests/actions/test_record_feedback.py::test_a_bounce_after_acceptance_is_an_event_beside_it",
        "tests/actions/test_record_feedback.py::test_an_event_about_nobody_leaves_no_row",
        "tests/actions/test_collect_reports.py::test_forged_foreign_and_automatic_answers_suppress_nobody",
        "tests/actions/test_collect_reports.py::test_the_same_report_again_is_known_and_laid_aside_once",
    )


@row("C4.51", "kept, and said not to be: the server's copies")
def liar(trial: Trial) -> None:
    parts = play(trial, ["lied"])
    for part, judged in zip(parts, trial.verdicts[-2:], strict=True):
        lied = sum("lied" in each.address for each in part.rows)
        trial.expect(judged.lied == lied, f"{judged.lied} copies laid to the server, of {lied}")
        trial.expect(judged.duplicated == 0, "copies that are the server's were counted as ours")
    trial.result.notes["copies that are the server's"] = sum(judged.lied for judged in trial.verdicts)


@row("C4.52", "the relay's name cannot be looked up")
def no_name(trial: Trial) -> None:
    # No query leaves the machine: the first is too long for a name, and the second has an empty part.
    for host in ("x" * 64 + ".example", "relay..example"):
        with trial.world(6, settings={"ROUNDS_SMTP_URL": f"smtp://{host}:2525?tls=none"}) as world:
            sender = world.start_sender()
            world.until(
                lambda: failures_of(world) > 0,
                f"a failure of the route {host[:12]}...",
                10,
            )
            [[tried]] = world.query("SELECT sum(attempt_no) FROM delivery")
            trial.expect(tried == 0, f"{tried} attempts laid to recipients")
            trial.expect(world.launcher.wait(sender, 0) is None, f"a sender died of a name: {host[:12]}...")
            trial.expect(not world.read_dots(), "a dot came to a relay that is not ours")


__all__ = ["NOT_HERE"]
