"""Our own code, broken on purpose. A judge that does not notice has proved nothing about the code that is not.

A mutant is a set of replacements in one module's source, made while a test process imports it; nothing on disk
changes. A text that is no longer there stops the run: the mutant must be written anew, not forgotten.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType


@dataclass(frozen=True)
class Change:
    """In `module`, `old` becomes `new`, everywhere that it stands. It must stand somewhere."""

    module: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    """`trial` names the run of `trials.py` that must find it; `verdicts` are those that may speak up."""

    name: str
    why: str
    trial: str
    changes: tuple[Change, ...]
    sql: str = ""  # what the database itself would otherwise refuse


SENDING = "pipeline.store.sending"

MUTANTS: dict[str, Mutant] = {}


def mutant(name: str, why: str, trial: str, *changes: Change, sql: str = "") -> None:
    MUTANTS[name] = Mutant(name, why, trial, changes, sql)


class MutantError(Exception):
    """A mutant that does not fit the code any more."""


def install(names: str) -> None:
    """Put mutants, separated by commas, in the way of all imports that follow."""
    changes = [change for name in names.split(",") for change in MUTANTS[name].changes]
    loaded = [change.module for change in changes if change.module in sys.modules]
    if loaded:
        raise MutantError(f"{loaded[0]} was imported before its mutant")
    sys.meta_path.insert(0, _Finder(changes))


def mutated(source: str, changes: Sequence[Change]) -> str:
    """The source with the changes made."""
    for change in changes:
        if change.old not in source:
            raise MutantError(f"{change.module} no longer says: {change.old.strip()[:120]}")
        source = source.replace(change.old, change.new)
    return source


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, changes: Sequence[Change]) -> None:
        self.changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        own = [change for change in self.changes if change.module == fullname]
        if not own:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None:
            raise MutantError(f"there is no module {fullname}")
        spec.loader = _Loader(spec.origin, own)
        return spec


class _Loader(importlib.abc.InspectLoader):
    def __init__(self, path: str, changes: Sequence[Change]) -> None:
        self.path, self.changes = path, changes

    def get_source(self, fullname: str) -> str:
        with open(self.path, encoding="utf-8") as file:  # noqa: PTH123
            return mutated(file.read(), self.changes)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.get_source(module.__name__), self.path, "exec"), module.__dict__)


LANE = "pipeline.actions.deliver_batch.lane"
RESULTS = "pipeline.actions.deliver_batch.results"
REPLIES = "pipeline.core.delivery.replies"

mutant(
    "intent_after_dot",
    "the dot leaves first, and the intent is written afterwards",
    "M.kill",
    Change(
        LANE,
        "        try:\n            asked = await sender.barrier.ask(delivery)\n",
        "        self.early = await connection.dot()\n"
        "        try:\n            asked = await sender.barrier.ask(delivery)\n",
    ),
    Change(LANE, "        outcome = await connection.dot()\n", "        outcome = self.early\n"),
)
mutant(
    "asynchronous_intent",
    "the commit of the intent does not wait for the disk",
    "M.database",
    Change(
        "pipeline.store.link",
        "set_config('synchronous_commit', 'on'",
        "set_config('synchronous_commit', 'off'",
    ),
)
mutant(
    "asynchronous_intent_no_fence",
    "the same, and nothing compares the database with the journals",
    "M.database",
    Change(
        "pipeline.store.link",
        "set_config('synchronous_commit', 'on'",
        "set_config('synchronous_commit', 'off'",
    ),
    Change(
        "pipeline.actions.check_fence",
        "def _behind_the_journals(found: Instance) -> str:\n",
        'def _behind_the_journals(found: Instance) -> str:\n    return ""\n\n\ndef _unused(found: Instance) -> str:\n',
    ),
)
mutant(
    "no_fence",
    "a result is recorded whoever holds the lease, and whichever attempt it is of",
    "M.zombie",
    Change(
        SENDING,
        " AND d.state = {SENDING} AND d.lease_token = %s",
        " AND d.state = {SENDING} AND %s::uuid IS NOT NULL",
    ),
    Change(
        SENDING, " AND d.period = %(period)s AND d.lease_token = %(token)s\n", " AND d.period = %(period)s\n"
    ),
    Change(
        SENDING, "       AND e.attempt = d.attempt_no + CASE WHEN d.state = {LEASED} THEN 1 ELSE 0 END\n", ""
    ),
)
mutant(
    "no_guard",
    "a dot leaves however long ago its intent was",
    "M.guard",
    Change(LANE, "if clock.elapsed() - asked > GUARD:", "if False:"),
)
mutant(
    "no_consent_check",
    "the intent does not look at consent",
    "M.consent",
    Change(SENDING, "                         AND {CARRIES}\n", ""),
)
mutant(
    "no_suppression_check",
    "the intent does not look at suppressions",
    "M.suppression",
    Change(
        SENDING,
        "AND x.scope IN ('all', 'marketing', 'list:' || must.purpose_id))\n     ORDER BY s.id",
        "AND false)\n     ORDER BY s.id",
    ),
)
mutant(
    "no_for_share",
    "consent may be withdrawn between its check and the commit of the intent",
    "M.share",
    Change(SENDING, "       FOR SHARE OF s)", ")"),
)
mutant(
    "pause_ignored",
    "neither the claim nor the intent looks at the campaign",
    "M.pause",
    Change(SENDING, " AND m.state = 'sending'\n", "\n"),
    Change(SENDING, " AND c.state = 'running'\n", "\n"),
    Change(SENDING, " AND c.state = 'running'{must", "{must"),
    Change(SENDING, "WHERE m.state = 'sending' AND", "WHERE"),
)
mutant(
    "wrong_ignored",
    "neither the claim nor the intent asks whether the words were marked wrong",
    "M.wrong",
    Change("pipeline.store.clearance", ' AND {_FAULTS} IS NULL)"""', ')"""'),
)
mutant(
    "journal_ignored",
    "whoever died had sent nothing, whatever the journal says",
    "M.kill",
    Change(
        "pipeline.core.delivery.recovery",
        "    return Recovered.CRASH_AFTER_DOT if dot else Recovered.NOT_SENT",
        "    return Recovered.NOT_SENT",
    ),
)
mutant(
    "reaper_by_wall_clock",
    "a lease is over when a clock says so",
    "M.skew",
    Change(
        "pipeline.actions.rescue_stalled",
        "        reading = journal.read(folder, token, {row.id for row in rows})\n",
        "        reading = journal.read(folder, token, {row.id for row in rows})\n"
        "        from dataclasses import replace\n"
        "        reading = replace(reading, alive=False, trusted=False, dots=frozenset(), replies={})\n"
        "        if not rescue.older(token, now, settings.lease_seconds):\n"
        "            continue\n",
    ),
    Change(
        "pipeline.store.rescue",
        "def give_back(",
        "def older(token, now, seconds):\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('SELECT max(beat_at) FROM sender WHERE token = %s', [token])\n"
        "        at = cursor.fetchone()[0]\n"
        "    return at is None or (now - at).total_seconds() > seconds\n\n\n"
        "def give_back(",
    ),
)
mutant(
    "finished_too_early",
    "a mailing is finished when nothing is due, whatever is under way",
    "M.retry",
    Change(
        "pipeline.store.campaigns",
        "               AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.waiting AND o.mailing_id = m.id)\n",
        "",
    ),
    sql="ALTER TABLE mailing DISABLE TRIGGER mailing_finish",
)
mutant(
    "only_250",
    "a yes that is not spelt 250 counts as none",
    "M.replies",
    Change(
        REPLIES,
        "def _said_to_the_dot(reply: Reply) -> tuple[Verdict, Cause]:\n    if reply.positive:",
        "def _said_to_the_dot(reply: Reply) -> tuple[Verdict, Cause]:\n    if reply.code == 250:",
    ),
    Change(
        REPLIES,
        "    if found is None:\n        return None\n    reply = Reply(int(found[1])",
        "    if found is None or found[1] != b'250':\n        return None\n    reply = Reply(int(found[1])",
    ),
)
mutant(
    "result_before_reply",
    "a message counts as accepted before its reply was read",
    "M.replies",
    Change(
        LANE,
        "        outcome = await connection.dot()\n",
        "        from pipeline.core.delivery.replies import Cause, Outcome, Reply, Stage\n"
        "        await connection.dot()\n"
        "        outcome = Outcome(Verdict.ACCEPTED, Stage.DOT, Reply(250), Cause.ACCEPTED)\n",
    ),
)
mutant(
    "unknown_is_failed",
    "a lost reply is taken for a refusal",
    "M.replies",
    Change(
        "pipeline.core.delivery.settlement",
        "return replace(said, state=DeliveryState.UNKNOWN, ambiguous=True)",
        "return replace(said, state=DeliveryState.FAILED, reason='lost')",
    ),
)
mutant(
    "unknown_is_retried",
    "a lost reply is taken for a `not yet`",
    "M.replies",
    Change(
        "pipeline.core.delivery.settlement",
        "        return replace(said, state=DeliveryState.UNKNOWN, ambiguous=True)",
        "        return replace(said, state=DeliveryState.QUEUED, next_attempt_at=now)",
    ),
)
mutant(
    "resent_for_ever",
    "a third copy is allowed",
    "M.twice",
    Change("pipeline.core.delivery.lifecycle", "MAX_COPIES = 2", "MAX_COPIES = 9"),
)
mutant(
    "never_is_sometimes",
    "`never_resend` sends once more",
    "M.never",
    Change(
        "pipeline.core.delivery.lifecycle",
        "if policy is Policy.NEVER_RESEND or ambiguous_attempts",
        "if ambiguous_attempts",
    ),
)
mutant(
    "desync_ignored",
    "an answer that nobody asked for is taken for the next one",
    "M.replies",
    Change(
        "pipeline.gateways.smtp.connection",
        "        if stream.received and replies[-1].code != _CLOSING:",
        "        if False:",
    ),
    Change(
        "pipeline.gateways.smtp.connection",
        "        if heard is not None:\n            return self._ended(Broken(Stage.BODY, heard))\n",
        "",
    ),
)
mutant(
    "everything_given_back",
    "what is on the wire is given back with what is not",
    "M.restart",
    Change(
        SENDING,
        "           AND d.state = {LEASED} AND d.lease_token = %s AND d.id <> ALL(%s::bigint[])",
        "           AND d.state < 3 AND d.lease_token = %s AND %s::bigint[] IS NOT NULL",
    ),
)
