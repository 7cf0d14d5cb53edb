"""Whatever is sent to the mailbox of reports is read or laid aside, in bounded time and memory (C7, row 76)."""

from __future__ import annotations

import base64
import gzip
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.feedback.event import Kind
from pipeline.core.feedback.mime import LARGEST
from pipeline.core.feedback.report import Heard, Ignored, Quarantined, read_report
from tests.samples.reports import (
    KEYS,
    UID,
    arf,
    auto_reply,
    dsn,
    exim,
    letter,
    path_of,
    qmail,
    recipient_block,
)

SECONDS = 4.0  # of the processor; most take a hundredth of one
MEGABYTES = 60

SAMPLES = [
    dsn(path_of()),
    dsn(path_of(), status_type="message/global-delivery-status", encoding="base64"),
    arf(returned=letter(path=path_of())),
    qmail(path_of()),
    exim(path_of()),
    auto_reply(path_of()),
]


def nested(depth: int, kind: str = "multipart/mixed") -> bytes:
    head = "".join(f'Content-Type: {kind}; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return head.encode() + b"Content-Type: text/plain\n\nhello\n"


def many_parts(number: int) -> bytes:
    part = b"--b\nContent-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n\n"
    return b'Content-Type: multipart/report; boundary="b"\n\n' + part * number + b"--b--\n"


BOMB = base64.encodebytes(gzip.compress(b"0" * 50_000_000))

HOSTILE = {
    "nothing": b"",
    "zeros": b"\0" * LARGEST,
    "too large": b"x" * (LARGEST + 1),
    "huge header": b"Subject: " + b"a" * (LARGEST - 100) + b"\n\n",
    "a million folds": b"Subject: a\n" + b" b\n" * 300_000 + b"\n",
    "a hundred thousand headers": b"X: y\n" * 200_000 + b"\n",
    "headers without end": b"To: b+" + b"a" * 44 + b"@b.test\n" * 40_000,
    "tokens": b"To: " + b"b+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.test, " * 15_000 + b"\n\n",
    "10k parts": many_parts(10_000),
    "200 parts": many_parts(200),
    "1,000 deep": nested(1000),
    "20 deep": nested(20),
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 30_000,
    "a part that is its own parent": b'Content-Type: multipart/mixed; boundary="b"\n\n'
    + b'--b\nContent-Type: multipart/mixed; boundary="b"\n\n' * 10_000,
    "zip bomb": b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: application/zip\n'
    b"Content-Transfer-Encoding: base64\n\n" + BOMB + b"\n--b--\n",
    "zip bomb as a status": b'Content-Type: multipart/report; boundary="b"\n\n--b\n'
    b"Content-Type: message/delivery-status\nContent-Encoding: gzip\nContent-Transfer-Encoding: base64\n\n"
    + BOMB
    + b"\n--b--\n",
    "no such charset": dsn(path_of()).replace(b"us-ascii", b"klingon"),
    "no such encoding": dsn(path_of()).replace(
        b"message/delivery-status\n", b"message/delivery-status; charset*=x'y\n"
    ),
    "broken base64": dsn(path_of(), encoding="base64").replace(b"Oi", b"\xff\xfe"),
    "a charset of the wrong kind": b"Subject: =?base64?B?/////?=\nContent-Type: text/plain; charset=base64\n\n\xff\xff",
    "uuencode": b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n" + b"M" * 500_000,
    "quoted printable": b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * 900_000,
    "a long boundary": b'Content-Type: multipart/report; boundary="' + b"b" * 900_000 + b'"\n\n--b\n',
    "parameters": b"Content-Type: multipart/report" + b"; a*0*=b" * 50_000 + b"\n\n",
    "status lines": dsn(path_of(), "\n".join(recipient_block() for _ in range(2500))),
    "a status of one line": dsn(path_of(), "Action: failed\nDiagnostic-Code: smtp; 550 " + "user " * 100_000),
    "regular expressions": b"From: MAILER-DAEMON@a.test\nReturn-Path: <>\n\n" + b"user a " * 100_000,
    "addresses": b"From: MAILER-DAEMON@a.test\nSubject: failure notice\n\n" + b"<a@b.test>:\n" * 60_000,
    "angle brackets": b"From: MAILER-DAEMON@a.test\nSubject: failure notice\n\n" + b"<" * 900_000,
    "spaces": b"From: postmaster@a.test\n\n" + b" " * 1_000_000,
    "numbers": b"From: postmaster@a.test\n\n" + b"5.1.1." * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.holds("S-21")
def test_whatever_it_is_it_takes_little_time_and_little_memory(name):
    tracemalloc.start()
    begun = time.process_time()
    reading = read_report(HOSTILE[name], KEYS)
    took = time.process_time() - begun
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(reading, Heard | Ignored | Quarantined)
    assert took < SECONDS
    assert peak < MEGABYTES * 1_000_000


@pytest.mark.parametrize("end", range(0, 2400, 60))
def test_a_report_cut_short_anywhere_is_read_for_what_is_left_or_laid_aside(end):
    reading = read_report(dsn(path_of())[:end], KEYS)
    assert isinstance(reading, Heard | Ignored | Quarantined)
    if isinstance(reading, Heard):
        assert reading.event.delivery_uid == UID


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000))
def test_any_octets_are_some_reading(raw):
    assert isinstance(read_report(raw, KEYS), Ignored | Quarantined)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=12), st.integers(0, 40)), max_size=6),
)
def test_a_report_with_octets_changed_anywhere_never_blames_another_delivery(sample, changes):
    raw = sample
    for where, what, cut in changes:
        at = int(where * len(raw))
        raw = raw[:at] + what + raw[at + cut :]
    reading = read_report(raw, KEYS)
    if isinstance(reading, Heard):
        assert UID in (reading.event.delivery_uid, reading.event.claimed_uid)
        assert reading.event.kind in Kind
