"""C5: clocks that are wrong, jump or stand still."""

from __future__ import annotations

import select
import signal
import time
from pathlib import Path
from typing import Any

from tests.faults import actors
from tests.faults.covered import covered_by
from tests.faults.trial import SkippedError, Trial, row
from tests.faults.trials import stopped
from tests.faults.world import Launcher, World

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
TRUE = "+0"
SKEWS = ("+2h", "-2h", "+10y", TRUE, "+2h", "+10y", "-2h", TRUE)

# What rows of C5 ask for that is not there.
NOT_HERE = {
    "C5.53": "PostgreSQL under a wrong clock: all worlds of a run share one server",
    "C5.56": "a due moment is fixed when a campaign is made, and no later release of the zone database moves it; that a"
    " course's next slot is worked out anew each time is what the row tries",
}


class Elsewhen:
    """Processes of a world that live in another time, which may jump. Their monotonic clock is the true one."""

    def __init__(self, world: World) -> None:
        if not LIBRARY.exists():
            raise SkippedError("faketime is not installed: apt-get install faketime")
        self.file = world.folder / "faketime"
        self.set(TRUE)
        self.launcher = Launcher(
            {
                **world.environment,
                "LD_PRELOAD": str(LIBRARY),
                "FAKETIME_TIMESTAMP_FILE": str(self.file),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        )
        self.log = world.folder / "elsewhen.log"

    def set(self, skew: str) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{skew}\n")
        fresh.replace(self.file)

    def start(self, actor: str) -> int:
        return self.launcher.fork("tests.faults.rows_of_time:elsewhen", None, self.log, actor=actor)


def elsewhen(actor: str) -> None:
    """An actor within such a process. A sleep to a moment of the monotonic clock is more than the library can do."""

    def sleep(seconds: Any) -> None:
        select.select([], [], [], max(seconds, 0))

    time.sleep = sleep
    getattr(actors, actor)()


@row("C5.53", "wall clocks two hours and ten years off, to and fro")
def wrong_clocks(trial: Trial) -> None:
    """Only the processes with the wrong clock may suffer from it."""
    for kind in ("sender", "ticker"):
        scripts = {"plain": 0.95, "greylist": 0.05}
        with trial.world(400, scripts=scripts, plan={"latency": 0.03}, connections=3) as world:
            elsewhen = Elsewhen(world)
            try:
                elsewhen.start(kind)
                world.start_sender()
                for skew in SKEWS:
                    elsewhen.set(skew)
                    time.sleep(0.7)
                world.drain(40)
                verdicts = trial.judge(world)
                trial.expect(
                    not verdicts.ambiguous and not verdicts.duplicated,
                    f"{kind}: {verdicts.ambiguous} doubts and {verdicts.duplicated} second copies, and nobody died",
                )
                [[pieces]] = world.query("SELECT count(*) FROM mailing WHERE state = 'held_late'")
                trial.expect(pieces == 0, f"{kind}: {pieces} later issues were touched")
            finally:
                elsewhen.launcher.close()


@row("C5.54", "asleep between intent and dot, as in a suspended machine")
def asleep(trial: Trial) -> None:
    with trial.world(60, connections=2) as world:
        sleeper = world.start_sender("after_intent:stop:5")
        world.until(lambda: stopped(sleeper), "the stop after an intent", 20)
        haunted = {world.who(key) for (key,) in world.query(IN_HAND)}
        trial.expect(haunted, "nobody's letter was between intent and dot")
        time.sleep(1.3)
        woken = time.monotonic()
        world.signal(sleeper, signal.SIGCONT)
        time.sleep(0.2)
        late = [
            dot for dot in world.read_dots() if woken <= dot.at < woken + 0.05 and dot.recipient in haunted
        ]
        trial.expect(not late, f"{len(late)} dots by a permission that was more than a second old")
        world.drain(40)
        trial.judge(world)


IN_HAND = "SELECT address_key FROM delivery WHERE state = 2 AND stream <> 'note'"


@row("C5.55", "nights on which the clocks change")
def changing_clocks(trial: Trial) -> None:
    cadence = "tests/core/series/test_cadence.py::"
    covered_by(
        trial,
        cadence + "test_an_hour_that_is_skipped_falls_on_the_next_valid_moment",
        cadence + "test_an_hour_that_comes_twice_counts_once",
        cadence + "test_the_nights_of_change_are_really_among_those_tested",
        cadence + "test_the_day_that_apia_skipped_is_sent_once_when_its_slot_meets_the_next",
        "tests/actions/test_open_due.py::test_a_course_survives_the_change_of_the_clocks",
        "tests/actions/test_open_due.py::test_opening_twice_opens_once",
    )


@row("C5.56", "the zone database changes what is to come")
def other_zones(trial: Trial) -> None:
    covered_by(
        trial,
        "tests/core/series/test_cadence.py::test_a_week_is_seven_local_days_and_not_168_hours",
        "tests/core/series/test_cadence.py::test_issue_n_is_due_in_week_n_on_one_local_date_everywhere",
    )


@row("C5.57", "leap days and the ends of years")
def odd_days(trial: Trial) -> None:
    cadence = "tests/core/series/test_cadence.py::"
    covered_by(
        trial,
        cadence + "test_a_leap_day_is_a_day_like_any_other",
        cadence + "test_a_week_crosses_the_end_of_the_year",
        cadence + "test_a_year_of_days_has_one_slot_each_and_no_key_twice",
        cadence + "test_slots_rise_keep_their_weekday_and_have_keys_of_their_own",
    )


@row("C5.58", "a launch that comes three hours late")
def late_launch(trial: Trial) -> None:
    with trial.world(60, ticks=False) as world:
        world.execute("UPDATE mailing SET due_at = due_at - interval '3 hours' WHERE number = 1")
        world.start_ticker()
        world.start_sender()
        world.until(
            lambda: world.query("SELECT 1 FROM mailing WHERE number = 1 AND state = 'held_late'"),
            "that it is held",
            20,
        )
        time.sleep(1.5)
        trial.expect(not world.read_dots(), f"{len(world.read_dots())} dots of a launch that nobody released")
        world.launcher.do(
            "tests.faults.actors:rounds", arguments=["campaign", "release", "run", "1", "--now"]
        )
        world.ticks = True
        world.drain(30)
        trial.judge(world)
