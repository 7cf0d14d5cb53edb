"""Bounces in no format at all: qmail, old Exim, Exchange and the others, each in words of its own.

`flufl.bounce` knows some seventeen of them. It says whether a message is a bounce and whether it is final, and it
gives no code; it takes `4.2.2` for final. So what happened is read from the words, by our own table.
"""

from __future__ import annotations

import logging
import re
from email import message_from_bytes

from flufl.bounce import all_failures

from pipeline.core.delivery.bounce_class import BounceClass, bounce_class, find_codes
from pipeline.core.feedback.bounce_report import BounceReport
from pipeline.core.feedback.event import Kind, without_addresses
from pipeline.core.feedback.mime import Taken, headers_of

LARGEST_LOOKED_AT = 32 * 1024  # octets: such a bounce says what it has to say at its top
MOST_LINES = 400
LONGEST_LINE = 1000  # characters

# Where the message that came back begins: what stands there are our own words.
_COPY_BEGINS = re.compile(
    r"-{2,}.{0,40}(?:copy of|original message|returned message|headers of|below this line|message header)"
    r"|(?:this is a|here is a|below is a|a) copy of (?:the|your) (?:\w+ )?(?:message|mail)|return-path:|received: from",
    re.IGNORECASE,
)

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs a line for each detector that it tries


def read_plain_bounce(raw: bytes, taken: Taken) -> BounceReport | None:
    """What a bounce without a status part says; None for a message that is none."""
    try:
        passing, final = all_failures(message_from_bytes(raw[:LARGEST_LOOKED_AT]))
    except Exception:  # a detector's mistake on odd input is not ours to pass on, and the message is kept
        return None
    if not passing and not final:
        return None
    words = _words(taken)
    code, enhanced = find_codes(words)
    if not final:
        kind = Kind.DELAYED
    else:
        found = bounce_class(code, enhanced, words) if code or enhanced else bounce_class(500, "", words)
        kind = Kind.of_bounce(BounceClass.SOFT if code and code < 500 else found)
    return BounceReport(kind, code, enhanced, without_addresses(words))


def returned_headers(taken: Taken) -> dict[str, str]:
    """The header of our message, where it was pasted below the words."""
    for part in taken.parts:
        found = re.search(
            r"^(?:>? ?)(?:Return-Path|Received|Message-ID|From|Date): ", part.text, re.MULTILINE | re.I
        )
        if found and part.kind.startswith("text/"):
            return headers_of(part.text[found.start() :])
    return {}


def _words(taken: Taken) -> str:
    """What the mail system itself wrote, line by line, up to the copy of our message."""
    lines: list[str] = []
    for part in taken.parts[:3]:
        if part.kind not in ("text/plain", "text/html"):
            break
        for line in part.text.splitlines()[:MOST_LINES]:
            if _COPY_BEGINS.search(line[:LONGEST_LINE]):
                return "\n".join(lines)
            lines.append(line[:LONGEST_LINE])
    return "\n".join(lines)
