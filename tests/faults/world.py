"""A world to break: a PostgreSQL, a sink, a campaign of many readers, and senders that are real processes.

    with Cluster(folder) as cluster:
        with World(cluster, "C1.02", 2_000) as world:
            world.start_senders(2)
            world.kill(...)
            world.drain()
            verdicts = world.verdicts()

One PostgreSQL serves all worlds of a run, each with a database of its own, copied from a template.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from pipeline.core.delivery.lifecycle import DeliveryState
from pipeline.gateways.embedded_postgres import PostgreSQL
from pipeline.gateways.embedded_process import is_alive, server_user, socket_home
from pipeline.settings import PROJECT, socket_folder
from tests.faults.checker import Audience, Dot, Row, Verdicts, check, read_log, uid_of
from tests.faults.mailboxes import SECRET, key_of, opened
from tests.faults.moved_clock import Offset
from tests.faults.mutants import MUTANTS
from tests.faults.scripts import SCRIPTS

CAMPAIGN = "run"
RESOLVED_AFTER = 16 * 60.0  # seconds: the resolver's window is 15 minutes
STATE = {state.value: state.word for state in DeliveryState}


class BrokenError(Exception):
    """The world did not do what a row needs of it, so that nothing was proved."""


class Cluster:
    """One embedded PostgreSQL and the template of all worlds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "logs").mkdir(exist_ok=True)
        self.server = PostgreSQL(self.folder, server_user(self.folder))
        self.crashes = 0

    def __enter__(self) -> Self:
        try:
            self._begin()
        except BaseException:
            self._end()
            raise
        return self

    def _begin(self) -> None:
        self.start()
        # After a crash, one call in place of one for each of some thousand files: a second, and not ten.
        self.execute("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")
        self.execute("SELECT pg_reload_conf()")
        if not self._exists("template_world"):
            self.execute("CREATE DATABASE making_world")
            with Launcher(self.environment("making_world", self.folder / "template")) as launcher:
                launcher.do("tests.faults.actors:prepare_template", seconds=120, name=CAMPAIGN)
            self.execute("ALTER DATABASE making_world RENAME TO template_world")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        if process := self.server.running():
            self.server.stop(process)
        shutil.rmtree(socket_folder(self.folder), ignore_errors=True)

    def environment(self, database: str, data: Path) -> dict[str, str]:
        """What the processes of a world are given. Nothing of the caller's own settings gets through."""
        data.mkdir(parents=True, exist_ok=True)
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ROUNDS_", "JUDGE_")) and name not in ("DATABASE_URL", "REDIS_URL")
        }
        if "PYTHONPYCACHEPREFIX" not in inherited:
            inherited["PYTHONDONTWRITEBYTECODE"] = "1"
        return {
            **inherited,
            "DATABASE_URL": self.url(database),
            "REDIS_URL": f"unix://{data}/no-redis.sock",
            "ROUNDS_DATA_DIR": str(data),
            "ROUNDS_SECRET_KEY": SECRET,
            "ROUNDS_RELAY_SIGNS": "1",
            "DJANGO_SETTINGS_MODULE": "pipeline.settings",
            "JUDGE_CLOCK": str(data / "clock"),
        }

    def url(self, database: str) -> str:
        from urllib.parse import quote

        return f"postgresql://rounds@/{database}?host={quote(str(socket_folder(self.folder)), safe='')}"

    def connect(
        self, database: str = "postgres", seconds: float = 60.0
    ) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection, as soon as the server gives one."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return psycopg.connect(self.url(database), autocommit=True, connect_timeout=5)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def execute(self, statement: str) -> None:
        with self.connect() as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def _exists(self, database: str) -> bool:
        with self.connect() as connection:
            return bool(
                connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
            )

    # Faults of PostgreSQL

    def start(self) -> None:
        socket_home(self.server.socket.parent, self.server.user)
        deadline = time.monotonic() + 60
        process = self.server.running() or self.server.start()
        while not self.server.is_ready():
            # A start just after a kill may find memory that the last child of the dead still holds, and end at once.
            if not is_alive(process.pid):
                process = self.server.start()
            if time.monotonic() > deadline:
                raise BrokenError(f"PostgreSQL did not start; {self.server.log} says why")
            time.sleep(0.03)

    def crash(self, how: str = "immediate", down: float = 0.0) -> None:
        """End it without a checkpoint and start it again. `immediate` as `pg_ctl stop -m immediate`; `kill`: -9."""
        process = self.server.running()
        if process is None:
            raise BrokenError("PostgreSQL was not running")
        children = process.children()
        process.send_signal(signal.SIGKILL if how == "kill" else signal.SIGQUIT)
        deadline = time.monotonic() + 20
        while any(p.is_running() and p.status() != "zombie" for p in [process, *children]):
            if time.monotonic() > deadline:
                raise BrokenError("PostgreSQL did not die")
            time.sleep(0.01)
        with suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
        self.crashes += 1
        time.sleep(down)
        self.start()

    def restart(self) -> None:
        """An orderly restart: sessions end, nothing is recovered."""
        if process := self.server.running():
            self.server.stop(process)
        self.start()


class Launcher:
    """A process that forks actors. See `launcher.py`."""

    def __init__(self, environment: Mapping[str, str], mutant: str = "") -> None:
        self.folder = Path(environment["ROUNDS_DATA_DIR"])
        self.log = self.folder / "actors.log"
        more = {"JUDGE_MUTANT": mutant} if mutant else {}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.launcher"],
                cwd=PROJECT,
                env={**environment, **more},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Everything that it forked goes with it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        if not text:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise BrokenError(f"the launcher ended:\n{tail}")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def _ask(self, **order: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def fork(
        self, call: str, environment: Mapping[str, str] | None = None, log: Path | None = None, **given: Any
    ) -> int:
        """Start an actor; returns its pid."""
        order = {
            "call": call,
            "with": given,
            "environment": dict(environment or {}),
            "log": str(log or self.log),
        }
        return int(self._ask(**order)["pid"])

    def wait(self, pid: int, seconds: float = 10.0) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._ask(wait=pid, seconds=seconds)["status"]

    def do(self, call: str, seconds: float = 60.0, **given: Any) -> None:
        """Run an actor to its end. Raises BrokenError if it fails or takes too long."""
        pid = self.fork(call, **given)
        status = self.wait(pid, seconds)
        if status != 0:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])
            raise BrokenError(f"{call} ended with {status}:\n{tail}")


class SinkProcess:
    """The sink of a world, which may be killed and started again on the same port and log."""

    def __init__(self, folder: Path, plan: Mapping[str, Any]) -> None:
        self.log, self._port_file, self.plan = folder / "sink.log", folder / "sink.port", dict(plan)
        self.log.touch()
        self.start()

    def start(self) -> None:
        self._port_file.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "tests.faults.sink",
            str(self.log),
            str(self._port_file),
            json.dumps(self.plan),
        ]
        self.process = subprocess.Popen(command, cwd=PROJECT)
        deadline = time.monotonic() + 20
        while not self._port_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise BrokenError("the sink did not start")
            time.sleep(0.01)
        self.port = int(self._port_file.read_text())
        self.plan["port"] = self.port

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def dots(self) -> int:
        """How many dots have come."""
        with self.log.open("rb") as log:
            return sum(line.startswith(b"D") for line in log)


@dataclass
class Figures:
    """What a row counts beside the verdicts."""

    kills: int = 0
    crashes: int = 0
    pauses: int = 0
    notes: dict[str, Any] = field(default_factory=dict)


class World:
    """One campaign of `size` readers on a database of its own."""

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        size: int,
        *,
        policy: str = "default",
        scripts: Mapping[str, float] | None = None,
        plan: Mapping[str, Any] | None = None,
        connections: int = 4,
        mutant: str = "",
        settings: Mapping[str, str] | None = None,
        seed: int = 1,
        ticks: bool = True,
        each: bool = False,
    ) -> None:
        self.cluster, self.name, self.size, self.policy = cluster, name, size, policy
        self.scripts = dict(scripts or {"plain": 1.0})
        self.connections, self.mutant, self.seed = connections, mutant, seed
        self.draw = random.Random(seed)
        self.database = "world_" + "".join(c if c.isalnum() else "_" for c in name.lower())
        self.folder = cluster.folder / "worlds" / name
        self.plan, self.settings = dict(plan or {}), dict(settings or {})
        self.senders: list[int] = []
        self.ticks, self.ticker = ticks, 0
        self.each = each  # every script gets as many readers as any other
        self.figures = Figures()
        self.addresses: list[str] = []
        self._names: dict[bytes, str] = {}

    def __enter__(self) -> Self:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.cluster.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        self.cluster.execute(f"CREATE DATABASE {self.database} TEMPLATE template_world")
        self.sink = SinkProcess(self.folder, self.plan)
        try:
            self.environment = {
                **self.cluster.environment(self.database, self.folder),
                "ROUNDS_SMTP_URL": f"smtp://127.0.0.1:{self.sink.port}?tls=none",
                "ROUNDS_CONNECTIONS": str(self.connections),
                "ROUNDS_TICK_SECONDS": "1",
                "ROUNDS_SENDERS": "8",
                "ROUNDS_WEB_PROCESSES": "1",
                **self.settings,
            }
            self.clock = Offset(self.folder / "clock")
            # What held up everybody for seconds, each time; empty for nothing that is known.
            self.waited_for: list[str] = []
            self.launcher = Launcher(self.environment, self.mutant)
            self._people()
            if self.mutant and (sql := MUTANTS[self.mutant].sql):
                self.execute(sql)
            if self.ticks:
                self.start_ticker()
        except BaseException:
            if hasattr(self, "launcher"):
                self.launcher.close()
            self.sink.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.launcher.close()
        self.sink.kill()
        if kind is None:
            with suppress(psycopg.Error):
                self.cluster.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def _people(self) -> None:
        names = list(self.scripts)
        shares = [self.scripts[name] for name in names]
        self.addresses = [
            f"r{n}.{name}@{name}.test"  # a domain for each script: one that is slowed down slows no other
            for n in range(self.size)
            for name in [names[n % len(names)] if self.each else self.draw.choices(names, shares)[0]]
        ]
        file = self.folder / "addresses"
        file.write_text("\n".join(self.addresses))
        self.launcher.do(
            "tests.faults.actors:prepare_campaign",
            seconds=300,
            addresses=str(file),
            policy=self.policy,
            name=CAMPAIGN,
        )

    # Senders

    def start_sender(self, failpoint: str = "", **environment: str) -> int:
        """A sender process. `failpoint` as in ROUNDS_FAILPOINT."""
        more = {**environment, **({"ROUNDS_FAILPOINT": failpoint} if failpoint else {})}
        pid = self.launcher.fork("tests.faults.actors:sender", more, self.folder / "senders.log")
        self.senders.append(pid)
        return pid

    def start_ticker(self, failpoint: str = "") -> int:
        """The scheduler: without it nothing opens, is rescued or finishes."""
        more = {"ROUNDS_FAILPOINT": failpoint} if failpoint else {}
        self.ticker = self.launcher.fork("tests.faults.actors:ticker", more, self.folder / "ticker.log")
        return self.ticker

    def start_pump(self, **environment: str) -> int:
        """`rounds pump`, which forks senders of its own."""
        pid = self.launcher.fork("tests.faults.actors:pump", environment, self.folder / "senders.log")
        self.senders.append(pid)
        return pid

    def start_senders(self, count: int, **environment: str) -> None:
        for _ in range(count):
            self.start_sender(**environment)

    def kill(self, pid: int | None = None, *, group: bool = True) -> int:
        """`kill -9` a sender, with whatever it forked. Returns its pid."""
        pid = pid if pid is not None else self.draw.choice(self.senders)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL) if group else os.kill(pid, signal.SIGKILL)
        self.launcher.wait(pid)
        with suppress(ValueError):
            self.senders.remove(pid)
        self.figures.kills += 1
        return pid

    def signal(self, pid: int, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(pid, number)

    def freeze(self, pid: int, seconds: float) -> None:
        """SIGSTOP, a while, SIGCONT: a zombie that comes back (C1.06)."""
        self.signal(pid, signal.SIGSTOP)
        time.sleep(seconds)
        self.signal(pid, signal.SIGCONT)
        self.figures.pauses += 1

    def stop_senders(self) -> None:
        """As a restart of the service does: SIGTERM, a while, SIGKILL."""
        for pid in self.senders:
            self.signal(pid, signal.SIGTERM)
        for pid in list(self.senders):
            if self.launcher.wait(pid, 12.0) is None:
                self.signal(pid, signal.SIGKILL)
                self.launcher.wait(pid)
        self.senders.clear()

    def bury(self) -> list[int]:
        """Senders that ended by themselves, by a failpoint or an error; they leave the list."""
        dead = [pid for pid in self.senders if self.launcher.wait(pid, 0) is not None]
        for pid in dead:
            self.senders.remove(pid)
        return dead

    def other_host(self, name: str) -> Launcher:
        """Another machine that sends from the same database: its data folder, and so its journals, are its own."""
        data = self.folder / name
        data.mkdir()
        environment = {**self.environment, "ROUNDS_DATA_DIR": str(data)}
        launcher = Launcher(environment, self.mutant)
        for host in (self.launcher, launcher):
            host.do("tests.faults.actors:join")
        return launcher

    def act(self, name: str, seconds: float = 60.0, **given: Any) -> None:
        """One of the actors that do one thing and end: `tick`, `drain_once`, ..."""
        self.launcher.do(f"tests.faults.actors:{name}", seconds, **given)

    # People

    def leavers(self, most: int, seconds: float, **given: Any) -> int:
        """Start somebody who unsubscribes people exactly while their letters are in hand."""
        return self.launcher.fork(
            "tests.faults.actors:leave",
            None,
            self.folder / "leavers.log",
            out=str(self.folder / "withdrawn"),
            most=most,
            seconds=seconds,
            seed=self.seed,
            **given,
        )

    def note_withdrawn(self, address: str) -> None:
        """This address may get no dot from now on."""
        with (self.folder / "withdrawn").open("a") as file:
            file.write(f"{address} {time.monotonic_ns()}\n")

    def withdrawn(self) -> dict[str, float]:
        file = self.folder / "withdrawn"
        if not file.exists():
            return {}
        return {
            address: int(at) / 1e9
            for address, at in (
                line.split() for line in file.read_text().splitlines() if line.count(" ") == 1
            )
        }

    def steer(self, verb: str) -> float:
        """pause, resume or cancel; the monotonic moment at which it was acknowledged."""
        out = self.folder / f"{verb}.json"
        self.launcher.do("tests.faults.actors:steer", verb=verb, name=CAMPAIGN, out=str(out))
        return float(json.loads(out.read_text())["at"])

    # Watching

    def until(self, true: Callable[[], Any], what: str, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            if time.monotonic() > deadline:
                raise BrokenError(f"{self.name}: {what} did not happen within {seconds:.0f} s")
            time.sleep(0.02)

    def dots_reach(self, count: int, seconds: float = 60.0) -> None:
        self.until(lambda: self.sink.dots() >= count, f"{count} dots", seconds)

    def goes_on(self, dots: int, seconds: float = 20.0) -> bool:
        """Wait for more dots. False when none came for that long: what is wrong then is the checker's to say."""
        wanted = min(self.sink.dots() + dots, self.size)
        deadline = time.monotonic() + seconds
        while self.sink.dots() < wanted:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def execute(self, statement: str) -> None:
        with self.cluster.connect(self.database) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def query(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self.cluster.connect(self.database) as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    def who(self, key: bytes) -> str:
        """The address behind a keyed hash, also of somebody who was erased if the judge made them."""
        if not self._names:
            self._names = {key_of(address): address for address in self.addresses}
        if bytes(key) not in self._names:
            found = self.query(
                "SELECT uid, wrapped_key, sealed_address FROM subscriber WHERE address_key = %s", [key]
            )
            self._names[bytes(key)] = opened(*found[0])
        return self._names[bytes(key)]

    def drain(self, seconds: float = 90.0, *, senders: int = 1) -> bool:
        """Let it come to rest: senders at work, the clock moved on whenever all of them wait for it.

        Returns whether it did. Not raising is on purpose: what does not come to rest is the checker's to say.
        """
        deadline = time.monotonic() + seconds
        quiet_since, seen = time.monotonic(), None
        while time.monotonic() < deadline:
            self.bury()
            while len(self.senders) < senders:
                self.start_sender()
            if self.ticks and self.launcher.wait(self.ticker, 0) is not None:
                self.start_ticker()
            found = self._standing()
            if found is None:
                time.sleep(0.1)
                continue
            counts, wait, mailing = found
            if os.environ.get("JUDGE_TALKS") and int(time.monotonic() * 10) % 30 == 0:
                print(
                    f"       {counts} due in {wait} clock {self.clock.get():.0f} {mailing} {self.sink.dots()} dots"
                )
            if mailing in ("finished", "cancelled") and not any(s < 10 for s in counts):
                return True
            if found[0] != seen:
                quiet_since, seen = time.monotonic(), found[0]
            self._move_clock(counts, wait, time.monotonic() - quiet_since)
            time.sleep(0.1)
        return False

    def _standing(self) -> tuple[dict[int, int], float | None, str] | None:
        try:
            with self.cluster.connect(self.database) as connection:
                counts = dict(
                    connection.execute("SELECT state, count(*) FROM delivery GROUP BY state").fetchall()
                )
                due = connection.execute(
                    "SELECT extract(epoch FROM min(next_attempt_at) - now())::float8 FROM delivery WHERE state = 0"
                ).fetchone()
                mailing = connection.execute("SELECT state FROM mailing WHERE number = 1").fetchone()
        except psycopg.Error:
            return None
        return counts, due[0] if due else None, mailing[0] if mailing else ""

    def _move_clock(self, counts: Mapping[int, int], wait: float | None, quiet: float) -> None:
        """To the next retry when nothing is in hand; past the resolver's window when only doubts are left."""
        if counts.get(1) or counts.get(2):
            return
        ahead = self.clock.get()
        if counts.get(0) and wait is not None and wait > ahead:
            self.clock.put(wait + 0.5)
        elif counts.get(3) and not counts.get(0) and quiet > 1.5:
            self.clock.put(ahead + RESOLVED_AFTER)
        elif quiet > 5:
            # A route that rests, or a domain, or a sender that gets no processor: whatever it waits for.
            self.waited_for.append(self._resting())
            self.clock.put(ahead + 60)

    def _resting(self) -> str:
        """Which routes and domains rest and why, or nothing. They go by PostgreSQL's clock, which nobody moves."""
        blocked = "SELECT {0} || ': ' || blocked_because FROM {1} WHERE blocked_until > clock_timestamp()"
        either = f"{blocked.format('name', 'route')} UNION ALL {blocked.format('domain', 'domain_pace')}"
        try:
            return "; ".join(said for [said] in self.query(either))
        except psycopg.Error:
            return ""  # somebody is crashing the database

    # The verdict

    def read_dots(self) -> list[Dot]:
        """Those of the campaign. The notes that leave beside it, as the seal of the day does, are in no mailing."""
        notes = {uid.hex for (uid,) in self.query("SELECT uid FROM delivery WHERE stream = 'note'")}
        with self.sink.log.open() as log:
            return [dot for dot in read_log(log) if uid_of(dot.message_id) not in notes]

    def rows(self) -> list[Row]:
        doubts: dict[int, list[str]] = {}
        for delivery, cause in self.query(
            "SELECT delivery_id, cause FROM attempt WHERE verdict = 'unknown' ORDER BY id"
        ):
            doubts.setdefault(delivery, []).append(cause)
        found = self.query(
            "SELECT d.id, d.uid, d.address_key, d.state, d.ambiguous_attempts, c.policy, d.mailing_id, d.attempt_no,"
            " d.reason, d.consent_event_id FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id"
            " JOIN mailing m ON m.id = d.mailing_id JOIN campaign c ON c.id = m.campaign_id"
        )
        return [
            Row(
                r[0],
                r[1].hex,
                self.who(r[2]),
                STATE[r[3]],
                r[4],
                tuple(doubts.get(r[0], ())),
                r[5],
                r[6],
                r[7],
                r[8],
                r[9],
            )
            for r in found
        ]

    def audiences(self) -> list[Audience]:
        out = self.folder / "status.json"
        self.launcher.do("tests.faults.actors:status", name=CAMPAIGN, out=str(out))
        issues = {issue["number"]: issue for issue in json.loads(out.read_text())["issues"]}
        opened = self.query(
            "SELECT m.id, m.number, m.state, m.audience_count, m.left_out FROM mailing m"
            " WHERE m.opened_at IS NOT NULL AND m.fault_id IS NULL"  # a correction has a status of its own
        )
        return [
            Audience(
                mailing=id_,
                state=state,
                members=frozenset(self.addresses),
                audience_count=count,
                left_out=left_out,
                status=issues[number]["states"],
                status_audience=issues[number]["audience"],
            )
            for id_, number, state, count, left_out in opened
        ]

    def alerts(self) -> list[str]:
        """What a person is told."""
        return [
            f"{kind} {subject}: {said}"
            for kind, subject, said in self.query(
                "SELECT kind, subject, sentence FROM alert WHERE cleared_at IS NULL ORDER BY id"
            )
        ]

    def proven(self, dots: int = 150) -> bool:
        """Whether the route has shown what it does with dots, so that it may be presumed upon after a crash."""
        return bool(self.query("SELECT coalesce(sum(accepted), 0) >= %s FROM route_tally", [dots])[0][0])

    def outbox(self) -> list[tuple[int, str | None]]:
        if not self.query("SELECT to_regclass('outbox') IS NOT NULL")[0][0]:
            return []
        found = self.query(
            "SELECT o.delivery_id, d.state FROM outbox o LEFT JOIN delivery d ON d.id = o.delivery_id"
        )
        return [(delivery, None if state is None else STATE[state]) for delivery, state in found]

    def verdicts(self, *, proven: bool = True, kills: int | None = None, **given: Any) -> Verdicts:
        ends = {name: SCRIPTS[name].ends for name in self.scripts}
        return check(
            self.rows(),
            self.read_dots(),
            self.audiences(),
            withdrawn=self.withdrawn(),
            ends=given.pop("ends", ends),
            outbox=self.outbox(),
            proven=proven,
            kills=kills,
            connections=self.connections,
            **given,
        )


def tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""
