"""A provider's HTTP interface on this machine, which does as it is told and keeps what was asked."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ADA = "ada@subscriber.example"
SENT = {"ErrorCode": 0, "Message": "OK", "MessageID": "pm-1", "To": ADA, "SubmittedAt": "2026-11-23"}


@dataclass
class Http:
    """Its answer to every request is a good one of Postmark's, unless it is told otherwise."""

    code: int = 200
    body: bytes = json.dumps(SENT).encode()
    deed: str = ""  # what it does instead of an answer: drop, reset, stall, half
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def requests(self) -> list[dict[str, object]]:
        return [json.loads(body) for _, _, body in self.asked]

    def answer(self, body: bytes) -> bytes:
        """Postmark names the recipient in its answer."""
        with suppress(ValueError, KeyError, TypeError):
            return self.body.replace(ADA.encode(), json.loads(body)["To"].encode())
        return self.body


@contextmanager
def interface(http: Http) -> Iterator[Http]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            http.asked.append((self.path, dict(self.headers), body))
            if http.deed == "stall":
                http.stopped.wait(10)
            if http.deed == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if http.deed in {"drop", "reset", "stall"}:
                self.close_connection = True
                self.connection.close()
                return
            answer = http.answer(body)
            self.send_response(http.code)
            if 300 <= http.code < 400:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(answer) + (9 if http.deed == "half" else 0)))
            self.end_headers()
            self.wfile.write(answer)
            if http.deed == "half":
                self.close_connection = True

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):  # the client or this test hung up
                self.close_connection = True

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                return

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield http
    finally:
        http.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
