"""A letter goes out by a signature that is on its words, and by no other (E-01)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipeline.actions.approve_article import approve_article
from pipeline.actions.create_campaign import NewCampaign, create_campaign
from pipeline.actions.hold_unapproved import hold_unapproved, why_waits
from pipeline.actions.letters_to_sign import letters_to_sign, series_to_sign
from pipeline.actions.mark_wrong import mark_wrong
from pipeline.actions.withdraw_approval import withdraw_approval
from pipeline.core.delivery.campaign import Mode
from pipeline.core.errors import BadInput, Refused
from pipeline.settings import current
from pipeline.store import articles, campaigns, clearance, models
from tests import factories
from tests.factories import NOW, SERIES, WEEKLY

pytestmark = [pytest.mark.django_db, pytest.mark.holds("E-01")]

ADA, BEN = "Dr Ada Sample", "Dr Ben Sample"


@pytest.fixture(autouse=True)
def _published() -> None:
    factories.notices()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The series files of a copy of the content folder."""
    copy = tmp_path / "content"
    shutil.copytree(factories.CONTENT, copy, ignore=shutil.ignore_patterns("images"))
    monkeypatch.setenv("ROUNDS_CONTENT_DIR", str(copy))
    current.cache_clear()
    yield copy / "series"
    monkeypatch.undo()
    current.cache_clear()


def replanned(folder: Path, old: str, new: str, name: str = SERIES) -> None:
    file = folder / f"{SERIES}.toml"
    text = file.read_text()
    assert old in text
    (folder / f"{name}.toml").write_text(text.replace(old, new))


def real(who: str = ADA) -> str:
    """A signature that is no demonstration."""
    return approve_article(SERIES, who, "Radiologist", "GMC 0000001", date(2027, 11, 1), NOW)


def credited() -> None:
    factories.edited('credentials: ""', 'credentials: "MSc"')


def schedule(series: str = SERIES, name: str = "autumn", start: date = date(2026, 12, 1)):
    return create_campaign(
        NewCampaign(
            series,
            WEEKLY,
            Mode.CALENDAR,
            1,
            None,
            "Europe/London",
            "Europe/London",
            start,
            name=name,
        ),
        NOW,
    )


def waits(campaign) -> set[str]:
    """Why its issues wait, as a tick finds and as the dot is asked."""
    hold_unapproved(NOW)
    found = {m.waits_for for m in campaigns.mailings(campaign.id)}
    cleared = models.Mailing.objects.raw(
        f"SELECT m.* FROM mailing m WHERE m.campaign_id = %(id)s AND {clearance.CLEARED}",
        {"id": campaign.id, "now": NOW},
    )
    assert (found == {""}) == (len(list(cleared)) == len(campaigns.mailings(campaign.id)))
    return found


def shown() -> str:
    return letters_to_sign(series_to_sign(articles.latest(SERIES).article)).digest


def test_a_demonstration_frees_no_letter_of_a_real_signature_that_was_withdrawn():
    factories.series()
    credited()
    real()
    campaign = schedule()
    assert waits(campaign) == {""}
    withdraw_approval(SERIES, "The source was retracted.", "nia", NOW)
    factories.signed()
    assert waits(campaign) == {"withdrawn"}
    real()
    assert waits(campaign) == {""}


def test_a_demonstration_beside_a_real_signature_takes_nothing_from_it():
    factories.series()
    credited()
    real()
    campaign = schedule()
    factories.signed()
    assert waits(campaign) == {""}
    withdraw_approval(SERIES, "All of it is wrong.", "nia", NOW)
    assert waits(campaign) == {"withdrawn"}


def test_a_real_signature_sends_no_letter_that_says_it_is_a_demonstration_and_was_withdrawn():
    factories.series()
    credited()
    factories.signed()
    campaign = schedule()
    withdraw_approval(SERIES, "It was a try.", "nia", NOW)
    real()
    assert waits(campaign) == {"withdrawn"}


def test_another_clinicians_signature_frees_no_letter_with_the_name_that_was_taken_back():
    factories.series()
    credited()
    real(ADA)
    campaign = schedule()
    withdraw_approval(SERIES, "I take my name back.", "ada", NOW)
    real(BEN)
    assert waits(campaign) == {"unseen"}
    assert "cancel the campaign and schedule it anew" in why_waits("unseen")


def test_a_signature_on_other_letters_frees_none_of_a_withdrawn_one(folder):
    factories.series()
    campaign = schedule()
    withdraw_approval(SERIES, "The titles promise too much.", "nia", NOW)
    replanned(folder, "The types", "The two types")
    factories.signed()
    assert waits(campaign) == {"unseen", ""}
    held = [m.number for m in campaigns.mailings(campaign.id) if m.waits_for]
    assert held == [1, 2, 3]  # which say the title; the others read as they are signed now


def test_a_later_date_on_the_same_words_holds_nothing_up(folder):
    factories.series()
    campaign = schedule()
    replanned(folder, "The types", "The two types")
    factories.signed(until=date(2028, 1, 1))  # the letters under way were in the signature before it
    assert waits(campaign) == {""}


def test_a_series_that_was_planned_after_the_signature_is_signed_before_it_goes_out(folder):
    factories.series()
    replanned(folder, f'slug = "{SERIES}"', 'slug = "cured-in-a-week"', "cured-in-a-week")
    with pytest.raises(Refused, match="No clinician has signed the letters of 'cured-in-a-week'"):
        schedule("cured-in-a-week")
    factories.signed()
    assert waits(schedule("cured-in-a-week")) == {""}


@pytest.mark.holds("E-10")
def test_a_mark_on_an_issue_stops_it_alone_and_one_on_the_article_its_other_series_too(folder):
    replanned(folder, f'slug = "{SERIES}"', 'slug = "once-more"', "once-more")
    factories.series()
    factories.signed()
    autumn, spring = schedule(), schedule("once-more", "spring", date(2027, 2, 2))
    mark_wrong(SERIES, 1, "The share is wrong.", "maya", NOW)
    assert (waits(autumn), waits(spring)) == ({"", "wrong"}, {""})
    mark_wrong(SERIES, None, "The share is wrong.", "maya", NOW)
    assert (waits(autumn), waits(spring)) == ({"wrong"}, {"wrong"})


def test_another_subject_or_lead_line_after_the_signature_is_signed_anew(folder):
    factories.series()
    replanned(folder, "Large and tiny, and the words that you may read in a report.", "How to cure it.")
    with pytest.raises(Refused, match=r"Issue 2 of .* does not read as it did"):
        schedule()
    factories.signed()
    assert waits(schedule()) == {""}


def test_the_letters_that_were_shown_are_the_ones_that_are_signed(folder):
    factories.series()
    seen = shown()
    factories.signed(letters=seen)
    replanned(folder, "The types", "A cure for both types")
    with pytest.raises(Refused, match="read otherwise than when you were shown them"):
        factories.signed(letters=seen)
    replanned(folder, f'slug = "{SERIES}"', 'slug = "another"', "another")
    with pytest.raises(Refused, match="read otherwise"):  # one more series is another signature too
        factories.signed(letters=seen)
    factories.signed(letters=shown())


def test_a_plan_that_does_not_fit_is_named_and_never_signed_over_in_silence(folder):
    factories.series()
    replanned(folder, '"types", ', '"no-such-part", ')
    with pytest.raises(Refused, match=rf"sign without it by name\. {SERIES}: .*no-such-part"):
        factories.signed()
    factories.signed(without=[SERIES])
    assert articles.signed_letters(SERIES, SERIES) == {}
    replanned(folder, '"no-such-part", ', '"types", ')
    with pytest.raises(Refused, match="No clinician has signed the letters"):
        schedule()
    with pytest.raises(BadInput, match="is none that does not fit"):
        factories.signed(without=[SERIES])


def test_a_series_file_that_cannot_be_read_is_named_too(folder):
    factories.series()
    (folder / f"{SERIES}.toml").write_text("slug = ")
    with pytest.raises(Refused, match=SERIES):
        factories.signed()
