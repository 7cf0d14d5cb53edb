"""What all contenders of one run share: the letter as a file, its size on the wire, and a key to sign with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.letter import KEY, RETURN_PATH, SENDER, SITE, letter
from bench.prefilled import prefilled


@dataclass(frozen=True, slots=True)
class Work:
    folder: Path
    letter_file: Path
    key_file: Path
    message_bytes: int


@contextmanager
def shared_work() -> Iterator[Work]:
    """Made in a temporary folder, and gone with the run."""
    with TemporaryDirectory(prefix="rounds-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL, which does not run as root, must reach its folder in this one.
        parts = letter()
        words = {"subject": parts.subject, "html": parts.html, "text": parts.text}
        words |= {"from": SENDER, "return_path": RETURN_PATH, "site": SITE, "key": KEY.decode()}
        letter_file, key_file = folder / "letter.json", folder / "rsa.pem"
        letter_file.write_text(json.dumps(words))
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        yield Work(folder, letter_file, key_file, len(prefilled()))
