from __future__ import annotations

import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection
from django.test import Client, RequestFactory

from pipeline.actions.replay_goodbyes import replay_goodbyes
from pipeline.core.consent.tokens import Audience, make
from pipeline.core.message.brand import COLOURS
from pipeline.gateways import clock
from pipeline.gateways.keys import keyring
from pipeline.web.client import client_ip
from pipeline.web.errors import PAGES, error_page
from pipeline.web.logs import MaskTokens, masked
from tests.web.people import OUR_PAGE, URLENCODED, press

CSS = (Path(__file__).parents[2] / "static" / "rounds.css").read_text(encoding="utf-8")
TEMPLATES = sorted((Path(__file__).parents[2] / "templates" / "web").rglob("*.html"))
OPEN_PAGES = [
    "/",
    "/signup/",
    "/signup/from/nowhere/",
    "/signup/sent/",
    "/privacy/",
    "/privacy/see/",
    "/privacy/complaint/",
    "/no-such-page",
]


def token_paths(person) -> list[str]:
    return [
        f"/u/{person.leave_token()}",
        f"/u/{person.leave_token()}/undo",
        f"/c/{person.confirm_token()}",
        f"/n/{person.confirm_token(Audience.NOT_ME)}",
        "/p/" + "A" * 36,
        "/you/" + "A" * 36,
        "/you/nonsense/download",
        "/a/" + "A" * 36,
        "/w/" + "A" * 36,
        "/u/nonsense",
        "/u/nonsense/further",
    ]


def assert_common_headers(answer) -> None:
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy.replace("https", "http")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert not answer.has_header("Access-Control-Allow-Origin")
    assert not answer.cookies


@pytest.mark.holds("S-19")
@pytest.mark.parametrize("path", OPEN_PAGES)
@pytest.mark.holds("S-19")
def test_every_page_says_what_a_browser_may_do_with_it(browser, notices, path):
    assert_common_headers(browser.get(path))


@pytest.mark.holds("S-03")
def test_pages_that_a_token_opens_leak_it_nowhere(browser, ada):
    for path in token_paths(ada):
        for answer in (browser.get(path), press(browser, path)):
            assert_common_headers(answer)
            assert answer["Referrer-Policy"] == "no-referrer", path
            assert answer["Cache-Control"] == "no-store", path
            assert "noindex" in answer["X-Robots-Tag"], path
            assert "script-src" not in answer["Content-Security-Policy"], path


OPENS = {
    "/u/{}": {Audience.UNSUB, Audience.PREVIEW},
    "/u/{}/undo": {Audience.UNSUB, Audience.PREVIEW},
    "/c/{}": {Audience.CONFIRM},
    "/n/{}": {Audience.NOT_ME},
    "/p/{}": {Audience.PREFS, Audience.PREVIEW},
}


@pytest.mark.holds("D-04", "S-02", "S-05", "U-24")
def test_each_token_opens_its_own_door_and_at_all_others_everybody_reads_the_same(browser, joins):
    """Audience by door, by GET and by POST; and tokens of nobody, forged, cut short or too long."""
    ada = joins("ada")
    before = ada.ledger
    good = {audience: ada.leave_token(audience=audience) for audience in Audience}
    good[Audience.CONFIRM] = ada.confirm_token()
    good[Audience.NOT_ME] = ada.confirm_token(Audience.NOT_ME)
    unknown = make(Audience.UNSUB, b"nobody's id here", keyring())
    broken = [
        unknown,
        good[Audience.UNSUB][:-1],
        good[Audience.UNSUB] + "A",
        "A" * 36,
        "A" * 200,
        "%00",
        "é" * 36,
    ]
    answers = []
    for door, opens in OPENS.items():
        wrong = [token for audience, token in good.items() if audience not in opens]
        for token in [*wrong, *broken]:
            answers += [
                browser.get(door.format(token)),
                press(browser, door.format(token), leave="page", stop="x"),
            ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.items())) for answer in answers}) == 1
    assert ada.ledger == before


@pytest.mark.holds("S-19")
def test_https_is_asked_for_where_the_site_has_it(browser, notices, monkeypatch):
    from pipeline import settings

    assert not browser.get("/").has_header("Strict-Transport-Security")
    monkeypatch.setenv("ROUNDS_BASE_URL", "https://letters.example.org")
    settings.current.cache_clear()
    try:
        assert "max-age=31536000" in browser.get("/")["Strict-Transport-Security"]
    finally:
        monkeypatch.undo()
        settings.current.cache_clear()


@pytest.mark.holds("S-19")
def test_a_file_of_ours_may_be_shown_elsewhere_and_read_by_nobody(db):
    answer = Client().get("/static/embed/rounds-form.js")
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert not answer.has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_has_inline_script_or_style_or_anything_from_elsewhere(template):
    source = template.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", source)
    assert not re.search(r'(src|href)="(https?:)?//(?!ico\.org\.uk)', source)


def test_the_database_away_is_503_for_what_cannot_be_kept_and_never_a_false_ok(machine, ada):
    token = ada.leave_token()

    def refuse(execute, sql, params, many, context):
        raise OperationalError("the server closed the connection")

    with connection.execute_wrapper(refuse):
        answer = machine.get(f"/u/{token}")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert ada.consent.permitted != ()


def test_a_goodbye_whose_commit_fails_is_kept_and_no_false_ok(machine, ada, spool_of_our_own):
    token = ada.leave_token()

    def refuse(execute, sql, params, many, context):
        if "INSERT" in sql or "UPDATE delivery" in sql:
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        assert machine.post(f"/u/{token}").status_code == 202
    assert ada.consent.permitted != ()
    assert replay_goodbyes(clock.now()) == 1
    assert ada.consent.permitted == ()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def one_connection() -> Iterator[None]:
    """As Django's own test client does: a request does not close the connection that holds the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def say(address: tuple[str, int], request: bytes, heard: list[bytes]) -> None:
    with socket.create_connection(address, timeout=10) as raw:
        raw.sendall(request)
        while chunk := raw.recv(4096):
            heard.append(chunk)


@pytest.mark.holds("U-05")
def test_a_bare_socket_with_three_headers_unsubscribes(ada, one_connection):
    from pipeline.web.wsgi import application

    body = "List-Unsubscribe=One-Click"
    request = (
        f"POST /u/{ada.leave_token()} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: {URLENCODED}\r\n\r\n{body}"
    )
    heard: list[bytes] = []
    # The server runs in this thread, where the test's transaction is.
    with make_server("127.0.0.1", 0, application, handler_class=QuietHandler) as server:
        provider = threading.Thread(target=say, args=(server.server_address, request.encode(), heard))
        provider.start()
        server.handle_request()
        provider.join()
    answer = b"".join(heard)
    assert answer.split(b"\r\n")[0].endswith(b"200 OK")
    assert b"location:" not in answer.lower()
    assert b"set-cookie:" not in answer.lower()
    assert ada.consent.permitted == ()


@pytest.mark.parametrize("status", PAGES)
def test_every_error_page_says_what_to_do_next(status):
    answer = error_page(RequestFactory().get("/u/secret-token"), status)
    page = answer.content.decode()
    assert answer.status_code == status
    assert PAGES[status][1].split(".")[0] in page
    assert "secret-token" not in page


@pytest.mark.holds("S-20")
def test_a_mistake_of_ours_shows_no_trace(browser, ada, monkeypatch):
    browser.raise_request_exception = False

    def fail(execute, sql, params, many, context):
        raise ZeroDivisionError("the inner workings")

    with connection.execute_wrapper(fail):
        answer = browser.get("/signup/")
    assert answer.status_code == 500
    assert "inner workings" not in answer.content.decode()
    assert "Something went wrong on our side" in answer.content.decode()


@pytest.mark.holds("S-04")
def test_no_token_and_no_query_reaches_a_log():
    token = "AbCdEf123456AbCdEf123456AbCdEf123456"
    record = logging.LogRecord(
        "django.request", 30, "", 0, "%s: %s", ("Not Found", f"/u/{token}/undo?a=ada@x"), None
    )
    assert MaskTokens().filter(record)
    assert record.getMessage() == "Not Found: /u/…/undo?…"
    assert masked('"GET /c/short HTTP/1.1"') == '"GET /c/… HTTP/1.1"'
    for door in ("you", "a", "w"):
        assert masked(f"GET /{door}/token/download") == f"GET /{door}/…/download"
    assert masked("delivered campaign/unit 7 in 3.2 s") == "delivered campaign/unit 7 in 3.2 s"
    assert masked("is that so? yes http://h/a//b?c=d/e?f 'x?y'") == "is that so? yes http://h/a//b?… 'x?y'"


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """What a reader of foreign text may take: a hundredth of it is enough where it is read once."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


@pytest.mark.parametrize("path", ["/" * 60_000, "/u/" * 20_000, "/a" * 30_000, "/x" + "/?" * 30_000])
def test_a_path_as_long_as_a_server_takes_keeps_no_thread_busy(machine, path):
    with time_limit(2):
        assert machine.get(path).status_code < 500
        masked(f"Not Found: {path}")


def test_a_missing_page_is_logged_without_its_token(ada, caplog):
    token = ada.leave_token(audience=Audience.FORM)
    for handler in logging.getLogger().handlers:
        handler.addFilter(MaskTokens())
    Client().get(f"/u/{token}")
    assert "/u/…" in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),  # not a proxy of ours: its header is its own invention
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "nonsense", "nonsense"),
        ("10.0.0.1", "203.0.113.9:51234", "203.0.113.9"),
        ("10.0.0.1", "[2001:db8::9]:51234", "2001:db8::9"),
        ("10.0.0.1", "2001:db8::9", "2001:db8::9"),
        ("::ffff:10.0.0.1", "203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9"),
        ("::ffff:192.0.2.1", "203.0.113.9", "192.0.2.1"),
    ],
)
@pytest.mark.holds("S-06")
def test_only_our_own_proxies_are_believed(monkeypatch, peer, forwarded, client):
    from pipeline import settings

    monkeypatch.setenv("ROUNDS_TRUSTED_PROXIES", "10.0.0.0/8")
    settings.current.cache_clear()
    try:
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        assert client_ip(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)) == client
    finally:
        monkeypatch.undo()
        settings.current.cache_clear()


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6})", css))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_and_letters_have_the_same_colours(scheme):
    light, dark = CSS.split("@media (prefers-color-scheme: dark)")
    ours = variables(light if scheme == "light" else dark)
    theirs = {name.replace("_", "-"): colour for name, colour in COLOURS[scheme].items()}
    assert {name: ours[name] for name in theirs} == theirs


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("fore", "back", "least"),
    [
        ("ink", "paper", 7),
        ("ink", "sand", 7),
        ("ink", "teal-tint", 7),
        ("ink", "urgent-tint", 7),
        ("muted", "paper", 4.5),
        ("muted", "sand", 4.5),
        ("teal", "paper", 4.5),
        ("teal", "sand", 4.5),
        ("teal", "teal-tint", 4.5),
        ("urgent", "urgent-tint", 4.5),
        ("on-teal", "teal", 4.5),
        ("on-bar", "bar", 4.5),
        ("edge", "paper", 3),
    ],
)
def test_words_and_edges_stand_out_enough(scheme, fore, back, least):
    light, dark = CSS.split("@media (prefers-color-scheme: dark)")
    colours = variables(light if scheme == "light" else dark)
    assert contrast(colours[fore], colours[back]) >= least


FORM_PATHS = ["/signup/", "/c/{t}", "/n/{t}", "/u/{t}", "/u/{t}/undo", "/p/{t}", "/studio/sign-in/"]
STRANGE = {
    "nul": (
        "name=a%00b&password=b%00&address=a%00@b.test&purpose=%00&form=%00&stop=%00&next=%00",
        URLENCODED,
    ),
    "no utf-8": ("%zz=%ff&name=%ff%fe&address=%ff@b.test&stop=%ff", URLENCODED),
    "utf-16": ("a=b", f"{URLENCODED}; charset=utf-16"),
    "too large": ("name=" + "z" * 1_000_000, URLENCODED),
    "too many": ("&".join(f"a{n}=1" for n in range(3000)), URLENCODED),
    "torn": ("--X\r\ntorn", "multipart/form-data; boundary=X"),
    "no boundary": ("x", "multipart/form-data"),
}


@pytest.mark.parametrize("kind", STRANGE)
@pytest.mark.parametrize("path", FORM_PATHS)
def test_a_strange_body_is_nobodys_fault_but_its_senders(notices, path, kind):
    browser = Client(headers=OUR_PAGE, raise_request_exception=False)
    body, content_type = STRANGE[kind]
    answer = browser.generic("POST", path.format(t="A" * 36), body, content_type=content_type)
    assert answer.status_code < 500


def test_a_nul_in_a_query_is_nobodys_fault_but_its_senders(notices):
    assert Client(raise_request_exception=False).get("/inbox/?to=%00").status_code < 500


def test_a_file_that_nobody_asked_for_is_not_put_on_disk(notices, monkeypatch):
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("a file was made")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("django.core.files.uploadedfile.tempfile.NamedTemporaryFile", refuse)
    head = '--X\r\nContent-Disposition: form-data; name="f"; filename="a.bin"\r\n\r\n'
    body = head + "z" * 4_000_000 + "\r\n--X--\r\n"
    browser = Client(headers=OUR_PAGE)
    answer = browser.generic("POST", "/signup/", body, content_type="multipart/form-data; boundary=X")
    assert answer.status_code == 400
    assert not answer.wsgi_request.FILES
