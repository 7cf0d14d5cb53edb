"""`/inbox/`: the demonstration's mailbox, which holds all mail that this machine sent. Not there in real use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.views import View

from pipeline.actions.record_audit import record
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.settings import current
from pipeline.store import inbox
from pipeline.store.inbox import Caught
from pipeline.web.letter_frame import letter_frame
from pipeline.web.studio import words
from pipeline.web.studio.page import SIGN_IN, no_power, powers_in

PAGE = 50
LONGEST_SOURCE = 200_000  # characters shown
HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help",
    "Auto-Submitted", "Feedback-ID",
)  # fmt: skip
VIEWS = {"html": "Letter", "text": "Text", "source": "Source"}
ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Opened:
    """A message taken apart. A part that is missing or cannot be read is empty."""

    headers: Mapping[str, str]
    html: str
    text: str
    source: str


class InboxPage(View):
    """404 wherever mail goes to a real relay. Holds no state of its own, and changes none.

    The demonstration's mailbox is open to whoever sits at the machine. Any other holds the links of real people, and
    is for members who may see subscribers, with a line in the audit log for each look.
    """

    http_method_names = ["get", "head"]  # noqa: RUF012 - as Django declares it

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not current().local_inbox:
            raise Http404
        if not current().demo:
            if not request.user.is_authenticated:
                return HttpResponseRedirect(f"{SIGN_IN}?next={quote(request.get_full_path())}")
            if Power.SEE_SUBSCRIBER not in powers_in(request):
                return no_power(request, Power.SEE_SUBSCRIBER)
            about = f"inbox:{kwargs['message_id']}" if kwargs else "inbox"
            record(Event.LETTERS_VIEWED, member=request.user.get_username(), about=about)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response


class MessageList(InboxPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        to = request.GET.get("to", "").strip()[:320]
        before = request.GET.get("before", "")
        older_than = int(before) if before.isdecimal() and len(before) < 19 else None
        lines = inbox.lines(to, before=older_than, limit=PAGE + 1)
        older = f"?{urlencode({'to': to, 'before': lines[PAGE - 1].id})}" if len(lines) > PAGE else ""
        context = {
            "lines": lines[:PAGE],
            "to": to,
            "recipients": inbox.recipients(),
            "older": older,
            "words": words,
            "zone": ZONE,
        }
        return render(request, "inbox/list.html", context)


class MessagePage(InboxPage):
    def get(self, request: HttpRequest, message_id: int) -> HttpResponse:
        caught = _caught(message_id)
        opened = opened_message(caught.message)
        wanted = request.GET.get("as", "")
        view = wanted if wanted in VIEWS else "html" if opened.html else "text"
        context = {
            "caught": caught,
            "opened": opened,
            "view": view,
            "views": VIEWS,
            "words": words,
            "zone": ZONE,
        }
        return render(request, "inbox/message.html", context)


class MessageFrame(InboxPage):
    def get(self, request: HttpRequest, message_id: int) -> HttpResponse:
        return letter_frame(opened_message(_caught(message_id).message).html, links_open=True)


def _caught(message_id: int) -> Caught:
    caught = inbox.one(message_id)
    if caught is None:
        raise Http404
    return caught


def opened_message(message: bytes) -> Opened:
    """Take a message apart with the parser of the standard library. Nothing in it is run, fetched or trusted."""
    parsed = message_from_bytes(message, policy=default)
    source = message[:LONGEST_SOURCE].decode("utf-8", "replace").replace("\r\n", "\n")
    headers = {name: value for name in HEADERS if (value := _header(parsed, name))}
    return Opened(headers, _part(parsed, "html"), _part(parsed, "plain"), source)


def _header(parsed: EmailMessage, name: str) -> str:
    try:
        return str(parsed.get(name, ""))
    except (ValueError, IndexError):  # what the parser raises on a header that is broken enough
        return ""


def _part(parsed: EmailMessage, kind: str) -> str:
    """The words of the first `text/<kind>` part; an unknown charset is read as UTF-8."""
    part = next((p for p in parsed.walk() if p.get_content_type() == f"text/{kind}"), None)
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


urlpatterns = [
    path("", MessageList.as_view(), name="inbox"),
    path("<int:message_id>/", MessagePage.as_view(), name="inbox-message"),
    path("<int:message_id>/html/", MessageFrame.as_view(), name="inbox-frame"),
]
