"""Sends what `every_answer.py` says, by a client of Django's or in a browser, each time into a house as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from tests.web.axe import PHONE
from tests.web.browser import leave_connections_open
from tests.web.every_answer import Answer, Fields
from tests.web.every_page import Page
from tests.web.house import House
from tests.web.people import OUR_PAGE, form_token

SEND = (Path(__file__).parent / "send.js").read_text(encoding="utf-8")
Words = Mapping[str, str]
TOKEN = "input[name=csrfmiddlewaretoken]"
# A light page for each session, with the token that its forms need: the form that is sent is made there.
FROM = {
    "": "/signup/sent/",
    "stranger": "/studio/sign-in/",
    "robin": "/studio/sign-in/second-step/",
    "sam": "/studio/sign-in/set-up/",
    "maya": "/studio/account/password/",
}


@contextmanager
def otherwise(house: House, answer: Answer) -> Iterator[Words]:
    """What the answer changes is undone afterwards, and so is what is otherwise for it."""
    words = {**house.words, **_fresh()}
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        if answer.now is not None:
            answer.now(patch)
        yield words
        transaction.set_rollback(True)


def by_client(answer: Answer, words: Words) -> HttpResponse:
    """The answer, without a browser."""
    asks = "csrfmiddlewaretoken" in answer.fields  # otherwise the token is taken as right
    client = Client(headers=OUR_PAGE, raise_request_exception=False, enforce_csrf_checks=asks)
    if key := words.get(answer.session):
        client.cookies["sessionid"] = key
    sent: dict[str, object] = dict(filled_in(answer.fields, words))
    if answer.file:
        field, name = answer.upload
        sent[field] = SimpleUploadedFile(name, answer.file.encode(), "text/plain")
    try:
        return client.post(answer.path.format(**words), sent)
    finally:
        leave_connections_open()


class Windows:
    """A window for each session. An answer is sent from the page that is there, as long as that has what it takes."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.open: dict[str, object] = {}

    def answered(self, answer: Answer, words: Words):
        """(the window that shows the answer, its status)"""
        window = self._ready(answer.session)
        sent = [answer.path.format(**words), filled_in(answer.fields, words), answer.file, *answer.upload]
        with window.expect_navigation() as opened:
            window.evaluate(SEND, sent)
        return window, opened.value.status

    def _ready(self, session: str):
        if session not in self.open:
            page = Page("", session)
            self.open[session] = self.house.window(page, viewport=PHONE, color_scheme="dark")
        window = self.open[session]
        if key := self.house.words.get(
            session
        ):  # an answer may have begun another session, or ended this one
            window.context.add_cookies([{"name": "sessionid", "value": key, "url": self.house.address}])
        if window.url == "about:blank" or (session and not window.query_selector(TOKEN)):
            window.goto(self.house.address + FROM[session])
        return window


def filled_in(fields: Fields, words: Words) -> dict[str, str | list[str]]:
    """The fields as they are sent."""
    return {
        name: value.format(**words) if isinstance(value, str) else [each.format(**words) for each in value]
        for name, value in fields.items()
    }


def _fresh() -> Words:
    """What is good for a moment only."""
    from pipeline.actions.find_placement import find_placement
    from pipeline.web.public.sign_up_form import form_of

    return {
        "form": form_token(),
        "shown": form_of(None).shown,
        "shown_one": form_of(find_placement("one")).shown,
        **_app_of("maya"),
        **_app_of("sam"),
    }


def _app_of(name: str) -> Words:
    """A proposed authenticator app, and what it shows now."""
    import base64

    from pipeline.actions.set_up_app import propose_app
    from pipeline.core.accounts import totp
    from pipeline.core.accounts.member import Who
    from pipeline.gateways import clock

    user, now = User.objects.get(username=name), clock.machine()
    proposal = propose_app(Who(user.pk, user.username), now)
    plain = proposal.words.replace(" ", "")
    secret = base64.b32decode(plain + "=" * (-len(plain) % 8))
    step = int(now.timestamp()) // totp.STEP
    return {f"{name}_proposal": proposal.sealed, f"{name}_app_says": totp.code_of(secret, step)}
