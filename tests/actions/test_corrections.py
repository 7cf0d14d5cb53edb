"""What was found wrong stops, and exactly those who had it hear what is right (E-10)."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from pipeline.actions.carry_out_answers import carry_out_answers
from pipeline.actions.correct import check_correction, correct
from pipeline.actions.erase_subscriber import erase_subscriber
from pipeline.actions.lift_mark import lift_mark
from pipeline.actions.mark_wrong import mark_wrong
from pipeline.actions.open_due import open_due
from pipeline.actions.read_issue import read_issue, read_version
from pipeline.actions.recall import recall
from pipeline.actions.tell_readers import tell_readers
from pipeline.core.consent.entry import Actor, EventKind
from pipeline.core.delivery.campaign import Mode
from pipeline.core.delivery.lifecycle import MailingState
from pipeline.core.editorial.faults import FaultState
from pipeline.core.errors import BadInput, NotFound, Refused
from pipeline.core.message.web_copy import series_code
from pipeline.settings import current
from pipeline.store import campaigns, deliveries, faults, models, series
from tests import factories, senders
from tests.factories import NOW, SERIES

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what a sender of its own connection is to see

WEEK = timedelta(days=7)
FAULTY, RIGHT, RIGHTER = "in about 1 in 2 women over 50", "in 1 in 2 women over 60", "in 1 in 3 women over 60"
WRONG = "We said that the larger kind is found in 1 in 2 women over 50."
TRUE = "It is found in 1 in 2 women over 60."
CODE = series_code(SERIES)
STATES = {
    "accepted": (1, 2, 10),
    "presumed": (1, 2, 3, 11),
    "unknown": (1, 2, 3),
    "held": (1, 2, 3, 16),
    "failed": (1, 2, 12),
    "queued": (),
    "again": (1, 2, 3, 0),  # of unknown outcome, and about to be tried once more
}


@pytest.fixture(autouse=True)
def _published() -> None:
    factories.notices()


def end(campaign, fates: dict[str, str], number: int = 1) -> None:
    """Stand in for the senders: what became of each reader's copy."""
    for name, fate in fates.items():
        row = models.Delivery.objects.filter(
            mailing__campaign_id=campaign.id, mailing__number=number, address_key=factories.key(name)
        )
        for step in STATES[fate]:
            row.update(state=step)
        if fate == "again":
            row.update(ambiguous_attempts=1)


def sent(fates: dict[str, str]):
    """A campaign whose first issue has gone out like this."""
    people = {name: factories.subscriber(name) for name in fates}
    campaign = factories.campaign()
    open_due(NOW)
    end(campaign, fates)
    return campaign, people


def mend(new: str = RIGHT) -> None:
    """The editor mends the text, and a clinician signs it."""
    factories.edited(FAULTY, new)
    factories.signed()


def letters(fault: int) -> dict[str, str]:
    """Who is written to about a fault, and where that stands."""
    found = {}
    for name in faults.campaigns_of(fault):
        for line in campaigns.delivery_lines(campaigns.by_name(name).id):
            found[line.address.partition("@")[0]] = line.state
    return found


def state_of(campaign, name: str, number: int = 1) -> tuple[str, str]:
    lines = campaigns.delivery_lines(campaign.id)
    return next((x.state, x.reason) for x in lines if x.issue == number and x.address.startswith(name))


@pytest.mark.holds("E-10")
def test_exactly_those_who_had_it_and_still_consent_get_the_correction():
    fates = {
        "ada": "accepted",
        "ben": "presumed",
        "cleo": "held",
        "dora": "unknown",
        "eve": "failed",
        "finn": "accepted",  # unsubscribes
        "gus": "accepted",  # complains
        "hana": "accepted",  # is erased
        "iris": "queued",
        "jon": "accepted",  # his mailbox is gone
        "lena": "again",
    }
    campaign, people = sent(fates)
    factories.subscriber("kim")  # joined after it
    factories.say(people["finn"], EventKind.CONSENT_WITHDRAWN)
    factories.say(people["gus"], EventKind.COMPLAINT_FBL, None)
    erase_subscriber(people["hana"].id, NOW, actor=Actor.DATA_SUBJECT)
    models.Suppression.objects.create(
        address_key=factories.key("jon"), scope="all", reason="hard_bounce", created_at=NOW
    )
    fault, new = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    assert (new, fault.state) == (True, FaultState.WRONG)
    mend()
    checked = check_correction(fault.id, WRONG, TRUE, NOW)
    assert [(x.series, [i.number for i in x.issues]) for x in checked.letters] == [(SERIES, [1])]
    reach = checked.reach
    assert (reach.received, reach.uncertain, reach.consenting, reach.unsent) == (5, 4, 5, 1)
    assert correct(fault.id, WRONG, TRUE, "maya", NOW).state is FaultState.CORRECTED
    open_due(NOW)
    assert letters(fault.id) == dict.fromkeys(("ada", "ben", "cleo", "dora", "lena"), "queued")
    # Whoever had not got it gets the right one in its place; an unknown outcome is not tried again.
    mailing = campaigns.mailings(campaign.id)[0]
    assert (mailing.state, mailing.waits_for) == (MailingState.SENDING, "")
    assert RIGHT in " ".join(series.revision(mailing.revision_id).letter.text.split())
    assert state_of(campaign, "iris") == ("queued", "")
    assert state_of(campaign, "dora") == ("held_unknown", "left")
    assert state_of(campaign, "lena") == ("cancelled", "corrected")


@pytest.mark.holds("E-10")
def test_the_letter_says_so_in_its_subject_and_has_the_way_out_of_any_issue():
    sent({"ada": "accepted"})
    fault, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    mend()
    letter = check_correction(fault.id, WRONG, TRUE, NOW).letters[0].letter
    assert letter.subject == "Correction: Your weekly health email, 1 of 6: the basics"
    for part in (letter.html, letter.text):
        said = " ".join(part.split())
        for words in (WRONG, TRUE, "[[unsubscribe_url]]", "[[greeting]]", f"/read/{CODE}/1"):
            assert words in said
    for words in ("", "x" * 1001, "[[address]]"):
        with pytest.raises(BadInput):
            check_correction(fault.id, words, TRUE, NOW)
    assert not faults.campaigns_of(fault.id)


def test_pressed_twice_it_is_done_once():
    sent({"ada": "accepted"})
    assert mark_wrong(SERIES, 1, "Wrong.", "maya", NOW)[1]
    fault, new = mark_wrong(SERIES, 1, "Still wrong.", "maya", NOW)
    assert (new, fault.reason) == (False, "Wrong.")
    mend()
    for _ in range(2):
        correct(fault.id, WRONG, TRUE, "maya", NOW)
        carry_out_answers(NOW)
        open_due(NOW)
    assert letters(fault.id) == {"ada": "queued"}
    with pytest.raises(Refused, match="was corrected already"):
        correct(fault.id, "Something else.", TRUE, "maya", NOW)
    with pytest.raises(Refused, match="was corrected already"):
        recall(fault.id, "maya", NOW)


def test_a_correction_needs_a_mended_text_that_a_clinician_signed():
    sent({"ada": "accepted"})
    fault, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    with pytest.raises(Refused, match="is the one that was marked wrong"):
        correct(fault.id, WRONG, TRUE, "maya", NOW)
    factories.edited(FAULTY, RIGHT)
    with pytest.raises(Refused, match="is not approved"):
        correct(fault.id, WRONG, TRUE, "maya", NOW)
    factories.signed()
    series.save_plan(replace(series.plan(SERIES), title="Another name for it"), NOW)
    with pytest.raises(Refused, match="does not read as it did when the article was signed off"):
        correct(fault.id, WRONG, TRUE, "maya", NOW)
    with pytest.raises(NotFound):
        correct(fault.id + 1, WRONG, TRUE, "maya", NOW)


def test_a_text_that_says_the_same_in_that_issue_corrects_nothing():
    sent({"ada": "accepted"})
    fault, _ = mark_wrong(SERIES, 2, "The types are wrong.", "maya", NOW)
    mend()  # the first issue, and not the second
    with pytest.raises(Refused, match="says the same"):
        correct(fault.id, WRONG, TRUE, "maya", NOW)


@pytest.mark.holds("E-10")
def test_a_whole_article_that_is_wrong_stops_every_issue_and_writes_to_readers_of_what_changed():
    campaign, _ = sent({"ada": "accepted", "ben": "failed"})
    open_due(NOW + WEEK)
    end(campaign, {"ada": "accepted", "ben": "accepted"}, 2)
    fault, _ = mark_wrong(SERIES, None, "The figures are wrong.", "maya", NOW + WEEK)
    assert {m.waits_for for m in campaigns.mailings(campaign.id)[1:]} == {"wrong"}
    assert faults.reach(fault, NOW).unopened == 4
    open_due(NOW + 2 * WEEK)
    assert campaigns.mailings(campaign.id)[2].state is MailingState.SCHEDULED
    mend()  # of the issues that went out only the first reads otherwise
    correct(fault.id, WRONG, TRUE, "maya", NOW + 2 * WEEK)
    open_due(NOW + 2 * WEEK)
    assert letters(fault.id) == {"ada": "queued"}  # Ben had the second issue alone
    assert {m.waits_for for m in campaigns.mailings(campaign.id)} == {""}


@pytest.mark.holds("E-10")
def test_a_correction_that_was_wrong_itself_is_corrected_for_all_who_had_either():
    campaign, _ = sent({"ada": "accepted", "ben": "accepted", "cleo": "queued", "dora": "failed"})
    first, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    mend()
    correct(first.id, WRONG, TRUE, "maya", NOW)
    open_due(NOW)
    letter = campaigns.by_name(faults.campaigns_of(first.id)[0])
    end(letter, {"ada": "accepted"})  # Ben's letter still waits
    end(campaign, {"cleo": "accepted"})  # who got the corrected issue, wrong as well
    second, _ = mark_wrong(SERIES, 1, "The share is wrong too.", "maya", NOW)
    assert second.id != first.id
    mend(RIGHTER)
    correct(second.id, "We said 1 in 2.", "It is 1 in 3.", "maya", NOW)
    open_due(NOW)
    assert letters(second.id) == dict.fromkeys(("ada", "ben", "cleo"), "queued")
    assert letters(first.id) == {"ada": "accepted", "ben": "cancelled"}
    page = read_issue(CODE, 1)
    assert RIGHTER in page
    assert page.index("Corrected on 24 November 2026: </strong>We said that") < page.index("We said 1 in 2.")


@pytest.mark.holds("E-10")
def test_the_archive_shows_a_dated_note_and_never_a_silent_edit():
    sent({"ada": "accepted"})
    sent_page = read_issue(CODE, 1)
    version = models.IssueRevision.objects.get(issue__number=1).content_sha256[:12]
    fault, _ = mark_wrong(SERIES, 1, "The <b>age</b> is wrong.", "maya", NOW)
    marked = read_issue(CODE, 1)
    assert "In question since 24 November 2026: </strong>Something in it may be wrong." in marked
    assert (
        "age" not in marked[marked.index('<div role="note"') :][:400]
    )  # what a marker wrote in a hurry is for us
    later = NOW + timedelta(days=1)
    for _ in range(2):
        tell_readers(fault.id, "The <b>age</b> is wrong.", "maya", later)
    told = "In question since 25 November 2026: </strong>The &lt;b&gt;age&lt;/b&gt; is wrong. We are looking into it"
    assert told in read_issue(CODE, 1)
    with pytest.raises(Refused, match="were told of fault"):
        tell_readers(fault.id, "Something else.", "maya", later)
    mend()
    correct(fault.id, WRONG, TRUE, "maya", NOW)
    now = read_issue(CODE, 1)
    assert f"Corrected on 24 November 2026: </strong>{WRONG} {TRUE}" in now
    assert (RIGHT in now, FAULTY in now, f"/read/{CODE}/1/{version}" in now) == (True, False, True)
    then = read_version(CODE, 1, version)
    assert (FAULTY in then, WRONG in then) == (True, True)
    note = then[then.index('<div role="note"') : then.index("</div>", then.index('<div role="note"')) + 6]
    assert then.replace(note, "") == sent_page  # as it was sent, but for the note
    for number, digest in ((1, "0" * 12), (2, version), (1, version[:11])):
        with pytest.raises(NotFound):
            read_version(CODE, number, digest)


def test_a_recall_ends_it_without_a_letter_and_may_be_corrected_later():
    campaign, _ = sent({"ada": "accepted", "ben": "queued"})
    fault, _ = mark_wrong(SERIES, 1, "All of it is wrong.", "maya", NOW)
    for _ in range(2):
        assert recall(fault.id, "maya", NOW).state is FaultState.RECALLED
    assert campaigns.mailings(campaign.id)[0].state is MailingState.CANCELLED
    assert state_of(campaign, "ben") == ("cancelled", "campaign_cancelled")
    open_due(NOW + WEEK)
    assert campaigns.mailings(campaign.id)[1].state is MailingState.SENDING  # the others go on
    assert "Recalled on 24 November 2026: </strong>We have taken it back. Please do not" in read_issue(
        CODE, 1
    )
    tell_readers(fault.id, "All of it is wrong.", "maya", NOW)
    assert "Recalled on 24 November 2026: </strong>All of it is wrong. Please do not" in read_issue(CODE, 1)
    assert not faults.campaigns_of(fault.id)
    mend()
    correct(fault.id, WRONG, TRUE, "maya", NOW + WEEK)
    open_due(NOW + WEEK)
    assert letters(fault.id) == {"ada": "queued"}


def test_a_course_passes_over_what_was_recalled():
    factories.subscriber("ada")
    campaign = factories.campaign(Mode.COURSE)
    open_due(NOW)
    fault, _ = mark_wrong(SERIES, 2, "Wrong.", "maya", NOW)
    recall(fault.id, "maya", NOW)
    open_due(NOW + WEEK)
    assert sorted(line.issue for line in campaigns.delivery_lines(campaign.id)) == [1, 3]


def test_months_that_were_put_away_are_counted_too():
    sent({"ada": "accepted"})
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept_delivery_2020_01 (LIKE delivery)")
        cursor.execute("INSERT INTO kept_delivery_2020_01 SELECT * FROM delivery")
    models.Delivery.objects.all().delete()
    fault, _ = mark_wrong(SERIES, 1, "Wrong.", "maya", NOW)
    mend()
    correct(fault.id, WRONG, TRUE, "maya", NOW)
    open_due(NOW)
    assert letters(fault.id) == {"ada": "queued"}


@committed
@pytest.mark.holds("E-10")
def test_a_correction_waits_for_the_dot_that_was_on_its_way_and_writes_to_its_reader_too():
    for name in ("ada", "ben", "cleo"):
        factories.subscriber(name)
    campaign = factories.campaign()
    open_due(NOW)
    sender = senders.token()
    claimed = {each.address.partition("@")[0]: each for each in senders.claim(sender, 2, NOW)}
    (gone, one), (_, two) = claimed.items()
    with senders.intents_under_way(sender, [one], NOW) as allowed:
        # The mark comes while the intent is being written: that dot leaves, and the next is refused.
        fault, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
        assert allowed == {one.id}
        assert senders.intents(sender, [two], NOW) == set()
        mend()
        assert correct(fault.id, WRONG, TRUE, "maya", NOW).state is FaultState.CORRECTING
    assert senders.claim(senders.token(), 9, NOW) == []
    assert carry_out_answers(NOW) == 0  # it is on the wire
    senders.accept(sender, one)
    assert carry_out_answers(NOW) == 0  # the sender still holds the other
    senders.release(sender)
    assert carry_out_answers(NOW) == 1
    open_due(NOW)
    assert letters(fault.id) == {gone: "queued"}
    later = senders.claim(senders.token(), 9, NOW)
    right = campaigns.mailings(campaign.id)[0].revision_id
    assert sorted(each.revision_id == right for each in later) == [False, True, True]  # one is the letter


def test_a_crash_on_the_way_leaves_all_of_it_or_nothing(monkeypatch):
    sent({"ada": "accepted", "ben": "queued"})
    fault, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    mend()

    def crash(*_: object) -> None:
        raise RuntimeError("the machine is gone")

    with monkeypatch.context() as broken:
        broken.setattr(faults, "put_right", crash)
        with pytest.raises(RuntimeError):
            correct(fault.id, WRONG, TRUE, "maya", NOW)
    assert faults.by_id(fault.id).state is FaultState.CORRECTING  # what was decided stands
    assert not models.FaultyCopy.objects.exists()
    assert carry_out_answers(NOW) == 1  # and the next tick does it
    open_due(NOW)
    open_due(NOW)
    assert letters(fault.id) == {"ada": "queued"}


def test_a_correction_is_never_too_late_and_keeps_its_readers_for_a_week():
    sent({"ada": "accepted"})
    fault, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    mend()
    correct(fault.id, WRONG, TRUE, "maya", NOW)
    open_due(NOW + timedelta(hours=9))  # nothing ticked for a night
    assert letters(fault.id) == {"ada": "queued"}
    deliveries.expire_overdue(NOW + timedelta(days=6))
    assert letters(fault.id) == {"ada": "queued"}


@pytest.mark.holds("E-10")
def test_a_mark_made_in_error_is_lifted_by_somebody_else_and_what_it_stopped_goes_on():
    campaign, _ = sent({"ada": "accepted", "ben": "queued"})
    fault, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    for who, why, error in (
        ("maya", "I was mistaken.", Refused),
        ("nia", " ", BadInput),
        ("nia", "x" * 1001, BadInput),
    ):
        with pytest.raises(error):
            lift_mark(fault.id, why, who, NOW)
    assert campaigns.mailings(campaign.id)[0].waits_for == "wrong"
    later = NOW + timedelta(days=2)
    for _ in range(2):
        lifted = lift_mark(fault.id, "The guideline says 50.", "nia", later)
    assert (lifted.state, lifted.answer("lifted").member) == (FaultState.LIFTED, "nia")
    assert campaigns.mailings(campaign.id)[0].waits_for == ""
    page = read_issue(CODE, 1)
    assert "Looked into on 26 November 2026: </strong>On 24 November 2026 we asked you not to act" in page
    assert "guideline" not in page[page.index('<div role="note"') :][:600]
    assert carry_out_answers(later) == 0
    for act in (
        lambda: recall(fault.id, "maya", later),
        lambda: correct(fault.id, WRONG, TRUE, "maya", later),
    ):
        with pytest.raises(Refused, match="lifted"):
            act()
    assert not faults.is_faulty(fault.revision_id)


def test_what_was_lifted_can_be_marked_again_and_stops_again():
    campaign, _ = sent({"ada": "accepted"})
    for times in range(3):
        fault, new = mark_wrong(SERIES, 1, f"Wrong {times}.", "maya", NOW)
        assert (new, fault.reason) == (True, f"Wrong {times}.")
        assert not mark_wrong(SERIES, 1, "Once more.", "maya", NOW)[1]
        assert campaigns.mailings(campaign.id)[0].waits_for == "wrong"
        assert "In question since" in read_issue(CODE, 1)
        lift_mark(fault.id, "It is right.", "nia", NOW)
        assert campaigns.mailings(campaign.id)[0].waits_for == ""


def test_what_was_recalled_or_corrected_is_not_lifted():
    sent({"ada": "accepted"})
    fault, _ = mark_wrong(SERIES, 1, "Wrong.", "maya", NOW)
    recall(fault.id, "maya", NOW)
    with pytest.raises(Refused, match="is recalled: what was ended"):
        lift_mark(fault.id, "It is right.", "nia", NOW)


@committed
def test_a_mark_and_its_lifting_are_asked_at_the_dot():
    factories.readers()
    factories.campaign()
    open_due(NOW)
    sender = senders.token()
    claimed = senders.claim(sender, 9, NOW)
    fault, _ = mark_wrong(SERIES, 1, "Wrong.", "maya", NOW)
    assert senders.intents(sender, claimed[:1], NOW) == set()
    lift_mark(fault.id, "It is right.", "nia", NOW)
    assert senders.intents(sender, claimed[:1], NOW) == {claimed[0].id}


def replanned(monkeypatch, tmp_path, change) -> None:
    """The series file says otherwise from now on."""
    copy = tmp_path / "content"
    shutil.copytree(factories.CONTENT, copy, ignore=shutil.ignore_patterns("images"))
    file = copy / "series" / f"{SERIES}.toml"
    file.write_text(change(file.read_text()))
    monkeypatch.setenv("ROUNDS_CONTENT_DIR", str(copy))
    current.cache_clear()


@pytest.fixture
def own_content(monkeypatch, tmp_path):
    yield lambda change: replanned(monkeypatch, tmp_path, change)
    monkeypatch.undo()
    current.cache_clear()


@pytest.mark.holds("E-10")
def test_a_plan_with_fewer_issues_bars_no_correction_and_its_readers_are_the_same(own_content):
    campaign, _ = sent({"ada": "accepted", "ben": "accepted", "cleo": "queued"})
    open_due(NOW + WEEK)
    end(campaign, {"ada": "accepted", "ben": "failed", "cleo": "accepted"}, 2)
    fault, _ = mark_wrong(SERIES, 2, "The types are wrong.", "maya", NOW + WEEK)
    own_content(in_one_issue)
    mend()
    checked = check_correction(fault.id, WRONG, TRUE, NOW + WEEK)
    [letter] = checked.letters
    assert ([i.number for i in letter.issues], letter.gone) == ([2], (2,))
    assert letter.letter.subject == "Correction: Your weekly health email, 2 of 6: two types"
    assert checked.reach.consenting == 2
    correct(fault.id, WRONG, TRUE, "maya", NOW + WEEK)
    open_due(NOW + WEEK)
    assert letters(fault.id) == {"ada": "queued", "cleo": "queued"}
    page = read_issue(CODE, 2)
    assert f"Corrected on 1 December 2026: </strong>{WRONG} {TRUE}" in page
    assert page.count('<div role="note"') == 1
    assert "Read it as it is right" not in page  # nothing stands in its place


@pytest.mark.holds("E-10")
def test_a_plan_that_fits_no_more_bars_no_correction_and_ends_what_waited_of_it(own_content):
    campaign, _ = sent({"ada": "accepted", "ben": "queued"})
    fault, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    own_content(lambda text: text.replace('"types", ', '"no-such-part", '))
    factories.edited(FAULTY, RIGHT)
    factories.signed(without=[SERIES])
    series.save_plan(unfit(series.plan(SERIES)), NOW)
    correct(fault.id, WRONG, TRUE, "maya", NOW)
    open_due(NOW)
    assert letters(fault.id) == {"ada": "queued"}
    assert campaigns.mailings(campaign.id)[0].state is MailingState.CANCELLED
    assert state_of(campaign, "ben")[0] == "cancelled"


def in_one_issue(text: str) -> str:
    """A series file in which the first issue says all that the others said."""
    head, first, *_ = text.split("[[issue]]")
    issues = tomllib.loads(text)["issue"]
    every = {kind: [name for issue in issues for name in issue[kind]] for kind in ("sections", "questions")}
    kept = [line for line in first.splitlines() if line.startswith(("title", "subject", "preheader"))]
    return "\n".join(
        [f"{head}[[issue]]", *kept, *(f"{kind} = {names!r}" for kind, names in every.items()), ""]
    )


def unfit(plan):
    first, *rest = plan.issues
    return replace(plan, issues=(replace(first, sections=("no-such-part",)), *rest))


@pytest.mark.holds("H-11")
@pytest.mark.parametrize("link", ["https://nhs.example/types", "WWW.nhs.example", "mailto:a@b.example"])
def test_a_link_in_the_words_is_said_at_once_with_its_field(link):
    sent({"ada": "accepted"})
    fault, _ = mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    for said, field in (((f"See {link}.", TRUE), "wrong"), ((WRONG, f"See {link}."), "right")):
        with pytest.raises(BadInput, match="the letter has no links but") as refused:
            check_correction(fault.id, *said, NOW)  # before the article is mended
        assert refused.value.field == field


def test_nothing_of_it_is_ever_edited():
    sent({"ada": "accepted"})
    mark_wrong(SERIES, 1, "The age is wrong.", "maya", NOW)
    with pytest.raises(Exception, match="append-only"):
        models.Fault.objects.all().delete()


def test_what_was_never_sent_cannot_be_wrong():
    factories.series()
    with pytest.raises(Refused, match="never scheduled"):
        mark_wrong(SERIES, 1, "Wrong.", "maya", NOW)
    with pytest.raises(NotFound, match="Known: breast-calcifications"):
        mark_wrong("breast", 1, "Wrong.", "maya", NOW)
    with pytest.raises(BadInput, match="Say what is wrong"):
        mark_wrong(SERIES, 1, " ", "maya", NOW)
    with pytest.raises(NotFound):
        read_issue(CODE, 1)
