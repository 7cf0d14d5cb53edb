"""`/p/<token>`: the lists one is on, since when; stop each or all, let one rest, undo; measuring on its own (U-18,
U-21, S-02, C-31).

One page with a form for each wish. What is pressed is told apart by the name of its button: `stop`, `pause`, `resume`,
`undo` or `measure`.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.actions.allow_measuring import name_of
from pipeline.actions.change_preferences import (
    EVERYTHING,
    PreferencePage,
    change_preferences,
    look_at_preferences,
    measure,
    pause,
    resume,
    undo_stop,
)
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.consent.pause import WEEKS, last_day
from pipeline.core.errors import BadInput
from pipeline.core.home_zone import HOME_ZONE
from pipeline.gateways import clock
from pipeline.web.public.notices import readable
from pipeline.web.public.page import TRAP, PublicPage, form_token, looks_automatic, shown

TOO_QUICK = "That was very quick, so nothing was changed. Please press the button again."
NO_TICK = "Nothing was changed. If you would like to allow it, tick the box and press the button again."
MOST_UNDONE = 20  # goodbyes that one press takes back; more lists than anybody offers


class PreferencesPage(PublicPage):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        now = clock.now()
        return _page(request, look_at_preferences(token, now), now)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        now = clock.now()
        fields = request.POST
        automatic = looks_automatic(fields)
        if "stop" in fields or not fields.keys() & {"pause", "resume", "undo", "measure"}:
            stop = fields.get("stop", "")
            page = change_preferences(token, stop, now, suspect_automation=automatic)
            return _page(request, page, now, done="stopped", what=stop)
        page = look_at_preferences(token, now)
        if automatic:  # a machine may stop things (U-23), and start none
            return _page(request, page, now, error="" if page.preview else TOO_QUICK)
        purpose = fields.get("list", "")
        try:
            if "undo" in fields:
                back = fields.getlist("undo")[:MOST_UNDONE]
                undo = dict(pair.split(" ", 1) for pair in back if " " in pair)
                return _page(
                    request, undo_stop(token, undo, now), now, done="undone", what="".join(list(undo)[:1])
                )
            if "measure" in fields:
                if fields.get("yes") != "on":
                    raise BadInput(NO_TICK)
                return _page(request, measure(token, fields.get("shown", ""), now), now, done="measured")
            if "pause" in fields:
                page = pause(token, purpose, fields["pause"], fields.get("on", ""), now)
                done = "paused" if purpose in page.paused else ""
            else:
                page = resume(token, purpose, now)
                done = "resumed"
        except BadInput as error:
            where = OPEN_TRACKING if "measure" in fields else purpose
            return _page(request, page, now, error=str(error), error_in=where)
        return _page(request, page, now, done=done, what=purpose)


def _page(
    request: HttpRequest,
    page: PreferencePage,
    now: datetime,
    *,
    done: str = "",
    what: str = "",
    error: str = "",
    error_in: str = "",
) -> HttpResponse:
    titles = {s.purpose: s.title for s in page.subscriptions}
    known = (
        what in titles or done == "measured" or (done == "stopped" and what in (EVERYTHING, OPEN_TRACKING))
    )
    today = now.astimezone(HOME_ZONE).date()
    context = {
        "page": page,
        "address": shown(page.address),
        "on": [s for s in page.subscriptions if s.status.permits],
        "done": done if known else "",
        "title": titles.get(what, "everything"),
        "until": page.paused.get(what),
        "weeks": WEEKS,
        "ask": readable(page.measuring.asks) if page.measuring.asks else None,
        "shown": name_of(page.measuring.asks) if page.measuring.asks else "",
        "measuring": OPEN_TRACKING,
        "what": what,
        "last_day": last_day(today).isoformat(),
        "typed": request.POST.get("on", "")[:10],
        "error": error,
        "error_in": error_in,
        "form_token": form_token(),
        "trap": TRAP,
    }
    return render(request, "public/preferences.html", context, status=400 if error else 200)
