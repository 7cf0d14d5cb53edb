"""An erasure finds the reports that name a mailbox, however a mail program wrote them."""

from __future__ import annotations

from base64 import encodebytes

import pytest

from pipeline.core.feedback.traces import names

WHO = "Ada.Lovelace@readers.test"


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz" * 40])
@pytest.mark.parametrize("after", ["", "!", "!?"])
def test_base64_hides_no_mailbox_wherever_its_lines_break(before, after):
    assert names(b"Subject: x\r\n\r\n" + encodebytes((before + WHO + after).encode()), WHO)


@pytest.mark.parametrize(
    "raw",
    [
        b"To: ADA.LOVELACE@READERS.TEST",
        b"RCPT <ada.lovelace=40readers.test>",
        b"=41da.Lovelace=40readers.=\ntest",
    ],
)
def test_plain_and_quoted_printable_hide_none_either(raw):
    assert names(raw, WHO)


def test_somebody_else_is_somebody_else():
    assert not names(b"To: ada@readers.test\r\n\r\n" + encodebytes(b"ben.lovelace@readers.tes"), WHO)
