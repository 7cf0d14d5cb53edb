"""What the domain must publish for the keys that sign now."""

from __future__ import annotations

from pipeline.core.message.dns_record import DkimRecord, dkim_record
from pipeline.gateways import dkim
from pipeline.settings import current


def show_dkim_keys() -> list[DkimRecord]:
    """The record of each key in use, in the order of the signatures. Raises SigningRefused for one that is missing."""
    return [dkim_record(signer) for signer in dkim.signers(current())]
