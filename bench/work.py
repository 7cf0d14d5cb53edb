"""What all contenders of one run share: the letter as a file, its size on the wire, and a key to sign with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bench.cluster import Cluster, run_program
from bench.letter import KEY, RETURN_PATH, SENDER, SITE, letter
from bench.prefilled import prefilled


@dataclass(frozen=True, slots=True)
class Work:
    folder: Path
    letter_file: Path
    key_file: Path
    message_bytes: int
    until_the_end: ExitStack
    _cluster: list[Cluster] = field(default_factory=list)
    _sizes: dict[bool, int] = field(default_factory=dict)

    @property
    def cluster(self) -> Cluster:
        """A PostgreSQL for those who record what they send; started when somebody first asks."""
        if not self._cluster:
            self._cluster.append(self.until_the_end.enter_context(Cluster(self.folder)))
        return self._cluster[0]

    def bytes_of_rounds(self, signed: bool, recipients: int) -> int:
        """The size of a message of Rounds on the wire, checked to be the letter; looked at once."""
        if signed not in self._sizes:
            environment = self.cluster.opened(recipients).database.environment(**self.signing(signed))
            self._sizes[signed] = run_program("size", environment=environment)["bytes"]
        return self._sizes[signed]

    def signing(self, signed: bool) -> dict[str, str]:
        """The settings of Rounds that sign with the key, or leave signing to the relay."""
        return {"ROUNDS_DKIM_KEYS": f"bench:{self.key_file}"} if signed else {"ROUNDS_RELAY_SIGNS": "1"}


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
        key_file.chmod(0o644)
        with ExitStack() as until_the_end:
            yield Work(folder, letter_file, key_file, len(prefilled()), until_the_end)
