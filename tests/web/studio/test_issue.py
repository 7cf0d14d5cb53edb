"""The preview shows the letter itself, lets it do nothing, and sends a test to the member alone."""

from __future__ import annotations

import re

import pytest

from pipeline.store import models
from tests.factories import SERIES
from tests.web.studio.pages import tree, words

PAGE = f"/studio/series/{SERIES}/1/"


def test_the_letter_stands_in_a_frame_that_may_do_nothing(studio, series):
    [frame] = tree(studio.get(PAGE)).xpath("//iframe")
    assert frame.get("sandbox") == ""
    letter = studio.get(frame.get("src"))
    policy = letter["Content-Security-Policy"]
    assert letter.status_code == 200
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert re.search(r"; sandbox$", policy)
    assert "frame-ancestors 'self'" in policy
    assert letter["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(("query", "width"), [("", "375"), ("?on=phone", "375"), ("?on=desktop", "700")])
def test_a_phone_and_a_desktop_are_a_link_apart(studio, series, query, width):
    page = tree(studio.get(PAGE + query))
    assert page.xpath("//iframe/@width") == [width]
    assert len(page.xpath("//nav[@aria-label='Show it on']//a")) == 3


def test_dark_colours_are_shown_whatever_the_browser_prefers(studio, series):
    light = studio.get(f"{PAGE}html/?colours=light").content.decode()
    dark = studio.get(f"{PAGE}html/?colours=dark").content.decode()
    assert "prefers-color-scheme" not in light + dark
    assert "@media (max-width: 0px)" in light
    assert "@media (min-width: 0px)" in dark


def test_the_text_part_is_the_one_that_is_sent(studio, series):
    from pipeline.store.series import latest_revisions

    shown = tree(studio.get(f"{PAGE}?on=text")).xpath("string(//pre)")
    first_line = latest_revisions(SERIES)[0].letter.text.splitlines()[0]
    assert first_line in shown
    assert "[[" not in shown


def test_a_preview_has_no_slot_left_and_no_link_that_works(studio, series):
    letter = studio.get(f"{PAGE}html/").content.decode()
    assert "[[" not in letter
    [path] = set(re.findall(r'href="https?://[^"/]+(/u/[^"]+)"', letter))
    before = models.ConsentEvent.objects.count()
    answer = studio.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert models.ConsentEvent.objects.count() == before


def test_subject_and_preheader_stand_above_the_letter(studio, series):
    said = words(studio.get(PAGE))
    assert "Your weekly health email, 1 of 6: the basics" in said
    assert "The first of 6 short emails" in said


def test_a_test_goes_to_the_address_of_the_member_who_asks(studio, series):
    answer = studio.post(PAGE, {"address": "maya@clinic.test"}, follow=True)
    assert "A test is on its way to maya@clinic.test" in words(answer)
    [test] = models.TestSend.objects.all()
    assert (test.address, test.asked_by) == ("maya@clinic.test", "maya")
    assert models.Delivery.objects.get().stream == "test"


def test_the_address_is_remembered_for_the_next_test(studio, series):
    studio.post(PAGE, {"address": "maya@elsewhere.test"})
    assert tree(studio.get(PAGE)).xpath("//input[@id='address']/@value") == ["maya@elsewhere.test"]


@pytest.mark.parametrize("address", ["", "no address", "a@b", "x\r\nBcc: e@evil.test"])
def test_an_address_that_cannot_exist_is_told_beside_the_form(studio, series, address):
    answer = studio.post(PAGE, {"address": address})
    assert answer.status_code == 400
    assert tree(answer).xpath("//*[@role='alert']")
    assert not models.TestSend.objects.exists()


def test_an_issue_that_is_not_there_is_a_plain_404(studio, series):
    assert studio.get(f"/studio/series/{SERIES}/99/").status_code == 404
    assert studio.post(f"/studio/series/{SERIES}/99/", {"address": "maya@clinic.test"}).status_code == 404
