"""Whoever limits harm stops everything from the first page, and every page says so until somebody starts again."""

from __future__ import annotations

import pytest
from django.test import Client

from pipeline.store import instance
from tests.factories import NOW, SERIES
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import tree, words
from tests.web.studio.test_every_page import broken_rules

WHY = "Issue 3 went out with the wrong subject"


@pytest.fixture
def admin(db) -> Client:
    """Maya, an admin, who may stop everything."""
    return signed_in("maya", "admin")


def test_an_admin_stops_everything_and_starts_it_again(admin, campaign):
    first = admin.get("/studio/")
    assert tree(first).xpath("//form[@action='/studio/stop/']//input[@name='reason'][@required]")
    assert broken_rules(first) == []
    stopped = admin.post("/studio/stop/", {"reason": WHY}, follow=True)
    assert "Everything is stopped" in words(stopped)
    assert instance.read().sending_enabled is False
    assert instance.read().changed_by == "maya"
    for path in ("/studio/", f"/studio/series/{SERIES}/", "/studio/campaigns/autumn/"):
        page = admin.get(path)
        assert f"Nothing is sent. maya stopped it: {WHY}" in words(page), path
        assert broken_rules(page) == []
    admin.post("/studio/start/")
    assert instance.read().sending_enabled is True
    assert "Nothing is sent" not in words(admin.get("/studio/"))


def test_another_member_may_not_and_is_told_so(db, campaign):
    studio = signed_in("eve", "editor")
    assert "Stop everything" not in words(studio.get("/studio/"))
    for path in ("/studio/stop/", "/studio/start/"):
        answer = studio.post(path, {"reason": WHY})
        assert (
            answer.status_code,
            "This is for a sender, a privacy officer or an admin" in words(answer),
        ) == (403, True)
    assert instance.read().sending_enabled is True


def test_it_needs_a_reason_and_a_form_of_our_own(admin, campaign):
    assert admin.post("/studio/stop/", {"reason": "  "}).status_code == 400
    assert admin.get("/studio/stop/").status_code == 405
    assert Client().post("/studio/stop/", {"reason": WHY}).status_code == 302
    strict = signed_in(enforce_csrf_checks=True)
    assert strict.post("/studio/stop/", {"reason": WHY}).status_code == 403
    assert instance.read().sending_enabled is True


def test_what_the_fence_stopped_cannot_be_started_here(admin, campaign):
    instance.stop("This database is an older copy.", "the fence", NOW, needs_confirm=True)
    page = admin.get("/studio/")
    assert "This database is an older copy." in words(page)
    assert "rounds sending confirm" in words(page)
    assert not tree(page).xpath("//form[@action='/studio/start/']")
    assert admin.post("/studio/start/").status_code == 409
    assert instance.read().sending_enabled is False
