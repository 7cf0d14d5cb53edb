"""Who takes our mail, as `ROUNDS_SMTP_URL` names it: a relay, `smtp://user:secret@host:port?tls=starttls`, or a
provider with an HTTP interface, `anymail+postmark:`.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from pipeline.core.errors import BadInput

_FORM = "smtp://user:secret@host:port?tls=none|starttls|implicit"


class Tls(StrEnum):
    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


# 25 to hand mail on, 587 and 465 to submit it with a login (RFC 6409, RFC 8314).
_USUAL_PORT = {Tls.NONE: 25, Tls.STARTTLS: 587, Tls.IMPLICIT: 465}


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over, and how. `secret` stays out of every printed form."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    secret: str = field(default="", repr=False)
    chunking: bool = True  # by BDAT where the relay offers it; off where DATA is the quicker way

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


# Providers that django-anymail speaks to. True: it takes the message as the bytes that we made.
PROVIDERS = {
    "amazon_ses": True,
    "brevo": False,
    "mailersend": False,
    "mailgun": False,
    "mailjet": False,
    "mailtrap": False,
    "mandrill": False,
    "postal": False,
    "postmark": False,
    "resend": False,
    "scaleway": False,
    "sendgrid": False,
    "sparkpost": False,
    "unisender_go": False,
}


@dataclass(frozen=True, slots=True)
class Provider:
    """A service that takes mail by HTTP; its key and options are in `ROUNDS_ANYMAIL_*`."""

    name: str

    @property
    def takes_raw(self) -> bool:
        return PROVIDERS[self.name]

    def __str__(self) -> str:
        return self.name


def parse_route_url(url: str) -> Relay | Provider:
    """Read one URL of the setting. BadInput never repeats it, as it may hold a secret."""
    scheme, _, rest = url.partition(":")
    if not scheme.startswith("anymail+"):
        return parse_url(url)
    name = scheme.removeprefix("anymail+")
    if name not in PROVIDERS or rest.strip("/"):
        raise BadInput(
            "It names a provider that is not known, or something after its name. Write anymail+NAME: with one of "
            f"{', '.join(PROVIDERS)}, and its key in ROUNDS_ANYMAIL_API_KEY and the like.",
            place="ROUNDS_SMTP_URL",
        )
    return Provider(name)


def is_loopback(host: str) -> bool:
    """True for this machine's own names: `localhost`, 127.0.0.0/8 and ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def parse_url(url: str) -> Relay:
    """Read the setting. Without `tls` it is `starttls`, and `none` on loopback; without a port, the usual
    one.

    BadInput never repeats the URL, as it may hold a secret.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _bad("has a host or a port that cannot be read; a port is a number from 1 to 65535") from None
    if parts.scheme != "smtp":
        raise _bad("does not start with smtp://")
    if not host or not all("!" <= character <= "~" for character in host):
        raise _bad("names no host")
    if port == 0 or parts.path not in {"", "/"} or parts.fragment:
        raise _bad(
            "has port 0" if port == 0 else "has something after the host and port that is not ?tls=..."
        )
    options = _options(parts)
    tls = _tls(options, host)
    user, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(secret):
        raise _bad("needs a user and a secret together, or neither")
    chunking = options.get("chunking", "on")
    if chunking not in {"on", "off"}:
        raise _bad("has a chunking value other than on or off")
    return Relay(host, port or _USUAL_PORT[tls], tls, user, secret, chunking == "on")


def _options(parts: SplitResult) -> dict[str, str]:
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    options = dict(pairs)
    if options.keys() - {"tls", "chunking"} or len(options) < len(pairs):
        raise _bad("has an option other than one tls= and one chunking=")
    return options


def _tls(options: dict[str, str], host: str) -> Tls:
    if "tls" not in options:
        return Tls.NONE if is_loopback(host) else Tls.STARTTLS
    try:
        return Tls(options["tls"])
    except ValueError:
        raise _bad("has a tls value other than none, starttls or implicit") from None


def _bad(what: str) -> BadInput:
    return BadInput(f"It {what}. Write it as {_FORM}.", place="ROUNDS_SMTP_URL")
