from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.audience import Progress, reason_in_words
from pipeline.core.delivery.lifecycle import DeliveryState, Reason

D = DeliveryState


def test_a_finished_mailing_reads_as_an_equation():
    progress = Progress(
        40, {D.ACCEPTED: 36, D.SUPPRESSED: 2}, {"never_confirmed": 1, "withdrawn": 1}, {"withdrawn": 2}
    )
    assert progress.sentence() == "40 = 36 accepted + 4 left out (3 unsubscribed, 1 never confirmed)"
    assert progress.finished()


def test_a_mailing_on_its_way_says_how_many_are_left():
    progress = Progress(10, {D.QUEUED: 4, D.LEASED: 1, D.SENDING: 1, D.UNKNOWN: 1, D.ACCEPTED: 3})
    assert progress.sentence() == "10 = 3 accepted + 7 on the way + 0 left out"
    assert not progress.finished()


def test_presumed_and_unknown_outcomes_are_never_counted_as_accepted():
    progress = Progress(6, {D.ACCEPTED: 3, D.PRESUMED_ACCEPTED: 2, D.HELD_UNKNOWN: 1})
    assert progress.sentence() == (
        "6 = 3 accepted + 2 presumed accepted + 1 with an unknown outcome + 0 left out"
    )


def test_failures_cancellations_and_unexplained_suppressions_are_left_out_by_name():
    progress = Progress(7, {D.FAILED: 1, D.EXPIRED: 1, D.CANCELLED: 2, D.SUPPRESSED: 3}, {}, {"complaint": 1})
    assert progress.left_out_by_reason == {
        "cancelled": 2, "suppressed": 2, "complaint": 1, "expired": 1, "failed": 1,
    }  # fmt: skip


def test_a_missing_person_is_said_and_not_hidden():
    progress = Progress(10, {D.ACCEPTED: 8}, {"withdrawn": 1})
    assert not progress.adds_up()
    assert progress.sentence().startswith("10 does not equal 8 accepted")


def test_every_reason_has_words_for_a_person():
    assert all("_" not in reason_in_words(reason) for reason in Reason)
    assert reason_in_words("already_sent") == "already sent"


counts = st.integers(0, 1000)


states, reasons = st.sampled_from(list(D)), st.sampled_from(list(Reason))


@given(st.dictionaries(states, counts), st.dictionaries(reasons, counts))
def test_the_groups_of_the_sentence_cover_the_audience_for_any_counts(by_state, left_out):
    progress = Progress(sum(by_state.values()) + sum(left_out.values()), by_state, left_out)
    assert progress.adds_up()
    groups = progress.accepted + progress.presumed + progress.held + progress.on_the_way
    assert progress.audience == groups + sum(progress.left_out_by_reason.values())
