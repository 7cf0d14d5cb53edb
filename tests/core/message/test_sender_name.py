from __future__ import annotations

import pytest

from pipeline.core.errors import BadInput
from pipeline.core.message.sender_name import check_sender_name


@pytest.mark.holds("P-04")
@pytest.mark.parametrize(
    "name",
    ["", "   ", "x" * 61, "Re: your results", "fwd: Calm Mail", "news@calm.example", "https://calm.example",
     "Calm Mail \N{PARTY POPPER}", "\N{BLACK HEART SUIT} Calm", "[[greeting]]", "{first_name}"],
)  # fmt: skip
def test_a_name_that_is_no_senders_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="sender's name"):
        check_sender_name(name)


@pytest.mark.parametrize(
    "name", ["Rounds", "Dr Ada O'Neill & Co", "رسالة الصحة", "健康の手紙", "Reading Health: news"]
)
def test_a_name_that_says_who_sends_is_taken(name: str) -> None:
    check_sender_name(name)
