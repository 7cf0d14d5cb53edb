"""The files in which a data folder keeps its secrets, where the environment has none."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from pipeline.core.consent.secret_keys import LAST, SecretKeys, written
from pipeline.core.errors import Refused, Unavailable
from pipeline.settings import old_secret_keys_file, read_secret_keys_anew, secret_key_file


def change_secret(data_dir: Path, known: SecretKeys) -> None:
    """Put a new secret into force, and keep those before it. Both files are whole at every moment.

    The older ones are written first: whoever is cut short between the two has changed nothing (`secret_keys`). Raises
    Refused, BadInput, or Unavailable where the folder cannot be written to.
    """
    if known.kid == LAST:
        raise Refused(f"There is no secret after number {LAST}: a link names its secret in one byte.")
    try:
        owner = secret_key_file(data_dir).stat()
        _write(old_secret_keys_file(data_dir), written(dict(known.of)), owner)
        _write(secret_key_file(data_dir), secrets.token_urlsafe(48), owner)
    except OSError as error:
        raise Unavailable(
            f"{data_dir} cannot be written to ({error.strerror}). The secret is the one that it was."
        ) from error
    read_secret_keys_anew()


def _write(path: Path, text: str, owner: os.stat_result) -> None:
    """For its owner alone, who stays the same where root does this, and on the disk."""
    file, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(file, "w") as opened:
            if os.geteuid() == 0:
                os.fchown(file, owner.st_uid, owner.st_gid)
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
