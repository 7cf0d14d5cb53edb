"""A line of the audit log cannot be forged by what it tells, and cannot be changed unseen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.core.people.audit import Event, examine, line

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FORGED = 'eve\r\n{"seq":2,"event":"signed_in","member":"maya"}\x00\x1b[2K\u2028\u202e'


@pytest.mark.holds("S-15")
def test_a_line_break_in_a_value_makes_no_second_line():
    made = line(
        None, NOW, Event.SIGN_IN_FAILED, member=FORGED, about=FORGED, outcome=FORGED, detail={FORGED: FORGED}
    )
    assert len(made.written.splitlines()) == 1
    assert made.written.isascii()
    assert not any(
        mark in text for text in (made.member, made.about, made.outcome) for mark in "\r\n\0\x1b\u2028\u202e"
    )
    assert json.loads(made.written)["event"] == "sign_in_failed"


@given(some.text(), some.dictionaries(some.text(), some.one_of(some.text(), some.integers(), some.floats())))
def test_whatever_it_tells_a_line_is_one_line_that_fits_its_hash(said, detail):
    made = line(None, NOW, Event.SUBSCRIBER_VIEWED, member=said, about=said, network=said, detail=detail)
    assert len(made.written.splitlines()) == 1
    read_back = json.loads(json.dumps(dict(made.detail)))
    assert list(examine(replace(made, detail=read_back), None)) == []


@pytest.mark.holds("S-15")
def test_no_address_comes_into_the_log_by_what_a_line_is_about_or_tells():
    made = line(
        None,
        NOW,
        Event.SUBSCRIBER_VIEWED,
        member="maya@clinic.test",
        about="ada@readers.test",
        detail={"wrote to": ["Ada <ada@readers.test>"], "by": "mailto:ada@readers.test"},
    )
    assert "ada" not in made.written.replace("Ada", "")
    assert "readers" not in made.written
    assert made.member == "maya@clinic.test"  # who signs in by such a name is named by it
    assert line(None, NOW, Event.MEMBER_LOCKED, member="x", about="ben@clinic.test").about.endswith(
        "clinic.test"
    )


def test_an_event_that_there_is_not_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match=r"subscriber\.seen"):
        line(None, NOW, "subscriber.seen", member="maya")


@pytest.mark.holds("S-15")
def test_every_change_of_a_line_shows():
    first = line(None, NOW, Event.SIGNED_IN, member="maya", network="192.0.2.0/24")
    second = line(
        first, NOW, Event.SUBSCRIBER_VIEWED, member="maya", about="subscriber:1f", detail={"page": 1}
    )
    assert list(examine(first, None)) + list(examine(second, first)) == []
    changes = {
        "at": NOW.replace(hour=8), "event": "subscriber.exported", "member": "ben", "about": "subscriber:2f",
        "outcome": "refused", "network": "198.51.100.0/24", "request_id": "x", "detail": {"page": 2},
    }  # fmt: skip
    for name, value in changes.items():
        edited = replace(second, **{name: value})
        assert list(examine(edited, first)) == ["Line 2 was edited: its hash is not that of its words."], name
    other = replace(second, about="subscriber:2f")
    rewritten = replace(other, hash=other.computed_hash)  # with a hash that fits: the next line does not
    third = line(second, NOW, Event.SIGNED_OUT, member="maya")
    assert list(examine(third, rewritten)) == ["Line 3 does not follow the line before it."]
    assert list(examine(third, first)) == ["Line 2 is gone: line 3 comes next."]
