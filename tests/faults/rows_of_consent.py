"""C6: people say no while their letters are in hand, and machines press what only people should."""

from __future__ import annotations

import fcntl
import http.client
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from pipeline.gateways.ports import free_port
from tests.faults.broker import Broker, Programs, finished
from tests.faults.checker import BOUND, BOUND_P99
from tests.faults.covered import covered_by
from tests.faults.mailboxes import key_of
from tests.faults.rows_of_database import stopped
from tests.faults.trial import Trial, row
from tests.faults.world import World

# Rows that concern the ledger and not the sending, and come with it.
NOT_HERE = {
    "C6.63": "that an erased address stands in no dump: comes with erasure itself; here, that no mail follows",
}

BRISK = {"latency": 0.01}


def stop_mail(
    world: World, how: str, *, most: int, seconds: float, states: tuple[int, ...] = (1,), at_a_look: int = 1
) -> int:
    return world.launcher.fork(
        "tests.faults.persons:stop_mail",
        None,
        world.folder / "leavers.log",
        out=str(world.folder / "withdrawn"),
        how=how,
        most=most,
        seconds=seconds,
        seed=world.draw.randrange(1 << 30),
        states=states,
        at_a_look=at_a_look,
    )


@row("C6.59", "goodbyes race the dot")
def race(trial: Trial) -> None:
    with trial.world(2_000, plan=BRISK, connections=6) as world:
        leavers = [world.leavers(most=400, seconds=20, states=(1, 2)) for _ in range(2)]
        world.start_senders(2)
        world.drain(60)
        for pid in leavers:
            world.launcher.wait(pid, 25)
        verdicts = trial.judge(world)
        gone = len(world.withdrawn())
        trial.expect(gone > 20, f"only {gone} people left, so that little was proved")
        note_delays(trial, verdicts.unsubscribe_delays, gone)


@row("C6.70", "2,000 goodbyes while 20,000 are sent", slow=True)
def many_goodbyes(trial: Trial) -> None:
    """The figure of docs/reliability.md. Half of them leave while their own letter is in a sender's hands."""
    slowly = {"ROUNDS_RATE": "250"}  # so that there is time for all of the goodbyes
    with trial.world(0, readers=20_000, plan=BRISK, connections=8, settings=slowly) as world:
        leavers = [
            stop_mail(world, "goodbye", most=700, seconds=75, states=states, at_a_look=10)
            for states in ((0, 1), (0, 1), (1, 2), (1, 2))
        ]
        world.start_senders(2)
        for pid in leavers:
            world.launcher.wait(pid, 90)
        world.drain(240)
        verdicts = trial.judge(world)
        gone = len(world.withdrawn())
        trial.expect(gone >= 2_000, f"{gone} people left, and 2,000 were to")
        note_delays(trial, verdicts.unsubscribe_delays, gone)


def note_delays(trial: Trial, delays: tuple[float, ...], gone: int) -> None:
    """The histogram of acknowledgement to dot, over all goodbyes: most are followed by no dot at all."""
    bins = {0.010: 0, 0.025: 0, BOUND_P99: 0, 0.1: 0, 0.25: 0, BOUND: 0, float("inf"): 0}
    for delay in delays:
        bins[next(upper for upper in bins if delay <= upper)] += 1
    trial.result.notes["goodbyes"] = gone
    trial.result.notes["dots after them, by ms"] = {f"{upper * 1000:g}": n for upper, n in bins.items() if n}
    late = sum(delay > BOUND_P99 for delay in delays)
    trial.expect(late <= gone * 0.01, f"{late} of {gone} goodbyes were followed by a dot after 50 ms")
    trial.expect(not delays or max(delays) <= BOUND, f"a dot {max(delays, default=0):.2f} s after a goodbye")


@row("C6.60", "goodbyes while the audience is being written")
def while_opening(trial: Trial) -> None:
    with trial.world(1_000, plan=BRISK, ticks=False) as world:
        with world.cluster.connect(world.database) as holder:
            holder.autocommit = False
            holder.execute("LOCK TABLE outbox IN EXCLUSIVE MODE")
            world.start_ticker()
            waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'outbox'::regclass"
            world.until(lambda: world.query(waits), "an audience that is half written", 20)
            for pid in [stop_mail(world, "goodbye", most=20, seconds=20, states=()) for _ in range(4)]:
                world.launcher.wait(pid, 25)  # nobody waits for the audience
            trial.expect(world.query(waits), "the audience was written before anybody left")
            holder.rollback()
        world.start_sender()
        world.ticks = True
        world.drain(40)
        verdicts = trial.judge(world)
        trial.expect(len(world.withdrawn()) >= 4, "nobody left while the audience was written")
        to_them = [dot for dot in world.read_dots() if dot.recipient in world.withdrawn()]
        trial.expect(not to_them and not verdicts.after_unsubscribe, f"{len(to_them)} dots after a goodbye")


@row("C6.61", "yes and no at once, out of order, twice")
def yes_and_no(trial: Trial) -> None:
    covered_by(
        trial,
        "tests/store/test_races.py::test_yes_and_no_from_everywhere_at_once_leave_the_projection_at_the_fold",
        "tests/store/test_races.py::test_one_event_sent_eight_times_at_once_is_one_entry",
        "tests/store/test_ledger_properties.py::test_the_projection_is_the_fold_of_the_ledger",
        "tests/actions/test_record_feedback.py::test_the_end_is_the_same_in_whatever_order_events_come",
    )


@row("C6.62", "complaints in the middle of a send")
def complaints(trial: Trial) -> None:
    said_no(trial, "complaint")


@row("C6.63", "erasure in the middle of a send")
def erasure(trial: Trial) -> None:
    said_no(trial, "erasure")


def said_no(trial: Trial, how: str) -> None:
    # A breaker stops a campaign at one complaint in three hundred, and it is right: so they are few.
    most = 3 if how == "complaint" else 40
    with trial.world(1_200, plan=BRISK) as world:
        pid = stop_mail(world, how, most=most, seconds=20, states=(0, 1))
        world.start_senders(2)
        world.launcher.wait(pid, 25)
        world.drain(15)
        if world.query("SELECT 1 FROM campaign WHERE state = 'paused'"):
            world.steer("resume")
            world.drain(30)
        verdicts = trial.judge(world)
        gone = world.withdrawn()
        trial.expect(len(gone) == most, f"{len(gone)} said no, and not {most}")
        trial.expect(not verdicts.after_unsubscribe, "mail after a no")
        [[still]] = world.query("SELECT count(*) FROM subscription WHERE status IN ('given', 'renewed')")
        trial.expect(
            still == world.size - len(gone), f"{still} are on the list, of {world.size} less {len(gone)}"
        )
        [[rows]] = world.query("SELECT count(*) FROM delivery WHERE mailing_id IS NOT NULL")
        trial.expect(rows == world.size, f"{rows} rows: the counts are not kept")


@row("C6.64", "an import of suppressed people, and one during a send")
def imports(trial: Trial) -> None:
    with trial.world(600, plan=BRISK) as world:
        stopped = world.addresses[-30:]
        with world.cluster.connect(world.database) as connection:
            connection.execute(
                "INSERT INTO suppression (address_key, scope, reason, created_at)"
                " SELECT address_key, 'all', 'complaint', now() FROM subscriber WHERE address_key = ANY(%s)",
                [[key_of(address) for address in stopped]],
            )
        for address in stopped:
            world.note_withdrawn(address)
        people = world.folder / "people.csv"
        people.write_text("email\n" + "\n".join(world.addresses) + "\n")
        world.start_sender()
        world.dots_reach(30)
        world.launcher.do(
            "tests.faults.actors:rounds",
            arguments=["subscribers", "import", str(people), "--purpose", "weekly_health_email",
                       "--evidence", "the same list again", "--notice", "notice-a:4",
                       "--collected-from", "2026-11-01", "--collected-until", "2026-11-02"],
        )  # fmt: skip
        world.drain(40)
        trial.judge(world)
        to_them = [dot for dot in world.read_dots() if dot.recipient in set(stopped)]
        trial.expect(not to_them, f"{len(to_them)} dots for people whom an import brought back")


# The public pages


class Site:
    """`rounds web` of a world."""

    def __init__(self, world: World, programs: Programs) -> None:
        self.world, self.port = world, free_port()
        self.process = programs.start(sys.executable, "-m", "pipeline.cli", "web", "--port", str(self.port))
        world.until(self._answers, "the site", 40)

    def _answers(self) -> bool:
        try:
            return self.ask("GET", "/privacy/")[0] < 500
        except OSError:
            return False

    def ask(
        self, method: str, path: str, body: str = "", kind: str = "", **headers: str
    ) -> tuple[int, float]:
        """The status, and how many seconds it took."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            more = {"Content-Type": kind or "application/x-www-form-urlencoded"} if body or kind else {}
            connection.request(method, path, body or None, {**more, **headers})
            answer = connection.getresponse()
            answer.read()
            return answer.status, time.monotonic() - began
        finally:
            connection.close()

    def links(self, most: int) -> list[dict[str, str]]:
        out = self.world.folder / "links.json"
        self.world.launcher.do("tests.faults.persons:links", out=str(out), most=most)
        found: list[dict[str, str]] = json.loads(out.read_text())
        return found


ONE_CLICK = "List-Unsubscribe=One-Click"


LOOKS: tuple[tuple[str, dict[str, str]], ...] = (
    ("GET", {}),
    ("HEAD", {}),
    ("GET", {"Sec-Purpose": "prefetch"}),
    ("OPTIONS", {}),
)


def ledger(world: World) -> int:
    return int(world.query("SELECT count(*) FROM consent_event")[0][0])


@row("C6.65", "scanners that open every link")
def scanners(trial: Trial) -> None:
    with trial.world(20, ticks=False) as world, Programs(world) as programs:
        site = Site(world, programs)
        before = ledger(world)
        for link in site.links(10):
            for path in (
                f"/u/{link['token']}",
                f"/u/{link['token']}/",
                f"/p/{link['token']}",
                f"/c/{link['token']}",
            ):
                for method, headers in (
                    ("GET", {}),
                    ("HEAD", {}),
                    ("GET", {"Sec-Purpose": "prefetch"}),
                    ("OPTIONS", {}),
                ):
                    status, _ = site.ask(method, path, **headers)
                    trial.expect(status < 500, f"{method} of a link: {status}")
            site.ask("POST", f"/u/{link['token'][:-3]}abc", ONE_CLICK)
            site.ask("POST", "/u/", ONE_CLICK)
        after = ledger(world)
        trial.expect(after == before, f"{after - before} entries in the ledger by machines that looked")
    covered_by(
        trial,
        "tests/web/test_unsubscribe.py::test_scanners_that_open_every_link_change_nothing",
        "tests/web/test_unsubscribe.py::test_a_scanners_visit_does_not_burn_the_link",
        "tests/web/test_preferences.py::test_looking_changes_nothing",
    )


@row("C6.66", "one click: a thousand at once, odd bodies, false tokens")
def one_click(trial: Trial) -> None:
    with trial.world(20, ticks=False) as world, Programs(world) as programs:
        site = Site(world, programs)
        victim, *others = site.links(8)
        before = ledger(world)
        with ThreadPoolExecutor(24) as many:
            found = list(
                many.map(lambda _: site.ask("POST", f"/u/{victim['token']}", ONE_CLICK)[0], range(1_000))
            )
        # A link that is posted a thousand times is over its limit (S-06): its goodbye is on the disk as well.
        answers = {status: found.count(status) for status in sorted(set(found))}
        trial.expect(answers.keys() == {200, 429}, f"a thousand at once were answered with {answers}")
        trial.expect(answers.get(200, 0) >= 20, f"within its limit a link was answered with {answers}")
        trial.expect(ledger(world) - before == 1, f"{ledger(world) - before} entries for one goodbye")
        bodies = (("", ""), ("\0\xff", ""), ("{}", "application/json"), ("x" * 9_000, "text/plain"))
        for link, (body, kind) in zip(others, bodies, strict=False):
            status, _ = site.ask("POST", f"/u/{link['token']}", body, kind)
            trial.expect(status == 200, f"one click with {body[:10]!r} {kind}: {status}")
        trial.expect(ledger(world) - before == 1 + len(bodies), "an odd body was not heeded, or twice")
        said = ledger(world)
        token = others[-1]["token"]
        for false in (token[:-1], token + "x", token[::-1], "x" * 150, "%00", "..%2f"):
            status, _ = site.ask("POST", f"/u/{false}", ONE_CLICK)
            trial.expect(400 <= status < 500, f"a false token was answered with {status}")
        trial.expect(ledger(world) == said, "a false token changed the ledger")


@row("C6.67", "goodbyes while PostgreSQL is away, and the disk too")
def kept(trial: Trial) -> None:
    with (
        trial.world(300, plan={"latency": 0.02}, connections=2) as world,
        Programs(world) as programs,
    ):
        site = Site(world, programs)
        links = site.links(80)
        before = ledger(world)
        world.start_sender()
        world.dots_reach(20)
        spool = Path(world.environment["ROUNDS_DATA_DIR"]) / "spool"
        with stopped(world.cluster):
            for link in links[:40]:
                status, _, _ = leave(site, link)
                trial.expect(status == 202, f"a goodbye without PostgreSQL was answered with {status}")
            status, _ = site.ask("POST", f"/u/{links[0]['token']}", ONE_CLICK)
            trial.expect(status == 202, f"the same goodbye once more: {status}")
            token = links[50]["token"]
            for path, wanted in ((f"/u/{token[:-1]}", 404), (f"/u/{token[::-1]}", 404)):
                status, _ = site.ask("POST", path, ONE_CLICK)
                trial.expect(status == wanted, f"a false token without PostgreSQL: {status}")
            status, _ = site.ask("GET", f"/u/{token}")
            trial.expect(status == 503, f"a page without PostgreSQL: {status}")
            # No disk takes any more: then it is a 503, and never a false yes. And at last the site dies, with half a
            # line of a goodbye that nobody was told of.
            with (spool / "lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # the site's own thread does not move the file meanwhile
                with suppress(FileNotFoundError):
                    (spool / "goodbyes").rename(spool / "taken-1")
                (spool / "goodbyes").mkdir()
                status, _ = site.ask("POST", f"/u/{links[60]['token']}", ONE_CLICK)
                trial.expect(status == 503, f"a goodbye that no disk takes was answered with {status}")
                (spool / "goodbyes").rmdir()
                programs.kill(site.process)
            with (spool / "taken-1").open("ab") as file:
                file.write(b'deadbeef {"subscription":')
        Site(world, programs)
        withdrawn = "SELECT count(*) FROM consent_event WHERE kind = 'CONSENT_WITHDRAWN'"
        world.until(lambda: world.query(withdrawn)[0][0] >= 40, "the goodbyes in the ledger", 30)
        trial.expect(ledger(world) - before == 40, f"{ledger(world) - before} entries for 40 goodbyes")
        trial.expect(not list(spool.glob("damaged-*")), "what a crash cut short was taken for damage")
        world.stop_senders()
        world.drain(60)
        trial.judge(world, proven=False)


@row("C6.68", "tampering with the ledger")
def tampering(trial: Trial) -> None:
    covered_by(
        trial,
        "tests/actions/test_seal_ledger.py::test_tampering_is_found_and_the_seal_named",
        "tests/actions/test_seal_ledger.py::test_two_mailboxes_that_changed_places_are_found",
        "tests/actions/test_seal_ledger.py::test_a_ledger_that_was_sealed_anew_after_a_change_is_betrayed_by_the_signature",
        "tests/actions/test_seal_ledger.py::test_without_its_signatures_it_is_betrayed_by_the_seal_that_was_kept_outside",
    )


@row("C6.69", "a gap between seals; transactions that end out of order")
def gap_between_seals(trial: Trial) -> None:
    covered_by(
        trial,
        "tests/actions/test_seal_ledger.py::test_long_transactions_that_end_out_of_order_are_each_in_one_seal",
        "tests/actions/test_seal_ledger.py::test_a_sealer_that_dies_leaves_the_next_one_where_it_was",
    )


@row("C2.12", "Redis is frozen while people leave")
def frozen(trial: Trial) -> None:
    with Broker() as broker:
        settings = {"REDIS_URL": broker.url, "ROUNDS_SENDERS": "1"}
        plan = {"latency": 0.03}
        with (
            trial.world(600, plan=plan, settings=settings, ticks=False, connections=2) as world,
            Programs(world) as programs,
        ):
            site = Site(world, programs)
            links = site.links(200)
            programs.pump(after=1)
            world.dots_reach(10)
            well = goodbyes(trial, site, links[:100])
            broker.freeze()
            before = world.sink.dots()
            ill = goodbyes(trial, site, links[100:])
            world.until(lambda: finished(world), "the end of the issue while Redis is frozen", 60)
            trial.expect(world.sink.dots() > before, "no mail left while Redis was frozen")
            trial.judge(world)
    # A busy machine is slow with a Redis that is well, too: then the one must be as good as the other.
    late, usual = percentile(ill), percentile(well)
    trial.expect(
        late < max(0.25, 2 * usual),
        f"the 99th percentile is {late * 1000:.0f} ms, and was {usual * 1000:.0f}",
    )
    trial.expect(max(ill) < 2.5, f"a goodbye took {max(ill):.1f} s")
    trial.result.notes["goodbyes, p99 in ms"] = {"well": round(usual * 1000), "frozen": round(late * 1000)}
    covered_by(
        trial,
        "tests/gateways/test_queue.py::test_a_frozen_redis_holds_nobody_for_long_and_the_next_not_at_all",
    )


def goodbyes(trial: Trial, site: Site, links: list[dict[str, str]]) -> list[float]:
    with ThreadPoolExecutor(2) as few:
        found = list(few.map(lambda link: leave(site, link), links))
    bad = [status for status, _, _ in found if status != 200]
    trial.expect(not bad, f"{len(bad)} goodbyes were answered with {bad[:3]}")
    return [seconds for _, seconds, _ in found]


def percentile(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99) - 1]


NOTING = threading.Lock()


def leave(site: Site, link: dict[str, str]) -> tuple[int, float, str]:
    status, seconds = site.ask("POST", f"/u/{link['token']}", ONE_CLICK)
    with NOTING:
        site.world.note_withdrawn(link["address"])
    time.sleep(0.01)
    return status, seconds, link["address"]
