"""The pictures in `content/images/`: read for an article, and found again by the digest of their bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.core.content.pictures import FOLDER, MOST_BYTES, Picture, look_at
from pipeline.core.errors import BadInput, NotFound
from pipeline.gateways.files import read_source

MOST_FILES = 10_000

_digests: dict[tuple[str, int, int], str] = {}  # path, time of change in ns, size: the SHA-256 in hex


def read_picture(content: Path, name: str) -> tuple[Picture, str]:
    """What the picture `name` is, and the SHA-256 of its bytes in hex. BadInput where it will not do."""
    try:
        data = read_source(content / FOLDER / name, largest=4 * MOST_BYTES)
    except NotFound:
        raise BadInput(f"There is no picture content/{FOLDER}{name}. Add it, or correct the name.") from None
    return look_at(data), hashlib.sha256(data).hexdigest()


def picture_by_digest(content: Path, digest: str) -> bytes | None:
    """The bytes with this SHA-256, whatever the file is called. A file is read again when it has changed."""
    for path in sorted((content / FOLDER).glob("*"))[:MOST_FILES]:
        if path.is_file() and _digest(path) == digest:
            data = path.read_bytes()
            return data if hashlib.sha256(data).hexdigest() == digest else None
    return None


def _digest(path: Path) -> str:
    found = path.stat()
    key = (str(path), found.st_mtime_ns, found.st_size)
    if key not in _digests:
        if len(_digests) > 2 * MOST_FILES:
            _digests.clear()
        _digests[key] = (
            hashlib.sha256(path.read_bytes()).hexdigest() if found.st_size <= MOST_BYTES else "too large"
        )
    return _digests[key]
