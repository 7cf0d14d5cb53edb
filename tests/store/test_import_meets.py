"""A long import, and what people say while it runs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from pipeline.actions.import_file import import_file
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.survey_list import ImportOptions, tell_nobody
from pipeline.actions.unsubscribe import unsubscribe
from pipeline.core.address import parse
from pipeline.core.consent.entry import EventKind, Method
from pipeline.core.consent.suppression import CONFIRMATION, Reason, Suppression
from pipeline.core.consent.tokens import Audience, make
from pipeline.gateways.keys import key_of, keyring
from pipeline.store import consent
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY


def brought_in(tmp_path, *names: str, purpose: str = WEEKLY):
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"{name}@readers.test\n" for name in names))
    options = ImportOptions(purpose, "On paper, May 2026", decision="We answer for it.")
    return import_file(file, options, "maya", NOW, tell=tell_nobody).report


@pytest.mark.django_db(transaction=True)
def test_a_goodbye_does_not_wait_for_an_import_that_leaves_its_person_alone(tmp_path):
    factories.notices()
    ada = factories.subscriber("ada")
    [found] = consent.subscriptions(ada.id)
    token = make(Audience.UNSUB, found.uid.bytes, keyring())

    def leave() -> bool:
        try:
            return unsubscribe(token, Method.ONE_CLICK_POST, NOW).subscribed
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        report = brought_in(tmp_path, "ada", "ben")  # not committed yet
        goodbye = pool.submit(leave)
        assert goodbye.result(5) is False
    assert (report.already, report.imported) == (1, 1)
    [found] = consent.subscriptions(ada.id)
    assert not found.status.permits


@pytest.mark.django_db
def test_an_import_is_no_answer_to_a_request_that_still_waits(tmp_path):
    factories.notices()
    subscribe(SignUp("ben@readers.test", (WEEKLY,), "test"), NOW)
    assert brought_in(tmp_path, "ben").refused == {"requested": 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind", [EventKind.CONSENT_REFUSED, EventKind.CONSENT_WITHDRAWN, EventKind.COMPLAINT_FBL]
)
def test_an_import_never_brings_back_who_said_no(tmp_path, kind):
    factories.notices()
    ada = factories.subscriber("ada")
    factories.say(ada, kind)
    assert brought_in(tmp_path, "ada").imported == 0
    [found] = consent.subscriptions(ada.id)
    assert not found.status.permits


@pytest.mark.django_db
def test_whoever_said_this_was_not_me_is_brought_into_no_list(tmp_path):
    factories.notices()
    consent.suppress(key_of(parse("cleo@readers.test")), Suppression(CONFIRMATION, Reason.NOT_ME), NOW)
    assert brought_in(tmp_path, "cleo", purpose=DAILY).refused == {"suppressed": 1}
