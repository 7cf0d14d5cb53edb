"""Where a sender's CPU time goes, by looking at it a thousand times a second of that time.

The operating system signals the passing of CPU time, not of time, so that a process that waits is not looked at. What a
C function costs is charged to the Python function that called it.
"""

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

INTERVAL = 0.001  # seconds of CPU time
Stack = tuple[CodeType, ...]  # the innermost first

# The innermost function that a rule names decides the step. A path ends as written here; no name means any function.
RULES: tuple[tuple[str, str, str], ...] = (
    ("claim", "store/sending.py", "claim"),
    ("intent", "store/sending.py", "record_intents"),
    ("result", "store/sending.py", ""),
    ("claim", "store/flow.py", "take"),
    ("claim", "store/flow.py", "shape"),
    ("claim", "store/flow.py", "put_back"),
    ("result", "store/flow.py", ""),
    ("sign", "core/message/dkim.py", ""),
    ("fill", "core/message/", ""),
    ("fill", "core/consent/", ""),
    ("fill", "core/delivery/return_path.py", ""),
    ("fill", "actions/write_message.py", "write_message"),
    ("claim", "actions/write_message.py", "load_letters"),
    ("smtp", "gateways/smtp", ""),
    ("smtp", "core/delivery/replies.py", ""),
    ("journal", "gateways/journal.py", ""),
    ("intent", "deliver_batch/barrier.py", ""),
    ("result", "deliver_batch/results.py", ""),
    ("claim", "deliver_batch/sender.py", "_claim"),
    ("claim", "deliver_batch/sender.py", "_claims"),
    ("lanes", "deliver_batch/lane.py", ""),
    ("lanes", "deliver_batch/sender.py", ""),
    ("measuring", "bench/", "_counted"),
    ("loop", "asyncio/", ""),
)
STEPS = tuple(dict.fromkeys(step for step, _, _ in RULES if step != "measuring"))


class Sampler:
    """`with Sampler() as found: ...`, in the main thread."""

    def __init__(self) -> None:
        self.stacks: Counter[Stack] = Counter()

    def __enter__(self) -> Sampler:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _look(self, _: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append(frame.f_code)
            frame = frame.f_back
        self.stacks[tuple(stack)] += 1

    def steps(self) -> dict[str, float]:
        """The part of each step in all that was seen, without the measuring."""
        seen: Counter[str] = Counter()
        for stack, count in self.stacks.items():
            seen[step_of(stack)] += count
        del seen["measuring"]
        total = seen.total() or 1
        return {step: count / total for step, count in seen.most_common()}

    def functions(self, most: int) -> list[tuple[str, float, float]]:
        """The functions with the most time: name, the part that is their own, the part with all they call."""
        own: Counter[CodeType] = Counter()
        whole: Counter[CodeType] = Counter()
        for stack, count in self.stacks.items():
            if step_of(stack) == "measuring":
                continue
            own[stack[0]] += count
            whole.update(dict.fromkeys(stack, count))
        total = own.total() or 1
        return [(_name(code), count / total, whole[code] / total) for code, count in own.most_common(most)]


def step_of(stack: Stack) -> str:
    for code in stack:
        if (step := _step(code)) is not None:
            return step
    return "other"


_steps: dict[CodeType, str | None] = {}


def _step(code: CodeType) -> str | None:
    if code not in _steps:
        _steps[code] = next(
            (s for s, path, name in RULES if path in code.co_filename and (not name or name == code.co_name)),
            None,
        )
    return _steps[code]


def _name(code: CodeType) -> str:
    path = Path(code.co_filename)
    return f"{'/'.join(path.parts[-2:])}:{code.co_firstlineno} {code.co_qualname}"
