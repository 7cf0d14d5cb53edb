"""The DKIM keys of this installation: from files, from the environment, or made for the local inbox (M-14, U-04).

Keys are read once and again when their file has changed, so that a key may be replaced without a restart, and one
that is gone is noticed at the next look (delivery.md C8, row 84).
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from pipeline.core.errors import BadInput, Refused
from pipeline.core.message.addr_spec import a_label
from pipeline.core.message.dkim import LEAST_RSA_BITS, PrivateKey, Signer, signer
from pipeline.settings import DkimKey, Settings

KINDS = ("rsa", "ed25519")
LOCAL_SELECTORS = {"rsa": "local-rsa", "ed25519": "local-ed25519"}

UNSIGNED = (
    "List mail is not sent without a DKIM signature. Make a key with `rounds dkim new` and name it in "
    "ROUNDS_DKIM_KEYS, or set ROUNDS_RELAY_SIGNS=1 if the relay signs."
)


class SigningRefused(Refused):
    """No list message can be signed now, and none may leave unsigned. What waits keeps waiting."""


def signing_refusal(settings: Settings) -> str | None:
    """Why no list message may leave now, in a sentence; None when it will be signed, here or by the relay.

    Looks at the key files. The local inbox's keys are made by the first call.
    """
    try:
        found = signers(settings)
    except SigningRefused as refused:
        return str(refused)
    return None if found or settings.relay_signs else UNSIGNED


def signers(settings: Settings) -> tuple[Signer, ...]:
    """What signs each message: the very same tuple until a key changes. Empty when no key is configured.

    Raises SigningRefused, in a sentence that names the file, for a key that is missing or cannot be used.
    """
    return _in_use.of(settings, configured(settings), mail_domain(settings))


def letters_signers(settings: Settings) -> tuple[Signer, ...]:
    """What signs the letters that somebody waits for: the same, or keys and a domain of their own (D-10)."""
    if not settings.letters_address and not settings.letters_dkim_keys:
        return signers(settings)
    address = settings.letters_address or settings.sender_address
    keys = settings.letters_dkim_keys or configured(settings)
    return _in_use_for_letters.of(settings, keys, a_label(address.rpartition("@")[2]))


def mail_domain(settings: Settings) -> str:
    """The domain of From, which signs (`d=`), so that the signature is aligned with it."""
    return a_label(settings.sender_address.rpartition("@")[2])


def load(key: DkimKey, domain: str) -> Signer:
    """The signer of one configured key. SigningRefused when it is missing, locked, weak or no key at all."""
    place = str(key.path) if key.path else f"the environment, selector {key.selector}"
    try:
        data = key.path.read_bytes() if key.path else key.pem.encode()
        return signer(domain, key.selector, serialization.load_pem_private_key(data, password=None))
    except FileNotFoundError:
        raise SigningRefused(
            f"{place}: the DKIM key of selector {key.selector} is not there. Put it back, or take it out of "
            "ROUNDS_DKIM_KEYS. Nothing is sent meanwhile."
        ) from None
    except OSError as error:
        raise SigningRefused(
            f"{place}: the DKIM key cannot be read ({error.strerror}). Let the user that sends read it."
        ) from error
    except BadInput as error:
        raise SigningRefused(f"{place}: {error}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningRefused(
            f"{place}: this is no private key in PEM without a password. Make one with `rounds dkim new`."
        ) from error


def make_key(kind: str) -> PrivateKey:
    """A new key: `rsa` of 2048 bits, which every receiver reads, or `ed25519`."""
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=LEAST_RSA_BITS)


def write_key(path: Path, key: PrivateKey) -> None:
    """Keep a key for its owner alone. BadInput when anything is there already: no key is ever overwritten.

    Of two writers at once, `link` lets one win.
    """
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(text)
            os.link(fresh, path)
        finally:
            fresh.unlink()
    except FileExistsError:
        raise BadInput(
            "There is a file already, and a key is never overwritten. Name another with --out or --selector.",
            place=str(path),
        ) from None
    except OSError as error:
        raise BadInput(f"The key cannot be kept here ({error.strerror}).", place=str(path)) from error


def key_folder(settings: Settings) -> Path:
    """Where keys are put that are given no other place."""
    return settings.data_dir / "dkim"


def configured(settings: Settings) -> tuple[DkimKey, ...]:
    """The keys to sign with. The local inbox needs none of the operator's: it has its own, made when first used."""
    if settings.dkim_keys or settings.relay_signs or not settings.local_inbox:
        return settings.dkim_keys
    return tuple(_local_key(settings, kind) for kind in KINDS)


def _local_key(settings: Settings, kind: str) -> DkimKey:
    selector = LOCAL_SELECTORS[kind]
    path = key_folder(settings) / f"{selector}.pem"
    if not path.exists():
        try:
            write_key(path, make_key(kind))
        except BadInput as error:
            if not path.exists():  # or another process was first: its key is the one that counts
                raise SigningRefused(str(error)) from error
    return DkimKey(selector, path)


@dataclass
class _InUse:
    """The signers in use, and what their files looked like when they were read."""

    settings: Settings | None = None
    looks: tuple[object, ...] = ()
    signers: tuple[Signer, ...] = ()

    def of(self, settings: Settings, keys: tuple[DkimKey, ...], domain: str) -> tuple[Signer, ...]:
        looks = tuple(_look(key) for key in keys)
        if settings is not self.settings or looks != self.looks:
            self.signers = tuple(load(key, domain) for key in keys)
            self.settings, self.looks = settings, looks
        return self.signers


_in_use, _in_use_for_letters = _InUse(), _InUse()


def _look(key: DkimKey) -> object:
    """What changes when a key's file does. A missing file looks like nothing else, so that it is read for, and told."""
    if key.path is None:
        return key
    try:
        state = key.path.stat()
    except OSError:
        return object()
    return key.path, state.st_ino, state.st_mtime_ns, state.st_size
