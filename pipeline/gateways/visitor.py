"""Somebody with a browser: opens a page, fills in its form, presses its button. The demonstration's people use it."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urljoin

from lxml import html

from pipeline.core.errors import Unavailable

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Page:
    """What came back. `url` is where it was found in the end."""

    url: str
    status: int
    text: str


def visit(url: str) -> Page:
    """Open a page."""
    return _fetch(url, None)


def press(page: Page, filled: Sequence[tuple[str, str]] = ()) -> Page:
    """Send the page's first form as its button would: its hidden fields, and what was filled in."""
    document = html.document_fromstring(page.text, base_url=page.url)
    form = next(document.iter("form"), None)
    if form is None:
        raise Unavailable(f"The page at {urllib.parse.urlsplit(page.url).path[:3]}… has no form to press.")
    told = {name for name, _ in filled}
    hidden = [
        (field.get("name", ""), field.get("value", ""))
        for field in form.iter("input")
        if field.get("type") == "hidden" and field.get("name") and field.get("name") not in told
    ]
    return send(urljoin(page.url, form.get("action") or page.url), [*hidden, *filled])


def data_of(page: Page, name: str) -> str:
    """What the page's first form carries for its script in `data-<name>`; empty if nothing."""
    form = next(html.document_fromstring(page.text).iter("form"), None)
    return "" if form is None else form.get(f"data-{name}", "")


def send(url: str, fields: Sequence[tuple[str, str]]) -> Page:
    """POST fields, as a page of the same site would, or as a mailbox provider does for one click."""
    origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
    return _fetch(url, urllib.parse.urlencode(fields).encode(), {"Origin": origin})


def _fetch(url: str, data: bytes | None, headers: Mapping[str, str] = MappingProxyType({})) -> Page:
    if not url.startswith(("http://", "https://")):
        raise Unavailable("A visitor opens web pages only.")
    request = urllib.request.Request(  # noqa: S310  # checked above
        url, data, {"User-Agent": "Rounds-demonstration", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
            return Page(response.url, response.status, response.read().decode())
    except urllib.error.HTTPError as error:
        return Page(url, error.code, error.read().decode(errors="replace"))
    except OSError as error:
        raise Unavailable(f"The web server did not answer ({error}).") from error
