"""What we say to an SMTP server, as bytes: pure, so that every sender of mail says the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.core.delivery.replies import Reply
from pipeline.core.errors import BadInput
from pipeline.core.message.addr_spec import addr_spec

ENVID_LIMIT = 100  # characters of xtext, RFC 3461 section 4.4

_LINE_BREAK = re.compile(rb"\r\n|\r|\n")
_BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_PRINTABLE = re.compile(r"[!-~]+")
_SPECIAL = re.compile(r"[\x00- +=]")  # what xtext writes as +XX
# The usual address, so that it costs one look: ASCII, a domain in lower case. Others are read by `addr_spec`, which
# accepts all of these as they are.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_USUAL = re.compile(rf"(?=.{{1,64}}@)(?=.{{3,254}}\Z){_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a server offered in its answer to EHLO: keywords in upper case, each with its parameters."""

    offered: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, reply: Reply) -> Extensions:
        """Odd lines are kept as they are: a keyword that nobody looks for does no harm."""
        offered: dict[str, str] = {}
        for line in reply.lines[1:]:
            keyword, _, parameters = line.strip().replace("=", " ", 1).partition(" ")
            offered[keyword.upper()] = f"{offered.get(keyword.upper(), '')} {parameters}".strip()
        return cls(offered)

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.offered

    @property
    def size_limit(self) -> int:
        """The largest message in bytes, or 0 when the server names none (RFC 1870)."""
        parameter = self.offered.get("SIZE", "")
        return int(parameter) if parameter.isascii() and parameter.isdigit() else 0

    @property
    def login_methods(self) -> frozenset[str]:
        return frozenset(self.offered.get("AUTH", "").upper().split())


def hello(verb: str, name: str) -> bytes:
    """`EHLO name` or `HELO name`."""
    return f"{verb} {_word(name, 'name we greet with')}\r\n".encode("ascii")


def mail(
    mail_from: str, extensions: Extensions, *, size: int, envid: str | None = None, smtputf8: bool = False
) -> bytes:
    """MAIL with SIZE and, where DSN is offered, RET=HDRS: a bounce then carries no health content (M-27)."""
    offered = extensions.offered
    line = f"MAIL FROM:<{_address(mail_from) if mail_from else ''}>"
    if "SIZE" in offered:
        line += f" SIZE={size}"
    if smtputf8:
        line += " BODY=8BITMIME SMTPUTF8"
    if "DSN" in offered:
        line += f" RET=HDRS{_envid(envid)}"
    return f"{line}\r\n".encode()


def rcpt(rcpt_to: str, extensions: Extensions) -> bytes:
    """RCPT and, where DSN is offered, a wish to hear of failure and delay, and of whom (M-27)."""
    address = _address(rcpt_to)
    if "DSN" not in extensions.offered:
        return f"RCPT TO:<{address}>\r\n".encode()
    kind = "rfc822" if address.isascii() else "utf-8"
    return f"RCPT TO:<{address}> NOTIFY=FAILURE,DELAY ORCPT={kind};{_xtext(address)}\r\n".encode()


def body(message: bytes) -> bytes:
    """The message as it goes after DATA: CRLF only, dots stuffed, ending in CRLF, without the final dot
    (M-08).

    A bare CR or LF becomes CRLF here: left alone, some servers would read `LF . LF` as the end of the message
    and what follows as commands (SMTP smuggling).
    """
    if _BARE.search(message):
        message = _LINE_BREAK.sub(b"\r\n", message)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    stuffed = message.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _address(address: str) -> str:
    return address if _USUAL.fullmatch(address) else str(addr_spec(address))


def _envid(envid: str | None) -> str:
    if not envid:
        return ""
    if len(envid) <= ENVID_LIMIT and envid.isascii() and envid.isalnum():
        return f" ENVID={envid}"  # all of ours are
    encoded = _xtext(_word(envid, "envelope id"))
    if len(encoded) > ENVID_LIMIT:
        raise BadInput(f"An envelope id has at most {ENVID_LIMIT} characters.")
    return f" ENVID={encoded}"


def _xtext(value: str) -> str:
    """RFC 3461 section 4: printable ASCII, with `+`, `=` and everything else as `+XX`.

    Under `utf-8;` RFC 6533 section 3 allows UTF-8 as it is, when SMTPUTF8 is in use.
    """
    return _SPECIAL.sub(_escaped, value)


def _escaped(special: re.Match[str]) -> str:
    return f"+{ord(special[0]):02X}"


def _word(value: str, what: str) -> str:
    if not _PRINTABLE.fullmatch(value):
        raise BadInput(f"The {what} holds a character that an SMTP command cannot carry.")
    return value
