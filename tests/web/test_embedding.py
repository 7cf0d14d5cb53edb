"""Sign-up forms on other sites' pages: what they may do, and what stays ours."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.test import Client

from pipeline.actions.add_placement import add_placement
from pipeline.actions.close_placement import close_placement
from pipeline.core.consent.entry import EventKind
from pipeline.core.consent.snippets import snippets
from pipeline.gateways import clock
from pipeline.gateways.puzzles import solve_puzzle
from pipeline.store import models
from pipeline.web.public import sign_up, sign_up_form
from pipeline.web.public.sign_up_form import form_of
from tests.web.people import DAILY, WEEKLY, Person, form_token, press

BLOG = "https://blog.example"
FOREIGN = {"Sec-Fetch-Site": "cross-site", "Origin": BLOG}
EVIL = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch) -> None:
    monkeypatch.setattr(sign_up, "ANSWER_TAKES", 0.0)


@pytest.fixture
def blog(notices):
    return add_placement("blog", f"{BLOG}/news/", (), clock.now())


@pytest.fixture
def script() -> Client:
    """The script on the blog's page."""
    return Client(headers=FOREIGN)


def asked(script: Client) -> dict:
    answer = script.get("/signup/from/blog/form")
    assert answer.status_code == 200
    return json.loads(answer.content)


def filled(words: dict, **more: object) -> dict:
    fields = {
        "address": "ada@example.test",
        "purpose": [WEEKLY],
        "form": form_token(),
        "shown": words["shown"],
    }
    return {**fields, **more}


def solved(words: dict, **more: object) -> dict:
    """The form as the script sends it, a while after it was shown, with a puzzle made cheap."""
    from pipeline.gateways.puzzles import make_puzzle

    fields = filled(words, **more)
    return {**fields, "puzzle": solve_puzzle(json.dumps(make_puzzle(str(fields["form"]), cost=1))), **more}


def nobody_was_asked() -> bool:
    return not models.Confirmation.objects.exists() and not models.ConsentEvent.objects.exists()


@pytest.mark.holds("S-07")
def test_what_a_foreign_page_posts_opens_our_form_filled_in_and_changes_nothing(blog):
    fields = {"address": "ada@example.test", "purpose": [WEEKLY, DAILY], "form": form_token(), "website": "x"}
    for headers in (FOREIGN, EVIL, {}):
        answer = press(Client(headers=headers), "/signup/from/blog/", **fields)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert 'value="ada@example.test"' in page
        assert page.count('type="checkbox"') == 2
        assert " checked" not in page  # nobody else ticks a box for them (C-02)
        assert answer["Cache-Control"] == "no-store"
    assert nobody_was_asked()


def test_what_a_foreign_page_posts_is_shown_as_words_and_not_as_markup(blog):
    answer = press(Client(headers=FOREIGN), "/signup/from/blog/", address='"><script>alert(1)</script>')
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.holds("C-53")
def test_the_evidence_says_where_the_form_stood_and_which_version_of_it_was_shown(blog, browser, script):
    press(browser, "/signup/from/blog/", **filled({"shown": form_of(blog).shown}))
    assert script.post(
        "/signup/from/blog/answer", solved(asked(script), address="ben@example.test")
    ).json() == {"sent": True}
    [hosted] = Person("ada@example.test").ledger
    [embedded] = Person("ben@example.test").ledger
    for entry, by_script in ((hosted, False), (embedded, True)):
        assert entry.kind is EventKind.CONSENT_REQUESTED
        assert entry.evidence["placement"] == "blog"
        assert entry.evidence["page_url"] == f"{BLOG}/news/"
        assert entry.evidence["form_version"] == form_of(blog, by_script=by_script).shown
        assert entry.evidence["puzzle_solved"] is by_script
    assert hosted.evidence["form_version"] != embedded.evidence["form_version"]


@pytest.mark.holds("S-19")
def test_only_the_page_of_the_placement_may_read_the_form_and_answer_it(blog, script):
    answer = script.get("/signup/from/blog/form")
    assert answer["Access-Control-Allow-Origin"] == BLOG
    assert "Origin" in answer["Vary"]
    assert not answer.has_header("Access-Control-Allow-Credentials")
    assert not answer.cookies
    fields = solved(answer.json())
    for headers in (
        EVIL,
        {},
        {"Origin": "null"},
        {"Origin": BLOG + ".evil.example"},
        {"Origin": "http://blog.example"},
    ):
        for refused in (
            Client(headers=headers).get("/signup/from/blog/form"),
            Client(headers=headers).post("/signup/from/blog/answer", fields),
        ):
            assert refused.status_code == 404
            assert not refused.has_header("Access-Control-Allow-Origin")
    assert nobody_was_asked()


def test_a_placement_that_is_unknown_or_closed_has_no_form(blog, script, browser):
    close_placement("blog", clock.now())
    pages = []
    for name in ("blog", "nowhere"):
        pages += [client.get(f"/signup/from/{name}/") for client in (script, browser)]
        pages += [client.post(f"/signup/from/{name}/") for client in (script, browser)]
        pages += [script.get(f"/signup/from/{name}/form"), script.post(f"/signup/from/{name}/answer")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.content for page in pages}) == 1


@pytest.mark.holds("C-02")
def test_a_form_for_one_list_has_a_button_and_no_box_and_offers_nothing_else(notices, browser):
    one = add_placement("one", f"{BLOG}/one/", (WEEKLY,), clock.now())
    page = browser.get("/signup/from/one/").content.decode()
    assert 'type="checkbox"' not in page
    assert "Sign up for the weekly email" in page
    shown = form_of(one).shown
    assert press(browser, "/signup/from/one/", **filled({"shown": shown}, purpose=[DAILY])).status_code == 400
    assert nobody_was_asked()
    assert press(browser, "/signup/from/one/", **filled({"shown": shown})).status_code == 303


@pytest.mark.holds("D-08")
def test_the_script_must_have_solved_the_puzzle_of_this_very_form(blog, script):
    words = asked(script)
    other = solved(words)["puzzle"]
    for puzzle in ("", "A", "e30=", other):
        answer = script.post("/signup/from/blog/answer", filled(words, puzzle=puzzle))
        assert answer.status_code == 400
        assert answer.json()["error"]
        assert answer["Access-Control-Allow-Origin"] == BLOG
    assert nobody_was_asked()


@pytest.mark.holds("C-53")
def test_nobody_agrees_to_words_that_changed_while_their_page_was_open(blog, script, browser):
    words = asked(script)
    newest = models.NoticeVersion.objects.filter(notice_id="notice-a").latest("version")
    newest.pk, newest.version, newest.consent_sentence = None, newest.version + 1, "Other words."
    newest.save()
    answer = script.post("/signup/from/blog/answer", solved(words)).json()
    assert "changed while this page was open" in answer["error"]
    assert [told["sentence"] for told in answer["lists"]].count("Other words.") == 1
    page = press(browser, "/signup/from/blog/", **filled(words)).content.decode()
    assert "changed while this page was open" in page
    assert " checked" not in page
    assert nobody_was_asked()


def test_an_error_comes_back_with_a_form_that_can_be_sent(blog, script):
    answer = script.post("/signup/from/blog/answer", solved(asked(script), address="ada")).json()
    assert ("needs an @ sign" in answer["error"], answer["error_in"]) == (True, "address")
    assert "sent" not in answer
    assert script.post("/signup/from/blog/answer", solved(answer)).json() == {"sent": True}


def test_a_preflight_is_not_answered_since_none_is_needed(blog):
    answer = Client(headers=FOREIGN).options("/signup/from/blog/answer")
    assert not answer.has_header("Access-Control-Allow-Origin")


@pytest.mark.holds("C-04", "C-05")
def test_the_form_says_who_asks_what_comes_how_often_and_how_to_stop(blog, script, browser):
    """By script and on our page, the same. To join takes a press here and one on the mail's page; to leave, one."""
    words = asked(script)
    page = browser.get("/signup/from/blog/").content.decode()
    for told in words["lists"]:
        assert "Example Health" in told["sentence"]
        assert "at most once a" in told["sentence"]
        assert told["cadence"]
        for said in (told["sentence"], told["cadence"], *told["notice"]):
            assert said[-40:] in html.unescape(page)
    assert "one click is enough" in words["small"]
    assert words["small"] in page


def test_the_snippets_stand_under_any_policy_and_name_nothing_of_a_third_party(blog):
    made = snippets(blog, "https://letters.example.org")
    assert not re.search(
        r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", made.form + made.script
    )
    assert set(re.findall(r"https?://[^/\"; ]+", made.form + made.script + made.policy)) == {
        "https://letters.example.org"
    }
    assert "checkbox" not in made.form


def test_the_script_uses_nothing_that_a_strict_page_refuses():
    source = sign_up_form.SCRIPT.read_text(encoding="utf-8")
    sinks = (
        r"\beval",
        "(inner|outer)HTML",
        "insertAdjacentHTML",
        r"document\.write",
        r"Function\(",
        r"\.style\b",
    )
    assert [sink for sink in sinks if re.search(sink, source)] == []
