"""Visitors of the public pages: send requests at a steady rate, and say how long each kind waited.

python -m bench.programs.visitors PORT RATE CONNECTIONS FILE

FILE holds a JSON list of [kind, request as text]. A request is due at its place in the list divided by RATE; what it
waits for a free connection counts, so that a server that stalls cannot hide it (an open loop). RATE 0: as fast as
CONNECTIONS allow. Prints JSON: seconds it took, and by kind the waits in milliseconds and the statuses.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median, quantiles
from typing import Any


class Visitors:
    def __init__(self, port: int, rate: float, connections: int, requests: list[tuple[str, bytes]]) -> None:
        self.port, self.rate, self.connections = port, rate, connections
        self.requests = requests
        self.next = 0
        self.waits: dict[str, list[float]] = defaultdict(list)
        self.statuses: dict[str, Counter[int]] = defaultdict(Counter)

    async def run(self) -> float:
        self.began = time.monotonic()
        await asyncio.gather(*(self._connection() for _ in range(self.connections)))
        return time.monotonic() - self.began

    async def _connection(self) -> None:
        reader = writer = None
        while self.next < len(self.requests):
            place, self.next = self.next, self.next + 1
            kind, request = self.requests[place]
            due = self.began + place / self.rate if self.rate else time.monotonic()
            if (ahead := due - time.monotonic()) > 0:
                await asyncio.sleep(ahead)
            if writer is None or writer.is_closing():
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            assert reader is not None
            writer.write(request)
            status, keep = await _answer(reader)
            self.waits[kind].append((time.monotonic() - due) * 1000)
            self.statuses[kind][status] += 1
            if not keep:
                writer.close()

    def told(self, seconds: float) -> dict[str, Any]:
        return {
            "seconds": seconds,
            "rate": len(self.requests) / seconds,
            "kinds": {
                kind: {
                    "requests": len(waits),
                    "median_ms": round(median(waits), 1),
                    "p99_ms": round(quantiles(waits, n=100)[98], 1) if len(waits) > 1 else waits[0],
                    "max_ms": round(max(waits), 1),
                    "statuses": dict(self.statuses[kind]),
                }
                for kind, waits in sorted(self.waits.items())
            },
        }


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Read one answer whole. Returns its status, and whether the connection may be used again."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    fields = head.lower()
    if b"content-length:" in fields:
        length = int(fields.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
    elif b"transfer-encoding: chunked" in fields:
        while size := int((await reader.readline()).strip() or b"0", 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return status, b"connection: close" not in fields


def main() -> None:
    port, rate, connections = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    requests = [(kind, text.encode()) for kind, text in json.loads(Path(sys.argv[4]).read_text())]
    visitors = Visitors(port, rate, connections, requests)
    print(json.dumps(visitors.told(asyncio.run(visitors.run()))))


if __name__ == "__main__":
    main()
