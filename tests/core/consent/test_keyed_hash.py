"""The quick HMAC says what the standard library's says."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent.keyed_hash import prepared


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), min_size=1, max_size=4))
def test_it_is_hmac_for_any_key_and_for_one_message_after_the_other(
    key: bytes, messages: list[bytes]
) -> None:
    digest = prepared(key)
    for message in messages:
        assert digest(message) == hmac.digest(key, message, "sha256")
