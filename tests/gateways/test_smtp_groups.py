"""Envelopes in one write (RFC 2920) and messages in chunks (RFC 3030): every reply is counted and checked."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from pipeline.core.delivery.relay import Relay, Tls
from pipeline.core.delivery.replies import Cause, Outcome, Stage, Verdict
from pipeline.core.message.wire import Wire
from pipeline.gateways.smtp import Connection, Timeouts
from tests.blocking_smtp import QUICK, BlockingConnection
from tests.scripted_smtp import Cut, Deed, ScriptedSmtp, Slowly, Step, Wait

SENDER = "b+token@bounces.rounds.example"
ADA = "ada@subscriber.example"
BEN = "ben@subscriber.example"
WIRE = Wire(b"Subject: Hello\r\n\r\n", *[b"Hello, Ada.\r\n" * 100] * 40)
SHORT = 0.3
IMPATIENT = replace(QUICK, mail=SHORT, rcpt=SHORT, data=SHORT, block=SHORT, dot=SHORT, reset=SHORT)
GROUPS = b"250-scripted.example\r\n250 PIPELINING\r\n"
CHUNKS = b"250-scripted.example\r\n250-CHUNKING\r\n250 PIPELINING\r\n"
NOBODY = b"550 5.1.1 nobody\r\n"
NO_RECIPIENTS = b"554 5.5.1 no valid recipients\r\n"

both = pytest.mark.parametrize("ehlo", [GROUPS, CHUNKS], ids=["groups", "chunks"])


def connect(server: ScriptedSmtp, timeouts: Timeouts = QUICK) -> BlockingConnection:
    return BlockingConnection(Relay("127.0.0.1", server.port, Tls.NONE), timeouts)


def send(connection: BlockingConnection, rcpt_to: str = ADA, message: bytes | Wire = WIRE) -> Outcome:
    return connection.send(SENDER, rcpt_to, message)


# --- how a message goes


@pytest.mark.parametrize(
    ("ehlo", "message", "by"),
    [(GROUPS, WIRE, "data"), (CHUNKS, WIRE, "bdat"), (CHUNKS, bytes(WIRE), "data")],
    ids=["groups", "chunks", "not a wire"],
)
def test_a_wire_goes_as_it_is_by_the_shortest_way_that_is_offered(
    ehlo: bytes, message: bytes, by: str
) -> None:
    with ScriptedSmtp(ehlo=ehlo) as server, connect(server) as connection:
        for _ in range(3):
            assert send(connection, message=message).verdict is Verdict.ACCEPTED
    assert server.connections == 1
    assert [(each.data, each.by) for each in server.messages] == [(bytes(WIRE), by)] * 3
    assert server.early == [b""] * 3, "nothing may come with the dot"


def test_chunks_without_pipelining_are_not_used() -> None:
    with ScriptedSmtp(ehlo=b"250-relay\r\n250 CHUNKING\r\n") as server, connect(server) as connection:
        assert send(connection).verdict is Verdict.ACCEPTED
    assert "chunk" not in server.stages


@pytest.mark.parametrize(
    "said", [b"250 ok\r\n", b"250 2.0.0 took 1 byte\r\n"], ids=["nothing", "another number"]
)
def test_a_server_that_does_not_name_the_bytes_of_a_chunk_gets_its_messages_by_data(said: bytes) -> None:
    """Without that number a stray 250 would pass for the reply to BDAT, and BDAT's for that to the dot."""
    with ScriptedSmtp(ehlo=CHUNKS, chunk=said) as server, connect(server) as connection:
        for _ in range(2):
            assert send(connection).verdict is Verdict.ACCEPTED
    assert server.connections == 1
    assert [(each.data, each.by) for each in server.messages] == [(bytes(WIRE), "data")] * 2
    assert server.stages.count("chunk") == server.stages.count("rset") == 1


@both
def test_nothing_is_delivered_before_the_dot(ehlo: bytes) -> None:
    with ScriptedSmtp(ehlo=ehlo) as server, connect(server) as connection:
        assert connection.offer(SENDER, ADA, WIRE) is None
        assert server.messages == []
        assert not connection.usable
        assert connection.dot().verdict is Verdict.ACCEPTED
        assert connection.usable


@both
def test_what_is_abandoned_is_never_ended(ehlo: bytes) -> None:
    with ScriptedSmtp(ehlo=ehlo) as server:
        connection = connect(server)
        assert connection.offer(SENDER, ADA, WIRE) is None
        assert connection.abandon() == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.ABANDONED)
        connection.close()
        server.hear_out()
    assert server.resets == 1, "a reset takes back what is still on its way"
    assert server.messages == []
    assert "quit" not in server.stages


# --- a refusal within a group


@both
@pytest.mark.parametrize(
    ("stage", "refusal", "verdict", "cause"),
    [
        ("mail", b"550 5.7.1 not you\r\n", Verdict.NOT_SENT, Cause.SENDER),
        ("mail", b"451 4.3.0 later\r\n", Verdict.NOT_SENT, Cause.SENDER),
        ("rcpt", NOBODY, Verdict.REFUSED, Cause.BAD_ADDRESS),
        ("rcpt", b"451 4.7.1 greylisted\r\n", Verdict.DEFERRED, Cause.GREYLISTED),
        ("rcpt", b"554 5.7.1 policy\r\n", Verdict.REFUSED, Cause.POLICY),
        ("third", b"451 4.3.0 later\r\n", Verdict.NOT_SENT, Cause.DATA_REFUSED),
        ("third", b"552 5.3.4 too much\r\n", Verdict.NOT_SENT, Cause.DATA_REFUSED),
        ("dot", NOBODY, Verdict.REFUSED, Cause.BAD_ADDRESS),
        ("dot", b"451 4.3.0 later\r\n", Verdict.DEFERRED, Cause.TEMPORARY),
    ],
)
def test_a_refusal_is_the_recipients_own_and_the_next_one_has_the_connection(
    ehlo: bytes, stage: str, refusal: bytes, verdict: Verdict, cause: Cause
) -> None:
    stage = stage.replace("third", "data" if ehlo is GROUPS else "chunk")
    good = ANSWERS.get(stage, b"250 ok\r\n")
    with ScriptedSmtp(ehlo=ehlo, **{stage: [refusal, good]}) as server, connect(server) as connection:
        outcome = send(connection)
        assert (outcome.verdict, outcome.cause) == (verdict, cause)
        if stage == "chunk":  # there is no 354 to show that a server goes in step with us
            assert not connection.usable
            return
        assert connection.usable
        assert send(connection, BEN).verdict is Verdict.ACCEPTED
    assert server.connections == 1
    assert ("rset" in server.stages) == (stage != "dot")
    assert len([each for each in server.messages if b"ben@" in each.rcpt_to]) == 1
    assert len(server.messages) == 1 + (stage == "dot")


def test_a_server_that_waits_for_a_message_to_nobody_is_left_without_a_dot() -> None:
    """RFC 2920 section 3.1 lets it say 354; a dot now might deliver an empty message to somebody."""
    with (
        ScriptedSmtp(ehlo=GROUPS, rcpt=NOBODY, data=b"354 go on\r\n") as server,
        connect(server) as connection,
    ):
        assert send(connection).cause is Cause.BAD_ADDRESS
        assert not connection.usable
    assert server.messages == []
    assert server.unfinished == [b""], "not even RSET, which would be a line of the message"


@both
@pytest.mark.parametrize("stage", ["mail", "rcpt", "third", "dot"])
def test_a_421_within_a_group_ends_the_connection_at_once(ehlo: bytes, stage: str) -> None:
    stage = stage.replace("third", "data" if ehlo is GROUPS else "chunk")
    with (
        ScriptedSmtp(ehlo=ehlo, **{stage: (b"421 4.7.0 closing\r\n", Deed.STALL)}) as server,
        connect(server) as connection,
    ):
        outcome = send(connection)
        assert outcome.reply is not None
        assert outcome.reply.code == 421
        assert outcome.verdict is (Verdict.DEFERRED if stage in {"rcpt", "dot"} else Verdict.NOT_SENT)
        assert not connection.usable
    assert "quit" not in server.stages


def test_a_limit_of_messages_for_each_connection_costs_a_connection_and_no_recipient() -> None:
    limit = [b"250 ok\r\n"] * 3 + [b"421 4.7.0 enough for one connection\r\n"] + [b"250 ok\r\n"] * 3
    with ScriptedSmtp(ehlo=GROUPS, mail=limit) as server:
        with connect(server) as first:
            outcomes = [send(first) for _ in range(4)]
        assert [each.cause for each in outcomes] == [Cause.ACCEPTED] * 3 + [Cause.CLOSING]
        assert outcomes[-1].verdict is Verdict.NOT_SENT
        with connect(server) as second:
            assert send(second).verdict is Verdict.ACCEPTED


def test_what_was_said_whole_about_a_recipient_stands_when_the_line_ends_after_it() -> None:
    with (
        ScriptedSmtp(ehlo=GROUPS, rcpt=(NOBODY, Deed.DROP)) as server,
        connect(server) as connection,
    ):
        assert send(connection).cause is Cause.BAD_ADDRESS
        assert not connection.usable


@both
@pytest.mark.parametrize("step", [Deed.DROP, Deed.RESET, Deed.STALL, b"25", b"garbage\r\n"], ids=str)
@pytest.mark.parametrize(("stage", "number"), [("mail", 0), ("rcpt", 1), ("third", 2)])
def test_a_group_that_breaks_off_means_surely_not_sent(
    ehlo: bytes, stage: str, number: int, step: Step
) -> None:
    stage = stage.replace("third", "data" if ehlo is GROUPS else "chunk")
    broken: Step = (step, Deed.STALL) if isinstance(step, bytes) else step
    with ScriptedSmtp(ehlo=ehlo, **{stage: broken}) as server, connect(server, IMPATIENT) as connection:
        outcome = send(connection)
        assert not connection.usable
    assert outcome.verdict is Verdict.NOT_SENT
    assert outcome.stage is (Stage.MAIL, Stage.RCPT, Stage.DATA)[number]
    assert outcome.cause in {Cause.LOST, Cause.TIMEOUT, Cause.GARBLED}
    assert server.messages == []


def test_each_reply_of_a_group_has_its_own_patience() -> None:
    late = {stage: (Wait(0.7), answer) for stage, answer in (("mail", b"250 a\r\n"), ("rcpt", b"250 b\r\n"))}
    hasty = replace(QUICK, mail=1.0, rcpt=1.0)
    with ScriptedSmtp(ehlo=GROUPS, **late) as server, connect(server, hasty) as connection:
        assert send(connection).verdict is Verdict.ACCEPTED


# --- a server out of step


ANSWERS = {
    "mail": b"250 2.1.0 a\r\n",
    "rcpt": b"250 2.1.5 b\r\n",
    "data": b"354 go on\r\n",
    "chunk": b"250 %d bytes\r\n" % len(WIRE),
}
EXTRA = [b"250 extra\r\n", b"250-ex\r\n250 tra\r\n", b"354 extra\r\n", NOBODY, b"451 4.7.1 extra\r\n", b"x"]


@both
@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("extra", EXTRA, ids=str)
@pytest.mark.parametrize("stage", ["mail", "rcpt", "third"])
def test_a_reply_that_nobody_asked_for_blames_nobody_and_accepts_nothing(
    ehlo: bytes, stage: str, extra: bytes, where: str
) -> None:
    stage = stage.replace("third", "data" if ehlo is GROUPS else "chunk")
    for pause, between in ((0.0, 0.0), (0.0, 0.05), (0.05, 0.0)):
        said = [ANSWERS[stage], extra] if where == "after" else [extra, ANSWERS[stage]]
        step = (said[0], Wait(between), said[1], Wait(pause))
        with ScriptedSmtp(ehlo=ehlo, **{stage: step}) as server, connect(server, IMPATIENT) as connection:
            outcome = connection.offer(SENDER, ADA, WIRE)
            if outcome is None:
                connection.listen(0.1)
                outcome = connection.dot()
            assert outcome.verdict is Verdict.NOT_SENT
            assert not connection.usable
        assert server.messages == []


@both
def test_a_verdict_is_the_recipients_own_however_its_reply_arrives(ehlo: bytes) -> None:
    """Row 46: per-recipient verdicts equal the script, byte by byte or with a pause between line and line."""
    script = [b"250 ok\r\n", NOBODY, b"250-a\r\n250 b\r\n", b"451 4.7.1 later\r\n", b"250 ok\r\n"]
    want = [Verdict.ACCEPTED, Verdict.REFUSED, Verdict.ACCEPTED, Verdict.DEFERRED, Verdict.ACCEPTED]
    third = "data" if ehlo is GROUPS else "chunk"
    slowly: dict[str, Step | list[Step]] = {
        "mail": Slowly(ANSWERS["mail"]),
        "rcpt": [Slowly(each) for each in script],
        "dot": (Wait(0.02), Slowly(b"250-kept\r\n250 queued as X\r\n")),
    }
    with ScriptedSmtp(ehlo=ehlo, **slowly) as server, connect(server) as connection:
        assert [send(connection).verdict for _ in script] == want
    assert server.connections == 1
    assert server.stages.count(third) == (len(script) if third == "chunk" else 3 + 2)


@both
def test_a_stray_reply_between_body_and_dot_is_not_read_as_the_answer_to_the_dot(ehlo: bytes) -> None:
    third = (
        {"data": b"354 go on\r\n"}
        if ehlo is GROUPS
        else {"chunk": (ANSWERS["chunk"], Wait(0.1), b"250 x\r\n")}
    )
    body: dict[str, Step] = {"body": Cut(len(WIRE), (Wait(0.1), b"250 x\r\n"))} if ehlo is GROUPS else {}
    for heard_by_the_loop in (False, True):
        with ScriptedSmtp(ehlo=ehlo, **third, **body) as server, connect(server) as connection:
            assert connection.offer(SENDER, ADA, WIRE) is None
            (connection.listen if heard_by_the_loop else time.sleep)(0.4)
            assert connection.dot() == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.DESYNC)
        assert server.messages == []


# --- a peer that does not read


@pytest.mark.parametrize("deed", [Deed.STALL, Deed.SIP], ids=["reads nothing", "a byte at a time"])
@both
def test_a_peer_without_room_for_the_body_gets_no_dot(ehlo: bytes, deed: Deed) -> None:
    """Row 47: all of the message fits into our kernel, but not into the window of the peer."""
    with (
        ScriptedSmtp(ehlo=ehlo, body=Cut(1, deed), receive_buffer=4096) as server,
        connect(server, IMPATIENT) as connection,
    ):
        outcome = send(connection)
    assert outcome.verdict is Verdict.NOT_SENT
    assert outcome.cause is Cause.TIMEOUT
    assert server.messages == []


@both
def test_a_peer_that_makes_room_late_gets_its_message(ehlo: bytes) -> None:
    with (
        ScriptedSmtp(ehlo=ehlo, body=Cut(1, Wait(SHORT)), receive_buffer=4096) as server,
        connect(server) as connection,
    ):
        assert send(connection).verdict is Verdict.ACCEPTED
    assert server.messages[0].data == bytes(WIRE)


@pytest.mark.parametrize("said", [b"552 5.3.4 enough\r\n", b"250 kept\r\n"])
def test_a_server_that_speaks_into_a_body_is_left_at_once(said: bytes) -> None:
    big = Wire(b"Subject: Big\r\n\r\n", *[(b"x" * 70 + b"\r\n") * 100] * 1000)
    with ScriptedSmtp(ehlo=GROUPS, body=Cut(1, (said, Deed.STALL))) as server, connect(server) as connection:
        assert send(connection, message=big) == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.DESYNC)
    assert server.messages == []


# --- many at once


@both
def test_twenty_connections_in_one_loop_each_keep_their_own_verdicts(ehlo: bytes) -> None:
    """A storm: every kind of answer and every kind of end at once; what was accepted is what is there."""
    rcpt: list[Step] = [b"250 ok\r\n", NOBODY, b"250 ok\r\n", b"451 4.7.1 later\r\n", b"250-o\r\n250 k\r\n"]
    dot: list[Step] = [
        *[b"250 2.0.0 queued\r\n"] * 9,
        Deed.DROP,
        (b"25", Deed.DROP),
        Slowly(b"250 queued\r\n"),
        b"451 4.3.0 later\r\n",
        b"garbage\r\n",
    ]

    async def lane(server: ScriptedSmtp, name: int) -> list[tuple[str, Outcome]]:
        relay = Relay("127.0.0.1", server.port, Tls.NONE)
        connection = await Connection.open(relay, "rounds.example", QUICK)
        ended = []
        for number in range(25):
            if not connection.usable:
                await connection.close()
                connection = await Connection.open(relay, "rounds.example", QUICK)
            address = f"reader{name}.{number}@subscriber.example"
            outcome = await connection.offer(SENDER, address, WIRE)
            ended.append((address, outcome or await connection.dot()))
        await connection.close()
        return ended

    async def storm(server: ScriptedSmtp) -> list[tuple[str, Outcome]]:
        lanes = await asyncio.gather(*(lane(server, name) for name in range(20)))
        return [each for ended in lanes for each in ended]

    with ScriptedSmtp(ehlo=ehlo, rcpt=rcpt * 200, dot=dot * 200) as server:
        ended = asyncio.run(storm(server))
    there = {each.rcpt_to.split(b"<")[1].split(b">")[0].decode() for each in server.messages}
    accepted = {address for address, outcome in ended if outcome.verdict is Verdict.ACCEPTED}
    unknown = {address for address, outcome in ended if outcome.verdict is Verdict.UNKNOWN}
    assert len(ended) == 500
    assert accepted <= there
    assert accepted
    assert unknown
    refused = {
        a for a, outcome in ended if outcome.stage is Stage.DOT and outcome.verdict is Verdict.DEFERRED
    }
    assert there == accepted | unknown | refused
    assert all(each.data == bytes(WIRE) for each in server.messages)
    assert set(server.early) == {b""}


def test_a_task_that_is_cancelled_leaves_no_connection_in_the_middle_of_a_message() -> None:
    async def cancelled(server: ScriptedSmtp) -> None:
        connection = await Connection.open(Relay("127.0.0.1", server.port, Tls.NONE), "rounds.example", QUICK)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connection.offer(SENDER, ADA, WIRE), 0.1)
        assert not connection.usable
        await connection.close()

    with ScriptedSmtp(ehlo=GROUPS, rcpt=Deed.STALL) as server:
        asyncio.run(cancelled(server))
    assert server.messages == []
