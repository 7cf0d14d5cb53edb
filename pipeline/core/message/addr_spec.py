"""The form of an address that may stand in a header or an SMTP command (RFC 5321 section 4.1.2, RFC 6531;
M-10 to M-13).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

from pipeline.core.errors import BadInput

LOCAL_OCTETS = 64
DOMAIN_OCTETS = 255
# A path of 256 octets (RFC 5321 section 4.5.3.1.3) counts its two angle brackets.
ADDRESS_OCTETS = 254

_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~-"
_DOT_ATOM = re.compile(rf"[\u00a1-\U0010ffff{_ATEXT}]+(?:\.[\u00a1-\U0010ffff{_ATEXT}]+)*")
_QUOTED = re.compile(r'"(?:[ !#-\[\]-~]|\\[ -~])+"')
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class AddrSpec:
    """`local@domain` as it goes on the wire: the local part untouched, the domain in lower case and as
    A-labels.
    """

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def needs_smtputf8(self) -> bool:
        """True when the local part is not ASCII: RFC 6531 section 3.2 forbids sending it to a host that
        cannot read it.
        """
        return not self.local.isascii()


def addr_spec(address: str) -> AddrSpec:
    """Read `address` for the wire. BadInput when it has no safe form there; the sentence never repeats the
    address.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or not domain:
        raise BadInput("An email address needs one part before and one after its @.")
    if not (_DOT_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)) or not local.isprintable():
        raise BadInput("The part of the address before the @ holds a character not allowed there.")
    if len(local.encode()) > LOCAL_OCTETS:
        raise BadInput(f"The part of the email address before the @ is longer than {LOCAL_OCTETS} bytes.")
    spec = AddrSpec(local, a_label(domain))
    if len(str(spec).encode()) > ADDRESS_OCTETS:
        raise BadInput(f"The email address is longer than {ADDRESS_OCTETS} bytes.")
    return spec


def a_label(domain: str) -> str:
    """The domain as DNS and SMTP compare it: lower case, `bücher.example` as `xn--bcher-kva.example` (RFC
    5891).
    """
    if domain.isascii():
        ascii_domain = domain.lower()
    else:
        try:
            ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            raise BadInput("The domain of the email address is not a valid international name.") from None
    labels = ascii_domain.split(".")
    if len(ascii_domain) > DOMAIN_OCTETS or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadInput("The domain of the email address is not a valid host name.")
    return ascii_domain
