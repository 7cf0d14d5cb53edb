"""Where an article may be fetched from: a public server, by its name and over https (S-12; OWASP SSRF cheat sheet).

What is refused is whatever could make this machine ask its own network, a neighbour, or a cloud's metadata service.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin, urlsplit

import idna

from pipeline.core.errors import BadInput

LONGEST = 2000  # characters

_HIDDEN = re.compile(r"[\x00-\x20\x7f\\]")  # browsers drop or turn them, so that people read another host
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)  # as browsers read a host (WHATWG URL 3.5)
_PUBLIC_IPV6 = IPv6Network("2000::/3")  # all that is given out (RFC 4291 2.4, IANA)
_WRAPPED = tuple(
    map(IPv6Network, ("2001::/32", "2002::/16", "64:ff9b::/96"))
)  # an IPv4 address inside another
_NOT_ON_THE_INTERNET = frozenset(
    {"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "arpa"}
    | {"invalid", "onion", "alt"}  # RFC 6761, 6762, 7686, 8375, 9476
)


@dataclass(frozen=True, slots=True)
class Origin:
    """An address that may be asked. `host` is an A-label; `target` is the path and query, percent-encoded."""

    host: str
    target: str

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.target}"


def origin_of(address: str, base: str = "") -> Origin:
    """Raises BadInput with what is wrong with the address. `base` is the address that redirected here."""
    given = address.strip()
    if len(given) > LONGEST:
        raise _refused(given, f"The address has more than {LONGEST} characters. Give a shorter one.")
    if _HIDDEN.search(given):
        raise _refused(given, "The address holds a space, a backslash or a control character. Take it out.")
    try:
        parts = urlsplit(urljoin(base, given))
        port = parts.port
    except ValueError:
        raise _refused(given, "This is not an address. Give one such as https://www.nhs.uk/page.") from None
    if parts.scheme != "https":
        raise _refused(given, "Only https addresses are read. Give one that begins with https://.")
    if parts.username is not None or parts.password is not None:
        raise _refused(given, "The address holds a user name or password. Take it out, up to the @.")
    if port not in (None, 443):
        raise _refused(given, f"The address names port {port}. Articles are read from port 443 alone.")
    return Origin(_host(given, parts.hostname or ""), _target(parts.path, parts.query))


def is_public(address: str) -> bool:
    """Whether an IP address, as a resolver gives it, is one of the public internet. False for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast and not found.is_reserved
    inside = any(found in network for network in _WRAPPED)
    return found in _PUBLIC_IPV6 and found.is_global and not inside


def _host(given: str, host: str) -> str:
    name = host.removesuffix(".")
    if not name:
        raise _refused(given, "The address names no host. Give one such as https://www.nhs.uk/page.")
    if ":" in name:
        raise _by_number(given)
    try:
        ascii_name = idna.encode(name, uts46=True).decode().lower()
    except idna.IDNAError:
        if _NUMERIC.fullmatch(name.rpartition(".")[2]):
            raise _by_number(given) from None
        raise _refused(
            given, "The host in the address is no name of a site. Look for a slip in it."
        ) from None
    if _NUMERIC.fullmatch(ascii_name.rpartition(".")[2]):
        raise _by_number(given)
    if "." not in ascii_name or ascii_name.rpartition(".")[2] in _NOT_ON_THE_INTERNET:
        raise _refused(
            given, "The address names a machine of a private network. Articles are read from public sites."
        )
    return ascii_name


def _by_number(given: str) -> BadInput:
    return _refused(given, "The address names a machine by its number. Give the name of the site.")


def _target(path: str, query: str) -> str:
    target = quote(path or "/", safe="/%:@!$&'()*+,;=~-._")
    return f"{target}?{quote(query, safe='/?%:@!$&()*+,;=~-._')}" if query else target


def _refused(given: str, message: str) -> BadInput:
    return BadInput(
        message, place=given[:200].encode("unicode_escape").decode() if _HIDDEN.search(given) else given[:200]
    )
