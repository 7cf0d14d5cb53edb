"""Offers on the disk, one file each, which a day later are gone: what nobody took in is no concern of ours."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from pipeline.core.content.offer import Offer, offer_from_data, offer_to_data
from pipeline.core.errors import NotFound, Unavailable
from pipeline.gateways.files import write_whole

KEPT = 24 * 3600  # seconds


def keep(folder: Path, uid: UUID, offer: Offer) -> None:
    """Whole or not at all, in place of what was kept under this number."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(f"What was read could not be kept ({error.strerror}).") from error
    write_whole(_file(folder, uid), json.dumps(offer_to_data(offer)))


def kept(folder: Path, uid: UUID) -> Offer:
    """Raises NotFound where there is none, or none any more."""
    try:
        return offer_from_data(json.loads(_file(folder, uid).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError):  # the last two: written by an earlier version of the program
        raise NotFound("There is no such import, or it is a day old and deleted. Import it again.") from None


def forget_old(folder: Path) -> None:
    """Whoever keeps a new one clears away the old ones."""
    if not folder.is_dir():
        return
    before = time.time() - KEPT
    with os.scandir(folder) as found:
        for each in found:
            with suppress(FileNotFoundError):  # somebody else clears away too
                if each.name.endswith(".json") and each.stat().st_mtime < before:
                    Path(each.path).unlink()


def _file(folder: Path, uid: UUID) -> Path:
    return folder / f"{uid.hex}.json"
