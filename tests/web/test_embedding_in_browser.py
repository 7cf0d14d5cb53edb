"""The snippets of `rounds embed` in a page of another origin with a strict policy, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.core.consent.snippets import snippets
from tests.web.people import WEEKLY, Person
from tests.web.test_in_browser import chrome, shared, site  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="color-scheme" content="light dark"><title>A blog</title></head>
<body><main><h1>A blog</h1>{form}</main>{script}</body></html>"""


class Blog(BaseHTTPRequestHandler):
    """One page with a policy that allows the snippets what `docs/embedding.md` says, and nothing to anybody else."""

    def do_GET(self) -> None:
        body = self.server.page.encode()  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header(
            "Content-Security-Policy",
            f"default-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; {self.server.policy}",  # type: ignore[attr-defined]
        )
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def blog(site) -> Iterator[str]:  # noqa: F811
    """The address of the foreign page."""
    from pipeline.actions.add_placement import add_placement
    from pipeline.gateways import clock

    with ThreadingHTTPServer(("127.0.0.1", 0), Blog) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        made = snippets(add_placement("blog", address, (), clock.now()), site)
        server.page = PAGE.format(form=made.form, script=made.script)  # type: ignore[attr-defined]
        server.policy = made.policy  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield address
        server.shutdown()
        thread.join()


@pytest.mark.holds("A-01", "C-02", "D-08")
def test_an_embedded_form_works_by_keyboard_under_a_strict_policy_and_without_a_script(blog, site, chrome):  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    page = chrome.new_context(bypass_csp=False).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(blog)
    page.locator("form[data-rounds-form=ready]").wait_for()
    address = page.get_by_label("Your email address")

    page.get_by_role("checkbox", name="Weekly health email").focus()
    page.keyboard.press("Space")
    address.focus()
    page.keyboard.type("ada")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert").filter(has_text="needs an @ sign")
    alert.wait_for()
    assert address.get_attribute("aria-describedby") == alert.get_attribute("id")
    assert address.get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.name") == "address"
    assert page.get_by_role("checkbox", name="Weekly health email").is_checked()

    page.keyboard.press("End")
    page.keyboard.type("@example.test")
    page.keyboard.press("Enter")
    status = page.get_by_role("status").filter(has_text="Now check your inbox")
    status.wait_for()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "status"
    assert said == ["Failed to load resource: the server responded with a status of 400 (Bad Request)"]
    assert page.context.cookies() == []
    [asked] = Person("ada@example.test").ledger
    assert (asked.purpose, asked.evidence["puzzle_solved"]) == (WEEKLY, True)

    # axe runs a script of its own, which the page's policy refuses
    free = chrome.new_context(bypass_csp=True).new_page()
    free.goto(blog)
    free.locator("form[data-rounds-form=ready]").wait_for()
    assert [v["id"] for v in Axe().run(free).response["violations"]] == []
    free.get_by_label("Your email address").fill("ada")
    free.keyboard.press("Enter")
    free.get_by_role("alert").filter(has_text="Tick the box").wait_for()
    for scheme in ("light", "dark"):
        free.emulate_media(color_scheme=scheme)
        assert [v["id"] for v in Axe().run(free).response["violations"]] == [], scheme

    plain = chrome.new_context(java_script_enabled=False).new_page()
    plain.goto(blog)
    plain.get_by_label("Your email address").fill("ben@example.test")
    plain.get_by_role("button", name="Sign up").click()
    assert plain.url == f"{site}/signup/from/blog/"
    assert plain.get_by_label("Your email address").input_value() == "ben@example.test"
    plain.get_by_role("checkbox", name="Weekly health email").check()
    plain.wait_for_timeout(2100)
    plain.get_by_role("button", name="Sign up").click()
    plain.get_by_role("heading", name="Now check your inbox").wait_for()
    assert [entry.purpose for entry in Person("ben@example.test").ledger] == [WEEKLY]
