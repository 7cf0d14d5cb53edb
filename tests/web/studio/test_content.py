"""The clinician's page signs what it shows, and a correction takes two people (E-01, E-10)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client

from pipeline.actions.mark_wrong import mark_wrong
from pipeline.actions.open_due import open_due
from pipeline.core.content.article import Callout, Figure, Finding, Run, Severity, Table, Urgency
from pipeline.core.content.words import texts
from pipeline.core.editorial.reference_outcomes import outcome
from pipeline.core.message.web_copy import series_code
from pipeline.store import articles, campaigns, faults, models
from pipeline.store import series as plans
from pipeline.web.member_session import PROVED
from tests import factories
from tests.factories import NOW, SERIES
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import fields, tree, words

ARTICLE = f"/studio/articles/{SERIES}/"
SIGN = f"{ARTICLE}sign/"
SAID = {
    "reviewer": "Dr Nia Example", "profession": "Radiologist", "registration": "GMC 0000000",
    "next_review": "2027-11-01", "demonstration": "yes", "read": "yes",
}  # fmt: skip
LETTER = {"wrong": "We said that there are 2 types.", "right": "There are 3 types."}
SCRIPT = "<script>alert(1)</script>"


def nia() -> Client:
    return signed_in("nia", "clinical_reviewer")


def doubtful(quote: str = "1 in 2") -> str:
    """An edit that leaves something to decide. Returns its digest."""
    factories.edited("There are 2 types", "There are 3 types")
    stored = articles.latest(SERIES)
    doubt = Finding("bound", Severity.A, 7, quote, "Is this so?")
    articles.save_revision(stored.article, "f" * 64, (doubt,), "x.md", NOW)
    return "f" * 64


def letters(said: str) -> str:
    """Without spaces and signs: a stop changes places with a citation."""
    return re.sub(r"\W", "", said)


DOSES = Table(
    ((Run("Medicine"),), (Run("Morning"),), (Run("Noon"),), (Run("Night"),)),
    (((Run("Exampleine"),), (Run("5 mg"),), (Run("none"),), (Run("10 mg"),)),),
)
CLOCK = Figure("clock.png", "A clock at nine", "No need to hurry", sha256="a" * 64, width=600, height=400)


@pytest.mark.holds("E-01")
def test_every_word_that_will_go_out_is_on_the_page_that_is_signed(series):
    """Tables that a phone gets as records, pictures, what is read out of them and what stands below them."""
    stored = articles.latest(SERIES).article
    first, *rest = stored.sections
    boxed = Callout(Urgency.URGENT, "Call 999 if", (DOSES, CLOCK))
    told = replace(stored, sections=(replace(first, blocks=(*first.blocks, DOSES, CLOCK, boxed)), *rest))
    articles.save_revision(told, "e" * 64, (), "x.md", NOW)
    [whole] = tree(nia().get(SIGN)).xpath("//main//article")  # and not beside it, among what changed
    shown = whole.text_content()
    blocks = [b for s in told.sections for b in s.blocks] + [b for q in told.faq for b in q.answer]
    for said, _ in texts(blocks):
        for part in (run.text for run in said if isinstance(run, Run)):
            assert letters(part) in letters(shown), part
    assert shown.count("A clock at nine") == 2
    assert len(whole.xpath(".//img[contains(@src, '/images/" + "a" * 64 + "')]")) == 2


@pytest.mark.holds("E-01")
def test_the_page_shows_the_whole_the_change_and_the_doubt_and_signs_just_that(series):
    digest = doubtful(SCRIPT)
    client = nia()
    page = client.get(SIGN)
    shown = words(page)
    for part in (
        "What breast calcifications are",
        "Questions people ask",
        "References",
        "Is this so?",
        digest,
    ):
        assert part in shown
    assert any("There are 3" in each.text_content() for each in tree(page).xpath("//main//ins"))
    assert SCRIPT not in page.content.decode()
    undecided = client.post(SIGN, {**SAID, **fields(page, SIGN)})
    assert (undecided.status_code, "bound:7" in words(undecided)) == (409, True)
    newest = factories.edited("There are 2 types", "There are 4 types")
    late = client.post(SIGN, {**SAID, **fields(page, SIGN), "decision-1": "I checked."})
    assert (late.status_code, "edited since you were shown it" in words(late)) == (409, True)
    for part in ("digest", "letters"):
        forged = client.post(SIGN, {**SAID, **fields(late, SIGN), part: newest[:12]})
        assert (forged.status_code, articles.latest(SERIES).approval) == (409, None)
    assert client.post(SIGN, {**SAID, **fields(late, SIGN)}).status_code == 303
    signed = articles.latest(SERIES)
    assert (signed.digest, signed.approval.reviewer, signed.approval.member) == (
        newest,
        "Dr Nia Example",
        "nia",
    )
    again = client.get(SIGN)
    assert tree(again).xpath("//input[@name='registration']/@value") == ["GMC 0000000"]


@pytest.mark.holds("E-01")
def test_titles_subjects_and_first_lines_are_on_the_page_and_a_stale_page_signs_nothing(series, folder):
    client = nia()
    page = client.get(SIGN)
    for part in ("Subject: Your weekly health email, 2 of 6: two types", "First line: Large and tiny"):
        assert part in words(page)
    assert words(page).count("as it was signed last") == 6
    plan = folder / "series" / f"{SERIES}.toml"
    plan.write_text(plan.read_text().replace("Large and tiny, and", "A cure for large and tiny, and"))
    before = models.SignOff.objects.count()
    stale = client.post(SIGN, {**SAID, **fields(page, SIGN)})
    assert (stale.status_code, "read otherwise than when you were shown them" in words(stale)) == (409, True)
    assert "First line: A cure for large and tiny" in words(stale)
    assert words(stale).count("changed since it was signed last") == 1
    assert models.SignOff.objects.count() == before
    assert client.post(SIGN, {**SAID, **fields(stale, SIGN)}).status_code == 303


@pytest.mark.holds("E-01")
def test_a_plan_that_does_not_fit_is_named_on_the_page_and_signed_without_by_a_tick(series, folder):
    plan = folder / "series" / f"{SERIES}.toml"
    plan.write_text(plan.read_text().replace('"types", ', '"no-such-part", '))
    client = nia()
    page = client.get(SIGN)
    assert "The plan does not fit this article." in words(page)
    silent = client.post(SIGN, {**SAID, **fields(page, SIGN)})
    assert (silent.status_code, "no-such-part" in words(silent)) == (409, True)
    assert client.post(SIGN, {**SAID, **fields(page, SIGN), "without": SERIES}).status_code == 303
    assert articles.signed_letters(SERIES, SERIES) == {}


@pytest.mark.holds("E-01")
def test_another_picture_under_the_same_name_is_shown_as_a_change(series):
    stored = articles.latest(SERIES).article
    first, *rest = stored.sections

    def told(digest: str) -> None:
        figure = replace(CLOCK, sha256=digest * 64)
        shown = replace(stored, sections=(replace(first, blocks=(*first.blocks, figure)), *rest))
        articles.save_revision(shown, digest * 64, (), "x.md", NOW)

    told("a")
    factories.signed()
    told("b")
    page = nia().get(SIGN)
    assert "these are the very words" not in words(page)
    assert any("b" * 16 in each.text_content() for each in tree(page).xpath("//main//ins"))


def test_what_the_reader_found_bars_the_page_and_a_retraction_is_decided_on_it(series):
    stored = articles.latest(SERIES)
    unclosed = Finding("box-not-closed", Severity.B, 4, "a box", "The box has no end.")
    changed = replace(stored.article, topic="breasts")
    articles.save_revision(changed, "d" * 64, (unclosed,), "x.html", NOW)
    barred = nia().get(SIGN)
    assert "It cannot be signed yet" in words(barred)
    assert "The box has no end." in words(barred)
    articles.save_revision(changed, "e" * 64, (), "x.md", NOW)  # mended
    retracted = Finding("retracted-reference", Severity.A, 1, "Two", "Reference 2 was retracted.")
    articles.keep_reference_outcomes(SERIES, [outcome(changed.references[1], retracted)], NOW)
    client = nia()
    page = client.get(SIGN)
    assert "Reference 2 was retracted." in words(page)
    said = {**SAID, **fields(page, SIGN)}
    assert client.post(SIGN, said).status_code == 409
    # What was found after the page was opened is decided on a new page.
    articles.keep_reference_outcomes(SERIES, [], NOW)
    gone = client.post(SIGN, {**said, "decision-1": "It stands without it."})
    assert (gone.status_code, "There is no finding" in words(gone)) == (400, True)
    articles.keep_reference_outcomes(SERIES, [outcome(changed.references[1], retracted)], NOW)
    assert client.post(SIGN, {**said, "decision-1": "It stands without it."}).status_code == 303


def test_two_doubts_of_one_rule_in_one_paragraph_are_decided_apart(series):
    factories.edited("There are 2 types", "There are 3 types")
    stored = articles.latest(SERIES)
    doubts = tuple(Finding("dose", Severity.A, 7, quote, f"Is {quote} so?") for quote in ("5 mg", "50 mg"))
    articles.save_revision(stored.article, "f" * 64, doubts, "x.md", NOW)
    client = nia()
    page = client.get(SIGN)
    said = {**SAID, **fields(page, SIGN)}
    one = client.post(SIGN, {**said, "decision-1": "I checked."})
    assert (one.status_code, "Is 50 mg so?" in words(one), "Is 5 mg so?" in words(one)) == (409, True, True)
    both = {"decision-1": "I checked the first.", "decision-2": "I checked the second."}
    assert client.post(SIGN, {**said, **both}).status_code == 303
    kept = {d.quote: d.reason for d in articles.latest(SERIES).approval.decisions}
    assert sorted(kept.values()) == sorted(both.values())


def test_a_signature_asks_once_more_who_is_there_and_leads_back(series):
    client = nia()
    session = client.session
    session[PROVED] = 0
    session.save()
    for answer in (client.get(SIGN), client.post(SIGN, {**SAID, "digest": articles.latest(SERIES).digest})):
        assert (answer.status_code, answer["Location"]) == (302, f"/studio/account/confirm/?next={SIGN}")
    asked = client.get(f"/studio/account/confirm/?next={SIGN}")
    assert tree(asked).xpath("//input[@name='next']/@value")[0] == SIGN
    for elsewhere in ("https://evil.test/", "//evil.test/", "/studio/articles/../stop/", f"{SIGN}?x=1"):
        page = client.get("/studio/account/confirm/", {"next": elsewhere})
        assert tree(page).xpath("//input[@name='next']/@value")[0] == "/studio/account/"


def test_the_lists_say_where_things_stand_and_a_get_moves_nothing(campaign):
    client = signed_in("maya")
    mark_wrong(SERIES, 2, SCRIPT, "maya", NOW)
    before = models.ReviewEvent.objects.count(), models.Fault.objects.count()
    assert "approved" in words(client.get("/studio/articles/"))
    assert "Page last reviewed" in words(client.get(ARTICLE))
    for path in ("submit", "send-back", "withdraw"):
        assert client.get(f"{ARTICLE}{path}/").status_code == 405
    for path in (
        "/studio/corrections/",
        "/studio/corrections/mark/?what=article/x",
        "/studio/campaigns/autumn/",
    ):
        page = client.get(path)
        assert (page.status_code, SCRIPT in page.content.decode()) == (200, False)
    assert "Its words were marked wrong" in words(page)
    for what in ("", "issue/x", f"issue/{SERIES}/1_0", f"issue/{SERIES}/٣", "article/", "x/y/z/w"):
        posted = client.post("/studio/corrections/mark/", {"what": what, "reason": "Wrong."})
        assert (what, posted.status_code) == (what, 400)
    assert before == (models.ReviewEvent.objects.count(), models.Fault.objects.count())


@pytest.mark.holds("E-10")
def test_one_proposes_a_correction_another_approves_it_and_it_goes_out_once(campaign):
    models.Delivery.objects.update(state=1)
    models.Delivery.objects.update(state=2)
    models.Delivery.objects.update(state=10)
    editor, robin, sam = signed_in("ed", "editor"), signed_in("robin", "sender"), signed_in("sam", "sender")
    marked = editor.post(
        "/studio/corrections/mark/",
        {"what": f"issue/{SERIES}/1", "reason": "It says common, and it is rare."},
    )
    page = marked["Location"]
    for path in (page, "/studio/corrections/"):
        assert "Breast calcifications, week by week: issue 1" in words(editor.get(path))
    assert editor.post(page, {**LETTER, "do": "preview"}).status_code == 403
    factories.edited("They are very common", "They are rare")
    factories.signed()
    preview = robin.post(page, {**LETTER, "do": "preview"})
    assert "Correction: Your weekly health email, 1 of 6" in words(preview)
    received = re.search(r"It goes to (\d+) people", words(preview))
    assert received is not None
    assert not models.FaultAnswer.objects.exists()
    unsure = robin.post(page, {**LETTER, "do": "send"})
    assert (unsure.status_code, "read the letter" in words(unsure)) == (400, True)
    proposal = robin.post(page, {**LETTER, "do": "send", "sure": "yes"})["Location"]
    assert proposal.startswith("/studio/approvals/")
    assert robin.post(proposal, {"do": "approve"}).status_code == 409
    assert "There are 3 types." in words(sam.get(proposal))
    assert sam.post(proposal, {"do": "approve"}).status_code == 303
    other = sam.post(page, {**LETTER, "right": "There are 4 types.", "do": "send", "sure": "yes"})
    assert other["Location"].startswith("/studio/approvals/")  # other words are another proposal
    assert tree(robin.get(page)).xpath("//textarea[@name='right']/text()") == ["There are 3 types."]
    for status in (303, 409):
        sent = robin.post(page, {**LETTER, "do": "send", "sure": "yes"})
        assert sent.status_code == status
    open_due(NOW)
    [name] = faults.campaigns_of(int(page.strip("/").rpartition("/")[2]))
    lines = list(campaigns.delivery_lines(campaigns.by_name(name).id))
    assert len(lines) == int(received[1])
    assert (
        models.AuditEvent.objects.filter(event="fault.corrected", outcome="done", member="robin").count() == 1
    )
    read = Client().get(f"/read/{series_code(SERIES)}/1").content.decode()
    assert "Corrected on 24 November 2026" in read


@pytest.mark.holds("E-10")
def test_a_mark_publishes_no_word_of_its_own_and_a_clinician_lifts_what_another_marked(campaign):
    editor, robin = signed_in("ed", "editor"), signed_in("robin", "sender")
    archive = f"/read/{series_code(SERIES)}/1"
    marked = editor.post(
        "/studio/corrections/mark/", {"what": f"issue/{SERIES}/1", "reason": "The editor is a fool."}
    )
    page = marked["Location"]
    assert "The editor is a fool." in words(nia().get(page))
    shown = Client().get(archive).content.decode()
    assert ("fool" in shown, "Something in it may be wrong." in shown) == (False, True)
    assert editor.post(page, {"do": "tell", "words": "The share is wrong."}).status_code == 403
    assert robin.post(page, {"do": "tell", "words": "The share is wrong."}).status_code == 303
    assert "The share is wrong. We are looking into it" in Client().get(archive).content.decode()
    assert "The archive says: “The share is wrong." in words(robin.get(page))
    assert robin.post(f"{page}lift/", {"reason": "It is right."}).status_code == 403
    empty = nia().post(f"{page}lift/", {"reason": " "})
    assert (empty.status_code, "Say why it is right" in words(empty)) == (400, True)
    assert nia().post(f"{page}lift/", {"reason": "The source says so."}).status_code == 303
    assert "Looked into on" in Client().get(archive).content.decode()
    assert {m.waits_for for m in campaigns.mailings(campaign.id)} == {""}
    assert "The source says so." in words(robin.get(page))
    told = models.AuditEvent.objects.filter(about__startswith="fault:").values_list(
        "event", "outcome", "member"
    )
    assert {
        ("fault.readers_told", "done", "robin"),
        ("fault.lifted", "done", "nia"),
        ("fault.lifted", "refused", "nia"),
    } <= set(told)


def test_an_issue_that_its_plan_has_no_more_can_still_be_marked(campaign):
    planned = plans.plan(SERIES)
    plans.save_plan(replace(planned, issues=planned.issues[:1]), NOW)
    editor = signed_in("ed", "editor")
    page = editor.get("/studio/corrections/mark/")
    assert f"issue/{SERIES}/2" in tree(page).xpath("//option/@value")
    marked = editor.post("/studio/corrections/mark/", {"what": f"issue/{SERIES}/2", "reason": "Wrong."})
    assert marked.status_code == 303
