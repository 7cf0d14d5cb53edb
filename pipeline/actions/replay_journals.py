"""Tell a database that was put back what the journals of this host know of the time it has lost (delivery.md B8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from pipeline.core.delivery.lifecycle import Cause, DeliveryState
from pipeline.core.delivery.recovery import Replayed, replayed
from pipeline.gateways import journal
from pipeline.gateways.journal import JournalReading
from pipeline.settings import current
from pipeline.store import rescue

AT_ONCE = 2000


@dataclass(slots=True)
class Replay:
    """Figures. `strangers` left and have no row in the database; `highest` is the highest of their numbers."""

    journals: int = 0
    foreign: int = 0
    damaged: int = 0
    accepted: int = 0
    unknown: int = 0
    failed: int = 0
    deferred: int = 0
    strangers: int = 0
    highest: int = 0


def replay_journals(instance: UUID) -> Replay:
    """Journals of other databases are passed over. Safe to repeat: the second time there is nothing to tell."""
    folder = current().data_dir / "journal"
    done = Replay()
    for each in journal.kept(folder):
        reading = journal.read(folder, each.token)
        if reading.instance != str(instance):
            done.foreign += 1
            continue
        done.journals += 1
        done.damaged += not reading.trusted
        _replay(each.token, reading, done)
    return done


def _replay(token: UUID, reading: JournalReading, done: Replay) -> None:
    told: dict[int, dict[int, int | None]] = {}
    for delivery, attempt in sorted(reading.dots):
        told.setdefault(delivery, {})[attempt] = reading.replies.get((delivery, attempt))
    for (delivery, attempt), code in reading.replies.items():
        told.setdefault(delivery, {})[attempt] = code
    cause = Cause.CRASH_AFTER_DOT if reading.trusted else Cause.OWNER_LOST
    for some in _portions(told):
        known = rescue.known(some)
        strangers = some.keys() - known.keys()
        done.strangers += len(strangers)
        done.highest = max(done.highest, *strangers, 0)
        news = {
            delivery: found
            for delivery, (state, attempt_no) in known.items()
            if (found := replayed(state, attempt_no, some[delivery])) is not None
        }
        if news:
            rescue.replay(token, cause.value, news)
            _count(news, done)


def _portions(told: Mapping[int, dict[int, int | None]]) -> list[dict[int, dict[int, int | None]]]:
    ids = list(told)
    return [{each: told[each] for each in ids[at : at + AT_ONCE]} for at in range(0, len(ids), AT_ONCE)]


def _count(news: Mapping[int, Replayed], done: Replay) -> None:
    for found in news.values():
        done.accepted += found.state is DeliveryState.ACCEPTED
        done.unknown += found.state is DeliveryState.UNKNOWN
        done.failed += found.state is DeliveryState.FAILED
        done.deferred += found.state is DeliveryState.QUEUED
