"""An approval is for exactly what was proposed, from somebody else, and once: whatever runs at the same time."""

from __future__ import annotations

import threading
from datetime import timedelta
from hashlib import sha256

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection

from pipeline.actions.decide_proposal import approve
from pipeline.actions.propose import propose
from pipeline.actions.second_pair import is_approved, use_approval
from pipeline.core.errors import Refused
from pipeline.core.people.powers import Role
from pipeline.core.people.proposal import ProposalKind, Standing
from pipeline.store import members, models, proposals
from tests.factories import NOW
from tests.superuser import under

IMPORT = ProposalKind.IMPORT_SUBSCRIBERS
WHAT = {"list": "weekly_health_email", "import": 7}
FILE, EDITED = sha256(b"ada").digest(), sha256(b"ada and eve").digest()


@pytest.fixture
def officers(db) -> None:
    for name in ("olive", "otto", "eve"):
        User.objects.create(username=name)
        members.set_roles(name, {Role.PRIVACY_OFFICER})


@pytest.mark.holds("S-14")
def test_an_approval_is_for_this_digest_and_kind_by_these_two_and_once(officers):
    made = propose(IMPORT, WHAT, FILE, "olive", NOW)
    with pytest.raises(Refused, match="Nobody has approved"):
        use_approval(IMPORT, FILE, "olive", NOW)
    assert not is_approved(IMPORT, FILE, "olive", NOW)
    approve(made.id, "otto", NOW)
    assert is_approved(IMPORT, FILE, "olive", NOW)
    assert not is_approved(IMPORT, EDITED, "olive", NOW)
    with pytest.raises(Refused, match="has changed since"):
        use_approval(IMPORT, EDITED, "olive", NOW, parameters=WHAT)
    with pytest.raises(Refused, match="Propose it first"):
        use_approval(ProposalKind.EXPORT_SUBSCRIBERS, FILE, "olive", NOW)
    with pytest.raises(Refused, match="Only one of the two"):
        use_approval(IMPORT, FILE, "eve", NOW)
    with pytest.raises(Refused, match="72 hours"):
        use_approval(IMPORT, FILE, "olive", NOW + timedelta(hours=72))
    use_approval(IMPORT, FILE, "olive", NOW)
    with pytest.raises(Refused, match="good once"):
        use_approval(IMPORT, FILE, "olive", NOW)


def test_other_content_under_the_same_name_voids_what_was_approved(officers):
    made = propose(IMPORT, WHAT, FILE, "olive", NOW)
    approve(made.id, "otto", NOW)
    propose(IMPORT, WHAT, EDITED, "olive", NOW)
    assert proposals.by_id(made.id).standing(NOW) is Standing.VOID
    with pytest.raises(Refused, match="has changed since"):
        use_approval(IMPORT, FILE, "olive", NOW)


def test_who_has_not_the_power_proposes_nothing_and_approves_nothing(officers):
    made = propose(IMPORT, WHAT, FILE, "olive", NOW)
    members.set_roles("otto", {Role.ADMIN, Role.SENDER})
    for act in (lambda: approve(made.id, "otto", NOW), lambda: propose(IMPORT, {}, EDITED, "otto", NOW)):
        with pytest.raises(Refused):
            act()
    with pytest.raises(Refused, match="olive has proposed just this"):
        propose(IMPORT, WHAT, FILE, "eve", NOW)


@pytest.mark.holds("S-14")
def test_the_database_refuses_ones_own_approval_a_use_without_one_and_any_edit(officers):
    made = propose(IMPORT, WHAT, FILE, "olive", NOW)
    own = "INSERT INTO proposal_decision (proposal_id, outcome, decided_by, decided_at) VALUES (%s, %s, %s, now())"
    refused = [
        (own, [made.id, "approved", "olive"]),
        (own, [made.id, "used", "otto"]),
        ("UPDATE proposal SET proposed_by = 'eve' WHERE id = %s", [made.id]),
        ("DELETE FROM proposal WHERE id = %s", [made.id]),
        ("TRUNCATE proposal_decision", []),
    ]
    for statement, values in refused:
        for role in ("origin", "replica"):
            with pytest.raises(IntegrityError):
                under(role, statement, values)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_an_approval_at_once_one_is_refused():
    for name in ("olive", "otto"):
        User.objects.create(username=name)
        members.set_roles(name, {Role.PRIVACY_OFFICER})
    made = propose(IMPORT, WHAT, FILE, "olive", NOW)
    approve(made.id, "otto", NOW)
    gate, ended = threading.Barrier(2), []

    def use(name: str) -> None:
        try:
            gate.wait(10)
            use_approval(IMPORT, FILE, name, NOW)
            ended.append("used")
        except Refused:
            ended.append("refused")
        finally:
            connection.close()

    both = [threading.Thread(target=use, args=[name]) for name in ("olive", "otto")]
    for each in both:
        each.start()
    for each in both:
        each.join(20)
    assert sorted(ended) == ["refused", "used"]
    assert models.AuditEvent.objects.filter(event="proposal.used").count() == 1
