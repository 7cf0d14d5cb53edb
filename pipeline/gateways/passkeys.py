"""Passkeys: WebAuthn level 2 by Yubico's library, for this site and no other.

Each step gives what the browser is asked, as JSON, and a state of our own that has the challenge. The state is kept
in the session and taken out of it once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from pipeline.core.accounts.second_factor import Passkey
from pipeline.core.errors import BadInput
from pipeline.gateways.keys import passkey_handle
from pipeline.settings import current

# What the library raises on an answer that is no answer, or that somebody made up.
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)
LONGEST_ANSWER = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey, as it is kept."""

    credential_id: bytes
    credential: bytes
    count: int


@dataclass(frozen=True, slots=True)
class Used:
    """A passkey that signed the challenge, and what its counter says now."""

    id: int
    count: int


def possible() -> bool:
    """Whether browsers let this site have passkeys: by https, or under the name `localhost`; never under a number."""
    host = current().host
    return (current().https and not _is_number(host)) or host == "localhost" or host.endswith(".localhost")


def begin_making(member_id: int, name: str, known: Iterable[Passkey]) -> tuple[str, Mapping[str, Any]]:
    """(what the browser is asked, as JSON; the state). A device that has one of `known` refuses to make another."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=passkey_handle(member_id), name=name, display_name=name),
        credentials=[AttestedCredentialData(key.credential) for key in known],
        user_verification=UserVerificationRequirement.PREFERRED,
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
    )
    return json.dumps(dict(options)), state


def finish_making(state: Mapping[str, Any], answer: str) -> Made:
    """Check the browser's answer: challenge, origin, type. Raises BadInput for one that is not good."""
    try:
        data = _server().register_complete(state, _read(answer))
        made = data.credential_data
        if made is None:
            raise ValueError("no credential")
        return Made(made.credential_id, bytes(made), data.counter)
    except UNREADABLE as error:
        raise BadInput(
            "The browser's answer does not fit. Load the page again, and try once more."
        ) from error


def begin_using(known: Iterable[Passkey]) -> tuple[str, Mapping[str, Any]]:
    """(what the browser is asked, as JSON; the state)."""
    options, state = _server().authenticate_begin(
        credentials=[AttestedCredentialData(key.credential) for key in known],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return json.dumps(dict(options)), state


def begin_alone() -> tuple[str, Mapping[str, Any]]:
    """As `begin_using`, of somebody who named nobody: any passkey for this site, whose device knows who holds it."""
    options, state = _server().authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    return json.dumps(dict(options)), state


def named_in(answer: str) -> tuple[bytes, bytes] | None:
    """(the credential's id, the handle of its member) as an answer says, unproved. None where it says neither."""
    try:
        read = AuthenticationResponse.from_dict(_read(answer))
        handle = read.response.user_handle
        return (read.raw_id, handle) if handle else None
    except UNREADABLE:
        return None


def finish_using(state: Mapping[str, Any], known: Iterable[Passkey], answer: str) -> Used | None:
    """Which of `known` signed the challenge for this site. None if none did."""
    credentials = {AttestedCredentialData(key.credential).credential_id: key for key in known}
    try:
        read = _read(answer)
        keys = [AttestedCredentialData(key.credential) for key in credentials.values()]
        signed = _server().authenticate_complete(state, keys, read)
        count = AuthenticationResponse.from_dict(read).response.authenticator_data.counter
    except UNREADABLE:
        return None
    return Used(credentials[signed.credential_id].id, count)


def _server() -> Fido2Server:
    ours = current().base_url
    site = PublicKeyCredentialRpEntity(id=current().host, name=current().sender_name)
    return Fido2Server(site, verify_origin=lambda origin: origin == ours)


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise ValueError("no object")
    return read


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
