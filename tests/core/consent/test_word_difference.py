"""Two versions of a text, side by side: what is gone, and what is new."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent.word_difference import Change, Run, word_difference


def test_a_changed_word_stands_out_and_a_shared_of_does_not():
    before, after = word_difference(
        "We keep it for two years, then delete", "We keep it for one year, then  delete"
    )
    same = Run(Change.SAME, "We keep it for")
    assert before == (same, Run(Change.GONE, "two years, then delete"))
    assert after == (same, Run(Change.NEW, "one year, then delete"))


@given(st.lists(st.sampled_from("abc"), max_size=20), st.lists(st.sampled_from("abc"), max_size=20))
def test_each_side_holds_every_word_of_its_text_in_order(old, new):
    before, after = word_difference(" ".join(old), " ".join(new))
    assert " ".join(run.words for run in before).split() == old
    assert " ".join(run.words for run in after).split() == new
    assert [r.words for r in before if r.change is Change.SAME] == [
        r.words for r in after if r.change is Change.SAME
    ]
