"""Several hosts, one PostgreSQL: together they send every message once, and one of them may be lost whole.

A host is what its data folder makes it: each has its own, with its own journals and its own mark, and has joined. The
machines share nothing else here but the database and the relay.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.world import Cluster, Launcher, World

LEASE = 4  # seconds, in place of eleven minutes


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with Cluster(tmp_path_factory.mktemp("hosts")) as started:
        yield started


class Host:
    """One machine beside the world's own, with senders of its own."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.launcher: Launcher = world.other_host(name)
        self.folder: Path = world.folder / name
        self.pids: list[int] = []

    def start(self, senders: int = 1) -> None:
        log = self.world.folder / f"{self.name}.log"
        self.pids = [self.launcher.fork("tests.faults.actors:sender", None, log) for _ in range(senders)]

    def tokens(self) -> list[str]:
        """The leases of its senders, which name its journals."""
        found = self.world.query("SELECT token::text FROM sender")
        mine = "\n".join(str(path) for path in (self.folder / "journal").rglob("*"))
        return [token for (token,) in found if token in mine or token.replace("-", "") in mine]

    def in_hand(self, state: int) -> int:
        """How many deliveries of a state its senders hold."""
        asked = "SELECT count(*) FROM delivery WHERE state = %s AND lease_token = ANY(%s::uuid[])"
        [(count,)] = self.world.query(asked, [state, self.tokens()])
        return int(count)

    def is_lost(self) -> None:
        """The machine burns down: its processes at once, and its disk with the journals."""
        for pid in self.pids:
            os.killpg(pid, signal.SIGKILL)
        self.launcher.close()
        shutil.rmtree(self.folder)


def test_hosts_that_have_joined_drain_one_mailing_together_and_everybody_gets_one(cluster):
    with World(cluster, "together", 300, plan={"latency": 0.02}, connections=4) as world:
        hosts = [Host(world, name) for name in ("north", "south")]
        for host in hosts:
            host.start()
        world.start_sender()
        assert world.drain(60)
        verdicts = world.verdicts(kills=0)
        assert verdicts.broken == {}
        assert (verdicts.messages, verdicts.copies, verdicts.ambiguous) == (300, 300, 0)
        journals = [host.folder / "journal" for host in hosts] + [world.folder / "journal"]
        for journal in journals:
            dots = sum(path.read_bytes().count(b"\nD") for path in journal.rglob("*") if path.is_file())
            assert dots > 10, f"{journal} has {dots} dots: that host took no part"
        for host in hosts:
            host.launcher.close()


def test_a_host_that_has_not_joined_sends_nothing(cluster):
    with World(cluster, "stranger", 20, connections=2) as world:
        world.until(lambda: world.query("SELECT 1 FROM delivery LIMIT 1"), "the opening")
        world.act("join")
        data = world.folder / "stranger"
        data.mkdir()
        with Launcher({**world.environment, "ROUNDS_DATA_DIR": str(data)}) as stranger:
            stranger.do("tests.faults.actors:drain_once", seconds=20, times=2)
        assert world.sink.dots() == 0
        assert world.drain(40)
        assert world.verdicts().broken == {}


@pytest.mark.parametrize("policy", ["default", "never_resend"])
def test_what_a_lost_host_held_is_observed_told_apart_and_settled_by_policy(cluster, policy):
    settings = {"ROUNDS_LEASE_SECONDS": str(LEASE)}
    name = f"lost {policy}"
    with World(
        cluster, name, 60, policy=policy, plan={"latency": 0.4}, connections=4, settings=settings
    ) as world:
        lost = Host(world, "lost")
        lost.start(senders=2)
        world.until(lambda: lost.in_hand(2) >= 3, "dots under way", 30)
        lost.is_lost()
        # The seal of the day may have been in its hands too, and is in no mailing.
        held = "SELECT count(*) FROM delivery WHERE state = 2 AND mailing_id IS NOT NULL"
        left = world.query(held)[0][0]
        assert left, "nothing was under way when the host was lost"
        assert not world.query("SELECT 1 FROM delivery WHERE state = 3"), (
            "judged before anybody had watched it"
        )
        in_doubt = (
            "SELECT count(*) FROM attempt a JOIN delivery d ON d.id = a.delivery_id"
            " WHERE a.cause = 'owner_lost' AND d.mailing_id IS NOT NULL"
        )
        world.until(lambda: world.query(in_doubt)[0][0] == left, "the end of the observation", 10 * LEASE)
        assert world.drain(90, senders=2)
        verdicts = world.verdicts()
        assert verdicts.broken == {}
        assert verdicts.messages == 60
        assert verdicts.ambiguous == left <= 2 * world.connections
        if policy == "never_resend":
            assert verdicts.duplicated == 0
            assert [row.state for row in world.rows()].count("held_unknown") == left
        else:
            assert verdicts.duplicated <= left
            assert {row.state for row in world.rows()} <= {"accepted", "presumed_accepted"}
