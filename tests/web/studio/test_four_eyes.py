"""Sending to a list takes two: one proposes exactly these letters, another approves them, and it is done once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.store import audit, campaigns, members, models
from tests import factories
from tests.factories import NOW, SERIES
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import fields, tree, words
from tests.web.studio.test_every_page import broken_rules

PAGE = f"/studio/series/{SERIES}/schedule/"
ASKED = {"mode": "calendar", "weekday": "3", "at": "07:30", "whose": "sender", "zone": "Europe/London",
         "start": "day", "day": "2026-12-01"}  # fmt: skip


@pytest.fixture
def robin(series):
    return signed_in("robin", "sender")


@pytest.fixture
def sam(series):
    return signed_in("sam", "sender")


@pytest.fixture
def proposed(robin) -> str:
    """Robin has proposed a campaign. Returns the address of its page."""
    form = robin.get(PAGE, ASKED)
    assert "Propose these 6 issues" in words(form)
    answer = robin.post(PAGE, fields(form, PAGE))
    assert answer.status_code == 303
    assert campaigns.every() == []
    return answer["Location"]


@pytest.mark.holds("S-14")
def test_one_proposes_another_approves_and_the_campaign_is_what_was_proposed(robin, sam, proposed):
    assert broken_rules(robin.get(proposed)) == []
    page = sam.get(proposed)
    assert broken_rules(page) == []
    assert "robin" in words(page)
    assert "Every Thursday at 07:30" in words(page)
    assert len(tree(page).xpath("//table//tbody/tr")) == 6
    done = sam.post(proposed, {"do": "approve"})
    [campaign] = campaigns.every()
    assert done["Location"] == f"/studio/campaigns/{campaign.name}/"
    assert [str(m.local_date) for m in campaigns.mailings(campaign.id)][:2] == ["2026-12-03", "2026-12-10"]
    events = list(models.AuditEvent.objects.order_by("seq").values_list("event", "member"))
    assert events == [
        ("proposal.made", "robin"),
        ("proposal.approved", "sam"),
        ("proposal.used", "sam"),
        ("campaign.created", "sam"),
    ]


@pytest.mark.holds("S-14")
def test_nobody_approves_their_own(robin, proposed):
    page = robin.get(proposed)
    assert "A second person has to approve it" in words(page)
    assert not tree(page).xpath("//button[@value='approve']")
    answer = robin.post(proposed, {"do": "approve"})
    assert (answer.status_code, "You proposed this" in words(answer)) == (409, True)
    assert campaigns.every() == []
    assert (audit.last().event, audit.last().outcome) == ("proposal.approved", "refused")


def test_an_approval_is_good_once(sam, proposed):
    sam.post(proposed, {"do": "approve"})
    again = sam.post(proposed, {"do": "approve"})
    assert again.status_code == 409
    assert len(campaigns.every()) == 1


@pytest.mark.holds("S-14")
def test_a_word_that_changed_since_voids_it(sam, proposed, monkeypatch):
    from pipeline.actions import render_series

    as_it_was = render_series.issue_context

    def edited(*args, **more):
        return {**as_it_was(*args, **more), "subject": "Another subject"}

    monkeypatch.setattr(render_series, "issue_context", edited)
    factories.signed()  # a clinician agrees to the other subject; who proposed has not seen it
    answer = sam.post(proposed, {"do": "approve"})
    assert (answer.status_code, "have changed since this was proposed" in words(answer)) == (409, True)
    monkeypatch.undo()
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW)
    assert "has changed since" in words(sam.post(proposed, {"do": "approve"}))
    assert campaigns.every() == []


def test_who_has_not_the_power_neither_sees_nor_decides(proposed):
    for role in ("editor", "admin", "privacy_officer"):
        other = signed_in("olive", role)
        assert other.get(proposed).status_code == 403
        assert other.post(proposed, {"do": "approve"}).status_code == 403
        assert SERIES not in words(other.get("/studio/approvals/"))
    assert campaigns.every() == []


def test_it_can_be_declined_and_taken_back_and_grows_too_old(robin, sam, proposed, monkeypatch):
    assert f"Send to a list: {SERIES}" in words(sam.get("/studio/approvals/"))
    assert sam.post(proposed, {"do": "decline"}).status_code == 303
    assert sam.post(proposed, {"do": "approve"}).status_code == 409
    again = robin.post(PAGE, ASKED)["Location"]
    assert again != proposed
    assert robin.post(PAGE, ASKED)["Location"] == again  # pressed twice, it is one proposal
    assert robin.post(again, {"do": "decline"}).status_code == 303
    third = robin.post(PAGE, ASKED)["Location"]
    monkeypatch.setattr("pipeline.gateways.clock.now", lambda: NOW + timedelta(hours=72))
    assert "72 hours" in words(sam.post(third, {"do": "approve"}))
    assert sam.post(proposed, {"do": "explode"}).status_code == 404
    assert sam.post("/studio/approvals/999999/", {"do": "approve"}).status_code == 404
    assert campaigns.every() == []


def test_what_a_rule_refuses_is_not_even_proposed(robin, campaign):
    answer = robin.post(PAGE, ASKED)
    assert (answer.status_code, "already sends" in words(answer)) == (409, True)
    assert not models.Proposal.objects.exists()


def test_with_four_eyes_off_one_schedules_and_the_log_says_so(robin, alone):
    assert robin.post(PAGE, ASKED)["Location"].startswith("/studio/campaigns/")
    events = list(models.AuditEvent.objects.order_by("seq").values_list("event", flat=True))
    assert events == ["proposal.not_asked", "campaign.created"]


def test_an_approver_who_lost_the_role_counts_no_more(sam, proposed):
    members.set_roles("robin", set())
    answer = sam.post(proposed, {"do": "approve"})
    assert (answer.status_code, "may no longer send to a list" in words(answer)) == (409, True)
    assert campaigns.every() == []
