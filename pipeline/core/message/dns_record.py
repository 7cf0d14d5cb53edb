"""The TXT record that makes a DKIM key known, as name servers and their owners write it (RFC 6376 section 3.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.core.message.dkim import Signer

STRING_LIMIT = 255  # bytes in one string of a TXT record (RFC 1035 section 3.3.14)
TTL = 3600  # seconds


@dataclass(frozen=True, slots=True)
class DkimRecord:
    """One key's record. `strings` are `value` cut where a TXT record has to be."""

    selector: str
    algorithm: str
    domain: str
    name: str
    value: str

    @property
    def strings(self) -> tuple[str, ...]:
        return tuple(self.value[at : at + STRING_LIMIT] for at in range(0, len(self.value), STRING_LIMIT))

    @property
    def zone_line(self) -> str:
        quoted = " ".join(f'"{string}"' for string in self.strings)
        return f"{self.name}. {TTL} IN TXT ( {quoted} )"


def dkim_record(signer: Signer) -> DkimRecord:
    return DkimRecord(
        signer.selector, signer.algorithm, signer.domain, signer.record_name, signer.public_record
    )


def record_flaw(published: str, record: DkimRecord) -> str | None:
    """Why what is published does not serve this key, in a sentence; None if it does.

    `published` is as `dig +short TXT` prints it: one string or several in quotation marks, or the bare value.
    """
    value = "".join(re.findall(r'"([^"]*)"', published)) or published.strip()
    found, wanted = _tags(value), _tags(record.value)
    if found.get("v", "DKIM1") != "DKIM1" or "p" not in found:
        return f"What is published at {record.name} is no DKIM record. Publish: {record.value}"
    if not found["p"]:
        return f"The record at {record.name} has an empty p=, which says that the key is revoked."
    if found.get("k", "rsa") != wanted["k"]:
        return f"The record at {record.name} is for {found.get('k', 'rsa')} keys; this one is {wanted['k']}."
    if found["p"] != wanted["p"]:
        return f"The record at {record.name} holds another key. Publish: {record.value}"
    if "h" in found and "sha256" not in found["h"].split(":"):
        return f"The record at {record.name} does not allow sha256. Take its h= out."
    return None


def _tags(value: str) -> dict[str, str]:
    parts = (part.partition("=") for part in value.split(";"))
    return {name.strip().lower(): re.sub(r"\s+", "", content) for name, _, content in parts if name.strip()}
