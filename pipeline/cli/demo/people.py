"""The demonstration's readers. They do what people do: tick a box, open a mail, press a button, leave."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum

from pipeline.core.errors import Unavailable
from pipeline.gateways import visitor
from pipeline.gateways.puzzles import solve_puzzle
from pipeline.store import inbox

WEEKLY, DAILY = "weekly_health_email", "daily_health_newsletter"
READS_FOR = 2.2  # seconds that somebody takes over a form: quicker, and the form takes them for a robot
CONFIRM, ISSUE = "confirm your sign-up", "Your weekly"  # what the subjects of the two letters hold
AT_A_TIME = 4  # waiting for confirmation from one network: the limit is five an hour (D-06)


class Answer(StrEnum):
    """What somebody does with the confirmation mail."""

    CONFIRMS = "confirms"
    FORGETS = "forgets"
    NOT_ME = "says it was not them"


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    answer: Answer = Answer.CONFIRMS
    lists: tuple[str, ...] = (WEEKLY,)

    @property
    def address(self) -> str:
        return f"{self.name}@readers.test"


READERS = (
    *(Reader(name, lists=(WEEKLY, DAILY)) for name in ("ada", "cleo", "ines")),
    *map(Reader, ("ben", "dan", "eve", "femi", "grace", "hugo", "jo")),
    Reader("kit", Answer.FORGETS),
    Reader("lou", Answer.NOT_ME),
)
ONE_CLICK, BY_PAGE = "ben", "grace"  # who leave half-way, one by their mailbox's button and one by the page


def sign_up(base_url: str, readers: Sequence[Reader], step: Callable[[str], None]) -> None:
    """Each signs up on the page and answers the confirmation mail, a few at a time."""
    before = {reader: latest_mail(reader.address, CONFIRM) for reader in readers}
    for start in range(0, len(readers), AT_A_TIME):
        group = readers[start : start + AT_A_TIME]
        forms = {reader: visitor.visit(f"{base_url}/signup/") for reader in group}
        time.sleep(READS_FOR)
        for reader, form in forms.items():
            filled = [*(("purpose", each) for each in reader.lists), ("address", reader.address)]
            sent = visitor.press(
                form, [*filled, ("puzzle", solve_puzzle(visitor.data_of(form, "rounds-puzzle")))]
            )
            _pressed(sent, reader.address)
        pages = [
            (reader, _open_answer(reader, before[reader]))
            for reader in group
            if reader.answer is not Answer.FORGETS
        ]
        time.sleep(READS_FOR)
        for reader, page in pages:
            _pressed(visitor.press(page), reader.address)
        for reader in group:
            step(reader.name)


def _open_answer(reader: Reader, before: int) -> visitor.Page:
    """Open the page that the reader's answer to the confirmation mail leads to."""
    door = "/c/" if reader.answer is Answer.CONFIRMS else "/n/"
    return visitor.visit(link(wait_for_mail(reader.address, CONFIRM, after=before), door))


def _pressed(page: visitor.Page, address: str) -> None:
    if page.status != 200:
        raise Unavailable(f"The page for {address} answered {page.status}.")


def leave_by_one_click(address: str) -> None:
    """What a mailbox provider does when somebody presses its own unsubscribe button (RFC 8058)."""
    mail = wait_for_mail(address, ISSUE)
    url = str(mail["List-Unsubscribe"]).strip().strip("<>")
    done = visitor.send(url, [("List-Unsubscribe", "One-Click")])
    _pressed(done, address)


def leave_by_page(address: str) -> None:
    """The link in the message, and the button on its page."""
    done = visitor.press(visitor.visit(link(wait_for_mail(address, ISSUE), "/u/")))
    _pressed(done, address)


def latest_mail(address: str, subject: str) -> int:
    """The id of the newest message to an address whose subject holds these words; 0 if there is none."""
    return next((m.id for m in inbox.newest(limit=50, recipient=address) if subject in m.subject), 0)


def wait_for_mail(address: str, subject: str, *, after: int = 0, seconds: float = 30.0) -> EmailMessage:
    """The newest message to an address, later than the id `after`, whose subject holds these words."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for caught in inbox.newest(limit=20, recipient=address):
            if caught.id > after and subject in caught.subject:
                message = message_from_bytes(caught.message, policy=default)
                if isinstance(message, EmailMessage):
                    return message
        time.sleep(0.1)
    raise Unavailable(f"No message reached {address} within {seconds:.0f} s. The logs say why.")


def link(mail: EmailMessage, door: str) -> str:
    """The first link of a message that leads to a door such as `/c/`."""
    part = mail.get_body(("plain",))
    found = re.search(rf"https?://\S+{door}\S+", part.get_content() if part else "")
    if found is None:
        raise Unavailable(f"The message to {mail['To']} has no link to {door}.")
    return found[0]
