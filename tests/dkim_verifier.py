"""A verifier of DKIM signatures, written from RFC 6376 section 6.1 and RFC 8463, that shares no code with the signer.

It exists for Ed25519, which dkimpy verifies only with a library that is not among the dependencies, and to be strict
about what a verifier may let pass.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

Field = tuple[bytes, bytes]  # the name as written; the value as written, from the colon to its last CRLF


def verified(message: bytes, records: Mapping[str, str]) -> dict[str, bool]:
    """Each signature of `message` by its selector: does it hold? `records` is the DNS: name to TXT value."""
    header, _, body = message.partition(b"\r\n\r\n")
    fields = split(header + b"\r\n")
    found = {}
    for number, (name, value) in enumerate(fields):
        if name.lower() == b"dkim-signature":
            tags = tag_list(value)
            others = fields[:number] + fields[number + 1 :]
            found[tags["s"]] = holds(tags, (name, value), others, body, records)
    return found


def holds(
    tags: Mapping[str, str], own: Field, others: list[Field], body: bytes, records: Mapping[str, str]
) -> bool:
    assert tags["v"] == "1"
    assert tags["c"] == "relaxed/relaxed"
    assert "l" not in tags
    digest = hashlib.sha256(relaxed_body(body)).digest()
    if base64.b64decode(tags["bh"]) != digest:
        return False
    signed = b""
    left = list(others)
    for name in (part.strip().lower() for part in tags["h"].split(":")):
        # Of several fields with one name the lowest is signed first; one that is not there adds nothing.
        at = next(
            (n for n in reversed(range(len(left))) if left[n][0].strip().lower() == name.encode()), None
        )
        if at is not None:
            signed += relaxed(left.pop(at))
    bare = re.sub(rb"([;\s]b\s*=)[^;]*", rb"\1", own[1])
    signed += relaxed((own[0], bare)).removesuffix(b"\r\n")
    key = public_key(records[f"{tags['s']}._domainkey.{tags['d']}"])
    signature = base64.b64decode(tags["b"])
    try:
        if isinstance(key, RSAPublicKey):
            assert tags["a"] == "rsa-sha256"
            key.verify(signature, signed, PKCS1v15(), hashes.SHA256())
        else:
            assert tags["a"] == "ed25519-sha256"
            key.verify(signature, hashlib.sha256(signed).digest())
    except InvalidSignature:
        return False
    return True


def public_key(record: str) -> RSAPublicKey | Ed25519PublicKey:
    tags = tag_list(record.encode())
    raw = base64.b64decode(tags["p"])
    if tags.get("k", "rsa") == "ed25519":
        return Ed25519PublicKey.from_public_bytes(raw)
    key = serialization.load_der_public_key(raw)
    assert isinstance(key, RSAPublicKey)
    return key


def tag_list(value: bytes) -> dict[str, str]:
    """RFC 6376 section 3.2. White space within base64 is taken out; no tag may stand twice."""
    tags: dict[str, str] = {}
    for part in value.decode("utf-8").strip().rstrip(";").split(";"):
        name, _, content = part.partition("=")
        assert name.strip() not in tags
        tags[name.strip()] = (
            re.sub(r"\s+", "", content) if name.strip() in {"b", "bh", "p", "h"} else content.strip()
        )
    return tags


def split(header: bytes) -> list[Field]:
    lines = re.split(rb"(?<=\r\n)(?![ \t])", header)
    parts = [line.partition(b":") for line in lines if line]
    return [(name, value) for name, _, value in parts]


def relaxed(field: Field) -> bytes:
    """Section 3.4.2."""
    name, value = field
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", value).removesuffix(b"\r\n")
    return name.rstrip().lower() + b":" + re.sub(rb"[ \t]+", b" ", unfolded).strip() + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """Section 3.4.4."""
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
