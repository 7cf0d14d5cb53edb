"""Providers with an HTTP interface, through django-anymail, behind the stages of an SMTP conversation.

`offer` makes the request ready and sends nothing. `dot` sends it: there is one request a message, and its one
complete answer is the reply to the dot. So the engine's barrier, journal and verdicts (delivery.md B3, B5) hold for a
provider as for a relay:

| what happened | outcome |
|---|---|
| 2xx that anymail can read | accepted, with the provider's id |
| 2xx that it cannot read | unknown, `reply_garbled` |
| 408, 425, 429, 5xx | deferred; 429 with 4.7.0, so that the route slows down |
| 401, 402, 403 | not sent, at stage AUTH: the next `open` fails too, and the route rests |
| 3xx, 404, 405 | not sent: this is not the provider's interface |
| other 4xx, or the provider refuses the recipient | refused |
| no address, no connection, no TLS | not sent |
| anything else once the request may have left | unknown, `reply_lost` or `reply_timeout` |

Amazon SES takes our bytes as they are. The others build the message anew from its parts and our header fields, and
sign it themselves. A webhook knows a message by the metadata `delivery`, or by our Message-ID.
"""

from __future__ import annotations

import asyncio
import json
import os
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from importlib import import_module
from time import monotonic
from typing import Any, Self
from urllib.parse import urlsplit

import requests
import urllib3
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailImproperlyInstalled,
    AnymailRecipientsRefused,
)
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives

from pipeline.core.delivery.relay import Provider
from pipeline.core.delivery.replies import Cause, Failure, Outcome, Reply, Stage, Verdict, classify
from pipeline.core.errors import BadInput
from pipeline.core.message.wire import Wire
from pipeline.gateways.smtp import RouteFailed, Timeouts

SETTINGS = (
    "ROUNDS_ANYMAIL_"  # ROUNDS_ANYMAIL_SERVER_TOKEN is the option `server_token` of the provider's backend
)
LEAVES_US_OUT = 60.0  # seconds in which a provider that did not let us in is not asked again
SAID = 300  # characters kept of what a provider said

# What a provider writes itself, and what is no field of the message as a whole.
_THEIR_OWN = frozenset(
    {"from", "to", "subject", "reply-to", "date", "mime-version", "dkim-signature", "return-path"}
)
_BUSY = frozenset({408, 425, 429})
_NOT_LET_IN = frozenset({401, 402, 403})
_NOT_THE_INTERFACE = frozenset({404, 405})

_left_out: dict[Provider, float] = {}  # until when


class ProviderConnection:
    """One session with one provider. Made by `open`; one task at a time uses it. Its requests run in its own thread."""

    def __init__(self, provider: Provider, backend: Any, timeouts: Timeouts) -> None:
        self.provider = provider
        self._backend = backend
        self._patience = timeouts.dot
        self._thread = ThreadPoolExecutor(1, f"provider-{provider.name}")
        self._held: tuple[Any, Any] | None = None  # the payload and the message that wait for the dot
        self._closed = False

    @classmethod
    async def open(
        cls, provider: Provider, timeouts: Timeouts | None = None, environ: Mapping[str, str] = os.environ
    ) -> Self:
        """Make a session, and look whether the provider's host can be reached; no request is sent.

        RouteFailed for settings that the backend cannot use, when the host is not there, or when it did not let us in
        a moment ago: a wrong key must not cost an attempt of every delivery (delivery.md B5).
        """
        timeouts = timeouts or Timeouts()
        if _left_out.get(provider, 0.0) > monotonic():
            raise _failed(provider, Stage.AUTH, Cause.LOGIN, "it did not accept the key in ROUNDS_ANYMAIL_*")
        try:
            backend = _backend(provider, timeouts, environ)
        except BadInput as error:
            raise _failed(provider, Stage.AUTH, Cause.LOGIN, str(error).rstrip(".")) from error
        try:
            await _knock(provider, _address_of(backend), timeouts.connect)
        except BaseException:
            backend.close()
            raise
        return cls(provider, backend, timeouts)

    @property
    def usable(self) -> bool:
        return not self._closed and self._held is None

    async def offer(
        self, mail_from: str, rcpt_to: str, message: bytes | Wire, envelope_id: str | None = None
    ) -> Outcome | None:
        """Make the request ready. BadInput for a message that this provider cannot be given. Nothing is sent.

        `mail_from` is not used: a provider has its own return path, and tells of bounces by its webhook.
        """
        if self._held is not None:
            raise RuntimeError("a message is waiting for its dot: dot() or abandon() comes first")
        if self._closed:
            return classify(Stage.MAIL, Failure.LOST)
        mail = (_raw if self.provider.takes_raw else _rebuilt)(rcpt_to, bytes(message), envelope_id or "")
        try:
            payload = self._backend.build_message_payload(mail, self._backend.send_defaults)
        except (AnymailError, ValueError) as error:
            raise BadInput(f"{self.provider} cannot be given this message: {_first_line(error)}") from error
        self._held = (payload, mail)
        return None

    async def dot(self) -> Outcome:
        """Send the request, and read its one complete answer."""
        held, self._held = self._held, None
        if held is None:
            raise RuntimeError("no message is waiting for its dot: offer() comes first")
        request = asyncio.get_running_loop().run_in_executor(self._thread, self._post, *held)
        try:
            outcome = await asyncio.wait_for(asyncio.shield(request), self._patience)
        except TimeoutError:
            self._hang_up()  # the thread ends by its own timeouts, and nobody listens to it
            return classify(Stage.DOT, Failure.TIMEOUT)
        except BaseException:
            self._hang_up()
            raise
        if outcome.cause is Cause.LOGIN:
            _left_out[self.provider] = monotonic() + LEAVES_US_OUT
        if outcome.verdict in (Verdict.UNKNOWN, Verdict.NOT_SENT):
            self._hang_up()
        return outcome

    def abandon(self) -> Outcome:
        """Forget the message: nothing of it has left."""
        self._held = None
        return Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.ABANDONED)

    async def close(self) -> None:
        self._held = None
        self._hang_up()

    def _hang_up(self) -> None:
        if not self._closed:
            self._closed = True
            self._thread.submit(self._backend.close)
            self._thread.shutdown(wait=False)

    def _post(self, payload: Any, mail: Any) -> Outcome:
        """In the thread. The halves of anymail's `_send`, so that what fails before the request is no part of it."""
        backend = self._backend
        try:
            response = backend.post_to_esp(payload, mail)
            status = _status(backend.parse_recipient_status(response, payload, mail))
        except AnymailRecipientsRefused:
            return _refused("5.7.1", "it refused the recipient")
        except AnymailAPIError as error:
            return _after(error)
        except requests.RequestException as error:
            return _without_an_answer(error)
        return status


# --- opening


def _backend(provider: Provider, timeouts: Timeouts, environ: Mapping[str, str]) -> Any:
    options: dict[str, Any] = {
        name.removeprefix(SETTINGS).lower(): _option(name, value)
        for name, value in environ.items()
        if name.startswith(SETTINGS)
    }
    if provider.name == "amazon_ses":
        options["client_params"] = _asked_once(options.get("client_params"), timeouts)
    options.setdefault("timeout", (_short(timeouts), timeouts.data))
    # A provider that knows no metadata, or no switch for tracking, is given the rest.
    options.setdefault("ignore_unsupported_features", True)
    try:
        backend = import_module(f"anymail.backends.{provider.name}").EmailBackend(**options)
        backend.open()
    except AnymailImproperlyInstalled as error:
        raise BadInput(
            f"{provider} needs a package: {_first_line(error)}", place="ROUNDS_SMTP_URL"
        ) from error
    except ImproperlyConfigured as error:
        raise BadInput(
            f"{provider} needs a setting: {_first_line(error)}. Here such an option is {SETTINGS}NAME, "
            f"for example {SETTINGS}API_KEY.",
            place="ROUNDS_SMTP_URL",
        ) from error
    session = getattr(backend, "session", None)
    if session is not None:
        session.max_redirects = 0  # a redirected request would be a second one
        session.trust_env = False  # only what ROUNDS_ANYMAIL_* says
    return backend


def _short(timeouts: Timeouts) -> float:
    """Seconds to connect in when the dot is due: the intent is fresh for a second (G6), and to fail is safe."""
    return min(timeouts.connect, 1.0)


def _asked_once(given: object, timeouts: Timeouts) -> dict[str, Any]:
    """Options of Amazon's client with which a dot is one request. By itself the client says a request again, a few
    times, when no answer came: copies that nobody would know of (G4).
    """
    params = dict(given) if isinstance(given, Mapping) else {}
    patience = {"connect_timeout": _short(timeouts), "read_timeout": timeouts.data}
    params["config"] = {**patience, **params.get("config", {}), "retries": {"total_max_attempts": 1}}
    return params


def _option(name: str, value: str) -> object:
    """A text, or the JSON object that some options are, such as the `client_params` of Amazon SES."""
    if not value.startswith("{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise BadInput("It begins with { and is not a JSON object.", place=name) from None


def _address_of(backend: Any) -> tuple[str, int]:
    client = getattr(backend, "client", None)
    parts = urlsplit(client.meta.endpoint_url if client is not None else backend.api_url)
    return parts.hostname or "", parts.port or (80 if parts.scheme == "http" else 443)


async def _knock(provider: Provider, address: tuple[str, int], seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(*address)
    except OSError as error:  # TimeoutError is one
        why = error.strerror or str(error) or f"no answer within {seconds:g} s"
        raise _failed(provider, Stage.CONNECT, Cause.ROUTE, why) from error
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def _failed(provider: Provider, stage: Stage, cause: Cause, why: str) -> RouteFailed:
    return RouteFailed(provider, Outcome(Verdict.NOT_SENT, stage, None, cause), why)


# --- the message


def _rebuilt(rcpt_to: str, message: bytes, uid: str) -> EmailMultiAlternatives:
    """The message in Django's form: its parts, and those of our fields that are not the provider's to write."""
    parsed = message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    mail = EmailMultiAlternatives(
        subject=str(parsed["Subject"] or ""),
        body=_content(parsed, "plain"),
        from_email=str(parsed["From"] or ""),
        to=[rcpt_to],
        reply_to=[str(parsed["Reply-To"])] if parsed["Reply-To"] else None,
        headers={name: str(value) for name, value in parsed.items() if _is_ours(name)},
    )
    if html := _content(parsed, "html"):
        mail.attach_alternative(html, "text/html")
    mail.metadata = {"delivery": uid} if uid else {}  # type: ignore[attr-defined]
    # Tracking is a purpose of its own, which we ask for and do ourselves (architecture.md, decision 8).
    mail.track_opens = mail.track_clicks = False  # type: ignore[attr-defined]
    return mail


def _is_ours(name: str) -> bool:
    return name.lower() not in _THEIR_OWN and not name.lower().startswith("content-")


def _content(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _raw(rcpt_to: str, message: bytes, uid: str) -> EmailMultiAlternatives:
    """Our bytes as they are, with a tag in front: SES rewrites Message-ID, and its events name the tag."""
    tag = f"X-SES-MESSAGE-TAGS: delivery={uid}\r\n".encode() if uid else b""
    parsed = message_from_bytes(message)
    mail = _AsItIs(from_email=str(parsed["From"] or ""), to=[rcpt_to])
    mail.whole = tag + message
    return mail


class _AsItIs(EmailMultiAlternatives):
    whole = b""

    def message(self, **_: Any) -> Any:
        return _Bytes(self.whole)


class _Bytes(Message):
    """A message that is written down as the bytes that it was made from."""

    def __init__(self, whole: bytes) -> None:
        super().__init__()
        self._whole = whole

    def as_bytes(self, *_: Any, **__: Any) -> bytes:
        return self._whole


# --- what the answer means


def _status(statuses: Mapping[str, Any]) -> Outcome:
    """Of the one recipient."""
    status = next(iter(statuses.values()))
    if status.status == "invalid":
        return _refused("5.1.3", "it says that the address is not valid")
    if status.status in {"rejected", "failed"}:
        return _refused("5.7.1", f"it says {status.status}")
    if status.status not in {"sent", "queued"}:
        return classify(Stage.DOT, Failure.GARBLED)
    return classify(Stage.DOT, Reply(250, (f"2.0.0 {status.status}, queued as {status.message_id}",)))


def _refused(enhanced: str, said: str) -> Outcome:
    return classify(Stage.DOT, Reply(554, (f"{enhanced} {said}",)))


def _after(error: AnymailAPIError) -> Outcome:
    """The provider's answer was an error, or no answer came."""
    code, said = _http_status(error)
    if code is None:
        return _without_an_answer(error)
    text = f"HTTP {code} {said}"[:SAID]
    if code < 300:
        return classify(Stage.DOT, Failure.GARBLED)
    if code in _NOT_LET_IN:
        return Outcome(Verdict.NOT_SENT, Stage.AUTH, Reply(535, (f"5.7.8 {text}",)), Cause.LOGIN)
    if code < 400 or code in _NOT_THE_INTERFACE:
        return Outcome(Verdict.NOT_SENT, Stage.CONNECT, Reply(454, (f"4.3.5 {text}",)), Cause.ROUTE)
    if code in _BUSY or code >= 500:
        enhanced = "4.7.0" if code == 429 else "4.3.0"
        return classify(Stage.DOT, Reply(451, (f"{enhanced} {text}",)))
    return _refused("5.3.4" if code == 413 else "5.5.0", text)


def _http_status(error: AnymailAPIError) -> tuple[int | None, str]:
    response = error.response
    if isinstance(response, dict):  # boto's
        told = response.get("Error", {})
        return (
            response.get("ResponseMetadata", {}).get("HTTPStatusCode"),
            f"{told.get('Code', '')} {told.get('Message', '')}",
        )
    if response is None:
        return None, ""
    return response.status_code, " ".join(f"{response.reason} {response.text}".split())


def _without_an_answer(error: BaseException) -> Outcome:
    """Only what surely happened before the first byte of the request is "not sent"."""
    causes = list(_causes(error))
    if any(isinstance(each, requests.TooManyRedirects) for each in causes):
        return classify(Stage.CONNECT, Failure.UNREACHABLE)
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return classify(Stage.STARTTLS, Failure.TLS)
    if any(isinstance(each, _NOT_CONNECTED) or type(each).__name__ in _BOTO_NOT_CONNECTED for each in causes):
        return classify(Stage.CONNECT, Failure.UNREACHABLE)
    timed_out = any(isinstance(each, requests.Timeout | TimeoutError) for each in causes) or any(
        type(each).__name__ == "ReadTimeoutError" for each in causes
    )
    return classify(Stage.DOT, Failure.TIMEOUT if timed_out else Failure.LOST)


_NOT_CONNECTED = (
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
)
_BOTO_NOT_CONNECTED = frozenset({"EndpointConnectionError", "ConnectTimeoutError", "NoCredentialsError"})


def _causes(error: BaseException) -> Iterator[BaseException]:
    """It and all that led to it, also where urllib3 keeps it as a reason or an argument."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
