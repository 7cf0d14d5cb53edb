"""Reading pages as a person does: words, fields and what stands beside them."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse
from lxml import html


def tree(response: HttpResponse) -> html.HtmlElement:
    return html.fromstring(response.content)


def words(response: HttpResponse) -> str:
    """What the page says in its main part, with single spaces."""
    [main] = tree(response).xpath("//main")
    return re.sub(r"\s+", " ", unescape(main.text_content())).strip()


def fields(response: HttpResponse, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts to `action`, without the CSRF token."""
    inputs = tree(response).xpath(f"//form[@action='{action}' and @method='post']//input[@type='hidden']")
    return {i.get("name"): i.get("value", "") for i in inputs if i.get("name") != "csrfmiddlewaretoken"}
