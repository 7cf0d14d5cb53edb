"""CPU microseconds a message by step: one sender, watched, signed and unsigned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bench.profile import profiled
from bench.work import Work

STATEMENTS = {
    "claim": ("sending.claim", "flow.take", "flow.shape", "flow.put_back"),
    "intent": ("sending.record_intents",),
    "result": ("sending.accept", "sending.settle", "flow.observe"),
}
ORDER = ("claim", "fill", "sign", "smtp", "intent", "journal", "result", "lanes", "loop", "other", "database")
MEANS = {
    "claim": "lease what is due, load its letter",
    "fill": "join one reader's words into the message",
    "sign": "DKIM",
    "smtp": "envelope, body, dot, and their replies",
    "intent": "commit, before the dot, that it is about to leave",
    "journal": "two lines in the sender's journal",
    "result": "record what became of it",
    "lanes": "from one step to the next",
    "loop": "Python's event loop, beneath all of these",
    "other": "anything else",
    "database": "PostgreSQL, all of it",
}


def steps(work: Work, messages: int, connections: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """For `signed` and `unsigned`: the sender's steps, `database` whole, and `database_by_step`."""
    found = {}
    for name in ("unsigned", "signed"):
        tell(f"steps, {name}")
        found[name] = _steps(
            profiled(work, signed=name == "signed", messages=messages, connections=connections)
        )
    return found


def _steps(facts: dict[str, Any]) -> dict[str, Any]:
    sent = facts["sent"]
    a_message = {step: part * facts["cpu"] / sent * 1e6 for step, part in facts["steps"].items()}
    database = facts["cpu_database"] / sent * 1e6
    inside = {
        step: sum(facts["statements"].get(name, {}).get("cpu", 0.0) for name in names) / sent * 1e6
        for step, names in STATEMENTS.items()
    }
    inside["other"] = max(0.0, database - sum(inside.values()))
    shown = {step: round(a_message.get(step, 0.0), 1) for step in ORDER if step != "database"}
    return {
        **shown,
        "database": round(database, 1),
        "database_by_step": {step: round(value, 1) for step, value in inside.items()},
    }


def lines(found: dict[str, Any]) -> Iterator[str]:
    """For a terminal."""
    if "signed" not in found:
        return
    yield "\nCPU of one sender by step, us a message"
    yield f"  {'':10} {'unsigned':>9} {'signed':>9}"
    for step in ORDER:
        yield f"  {step:10} {found['unsigned'][step]:9.1f} {found['signed'][step]:9.1f}  {MEANS[step]}"
    for step, value in found["unsigned"]["database_by_step"].items():
        yield f"    {step:8} {value:9.1f} {found['signed']['database_by_step'][step]:9.1f}"
