"""The facts behind a notice are read with care: each complaint names the file and the key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.consent.duration import parse
from pipeline.core.consent.notice import load
from pipeline.core.consent.notice_lint import findings
from pipeline.core.consent.party import Role, load_parties
from pipeline.core.consent.purpose import LegalBasis, PurposeVersion, load_purpose
from pipeline.core.errors import BadInput

CONTENT = Path(__file__).parents[3] / "content"
FILLINGS = {
    "controller_name": "Example Health Press Ltd",
    "controller_address": "1 Test Street, Exampleton EX1 1EX",
    "controller_email": "privacy@press.example",
    "controller_number": "none",
}
SOURCE = (CONTENT / "notices" / "weekly-health-email.toml").read_text(encoding="utf-8")
PARTIES = (CONTENT / "parties.toml").read_text(encoding="utf-8")
PARTNER = '[partner]\nrole = "controller"\nname = "Partner Press Ltd"\naddress = "3 Test Street"\n'


def read(source: str = SOURCE, more: str = "") -> PurposeVersion:
    parties = load_parties(PARTIES + more, FILLINGS, place="parties.toml")
    made = load_purpose(source, load(source, FILLINGS), parties, place="weekly.toml")
    assert made is not None
    return made


@pytest.mark.parametrize("path", sorted((CONTENT / "notices").glob("*.toml")), ids=lambda path: path.stem)
@pytest.mark.holds("C-05", "C-15", "C-45")
def test_each_list_of_the_project_says_by_whom_for_what_where_and_how_long(path):
    purpose = read(path.read_text(encoding="utf-8"))
    [controller] = purpose.controllers
    assert (controller.name, controller.company_number) == ("Example Health Press Ltd", "")
    assert (controller.role, purpose.authority.role) == (Role.CONTROLLER, Role.AUTHORITY)
    assert (purpose.legal_basis, purpose.special_category) == (LegalBasis.CONSENT, False)
    assert purpose.valid_for.in_words == "24 months"
    assert purpose.cadence_max_days in (1, 7)
    assert purpose.abroad == ()


def test_a_notice_of_an_earlier_time_has_no_facts():
    earlier = (CONTENT / "notices" / "earlier" / "notice-a-1.toml").read_text(encoding="utf-8")
    assert load_purpose(earlier, load(earlier, FILLINGS), {}) is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("version = 1\n", "version = 0\n", "`version` of [processing] must be a whole number"),
        ('jurisdiction = "GB"', 'jurisdiction = "UK "', None),
        ('jurisdiction = "GB"', 'jurisdiction = "Britain"', "must be a country in two capital letters"),
        ('storage_locations = ["GB"]', "storage_locations = []", "must be a list in square brackets, with 1"),
        ('storage_locations = ["GB"]', 'storage_locations = ["gb"]', "has 'gb', and each must be like 'GB'"),
        (
            'storage_locations = ["GB"]',
            'storage_locations = ["US"]',
            "`transfer_safeguard` of [processing] is",
        ),
        ('legal_basis = "A6-1-a"', 'legal_basis = "A6-1-f"', "may be A6-1-a or A9-2-a"),
        ("recipients = []", 'recipients = ["relay"]', "names 'relay'; content/parties.toml has for that"),
        ("recipients = []", 'recipients = ["ico"]', "names 'ico'"),
        ('authority = "ico"', 'authority = "controller"', "has for that: ico"),
        ('valid_for = "P24M"', 'valid_for = "24 months"', "must be a duration as ISO 8601 writes it"),
        ('valid_for = "P24M"', 'valid_for = "P0D"', "must be a duration"),
        ('valid_for = "P24M"\n', "", "`valid_for` of [processing] is missing"),
        ('rights_url = "/privacy/"', 'rights = "/privacy/"', "`rights` of [processing] is no key here"),
        (
            "special_category = false",
            "special_category = true",
            "must be A9-2-a where special_category is true",
        ),
        ("special_category = false", "special_category = 1", "must be true or false"),
        ("w3id.org/dpv#DirectMarketing", "w3id.org/dpv #x", "must be the address of a term"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_file_and_key(old, new, sentence):
    words, facts = SOURCE.split("[processing]")
    assert old in facts
    source = "[processing]".join([words, facts.replace(old, new, 1)])
    if sentence is None:
        new_source = source.replace('"UK "', '"GB "')
        assert read(new_source).jurisdiction == "GB"  # white space around words says nothing
        return
    with pytest.raises(BadInput, match=r"^weekly\.toml: ") as told:
        read(source)
    assert sentence in str(told.value)


@pytest.mark.parametrize(
    ("parties", "sentence"),
    [
        ("[x", "This is not valid TOML"),
        ("[A]", "[A] may have small letters"),
        ("a = 1", "`a` must be a table"),
        ('[a]\nrole = "owner"\nname = "A"\naddress = "B"', "may be authority or controller or processor"),
        ('[a]\nrole = "controller"\nname = "{controller_nome}"\naddress = "B"', "no setting fills it"),
        ('[a]\nrole = "controller"\nname = "A"', "`address` of [a] is missing"),
    ],
)
def test_a_party_that_cannot_be_used_is_named(parties, sentence):
    with pytest.raises(BadInput, match=r"^parties\.toml:(?:\d+:)? ") as told:
        load_parties(parties, FILLINGS, place="parties.toml")
    assert sentence in str(told.value)


@pytest.mark.holds("C-27")
def test_health_needs_its_own_ground_and_its_own_kind_of_yes():
    health = SOURCE.replace("special_category = false", "special_category = true")
    health = health.replace('legal_basis = "A6-1-a"', 'legal_basis = "A9-2-a"')
    with pytest.raises(BadInput, match="must be explicitly_expressed where special_category"):
        read(health)
    assert read(health.replace('"expressed"', '"explicitly_expressed"')).special_category


@pytest.mark.holds("C-05", "C-15")
def test_a_notice_that_leaves_out_a_controller_or_a_transfer_that_its_facts_have_is_flagged():
    notice = load(SOURCE, FILLINGS)
    assert findings(notice, read()) == ()
    shared = SOURCE.replace("recipients = []", 'recipients = ["partner"]')
    assert [each.rule for each in findings(notice, read(shared, PARTNER))] == ["controller-names"]
    abroad = SOURCE.replace('storage_locations = ["GB"]', 'storage_locations = ["US"]').replace(
        'transfer_safeguard = ""', 'transfer_safeguard = "The IDTA."'
    )
    silent = load(SOURCE.replace("another country", "elsewhere").replace("outside the UK", "so"), FILLINGS)
    assert "transfer" in {each.rule for each in findings(silent, read(abroad))}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P24M", (2024, 2, 29), (2026, 2, 28)),
        ("P1M", (2026, 1, 31), (2026, 2, 28)),
        ("P1Y2W", (2026, 12, 31), (2028, 1, 14)),
        ("P30D", (2026, 12, 15), (2027, 1, 14)),
    ],
)
def test_a_duration_counts_by_the_calendar(text, start, end):
    assert parse(text).after(datetime(*start, tzinfo=UTC)) == datetime(*end, tzinfo=UTC)


@given(st.text(alphabet="PYMWDT0123456789 -", max_size=8))
def test_what_is_no_duration_is_refused_and_nothing_else_breaks(text):
    try:
        made = parse(text)
    except ValueError:
        return
    assert made.in_days > 0
