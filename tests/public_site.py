"""A site of the public internet, as far as a test can tell: https on a free port of this machine, under any name."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.gateways.fetch import Outside
from tests.mail_stores import certificate

HOST = "press.test"


@dataclass(frozen=True)
class Page:
    body: bytes = b""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    act: Callable[[BaseHTTPRequestHandler], None] | None = None  # instead of an answer


@dataclass
class Site:
    """`pages` by path; `asked` are the requests as (method, path, headers) in their order."""

    port: int
    trust: ssl.SSLContext
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def outside(self, **changes: Any) -> Outside:
        """The world in which every name leads here."""
        told = {"resolve": lambda host: ["127.0.0.1"], "allows": lambda address: True, "patience": 3.0}
        return Outside(**{**told, "trust": self.trust, "port": self.port, **changes})

    def url(self, path: str) -> str:
        return f"https://{HOST}{path}"


@contextmanager
def public_site(folder: Path) -> Iterator[Site]:
    pem = certificate(folder, HOST)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(pem)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    site = Site(server.server_address[1], ssl.create_default_context(cafile=str(pem)))
    server.RequestHandlerClass = _handler(site)
    server.socket = ours.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
            page = site.pages.get(self.path, Page(b"nothing here", status=404))
            if page.act:
                page.act(self)
                return
            self.send_response(page.status)
            told = {"Content-Type": page.type, "Content-Length": str(len(page.body)), **page.headers}
            for name, value in told.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(page.body)

        do_HEAD = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler
