"""One message as bytes, made before the clock starts: for what is measured without the making of messages."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.letter import SITE, letter, reader
from pipeline.core.message.headers import Sender, list_message_headers
from pipeline.core.message.mime import boundary_for, compose
from pipeline.core.message.slots import compile_parts
from pipeline.core.message.wire import Wire


def prefilled() -> Wire:
    """The letter for reader 0, with the headers that Rounds writes."""
    parts, to = letter(), reader(0)
    html, text = compile_parts(parts).fill(to.values)
    fields = list_message_headers(
        Sender(
            name="Example Health",
            address="letters@letters.example",
            reply_to="",
            list_id_domain="lists.letters.example",
            return_path_domain="letters.example",
            feedback_sender_id="rounds",
            help_url=f"{SITE}/privacy/",
        ),
        to=to.address,
        subject=parts.subject,
        message_id="<00000000000000000000000000000000@letters.example>",
        date=datetime(2026, 3, 2, 7, 0, tzinfo=UTC),
        unsubscribe_url=to.values["unsubscribe_url"],
        list_label="weekly-health-email",
        list_name="Weekly health email",
        campaign="m1",
    )
    whole = compose(fields, html, text, boundary_for(bytes(16)))
    return Wire(whole)
