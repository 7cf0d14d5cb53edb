"""A real browser, and the site on a free port that works inside the transaction of whoever starts it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def shared_connection() -> Iterator[BaseDatabaseWrapper]:
    """The connection that holds the test's transaction, for more threads than one."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    yield connection
    connection.dec_thread_sharing()


SIGNALS = (request_started, request_finished)


def leave_connections_open() -> None:
    """No request closes what all share. Django's client undoes this with each request that it makes."""
    for signal in SIGNALS:
        signal.disconnect(close_old_connections)


@contextmanager
def served(shared: BaseDatabaseWrapper) -> Iterator[str]:
    """The address of the site. Nothing has to be cleaned up after it: all that it writes is in one transaction."""
    from pipeline.web.wsgi import application

    leave_connections_open()
    with make_server("127.0.0.1", 0, application, handler_class=QuietHandler) as server:

        def serve() -> None:
            connections["default"] = shared
            server.serve_forever(poll_interval=0.05)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
    for signal in SIGNALS:
        signal.connect(close_old_connections)


@contextmanager
def chromium(shared: BaseDatabaseWrapper):
    """Playwright's browser. Its event loop stays in this thread, in which Django then would open another connection,
    and would refuse to ask it unless `DJANGO_ALLOW_ASYNC_UNSAFE` is set.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        connections["default"] = shared
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
