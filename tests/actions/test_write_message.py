"""What a claimed delivery becomes: the same bytes at every attempt, and nothing personal but in its places."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest

from pipeline import settings
from pipeline.actions.write_message import Message, Unwritable, load_letters, write_message
from pipeline.core.consent.tokens import Audience, read
from pipeline.core.delivery import return_path
from pipeline.core.message.wire import Wire
from pipeline.gateways import dkim
from pipeline.gateways.keys import keyring
from pipeline.settings import DkimKey
from pipeline.store import series
from pipeline.store.sending import ClaimedDelivery
from tests import factories
from tests.dkim_verifier import verified
from tests.factories import NOW, WEEKLY

pytestmark = pytest.mark.django_db

UID = UUID(int=0x0123456789ABCDEF0123456789ABCDEF)
SUBSCRIPTION = UUID(int=0xFEDCBA9876543210FEDCBA9876543210)


@pytest.fixture
def issue() -> ClaimedDelivery:
    """Ada's copy of the first issue."""
    factories.notices()
    factories.campaign()
    return ClaimedDelivery(
        id=1,
        period=date(2026, 11, 1),
        uid=UID,
        stream="newsletter",
        address="ada@readers.test",
        given_name="Ada",
        attempt_no=0,
        ambiguous_attempts=0,
        created_at=NOW,
        expires_at=NOW + timedelta(days=2),
        mailing_id=17,
        revision_id=series.latest_revisions(factories.SERIES)[0].id,
        confirmation_id=None,
        subscription_uid=SUBSCRIPTION,
        subscribed_since=datetime(2026, 9, 30, 12, tzinfo=UTC),
        policy="default",
    )


@pytest.fixture
def confirmation(issue: ClaimedDelivery) -> ClaimedDelivery:
    """The letter that asks Ada whether it was her."""
    return replace(
        issue,
        stream="confirmation",
        mailing_id=None,
        revision_id=None,
        subscription_uid=None,
        confirmation_id=3,
        confirmation_uid=SUBSCRIPTION,
        confirmation_purposes=[{"purpose": WEEKLY, "notice_id": "weekly-health-email", "notice_version": 3}],
    )


def written(delivery: ClaimedDelivery) -> Message:
    load_letters([delivery])
    return write_message(delivery)


def parsed(message: Message) -> EmailMessage:
    return email.message_from_bytes(bytes(message.data), policy=email.policy.default)


def part(message: Message, kind: str) -> str:
    found = parsed(message).get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def test_an_issue_says_what_was_rendered_with_the_values_of_one_subscriber(issue):
    from pipeline.core.message.slots import compile_parts

    message = written(issue)
    links = dict(re.findall(r"https?://[^\s/]+/([up])/([\w-]{36})", part(message, "plain")))
    base = "http://127.0.0.1:8000"
    revision = series.revision(issue.revision_id)
    html, text = compile_parts(revision.letter).fill(
        {
            "unsubscribe_url": f"{base}/u/{links['u']}",
            "preferences_url": f"{base}/p/{links['p']}",
            "help_url": f"{base}/privacy/",
            "address": "ada@readers.test",
            "greeting": "Hello Ada,",
            "signed_up_on": "30 September 2026",
        }
    )
    assert parsed(message)["Subject"] == revision.letter.subject
    assert part(message, "plain") == text
    assert part(message, "html") == html
    assert read(Audience.UNSUB, links["u"], keyring()) == SUBSCRIPTION.bytes
    assert read(Audience.PREFS, links["p"], keyring()) == UID.bytes
    assert parsed(message)["List-Unsubscribe"].strip() == f"<{base}/u/{links['u']}>"


@pytest.mark.holds("C-30", "C-35")
def test_two_readers_get_the_same_pictures_and_the_same_links_but_for_leaving_and_choosing(issue):
    other = replace(
        issue,
        id=2,
        uid=UUID(int=7),
        address="ben@readers.test",
        given_name="Ben",
        subscription_uid=UUID(int=8),
    )
    first, second = (part(written(one), "html") for one in (issue, other))
    found = [re.findall(r"""(?:src|href|background)=["']([^"']+)""", html) for html in (first, second)]
    differ = [pair for pair in zip(*found, strict=True) if pair[0] != pair[1]]
    assert {re.sub(r"[\w-]{36}$", "", url) for pair in differ for url in pair} == {
        "http://127.0.0.1:8000/u/",
        "http://127.0.0.1:8000/p/",
    }
    pictures = re.findall(r"<img[^>]*src=[\"']([^\"']+)", first)
    assert [url for url in pictures if not url.startswith("http://127.0.0.1:8000/")] == []


def test_the_envelope_is_this_deliverys_own(issue):
    message = written(issue)
    assert isinstance(message.data, Wire)
    assert message.rcpt_to == "ada@readers.test"
    assert message.mail_from.startswith(f"b+{message.envelope_id}@")
    assert return_path.read(message.mail_from, keyring().keys_for(Audience.VERP)) == UID.bytes
    assert parsed(message)["Message-ID"].startswith(f"<{UID.hex}@")


def test_a_retry_is_the_same_to_the_byte(issue):
    first = written(issue)
    assert written(replace(issue, attempt_no=3, ambiguous_attempts=1)) == first


def test_a_test_send_opens_nothing(issue):
    message = written(replace(issue, stream="test", mailing_id=None, subscription_uid=None))
    token = re.search(r"/u/([\w-]{36})", part(message, "plain"))[1]
    assert read(Audience.UNSUB, token, keyring()) is None
    assert parsed(message)["Subject"].startswith("[Test] ")
    assert len(parsed(message).get_all("List-Unsubscribe")) == 1


@pytest.mark.holds("D-11")
def test_only_a_confirmation_says_that_a_form_caused_it(issue, confirmation):
    assert parsed(written(confirmation))["Form-Sub"] == "v=1"
    assert parsed(written(issue))["Form-Sub"] is None


def test_a_confirmation_links_to_yes_and_to_not_me(confirmation):
    message = written(confirmation)
    text = part(message, "plain")
    yes, not_me = (re.search(rf"/{door}/([\w-]{{36}})", text)[1] for door in "cn")
    assert read(Audience.CONFIRM, yes, keyring()) == SUBSCRIPTION.bytes
    assert read(Audience.NOT_ME, not_me, keyring()) == SUBSCRIPTION.bytes
    assert "ada@readers.test" in text
    assert parsed(message)["Auto-Submitted"] == "auto-generated"
    assert parsed(message)["List-Unsubscribe"] is None


def test_a_loaded_letter_is_written_within_an_event_loop_and_without_a_query(
    issue, confirmation, django_assert_num_queries
):
    load_letters([issue, confirmation])

    async def within() -> list[Message]:
        return [write_message(issue), write_message(confirmation)]

    with django_assert_num_queries(0):
        assert len(asyncio.run(within())) == 2


def test_a_letter_that_cannot_be_made_fails_alone(issue):
    broken = replace(issue, id=2, revision_id=987654321)
    load_letters([broken, issue])
    assert write_message(issue).rcpt_to == "ada@readers.test"
    with pytest.raises(Unwritable):
        write_message(broken)


@pytest.mark.parametrize("name", ["Ada\r\nBcc: eve@x.test", "Ada\u2028", "Ada\x00"])
def test_a_name_that_no_message_can_hold_fails_alone(issue, name):
    with pytest.raises(Unwritable, match="greeting"):
        written(replace(issue, given_name=name))


def test_an_address_outside_ascii_goes_as_utf_8_and_says_so(issue):
    message = written(replace(issue, address="zoë@readers.test"))
    assert message.smtputf8
    assert "\r\nTo: zoë@readers.test\r\n".encode() in bytes(message.data)
    assert "zoë@readers.test" in part(message, "plain")
    assert not written(issue).smtputf8


def test_an_international_domain_needs_no_smtputf8(issue):
    message = written(replace(issue, address="ada@bücher.test"))
    assert not message.smtputf8
    assert b"\r\nTo: ada@xn--bcher-kva.test\r\n" in bytes(message.data)


@pytest.fixture
def unsigned(monkeypatch):
    """A service with a relay, whose settings a test may say more of."""

    def use(**changes):
        changed = replace(settings.current(), local_inbox=False, relay_signs=False, **changes)
        monkeypatch.setattr("pipeline.actions.write_message.current", lambda: changed)
        return changed

    return use


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "e1.pem"
    dkim.write_key(path, dkim.make_key("ed25519"))
    return DkimKey("e1", path)


def holds(message: Message, used) -> dict[str, bool]:
    return verified(bytes(message.data), {one.record_name: one.public_record for one in dkim.signers(used)})


def test_list_mail_that_nobody_signs_is_not_written(issue, confirmation, unsigned):
    """U-04. A confirmation, which one person asked for, may go."""
    unsigned()
    with pytest.raises(dkim.SigningRefused, match="rounds dkim new"):
        load_letters([issue])
    load_letters([confirmation])
    assert write_message(confirmation).data
    with pytest.raises(dkim.SigningRefused):
        write_message(issue)


def test_both_keys_sign_what_leaves_and_cover_one_click(issue, unsigned, key, tmp_path):
    path = tmp_path / "r1.pem"
    dkim.write_key(path, dkim.make_key("rsa"))
    used = unsigned(dkim_keys=(DkimKey("r1", path), key))
    message = written(issue)
    assert holds(message, used) == {"r1": True, "e1": True}
    for field in parsed(message).get_all("DKIM-Signature"):
        names = re.search(r"h=([^;]*)", re.sub(r"\s", "", field))[1].split(":")
        assert names.count("list-unsubscribe") == names.count("list-unsubscribe-post") == 2
        assert f"t={int(NOW.timestamp())}" in field
    assert written(replace(issue, attempt_no=4)) == message


@pytest.mark.holds("D-10")
def test_a_confirmation_may_have_an_address_and_a_selector_of_its_own(
    issue, confirmation, unsigned, key, tmp_path
):
    path = tmp_path / "c1.pem"
    dkim.write_key(path, dkim.make_key("ed25519"))
    used = unsigned(
        dkim_keys=(key,),
        letters_address="confirm@letters.rounds.example",
        letters_dkim_keys=(DkimKey("c1", path),),
    )
    newsletter, asks = written(issue), written(confirmation)
    assert holds(newsletter, used) == {"e1": True}
    assert "letters.rounds.example" not in str(parsed(newsletter)["From"])
    assert str(parsed(asks)["From"]).endswith("<confirm@letters.rounds.example>")
    [signer] = dkim.letters_signers(used)
    assert signer.record_name == "c1._domainkey.letters.rounds.example"
    assert verified(bytes(asks.data), {signer.record_name: signer.public_record}) == {"c1": True}


def test_the_names_of_awkward_people_are_signed_too(issue, unsigned, key):
    used = unsigned(dkim_keys=(key,))
    awkward = replace(issue, address="zoë@bücher.test", given_name=". = <Zoë> " * 12)
    assert holds(written(awkward), used) == {"e1": True}


def test_a_key_that_goes_missing_in_mid_send_stops_before_anything_is_written(issue, unsigned, key):
    """C8, row 84."""
    unsigned(dkim_keys=(key,))
    assert written(issue)
    key.path.unlink()
    with pytest.raises(dkim.SigningRefused, match="not there"):
        load_letters([issue])


def test_a_key_that_is_replaced_signs_what_was_claimed_before_too(issue, confirmation, unsigned, key):
    used = unsigned(dkim_keys=(key,))
    load_letters([issue])
    key.path.unlink()
    dkim.write_key(key.path, dkim.make_key("ed25519"))
    load_letters([confirmation])
    assert holds(write_message(issue), used) == {"e1": True}
