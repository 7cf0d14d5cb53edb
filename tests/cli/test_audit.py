"""`rounds audit`, `rounds member roles`, and what commands leave in the log."""

from __future__ import annotations

import getpass

import pytest

from pipeline.store import audit, members
from tests import factories

pytestmark = pytest.mark.django_db
ME = f"cli:{getpass.getuser()}"


@pytest.mark.holds("S-15")
def test_what_a_command_did_is_shown_by_member_and_subject(told, rounds):
    factories.notices()
    ada = factories.subscriber("ada")
    assert told("consent", "show", "ada@readers.test")["subscriber"] == str(ada.uid)
    rounds("sending", "stop", "--reason", "The wrong subject")
    assert rounds("campaign", "pause", "no-such").exit_code == 2
    [seen] = told("audit", "show", "--about", "ada@readers.test")["lines"]
    assert (seen["event"], seen["member"]) == ("subscriber.viewed", ME)
    lines = told("audit", "show", "--member", ME, "--since", "2020-01-01")["lines"]
    assert [line["event"] for line in lines] == [
        "audit.viewed",
        "campaign.paused",
        "sending.stopped",
        "subscriber.viewed",
    ]
    assert (lines[1]["about"], lines[1]["outcome"]) == ("campaign:no-such", "refused")
    assert "ada@readers.test" not in rounds("audit", "show").stdout
    assert rounds("audit", "show", "--since", "soon").exit_code == 2
    assert rounds("audit", "show", "--event", "no.such").exit_code == 2
    assert "Nothing was changed" in rounds("audit", "verify").stdout


def test_the_first_admin_can_start_alone_and_the_next_one_has_to_be_given_roles(told, rounds):
    assert len(told("member", "add", "maya", "--admin")["roles"]) == 5
    assert told("member", "add", "ben", "--admin")["roles"] == ["admin"]
    assert told("member", "add", "cleo")["roles"] == []
    assert told("member", "roles", "cleo", "Clinical-Reviewer", "editor")["roles"] == [
        "editor",
        "clinical_reviewer",
    ]
    line = audit.last()
    assert (line.event, line.member, line.about) == ("member_roles_changed", ME, "member:cleo")
    assert told("member", "roles", "cleo", "--none")["roles"] == []
    for wrong in (("cleo", "boss"), ("nobody", "editor"), ("nobody",), ("cleo", "editor", "--none")):
        assert rounds("member", "roles", *wrong).exit_code == 2, wrong
    rounds("member", "roles", "ben", "editor")
    assert "last admin" in rounds("member", "roles", "maya", "editor").stderr
    assert members.admins() == {"maya"}
