"""Each contender that needs no server of its own delivers what it is given, as a sink counts it."""

from __future__ import annotations

import pytest

from bench.contenders import SENDER_ALONE, SPLICED, STDLIB, STDLIB_2, Contender
from bench.work import Work, shared_work


@pytest.fixture(scope="module")
def work():
    with shared_work() as shared:
        yield shared


@pytest.mark.parametrize("contender", [SENDER_ALONE, STDLIB, STDLIB_2, SPLICED], ids=lambda each: each.name)
def test_a_contender_delivers_what_it_is_given(work: Work, contender: Contender):
    measured = contender.measure("cheap", 20, 2, work)  # raises Lost where the sink counts anything else
    assert measured.messages >= 2
    assert measured.bytes > 40_000
