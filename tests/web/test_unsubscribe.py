from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from pipeline.actions.replay_goodbyes import replay_goodbyes
from pipeline.core.consent.entry import EventKind, Method
from pipeline.core.consent.tokens import Audience, Keyring, make
from pipeline.gateways import clock
from pipeline.gateways.keys import keyring
from pipeline.store import models, subscribers
from tests import factories
from tests.database_away import database_away
from tests.web.people import DAILY, OTHER_SITES, OUR_PAGE, SCANNERS, URLENCODED, WEEKLY, form_token, press

ONE_CLICK = "List-Unsubscribe=One-Click"


def withdrawals(person) -> list:
    return person.entries(EventKind.CONSENT_WITHDRAWN)


@pytest.mark.holds("U-15")
def test_one_click_takes_effect_at_once(machine, ada):
    answer = machine.post(f"/u/{ada.leave_token()}", ONE_CLICK, content_type=URLENCODED)
    assert answer.status_code == 200
    assert ada.consent.permitted == ()
    [entry] = withdrawals(ada)
    assert entry.method is Method.ONE_CLICK_POST


@pytest.mark.holds("U-08")
def test_the_answer_to_one_click_is_small_and_neither_redirects_nor_sets_a_cookie(machine, ada):
    answer = machine.post(f"/u/{ada.leave_token()}", ONE_CLICK, content_type=URLENCODED)
    assert not answer.has_header("Location")
    assert not answer.cookies
    assert len(answer.content) < 200


# The two examples of RFC 8058, sections 8.1 and 8.3, the second with its boundary as the errata mend it.
MULTIPART = (
    "--FormBoundaryjWmhtjORrn\r\n"
    'Content-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    "One-Click\r\n"
    "--FormBoundaryjWmhtjORrn--\r\n"
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (ONE_CLICK, URLENCODED),
        (MULTIPART, "multipart/form-data; boundary=FormBoundaryjWmhtjORrn"),
        (MULTIPART, "multipart/form-data; boundary=---FormBoundaryjWmhtjORrn"),
        (MULTIPART, "multipart/form-data"),
        (ONE_CLICK, "application/x-www-form-urlencoded; charset=x-unknown"),
        (ONE_CLICK, "APPLICATION/X-WWW-FORM-URLENCODED"),
        (ONE_CLICK, "text/plain"),
        (ONE_CLICK, ""),
        (ONE_CLICK, ";;;"),
        ('{"List-Unsubscribe": "One-Click"}', "application/json"),
        (ONE_CLICK + "&campaign=7&x=" + "y" * 5000, URLENCODED),
        ("", URLENCODED),
        ("", ""),
        ("%%%=&&&=%ff", URLENCODED),
        ("&".join(f"a{n}=b" for n in range(2000)), URLENCODED),
        ("z" * 3_000_000, "application/octet-stream"),
    ],
)
@pytest.mark.holds("U-07", "U-10")
def test_one_click_works_whatever_body_and_content_type_it_has(machine, ada, body, content_type):
    answer = machine.generic("POST", f"/u/{ada.leave_token()}", body, content_type=content_type)
    assert answer.status_code == 200
    assert ada.consent.permitted == ()


@pytest.mark.parametrize("ending", ["", "/"])
def test_both_spellings_of_the_path_answer_directly(machine, ada, ending):
    assert (
        machine.post(f"/u/{ada.leave_token()}{ending}", ONE_CLICK, content_type=URLENCODED).status_code == 200
    )
    assert machine.get(f"/u/{ada.leave_token()}{ending}").status_code == 200


@pytest.mark.holds("U-11")
def test_one_click_three_times_is_one_withdrawal(machine, ada):
    token = ada.leave_token()
    answers = [machine.post(f"/u/{token}", ONE_CLICK, content_type=URLENCODED) for _ in range(3)]
    assert [(a.status_code, a.content) for a in answers] == [(200, answers[0].content)] * 3
    assert len(withdrawals(ada)) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.holds("U-09")
def test_scanners_that_open_every_link_change_nothing(ada, method):
    before = ada.ledger
    for n in range(100):
        scanner = Client(headers={"User-Agent": SCANNERS[n % len(SCANNERS)]})
        assert scanner.generic(method, f"/u/{ada.leave_token()}").status_code == 200
    assert ada.ledger == before
    assert ada.consent.permitted == (WEEKLY,)


@pytest.mark.holds("U-14")
def test_a_scanners_visit_does_not_burn_the_link(machine, ada):
    for _ in range(2):
        machine.get(f"/u/{ada.leave_token()}")
    machine.post(f"/u/{ada.leave_token()}", ONE_CLICK, content_type=URLENCODED)
    assert ada.consent.permitted == ()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(machine, ada, method):
    assert machine.generic(method, f"/u/{ada.leave_token()}").status_code == 405
    assert ada.consent.permitted == (WEEKLY,)


def bad_tokens(person) -> dict[str, str]:
    good = person.leave_token()
    flipped = good[:-1] + ("A" if good[-1] != "A" else "B")
    other_key = Keyring.from_secret(b"x" * 32)
    return {
        "flipped": flipped,
        "foreign": make(Audience.UNSUB, bytes(16), other_key),
        "unknown row": make(Audience.UNSUB, UUID(int=7).bytes, keyring()),
        "short": good[:-1],
        "long": good + "A",
        "nonsense": "x",
        "not ascii": "%C3%A9" * 36,
        "nul": "%00" + good[1:],
        **{
            f"for {audience}": person.leave_token(audience=audience)
            for audience in Audience
            if audience not in (Audience.UNSUB, Audience.PREVIEW)
        },
    }


@pytest.mark.holds("U-06", "U-24")
def test_no_bad_token_changes_anything_and_all_get_the_same_page(machine, ada):
    before = ada.ledger
    answers = {}
    for name, token in bad_tokens(ada).items():
        answers[f"get {name}"] = machine.get(f"/u/{token}")
        answers[f"post {name}"] = machine.post(f"/u/{token}", ONE_CLICK, content_type=URLENCODED)
    assert {name: a.status_code for name, a in answers.items() if a.status_code != 404} == {}
    assert len({a.content for a in answers.values()}) == 1
    assert ada.ledger == before


@pytest.mark.holds("U-13")
def test_a_link_still_works_three_years_later(machine, ada):
    token = ada.leave_token()
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3 * 365)):
        machine.post(f"/u/{token}", ONE_CLICK, content_type=URLENCODED)
    assert ada.consent.permitted == ()


@pytest.mark.holds("C-41")
def test_leaving_one_list_leaves_the_other_alone(machine, joins):
    ben = joins("ben", WEEKLY, DAILY)
    machine.post(f"/u/{ben.leave_token(DAILY)}", ONE_CLICK, content_type=URLENCODED)
    assert ben.consent.permitted == (WEEKLY,)


def test_the_page_names_the_list_and_masks_the_address(machine, ada):
    page = machine.get(f"/u/{ada.leave_token()}").content.decode()
    assert "Weekly health email" in page
    assert "a…@example.test" in page
    assert ada.address not in page
    assert page.count("<button") == 1


def leave_by_page(browser, person, age: timedelta = timedelta(minutes=1), **more):
    return press(browser, f"/u/{person.leave_token()}", leave="page", form=form_token(age), **more)


def test_a_person_leaves_by_the_button_and_is_told_so_on_the_page(browser, ada):
    answer = leave_by_page(browser, ada)
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.content.decode()
    [entry] = withdrawals(ada)
    assert (entry.method, entry.suspect_automation) == (Method.UNSUBSCRIBE_PAGE, False)


@pytest.mark.holds("U-21")
def test_no_mail_follows_a_goodbye(browser, ada):
    before = models.Delivery.objects.count()
    leave_by_page(browser, ada)
    assert models.Delivery.objects.count() == before


@pytest.mark.parametrize("haste", [{"age": timedelta(seconds=0.5)}, {"website": "http://spam.example"}])
@pytest.mark.holds("U-23")
def test_a_press_that_no_person_makes_is_heeded_and_flagged(browser, ada, haste):
    leave_by_page(browser, ada, **haste)
    [entry] = withdrawals(ada)
    assert entry.suspect_automation
    assert ada.consent.permitted == ()


def undo_on(page) -> str:
    """The undo token that a page holds; empty where it offers none."""
    found = re.search(r'name="undo" value="([^"]+)"', page.content.decode())
    return found[1] if found else ""


def undo(browser, person, token: str):
    return press(browser, f"/u/{person.leave_token()}/undo", undo=token)


@pytest.mark.holds("U-21")
def test_undo_is_a_fresh_yes_and_the_goodbye_stays_on_record(browser, ada):
    answer = undo(browser, ada, undo_on(leave_by_page(browser, ada)))
    assert "signed up again" in answer.content.decode()
    goodbye, yes = ada.ledger[-2:]
    assert (goodbye.kind, yes.kind) == (EventKind.CONSENT_WITHDRAWN, EventKind.CONSENT_GIVEN)
    assert yes.evidence == {"undoes": str(goodbye.event_id)}
    assert ada.consent.permitted == (WEEKLY,)


@pytest.mark.holds("S-02")
def test_a_forwarded_link_gives_no_consent_for_somebody_who_left(browser, ada):
    leave_by_page(browser, ada)
    stranger = Client(headers=OUR_PAGE)
    page = leave_by_page(stranger, ada)
    assert undo_on(page) == ""
    for guess in ("", "A" * 36, ada.leave_token(), undo_on(page)):
        assert undo(stranger, ada, guess).status_code == 409
    assert ada.consent.permitted == ()


def test_nothing_undoes_what_a_mailbox_provider_asked_for(machine, browser, ada):
    machine.post(f"/u/{ada.leave_token()}", ONE_CLICK, content_type=URLENCODED)
    assert undo_on(leave_by_page(browser, ada)) == ""


@pytest.mark.parametrize("haste", [{"age": timedelta(seconds=0.5)}, {"website": "http://spam.example"}])
def test_a_machine_that_presses_every_button_finds_no_undo(browser, ada, haste):
    assert undo_on(leave_by_page(browser, ada, **haste)) == ""


def test_undo_is_over_after_a_quarter_of_an_hour(browser, ada):
    token = undo_on(leave_by_page(browser, ada))
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
        assert undo(browser, ada, token).status_code == 409
    assert ada.consent.permitted == ()


def test_an_undo_takes_back_its_own_goodbye_and_no_later_one(browser, ada):
    first = undo_on(leave_by_page(browser, ada))
    undo(browser, ada, first)
    leave_by_page(browser, ada)
    assert undo(browser, ada, first).status_code == 409
    assert ada.consent.permitted == ()


@pytest.mark.parametrize("door", ["one click", "the page", "the choices", "an objection", "report spam"])
def test_a_goodbye_that_its_owner_says_too_is_not_undone_by_who_said_it_first(machine, browser, ada, door):
    stranger = Client(headers=OUR_PAGE)  # with a forwarded letter
    token = undo_on(leave_by_page(stranger, ada))
    match door:
        case "one click":
            machine.post(f"/u/{ada.leave_token()}", ONE_CLICK, content_type=URLENCODED)
        case "the page":
            leave_by_page(browser, ada)
        case "the choices":
            letter = models.Delivery.objects.filter(subscriber_id=ada.id).latest("id")
            press(browser, f"/p/{make(Audience.PREFS, letter.uid.bytes, keyring())}", stop="everything")
        case "an objection":
            factories.say(subscribers.by_id(ada.id), EventKind.OBJECTION_RECORDED, None, clock.now())
        case "report spam":
            factories.say(subscribers.by_id(ada.id), EventKind.COMPLAINT_FBL, None, clock.now())
    assert undo(stranger, ada, token).status_code == 409
    assert ada.consent.permitted == ()


def test_the_undo_of_one_person_opens_nothing_for_another(browser, joins, ada):
    ben = joins("ben")
    token = undo_on(leave_by_page(browser, ben))
    leave_by_page(browser, ada)
    assert undo(browser, ada, token).status_code == 409
    assert ada.consent.permitted == ()


def test_undo_is_not_a_way_in_for_somebody_who_never_left(browser, ada):
    before = ada.ledger
    undo(browser, ada, "A" * 36)
    assert ada.ledger == before


@pytest.mark.parametrize("headers", OTHER_SITES)
@pytest.mark.holds("U-12", "S-07")
def test_another_site_cannot_press_undo(ada, headers):
    token = undo_on(leave_by_page(Client(headers=OUR_PAGE), ada))
    answer = undo(Client(headers=headers), ada, token)
    assert answer.status_code == 403
    assert ada.consent.permitted == ()


@pytest.mark.holds("S-22")
def test_a_preview_link_is_inert(machine, browser, ada):
    token = ada.leave_token(audience=Audience.PREVIEW)
    before = ada.ledger
    assert "test message" in machine.get(f"/u/{token}").content.decode()
    assert machine.post(f"/u/{token}", ONE_CLICK, content_type=URLENCODED).status_code == 200
    assert "test message" in press(browser, f"/u/{token}", leave="page").content.decode()
    assert press(browser, f"/u/{token}/undo").status_code == 200
    assert ada.ledger == before


def of_no_secret(token: str) -> str:
    """A forgery under the number of the secret in force: whether a newer one exists, only the database can say."""
    return token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")


@pytest.mark.django_db(transaction=True)
@pytest.mark.holds("S-20")
def test_without_the_database_a_goodbye_is_kept_answered_202_and_applied_when_it_is_back(
    machine, browser, ada, spool_of_our_own
):
    token = ada.leave_token()
    with database_away():
        clicked = machine.post(f"/u/{token}", ONE_CLICK, content_type=URLENCODED)
        pressed = browser.post(f"/u/{token}", "leave=page", content_type=URLENCODED)
        looked = browser.get(f"/u/{token}")
        forged = machine.post(f"/u/{of_no_secret(token)}", ONE_CLICK, content_type=URLENCODED)
    assert (clicked.status_code, pressed.status_code) == (202, 202)
    assert "kept" in clicked.content.decode()
    assert "takes effect before we send anything again" in pressed.content.decode()
    assert (looked.status_code, forged.status_code) == (503, 404)
    assert looked.headers["Retry-After"]
    assert replay_goodbyes(clock.now()) == 2
    assert ada.consent.permitted == ()
    assert len(withdrawals(ada)) == 1


@pytest.mark.django_db(transaction=True)
def test_without_database_and_disk_it_is_503_and_never_a_false_yes(machine, ada, spool_of_our_own):
    (spool_of_our_own / "goodbyes").mkdir(parents=True)
    token = ada.leave_token()
    with database_away():
        answer = machine.post(f"/u/{token}", ONE_CLICK, content_type=URLENCODED)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
