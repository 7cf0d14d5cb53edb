"""How many bytes one message of an opened issue has on the wire: the first that waits. Prints {"bytes": n}.

python -m bench.programs.size

It reads the message with the standard library's parser too: both parts must have the size that the benchmark is about.
"""

from __future__ import annotations

import json
import sys
from email import message_from_bytes
from email.policy import default

import django
from django.db import connection

django.setup()

from bench.letter import HTML_BYTES, TEXT_BYTES  # noqa: E402
from pipeline.actions.write_message import load_letters, write_message  # noqa: E402
from pipeline.store import subscribers  # noqa: E402
from pipeline.store.sending import ClaimedDelivery  # noqa: E402

FIELDS = "id period uid stream attempt_no ambiguous_attempts created_at expires_at mailing_id"
FIELDS += " revision_id confirmation_id subscription_uid subscribed_since policy"
FIRST = """
SELECT d.id, d.period, d.uid, d.stream, d.attempt_no, d.ambiguous_attempts, d.created_at, d.expires_at, d.mailing_id,
       m.revision_id, d.confirmation_id, u.uid, u.since, c.policy, d.subscriber_id
  FROM delivery d JOIN mailing m ON m.id = d.mailing_id JOIN campaign c ON c.id = m.campaign_id
  JOIN subscriber s ON s.id = d.subscriber_id
  JOIN subscription u ON u.subscriber_id = s.id AND u.purpose_id = c.purpose_id
 ORDER BY d.id LIMIT 1
"""


def main() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FIRST)
        *values, subscriber = cursor.fetchone()
    person = subscribers.by_id(subscriber)
    delivery = ClaimedDelivery(
        address=person.address, given_name=person.given_name, **dict(zip(FIELDS.split(), values, strict=True))
    )
    load_letters([delivery])
    data = bytes(write_message(delivery).data)
    message = message_from_bytes(data, policy=default)
    for kind, size in (("html", HTML_BYTES), ("plain", TEXT_BYTES)):
        part = message.get_body((kind,))
        length = len(part.get_content().encode()) if part else 0
        if abs(length - size) > size // 10:
            sys.exit(f"the {kind} part has {length} bytes and not {size}")
    print(json.dumps({"bytes": len(data)}))


if __name__ == "__main__":
    main()
