"""Every row of the table of outcomes (delivery.md B5), and every way in which a reply can be bad."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.core.delivery import lifecycle
from pipeline.core.delivery.replies import (
    ENVELOPE,
    GO_AHEAD,
    LINE_LIMIT,
    Cause,
    Failure,
    Outcome,
    Reply,
    Stage,
    Verdict,
    acceptance,
    classify,
    judge_envelope,
    succeeded,
    take_reply,
)

V, C, S, F = Verdict, Cause, Stage, Failure

ROUTE = [S.CONNECT, S.GREETING, S.HELO]
TABLE: list[tuple[Stage, str | Failure, Verdict, Cause]] = [
    # The route: no recipient is blamed.
    (S.CONNECT, F.UNREACHABLE, V.NOT_SENT, C.ROUTE),
    (S.CONNECT, F.TIMEOUT, V.NOT_SENT, C.ROUTE),
    *((stage, failure, V.NOT_SENT, C.ROUTE) for stage in ROUTE for failure in (F.LOST, F.TIMEOUT, F.GARBLED)),
    (S.GREETING, "421 busy", V.NOT_SENT, C.ROUTE),
    (S.GREETING, "554 go away", V.NOT_SENT, C.ROUTE),
    (S.HELO, "550 who are you", V.NOT_SENT, C.ROUTE),
    (S.STARTTLS, "454 not now", V.NOT_SENT, C.ROUTE),
    (S.STARTTLS, "502 unknown", V.NOT_SENT, C.TLS),
    (S.STARTTLS, F.TLS, V.NOT_SENT, C.TLS),
    (S.STARTTLS, F.LOST, V.NOT_SENT, C.ROUTE),
    (S.AUTH, "535 5.7.8 wrong", V.NOT_SENT, C.LOGIN),
    (S.AUTH, "454 4.7.0 not now", V.NOT_SENT, C.ROUTE),
    (S.AUTH, F.LOST, V.NOT_SENT, C.ROUTE),
    # MAIL: the sender or the route.
    (S.MAIL, "450 later", V.NOT_SENT, C.SENDER),
    (S.MAIL, "452 full", V.NOT_SENT, C.SENDER),
    (S.MAIL, "550 5.7.1 not you", V.NOT_SENT, C.SENDER),
    (S.MAIL, "552 too big", V.NOT_SENT, C.SENDER),
    (S.MAIL, "421 4.7.0 closing", V.NOT_SENT, C.CLOSING),
    # RCPT: the recipient, later.
    (S.RCPT, "421 4.3.2 closing", V.DEFERRED, C.GREYLISTED),
    (S.RCPT, "450 4.2.0 greylisted", V.DEFERRED, C.GREYLISTED),
    (S.RCPT, "451 4.7.1 greylisted", V.DEFERRED, C.GREYLISTED),
    (S.RCPT, "452 4.7.28 slow down", V.DEFERRED, C.GREYLISTED),
    (S.RCPT, "452 4.2.2 full", V.DEFERRED, C.TEMPORARY),
    (S.RCPT, "454 no", V.DEFERRED, C.TEMPORARY),
    # RCPT: the recipient, never.
    (S.RCPT, "550 5.1.1 no such user", V.REFUSED, C.BAD_ADDRESS),
    (S.RCPT, "550 5.1.10 null MX", V.REFUSED, C.BAD_ADDRESS),
    (S.RCPT, "553 5.1.3 syntax", V.REFUSED, C.BAD_ADDRESS),
    (S.RCPT, "550 5.1.8 your sender domain", V.REFUSED, C.POLICY),
    (S.RCPT, "552 5.2.2 full", V.DEFERRED, C.TEMPORARY),
    (S.RCPT, "552 no room", V.DEFERRED, C.TEMPORARY),  # RFC 5321 section 4.5.3.1.10
    (S.RCPT, "550 5.2.1 disabled", V.REFUSED, C.BAD_ADDRESS),
    (S.RCPT, "550 no such user here", V.REFUSED, C.BAD_ADDRESS),
    (S.RCPT, "550 no", V.REFUSED, C.PERMANENT),
    (S.RCPT, "550 5.7.1 blocked", V.REFUSED, C.POLICY),
    (S.RCPT, "554 5.7.1 blocked", V.REFUSED, C.POLICY),
    (S.RCPT, "554 policy", V.REFUSED, C.POLICY),
    # DATA is not 354, or the line breaks before the dot.
    (S.DATA, "451 later", V.NOT_SENT, C.DATA_REFUSED),
    (S.DATA, "554 no valid recipients", V.NOT_SENT, C.DATA_REFUSED),
    (S.DATA, "421 closing", V.NOT_SENT, C.CLOSING),
    (S.DATA, "250 what", V.NOT_SENT, C.GARBLED),
    *(
        (stage, failure, V.NOT_SENT, cause)
        for stage in (S.MAIL, S.RCPT, S.DATA, S.BODY)
        for failure, cause in (
            (F.LOST, C.LOST),
            (F.TIMEOUT, C.TIMEOUT),
            (F.GARBLED, C.GARBLED),
            (F.DESYNC, C.DESYNC),
        )
    ),
    *((stage, reply, V.NOT_SENT, C.GARBLED) for stage in (S.MAIL, S.RCPT) for reply in ("150 x", "354 x")),
    # The dot.
    *((S.DOT, f"{code} kept", V.ACCEPTED, C.ACCEPTED) for code in (200, 250, 251, 252, 299)),
    *((S.DOT, f"{code} later", V.DEFERRED, C.TEMPORARY) for code in (421, 450, 451, 452, 454)),
    (S.DOT, "550 5.1.1 nobody", V.REFUSED, C.BAD_ADDRESS),
    (S.DOT, "552 5.3.4 too big", V.REFUSED, C.TOO_LARGE),
    (S.DOT, "552 5.2.2 full", V.DEFERRED, C.TEMPORARY),
    (S.DOT, "554 5.7.1 spam", V.REFUSED, C.POLICY),
    (S.DOT, F.LOST, V.UNKNOWN, C.REPLY_LOST),
    (S.DOT, F.TIMEOUT, V.UNKNOWN, C.REPLY_TIMEOUT),
    (S.DOT, F.GARBLED, V.UNKNOWN, C.REPLY_GARBLED),
    (S.DOT, "150 hm", V.UNKNOWN, C.REPLY_GARBLED),
    (S.DOT, "354 go on", V.UNKNOWN, C.REPLY_GARBLED),
]


def reply(text: str) -> Reply:
    taken = take_reply(f"{text}\r\n".encode())
    assert isinstance(taken, tuple)
    return taken[0]


@pytest.mark.parametrize(("stage", "answer", "verdict", "cause"), TABLE, ids=lambda value: str(value))
def test_the_table_of_outcomes(stage: Stage, answer: str | Failure, verdict: Verdict, cause: Cause) -> None:
    said = answer if isinstance(answer, Failure) else reply(answer)
    kept = said if isinstance(said, Reply) else None
    assert classify(stage, said) == Outcome(verdict, stage, kept, cause)


@pytest.mark.parametrize("stage", Stage)
def test_only_a_reply_to_the_dot_can_accept_and_only_the_dot_can_be_unknown(stage: Stage) -> None:
    for answer in [*Failure, *map(Reply, range(100, 600))]:
        said = answer if isinstance(answer, Reply) else None
        if said and stage is not S.DOT and succeeded(stage, said):
            with pytest.raises(ValueError, match="goes on"):
                classify(stage, said)
            continue
        verdict = classify(stage, answer).verdict
        assert (verdict is V.ACCEPTED) == (stage is S.DOT and said is not None and said.positive)
        assert verdict is not V.UNKNOWN or (
            stage is S.DOT and (said is None or said.code < 200 or 300 <= said.code < 400)
        )
        assert verdict is not V.REFUSED or (stage in {S.RCPT, S.DOT} and said is not None and said.permanent)


def test_only_a_dead_mailbox_suppresses_its_address() -> None:
    assert classify(S.RCPT, reply("550 5.1.1 no such user")).suppresses
    for text in (
        "550 5.7.1 blocked",
        "552 5.2.2 full",
        "550 no",
        "554 no",
        "550 5.1.8 sender",
        "450 4.1.1 later",
    ):
        assert not classify(S.RCPT, reply(text)).suppresses
    assert not classify(S.MAIL, reply("550 5.1.1 hm")).suppresses


def test_the_causes_of_the_unknown_are_those_that_a_delivery_keeps() -> None:
    for failure in (F.LOST, F.TIMEOUT, F.GARBLED):
        assert lifecycle.Cause(classify(S.DOT, failure).cause.value)


def test_a_reply_of_many_lines_is_one_reply() -> None:
    taken = take_reply(b"250-scripted.example\r\n250-SIZE 100\r\n250 DSN\r\n")
    assert taken == (Reply(250, ("scripted.example", "SIZE 100", "DSN")), b"")


@pytest.mark.parametrize("data", [b"250\r\n", b"250 \r\n", b"250\n", b"250 \n"])
def test_a_reply_needs_no_text(data: bytes) -> None:
    assert take_reply(data) == (Reply(250, ("",)), b"")


def test_what_follows_a_reply_is_left_for_the_next() -> None:
    assert take_reply(b"250 one\r\n550 two\r\n") == (Reply(250, ("one",)), b"550 two\r\n")


@pytest.mark.parametrize(
    "data", [b"", b"2", b"25", b"250", b"250 ok", b"250 ok\r", b"250-a\r\n", b"250-a\r\n250 b\r"]
)
def test_half_a_reply_is_no_reply_yet(data: bytes) -> None:
    assert take_reply(data) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n",
        b"ok\r\n",
        b"25\r\n",
        b"2500 ok\r\n",
        b"250ok\r\n",
        b"250_ok\r\n",
        b" 250 ok\r\n",
        b"600 ok\r\n",
        b"050 ok\r\n",
        b"250-ok\r\n451 mixed\r\n",
        b"250-ok\r\n250ok\r\n",
        b"250 a\0b\r\n",
        b"250 a\rb\r\n",
        b"250 \xe9\r\n",
        b"\xff\xfe\r\n",
        "２５０ ok\r\n".encode(),
        b"250 " + b"x" * 9000 + b"\r\n",
        b"250 " + b"x" * 9000,
        b"250-x\r\n" * 20_000 + b"250 x\r\n",
        b"HTTP/1.1 200 OK\r\n",
    ],
    ids=range(20),
)
def test_garbage_is_never_a_reply(data: bytes) -> None:
    assert take_reply(data) is Failure.GARBLED


def test_a_line_just_within_the_limit_is_read() -> None:
    assert isinstance(take_reply(b"250 " + b"x" * (LINE_LIMIT - 4) + b"\r\n"), tuple)


def test_words_in_utf8_may_stand_in_a_reply() -> None:
    assert reply("550 5.1.1 não existe").text == "5.1.1 não existe"


@given(st.binary(max_size=300))
def test_no_bytes_upset_the_reader(data: bytes) -> None:
    take_reply(data)
    take_reply(b"250 " + data)


lines = st.lists(
    st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=50), min_size=1, max_size=5
)


@given(st.integers(200, 599), lines)
def test_a_reply_is_found_only_when_its_last_byte_has_come(code: int, texts: list[str]) -> None:
    data = b"".join(f"{code}-{text}\r\n".encode() for text in texts[:-1]) + f"{code} {texts[-1]}\r\n".encode()
    assert all(take_reply(data[:end]) is None for end in range(len(data)))
    assert take_reply(data) == (Reply(code, tuple(texts)), b"")


@pytest.mark.parametrize(
    ("text", "enhanced"),
    [
        ("550 5.1.1 nobody", "5.1.1"),
        ("550 nobody", None),
        ("550 4.1.1 disagrees", None),
        ("250 2.1.5", "2.1.5"),
        ("550 5.1.1.1 no", None),
        ("550 5.1234.1 no", None),
        ("550-no\r\n550 5.7.26 see above", "5.7.26"),
        ("550 see 5.1.1", None),
    ],
)
def test_an_enhanced_code_must_lead_its_line_and_agree_with_the_code(text: str, enhanced: str | None) -> None:
    assert reply(text).enhanced == enhanced


def test_the_queue_id_of_the_next_hop_is_kept() -> None:
    assert reply("250 2.0.0 Ok: queued as 4XyZ1234").queue_id == "4XyZ1234"
    assert reply("250 ok").queue_id is None


# --- groups


def said(*texts: str) -> list[Reply]:
    return [reply(text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "chunked", "stage", "verdict", "cause"),
    [
        (("550 5.7.1 not you", "503 first MAIL", "503 first MAIL"), False, S.MAIL, V.NOT_SENT, C.SENDER),
        (("250 a", "550 5.1.1 nobody", "554 nobody left"), False, S.RCPT, V.REFUSED, C.BAD_ADDRESS),
        (("250 a", "550 5.1.1 nobody", "354 go on"), False, S.RCPT, V.REFUSED, C.BAD_ADDRESS),
        (("250 a", "550 5.1.1 nobody", "554 nobody left"), True, S.RCPT, V.REFUSED, C.BAD_ADDRESS),
        (("250 a", "250 b", "451 later"), False, S.DATA, V.NOT_SENT, C.DATA_REFUSED),
        (("250 a", "250 b", "552 5.3.4 too much"), True, S.DATA, V.NOT_SENT, C.DATA_REFUSED),
        (("250 a", "550 5.1.1 nobody"), False, S.RCPT, V.REFUSED, C.BAD_ADDRESS),
        # A server out of step: nobody is blamed.
        (("250 a", "550 5.1.1 nobody", "250 b"), False, S.RCPT, V.NOT_SENT, C.DESYNC),
        (("250 a", "550 5.1.1 nobody", "250 b"), True, S.RCPT, V.NOT_SENT, C.DESYNC),
        (("250 a", "550 5.1.1 nobody", "354 go on"), True, S.RCPT, V.NOT_SENT, C.DESYNC),
        (("550 5.1.1 nobody", "250 a", "354 go on"), False, S.MAIL, V.NOT_SENT, C.DESYNC),
        (("550 5.1.1 nobody", "354 go on", "354 go on"), False, S.MAIL, V.NOT_SENT, C.DESYNC),
        (("250 a", "250 b", "250 c"), False, S.DATA, V.NOT_SENT, C.GARBLED),
        (("250 a", "250 b", "354 go on"), True, S.DATA, V.NOT_SENT, C.GARBLED),
    ],
)
def test_the_first_refusal_of_a_group_decides_if_the_rest_agrees(
    texts: tuple[str, ...], chunked: bool, stage: Stage, verdict: Verdict, cause: Cause
) -> None:
    outcome = judge_envelope(said(*texts), chunked=chunked)
    assert outcome is not None
    assert (outcome.stage, outcome.verdict, outcome.cause) == (stage, verdict, cause)


def test_a_group_goes_on_when_every_reply_is_good() -> None:
    assert judge_envelope(said("250 a", "251 b", "354 go on")) is None
    assert judge_envelope(said("250 a", "251 b", "250 c"), chunked=True) is None


codes = st.sampled_from(["250", "251", "354", "550", "421", "25", "2500"])
words = st.sampled_from(["", " ", " ok", "-ok", "\t", " \x00", " é", "ok", " " + "x" * 1001])
ends = st.sampled_from(["\r\n", "\n", "\r", ""])


@given(st.lists(st.tuples(codes, words, ends).map("".join), max_size=4).map("".join))
@example("250 a\r\n250 b\r\n354 c\r\n")
def test_what_is_seen_at_a_glance_is_what_careful_reading_finds(text: str) -> None:
    left: bytes = text.encode()
    if GO_AHEAD.fullmatch(left):
        for stage in ENVELOPE:
            taken = take_reply(left)
            assert isinstance(taken, tuple)
            assert succeeded(stage, taken[0])
            left = taken[1]
        assert left == b""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("250 2.0.0 Ok: 46000 bytes", True),
        ("250 46000 byte chunk received", True),
        ("250 2.6.0 CHUNK received OK, 46000 octets", True),
        ("250 2.0.0 took 46000.", True),
        ("250 2.0.0 Ok", False),
        ("250 2.0.0 Ok: 460001 bytes", False),
        ("250 146000 octets", False),
    ],
)
def test_a_reply_names_a_number_as_a_word(text: str, named: bool) -> None:
    assert reply(text).names(46000) == named


SINGLE = st.builds(
    lambda code, text, end: code + text + end,
    st.sampled_from([b"250", b"200", b"251", b"299", b"354", b"421", b"550", b"150", b"25", b"2500"]),
    st.sampled_from(
        [
            b"",
            b" ",
            b" 2.0.0 Ok: queued as 4F2",
            b"-Ok",
            b" \x00",
            b" \xc3\xa9",
            b"  tab\t",
            b" " + b"x" * 1200,
        ]
    ),
    st.sampled_from([b"\r\n", b"\n", b"", b"\r", b"\r\n250 x\r\n"]),
)


@given(SINGLE)
def test_an_acceptance_seen_at_a_glance_is_what_a_careful_look_finds(said: bytes) -> None:
    """Whatever it does not know goes on to the careful look; what it knows, it knows right."""
    quick = acceptance(said)
    if quick is not None:
        taken = take_reply(said)
        assert isinstance(taken, tuple)
        reply, rest = taken
        assert rest == b""
        assert quick == classify(Stage.DOT, reply)


def test_the_usual_answers_to_a_dot_are_seen_at_a_glance() -> None:
    for said in (b"250 2.0.0 Ok: queued as 4F2\r\n", b"250 Ok\n", b"250\r\n", b"200 \r\n"):
        assert acceptance(said) is not None
    for said in (b"", b"250 2.0.0 Ok", b"250-Ok\r\n250 Ok\r\n", b"354 go on\r\n", b"250 Ok\r\n250 Ok\r\n"):
        assert acceptance(said) is None
