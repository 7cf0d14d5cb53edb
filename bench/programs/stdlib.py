"""Python's own `email` and `smtplib` as people write them, or `smtplib` alone with bytes that were made before.

python -m bench.programs.stdlib (written | spliced) PORT MESSAGES CONNECTIONS
"""

from __future__ import annotations

import smtplib
import sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from threading import Thread

from jinja2 import Environment

from bench.letter import RETURN_PATH, SENDER, Reader, letter, reader, template
from bench.measured import Facts, measure
from bench.prefilled import prefilled


class Writer:
    """A message for each reader: two templates filled, and the standard library's message made of them."""

    def __init__(self) -> None:
        parts = letter()
        self.subject = parts.subject
        self.html = Environment(autoescape=True).from_string(template(parts.html))
        self.text = Environment(autoescape=False).from_string(template(parts.text))  # noqa: S701 - plain text

    def write(self, to: Reader) -> EmailMessage:
        message = EmailMessage()
        message["From"] = SENDER
        message["To"] = to.address
        message["Subject"] = self.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain="letters.example")
        message["List-Unsubscribe"] = f"<{to.values['unsubscribe_url']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self.text.render(to.values))
        message.add_alternative(self.html.render(to.values), subtype="html")
        return message


def main(kind: str, port: int, messages: int, connections: int) -> None:
    sent = [0] * connections
    writer, data = Writer(), bytes(prefilled())
    size = len(writer.write(reader(0)).as_bytes()) if kind == "written" else len(data)

    def lane(number: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as relay:
            for each in range(number, messages, connections):
                to = reader(each)
                if kind == "written":
                    relay.send_message(writer.write(to), RETURN_PATH, [to.address])
                else:
                    relay.sendmail(RETURN_PATH, [to.address], data)
                sent[number] += 1

    def work() -> Facts:
        threads = [Thread(target=lane, args=(number,)) for number in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {"sent": sum(sent), "bytes": size}

    measure(work)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
