"""The judge itself: for each promise a run that breaks it, made by hand, and one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.faults.checker import Audience, Dot, Row, check, read_log, uid_of

ADA = Row(1, "a" * 32, "ada@readers.test", "accepted")
BEN = Row(2, "b" * 32, "ben@readers.test", "accepted")
ROWS = [ADA, BEN]


def dot(row: Row, at: float = 1.0, *, kept: bool = True, fate: str = "250", crc: str = "0") -> Dot:
    return Dot(at, f"<{row.uid}@rounds.example>", row.address, kept, fate, crc)


DOTS = [dot(ADA), dot(BEN, 2.0)]
ISSUE = Audience(
    1, "finished", frozenset({ADA.address, BEN.address}), 2, {}, {"accepted": 2}, status_audience=2
)


def only(verdicts, name):
    """The one broken promise, so that a test sees that no other verdict speaks up as well."""
    assert set(verdicts.broken) == {name}, verdicts.broken
    return verdicts.broken[name]


def test_a_good_run_breaks_nothing():
    verdicts = check(ROWS, DOTS, [ISSUE], withdrawn={ADA.address: 1.5}, outbox=[])
    assert verdicts.broken == {}
    assert (verdicts.messages, verdicts.copies, verdicts.duplicated) == (2, 2, 0)


def test_an_accepted_delivery_that_the_sink_never_had_is_lost():
    assert len(only(check(ROWS, DOTS[:1]), "lost")) == 1


def test_a_yes_of_a_sink_that_kept_nothing_is_the_sinks_affair():
    assert check([ADA], [dot(ADA, kept=False)]).broken == {}


def test_an_accepted_delivery_whose_only_dot_was_refused_is_lost():
    only(check([ADA], [dot(ADA, kept=False, fate="451")]), "lost")


def test_a_member_of_the_audience_without_a_row_is_lost():
    more = replace(
        ISSUE,
        members=ISSUE.members | {"cleo@readers.test"},
        audience_count=2,
        status={},
        status_audience=None,
    )
    assert "lost" in check(ROWS, DOTS, [more]).broken


def test_a_member_who_is_counted_as_left_out_is_not_lost():
    more = replace(
        ISSUE,
        members=ISSUE.members | {"cleo@readers.test"},
        audience_count=3,
        left_out={"withdrawn": 1},
        status_audience=3,
    )
    assert check(ROWS, DOTS, [more]).broken == {}


@pytest.mark.parametrize(
    ("row", "copies"),
    [
        (ADA, 2),  # no doubt at all
        (replace(ADA, ambiguous_attempts=2, doubts=("reply_lost",) * 2), 3),  # more than two, ever
        (replace(ADA, ambiguous_attempts=1, doubts=("reply_lost",), policy="never_resend"), 2),
        (
            replace(ADA, ambiguous_attempts=1, doubts=("crash_after_dot",)),
            2,
        ),  # a crash of ours, on a proven route
    ],
)
def test_copies_beyond_what_is_promised_are_found(row, copies):
    only(check([row], [dot(row, n) for n in range(copies)]), "beyond_g4")


@pytest.mark.parametrize(
    ("row", "proven"),
    [
        (replace(ADA, ambiguous_attempts=1, doubts=("reply_lost",)), True),
        (replace(ADA, ambiguous_attempts=1, doubts=("owner_lost",)), True),
        (replace(ADA, ambiguous_attempts=1, doubts=("crash_after_dot",)), False),
        (replace(ADA, ambiguous_attempts=1, doubts=("crash_after_dot",), policy="always_resend"), True),
    ],
)
def test_a_second_copy_that_a_doubt_explains_is_within_the_promise(row, proven):
    verdicts = check([row], [dot(row), dot(row, 2.0)], proven=proven)
    assert verdicts.broken == {}
    assert (verdicts.duplicated, verdicts.ambiguous) == (1, 1)


def test_a_copy_after_a_refusal_of_a_kept_message_is_counted_as_the_servers():
    verdicts = check([ADA], [dot(ADA, fate="451"), dot(ADA, 2.0)])
    assert verdicts.broken == {}
    assert (verdicts.duplicated, verdicts.lied) == (0, 1)


def test_more_doubts_than_the_killed_connections_explain_are_found():
    rows = [
        replace(r, state="presumed_accepted", ambiguous_attempts=1, doubts=("crash_after_dot",)) for r in ROWS
    ]
    only(check(rows, DOTS, kills=1, connections=1), "beyond_g4")
    assert check(rows, DOTS, kills=1, connections=2).broken == {}


def test_a_dot_long_after_an_acknowledged_goodbye_is_found_whatever_became_of_it():
    late = dot(ADA, 3.0, kept=False, fate="drop")
    assert (
        "after_unsubscribe"
        in check([replace(ADA, state="suppressed")], [late], withdrawn={ADA.address: 1.9}).broken
    )


def test_a_dot_within_the_bound_of_a_goodbye_is_measured_and_no_breach():
    verdicts = check([ADA], [dot(ADA, 1.9)], withdrawn={ADA.address: 1.5})
    assert verdicts.broken == {}
    assert verdicts.unsubscribe_delays == (pytest.approx(0.4),)


def test_mail_without_a_delivery_is_a_phantom():
    stray = Dot(1.0, "<0123@rounds.example>", "ada@readers.test", True, "250", "0")
    only(check(ROWS, [*DOTS, stray]), "phantom")


def test_mail_to_another_recipient_than_its_deliverys_is_a_phantom():
    only(check([ADA], [replace(dot(ADA), recipient="ben@readers.test")]), "phantom")


def test_mail_that_no_consent_allowed_is_a_phantom():
    row = replace(ADA, consent_event=None)
    only(check([row], [dot(row)]), "phantom")


@pytest.mark.parametrize("state", ["queued", "leased", "sending", "unknown"])
def test_a_delivery_that_is_not_settled_is_stuck(state):
    only(check([replace(ADA, state=state)], []), "stuck")


def test_a_mailing_that_finished_over_an_open_delivery_is_stuck():
    rows = [replace(ADA, state="queued"), BEN]
    issue = replace(ISSUE, status={})
    assert any("finished with" in s for s in only(check(rows, DOTS[1:], [issue]), "stuck"))


def test_a_mailing_that_never_finishes_is_stuck():
    only(check(ROWS, DOTS, [replace(ISSUE, state="sending")]), "stuck")


@pytest.mark.parametrize(
    "issue",
    [
        replace(ISSUE, audience_count=3, status_audience=3),
        replace(ISSUE, left_out={"withdrawn": 1}),
        replace(ISSUE, status={"accepted": 1}),
        replace(ISSUE, status={"accepted": 2, "failed": 1}),
        replace(ISSUE, status_audience=5),
    ],
)
def test_figures_that_differ_from_the_table_are_miscounted(issue):
    assert "miscounted" in check(ROWS, DOTS, [issue]).broken


def test_two_deliveries_to_one_mailbox_are_miscounted():
    twin = replace(ADA, id=3, uid="c" * 32, address="ADA@readers.test")
    assert "miscounted" in check([ADA, twin], [dot(ADA), dot(twin)]).broken


def test_copies_that_differ_are_altered():
    row = replace(ADA, ambiguous_attempts=1, doubts=("reply_lost",))
    only(check([row], [dot(row), dot(row, 2.0, crc="1")]), "altered")


def test_a_failure_without_a_doubt_of_what_the_sink_has_is_misjudged():
    only(check([replace(ADA, state="failed")], [dot(ADA)]), "misjudged")


def test_an_end_that_the_script_does_not_allow_is_misjudged():
    row = replace(ADA, address="r1.greylist@readers.test", state="failed")
    only(check([row], [], ends={"greylist": frozenset({"accepted"})}), "misjudged")


def test_a_goodbye_allows_the_end_of_any_script():
    row = replace(ADA, address="r1.greylist@readers.test", state="suppressed")
    ends = {"greylist": frozenset({"accepted"})}
    assert check([row], [], ends=ends, withdrawn={row.address: 1.0}).broken == {}


def test_presumed_deliveries_may_be_wrong_once_in_a_thousand_and_not_more():
    rows = [
        Row(n, f"{n:032x}", f"r{n}@readers.test", "presumed_accepted", 1, ("crash_after_dot",))
        for n in range(2000)
    ]
    assert check(rows, [dot(r) for r in rows[2:]]).broken == {}
    only(check(rows, [dot(r) for r in rows[3:]]), "presumed_missing")


def test_what_is_left_in_the_outbox_of_a_settled_delivery_is_found():
    only(check(ROWS, DOTS, outbox=[(1, "accepted")]), "outbox_left")
    only(check(ROWS, DOTS, outbox=[(9, None)]), "outbox_left")


def test_a_half_line_at_the_end_of_the_log_is_left_out():
    whole = f"D 2000000000 1 4 <{ADA.uid}@rounds.example> ada@readers.test kept 250 0a plain\n"
    [read] = read_log(["C 1 1 4\n", whole, whole[:30]])
    assert (read.at, uid_of(read.message_id), read.kept, read.connection) == (2.0, ADA.uid, True, 4)


def test_a_doubt_without_a_cut_reply_and_a_cut_reply_without_a_doubt_are_misjudged():
    cuts = {"plain": (0, 0), "keptdrop": (1, 1)}
    for name, doubts in (("plain", 1), ("keptdrop", 0)):
        row = replace(ADA, address=f"r1.{name}@readers.test", ambiguous_attempts=doubts)
        only(check([row], [dot(row)], cuts=cuts), "misjudged")
        good = replace(row, ambiguous_attempts=1 - doubts)
        assert check([good], [dot(good)], cuts=cuts).broken == {}
