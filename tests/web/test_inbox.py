"""The demonstration's inbox shows all mail, runs none of it, and is not there in real use."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from django.test import Client
from lxml import html

from pipeline.core.people.powers import Role
from pipeline.store import audit, inbox, members, models
from pipeline.web.inbox import opened_message


@pytest.fixture(autouse=True)
def _demonstration(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The demonstration's settings, unless a test asks for a service of one's own by `own_service`."""
    from pipeline.settings import current

    monkeypatch.setenv("ROUNDS_DEMO", "0" if "own_service" in request.fixturenames else "1")
    current.cache_clear()
    yield
    monkeypatch.undo()
    current.cache_clear()


@pytest.fixture
def own_service() -> None:
    """A service without a relay that is no demonstration."""


@pytest.fixture
def real_relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of an installation that sends through a relay."""
    from pipeline.settings import current

    monkeypatch.setenv("ROUNDS_SMTP_URL", "smtp://relay.test:587?tls=starttls")
    current.cache_clear()
    yield
    monkeypatch.undo()
    current.cache_clear()


def letter(subject: str = "Hello", body: str = "<p>Hello</p>", text: str = "Hello in text") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "Rounds <rounds@rounds.test>",
        "ada@readers.test",
        subject,
    )
    message.set_content(text)
    message.add_alternative(f"<html><head><title>x</title></head><body>{body}</body></html>", subtype="html")
    return message.as_bytes()


@pytest.fixture
def caught(db):
    """`caught(message, "ada@readers.test")`: caught as the local inbox does it. Returns its id."""
    from pipeline.actions.catch_message import catch_message

    def catch(message: bytes, *rcpt_tos: str) -> int:
        catch_message("b+x@rounds.test", list(rcpt_tos or ("ada@readers.test",)), message)
        return models.CaughtMessage.objects.latest("id").pk

    return catch


def subjects(answer) -> list[str]:
    return [link.text for link in html.fromstring(answer.content).xpath("//tbody//th/a")]


def test_only_who_may_see_subscribers_sees_the_mail_of_a_service_of_ones_own(
    caught, own_service, django_user_model
):
    caught(letter("with a link of hers"))
    stranger = Client().get("/inbox/")
    assert (stranger.status_code, stranger.headers["Location"]) == (302, "/studio/sign-in/?next=/inbox/")
    member = Client()
    member.force_login(django_user_model.objects.create_user("editor"))
    refused = member.get("/inbox/")
    assert (refused.status_code, b"This is for a privacy officer" in refused.content) == (403, True)
    members.set_roles("editor", {Role.PRIVACY_OFFICER})
    assert subjects(member.get("/inbox/")) == ["with a link of hers"]
    assert audit.last().event == "inbox.viewed"


def test_the_newest_message_comes_first(caught):
    for subject in ("one", "two", "three"):
        caught(letter(subject))
    assert subjects(Client().get("/inbox/")) == ["three", "two", "one"]


def test_each_recipient_finds_their_own(caught):
    caught(letter("to both"), "ada@readers.test", "ben@readers.test")
    caught(letter("to ben"), "ben@readers.test")
    assert subjects(Client().get("/inbox/?to=ada@readers.test")) == ["to both"]
    assert subjects(Client().get("/inbox/?to=BEN")) == ["to ben", "to both"]
    assert b"Nothing was sent to cleo" in Client().get("/inbox/?to=cleo").content


def test_older_messages_are_a_page_away(caught):
    inbox_page = 50
    for number in range(inbox_page + 3):
        caught(letter(f"number {number}"))
    first = html.fromstring(Client().get("/inbox/").content)
    [older] = first.xpath("//a[text()='Older messages']/@href")
    assert subjects(Client().get(f"/inbox/{older}")) == ["number 2", "number 1", "number 0"]


def test_a_letter_is_framed_so_that_only_its_links_work(caught):
    number = caught(letter(body="<p>Words</p>"))
    [frame] = html.fromstring(Client().get(f"/inbox/{number}/").content).xpath("//iframe")
    assert frame.get("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    answer = Client().get(frame.get("src"))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "form-action 'none'" in policy
    assert policy.endswith("sandbox allow-popups allow-popups-to-escape-sandbox")
    assert b'<head><base target="_blank">' in answer.content


def test_the_page_around_a_letter_holds_nothing_of_it_but_words(caught):
    number = caught(letter("<script>alert(1)</script>", "<script>alert(2)</script>", "<b>text</b>"))
    for view in ("", "?as=text", "?as=source"):
        page = Client().get(f"/inbox/{number}/{view}").content
        assert b"<script>alert" not in page
        assert b"<b>text" not in page
    assert b"<script>alert" not in Client().get("/inbox/").content


def test_text_and_source_are_shown_as_they_came(caught):
    number = caught(letter(text="Hello in text"))
    assert "Hello in text" in html.fromstring(Client().get(f"/inbox/{number}/?as=text").content).xpath(
        "string(//pre)"
    )
    source = html.fromstring(Client().get(f"/inbox/{number}/?as=source").content).xpath("string(//pre)")
    assert "Subject: Hello" in source
    assert "MIME-Version: 1.0" in source


def test_there_is_no_inbox_where_mail_goes_to_a_relay(caught, real_relay):
    number = caught(letter())
    for path in ("/inbox/", f"/inbox/{number}/", f"/inbox/{number}/html/"):
        assert Client().get(path).status_code == 404


def test_nothing_can_be_posted_to_it(caught):
    number = caught(letter())
    for path in ("/inbox/", f"/inbox/{number}/", f"/inbox/{number}/html/"):
        assert Client().post(path).status_code == 405
    assert len(inbox.lines()) == 1


def test_a_message_that_is_not_there_is_a_404(db):
    assert Client().get("/inbox/1/").status_code == 404
    assert Client().get("/inbox/1/html/").status_code == 404


BROKEN = {
    "nothing at all": b"",
    "no header": b"just words",
    "nul octets": b"Subject: a\0b\r\n\r\nbody\0",
    "eight-bit subject": b"Subject: caf\xe9\r\nFrom: \xff@x\r\n\r\nbody",
    "unknown charset": b"Content-Type: text/html; charset=klingon\r\n\r\n<p>caf\xc3\xa9</p>",
    "no boundary": b"Content-Type: multipart/alternative\r\n\r\nwords",
    "bad base64": b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!not base64",
    "broken encoded word": b"Subject: =?utf-8?b?!!?= =?x?q?=ff?=\r\n\r\nbody",
    "broken address": b'From: @@<<>>,;:\r\nTo: "\r\nSubject: x\r\n\r\nbody',
    "surrogate": b"Content-Type: text/html; charset=utf-8\r\n\r\n\xed\xa0\x80",
    "a bomb of parts": b"Content-Type: multipart/mixed; boundary=a\r\n\r\n"
    + b"--a\r\n\r\nx\r\n" * 3000
    + b"--a--",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_message_is_still_shown(caught, name):
    number = caught(BROKEN[name])
    for path in ("/inbox/", f"/inbox/{number}/", f"/inbox/{number}/?as=source", f"/inbox/{number}/?as=text"):
        assert Client().get(path).status_code == 200
    assert Client().get(f"/inbox/{number}/html/").status_code == 200


def test_words_in_an_unknown_charset_are_read_as_utf_8():
    assert opened_message(BROKEN["unknown charset"]).html == "<p>café</p>"
