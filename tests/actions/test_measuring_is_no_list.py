"""Measuring is a purpose and no list: its notice asks nobody again, nothing is sent, imported or exported for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.actions.export_subscribers import ExportOptions, export_subscribers
from pipeline.actions.look_at_lists import look_at_lists
from pipeline.actions.pause_list import pause_list
from pipeline.actions.plan_series import plan_series
from pipeline.actions.publish_notices import preview_publication, publish_notices
from pipeline.actions.renew_consents import renew_consents
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.open_tracking import OPEN_TRACKING
from pipeline.core.errors import NotFound
from pipeline.settings import current
from pipeline.store import consent, models, subscribers
from pipeline.store.standing import must_renew, reworded
from tests import factories
from tests.factories import NOW, WEEKLY
from tests.measuring import agree
from tests.notice_files import NoticeFiles

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


@pytest.fixture
def ada():
    factories.notices()
    person = factories.subscriber("ada")
    agree(person)
    return person


@pytest.mark.holds("C-10")
def test_a_notice_for_measuring_beside_them_asks_and_tells_nobody_on_the_lists_anything(
    tmp_path, monkeypatch
):
    files = NoticeFiles(tmp_path, monkeypatch)
    path = tmp_path / "notices" / "email-open-tracking.toml"
    words = path.read_text()
    path.unlink()
    files.publish(NOW - timedelta(days=9))
    factories.readers(now=NOW - timedelta(days=8))
    before = models.ConsentEvent.objects.count()
    path.write_text(words)
    assert [(p.file.notice.purpose, p.touched) for p in preview_publication(NOW) if p.new] == [
        (OPEN_TRACKING, 0)
    ]
    assert publish_notices(NOW) == 1
    assert renew_consents(LATER) == 0
    assert (must_renew(WEEKLY, LATER), reworded(WEEKLY, LATER)) == (None, None)
    assert models.Note.objects.count() == 0
    assert models.ConsentEvent.objects.count() == before


@pytest.mark.holds("C-09", "C-31")
def test_a_yes_to_measuring_ends_after_24_months_and_nobody_is_written_to_about_it(ada):
    for days in (710, 729, 740):  # a month before, the day before, and after
        renew_consents(NOW + timedelta(days=days))
    said = [e.kind for e in consent.ledger(ada.id) if e.purpose == OPEN_TRACKING]
    assert said == [EventKind.TRACKING_CONSENT_GIVEN, EventKind.CONSENT_EXPIRED]
    assert models.Note.objects.exclude(purpose_id=WEEKLY).count() == 0


@pytest.mark.holds("C-31", "B-31")
def test_a_yes_to_measuring_can_be_neither_imported_nor_mailed_for_nor_paused(ada, tmp_path, monkeypatch):
    file = tmp_path / "people.csv"
    file.write_text("email\nben@readers.test\n")
    with pytest.raises(
        NotFound, match=r"no purpose 'email_open_tracking'. Known: daily_health_newsletter, weekly"
    ):
        factories.bring(file, OPEN_TRACKING)
    factories.approved_article()
    series = tmp_path / "series" / f"{factories.SERIES}.toml"
    series.parent.mkdir()
    text = (current().content_dir / "series" / series.name).read_text()
    series.write_text(text.replace(f'purpose = "{WEEKLY}"', f'purpose = "{OPEN_TRACKING}"'))
    with pytest.raises(NotFound, match="is for the purpose 'email_open_tracking'"):
        plan_series(str(series), NOW)
    assert not pause_list(ada.id, OPEN_TRACKING, LATER, NOW)
    assert fold(consent.ledger(ada.id)).permitted == (OPEN_TRACKING, WEEKLY)


def test_lists_and_exports_of_lists_do_not_have_it(ada):
    assert [one.purpose for one in look_at_lists()] == ["daily_health_newsletter", WEEKLY]
    assert [row.list for row in subscribers.exported()] == [WEEKLY]
    with pytest.raises(NotFound, match="no purpose 'email_open_tracking'"):
        next(export_subscribers(ExportOptions(purpose=OPEN_TRACKING), "cli:maya", NOW))
