"""The client against servers that behave, misbehave and die at every stage (delivery.md C4, rows 35 to 47).

Every test runs twice: against a server that takes one command at a time, and one that offers PIPELINING.
"""

from __future__ import annotations

import select
import socket
from dataclasses import replace

import pytest

from pipeline.core.delivery.relay import Relay, Tls
from pipeline.core.delivery.replies import Cause, Outcome, Stage, Verdict
from pipeline.core.errors import BadInput
from pipeline.gateways.smtp import RouteFailed, Timeouts
from tests.blocking_smtp import QUICK, BlockingConnection
from tests.scripted_smtp import GOOD, Cut, Deed, ScriptedSmtp, Slowly, Step, Wait

SENDER = "b+token@bounces.rounds.example"
ADA = "ada@subscriber.example"
BEN = "ben@subscriber.example"
MESSAGE = b"Subject: Hello\r\n\r\nHello, Ada.\r\n.\r\n..two\r\n"
SHORT = 0.3  # seconds, where a test waits for a server that says nothing
IMPATIENT = replace(QUICK, mail=SHORT, rcpt=SHORT, data=SHORT, block=SHORT, dot=SHORT, reset=SHORT)
BIG = b"Subject: Big\r\n\r\n" + (b"x" * 70 + b"\r\n") * 60_000


@pytest.fixture(autouse=True, params=["one by one", "in groups"])
def pipelining(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "in groups":
        monkeypatch.setitem(GOOD, "ehlo", b"250-scripted.example\r\n250 PIPELINING\r\n")


def connect(server: ScriptedSmtp, timeouts: Timeouts = QUICK) -> BlockingConnection:
    return BlockingConnection(Relay("127.0.0.1", server.port, Tls.NONE), timeouts)


def send(connection: BlockingConnection, rcpt_to: str = ADA, message: bytes = MESSAGE) -> Outcome:
    return connection.send(SENDER, rcpt_to, message)


def attempt(server: ScriptedSmtp, timeouts: Timeouts = QUICK, message: bytes = MESSAGE) -> Outcome:
    with connect(server, timeouts) as connection:
        return send(connection, message=message)


# --- the good day


def test_a_message_arrives_whole_and_its_queue_id_is_kept() -> None:
    with ScriptedSmtp() as server:
        outcome = attempt(server)
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.reply is not None
    assert outcome.reply.queue_id == "ABC123"
    (received,) = server.messages
    assert received.data.replace(b"\r\n..", b"\r\n.") == MESSAGE
    assert server.stages == ["ehlo", "mail", "rcpt", "data", "body", "dot", "quit"]


def test_nothing_is_asked_that_was_not_offered() -> None:
    with ScriptedSmtp() as server:
        attempt(server)
    assert server.said_at("mail") == [f"MAIL FROM:<{SENDER}>".encode()]
    assert server.said_at("rcpt") == [f"RCPT TO:<{ADA}>".encode()]


def test_an_offer_of_dsn_and_size_is_used() -> None:
    with (
        ScriptedSmtp(ehlo=b"250-relay\r\n250-SIZE 100000\r\n250 DSN\r\n") as server,
        connect(server) as connection,
    ):
        assert connection.offer(SENDER, ADA, MESSAGE, "delivery-1") is None
        connection.dot()
    assert server.said_at("mail")[0].endswith(f" SIZE={len(MESSAGE)} RET=HDRS ENVID=delivery-1".encode())
    assert server.said_at("rcpt")[0].endswith(f" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{ADA}".encode())


def test_the_dot_waits_until_it_is_asked_for() -> None:
    with ScriptedSmtp() as server, connect(server) as connection:
        assert connection.offer(SENDER, ADA, MESSAGE) is None
        assert server.messages == []
        assert not connection.usable
        assert connection.dot().verdict is Verdict.ACCEPTED
        assert len(server.messages) == 1


def test_many_messages_share_one_connection() -> None:
    with ScriptedSmtp() as server, connect(server) as connection:
        for _ in range(20):
            assert connection.usable
            assert send(connection).verdict is Verdict.ACCEPTED
    assert server.connections == 1
    assert len(server.messages) == 20


def test_a_server_that_knows_no_ehlo_is_greeted_the_old_way() -> None:
    with ScriptedSmtp(ehlo=b"502 what\r\n") as server:
        assert attempt(server).verdict is Verdict.ACCEPTED
    assert server.stages[:2] == ["ehlo", "helo"]


@pytest.mark.parametrize(
    "message",
    [b".", b".\r\n.\r\n", b"\n.\n", b"\r.\r", b"a\n.\r\nRCPT TO:<eve@x.example>\r\n", b"", b"x" * 100_000],
)
def test_a_body_is_one_message_whatever_is_in_it(message: bytes) -> None:
    with ScriptedSmtp() as server:
        assert attempt(server, message=message).verdict is Verdict.ACCEPTED
    assert len(server.messages) == 1
    assert server.stages == ["ehlo", "mail", "rcpt", "data", "body", "dot", "quit"]


def test_a_big_message_arrives_whole() -> None:
    with ScriptedSmtp() as server:
        assert attempt(server, message=BIG).verdict is Verdict.ACCEPTED
    assert server.messages[0].data == BIG


# --- the route: rows 35 and 36


def test_a_relay_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(RouteFailed, match=f"127.0.0.1:{port} failed at connect") as failed:
        BlockingConnection(Relay("127.0.0.1", port, Tls.NONE))
    assert failed.value.outcome == Outcome(Verdict.NOT_SENT, Stage.CONNECT, None, Cause.ROUTE)


@pytest.mark.parametrize("host", ["x" * 64 + ".example", "relay..example"])
def test_a_relay_whose_name_can_be_no_name_is_the_routes_fault(host: str) -> None:
    with pytest.raises(RouteFailed, match="failed at connect") as failed:
        BlockingConnection(Relay(host, 2525, Tls.NONE))
    assert failed.value.outcome == Outcome(Verdict.NOT_SENT, Stage.CONNECT, None, Cause.ROUTE)


BAD_TALK: list[Step] = [
    b"421 4.3.2 busy\r\n",
    b"554 5.7.1 go away\r\n",
    Deed.DROP,
    Deed.RESET,
    Deed.STALL,
    b"hello?\r\n",
    b"22",
    b"220",
]


@pytest.mark.parametrize("step", BAD_TALK, ids=str)
@pytest.mark.parametrize("stage", ["greeting", "ehlo"])
def test_a_relay_that_will_not_talk_blames_no_recipient(stage: str, step: Step) -> None:
    script = {stage: step, "helo": step}
    hasty = replace(QUICK, greeting=SHORT) if stage == "greeting" else replace(QUICK, helo=SHORT)
    with ScriptedSmtp(**script) as server, pytest.raises(RouteFailed) as failed:
        connect(server, hasty)
    assert failed.value.outcome.verdict is Verdict.NOT_SENT
    assert failed.value.outcome.cause is Cause.ROUTE
    stages = {"greeting": {Stage.GREETING}, "ehlo": {Stage.HELO}}[stage]
    if step is Deed.RESET and stage == "greeting":
        stages.add(Stage.CONNECT)  # the reset may overtake the end of connect()
    assert failed.value.outcome.stage in stages


def test_a_late_greeting_is_waited_for() -> None:
    with ScriptedSmtp(greeting=(Wait(SHORT), b"220 good morning\r\n")) as server:
        assert attempt(server).verdict is Verdict.ACCEPTED


# --- refusals: rows 37, 38, 39 and 49


CODES = ["421 4.3.2 closing", "450 4.2.0 later", "451 4.7.1 later", "452 4.2.2 full", "454 later"]
REFUSALS = ["550 5.1.1 nobody", "552 5.3.4 too big", "553 5.1.3 what", "554 5.7.1 spam"]
STAGES = ["mail", "rcpt", "data", "dot"]


@pytest.mark.parametrize("text", CODES)
@pytest.mark.parametrize("stage", STAGES)
def test_a_passing_refusal_at_any_stage_is_tried_again_and_then_accepted(stage: str, text: str) -> None:
    with ScriptedSmtp(**{stage: [f"{text}\r\n".encode(), *_good(stage)]}) as server:
        first = attempt(server)
        assert first.verdict in {Verdict.DEFERRED, Verdict.NOT_SENT}
        assert first.stage == stage
        assert attempt(server).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("text", REFUSALS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_lasting_refusal_is_the_recipients_only_at_rcpt_and_dot(stage: str, text: str) -> None:
    with ScriptedSmtp(**{stage: f"{text}\r\n".encode()}) as server:
        outcome = attempt(server)
    assert outcome.stage == stage
    assert outcome.verdict is (Verdict.REFUSED if stage in {"rcpt", "dot"} else Verdict.NOT_SENT)
    assert outcome.suppresses == (stage in {"rcpt", "dot"} and " 5.1." in text)


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_refusal_leaves_the_connection_to_the_next_recipient(stage: str) -> None:
    with (
        ScriptedSmtp(**{stage: [b"550 5.7.1 no\r\n", *_good(stage)]}) as server,
        connect(server) as connection,
    ):
        assert send(connection).verdict is not Verdict.ACCEPTED
        assert connection.usable
        assert send(connection, BEN).verdict is Verdict.ACCEPTED
    assert server.connections == 1
    assert "rset" in server.stages
    assert b"ben@" in server.messages[0].rcpt_to


@pytest.mark.parametrize("stage", STAGES)
def test_a_421_ends_the_connection(stage: str) -> None:
    with ScriptedSmtp(**{stage: b"421 4.3.2 closing\r\n"}) as server, connect(server) as connection:
        outcome = send(connection)
        assert outcome.verdict is (Verdict.DEFERRED if stage in {"rcpt", "dot"} else Verdict.NOT_SENT)
        assert not connection.usable
        assert send(connection).cause is Cause.LOST
    assert "quit" not in server.stages


@pytest.mark.parametrize("step", [b"500 what\r\n", Deed.DROP, Deed.STALL, b"garbage\r\n"], ids=str)
def test_a_reset_that_fails_costs_the_connection_and_not_the_verdict(step: Step) -> None:
    with (
        ScriptedSmtp(rcpt=b"550 5.1.1 nobody\r\n", rset=step) as server,
        connect(server, IMPATIENT) as connection,
    ):
        assert send(connection).cause is Cause.BAD_ADDRESS
        assert not connection.usable


def test_a_greylisted_recipient_is_accepted_the_second_time_with_the_same_envelope() -> None:
    with ScriptedSmtp(rcpt=[b"451 4.7.1 greylisted\r\n", b"250 ok\r\n"]) as server:
        assert attempt(server).cause is Cause.GREYLISTED
        assert attempt(server).verdict is Verdict.ACCEPTED
    assert len(set(server.said_at("mail"))) == len(set(server.said_at("rcpt"))) == 1


# --- the line breaks before the dot: rows 40 and 47


@pytest.mark.parametrize(
    "step",
    [
        Deed.DROP,
        Deed.RESET,
        Deed.STALL,
        b"25",
        b"garbage\r\n",
        b"250-a\r\n550 b\r\n",
        b"250 \0\r\n",
        b"x" * 9000,
    ],
    ids=str,
)
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_broken_line_before_the_dot_means_surely_not_sent(stage: str, step: Step) -> None:
    with ScriptedSmtp(**{stage: step}) as server, connect(server, IMPATIENT) as connection:
        outcome = send(connection)
        assert not connection.usable
    assert outcome.verdict is Verdict.NOT_SENT
    assert outcome.stage == stage
    assert outcome.cause in {Cause.LOST, Cause.TIMEOUT, Cause.GARBLED}
    assert server.messages == []


@pytest.mark.parametrize("deed", [Deed.DROP, Deed.RESET])
@pytest.mark.parametrize("at", [1, *range(1024, 20 * 1024, 4096)])
def test_a_line_cut_anywhere_in_the_body_means_surely_not_sent(at: int, deed: Deed) -> None:
    with ScriptedSmtp(body=Cut(at, deed)) as server:
        outcome = attempt(server, message=BIG)
    assert outcome.verdict is Verdict.NOT_SENT
    assert outcome.stage is Stage.BODY
    assert server.messages == []


def test_a_server_that_stops_reading_is_left_before_the_dot() -> None:
    with ScriptedSmtp(body=Cut(1024, Deed.STALL)) as server:
        outcome = attempt(server, IMPATIENT, BIG)
    assert outcome == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.TIMEOUT)
    assert server.messages == []


DONE = len(MESSAGE) + 2  # bytes of the body on the wire: two of its lines start with a dot


def test_a_server_that_hung_up_before_the_dot_gets_none() -> None:
    with ScriptedSmtp(body=Cut(DONE, (Wait(0.2), Deed.DROP))) as server, connect(server) as connection:
        assert connection.offer(SENDER, ADA, MESSAGE) is None
        _until_unread(connection)
        assert connection.dot() == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.LOST)
    assert server.messages == []


@pytest.mark.parametrize("said", [b"250 2.0.0 kept\r\n", b"552 5.3.4 enough\r\n", b"x"])
@pytest.mark.parametrize("pause", [0, 0.2], ids=["at once", "once the body is there"])
def test_a_server_that_speaks_before_the_dot_gets_none(pause: float, said: bytes) -> None:
    """A stray 250 read as the answer to the dot would be a message lost in silence."""
    at = DONE if pause else 1
    with ScriptedSmtp(body=Cut(at, (Wait(pause), said))) as server, connect(server) as connection:
        outcome = connection.offer(SENDER, ADA, MESSAGE)
        if outcome is None:
            _until_unread(connection)
            outcome = connection.dot()
        assert not connection.usable
    assert outcome == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.DESYNC)
    assert server.messages == []


def test_an_abandoned_message_has_no_dot_and_the_connection_is_over() -> None:
    with ScriptedSmtp() as server:
        connection = connect(server)
        assert connection.offer(SENDER, ADA, MESSAGE) is None
        assert connection.abandon() == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.ABANDONED)
        assert not connection.usable
        connection.close()
    assert server.messages == []
    assert "quit" not in server.stages


def test_closing_in_the_middle_of_a_message_sends_neither_dot_nor_quit() -> None:
    with ScriptedSmtp() as server, connect(server) as connection:
        assert connection.offer(SENDER, ADA, MESSAGE) is None
    assert server.messages == []
    assert all(b"QUIT" not in each for each in server.unfinished)
    assert "quit" not in server.stages


# --- the dot: rows 41 to 45


@pytest.mark.parametrize(
    ("step", "cause"),
    [
        (Deed.DROP, Cause.REPLY_LOST),
        (Deed.RESET, Cause.REPLY_LOST),
        ((b"25", Deed.DROP), Cause.REPLY_LOST),
        ((b"250 kept", Deed.DROP), Cause.REPLY_LOST),
        ((b"250-kept\r\n", Deed.DROP), Cause.REPLY_LOST),
        (Deed.STALL, Cause.REPLY_TIMEOUT),
        ((b"250 kept", Deed.STALL), Cause.REPLY_TIMEOUT),
        ((b"250-kept\r\n", Deed.STALL), Cause.REPLY_TIMEOUT),
        (Slowly(b"250 " + b"." * 200 + b"\r\n", 0.02), Cause.REPLY_TIMEOUT),
        (b"garbage\r\n", Cause.REPLY_GARBLED),
        (b"250 " + b"x" * 9000 + b"\r\n", Cause.REPLY_GARBLED),
        (b"250 " + b"x" * 9000, Cause.REPLY_GARBLED),
        (b"250 \0\r\n", Cause.REPLY_GARBLED),
        (b"250 \xe9\xff\r\n", Cause.REPLY_GARBLED),
        (b"250-ok\r\n451 no\r\n", Cause.REPLY_GARBLED),
        (b"150 hm\r\n", Cause.REPLY_GARBLED),
        (b"354 go on\r\n", Cause.REPLY_GARBLED),
        (b"\r\n", Cause.REPLY_GARBLED),
    ],
    ids=range(18),
)
def test_anything_but_one_whole_reply_to_the_dot_is_unknown(step: Step, cause: Cause) -> None:
    with ScriptedSmtp(dot=step) as server, connect(server, IMPATIENT) as connection:
        outcome = send(connection)
        assert not connection.usable
    assert server.early == [b""], "nothing may come with the dot"
    assert outcome.verdict is Verdict.UNKNOWN
    assert outcome.stage is Stage.DOT
    assert outcome.cause is cause
    assert len(server.messages) == 1, "the server has it all the same"


@pytest.mark.parametrize("code", [200, 250, 251, 252])
def test_any_whole_2yz_to_the_dot_is_accepted(code: int) -> None:
    with ScriptedSmtp(dot=f"{code} fine\r\n".encode()) as server:
        assert attempt(server).verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    "step",
    [(Wait(0.2), b"250 at last\r\n"), Slowly(b"250-one\r\n250 two\r\n"), b"250-a\r\n250-b\r\n250 c\r\n"],
    ids=str,
)
def test_a_late_slow_or_long_reply_is_still_a_reply(step: Step) -> None:
    with ScriptedSmtp(dot=step) as server:
        assert attempt(server).verdict is Verdict.ACCEPTED


def test_each_stage_has_its_own_patience() -> None:
    timeouts = replace(IMPATIENT, dot=5.0)
    with ScriptedSmtp(dot=(Wait(2 * SHORT), b"250 ok\r\n")) as server:
        assert attempt(server, timeouts).verdict is Verdict.ACCEPTED


def test_the_timeouts_are_those_of_the_standard_and_can_be_scaled() -> None:
    standard = Timeouts()
    stages = (standard.greeting, standard.mail, standard.rcpt, standard.data, standard.block, standard.dot)
    assert stages == (300, 300, 300, 120, 180, 600)
    assert standard.scaled(0.001).dot == pytest.approx(0.6)


# --- a server out of step: row 46


@pytest.mark.parametrize("stage", ["greeting", "ehlo", "mail", "rcpt", "data"])
def test_an_unasked_reply_never_shifts_a_verdict(stage: str) -> None:
    good = {"greeting": b"220 hi\r\n", "data": b"354 go on\r\n"}.get(stage, b"250 ok\r\n")
    with ScriptedSmtp(**{stage: good + b"250 extra\r\n"}) as server:
        try:
            outcome = attempt(server)
        except RouteFailed as failed:
            outcome = failed.outcome
    assert outcome.verdict is Verdict.NOT_SENT
    assert server.messages == []


def test_an_unasked_reply_after_the_verdict_lets_it_stand_and_ends_the_connection() -> None:
    with ScriptedSmtp(dot=b"250 kept\r\n250 extra\r\n") as server, connect(server) as connection:
        assert send(connection).verdict is Verdict.ACCEPTED
        assert not connection.usable


def test_every_recipient_gets_its_own_verdict_though_replies_come_byte_by_byte() -> None:
    script = [
        b"250 2.1.5 ok\r\n",
        b"550 5.1.1 nobody\r\n",
        b"451 4.7.1 later\r\n",
        b"250-2.1.5 a\r\n250 2.1.5 b\r\n",
    ]
    with ScriptedSmtp(rcpt=[Slowly(each) for each in script]) as server, connect(server) as connection:
        verdicts = [send(connection).verdict for _ in script]
    assert verdicts == [Verdict.ACCEPTED, Verdict.REFUSED, Verdict.DEFERRED, Verdict.ACCEPTED]
    assert server.connections == 1


def test_a_server_that_hangs_up_while_idle_is_noticed_before_the_next_message() -> None:
    with (
        ScriptedSmtp(dot=(b"250 kept\r\n", b"421 4.4.2 idle\r\n", Deed.DROP)) as server,
        connect(server) as connection,
    ):
        assert send(connection).verdict is Verdict.ACCEPTED
        _until_unread(connection)
        assert not connection.usable


# --- what is not tried


def test_an_address_that_needs_smtputf8_is_refused_where_it_is_not_offered() -> None:
    with ScriptedSmtp() as server, connect(server) as connection:
        outcome = connection.offer(SENDER, "zoë@subscriber.example", MESSAGE)
        assert outcome == Outcome(Verdict.REFUSED, Stage.RCPT, None, Cause.UNSUPPORTED_ADDRESS)
        assert send(connection).verdict is Verdict.ACCEPTED


def test_an_address_that_needs_smtputf8_is_sent_where_it_is_offered() -> None:
    with (
        ScriptedSmtp(ehlo=b"250-relay\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n") as server,
        connect(server) as connection,
    ):
        assert send(connection, "zoë@subscriber.example").verdict is Verdict.ACCEPTED
    assert server.said_at("mail")[0].endswith(b" BODY=8BITMIME SMTPUTF8")
    assert server.said_at("rcpt") == ["RCPT TO:<zoë@subscriber.example>".encode()]


def test_a_message_over_the_relays_limit_is_not_tried() -> None:
    with ScriptedSmtp(ehlo=b"250-relay\r\n250 SIZE 20\r\n") as server, connect(server) as connection:
        assert send(connection).cause is Cause.TOO_LARGE
    assert "mail" not in server.stages


@pytest.mark.parametrize(
    "rcpt_to", ["a@b.example>\r\nRCPT TO:<eve@x.example", "a\0@b.example", "a b@c.example", ""]
)
def test_no_address_can_become_a_second_command(rcpt_to: str) -> None:
    with ScriptedSmtp() as server, connect(server) as connection:
        with pytest.raises(BadInput):
            connection.offer(SENDER, rcpt_to, MESSAGE)
        assert connection.usable
    assert server.stages == ["ehlo", "quit"]


def test_a_dot_does_not_wait_for_the_acknowledgement_of_the_body() -> None:
    with ScriptedSmtp() as server, connect(server) as connection:
        assert connection.connection._stream._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_steps_out_of_order_are_a_mistake_of_ours() -> None:
    with ScriptedSmtp() as server, connect(server) as connection:
        with pytest.raises(RuntimeError, match="offer"):
            connection.dot()
        connection.offer(SENDER, ADA, MESSAGE)
        with pytest.raises(RuntimeError, match="dot"):
            connection.offer(SENDER, BEN, MESSAGE)


def _good(stage: str) -> list[Step]:
    return {"data": [b"354 go on\r\n"]}.get(stage, [b"250 ok\r\n"])


def _until_unread(connection: BlockingConnection) -> None:
    """Wait until what the server sent or did has reached this side, read or unread."""
    stream = connection.connection._stream
    assert stream.received or stream._lost or select.select([stream._socket], [], [], 5)[0]
