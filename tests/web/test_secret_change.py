"""The secret was changed while processes run with the old one: nobody's link is lost, and no old one grants (S-16)."""

from __future__ import annotations

import pytest

from pipeline.actions import check_secret as checking
from pipeline.actions.check_secret import check_secret
from pipeline.actions.replay_goodbyes import replay_goodbyes
from pipeline.actions.seal_anew import seal_anew
from pipeline.core.consent.tokens import Audience, Keyring, make
from pipeline.gateways import clock
from pipeline.gateways.keys import keyring
from pipeline.settings import current
from pipeline.store import consent, models
from tests.database_away import database_away
from tests.secret_hosts import host
from tests.web.people import URLENCODED, form_token, press
from tests.web.rights_doors import link_of, prefs_path

pytestmark = pytest.mark.django_db(transaction=True)
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture(autouse=True)
def _numbered(tmp_path, monkeypatch) -> None:
    check_secret("cli:maya", clock.now())
    for module in ("unsubscribe", "replay_goodbyes"):
        monkeypatch.setattr(f"pipeline.actions.{module}.spool_folder", lambda: tmp_path / "spool")
    monkeypatch.setattr("pipeline.web.public.unsubscribe_page.apply_soon", lambda: None)


def change() -> None:
    check_secret("cli:maya", clock.now())


def one_click(client, token: str):
    return client.post(f"/u/{token}", ONE_CLICK, content_type=URLENCODED)


@pytest.mark.holds("U-13", "S-16")
def test_one_click_by_a_link_from_before_works_in_a_process_that_knows_of_the_change(machine, ada):
    old = ada.leave_token()
    with host(2):
        change()
        assert one_click(machine, old).status_code == 200
    assert ada.consent.permitted == ()


@pytest.mark.holds("U-13", "S-16")
def test_a_process_from_before_answers_a_newer_link_with_try_again_and_never_with_a_4xx(
    machine, browser, ada
):
    with host(2):
        change()
        new = {audience: ada.leave_token(audience=audience) for audience in Audience}
    answers = [
        one_click(machine, new[Audience.UNSUB]),
        browser.get(f"/u/{new[Audience.UNSUB]}"),
        press(browser, f"/u/{new[Audience.UNSUB]}", leave="page", form=form_token()),
        browser.get(f"/p/{new[Audience.PREFS]}"),
        press(browser, f"/p/{new[Audience.PREFS]}", stop="everything", form=form_token()),
        press(browser, f"/n/{new[Audience.NOT_ME]}", form=form_token()),
        press(browser, f"/c/{new[Audience.CONFIRM]}", form=form_token()),
        browser.get(f"/you/{new[Audience.EXPORT]}"),
    ]
    assert [(a.status_code, a.headers["Retry-After"]) for a in answers] == [(503, "60")] * len(answers)
    assert browser.get(f"/o/{new[Audience.OPEN]}").status_code == 200
    assert (browser.get("/health/ready").status_code, browser.get("/health").status_code) == (503, 200)
    assert ada.consent.permitted != ()
    with host(2):
        assert one_click(machine, new[Audience.UNSUB]).status_code == 200  # who asks again is heard


@pytest.mark.holds("S-16")
def test_forged_numbers_are_answered_as_every_forgery_and_ask_the_database_once(
    machine, ada, django_assert_num_queries
):
    subscription = consent.subscriptions(ada.id)[0].uid.bytes
    forged = [
        make(Audience.UNSUB, subscription, Keyring.from_secret(b"x" * 32, kid)) for kid in (0, 2, 9, 255)
    ]
    with django_assert_num_queries(1):
        pages = [one_click(machine, token) for token in forged]
    assert {page.status_code for page in pages} == {404}
    checking._newest = None
    with database_away():
        assert one_click(machine, forged[3]).status_code == 404
        assert one_click(machine, forged[1]).status_code == 503  # it may be ours: nobody can say just now
    assert ada.consent.permitted != ()


@pytest.mark.holds("U-13", "S-16")
def test_a_goodbye_of_somebody_who_was_sealed_anew_is_kept_by_an_old_process_and_applied_by_a_new_one(
    machine, ada
):
    old = ada.leave_token()
    with host(2):
        change()
        seal_anew()
    answer = one_click(machine, old)
    assert (answer.status_code, answer.content) == (
        202,
        b"Your unsubscribe is kept and takes effect in a moment.\n",
    )
    with host(2):
        assert replay_goodbyes(clock.now()) == 1
        assert ada.consent.permitted == ()


@pytest.mark.holds("S-16", "S-02")
def test_a_link_from_before_the_change_shows_nothing_confirms_nothing_and_stops_everything(
    browser, ada, joins
):
    here, choices = link_of(browser, ada), prefs_path(ada)
    assert browser.get(here).status_code == 200
    confirm = ada.confirm_token()
    models.Confirmation.objects.update(state="pending")
    entries = len(ada.ledger)
    with host(2):
        change()
        assert browser.get(here).status_code == 404
        assert press(browser, f"{here}/download", form=form_token()).status_code == 404
        assert press(browser, f"/c/{confirm}", form=form_token()).status_code == 404
        page = browser.get(choices).content.decode()
        assert "before we changed our keys" in page
        assert "example.test" not in page
        answer = press(browser, choices, pause="4", list="weekly_health_email", form=form_token())
        assert answer.status_code == 409
        assert len(ada.ledger) == entries
        assert press(browser, choices, stop="everything", form=form_token()).status_code == 200
        assert ada.consent.permitted == ()


@pytest.mark.holds("S-13", "S-16")
def test_sessions_of_members_end_with_the_secret(client, settings, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("maya"))
    assert client.get("/studio/account/").status_code == 200
    with host(2):
        change()
        settings.SECRET_KEY = current().secret_key  # as a process has it that was started now
        assert client.get("/studio/account/").status_code == 302


def test_links_are_made_under_the_secret_in_force(ada):
    before = ada.leave_token()
    with host(2):
        change()
        assert keyring().current == 2
        assert ada.leave_token() != before
