import pytest

from pipeline.core.address import parse
from pipeline.core.consent.role_address import is_public_body, is_role


@pytest.mark.parametrize(
    "local", ["postmaster", "Abuse", "NOREPLY", "no-reply", "abuse+list", "mailer-daemon"]
)
def test_a_task_s_mailbox_is_known(local):
    assert is_role(parse(f"{local}@example.test"))


@pytest.mark.parametrize("local", ["ada", "abusement", "grace.root", "info", "postmaster.ada"])
def test_a_person_s_mailbox_is_not_taken_for_one(local):
    assert not is_role(parse(f"{local}@example.test"))


@pytest.mark.parametrize(
    ("domain", "public"),
    [
        ("agency.gov", True),
        ("council.gov.uk", True),
        ("health.gov.au", True),
        ("trust.nhs.uk", True),
        ("nhs.net", True),
        ("gov.example", False),
        ("gov.example.test", False),
        ("mygov.uk", False),
    ],
)
def test_public_bodies_are_known_by_their_domains(domain, public):
    assert is_public_body(parse(f"ada@{domain}")) is public
