"""Unknown outcomes: evidence first, then the policy of the cause; and at last a person (delivery.md A, B4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from pipeline.actions.list_unknown import list_unknown
from pipeline.actions.open_due import open_due
from pipeline.actions.resolve_unknown import resolve_unknown
from pipeline.actions.settle_unknown import settle_unknown
from pipeline.core.delivery.lifecycle import Cause
from pipeline.core.errors import BadInput, NotFound
from pipeline.settings import current
from pipeline.store import campaigns
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

Doubt = Callable[..., UUID]


@pytest.fixture
def doubt() -> Doubt:
    """`doubt("crash_after_dot", policy="default", minutes=0, copies=1)`: a delivery about which nobody knows."""

    def make(cause: str, *, policy: str = "default", minutes: float = 0, copies: int = 1) -> UUID:
        factories.notices()
        factories.subscriber("ada")
        factories.campaign(policy=policy)
        open_due(NOW)
        with connection.cursor() as cursor:
            for state in (1, 2, 3):
                cursor.execute("UPDATE delivery SET state = %s, lease_token = gen_random_uuid()", [state])
            cursor.execute(
                "UPDATE delivery SET cause = %s, ambiguous_attempts = %s, attempt_no = %s, route = 'relay',"
                " lease_token = NULL, intent_at = clock_timestamp() - make_interval(secs => %s) RETURNING uid",
                [cause, copies, copies, minutes * 60],
            )
            uid: UUID = cursor.fetchone()[0]
            return uid

    return make


def proven(accepted: int, refused: int = 0, route: str = "relay") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO route_tally (route, minute, accepted, deferred, refused, unknown)"
            " VALUES (%s, now(), %s, 0, %s, 0)",
            [route, accepted, refused],
        )


def state() -> str:
    campaign = campaigns.by_name("autumn")
    assert campaign is not None
    return next(iter(campaigns.delivery_lines(campaign.id))).state


@pytest.fixture
def relay_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A log that the settings name, so that there is evidence to wait for."""
    log = tmp_path / "mail.log"
    log.write_text("")
    monkeypatch.setenv("ROUNDS_POSTFIX_LOG", str(log))
    current.cache_clear()
    yield log
    monkeypatch.undo()
    current.cache_clear()


@pytest.mark.parametrize(
    ("cause", "policy", "copies", "expected"),
    [
        ("crash_after_dot", "default", 1, "presumed_accepted"),
        ("crash_after_dot", "never_resend", 1, "presumed_accepted"),
        ("crash_after_dot", "always_resend", 1, "queued"),
        ("reply_lost", "default", 1, "queued"),
        ("reply_lost", "default", 2, "held_unknown"),
        ("reply_timeout", "never_resend", 1, "held_unknown"),
        ("reply_garbled", "always_resend", 2, "held_unknown"),
        ("owner_lost", "default", 1, "queued"),
        ("owner_lost", "never_resend", 1, "held_unknown"),
    ],
)
def test_without_a_source_of_evidence_the_policy_acts_at_once(
    doubt: Doubt, cause: str, policy: str, copies: int, expected: str
) -> None:
    doubt(cause, policy=policy, copies=copies)
    proven(1000)
    assert resolve_unknown(NOW) == 1
    assert state() == expected


def test_every_cause_is_tried_above() -> None:
    assert {str(cause) for cause in Cause} == {
        "crash_after_dot",
        "reply_lost",
        "reply_timeout",
        "reply_garbled",
        "owner_lost",
    }


@pytest.mark.parametrize(
    ("accepted", "refused", "expected"),
    [
        (100, 0, "presumed_accepted"),
        (99, 0, "queued"),
        (999, 1, "presumed_accepted"),
        (998, 2, "queued"),
    ],
)
def test_a_route_is_presumed_upon_by_its_last_thousand_dots(
    doubt: Doubt, accepted: int, refused: int, expected: str
) -> None:
    doubt("crash_after_dot")
    proven(accepted, refused)
    proven(5000, route="another")
    resolve_unknown(NOW)
    assert state() == expected


def test_where_the_route_is_not_known_all_of_them_are_looked_at(doubt: Doubt) -> None:
    doubt("crash_after_dot")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery SET route = ''")
    proven(500)
    proven(499, 1, route="another")
    resolve_unknown(NOW)
    assert state() == "presumed_accepted"


def test_where_evidence_may_come_no_policy_acts_before_it_could_have(doubt: Doubt, relay_log: Path) -> None:
    doubt("reply_lost", minutes=14)
    assert resolve_unknown(NOW) == 0
    assert state() == "unknown"


def test_and_when_none_has_come_the_policy_acts(doubt: Doubt, relay_log: Path) -> None:
    doubt("reply_lost", minutes=15.5)
    assert resolve_unknown(NOW) == 1
    assert state() == "queued"


def test_a_relay_that_wrote_it_down_has_it(doubt: Doubt, relay_log: Path) -> None:
    uid = doubt("reply_lost")
    domain = current().return_path_domain
    relay_log.write_text(
        f"Nov 24 relay postfix/cleanup[8]: 4ZbQ1x0abc: message-id=<{uid.hex}@{domain}>\n"
        "Nov 24 relay postfix/qmgr[9]: 4ZbQ1x0abc: from=<b@l.test>, size=4, nrcpt=1 (queue active)\n"
    )
    assert resolve_unknown(NOW) == 1
    assert state() == "accepted"
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, reply FROM delivery")
        assert cursor.fetchone() == ("evidence", "The relay's log has it in its queue as 4ZbQ1x0abc.")


def test_a_report_about_it_shows_that_it_was_taken(doubt: Doubt, relay_log: Path) -> None:
    doubt("reply_lost")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO delivery_event (delivery_id, period, delivery_uid, kind, source, external_id, occurred_at,"
            " recorded_at, enhanced, detail) SELECT id, period, uid, 'soft_bounce', 'mailbox', 'x', now(), now(), '',"
            " '{}' FROM delivery"
        )
    assert resolve_unknown(NOW) == 1
    assert state() == "accepted"


def test_a_lost_reply_is_given_time_before_its_second_copy(doubt: Doubt) -> None:
    doubt("reply_lost")
    resolve_unknown(NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT next_attempt_at FROM outbox WHERE waiting")
        assert cursor.fetchone()[0] == NOW + timedelta(minutes=5)


@pytest.fixture
def held(doubt: Doubt) -> str:
    """Held for a person; its 32 digits."""
    uid = doubt("owner_lost", policy="never_resend")
    resolve_unknown(NOW)
    return uid.hex


def test_a_person_finds_what_waits_and_says_that_it_was_delivered(held: str) -> None:
    [found] = list_unknown(None)
    assert (found["delivery"], found["campaign"], found["issue"]) == (held, "autumn", 1)
    assert (found["address"], found["cause"]) == ("ada@readers.test", "owner_lost")
    assert list(list_unknown("autumn")) == [found]
    assert settle_unknown([str(found["message_id"])], delivered=True, by="maya") == 1
    assert state() == "accepted"
    assert not list(list_unknown(None))


def test_what_a_person_leaves_is_asked_about_no_more(held: str) -> None:
    assert settle_unknown([held], delivered=False, by="maya") == 1
    assert state() == "held_unknown"
    assert not list(list_unknown("autumn"))
    assert [row["reason"] for row in list_unknown("autumn", left_too=True)] == ["left"]


def test_a_name_that_waits_for_nobody_changes_nothing(held: str) -> None:
    with pytest.raises(NotFound, match="does not wait for a person"):
        settle_unknown([held, "0" * 32], delivered=True, by="maya")
    with pytest.raises(BadInput, match="is no delivery"):
        settle_unknown(["ada@readers.test"], delivered=True, by="maya")
    assert state() == "held_unknown"
