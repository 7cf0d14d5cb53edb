"""One table says who may do what, and no power in it lets somebody climb alone."""

from __future__ import annotations

import pytest

from pipeline.core.people.powers import MEANS, POWERS, Power, Role, powers_of, read_roles, roles_with, who_may
from pipeline.core.people.proposal import FOUR_EYES, ProposalKind
from pipeline.core.people.role_change import why_not

ABOUT_A_PERSON = {
    Power.SEE_SUBSCRIBER,
    Power.CHANGE_CONSENT,
    Power.EXPORT_SUBSCRIBERS,
    Power.IMPORT_SUBSCRIBERS,
    Power.LIFT_SUPPRESSION,
}


@pytest.mark.holds("S-14")
def test_every_role_and_every_power_stands_in_the_table():
    assert set(POWERS) == set(MEANS) == set(Role)
    assert powers_of(Role) == set(Power)
    assert set(FOUR_EYES) == set(ProposalKind)


@pytest.mark.holds("S-14")
def test_addresses_are_for_the_privacy_officer_and_not_for_who_manages_the_members():
    for power in ABOUT_A_PERSON:
        assert roles_with(power) == (Role.PRIVACY_OFFICER,)
    assert not powers_of([Role.ADMIN, Role.EDITOR, Role.SENDER, Role.CLINICAL_REVIEWER]) & ABOUT_A_PERSON


def test_who_may_not_is_told_who_may():
    assert who_may(Power.EDIT_SERIES) == "This is for an editor. An admin says who has which role."
    assert who_may(Power.SEE_AUDIT).startswith("This is for a privacy officer or an admin.")


def test_roles_are_read_as_people_write_them():
    assert read_roles(["Clinical-Reviewer", " sender"]) == {Role.CLINICAL_REVIEWER, Role.SENDER}
    with pytest.raises(KeyError, match="boss"):
        read_roles(["boss"])


@pytest.mark.parametrize(
    ("by", "about", "before", "after", "others", "may"),
    [
        ("maya", "ben", "", "editor", 0, True),
        ("maya", "maya", "admin", "admin privacy_officer", 1, False),  # she would see every address
        ("maya", "maya", "admin editor", "admin", 0, True),
        ("maya", "maya", "admin", "", 1, True),
        ("maya", "maya", "admin", "", 0, False),  # nobody could change roles any more
        ("cli:root", "maya", "admin", "editor", 0, False),
        ("cli:root", "maya", "admin", "editor", 1, True),
    ],
)
def test_nobody_climbs_alone_and_an_admin_is_left(by, about, before, after, others, may):
    said = why_not(by, about, read_roles(before.split()), read_roles(after.split()), others)
    assert (said == "") is may
