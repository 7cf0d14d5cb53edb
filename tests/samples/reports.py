"""Reports written for the tests, in the manner of the mail systems that write them. All addresses are under `.test`."""

from __future__ import annotations

from pipeline.core.consent.tokens import Audience, Keyring, make
from pipeline.core.delivery import return_path

KEYS = Keyring.from_secret(b"a secret of the tests, 32 bytes and more")
UID = bytes(range(16))
SUBSCRIPTION = bytes(range(100, 116))
BOUNCES = "bounces.rounds.test"
LINK = "https://letters.rounds.test/u/"


def path_of(uid: bytes = UID, keys: Keyring = KEYS) -> str:
    """The return path of a delivery."""
    return return_path.make(uid, keys.keys[Audience.VERP, keys.current], keys.current, BOUNCES)


def link_of(uid: bytes = SUBSCRIPTION, keys: Keyring = KEYS) -> str:
    """The unsubscribe link of a subscription."""
    return LINK + make(Audience.UNSUB, uid, keys)


def recipient_block(
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "smtp; 550 5.1.1 <ada@readers.test>: No such user here",
) -> str:
    return f"""Original-Recipient: rfc822;ada@readers.test
Final-Recipient: rfc822; ada@readers.test
Action: {action}
Status: {status}
Remote-MTA: dns; mx.readers.test
Diagnostic-Code: {diagnostic}
"""


def letter(uid: bytes = UID, *, path: str = "", link: str = "") -> str:
    """The header of a letter of ours as a report gives it back."""
    fields = [f"Return-Path: <{path}>"] if path else []
    fields += [f"List-Unsubscribe: <{link}>"] if link else []
    return "\n".join(
        [
            *fields,
            "Date: Tue, 24 Nov 2026 09:00:00 +0000",
            "From: Rounds <rounds@rounds.test>",
            "To: ada@readers.test",
            "Subject: A calm week",
            f"Message-ID: <{uid.hex()}@{BOUNCES}>",
            "",
        ]
    )


def dsn(
    to: str,
    *blocks: str,
    returned: str | None = None,
    envelope_id: str = "",
    status_type: str = "message/delivery-status",
    encoding: str = "",
) -> bytes:
    """A delivery status notification as Postfix writes it (RFC 3464)."""
    per_message = "Reporting-MTA: dns; mx.rounds.test\n"
    per_message += f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else ""
    per_message += "Arrival-Date: Tue, 24 Nov 2026 09:00:01 +0000 (UTC)\n"
    status = "\n".join([per_message, *(blocks or (recipient_block(),))])
    transfer = ""
    if encoding == "base64":
        from base64 import encodebytes

        status, transfer = encodebytes(status.encode()).decode(), "Content-Transfer-Encoding: base64\n"
    return f"""Return-Path: <>
Delivered-To: {to}
Date: Tue, 24 Nov 2026 09:00:05 +0000 (UTC)
From: MAILER-DAEMON@mx.rounds.test (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4Qx/mx.rounds.test"
Message-Id: <20261124090005.ABCDEF@mx.rounds.test>

This is a MIME-encapsulated message.

--4Qx/mx.rounds.test
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.rounds.test. I'm sorry to have to inform you that your message could not be
delivered.

--4Qx/mx.rounds.test
Content-Description: Delivery report
Content-Type: {status_type}
{transfer}
{status}
--4Qx/mx.rounds.test
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

{letter() if returned is None else returned}
--4Qx/mx.rounds.test--
""".encode()


def arf(
    kind: str = "abuse",
    *,
    returned: str = "",
    extra: str = "",
    to: str = "fbl@rounds.test",
    version: str = "Version: 1\n",
) -> bytes:
    """A complaint with its recipient redacted, as large providers write it (RFC 5965)."""
    return f"""Return-Path: <feedback@provider.test>
Delivered-To: {to}
From: <feedback@provider.test>
Date: Wed, 25 Nov 2026 18:00:00 +0000
Subject: Complaint about message
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d.2e68ed54"

--part1_13d.2e68ed54
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from 192.0.2.1.

--part1_13d.2e68ed54
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Provider-Feedback/1.0
{version}Original-Mail-From: <redacted>
Original-Rcpt-To: <redacted>
Source-IP: 192.0.2.1
{extra}
--part1_13d.2e68ed54
Content-Type: message/rfc822

{returned}
The body of the letter.

--part1_13d.2e68ed54--
""".encode()


def auto_reply(
    to: str, *, subject: str = "Out of office: A calm week", submitted: str = "auto-replied"
) -> bytes:
    header = f"Auto-Submitted: {submitted}\n" if submitted else ""
    return f"""Return-Path: <>
From: Ada <ada@readers.test>
To: {to}
Subject: {subject}
{header}Content-Type: text/plain

I am away until Monday. My colleague's address is unknown; user not found 550 5.1.1.
""".encode()


def qmail(to: str, words: str = "Sorry, no mailbox here by that name. (#5.1.1)") -> bytes:
    """What qmail writes: no format at all."""
    return f"""Return-Path: <>
Delivered-To: {to}
Date: 24 Nov 2026 09:00:07 -0000
From: MAILER-DAEMON@mx.readers.test
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at mx.readers.test.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@readers.test>:
{words}

--- Below this line is a copy of the message.

Return-Path: <{to}>
{letter()}
The user unknown to science: mailbox full, 552 5.2.2, spam.
""".encode()


def exim(to: str, words: str = "550 5.2.2 <ada@readers.test>: mailbox over quota") -> bytes:
    """What older Exim writes, under `Auto-Submitted: auto-replied`, and it is not an auto-reply."""
    return f"""Return-path: <>
Envelope-to: {to}
X-Failed-Recipients: ada@readers.test
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.readers.test>
To: {to}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@readers.test
    host mx2.readers.test [192.0.2.9]
    SMTP error from remote mail server after RCPT TO:<ada@readers.test>:
    {words}

------ This is a copy of the message, including all the headers. ------

{letter()}
""".encode()
