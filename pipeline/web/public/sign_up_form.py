"""A sign-up form as it is shown, on our own page or in another site's, and what was sent by it.

What every form has: the lists with their notices, a stamp that says when it was shown, a puzzle bound to the stamp, and
the hash of the words that were shown (C-53), which comes back with the answer: nobody agrees to words that changed
while their page was open.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string

from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.consent.defence import Defence, defence
from pipeline.core.consent.limits import DEFAULT
from pipeline.core.consent.placement import HOSTED, Placement
from pipeline.core.consent.tokens import Audience, FormCheck, check_form_token, read
from pipeline.core.errors import BadInput
from pipeline.gateways import clock
from pipeline.gateways.keys import keyring
from pipeline.gateways.puzzles import is_solved, make_puzzle
from pipeline.settings import PROJECT, current
from pipeline.store import confirmations
from pipeline.web.client import client_ip
from pipeline.web.problem import Problem
from pipeline.web.public.notices import ReadableNotice, in_force
from pipeline.web.public.page import TRAP, TRY_AGAIN, form_token

SCRIPT = PROJECT / "static" / "embed" / "rounds-form.js"
AGE_AND_GOODBYE = (
    "This is for people of 16 and over. You can stop at any time: every email has a link for it, and one click is "
    "enough."
)  # C-25, C-04
A_PRESS_NEEDS = timedelta(seconds=3)  # on the page that asks to press once more
RATE_IS_FRESH = 5.0  # seconds that a count of the last hour's sign-ups is good for

SENT_BEFORE = (
    "This form was sent already, with something else in it. To send this too, press the button again."
)
CHANGED = "What we tell you changed while this page was open. Please read it and press the button again."
NO_BOX = "Tick the box of each list that you would like."


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed and ticked, to show it again beside what is wrong. `error_in` names the field."""

    address: str = ""
    ticked: tuple[str, ...] = ()
    error: str = ""
    error_in: str = ""
    token: str = ""


NOTHING_TYPED = Typed()


@dataclass(frozen=True, slots=True)
class Sent:
    """It is done, whatever that means for this address (D-07)."""


@dataclass(frozen=True, slots=True)
class Again:
    """The form once more, with a sentence."""

    typed: Typed


@dataclass(frozen=True, slots=True)
class OnceMore:
    """Nothing is wrong: without a solved puzzle, at a busy hour, one more press is asked for (D-08)."""

    typed: Typed


Outcome = Sent | Again | OnceMore


@dataclass(frozen=True, slots=True)
class Form:
    """`placement` None: our own page. `by_script`: what is shown is made by the script, from the same words."""

    placement: Placement | None
    notices: tuple[ReadableNotice, ...]
    by_script: bool = False

    @property
    def name(self) -> str:
        return self.placement.name if self.placement else HOSTED

    @property
    def path(self) -> str:
        return f"/signup/from/{self.placement.name}/" if self.placement else "/signup/"

    @property
    def single(self) -> ReadableNotice | None:
        """The only list of a form that was made for one: it has a button and no box (C-02)."""
        alone = self.placement is not None and len(self.placement.purposes) == 1
        return self.notices[0] if alone and self.notices else None

    @property
    def shown(self) -> str:
        """The version of the form that was shown (C-53): the SHA-256 of its HTML, empty and without its stamps; for a
        form made by the script, of that and the script.
        """
        return _version(self)

    def context(
        self, typed: Typed = NOTHING_TYPED, token: str = "", puzzle: str = "", shown: str = ""
    ) -> dict[str, Any]:
        """What the template needs."""
        return {
            "form": self,
            "notices": self.notices,
            "single": self.single,
            "typed": typed,
            "form_token": token,
            "puzzle": puzzle,
            "shown": shown,
            "trap": TRAP,
            "small": AGE_AND_GOODBYE,
        }

    def filled(self, typed: Typed) -> dict[str, Any]:
        """The same with fresh stamps, ready to be sent."""
        token, now = typed.token or form_token(), pressure()
        puzzle = json.dumps(make_puzzle(token, now.cost, now.zeros))
        return self.context(typed, token, puzzle, self.shown)


@lru_cache(maxsize=64)
def _version(form: Form) -> str:
    shown = render_to_string("public/sign_up_form.html", form.context()).encode()
    return hashlib.sha256(shown + (SCRIPT.read_bytes() if form.by_script else b"")).hexdigest()


def form_of(placement: Placement | None, *, by_script: bool = False) -> Form:
    """The form with the lists that it offers and that can be joined now."""
    notices = in_force(clock.now())
    if placement is None or not placement.purposes:
        return Form(placement, tuple(notices), by_script)
    known = {readable.notice.purpose: readable for readable in notices}
    return Form(placement, tuple(known[p] for p in placement.purposes if p in known), by_script)


def typed_in(fields: QueryDict) -> Typed:
    """What came, cut to what a form of ours can hold."""
    return Typed(
        address=fields.get("address", "")[:320],
        ticked=tuple(fields.getlist("purpose")[:20]),
        token=fields.get("form", "")[:100],
    )


def take(request: HttpRequest, form: Form) -> Outcome:
    """What becomes of a form that was sent from where it may be sent. A robot in the trap learns nothing."""
    fields, typed = request.POST, typed_in(request.POST)
    may_ask_once_more = (
        not form.by_script
    )  # where the puzzle cannot be solved, the script leaves the plain form alone
    if fields.get(TRAP):
        return Sent()
    pressed_twice = may_ask_once_more and read(Audience.FORM_AGAIN, typed.token, keyring()) is not None
    audience = Audience.FORM_AGAIN if pressed_twice else Audience.FORM
    more = {"least": A_PRESS_NEEDS} if pressed_twice else {}
    check = check_form_token(typed.token, clock.now(), keyring(), audience=audience, **more)
    if check is FormCheck.TOO_SOON and pressed_twice:
        return OnceMore(typed)
    if check is not FormCheck.GOOD:
        return _again(typed, TRY_AGAIN[check], "form", keep=check is FormCheck.TOO_SOON)
    if fields.get("shown") != form.shown:
        return _again(Typed(typed.address), CHANGED, "form")  # nobody has ticked a box beside the new words
    offered = {readable.notice.purpose for readable in form.notices}
    if not typed.ticked or (form.placement is not None and not offered.issuperset(typed.ticked)):
        return _again(typed, NO_BOX, "purpose", keep=not pressed_twice)
    solved = is_solved(fields.get("puzzle", ""), typed.token)
    if not solved and not may_ask_once_more:
        return _again(typed, TRY_AGAIN[FormCheck.FORGED], "form")
    if not solved and not pressed_twice and pressure().second_step:
        return OnceMore(Typed(typed.address, typed.ticked))
    try:
        sign_up = _sign_up(request, form, typed, audience, solved=solved)
        known = subscribe(sign_up, clock.now(), in_force=[each.notice for each in form.notices])
    except BadInput as error:
        return _again(typed, str(error), "address", keep=not pressed_twice)
    return Sent() if known else _again(typed, SENT_BEFORE, "form")


def _again(typed: Typed, error: str, where: str, *, keep: bool = False) -> Again:
    """`keep` leaves the stamp, which is not spent yet, so that a person's wait counts."""
    told = Problem(error, "" if where == "form" else where)
    return Again(Typed(typed.address, typed.ticked, told, where, typed.token if keep else ""))


def _sign_up(request: HttpRequest, form: Form, typed: Typed, audience: Audience, *, solved: bool) -> SignUp:
    page = form.placement.page_url if form.placement else f"{current().base_url}/signup/"
    return SignUp(
        address=typed.address,
        purposes=typed.ticked,
        placement=form.name,
        page_url=page,
        form_version=form.shown,
        client_ip=client_ip(request),
        user_agent=request.headers.get("User-Agent", "")[:500],
        stamp=read(audience, typed.token, keyring()),
        solved=solved,
    )


_counting = threading.Lock()
_counted: tuple[float, Defence] = (float("-inf"), defence(0, DEFAULT.everywhere_hour))


def pressure() -> Defence:
    """How hard a sign-up is made just now. Counted anew every few seconds by each process, not for each page."""
    global _counted
    at, known = _counted
    # Who finds somebody counting goes by the last count: no page waits for another page's database.
    if time.monotonic() - at > RATE_IS_FRESH and _counting.acquire(blocking=False):
        try:
            lately = confirmations.asked_since(clock.now() - timedelta(hours=1))
            known = defence(lately, DEFAULT.everywhere_hour)
            _counted = (time.monotonic(), known)
        finally:
            _counting.release()
    return known


def words_for_script(form: Form, typed: Typed) -> Mapping[str, Any]:
    """The form as JSON for `static/embed/rounds-form.js`: the same words, stamps and puzzle as on the page."""
    made = form.filled(typed)
    return {
        "lists": [
            {
                "purpose": readable.notice.purpose,
                "title": readable.notice.title,
                "cadence": readable.notice.cadence,
                "sentence": readable.notice.consent_sentence,
                "notice": list(readable.paragraphs),
                "version": f"Notice {readable.notice.notice_id}, version {readable.notice.version}, in force from "
                f"{readable.notice.effective_from:%-d %B %Y}.",
            }
            for readable in form.notices
        ],
        "button": form.single.notice.button_label if form.single else "Sign up",
        "single": form.single is not None,
        "form": made["form_token"],
        "shown": made["shown"],
        "puzzle": json.loads(made["puzzle"]),
        "trap": TRAP,
        "small": AGE_AND_GOODBYE,
        "privacy": f"{current().base_url}/privacy/",
        "error": typed.error,
        "error_in": typed.error_in,
    }
