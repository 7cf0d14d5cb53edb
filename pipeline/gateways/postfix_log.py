"""What a Postfix on this host says in its log about messages that we are in doubt about (delivery.md B4).

    postfix/cleanup[12]: 4ZbQ1x0: message-id=<...>          headers were seen, which proves nothing yet
    postfix/qmgr[13]: 4ZbQ1x0: from=<...> (queue active)    it was taken into the queue: that is the acceptance

Only read while something is in doubt, and from about the moment of the doubt on: a look costs at most `AT_ONCE` octets,
and what is left over is read at the next. Where the log had reached, and when, is kept in a file.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.gateways.files import write_whole

AT_ONCE = 32 * 1024 * 1024  # octets a look
FURTHEST = 256 * 1024 * 1024  # octets back from the end of the log
STEP = 30.0  # seconds between two marks
MARKS = 120  # an hour of them
MARGIN = 60.0  # seconds before the doubt

_LINE = re.compile(
    rb"/(?:cleanup\[\d+\]: ([0-9A-Za-z]{6,30}): message-id=<([^>\s]*)>"
    rb"|qmgr\[\d+\]: ([0-9A-Za-z]{6,30}): from=<.*\(queue active\)$)",
    re.MULTILINE,
)


@dataclass(slots=True)
class _State:
    """`marks`: (moment, inode, size) of the log. `read`: how far it was read for those in `known`, message ids;
    `queue` maps queue ids to message ids seen by cleanup.
    """

    marks: list[tuple[float, int, int]] = field(default_factory=list)
    inode: int = 0
    read: int = 0
    known: list[str] = field(default_factory=list)
    queue: dict[str, str] = field(default_factory=dict)


def look(log: Path, kept: Path, doubtful: Mapping[str, float], now: float) -> dict[str, str]:
    """Message ids that the log proves were accepted, each with its queue id.

    `doubtful` maps message ids, without brackets, to the moment of the attempt; moments are seconds since 1970 by the
    clock that also gives `now`. A log that is not there proves nothing.
    """
    state = _load(kept)
    try:
        with log.open("rb") as file:
            about = os.fstat(file.fileno())
            if not state.marks or now - state.marks[-1][0] >= STEP or now < state.marks[-1][0]:
                state.marks = [*state.marks, (now, about.st_ino, about.st_size)][-MARKS:]
            proven = _search(file.fileno(), about, log, state, doubtful) if doubtful else {}
    except OSError:
        return {}
    state.known = sorted(set(doubtful) - set(proven))
    if not state.known:
        state.queue = {}
    write_whole(kept, json.dumps([state.marks, state.inode, state.read, state.known, state.queue]))
    return proven


def _search(
    file: int, about: os.stat_result, log: Path, state: _State, doubtful: Mapping[str, float]
) -> dict[str, str]:
    proven: dict[str, str] = {}
    inode, start = _where_to_begin(state, doubtful)
    if inode != about.st_ino:
        _rest_of_rotated(log, inode, start, state, doubtful, proven)
        start = 0
    elif start > about.st_size:  # emptied in its place
        start = 0
    start = max(start, about.st_size - FURTHEST)
    content = os.pread(file, AT_ONCE, start)
    whole = content.rfind(b"\n") + 1
    _take(content[:whole], state.queue, doubtful, proven)
    state.inode, state.read = about.st_ino, start + whole
    return proven


def _where_to_begin(state: _State, doubtful: Mapping[str, float]) -> tuple[int, int]:
    """(inode, offset): where the last look ended or, for a doubt that is new, where the log stood at its moment."""
    new = set(doubtful) - set(state.known)
    if not new:
        return state.inode, state.read
    since = min(doubtful[each] for each in new) - MARGIN
    before = [mark for mark in state.marks if mark[0] <= since]
    if before:
        return before[-1][1:]
    return state.marks[0][1], 0


def _rest_of_rotated(
    log: Path, inode: int, start: int, state: _State, doubtful: Mapping[str, float], proven: dict[str, str]
) -> None:
    """The log was put aside meanwhile: what was its end stands in the file beside it."""
    try:
        with log.with_name(f"{log.name}.1").open("rb") as file:
            if os.fstat(file.fileno()).st_ino == inode:
                _take(os.pread(file.fileno(), AT_ONCE, start), state.queue, doubtful, proven)
    except OSError:
        return


def _take(
    content: bytes, queue: dict[str, str], doubtful: Mapping[str, float], proven: dict[str, str]
) -> None:
    for found in _LINE.finditer(content):
        cleaned, message, active = found.groups()
        if active is not None:
            queue_id = active.decode("ascii")
            if queue_id in queue:
                proven[queue.pop(queue_id)] = queue_id
            continue
        queue_id, message_id = cleaned.decode("ascii"), message.decode("ascii", "replace")
        if message_id in doubtful:
            queue[queue_id] = message_id
        else:
            queue.pop(queue_id, None)  # queue ids are used again


def _load(kept: Path) -> _State:
    try:
        marks, inode, read, known, queue = json.loads(kept.read_bytes())
        return _State([(float(m), int(i), int(s)) for m, i, s in marks], int(inode), int(read), known, queue)
    except (OSError, ValueError, TypeError):
        return _State()
