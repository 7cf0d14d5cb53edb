"""The desk says in plain words whether somebody allows measuring, and since when, and which day is kept."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.store import models, subscribers
from tests.factories import NOW, WEEKLY
from tests.measuring import agree
from tests.web.people import Person, press
from tests.web.studio.pages import words
from tests.web.studio.test_desk import page_of, say


@pytest.fixture
def ada(joins) -> Person:
    return joins("ada", WEEKLY, at=NOW)


@pytest.mark.holds("C-33")
def test_a_persons_page_says_whether_and_since_when_and_the_day(studio, ada):
    assert "Opening emails" not in words(studio.get(page_of(ada)))
    agree(subscribers.by_id(ada.id))
    assert "since 24 November 2026. No day is kept so far." in words(studio.get(page_of(ada)))
    models.LastOpen.objects.create(subscriber_id=ada.id, opened_on=date(2026, 11, 26))
    said = words(studio.get(page_of(ada)))
    assert "That day is 26 November 2026." in said
    assert "neither that somebody read an email nor that they did not" in said
    assert "Allowed us to note the day on which they last opened an email." in said
    assert "The day you last opened an email yes" not in said  # it is no list


@pytest.mark.holds("C-32")
def test_a_withdrawal_that_reaches_the_desk_ends_measuring_alone_and_takes_the_day_away(studio, ada):
    agree(subscribers.by_id(ada.id))
    models.LastOpen.objects.create(subscriber_id=ada.id, opened_on=date(2026, 11, 26))
    assert say(studio, ada, "withdrawal_by_other_means", purpose=OPEN_TRACKING).status_code == 303
    assert ada.consent.permitted == (WEEKLY,)
    assert len(ada.entries(EventKind.CONSENT_WITHDRAWN)) == 1
    assert models.LastOpen.objects.count() == 0
    assert "Does not allow it any more" in words(studio.get(page_of(ada)))


@pytest.mark.holds("C-03")
def test_the_proof_of_a_yes_to_measuring_is_on_paper_too(studio, ada):
    agree(subscribers.by_id(ada.id))
    paper = studio.get(f"{page_of(ada)}files/proof-{OPEN_TRACKING}.pdf")
    assert paper.status_code == 200
    assert paper.content.startswith(b"%PDF")
    assert press(studio, f"{page_of(ada)}files/proof-no_such.pdf").status_code in (404, 405)
