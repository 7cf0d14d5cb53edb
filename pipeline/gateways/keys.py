"""The keys of this installation, all derived from one secret (S-01, S-16)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.core.address import Address, address_key, canonical
from pipeline.core.consent.tokens import Keyring, derive_key, root_secret
from pipeline.settings import current


@lru_cache(maxsize=4)
def _keyring(secret_key: str) -> Keyring:
    return Keyring.from_secret(root_secret(secret_key))


@lru_cache(maxsize=4)
def _address_secret(secret_key: str) -> bytes:
    return derive_key(root_secret(secret_key), "address")


@lru_cache(maxsize=4)
def _puzzle_key(secret_key: str) -> bytes:
    return derive_key(root_secret(secret_key), "puzzle")


def puzzle_key() -> bytes:
    """What signs the puzzles of forms, 32 bytes."""
    return _puzzle_key(current().secret_key)


def keyring() -> Keyring:
    """The keys of links, forms and return paths."""
    return _keyring(current().secret_key)


def key_of(address: Address) -> bytes:
    """The keyed hash by which a mailbox is found, 32 bytes."""
    return address_key(canonical(address), _address_secret(current().secret_key))


def key_of_network(network: str) -> bytes | None:
    """The keyed hash of a client's network, for counting sign-ups. None where the network is not known."""
    return address_key(f"network {network}", _address_secret(current().secret_key)) if network else None


@lru_cache(maxsize=16)
def _key_for(secret_key: str, use: str) -> bytes:
    return derive_key(root_secret(secret_key), use)


def recovery_key() -> bytes:
    """The key of the hashes that are kept of recovery codes: 32 bytes."""
    return _key_for(current().secret_key, "recovery codes")


def browser_mark_key() -> bytes:
    """What signs the marks of browsers that members signed in with: 32 bytes."""
    return _key_for(current().secret_key, "known browsers")


def key_of_attempt(whose: str) -> bytes:
    """The keyed hash under which tries to sign in are counted, 32 bytes. `whose` says a client or a name."""
    return hmac.digest(_key_for(current().secret_key, "attempts"), whose.encode(), "sha256")


def passkey_handle(member_id: int) -> bytes:
    """What a passkey knows its member by: 32 bytes that say nothing of them (WebAuthn level 2, 14.6.1)."""
    return hmac.digest(_key_for(current().secret_key, "passkey handles"), str(member_id).encode(), "sha256")


def seal(secret: bytes, use: str) -> bytes:
    """Encrypt and authenticate, by AES-256-GCM. It opens for the same `use` alone, such as `totp 7`."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_key_for(current().secret_key, "sealing")).encrypt(nonce, secret, use.encode())


def unseal(sealed: bytes, use: str) -> bytes | None:
    """What was sealed for this `use`. None if it was sealed for another, changed, or sealed under another secret."""
    try:
        return AESGCM(_key_for(current().secret_key, "sealing")).decrypt(
            sealed[:12], sealed[12:], use.encode()
        )
    except (InvalidTag, ValueError):
        return None


def key_of_domain(address: Address) -> bytes:
    """The keyed hash of an address's domain, for counting sign-ups."""
    return address_key(f"domain {address.domain_ascii}", _address_secret(current().secret_key))


def key_of_form(told: str) -> bytes:
    """The keyed hash of what a form said, by which a second press of the same button is known."""
    return address_key(f"form {told}", _address_secret(current().secret_key))


@lru_cache(maxsize=4)
def _ledger_key(secret_key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derive_key(root_secret(secret_key), "ledger"))


def ledger_public_key() -> bytes:
    """With it anybody can check the signatures under the ledger's seals: 32 bytes, RFC 8032."""
    return _ledger_key(current().secret_key).public_key().public_bytes_raw()


def ledger_key_id() -> str:
    """A name for that key, in 16 characters."""
    return hashlib.sha256(ledger_public_key()).hexdigest()[:16]


def sign_ledger(data: bytes) -> tuple[str, bytes]:
    """(name of the key, signature of 64 bytes). The key is derived from the secret, which no database has."""
    return ledger_key_id(), _ledger_key(current().secret_key).sign(data)


def ledger_signed(key_id: str, data: bytes, signature: bytes) -> bool:
    """Whether we signed this."""
    if key_id != ledger_key_id():
        return False
    try:
        _ledger_key(current().secret_key).public_key().verify(signature, data)
    except InvalidSignature:
        return False
    return True
