"""The first page names what a person must decide, and says so when there is nothing."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from pipeline.actions.import_article import import_article
from pipeline.actions.list_unknown import list_unknown
from pipeline.actions.open_due import open_due
from pipeline.actions.pause_campaign import pause_campaign
from pipeline.actions.plan_series import plan_series
from pipeline.actions.settle_unknown import settle_unknown
from tests import factories
from tests.factories import CONTENT, NOW, SERIES
from tests.web.studio.pages import words


def test_an_empty_studio_says_how_to_begin(studio):
    said = words(studio.get("/studio/"))
    assert "rounds import FILE" in said
    assert "Nothing needs a decision" in said


def test_a_series_and_a_campaign_that_are_well_need_nobody(studio, campaign):
    said = words(studio.get("/studio/"))
    assert "Nothing needs a decision" in said
    assert "Issue 1 3 = 0 accepted + 2 on the way + 1 left out (1 unsubscribed)" in said
    assert "Next: Tue 1 December 2026, 09:00" in said


def test_an_article_that_nobody_approved_waits_for_a_clinician(studio, db):
    factories.notices()
    import_article(CONTENT / "articles" / f"{SERIES}.md", NOW)
    plan_series(SERIES, NOW)
    assert "waits for a clinician to approve it" in words(studio.get("/studio/"))


def test_an_issue_that_is_held_late_asks_for_a_decision(studio, notices):
    factories.readers()
    factories.campaign(start=date(2026, 11, 24))
    open_due(NOW + timedelta(hours=3))
    assert "Issue 1 of autumn missed its moment" in words(studio.get("/studio/"))


def test_a_paused_campaign_is_not_forgotten(studio, campaign):
    pause_campaign(campaign.name, NOW)
    assert "autumn is paused" in words(studio.get("/studio/"))


def test_deliveries_that_wait_for_a_person_are_counted_until_one_has_looked(studio, campaign):
    held = "UPDATE delivery SET state = %s, lease_token = gen_random_uuid()"
    with connection.cursor() as cursor:
        for state in (1, 2, 3, 16):
            cursor.execute(held, [state])
    said = words(studio.get("/studio/"))
    assert "has 2 deliveries with an unknown outcome. `rounds unknown list` names them." in said
    settle_unknown([str(row["delivery"]) for row in list_unknown("autumn")], delivered=False, by="maya")
    assert "rounds unknown list" not in words(studio.get("/studio/"))
