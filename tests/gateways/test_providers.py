"""A provider behind the stages of SMTP: what was surely not sent is never taken for what may have been."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.core.delivery.relay import PROVIDERS, Provider, parse_route_url
from pipeline.core.delivery.replies import Cause, Outcome, Stage, Verdict
from pipeline.core.errors import BadInput
from pipeline.core.message.headers import Sender, list_message_headers
from pipeline.core.message.mime import boundary_for, compose
from pipeline.gateways import providers
from pipeline.gateways.providers import ProviderConnection
from pipeline.gateways.smtp import RouteFailed
from tests.blocking_smtp import QUICK
from tests.scripted_http import ADA, Http, interface

POSTMARK = Provider("postmark")
UID = "0f" * 16
HASTY = replace(QUICK, data=0.3)


def letter(text: str = "Hello, Ada. Grüße.") -> bytes:
    sender = Sender(
        name="Rounds Health",
        address="news@rounds.example",
        reply_to="",
        list_id_domain="lists.rounds.example",
        return_path_domain="bounces.rounds.example",
        feedback_sender_id="roundsmail",
        help_url="https://rounds.example/help",
    )
    fields = list_message_headers(
        sender,
        to=ADA,
        subject="Weekly 😀",
        message_id=f"<{UID}@rounds.example>",
        date=datetime(2026, 11, 23, tzinfo=UTC),
        unsubscribe_url="https://rounds.example/u/t",
        list_label="weekly",
        list_name="Weekly",
        campaign="c1",
    )
    return compose(fields, f"<p>{text}</p>", text, boundary_for(bytes(16)))


@pytest.fixture(autouse=True)
def no_memory_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "_left_out", {})


def options(port: int, **more: str) -> dict[str, str]:
    """The environment of a provider whose interface is at `port`."""
    settings = {"SERVER_TOKEN": "hush", "API_KEY": "hush", "API_TOKEN": "hush", "SECRET_KEY": "hush"}
    settings |= {"API_URL": f"http://127.0.0.1:{port}/", "SENDER_DOMAIN": "rounds.example", **more}
    return {providers.SETTINGS + name: value for name, value in settings.items()}


def attempt(http: Http, provider: Provider = POSTMARK, message: bytes | None = None) -> Outcome:
    async def talk() -> Outcome:
        connection = await ProviderConnection.open(provider, HASTY, options(http.port))
        outcome = await connection.offer("b+x@bounces.rounds.example", ADA, message or letter(), UID)
        assert outcome is None
        assert http.asked == [], "nothing leaves before the dot"
        outcome = await connection.dot()
        assert connection.usable == (outcome.verdict not in (Verdict.UNKNOWN, Verdict.NOT_SENT))
        await connection.close()
        return outcome

    return asyncio.run(talk())


# --- the good day


def test_an_accepted_message_keeps_the_providers_id() -> None:
    with interface(Http()) as http:
        outcome = attempt(http)
    assert outcome.verdict is Verdict.ACCEPTED
    assert outcome.stage is Stage.DOT
    assert outcome.reply is not None
    assert (outcome.reply.code, outcome.reply.queue_id) == (250, "pm-1")
    assert len(http.asked) == 1


def test_a_provider_gets_our_parts_and_our_fields() -> None:
    with interface(Http()) as http:
        attempt(http)
    (sent,) = http.requests
    assert (sent["From"], sent["To"], sent["Subject"]) == (
        "Rounds Health <news@rounds.example>",
        ADA,
        "Weekly 😀",
    )
    assert "Grüße" in str(sent["TextBody"])
    assert "<p>Hello, Ada. Grüße.</p>" in str(sent["HtmlBody"])
    headers = sent["Headers"]
    assert isinstance(headers, list)
    fields = {each["Name"].lower(): each["Value"] for each in headers}
    assert fields["message-id"] == f"<{UID}@rounds.example>"
    assert fields["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert "https://rounds.example/u/t" in fields["list-unsubscribe"]
    assert not {"from", "to", "subject", "date", "mime-version", "content-type", "dkim-signature"} & set(
        fields
    )


def test_a_provider_is_told_the_delivery_and_not_to_track_anybody() -> None:
    with interface(Http()) as http:
        attempt(http)
    (sent,) = http.requests
    assert sent["Metadata"] == {"delivery": UID}
    assert sent["TrackOpens"] is False
    assert sent["TrackLinks"] == "None"


def test_one_session_serves_many_messages() -> None:
    async def talk(port: int) -> list[Verdict]:
        connection = await ProviderConnection.open(POSTMARK, QUICK, options(port))
        verdicts = []
        for _ in range(5):
            assert connection.usable
            assert await connection.offer("", ADA, letter(), UID) is None
            assert not connection.usable
            verdicts.append((await connection.dot()).verdict)
        await connection.close()
        return verdicts

    with interface(Http()) as http:
        assert asyncio.run(talk(http.port)) == [Verdict.ACCEPTED] * 5


def test_what_is_abandoned_is_never_requested() -> None:
    async def talk(port: int) -> Outcome:
        connection = await ProviderConnection.open(POSTMARK, QUICK, options(port))
        assert await connection.offer("", ADA, letter(), UID) is None
        outcome = connection.abandon()
        assert connection.usable
        await connection.close()
        return outcome

    with interface(Http()) as http:
        assert asyncio.run(talk(http.port)) == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.ABANDONED)
    assert http.asked == []


# Only what is needed to be understood: each accepts one message in its own words.
ACCEPTANCES = {
    "brevo": {"messageId": "<id-1@x.example>"},
    "mailgun": {"id": "<id-1@x.example>", "message": "Queued. Thank you."},
    "mandrill": [{"email": ADA, "status": "sent", "_id": "id-1"}],
    "resend": {"id": "id-1"},
    "sparkpost": {"results": {"id": "id-1", "total_accepted_recipients": 1, "total_rejected_recipients": 0}},
    "postal": {
        "status": "success",
        "data": {"message_id": "<id-1@x>", "messages": {ADA: {"id": "id-1"}}},
    },
}


@pytest.mark.parametrize("name", ACCEPTANCES)
def test_other_providers_are_spoken_to_in_their_own_words(name: str) -> None:
    with interface(Http(body=json.dumps(ACCEPTANCES[name]).encode())) as http:
        outcome = attempt(http, Provider(name))
    assert outcome.verdict is Verdict.ACCEPTED, outcome
    assert outcome.reply is not None
    assert "id-1" in outcome.reply.text
    assert "hush" not in outcome.reply.text
    assert len(http.asked) == 1


# --- a complete answer that says no


@pytest.mark.parametrize(
    ("code", "verdict", "stage", "cause"),
    [
        (400, Verdict.REFUSED, Stage.DOT, Cause.POLICY),
        (413, Verdict.REFUSED, Stage.DOT, Cause.TOO_LARGE),
        (429, Verdict.DEFERRED, Stage.DOT, Cause.TEMPORARY),
        (408, Verdict.DEFERRED, Stage.DOT, Cause.TEMPORARY),
        (500, Verdict.DEFERRED, Stage.DOT, Cause.TEMPORARY),
        (503, Verdict.DEFERRED, Stage.DOT, Cause.TEMPORARY),
        (401, Verdict.NOT_SENT, Stage.AUTH, Cause.LOGIN),
        (403, Verdict.NOT_SENT, Stage.AUTH, Cause.LOGIN),
        (404, Verdict.NOT_SENT, Stage.CONNECT, Cause.ROUTE),
        (301, Verdict.NOT_SENT, Stage.CONNECT, Cause.ROUTE),
        (307, Verdict.NOT_SENT, Stage.CONNECT, Cause.ROUTE),
    ],
)
def test_a_complete_answer_is_judged_by_its_code(
    code: int, verdict: Verdict, stage: Stage, cause: Cause
) -> None:
    with interface(Http(code=code, body=b'{"ErrorCode": 10, "Message": "no"}')) as http:
        outcome = attempt(http)
    assert (outcome.verdict, outcome.stage, outcome.cause) == (verdict, stage, cause)
    assert not outcome.suppresses
    assert len(http.asked) == 1, "no request is sent twice"


def test_a_429_slows_the_route_down() -> None:
    with interface(Http(code=429, body=b"{}")) as http:
        reply = attempt(http).reply
    assert reply is not None
    assert reply.enhanced == "4.7.0"


@pytest.mark.parametrize(
    ("told", "suppresses"),
    [
        ({"ErrorCode": 300, "Message": f"Invalid 'To' address: '{ADA}'."}, True),
        (
            {"ErrorCode": 406, "Message": f"Found inactive addresses: {ADA}. Inactive recipients are ones"},
            False,
        ),
    ],
)
def test_a_recipient_that_the_provider_refuses_is_refused(told: dict[str, object], suppresses: bool) -> None:
    with interface(Http(code=422, body=json.dumps(told).encode())) as http:
        outcome = attempt(http)
    assert outcome.verdict is Verdict.REFUSED
    assert outcome.suppresses == suppresses


# --- an answer that did not come whole


@pytest.mark.parametrize(
    ("deed", "cause"),
    [
        ("drop", Cause.REPLY_LOST),
        ("reset", Cause.REPLY_LOST),
        ("half", Cause.REPLY_LOST),
        ("stall", Cause.REPLY_TIMEOUT),
    ],
)
def test_a_request_without_a_whole_answer_may_have_been_accepted(deed: str, cause: Cause) -> None:
    with interface(Http(deed=deed)) as http:
        outcome = attempt(http)
    assert (outcome.verdict, outcome.stage, outcome.cause) == (Verdict.UNKNOWN, Stage.DOT, cause)
    assert len(http.asked) == 1, "no request is sent twice"


@pytest.mark.parametrize("body", [b"", b"hello", b"[]", b'{"ErrorCode": 0, "Message": "OK"}'])
def test_a_2xx_that_cannot_be_read_may_have_been_an_acceptance(body: bytes) -> None:
    with interface(Http(body=body)) as http:
        outcome = attempt(http)
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.REPLY_GARBLED)


# --- the route


def test_a_host_that_is_not_there_is_the_routes_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(RouteFailed, match="postmark failed at connect") as failed:
        asyncio.run(ProviderConnection.open(POSTMARK, QUICK, options(port)))
    assert failed.value.outcome == Outcome(Verdict.NOT_SENT, Stage.CONNECT, None, Cause.ROUTE)


def test_a_host_that_went_away_after_it_was_found_got_nothing() -> None:
    async def talk(http: Http) -> Outcome:
        with interface(http):
            connection = await ProviderConnection.open(POSTMARK, QUICK, options(http.port))
            assert await connection.offer("", ADA, letter(), UID) is None
        outcome = await connection.dot()
        assert not connection.usable
        await connection.close()
        return outcome

    outcome = asyncio.run(talk(Http()))
    assert (outcome.verdict, outcome.stage, outcome.cause) == (Verdict.NOT_SENT, Stage.CONNECT, Cause.ROUTE)


def test_a_wrong_key_costs_one_attempt_and_not_one_for_each_delivery() -> None:
    with interface(Http(code=401, body=b"{}")) as http:
        assert attempt(http).cause is Cause.LOGIN
        with pytest.raises(RouteFailed, match="failed at auth") as failed:
            attempt(http)
    assert failed.value.outcome.cause is Cause.LOGIN
    assert len(http.asked) == 1


def test_a_missing_key_gets_a_sentence() -> None:
    with pytest.raises(RouteFailed, match="ROUNDS_ANYMAIL_") as told:
        asyncio.run(ProviderConnection.open(POSTMARK, QUICK, {}))
    assert told.value.outcome.cause is Cause.LOGIN
    assert "postmark needs a setting" in str(told.value)


def test_an_option_that_is_no_json_gets_a_sentence() -> None:
    with pytest.raises(RouteFailed, match="ROUNDS_ANYMAIL_SEND_DEFAULTS: It begins with"):
        asyncio.run(ProviderConnection.open(POSTMARK, QUICK, options(1, SEND_DEFAULTS="{hush")))


def test_steps_out_of_order_are_a_mistake_of_ours() -> None:
    async def talk(port: int) -> None:
        connection = await ProviderConnection.open(POSTMARK, QUICK, options(port))
        with pytest.raises(RuntimeError, match="offer"):
            await connection.dot()
        await connection.offer("", ADA, letter(), UID)
        with pytest.raises(RuntimeError, match="dot"):
            await connection.offer("", ADA, letter(), UID)
        await connection.close()
        assert (await connection.offer("", ADA, letter(), UID)) == Outcome(
            Verdict.NOT_SENT, Stage.MAIL, None, Cause.LOST
        )

    with interface(Http()) as http:
        asyncio.run(talk(http.port))


# --- Amazon SES


def test_amazon_ses_gets_our_bytes_with_a_tag_before_them() -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed; Amazon SES needs it")
    with interface(Http(body=b'{"MessageId": "ses-1"}')) as http:
        params = {"endpoint_url": f"http://127.0.0.1:{http.port}", "region_name": "eu-west-2"}
        keys = {"aws_access_key_id": "A", "aws_secret_access_key": "hush"}

        async def talk() -> Outcome:
            environ = {providers.SETTINGS + "CLIENT_PARAMS": json.dumps({**params, **keys})}
            connection = await ProviderConnection.open(Provider("amazon_ses"), QUICK, environ)
            assert await connection.offer("", ADA, letter(), UID) is None
            return await connection.dot()

        outcome = asyncio.run(talk())
    assert outcome.verdict is Verdict.ACCEPTED
    raw = base64.b64decode(http.requests[0]["Content"]["Raw"]["Data"])  # type: ignore[index]
    assert raw == f"X-SES-MESSAGE-TAGS: delivery={UID}\r\n".encode() + letter()


def test_amazons_own_client_says_a_request_once() -> None:
    given = {"region_name": "eu-west-2", "config": {"retries": {"max_attempts": 9}, "read_timeout": 7}}
    assert providers._asked_once(given, QUICK) == {
        "region_name": "eu-west-2",
        "config": {"connect_timeout": 1.0, "read_timeout": 7, "retries": {"total_max_attempts": 1}},
    }


def test_amazon_ses_that_does_not_answer_is_asked_once() -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed; Amazon SES needs it")
    with interface(Http(deed="drop")) as http:
        params = {"endpoint_url": f"http://127.0.0.1:{http.port}", "region_name": "eu-west-2"}
        keys = {"aws_access_key_id": "A", "aws_secret_access_key": "hush"}

        async def talk() -> Outcome:
            environ = {providers.SETTINGS + "CLIENT_PARAMS": json.dumps({**params, **keys})}
            connection = await ProviderConnection.open(Provider("amazon_ses"), QUICK, environ)
            assert await connection.offer("", ADA, letter(), UID) is None
            return await connection.dot()

        outcome = asyncio.run(talk())
    assert outcome.verdict is Verdict.UNKNOWN
    assert len(http.asked) == 1


# --- the URL


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_named_in_the_url(name: str) -> None:
    assert parse_route_url(f"anymail+{name}:") == Provider(name)
    assert parse_route_url(f"anymail+{name}://") == Provider(name)


@pytest.mark.parametrize(
    "url", ["anymail+:", "anymail+nobody:", "anymail+postmark:hush", "anymail+postmark://hush@x"]
)
def test_another_provider_is_not_known(url: str) -> None:
    with pytest.raises(BadInput, match="ROUNDS_SMTP_URL: It names a provider") as told:
        parse_route_url(url)
    assert "hush" not in str(told.value)
