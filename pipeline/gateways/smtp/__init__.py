"""An SMTP client that knows the stage it is in, so that "surely not sent" is never taken for "may have been sent".

smtplib raises the same exception for a line cut at MAIL and for one cut after the final dot, and calls a 251 to the
dot an error (delivery.md, fact 4). Here every attempt ends in an `Outcome`, and the dot is a call of its own:

    connection = await Connection.open(relay, "rounds.example")
    outcome = await connection.offer(return_path, address, message, envelope_id)  # None: the server waits for the dot
    if outcome is None:
        ...  # commit the intent; or connection.abandon()
        outcome = await connection.dot()

`stream.py` moves bytes, `opening.py` greets, encrypts and logs in, `connection.py` hands messages over.
"""

from __future__ import annotations

from pipeline.core.delivery.relay import Relay, Tls, parse_url
from pipeline.gateways.smtp.connection import Connection
from pipeline.gateways.smtp.opening import RouteFailed
from pipeline.gateways.smtp.timeouts import Timeouts

__all__ = ["Connection", "Relay", "RouteFailed", "Timeouts", "Tls", "parse_url"]
