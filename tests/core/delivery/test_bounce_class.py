"""The golden table: what hosts say, and what it means for the address that it was said of (B-05)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.delivery.bounce_class import BounceClass, bounce_class, find_codes

GOLDEN = """
code enhanced  class         words
550  5.1.1     hard          The email account that you tried to reach does not exist.
550  5.1.1     hard          <ada@readers.test>: Recipient address rejected: User unknown in local recipient table
550  5.1.0     hard          Address rejected.
550  5.1.2     hard          Bad destination system address
553  5.1.3     hard          Bad destination mailbox address syntax
550  5.1.4     soft          Destination mailbox address ambiguous
550  5.1.5     unknown       Destination mailbox address valid
550  5.1.6     hard          Mailbox has moved
550  5.1.7     sender_fault  Bad sender's mailbox address syntax
550  5.1.8     sender_fault  Bad sender's system address
550  5.1.9     soft          Message relayed to non-compliant mailer
556  5.1.10    hard          Domain readers.test does not accept mail (nullMX)
550  5.1.77    hard          Some detail of addresses that nobody knows yet
550  5.2.0     hard          Mailbox is disabled
550  5.2.0     unknown       Other mailbox status
550  5.2.1     hard          The email account that you tried to reach is disabled.
550  5.2.1     hard          Mailbox disabled for this recipient
552  5.2.2     full          The email account that you tried to reach is over quota.
550  5.2.2     full          user unknown, or so it says
452  4.2.2     full          The recipient's inbox is out of storage space.
552  5.2.3     content       Message length exceeds administrative limit
450  4.2.1     soft          The user is receiving mail too quickly.
550  5.2.4     soft          Mailing list expansion problem
550  5.3.0     soft          Other mail system problem
552  5.3.4     content       Message size exceeds fixed maximum message size
550  5.3.2     soft          System not accepting network messages
452  4.3.1     soft          Insufficient system storage
421  4.3.2     soft          Service shutting down
452  4.3.4     soft          Message too big for system
550  5.4.1     soft          No answer from host
550  5.4.4     soft          Unable to route: host not found
550  5.4.6     soft          Routing loop detected
550  5.4.7     soft          Delivery time expired
451  4.4.1     soft          Connection timed out
451  4.4.2     soft          Bad connection
550  5.5.0     hard          Requested action not taken: mailbox unavailable
550  5.5.0     unknown       Protocol error
501  5.5.4     unknown       Invalid arguments
550  5.6.0     content       Other media error
554  5.6.1     content       Media not supported
554  5.6.3     content       Conversion required but not supported
550  5.7.0     sender_fault  Local policy violation
550  5.7.1     sender_fault  Message rejected due to the content: user unknown
550  5.7.1     sender_fault  Unauthenticated email is not accepted due to the domain's DMARC policy
550  5.7.25    sender_fault  The sending IP does not have a PTR record
550  5.7.26    sender_fault  This mail is unauthenticated
550  5.7.27    sender_fault  SPF did not pass
550  5.7.30    sender_fault  DKIM did not pass
550  5.7.515   sender_fault  Access denied, sending domain does not meet the required authentication level
421  4.7.0     sender_fault  Our system has detected an unusual rate of unsolicited mail
421  4.7.23    sender_fault  The sending IP address does not have a PTR record
421  4.7.28    sender_fault  Unusual rate of mail from your domain
421  4.7.32    sender_fault  The From header is not aligned
450  4.7.1     sender_fault  Greylisted, please try again later
451  4.7.500   sender_fault  Server busy
450  4.1.1     soft          User unknown, for now
450  4.1.2     soft          Domain not found
450  4.6.0     soft          Some trouble with the media
550  5.99.1    unknown       A subject that nobody knows yet
550  5.99.1    hard          No such user here
550  5.0.0     hard          User unknown
550  5.0.0     unknown       Undefined status
550  -         hard          No such user here
550  -         hard          Requested action not taken: mailbox unavailable
550  -         hard          Unknown recipient
550  -         hard          Invalid recipient
550  -         hard          ada: inactive user
550  -         hard          This account has been disabled or discontinued
554  -         hard          delivery error: dd This user doesn't have a readers.test account
550  -         hard          Recipient address ada@readers.test is not found
550  -         sender_fault  Blocked by Spamhaus; no such user either
550  -         sender_fault  Relaying denied
550  -         sender_fault  Your host has a poor reputation
554  -         sender_fault  Transaction failed
550  -         full          Mailbox is full
550  -         full          Quota exceeded (mailbox for user is full)
552  -         full          Requested mail action aborted: exceeded storage allocation
552  -         content       Message size exceeds maximum permitted
550  -         content       Message contains a virus
550  -         unknown       No
553  -         unknown       Requested action not taken
450  -         soft          Requested action not taken: mailbox unavailable
451  -         soft          Requested action aborted: local error in processing
452  -         full          Requested action not taken: insufficient system storage
421  -         soft          Service not available, closing transmission channel
421  -         sender_fault  Too many connections from your host
450  -         soft          no such user
450  5.1.1     soft          An enhanced code of another class than the basic one is not believed
550  4.2.2     unknown       Nor is this one
550  2.1.5     unknown       Nor this
-    5.1.1     hard          -
-    5.4.300   soft          Message expired
-    4.4.7     soft          -
-    -         soft          -
"""


def golden() -> list[tuple[int | None, str, str, str]]:
    rows = [line.split(None, 3) for line in GOLDEN.strip().splitlines()[1:]]
    return [(_code(row[0]), _bare(row[1]), row[2], _bare(row[3])) for row in rows]


def _code(text: str) -> int | None:
    return None if text == "-" else int(text)


def _bare(text: str) -> str:
    return "" if text == "-" else text


@pytest.mark.parametrize(("code", "enhanced", "expected", "words"), golden())
def test_what_a_host_says_has_one_class(code, enhanced, expected, words):
    assert bounce_class(code, enhanced, words).value == expected


def test_the_table_is_long_enough_to_be_worth_something():
    assert len(golden()) >= 60


@pytest.mark.parametrize("detail", [*range(40), 500, 515, 999])
@pytest.mark.parametrize("grade", [4, 5])
def test_no_refusal_for_our_policy_or_reputation_is_ever_held_against_the_recipient(grade, detail):
    said = bounce_class(grade * 100 + 50, f"{grade}.7.{detail}", "550 5.1.1 No such user here")
    assert said is BounceClass.SENDER_FAULT


@given(
    st.one_of(st.none(), st.integers(0, 999)),
    st.one_of(st.just(""), st.from_regex(r"[0-9]{1,3}\.[0-9]{1,4}\.[0-9]{1,4}", fullmatch=True), st.text()),
    st.text(max_size=300),
)
def test_anything_has_a_class_and_only_what_is_permanent_can_be_hard(code, enhanced, words):
    said = bounce_class(code, enhanced, words)
    if said is BounceClass.HARD:
        assert (code is not None and 500 <= code < 600) or enhanced.strip().startswith("5.")


def test_a_very_long_diagnostic_is_read_quickly():
    for text in ("account " * 100_000, "user a " * 50_000, "exceeds " * 50_000, "(" * 1_000_000):
        assert bounce_class(550, "", text) in BounceClass


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("smtp; 550 5.1.1 <ada@readers.test>... User unknown", (550, "5.1.1")),
        ("smtp;550-5.1.1 The account does not exist", (550, "5.1.1")),
        ("host mx.readers.test[192.0.2.7] said: 550 5.7.1 No (in reply to RCPT TO)", (550, "5.7.1")),
        ("X-Postfix; unknown user: ada", (None, "")),
        ("smtp; 550 version 4.2.1 of our filter says no", (550, "")),
        ("connect to 192.0.2.7: Connection refused", (None, "")),
        ("smtp; 5.1.1 unknown", (None, "5.1.1")),
        ("", (None, "")),
    ],
)
def test_codes_are_found_in_a_line_of_words(line, found):
    assert find_codes(line) == found
