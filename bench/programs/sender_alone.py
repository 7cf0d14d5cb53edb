"""The SMTP client of Rounds alone: one loop, many connections, one message that was made before.

python -m bench.programs.sender_alone PORT MESSAGES CONNECTIONS
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

from bench.letter import RETURN_PATH
from bench.measured import Facts, measure
from bench.prefilled import prefilled
from pipeline.core.delivery.replies import Verdict
from pipeline.core.message.wire import Wire
from pipeline.gateways import loop
from pipeline.gateways.smtp import Connection, parse_url


def main(port: int, messages: int, connections: int) -> None:
    data = prefilled()

    def work() -> Facts:
        sent = loop.run(lambda: _send(port, messages, connections, data))
        return {"sent": sent, "bytes": len(data)}

    measure(work)


async def _send(port: int, messages: int, connections: int, data: Wire) -> int:
    numbers = iter(range(messages))
    return sum(await asyncio.gather(*(_lane(port, numbers, data) for _ in range(connections))))


async def _lane(port: int, numbers: Iterator[int], data: Wire) -> int:
    connection = await Connection.open(parse_url(f"smtp://127.0.0.1:{port}?tls=none"), "bench.example")
    sent = 0
    for number in numbers:
        outcome = await connection.offer(RETURN_PATH, f"reader{number}@readers.test", data, f"{number:032x}")
        if outcome is None:
            outcome = await connection.dot()
        sent += outcome.verdict is Verdict.ACCEPTED
    await connection.close()
    return sent


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
