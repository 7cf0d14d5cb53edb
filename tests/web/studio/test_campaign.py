"""A campaign that is watched: its counts are one sum, and its buttons do what they say, once, by POST."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.actions.open_due import open_due
from pipeline.core.delivery.lifecycle import CampaignState, DeliveryState, MailingState
from pipeline.store import campaigns, models
from tests import factories
from tests.factories import NOW
from tests.web.studio.pages import tree, words

PAGE = "/studio/campaigns/autumn/"


def counts(response) -> list[list[int]]:
    rows = tree(response).xpath("//table[contains(@class, 'counts')]//tr[td]")
    return [[int(cell.text_content()) for cell in row.xpath("td")] for row in rows]


def become(name: str, state: DeliveryState) -> None:
    """One delivery settled, along allowed moves."""
    rows = models.Delivery.objects.filter(address_key=factories.key(name))
    for step in (DeliveryState.LEASED, DeliveryState.SENDING, state):
        rows.update(state=step)


def test_audience_is_accepted_and_on_the_way_and_left_out(studio, campaign):
    become("ada", DeliveryState.ACCEPTED)
    page = studio.get(PAGE)
    assert "3 = 1 accepted + 1 on the way + 1 left out (1 unsubscribed)" in words(page)
    assert counts(page) == [[3, 1, 1, 1], [3, 1, 1, 1]]
    for audience, *parts in counts(page):
        assert audience == sum(parts)


def test_the_bar_is_as_long_as_the_audience(studio, campaign):
    become("ada", DeliveryState.ACCEPTED)
    page = tree(studio.get(PAGE))
    [bar] = page.xpath("//*[name()='svg']")
    assert bar.get("viewbox", bar.get("viewBox")) == "0 0 3 1"
    assert sum(int(rect.get("width")) for rect in bar) == 3


def test_an_unknown_outcome_is_counted_apart(studio, campaign):
    become("ada", DeliveryState.UNKNOWN)
    models.Delivery.objects.filter(address_key=factories.key("ada")).update(state=DeliveryState.HELD_UNKNOWN)
    assert counts(studio.get(PAGE)) == [[3, 0, 1, 1, 1], [3, 0, 1, 1, 1]]


def test_the_live_part_says_what_the_page_says(studio, campaign):
    become("ada", DeliveryState.ACCEPTED)
    live = studio.get(f"{PAGE}live/").content.decode()
    assert live.strip() in studio.get(PAGE).content.decode()
    assert 'data-summary="Issue 1: 1 of 3 accepted, 1 on the way."' in live


def test_a_page_that_moves_refreshes_without_a_script_too(studio, campaign):
    page = tree(studio.get(PAGE))
    assert page.xpath("//noscript/meta[@http-equiv='refresh']")
    assert page.xpath("//script/@src") == ["/static/studio.js"]
    assert page.xpath("//*[@aria-live='polite']")


@pytest.mark.holds("A-01")
def test_a_page_that_moves_is_kept_still_by_whoever_asks(studio, campaign):
    assert tree(studio.get(PAGE)).xpath("//a[@href=$still]", still=f"{PAGE}?still=yes")
    page = tree(studio.get(f"{PAGE}?still=yes"))
    assert not page.xpath("//noscript | //script")
    assert page.xpath("//main//a[@href=$again]", again=PAGE)


def test_a_campaign_at_rest_is_left_alone(studio, notices):
    factories.campaign(start=date(2026, 12, 1))
    assert not tree(studio.get(PAGE)).xpath("//noscript | //script")


def test_pause_stops_it_and_resume_lets_it_go_on(studio, campaign):
    assert "Paused" in words(studio.post(f"{PAGE}pause/", follow=True))
    assert campaigns.by_id(campaign.id).state is CampaignState.PAUSED
    assert campaigns.mailings(campaign.id)[0].state is MailingState.PAUSED
    assert "Resumed" in words(studio.post(f"{PAGE}resume/", follow=True))
    assert campaigns.by_id(campaign.id).state is CampaignState.RUNNING


def test_cancelling_is_asked_about_first(studio, campaign):
    asked = studio.get(f"{PAGE}cancel/")
    assert "0 emails were handed over already" in words(asked)
    assert campaigns.by_id(campaign.id).state is CampaignState.RUNNING
    told = words(studio.post(f"{PAGE}cancel/", follow=True))
    assert "2 that waited will not be sent" in told
    assert campaigns.by_id(campaign.id).state is CampaignState.CANCELLED


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_what_is_over_cannot_be_steered(studio, campaign, verb):
    studio.post(f"{PAGE}cancel/")
    answer = studio.post(f"{PAGE}{verb}/")
    assert answer.status_code == 409
    assert "is cancelled" in words(answer)


@pytest.mark.parametrize("verb", ["pause", "resume", "explode"])
def test_reading_an_address_that_acts_does_nothing(studio, campaign, verb):
    assert studio.get(f"{PAGE}{verb}/").status_code == 405
    assert campaigns.by_id(campaign.id).state is CampaignState.RUNNING


def test_an_unknown_verb_is_a_404(studio, campaign):
    assert studio.post(f"{PAGE}explode/").status_code == 404


@pytest.fixture
def late(notices):
    """The first issue missed its Tuesday by three hours."""
    factories.readers()
    campaign = factories.campaign(start=date(2026, 11, 24))
    open_due(NOW + timedelta(hours=3))
    return campaign


def test_a_late_issue_goes_out_when_somebody_says_now(studio, late):
    assert "Issue 1 missed its moment" in words(studio.get(PAGE))
    studio.post(f"{PAGE}release/1/", {"when": "now"})
    [first, *_] = campaigns.mailings(late.id)
    assert (first.state, first.due_at) == (MailingState.SCHEDULED, NOW)


def test_a_late_issue_takes_the_others_along_to_the_coming_slots(studio, late, monkeypatch):
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW + timedelta(hours=3))
    before = [m.local_date for m in campaigns.mailings(late.id)]
    studio.post(f"{PAGE}release/1/", {"when": "next"})
    after = [m.local_date for m in campaigns.mailings(late.id)]
    assert after == [day + timedelta(days=7) for day in before if day]


def test_a_late_issue_waits_while_nobody_has_chosen(studio, late):
    assert studio.get(f"{PAGE}release/1/").status_code == 200
    assert studio.post(f"{PAGE}release/1/", {"when": "whenever"}).status_code == 400
    assert campaigns.mailings(late.id)[0].state is MailingState.HELD_LATE


def test_an_issue_that_is_not_late_is_not_released(studio, campaign):
    answer = studio.post(f"{PAGE}release/2/", {"when": "now"})
    assert answer.status_code == 409
    assert "there is nothing to release" in words(answer)


def test_a_course_says_how_many_wait_for_each_issue(studio, notices):
    from pipeline.core.delivery.campaign import Mode

    factories.readers()
    factories.campaign(Mode.COURSE, start=date(2026, 12, 1))
    said = words(studio.get(PAGE))
    assert "3 wait for it" in said
    assert said.count("Nobody waits for it") == 5


def test_a_campaign_that_is_not_there_is_a_plain_404(studio):
    for path in (PAGE, f"{PAGE}live/", f"{PAGE}cancel/", f"{PAGE}release/1/"):
        assert studio.get(path).status_code == 404
    assert studio.post(f"{PAGE}pause/").status_code == 404
