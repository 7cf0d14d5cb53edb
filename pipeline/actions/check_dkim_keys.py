"""Whether mail would leave signed, without sending any and without asking the DNS."""

from __future__ import annotations

import stat
from dataclasses import dataclass

from pipeline.actions.show_dkim_keys import show_dkim_keys
from pipeline.core.errors import BadInput
from pipeline.core.message.dns_record import DkimRecord, record_flaw
from pipeline.gateways import dkim
from pipeline.settings import Settings, current


@dataclass(frozen=True, slots=True)
class DkimCheck:
    """`problems` are sentences; none means that list mail may leave."""

    records: tuple[DkimRecord, ...]
    relay_signs: bool
    problems: tuple[str, ...]


def check_dkim_keys(published: str = "", selector: str = "") -> DkimCheck:
    """Read every key, and compare a published record with the key of `selector`, or with the only key there is."""
    settings = current()
    refusal = dkim.signing_refusal(settings)
    records = [] if refusal else show_dkim_keys()
    problems = [refusal] if refusal else _open_files(settings)
    if published and not refusal:
        flaw = record_flaw(published, _chosen(records, selector))
        problems += [flaw] if flaw else []
    return DkimCheck(tuple(records), settings.relay_signs, tuple(problems))


def _chosen(records: list[DkimRecord], selector: str) -> DkimRecord:
    fitting = [record for record in records if selector in ("", record.selector)]
    if len(fitting) != 1:
        known = ", ".join(record.selector for record in records) or "none"
        raise BadInput(f"Say which key the record is for with --selector. Keys in use: {known}.")
    return fitting[0]


def _open_files(settings: Settings) -> list[str]:
    paths = [key.path for key in dkim.configured(settings) if key.path]
    return [
        f"{path}: other users of this machine may read the key. Run `chmod 600` on it."
        for path in paths
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
