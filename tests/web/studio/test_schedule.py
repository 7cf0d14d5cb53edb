"""The dates that are shown are the dates that are made, and looking at them makes nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pipeline.core.delivery.lifecycle import CampaignState
from pipeline.store import campaigns, models
from pipeline.web.studio import words as say
from tests import factories
from tests.factories import CONTENT, NOW, SERIES
from tests.web.studio.pages import fields, tree, words

pytestmark = pytest.mark.usefixtures("alone")

PAGE = f"/studio/series/{SERIES}/schedule/"
WEEKLY = {"mode": "calendar", "weekday": "3", "at": "07:30", "whose": "sender", "zone": "Europe/London"}
ASKED = [
    {**WEEKLY, "start": "day", "day": "2026-12-01"},
    {**WEEKLY, "start": "day", "day": "2026-11-24", "weekday": "1", "at": "09:00"},
    {**WEEKLY, "start": "now"},
    {**WEEKLY, "start": "day", "day": "2027-03-20", "weekday": "6", "at": "01:30"},  # the clocks go forward
    {**WEEKLY, "start": "day", "day": "2026-12-01", "zone": "America/New_York"},
    {**WEEKLY, "start": "day", "day": "2026-12-01", "whose": "subscriber"},
]


def shown(response) -> list[list[str]]:
    rows = tree(response).xpath("//table[caption[contains(., 'What will go out')]]//tbody/tr")
    return [[cell.text_content().strip() for cell in row] for row in rows]


@pytest.mark.parametrize("asked", ASKED)
def test_the_dates_shown_are_the_dates_made(studio, series, asked):
    page = studio.get(PAGE, asked)
    assert page.status_code == 200
    answer = studio.post(PAGE, fields(page, PAGE))
    assert answer.status_code == 303
    [campaign] = campaigns.every()
    assert answer["Location"] == f"/studio/campaigns/{campaign.name}/"
    for (number, _, when), mailing in zip(shown(page), campaigns.mailings(campaign.id), strict=True):
        assert int(number) == mailing.number
        assert mailing.local_date is not None
        if asked["start"] == "now" and mailing.number == 1:
            assert when == "at once"
            assert mailing.due_at == NOW
        elif asked["whose"] == "subscriber":
            assert when == f"{say.short_day(mailing.local_date)}, 07:30 their time"
        else:
            assert when == say.short_moment(mailing.due_at, asked["zone"])
            assert when.startswith(say.short_day(mailing.local_date))


def test_readers_who_were_promised_a_weekly_email_get_no_daily_one(studio, series):
    page = studio.get(PAGE, {**WEEKLY, "start": "now", "weekday": "every"})
    answer = studio.post(PAGE, fields(page, PAGE))
    assert answer.status_code == 409
    assert "said yes to one issue in 7 days" in words(answer)
    assert campaigns.every() == []


def test_a_course_shows_the_dates_of_a_reader_who_is_on_the_list(studio, series):
    ada = factories.subscriber("ada")
    asked = {**WEEKLY, "mode": "course", "start": "day", "day": "2026-12-01"}
    page = studio.get(PAGE, asked)
    assert [when for _, _, when in shown(page)][:2] == ["Thu 3 Dec, 07:30", "Thu 10 Dec, 07:30"]
    studio.post(PAGE, fields(page, PAGE))
    enrolment = models.Enrolment.objects.get(subscriber_id=ada.id)
    assert say.short_moment(enrolment.next_due_at, "Europe/London") == "Thu 3 Dec, 07:30"


def test_looking_makes_nothing(studio, series):
    for asked in ASKED:
        studio.get(PAGE, asked)
    assert campaigns.every() == []


def test_every_day_is_not_offered_to_readers_who_said_yes_to_once_a_week(studio, series):
    assert tree(studio.get(PAGE)).xpath("//select[@name='weekday']/option[@value='every']") == []
    answer = studio.post(PAGE, {**ASKED[0], "weekday": "every"})
    assert answer.status_code == 409
    assert "said yes to one issue in 7 days" in words(answer)
    assert campaigns.every() == []


def test_the_calendar_marks_each_issue_on_its_day(studio, series):
    page = tree(studio.get(PAGE, ASKED[0]))
    marked = page.xpath("//td[contains(@class, 'has-issue')]//a/@aria-label")
    assert marked[0] == "Issue 1 on Thursday 3 December 2026"
    assert len(marked) == 6
    assert [c.text for c in page.xpath("//table[contains(@class, 'month')]/caption")] == [
        "November 2026",
        "December 2026",
        "January 2027",
    ]


def test_choosing_a_day_in_the_calendar_starts_there(studio, series):
    page = tree(studio.get(PAGE, ASKED[0]))
    [link] = page.xpath("//a[@aria-label='Start on Friday 11 December 2026']/@href")
    assert shown(studio.get(PAGE + link))[0][2] == "Fri 11 Dec, 07:30"


def test_days_that_are_over_cannot_be_chosen(studio, series):
    page = tree(studio.get(PAGE))
    assert page.xpath("//td[contains(@class, 'past')]")
    assert not page.xpath("//td[contains(@class, 'past')]//a")


MISTAKES = [
    ({"day": "2026-11-01"}, "that day is over"),
    ({"day": "soon"}, "is no date"),
    ({"at": "25:99"}, "is no time of day"),
    ({"zone": "Europe/Londn"}, "Did you mean Europe/London"),
    ({"weekday": "9"}, "Choose a weekday"),
    ({"name": "Two Words"}, "cannot be a campaign's name"),
]


def test_what_cannot_be_used_is_told_beside_the_form_and_makes_nothing(studio, series):
    for change, sentence in MISTAKES:
        answer = studio.post(PAGE, {**ASKED[0], **change})
        assert answer.status_code == 400
        assert sentence in tree(answer).xpath("string(//*[@role='alert'])")
    assert campaigns.every() == []


def test_a_slot_that_has_passed_is_told_and_never_becomes_a_late_issue(studio, series, monkeypatch):
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW + timedelta(hours=3))
    today = {**ASKED[1], "day": "2026-11-24"}
    answer = studio.post(PAGE, today)
    assert answer.status_code == 400
    assert "The slot on Tuesday 24 November 2026 has passed" in words(answer)
    assert campaigns.every() == []


@pytest.mark.parametrize("whose", ["sender", "subscriber"])
def test_the_form_starts_with_a_slot_that_lies_ahead(studio, series, whose):
    page = studio.get(PAGE, {"whose": whose, "weekday": "1", "at": "20:00"})
    assert page.status_code == 200
    expected = {"sender": "Tue 24 Nov, 20:00", "subscriber": "Tue 1 Dec, 20:00 their time"}
    assert shown(page)[0][2] == expected[whose]


def test_nothing_is_scheduled_before_a_clinician_has_signed(studio, db):
    from pipeline.actions.import_article import import_article
    from pipeline.actions.plan_series import plan_series

    factories.notices()
    import_article(CONTENT / "articles" / f"{SERIES}.md", NOW)
    plan_series(SERIES, NOW)
    answer = studio.post(PAGE, ASKED[0])
    assert answer.status_code == 409
    assert "is not approved as it stands now" in words(answer)
    assert campaigns.every() == []


def test_a_series_goes_to_a_list_once_at_a_time(studio, campaign):
    assert "autumn already sends this series" in words(studio.get(PAGE))
    answer = studio.post(PAGE, ASKED[0])
    assert answer.status_code == 409
    assert [c.state for c in campaigns.every()] == [CampaignState.RUNNING]


def test_the_page_says_how_many_it_would_reach(studio, campaign):
    said = words(studio.get(PAGE))
    assert re.search(r"The list has 3 people today; 2 of them may be written to", said)
