"""The keys of this installation, all derived from one secret (S-01, S-16)."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from pipeline.core.address import Address, address_key, canonical
from pipeline.core.consent.tokens import Keyring, derive_key
from pipeline.settings import current


@lru_cache(maxsize=4)
def _secret(secret_key: str) -> bytes:
    """32 bytes from whatever the operator wrote, so that a long passphrase is as good as random hex."""
    return hashlib.sha256(secret_key.encode()).digest()


@lru_cache(maxsize=4)
def _keyring(secret_key: str) -> Keyring:
    return Keyring.from_secret(_secret(secret_key))


@lru_cache(maxsize=4)
def _address_secret(secret_key: str) -> bytes:
    return derive_key(_secret(secret_key), "address")


def keyring() -> Keyring:
    """The keys of links, forms and return paths."""
    return _keyring(current().secret_key)


def key_of(address: Address) -> bytes:
    """The keyed hash by which a mailbox is found, 32 bytes."""
    return address_key(canonical(address), _address_secret(current().secret_key))


def key_of_network(network: str) -> bytes | None:
    """The keyed hash of a client's network, for counting sign-ups. None where the network is not known."""
    return address_key(f"network {network}", _address_secret(current().secret_key)) if network else None
