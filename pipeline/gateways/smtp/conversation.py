"""One question, one answer."""

from __future__ import annotations

from time import monotonic

from pipeline.core.delivery.replies import Failure, Reply, Stage, take_reply
from pipeline.gateways.smtp.stream import Broken, Stream


async def ask(stream: Stream, stage: Stage, line: bytes, seconds: float) -> Reply:
    """Send one line and read its answer. Nothing may be unread before: a stray reply would shift every later
    verdict by one (delivery.md C4, row 46).
    """
    heard = stream.overheard()
    if heard is not None:
        raise Broken(stage, heard)
    stream.write(stage, line)
    return await read(stream, stage, seconds)


async def read(stream: Stream, stage: Stage, seconds: float, lines: int = 1) -> Reply:
    """One complete reply within `seconds` in all, however slowly its bytes arrive.

    `lines` is how many are awaited together, with those of later replies: it spares us looking at each.
    """
    deadline = monotonic() + seconds
    failure: Failure | None = None
    while True:
        taken = take_reply(stream.received) if stream.received else None
        if isinstance(taken, Failure):
            raise Broken(stage, taken)
        if taken is not None:
            reply, stream.received = taken
            return reply
        if failure is not None:
            raise Broken(stage, failure)
        failure = await stream.more(lines, deadline - monotonic())
        lines = 1
