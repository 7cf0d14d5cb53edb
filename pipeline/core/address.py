"""A mailbox's address: read once at the edge, compared by a keyed hash, shown masked.

Three forms, never mixed up (M-10, B-33): `original` is what its owner wrote and is kept; `mailbox` is
what SMTP is given, with the domain as an A-label in lower case and the local part exactly as written;
`canonical` folds the local part too and is for matching only. Dots and plus signs are left alone: only
the receiving host knows what they mean.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

import idna
from email_validator import EmailNotValidError, validate_email

from pipeline.core.errors import BadInput

LONGEST_ADDRESS = 254  # octets: a path of 256 less its angle brackets, RFC 5321 section 4.5.3.1.3
LONGEST_LOCAL = 64  # octets, RFC 5321 section 4.5.3.1.1
SHORTEST_KEY = 16  # bytes
_LOCAL_PART = re.compile(r"[^\s<>@\"'(),;:]{1,255}@")
LONGEST_KNOWN_DOMAIN = 100  # characters: what is longer is looked at with the whole address

# RFC 5322 section 3.2.3 in ASCII: nothing that quoting, comments or an obsolete form could change.
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox. `local` keeps its case; `domain_ascii` is lower case and pure ASCII."""

    original: str
    local: str
    domain_ascii: str

    @property
    def mailbox(self) -> str:
        """What goes into `RCPT TO` and `To`."""
        return f"{self.local}@{self.domain_ascii}"

    @property
    def domain_shown(self) -> str:
        """The domain as people write it, e.g. `bücher.example`."""
        return _unicode_domain(self.domain_ascii)

    def __str__(self) -> str:
        return self.mailbox


def parse(text: str) -> Address:
    """Read what somebody typed. Raises `BadInput` with a sentence fit to show beside the field.

    Space around it is forgiven, since phone keyboards add it. A line break or another control character
    anywhere is not: it has no business in an address, and is how headers are injected (S-08).
    """
    if any(ord(c) < 32 or 0x7F <= ord(c) <= 0x9F or c in "\u2028\u2029" for c in text):
        raise _wrong("An email address cannot hold line breaks or control characters. Type it in one line.")
    typed = text.strip()
    if not typed:
        raise _wrong("Please type your email address.")
    local_typed, at, _ = typed.rpartition("@")
    if not at:
        raise _wrong("An email address needs an @ sign, as in name@example.org.")
    if not local_typed.isascii():
        raise _wrong(
            "We cannot send to an address with accented letters before the @ sign. Please use another."
        )
    if len(local_typed) > LONGEST_LOCAL:
        raise _wrong(f"The part before the @ sign may have {LONGEST_LOCAL} characters at most.")
    checked = _validated(typed)
    address = Address(original=typed, local=checked[0], domain_ascii=checked[1])
    if len(address.mailbox) > LONGEST_ADDRESS:
        raise _wrong(f"An email address may have {LONGEST_ADDRESS} characters at most.")
    return address


def _wrong(sentence: str) -> BadInput:
    return BadInput(sentence, field="address")


def _validated(typed: str) -> tuple[str, str]:
    """Local part and A-label domain. No network is touched; names under `.test` count as good (RFC 6761)."""
    local, _, domain = typed.rpartition("@")
    if _DOT_ATOM.fullmatch(local) and (known := _known_domain(domain)):
        return local, known
    return _validated_whole(typed)


@lru_cache(maxsize=4_096)
def _known_domain(typed: str) -> str:
    """The domain if it is a good one, as it is sent; else nothing. A list of a million has few, and asks each time."""
    if len(typed) > LONGEST_KNOWN_DOMAIN:
        return ""
    try:
        return _validated_whole(f"a@{typed}")[1]
    except BadInput:
        return ""


def _validated_whole(typed: str) -> tuple[str, str]:
    try:
        result = validate_email(
            typed, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        reason = str(error).rstrip(".")
        raise _wrong(f"This does not look like an email address: {reason}.") from error
    domain = result.ascii_domain.lower()
    if "." not in domain:
        raise _wrong("The part after the @ sign needs a full stop, as in example.org.")
    return result.local_part, domain


def canonical(address: Address) -> str:
    """The form two spellings of one mailbox share. For matching only: mail goes to `mailbox`."""
    return f"{address.local.lower()}@{address.domain_ascii}"


def address_key(canonical_address: str, key: bytes) -> bytes:
    """HMAC-SHA256 of the canonical form, 32 bytes: how a mailbox is found and stays suppressed after its
    erasure.
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"the key for addresses needs {SHORTEST_KEY} bytes or more")
    return hmac.new(key, canonical_address.encode(), hashlib.sha256).digest()


def masked(address: Address) -> str:
    """Enough for its owner to know it by, and too little for anybody else: `a…@example.test`."""
    return f"{address.local[:1]}…@{address.domain_shown}"


def without_local_parts(text: str) -> str:
    """What a host said, with the local part of every address gone: what is kept of it outlives an erasure."""
    return _LOCAL_PART.sub("…@", text) if "@" in text else text


def _unicode_domain(domain_ascii: str) -> str:
    try:
        return idna.decode(domain_ascii)
    except idna.IDNAError:  # an A-label of an older standard: show it as it is sent
        return domain_ascii
