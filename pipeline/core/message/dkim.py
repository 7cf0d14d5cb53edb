"""DKIM signatures (RFC 6376, RFC 8301, RFC 8463; M-14 to M-17): relaxed/relaxed, never `l=`, keys given.

A Wire's body is its own relaxed form, so that its hash is SHA-256 of the bytes that leave. What each header field
looks like relaxed is known once a letter but for its personal values. A signature thus costs the hash of the body,
one join, and the mathematics. `t=` is a stored moment and both algorithms are deterministic: a retry is the same to
the byte.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from pipeline.core.errors import BadInput

LEAST_RSA_BITS = 2048  # M-14; RFC 8301 section 3.2
LINE = 72  # characters of base64 on a line

# What is signed, present or not (M-16): to sign a field that is absent says that nobody may add it.
SIGNED = (
    "From", "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
    "Content-Transfer-Encoding", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help",
    "Feedback-ID", "Auto-Submitted",
)  # fmt: skip
# Named once more than they stand there, so that a second one breaks the signature (M-17).
OVERSIGNED = frozenset(
    {
        "from", "to", "cc", "subject", "date", "message-id", "reply-to", "content-type", "mime-version",
        "list-unsubscribe", "list-unsubscribe-post",
    }
)  # fmt: skip

SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_BLANKS = re.compile(rb"[ \t]+")

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs for a domain. `sign` takes what is to be signed, and returns the raw signature."""

    domain: str
    selector: str
    algorithm: str  # rsa-sha256 | ed25519-sha256
    sign: Callable[[bytes], bytes]
    public_record: str  # the value of the TXT record

    @property
    def record_name(self) -> str:
        """Where receivers look for the public key."""
        return f"{self.selector}._domainkey.{self.domain}"


def signer(domain: str, selector: str, key: object) -> Signer:
    """A signer with an RSA key of 2048 bits or more, or an Ed25519 key. BadInput for any other."""
    refuse_selector(selector)
    if isinstance(key, RSAPrivateKey):
        if key.key_size < LEAST_RSA_BITS:
            raise BadInput(
                f"The key of selector {selector} has {key.key_size} bits, and receivers want {LEAST_RSA_BITS} or "
                "more. Make one with `rounds dkim new`."
            )
        return Signer(domain, selector, "rsa-sha256", _by_rsa(key), public_record(key))
    if isinstance(key, Ed25519PrivateKey):
        return Signer(domain, selector, "ed25519-sha256", _by_ed25519(key), public_record(key))
    raise BadInput(f"The key of selector {selector} is neither RSA nor Ed25519.")


def refuse_selector(selector: str) -> None:
    if not SELECTOR.fullmatch(selector):
        raise BadInput(f"{selector!r} is no selector. Use letters a to z, digits and hyphens.")


def public_record(key: PrivateKey) -> str:
    """The value of the TXT record: RSA as SubjectPublicKeyInfo (RFC 6376 section 3.6.1), Ed25519 raw (RFC 8463)."""
    public = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={_base64(raw)}"
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={_base64(der)}"


def relaxed_field(field: bytes) -> bytes:
    """One header field with its CRLF, as RFC 6376 section 3.4.2 has it."""
    name, _, value = field.partition(b":")
    unfolded = _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.strip(b" \t").lower() + b":" + unfolded + b"\r\n"


def signed_names(present: Sequence[str]) -> tuple[str, ...]:
    """The names for `h=`, in lower case: each of SIGNED, and again those that are there and oversigned."""
    there = {name.lower() for name in present}
    return tuple(
        name
        for signed in map(str.lower, SIGNED)
        for name in [signed] * (2 if signed in there and signed in OVERSIGNED else 1)
    )


@dataclass(frozen=True, slots=True)
class Seal:
    """The signature field of one signer on one letter's messages: what is constant of it, on the wire and relaxed.

    The field is `before`, t=, `between`, bh=, `after`, b=.
    """

    signer: Signer
    before: bytes
    between: bytes
    relaxed_before: bytes
    relaxed_between: bytes

    @classmethod
    def of(cls, signer: Signer, names: Sequence[str]) -> Seal:
        """`names` are those of `h=`."""
        before = (
            f"DKIM-Signature: v=1; a={signer.algorithm}; c=relaxed/relaxed;\r\n"
            f" d={signer.domain};\r\n"
            f" s={signer.selector}; t="
        ).encode("ascii")
        between = (";\r\n h=" + _folded(names) + ";\r\n bh=").encode("ascii")
        # The end of a line within a value is where a relaxed field has its one space.
        start = relaxed_field(before).removesuffix(b"\r\n")
        return cls(signer, before, between, start, _BLANKS.sub(b" ", between.replace(b"\r\n", b"")))

    @property
    def length(self) -> int:
        """More bytes than the whole field has: base64 of 512 is the longest signature of a common key."""
        return len(self.before) + len(self.between) + 900

    def field(self, relaxed_header: bytes, body_hash: bytes, moment: bytes) -> bytes:
        """The DKIM-Signature field with its CRLF.

        `relaxed_header` is the signed fields in the order of `h=`, relaxed; `body_hash` is in base64; `moment` is in
        decimal seconds.
        """
        relaxed = b"".join(
            (relaxed_header, self.relaxed_before, moment, self.relaxed_between, body_hash, b"; b=")
        )
        signature = b2a_base64(self.signer.sign(relaxed), newline=False)
        return b"".join(
            (self.before, moment, self.between, body_hash, b";\r\n b=", _in_lines(signature), b"\r\n")
        )


def _by_rsa(key: RSAPrivateKey) -> Callable[[bytes], bytes]:
    padding, algorithm, sign = PKCS1v15(), SHA256(), key.sign
    return lambda data: sign(data, padding, algorithm)


def _by_ed25519(key: Ed25519PrivateKey) -> Callable[[bytes], bytes]:
    """RFC 8463 section 3: PureEdDSA over the SHA-256 of the data."""
    sign = key.sign
    return lambda data: sign(sha256(data).digest())


def _folded(names: Sequence[str]) -> str:
    """The names with colons; a line ends after a colon, where RFC 6376 section 3.5 allows a space."""
    lines = [""]
    for number, name in enumerate(names):
        word = name if number == len(names) - 1 else f"{name}:"
        if len(lines[-1]) + len(word) > LINE - len(" h="):
            lines.append("")
        lines[-1] += word
    return "\r\n ".join(lines)


def _in_lines(data: bytes) -> bytes:
    return b"\r\n ".join([data[at : at + LINE] for at in range(0, len(data), LINE)])


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")
