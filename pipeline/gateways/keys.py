"""The keys of this installation, all derived from one secret, or from those that it had before (S-01, S-16).

What is made, is made under the secret in force. What was made under an older one is known again where it has to be.
Two keys stay those of the first secret for ever: the one by which addresses are found, since the address behind a hash
may be known to nobody any more, and that of the handles by which passkeys know their member.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.core.address import Address, address_key, canonical
from pipeline.core.consent.secret_keys import SecretKeys
from pipeline.core.consent.tokens import Keyring, derive_key, root_secret
from pipeline.settings import current


@lru_cache(maxsize=4)
def _keyring(known: SecretKeys) -> Keyring:
    roots = {kid: root_secret(secret) for kid, secret in known.of}
    return Keyring.from_secret(roots.pop(known.kid), known.kid, roots)


@lru_cache(maxsize=64)
def _key_for(secret_key: str, use: str) -> bytes:
    return derive_key(root_secret(secret_key), use)


def keyring() -> Keyring:
    """The keys of links, forms and return paths."""
    return _keyring(current().secret_keys)


def check_values() -> dict[int, bytes]:
    """By number, what the database keeps to know each secret again: 32 bytes, from which no other key can be had."""
    return {kid: _key_for(secret, "check") for kid, secret in current().secret_keys.of}


def puzzle_key() -> bytes:
    """What signs the puzzles of forms, 32 bytes."""
    return _key_for(current().secret_key, "puzzle")


def key_of(address: Address) -> bytes:
    """The keyed hash by which a mailbox is found, 32 bytes. Under the first secret, whichever is in force."""
    return address_key(canonical(address), _key_for(current().secret_keys.first, "address"))


def key_of_network(network: str) -> bytes | None:
    """The keyed hash of a client's network, for counting sign-ups. None where the network is not known."""
    return _counted(f"network {network}") if network else None


def key_of_domain(address: Address) -> bytes:
    """The keyed hash of an address's domain, for counting sign-ups."""
    return _counted(f"domain {address.domain_ascii}")


def key_of_form(told: str) -> bytes:
    """The keyed hash of what a form said, by which a second press of the same button is known."""
    return _counted(f"form {told}")


def _counted(what: str) -> bytes:
    """For what is forgotten soon: a change of the secret begins the count anew, and nothing more."""
    return address_key(what, _key_for(current().secret_key, "address"))


def recovery_keys() -> tuple[bytes, ...]:
    """The keys of the hashes that are kept of recovery codes, 32 bytes each: the one for new codes comes first."""
    return tuple(_key_for(secret, "recovery codes") for _, secret in current().secret_keys.newest_first)


def browser_mark_key() -> bytes:
    """What signs the marks of browsers that members signed in with: 32 bytes."""
    return _key_for(current().secret_key, "known browsers")


def key_of_attempt(whose: str) -> bytes:
    """The keyed hash under which tries to sign in are counted, 32 bytes. `whose` says a client or a name."""
    return hmac.digest(_key_for(current().secret_key, "attempts"), whose.encode(), "sha256")


def passkey_handle(member_id: int) -> bytes:
    """What a passkey knows its member by: 32 bytes that say nothing of them (WebAuthn level 2, 14.6.1).

    Under the first secret: a device that knew its member by two handles would show two accounts.
    """
    key = _key_for(current().secret_keys.first, "passkey handles")
    return hmac.digest(key, str(member_id).encode(), "sha256")


def seal(secret: bytes, use: str) -> bytes:
    """Encrypt and authenticate, by AES-256-GCM. It opens for the same `use` alone, such as `totp 7`."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_key_for(current().secret_key, "sealing")).encrypt(nonce, secret, use.encode())


def unseal(sealed: bytes, use: str) -> bytes | None:
    """What was sealed for this `use`. None if it was sealed for another, changed, or sealed under another secret than
    the one in force.
    """
    return _unsealed(sealed, use, current().secret_key)


def unseal_kept(sealed: bytes, use: str) -> tuple[int, bytes] | None:
    """The same of what is kept for long: (number of the secret it is sealed under, what was sealed), or None."""
    for kid, secret_key in current().secret_keys.newest_first:
        found = _unsealed(sealed, use, secret_key)
        if found is not None:
            return kid, found
    return None


def _unsealed(sealed: bytes, use: str, secret_key: str) -> bytes | None:
    try:
        return AESGCM(_key_for(secret_key, "sealing")).decrypt(sealed[:12], sealed[12:], use.encode())
    except (InvalidTag, ValueError):
        return None


@lru_cache(maxsize=16)
def _ledger_key(secret_key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive_key(root_secret(secret_key), "ledger"))


@lru_cache(maxsize=16)
def _ledger_public_key(secret_key: str) -> tuple[str, bytes]:
    public = _ledger_key(secret_key).public_key().public_bytes_raw()
    return hashlib.sha256(public).hexdigest()[:16], public


def ledger_public_key() -> bytes:
    """With it anybody can check the signatures under the ledger's seals: 32 bytes, RFC 8032."""
    return _ledger_public_key(current().secret_key)[1]


def ledger_public_keys() -> dict[str, bytes]:
    """Those of every secret that this host has, by their names: the one in force comes first."""
    return dict(_ledger_public_key(secret) for _, secret in current().secret_keys.newest_first)


def ledger_kids() -> dict[str, int]:
    """The numbers of the secrets that this host has, by the names of the ledger keys that come from them."""
    return {_ledger_public_key(secret)[0]: kid for kid, secret in current().secret_keys.of}


def ledger_key_id() -> str:
    """A name for the key in force, in 16 characters."""
    return _ledger_public_key(current().secret_key)[0]


def sign_ledger(data: bytes) -> tuple[str, bytes]:
    """(name of the key, signature of 64 bytes). The key is derived from the secret, which no database has."""
    return ledger_key_id(), _ledger_key(current().secret_key).sign(data)


def ledger_signed(key_id: str, data: bytes, signature: bytes) -> int | None:
    """The number of the secret under which we signed this; None for whatever we did not sign."""
    for kid, secret_key in current().secret_keys.of:
        if _ledger_public_key(secret_key)[0] == key_id:
            try:
                _ledger_key(secret_key).public_key().verify(signature, data)
            except InvalidSignature:
                return None
            return kid
    return None
