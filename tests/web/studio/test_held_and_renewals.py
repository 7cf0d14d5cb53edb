"""The desk's queues: sign-ups that wait for somebody to look, and yeses that end (D-09, C-09)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.actions.renew_consents import renew_consents
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.address import parse
from pipeline.core.consent.suppression import MARKETING, Reason, Suppression
from pipeline.gateways.keys import key_of
from pipeline.store import audit, confirmations, consent, models
from tests import factories
from tests.factories import NOW, WEEKLY
from tests.web.people import press
from tests.web.studio.pages import fields, tree, words
from tests.web.studio.test_every_page import broken_rules

ASK = "/studio/renewals/ask/"


@pytest.fixture
def held(notices) -> list[str]:
    """The uids of two sign-ups, of `abuse@` and `postmaster@`."""
    for name in ("abuse", "postmaster"):
        subscribe(SignUp(f"{name}@readers.test", (WEEKLY,), "blog"), NOW)
    return [str(one.uid) for one in confirmations.held()]


@pytest.fixture
def ending(notices) -> None:
    """The yeses of Ada, Ben and Cleo end in 57 days and Dora's does not. Ben has objected since."""
    long_ago = NOW.replace(year=2025, month=1, day=20)
    factories.readers(["ada", "ben", "cleo"], now=long_ago)
    factories.readers(["dora"], now=NOW)
    consent.suppress(key_of(parse("ben@readers.test")), Suppression(MARKETING, Reason.OBJECTION), NOW)


def notes() -> list[str]:
    return sorted(row.subscriber.uid.hex for row in models.Note.objects.all())


def uids(*names: str) -> list[str]:
    keys = [factories.key(name) for name in names]
    return sorted(row.uid.hex for row in models.Subscriber.objects.filter(address_key__in=keys))


@pytest.mark.holds("D-09")
def test_a_held_sign_up_is_let_go_or_dropped_and_the_log_says_by_whom(studio, held):
    page = studio.get("/studio/held/")
    assert broken_rules(page) == []
    said = words(page)
    assert "abuse@readers.test It is a role address" in said
    assert "on the form “blog”" in said
    assert audit.last().event == "sign_up.held_viewed"
    first, second = held
    assert press(studio, f"/studio/held/{first}/release/").status_code == 303
    assert (audit.last().event, audit.last().about) == ("sign_up.released", f"sign-up:{first}")
    [letter] = models.Delivery.objects.filter(stream="confirmation")
    assert str(letter.confirmation.uid) == first
    assert press(studio, f"/studio/held/{second}/drop/").status_code == 303
    assert (audit.last().event, audit.last().outcome) == ("sign_up.dropped", "done")
    assert "No sign-up waits for review." in words(studio.get("/studio/held/"))
    again = press(studio, f"/studio/held/{second}/release/")
    assert (again.status_code, "No sign-up is held" in words(again)) == (404, True)
    assert (audit.last().event, audit.last().outcome) == ("sign_up.released", "refused")
    assert models.Delivery.objects.filter(stream="confirmation").count() == 1


def test_looking_at_what_is_held_changes_nothing(studio, held):
    for uid in held:
        for verb in ("release", "drop"):
            assert studio.get(f"/studio/held/{uid}/{verb}/").status_code == 405
    assert [str(one.uid) for one in confirmations.held()] == held


@pytest.mark.holds("C-09")
def test_a_preview_counts_whom_it_would_touch_masked_and_writes_to_nobody(studio, ending):
    page = studio.get("/studio/renewals/?within=60")
    assert broken_rules(page) == []
    said = words(page)
    assert "Weekly health email January 2027 3" in said
    assert "a…@readers.test, Weekly health email: 20 January 2027" in said
    assert "ada@" not in page.content.decode()
    assert "Weekly health email 2 0 0 0" in said  # not Ben, who objected
    assert "No yes ends by" in words(studio.get("/studio/renewals/?within=30"))
    sure = studio.get(f"{ASK}?within=60")
    assert broken_rules(sure) == []
    assert "Ask 2 people now?" in words(sure)
    renew_consents(NOW)
    assert notes() == []


@pytest.mark.holds("C-09")
def test_who_is_asked_early_gets_one_letter_and_none_when_the_usual_day_comes(studio, ending):
    form = fields(studio.get(f"{ASK}?within=60"), ASK)
    renew_consents(NOW)  # today's walk has ended
    pressed = press(studio, ASK, **form, sure="yes")
    assert (pressed.status_code, pressed["Location"]) == (303, "/studio/renewals/?within=60")
    assert audit.last().event == "consent.renewals_asked"
    renew_consents(NOW)
    assert notes() == uids("ada", "cleo")
    assert "Weekly health email 0 0 0 0" in words(studio.get("/studio/renewals/?within=60"))
    for day in range(1, 40):
        renew_consents(NOW + timedelta(days=day))
    assert notes() == uids("ada", "cleo")


def test_nobody_is_asked_without_a_tick_or_when_there_are_more_than_were_shown(studio, ending):
    form = fields(studio.get(f"{ASK}?within=60"), ASK)
    for wrong in ({}, {"sure": "yes", "people": "some"}, {"sure": "yes", "within": "61"}):
        page = press(studio, ASK, **{**form, **wrong})
        assert page.status_code == 400, wrong
        assert tree(page).xpath("//*[@role='alert']"), wrong
    factories.readers(["finn"], now=NOW.replace(year=2025, month=1, day=20))
    page = press(studio, ASK, **form, sure="yes")
    assert page.status_code == 409
    assert "It would be 3 people by now, and 2 were shown." in words(page)
    renew_consents(NOW)
    assert notes() == []


def test_the_pages_of_the_desk_stand_under_one_link_with_a_line_of_their_own(studio, notices):
    page = tree(studio.get("/studio/held/"))
    assert len(page.xpath("//header//nav//a")) <= 9
    [group] = page.xpath("//nav[@aria-label='Consent']")
    assert [a.text for a in group.xpath(".//a")] == [
        "People",
        "Requests",
        "Held sign-ups",
        "Ending yeses",
        "Suppressions",
        "Notices",
    ]
    assert [a.text for a in page.xpath("//nav//a[@aria-current]")] == ["Consent", "Held sign-ups"]
    assert not tree(studio.get("/studio/lists/")).xpath("//nav[@aria-label='Consent']")
