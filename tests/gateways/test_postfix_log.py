"""The log of a Postfix beside us settles what we are in doubt about."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.gateways import postfix_log

ONE, TWO = "aa11@letters.test", "bb22@letters.test"


def cleanup(queue_id: str, message_id: str) -> str:
    return f"Nov 24 09:00:01 relay postfix/cleanup[812]: {queue_id}: message-id=<{message_id}>\n"


def active(queue_id: str) -> str:
    return f"Nov 24 09:00:01 relay postfix/qmgr[91]: {queue_id}: from=<b+1@l.test>, size=412, nrcpt=1 (queue active)\n"


class Relay:
    """A log, and what is asked about it as time goes by."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "mail.log"
        self.kept = folder / "watch" / "postfix"
        self.log.write_text("Nov 24 08:00:00 relay postfix/smtpd[1]: connect from localhost\n")
        self.now = 1_000_000.0

    def say(self, *lines: str) -> None:
        with self.log.open("a") as file:
            file.writelines(lines)

    def look(self, *doubtful: str, since: float | None = None) -> dict[str, str]:
        self.now += 5
        asked = dict.fromkeys(doubtful, since or self.now - 5)
        return postfix_log.look(self.log, self.kept, asked, self.now)


@pytest.fixture
def relay(tmp_path: Path) -> Relay:
    return Relay(tmp_path)


def test_headers_that_were_seen_prove_nothing_until_the_queue_has_the_message(relay: Relay) -> None:
    relay.say(cleanup("4ZbQ1x0abc", ONE))
    assert relay.look(ONE, TWO) == {}
    relay.say(active("4ZbQ1x0abc"))
    assert relay.look(ONE, TWO) == {ONE: "4ZbQ1x0abc"}


def test_a_queue_id_that_is_used_again_proves_nothing_about_the_first(relay: Relay) -> None:
    relay.say(cleanup("A1B2C3D4", ONE), cleanup("A1B2C3D4", "another@elsewhere.test"), active("A1B2C3D4"))
    assert relay.look(ONE) == {}


def test_a_doubt_that_comes_late_is_looked_up_from_its_own_moment(relay: Relay) -> None:
    relay.look()
    sent = relay.now
    for _ in range(20):
        relay.now += 30
        relay.look()
    relay.say(cleanup("11111111", TWO), active("11111111"), cleanup("22222222", ONE), active("22222222"))
    relay.now += 300
    assert relay.look(TWO) == {TWO: "11111111"}
    assert relay.look(ONE, since=sent + 500) == {ONE: "22222222"}


def test_half_a_line_is_read_when_it_is_whole(relay: Relay) -> None:
    line = active("A1B2C3D4")
    relay.say(cleanup("A1B2C3D4", ONE), line[:40])
    assert relay.look(ONE) == {}
    relay.say(line[40:])
    assert relay.look(ONE) == {ONE: "A1B2C3D4"}


def test_a_log_that_was_put_aside_is_read_to_its_end(relay: Relay) -> None:
    relay.look(ONE)
    relay.say(cleanup("A1B2C3D4", ONE), active("A1B2C3D4"))
    relay.log.rename(relay.log.with_name("mail.log.1"))
    relay.log.write_text("Nov 24 09:10:00 relay postfix/smtpd[1]: connect from localhost\n")
    assert relay.look(ONE) == {ONE: "A1B2C3D4"}


def test_a_look_is_bounded(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postfix_log, "AT_ONCE", 500)
    relay.say(*(cleanup(f"F{n:08d}", f"{n}@elsewhere.test") for n in range(50)))
    relay.say(cleanup("A1B2C3D4", ONE), active("A1B2C3D4"))
    looks = [relay.look(ONE) for _ in range(15)]
    assert looks[0] == {}
    assert {ONE: "A1B2C3D4"} in looks


@pytest.mark.parametrize("harm", ["", "[]", "{", "[1,2,3,4,5]", "\x00"])
def test_what_was_kept_and_is_damaged_is_forgotten(relay: Relay, harm: str) -> None:
    relay.say(cleanup("A1B2C3D4", ONE), active("A1B2C3D4"))
    relay.kept.parent.mkdir()
    relay.kept.write_text(harm)
    assert relay.look(ONE) == {ONE: "A1B2C3D4"}


def test_no_log_proves_nothing(relay: Relay) -> None:
    relay.log.unlink()
    assert relay.look(ONE) == {}
