"""Make a key that signs mail, and say what its domain must publish (M-14, M-15)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.core.errors import BadInput
from pipeline.core.message.addr_spec import a_label
from pipeline.core.message.dkim import refuse_selector, signer
from pipeline.core.message.dns_record import DkimRecord, dkim_record
from pipeline.gateways import dkim
from pipeline.settings import current


@dataclass(frozen=True, slots=True)
class MadeKey:
    """Where a new key is, and what makes it known. `setting` is the whole value that ROUNDS_DKIM_KEYS then has."""

    path: Path
    record: DkimRecord
    setting: str


def make_dkim_key(kind: str, selector: str, domain: str, path: Path | None, now: datetime) -> MadeKey:
    """Write a key of one kind, `rsa` or `ed25519`, readable by its owner alone, and never over another file.

    Empty values are chosen: the selector from the kind and the month, so that keys can follow one another; the domain
    of From; a file in the data folder. Raises BadInput.
    """
    settings = current()
    chosen = selector or f"{kind[0]}{now:%Y%m}"
    refuse_selector(chosen)
    signs_for = a_label(domain) if domain else dkim.mail_domain(settings)
    place = (path or dkim.key_folder(settings) / f"{chosen}.pem").expanduser().absolute()
    if re.search(r"[\s,]", str(place)):
        raise BadInput(
            "ROUNDS_DKIM_KEYS cannot name a file with a space or a comma in its path. Name another with --out.",
            place=str(place),
        )
    key = dkim.make_key(kind)
    dkim.write_key(place, key)
    made = signer(signs_for, chosen, key)
    already = [f"{key.selector}:{key.path}" for key in settings.dkim_keys if key.path]
    return MadeKey(place, dkim_record(made), " ".join([*already, f"{chosen}:{place}"]))
