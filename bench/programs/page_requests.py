"""Fill an empty database with people, and write the requests that they send to the public pages.

python -m bench.programs.page_requests COUNT WARM FOLDER

COUNT goodbyes, confirmations and sign-ups each, every one of somebody else: a repeated one would be cheaper than a
first. Writes `warm.json` with the first WARM of each, `requests.json` with the rest, and `health.json`, for
bench.programs.visitors.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from secrets import token_bytes
from urllib.parse import urlencode

import altcha
import django
from django.db import connection
from django.test import Client
from lxml import html

django.setup()

from bench.programs.opened import PURPOSE, fill  # noqa: E402
from pipeline.actions.prepare_database import prepare_database  # noqa: E402
from pipeline.actions.subscribe import SignUp, subscribe  # noqa: E402
from pipeline.core.consent.tokens import Audience, make, make_form_token  # noqa: E402
from pipeline.gateways import clock  # noqa: E402
from pipeline.gateways.keys import keyring, puzzle_key  # noqa: E402
from pipeline.gateways.puzzles import ALGORITHM, solve_puzzle  # noqa: E402
from pipeline.settings import current  # noqa: E402

HOST = current().base_url.partition("://")[2]


def main(count: int, warm: int, folder: Path) -> None:
    now = clock.now()
    prepare_database(now)
    fill(count, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT uid FROM subscription ORDER BY id")
        goodbyes = [make(Audience.UNSUB, uid.bytes, keyring()) for (uid,) in cursor.fetchall()]
    for number in range(count):
        # Each from a network of its own, and long ago: what is measured is not the limits.
        sign_up = SignUp(f"new@d{number}.test", (PURPOSE,), "bench", client_ip=_network(number))
        subscribe(sign_up, now - timedelta(hours=2))
    with connection.cursor() as cursor:
        cursor.execute("SELECT uid FROM confirmation ORDER BY id")
        asked = [make(Audience.CONFIRM, uid.bytes, keyring()) for (uid,) in cursor.fetchall()]
        cursor.execute("ANALYZE")
    requests = []
    for number, (goodbye, yes) in enumerate(zip(goodbyes, asked, strict=True)):
        requests += [
            ("one-click", _post(f"/u/{goodbye}", {"List-Unsubscribe": "One-Click"})),
            ("confirm", _post(f"/c/{yes}", {"form": _form()})),
            ("sign-up", _post("/signup/", _signs_up(number), f"10.{number >> 8 & 255}.{number & 255}.9")),
        ]
    health = ("health", f"GET /health HTTP/1.1\r\nHost: {HOST}\r\n\r\n")
    (folder / "warm.json").write_text(json.dumps(requests[: 3 * warm]))
    (folder / "requests.json").write_text(json.dumps(requests[3 * warm :]))
    (folder / "health.json").write_text(json.dumps([health] * (count - warm)))
    print(json.dumps({"requests": len(requests)}))


def _signs_up(number: int) -> dict[str, str]:
    """A form that was opened, with its puzzle solved.

    The puzzle costs the server what the page's own does, and its solver one try: the first key is what is asked for.
    """
    page = html.document_fromstring(Client().get("/signup/", HTTP_HOST=HOST).content)
    form = next(page.iter("form"))
    hidden = {each.get("name"): each.get("value", "") for each in form.xpath(".//input[@type='hidden']")}
    cost = json.loads(form.get("data-rounds-puzzle", ""))["parameters"]["cost"]
    easy = altcha.create_challenge(
        ALGORITHM, cost, counter=0, data={"form": hidden["form"]}, hmac_secret=puzzle_key()
    )
    puzzle = solve_puzzle(json.dumps(easy.to_dict()))
    return {**hidden, "address": f"fresh@e{number}.test", "purpose": PURPOSE, "puzzle": puzzle}


def _form() -> str:
    """The signed time stamp of a form that somebody opened a while ago."""
    return make_form_token(clock.now() - timedelta(minutes=1), token_bytes(8), keyring())


def _network(number: int) -> str:
    return f"10.{128 + (number >> 8) % 128}.{number & 255}.9"


def _post(path: str, fields: dict[str, str], client: str = "10.0.0.9") -> str:
    body = urlencode(fields)
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {current().base_url}\r\nX-Forwarded-For: {client}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
