"""The TXT record of a key, and what may be wrong with one that is published."""

from __future__ import annotations

import pytest

from pipeline.core.message.dns_record import dkim_record, record_flaw
from tests.core.message.letters import ed25519_signer, rsa_signer


def test_a_long_record_is_cut_at_255_and_is_whole_again_when_joined() -> None:
    record = dkim_record(rsa_signer())
    assert len(record.strings[0]) == 255
    assert "".join(record.strings) == record.value
    assert record.zone_line.startswith('r1._domainkey.rounds.example. 3600 IN TXT ( "v=DKIM1; k=rsa; p=')
    assert record.zone_line.count('"') == 4


@pytest.mark.parametrize("make", [rsa_signer, ed25519_signer])
def test_what_a_name_server_prints_for_a_published_record_is_taken(make) -> None:  # type: ignore[no-untyped-def]
    record = dkim_record(make())
    printed = " ".join(f'"{string}"' for string in record.strings)
    assert record_flaw(printed, record) is None
    assert record_flaw(record.value, record) is None


@pytest.mark.parametrize(
    ("published", "sentence"),
    [
        ('"v=spf1 -all"', "no DKIM record"),
        ('"v=DKIM1; k=rsa; p="', "revoked"),
        ('"v=DKIM1; k=ed25519; p=abcd"', "for ed25519 keys"),
        ('"v=DKIM1; k=rsa; p=abcd"', "another key"),
    ],
)
def test_what_is_wrong_with_a_record_is_said(published: str, sentence: str) -> None:
    flaw = record_flaw(published, dkim_record(rsa_signer()))
    assert flaw is not None
    assert sentence in flaw
