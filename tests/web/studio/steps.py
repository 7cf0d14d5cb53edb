"""Signing in as people do it: the password, then what a telephone shows."""

from __future__ import annotations

import base64
import time

from django.http import HttpResponse
from django.test import Client

from pipeline.core.accounts import totp
from tests.web.studio.conftest import NAME, PASSWORD
from tests.web.studio.pages import fields, tree

SIGN_IN = "/studio/sign-in/"
SET_UP = "/studio/sign-in/set-up/"
SECOND_STEP = "/studio/sign-in/second-step/"


def give_password(client: Client, name: str = NAME, password: str = PASSWORD, **more: str) -> HttpResponse:
    return client.post(SIGN_IN, {"name": name, "password": password, **more})


def code(secret: bytes, later: int = 0) -> str:
    """What an app shows now, or `later` steps from now."""
    return totp.code_of(secret, int(time.time()) // totp.STEP + later)


def secret_on(page: HttpResponse) -> bytes:
    """The secret that a set-up page shows to those who cannot scan."""
    [words] = tree(page).xpath("//code[@class='secret']/text()")
    plain = words.replace(" ", "")
    return base64.b32decode(plain + "=" * (-len(plain) % 8))


def codes_on(page: HttpResponse) -> list[str]:
    """The recovery codes that a page shows."""
    return tree(page).xpath("//ol[@class='codes']/li/code/text()")


def set_up(client: Client) -> tuple[bytes, list[str]]:
    """Password, then a new app. Returns its secret, of which the code of the last step is used up, and the codes."""
    assert give_password(client)["Location"] == SET_UP
    page = client.get(SET_UP)
    secret = secret_on(page)
    done = client.post(SET_UP, {**fields(page, SET_UP), "code": code(secret, -1)})
    assert done.status_code == 200, done.content.decode()
    return secret, codes_on(done)


def sign_in(client: Client, proof: str) -> HttpResponse:
    """Password, then a code of the app or a recovery code."""
    assert give_password(client)["Location"] == SECOND_STEP
    return client.post(SECOND_STEP, {"code": proof})


def is_in(client: Client) -> bool:
    return client.get("/studio/").status_code == 200
