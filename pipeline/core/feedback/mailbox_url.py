"""The mailbox that reports come to, as `ROUNDS_BOUNCE_URL` names it: `imaps://user:secret@host/folder`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from pipeline.core.delivery.relay import is_loopback
from pipeline.core.errors import BadInput

_FORM = "imaps://user:secret@host/folder or pop3s://user:secret@host"


class Protocol(StrEnum):
    IMAP = "imap"
    POP3 = "pop3"


# (without TLS from the first octet, with it): RFC 8314
_USUAL_PORT = {Protocol.IMAP: (143, 993), Protocol.POP3: (110, 995)}


@dataclass(frozen=True, slots=True)
class ReportMailbox:
    """`tls`: from the first octet. Without it, STARTTLS is asked for, except on this machine. POP3 has no folders."""

    protocol: Protocol
    host: str
    port: int
    tls: bool
    user: str
    secret: str = field(repr=False)
    folder: str = "INBOX"

    @property
    def starttls(self) -> bool:
        return not self.tls and not is_loopback(self.host)

    def __str__(self) -> str:
        return f"{self.protocol.value}{'s' if self.tls else ''}://{self.host}:{self.port}"


def parse_mailbox_url(url: str) -> ReportMailbox:
    """Read the setting. BadInput never repeats the URL, as it holds a secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _bad("has a host or a port that cannot be read") from None
    name, tls = parts.scheme.removesuffix("s"), parts.scheme.endswith("s")
    if name not in {protocol.value for protocol in Protocol}:
        raise _bad("does not start with imap://, imaps://, pop3:// or pop3s://")
    if not host or not all("!" <= character <= "~" for character in host) or port == 0:
        raise _bad("names no host, or port 0")
    user, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if not user or not secret:
        raise _bad("needs a user and a secret; write an @ in the user as %40")
    if any(ord(character) < 32 for character in user + secret + unquote(parts.path)):
        raise _bad("holds a line break or another control character")
    protocol, folder = Protocol(name), unquote(parts.path.strip("/"))
    if parts.query or parts.fragment or (folder and protocol is Protocol.POP3):
        raise _bad("has something after the host that it cannot have")
    usual = _USUAL_PORT[protocol][int(tls)]
    return ReportMailbox(protocol, host, port or usual, tls, user, secret, folder or "INBOX")


def _bad(what: str) -> BadInput:
    return BadInput(f"It {what}. Write it as {_FORM}.", place="ROUNDS_BOUNCE_URL")
