"""`/studio/feeds/`: the feeds that are followed, what each brought, and the buttons that steer them."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from pipeline.actions.follow_feed import follow_feed
from pipeline.actions.offer_articles import turn_to_read
from pipeline.actions.steer_feed import (
    count_entries,
    find_feed,
    list_feeds,
    pause_feed,
    read_soon,
    resume_feed,
)
from pipeline.core.content.slug import slug
from pipeline.core.errors import BadInput, RoundsError
from pipeline.core.people.audit import Event
from pipeline.core.people.powers import Power
from pipeline.web.problem import Problem, problem
from pipeline.web.studio.page import StudioPage, done, show, status_of, tried

SHOWN = 200  # of what a feed brought
EMPTY = {"name": "", "address": "", "every": "24", "only_new": ""}
EVERY = {6: "Every six hours", 24: "Once a day", 24 * 7: "Once a week", 24 * 14: "Every two weeks"}
ACTS = {
    "read": (read_soon, "A worker reads it now. Look again in a minute."),
    "pause": (pause_feed, "Stopped. It is not read until you start it again; its articles stay."),
    "resume": (resume_feed, "Started. A worker reads it now."),
}


class FeedsPage(StudioPage):
    needs = None
    needs_to_act = Power.EDIT_SERIES
    event = Event.FEED_STEERED
    subject = "feeds"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {field: request.POST.get(field, "").strip()[:2000] for field in ("name", "address", "every")}
        typed["only_new"] = request.POST.get("only_new", "")
        name, hours = slug(typed["name"])[:60], typed["every"]
        try:
            with turn_to_read():
                follow_feed(
                    name if typed["name"] else "",
                    typed["address"],
                    int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 5 else 0,
                    self.now,
                    only_new=bool(typed["only_new"]),
                    by_worker=True,
                )
        except RoundsError as error:
            told = problem(error)
            if isinstance(error, BadInput) and not told.field:
                told = Problem(told, "address")
            return self._page(request, told, status_of(error), typed)
        brought = (
            "what it has today is left out" if typed["only_new"] else "a worker takes its articles in now"
        )
        return done(request, f"/studio/feeds/{name}/", f"It is followed; {brought}.")

    def _page(
        self, request: HttpRequest, error: str = "", status: int = 200, typed: dict[str, Any] | None = None
    ) -> HttpResponse:
        return show(
            request,
            "feeds.html",
            status,
            feeds=list_feeds(),
            counts=count_entries(),
            every=EVERY,
            typed=typed or EMPTY,
            error=error,
        )


class FeedPage(StudioPage):
    """`/studio/feeds/<name>/`: one of them, and what became of each of its articles."""

    needs = None

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        return _feed_page(request, name)


class SteerFeed(StudioPage):
    """`.../read/`, `.../pause/` and `.../resume/`, by POST alone."""

    needs = Power.EDIT_SERIES
    event = Event.FEED_STEERED
    subject = "feed:{name}"

    http_method_names = ["post"]  # noqa: RUF012 - as Django declares it

    def post(self, request: HttpRequest, name: str, verb: str) -> HttpResponse:
        if verb not in ACTS:
            raise Http404
        find_feed(name)
        act, sentence = ACTS[verb]
        error, status = tried(lambda: act(name, self.now))
        if error:
            return _feed_page(request, name, error, status)
        return done(request, f"/studio/feeds/{name}/", sentence)


def _feed_page(request: HttpRequest, name: str, error: str = "", status: int = 200) -> HttpResponse:
    feed, entries = find_feed(name)
    return show(
        request, "feed.html", status, feed=feed, entries=entries[:SHOWN], number=len(entries), error=error
    )
