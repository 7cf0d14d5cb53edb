"""From a connected socket to a server that takes our mail: greeting, encryption, login."""

from __future__ import annotations

import asyncio
import socket
import ssl
from base64 import b64encode
from typing import Any

from pipeline.core.delivery import commands
from pipeline.core.delivery.commands import Extensions
from pipeline.core.delivery.relay import Provider, Relay, Tls
from pipeline.core.delivery.replies import Cause, Failure, Outcome, Reply, Stage, Verdict, classify, succeeded
from pipeline.core.errors import Unavailable
from pipeline.gateways.smtp.conversation import ask, read
from pipeline.gateways.smtp.stream import Broken, Stream
from pipeline.gateways.smtp.timeouts import Timeouts


class RouteFailed(Unavailable):
    """No conversation with the relay came about. No recipient is to blame; `outcome` says at which stage and why."""

    def __init__(self, relay: Relay | Provider, outcome: Outcome, detail: str = "") -> None:
        reply = outcome.reply
        said = (
            f"it said {reply.code} {' '.join(reply.lines)}".strip()
            if reply
            else detail or outcome.cause.value
        )
        super().__init__(
            f"The relay {relay} failed at {outcome.stage}: {said}. Check ROUNDS_SMTP_URL and the relay."
        )
        self.outcome = outcome


async def connect(relay: Relay, seconds: float) -> Stream:
    """A connection to the first address of the relay that answers, within `seconds` in all."""
    try:
        async with asyncio.timeout(seconds):
            return Stream(await _connected(relay))
    except (OSError, UnicodeError) as error:  # a TimeoutError is an OSError; a name that can be none is not
        why = getattr(error, "strerror", "") or str(error) or f"no answer within {seconds:g} s"
        raise RouteFailed(relay, classify(Stage.CONNECT, Failure.UNREACHABLE), why) from error


async def greet(
    relay: Relay, stream: Stream, name: str, timeouts: Timeouts, context: ssl.SSLContext | None
) -> Extensions:
    """Greet, encrypt and log in as `relay` asks; what the server offers then. RouteFailed when it will not have it."""
    try:
        opening = _Opening(relay, stream, name, timeouts)
        await opening.greet(context)
        await opening.log_in()
    except Broken as broken:
        raise RouteFailed(relay, classify(broken.stage, broken.failure), str(broken)) from broken
    return opening.extensions


async def _connected(relay: Relay) -> socket.socket:
    loop = asyncio.get_running_loop()
    failed: OSError = OSError("its name has no address")
    for family, kind, protocol, _, address in await _addresses(relay):
        connected = socket.socket(family, kind, protocol)
        try:
            connected.setblocking(False)
            await loop.sock_connect(connected, address)
        except OSError as error:
            connected.close()
            failed = error
        except BaseException:
            connected.close()
            raise
        else:
            return connected
    raise failed


async def _addresses(relay: Relay) -> list[Any]:
    """An address in digits needs no name server, and no thread that asks it."""
    try:
        return socket.getaddrinfo(
            relay.host, relay.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except socket.gaierror:
        return await asyncio.get_running_loop().getaddrinfo(relay.host, relay.port, type=socket.SOCK_STREAM)


class _Opening:
    def __init__(self, relay: Relay, stream: Stream, name: str, timeouts: Timeouts) -> None:
        self.relay = relay
        self.stream = stream
        self.name = name
        self.timeouts = timeouts
        self.extensions = Extensions()

    async def greet(self, context: ssl.SSLContext | None) -> None:
        if self.relay.tls is Tls.IMPLICIT:
            await self._encrypt(context)
        self._expect(Stage.GREETING, await read(self.stream, Stage.GREETING, self.timeouts.greeting))
        await self._hello()
        if self.relay.tls is Tls.STARTTLS:
            if "STARTTLS" not in self.extensions:
                raise Broken(Stage.STARTTLS, Failure.TLS, "it offers no STARTTLS")
            self._expect(
                Stage.STARTTLS,
                await ask(self.stream, Stage.STARTTLS, b"STARTTLS\r\n", self.timeouts.starttls),
            )
            # Words sent in the clear before the handshake must not count as said under encryption.
            if self.stream.received:
                raise Broken(
                    Stage.STARTTLS, Failure.DESYNC, "it went on speaking after its answer to STARTTLS"
                )
            await self._encrypt(context)
            await self._hello()

    async def log_in(self) -> None:
        if not self.relay.user:
            return
        if self.relay.tls is Tls.NONE and not self.relay.is_loopback:
            raise self._no_login("a login is only sent under TLS; use tls=starttls or tls=implicit")
        methods = self.extensions.login_methods
        user, secret = self.relay.user.encode(), self.relay.secret.encode()
        if "PLAIN" in methods:
            token = b64encode(b"\0" + user + b"\0" + secret)
            self._expect(Stage.AUTH, await self._auth(b"AUTH PLAIN " + token))
        elif "LOGIN" in methods:
            await self._challenge(b"AUTH LOGIN")
            await self._challenge(b64encode(user))
            self._expect(Stage.AUTH, await self._auth(b64encode(secret)))
        else:
            raise self._no_login("it offers neither AUTH PLAIN nor AUTH LOGIN")

    async def _hello(self) -> None:
        reply = await self._greet_by("EHLO")
        if reply.permanent:
            self._expect(Stage.HELO, await self._greet_by("HELO"))
            self.extensions = Extensions()
        else:
            self._expect(Stage.HELO, reply)
            self.extensions = Extensions.of(reply)

    async def _greet_by(self, verb: str) -> Reply:
        return await ask(self.stream, Stage.HELO, commands.hello(verb, self.name), self.timeouts.helo)

    async def _encrypt(self, context: ssl.SSLContext | None) -> None:
        try:
            await self.stream.encrypt(
                context or ssl.create_default_context(), self.relay.host, self.timeouts.starttls
            )
        except ssl.SSLError as error:
            raise Broken(Stage.STARTTLS, Failure.TLS, f"encryption failed ({error})") from error

    async def _auth(self, line: bytes) -> Reply:
        return await ask(self.stream, Stage.AUTH, line + b"\r\n", self.timeouts.auth)

    async def _challenge(self, line: bytes) -> None:
        reply = await self._auth(line)
        if reply.positive:
            raise Broken(Stage.AUTH, Failure.DESYNC, "it took half a login for a whole one")
        if reply.code != 334:
            raise RouteFailed(self.relay, classify(Stage.AUTH, reply))

    def _no_login(self, detail: str) -> RouteFailed:
        return RouteFailed(self.relay, Outcome(Verdict.NOT_SENT, Stage.AUTH, None, Cause.LOGIN), detail)

    def _expect(self, stage: Stage, reply: Reply) -> None:
        if not succeeded(stage, reply):
            raise RouteFailed(self.relay, classify(stage, reply))
