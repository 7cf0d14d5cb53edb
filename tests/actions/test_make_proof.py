"""The paper that proves a consent can be read, quotes what was shown, and carries the file that checks it."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from reportlab.platypus import Paragraph

from pipeline.actions.check_proof import check_proof
from pipeline.actions.confirm import confirm
from pipeline.actions.gather_evidence import gather_evidence
from pipeline.actions.make_proof import make_proof
from pipeline.actions.prove_consent import prove_subscriber
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.actions.unsubscribe import unsubscribe
from pipeline.core.consent.entry import Method
from pipeline.core.consent.proof_paper import Fact, ProofPaper, Section, proof_paper
from pipeline.core.errors import NotFound
from pipeline.core.home_zone import HOME_ZONE
from pipeline.gateways.proof_pdf import proof_pdf
from pipeline.store import consent
from tests import factories
from tests.factories import NOW, WEEKLY
from tests.web.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    factories.notices()
    person = Person("ada@readers.test")
    subscribe(SignUp(person.address, (WEEKLY,), "article", "https://clinic.test/"), NOW)
    confirm(person.confirm_token(), NOW + timedelta(minutes=5))
    return person


@pytest.mark.holds("C-03", "C-53")
def test_the_paper_quotes_the_notice_word_for_word_with_what_happened_and_its_hashes(ada):
    unsubscribe(ada.leave_token(), Method.ONE_CLICK_POST, NOW + timedelta(days=2))
    proof = prove_subscriber(ada.id)
    paper = proof_paper(gather_evidence(ada.id, NOW), WEEKLY, proof, NOW + timedelta(days=3), HOME_ZONE)
    answer, told, happened, believed, check = paper.sections
    assert answer.facts[0].value == "No: withdrew consent, since 26 November 2026."
    [notice] = [n for n in consent.current_notices(NOW.date()) if n.purpose == WEEKLY]
    assert " ".join(told.quote) == " ".join(notice.body_text.split())
    assert notice.body_sha256 in [fact.value for fact in told.facts]
    assert [what for _, what, _ in happened.events] == [
        "Asked for “Weekly health email”. Nothing is sent before the address is confirmed.",
        "Said yes to “Weekly health email”.",
        "Withdrew consent to “Weekly health email”.",
    ]
    assert happened.events[2][0] == "26 November 2026, 09:00 GMT (2026-11-26T09:00:00Z)"
    assert hashlib.sha256(paper.attachment).hexdigest() in [fact.value for fact in believed.facts]
    assert "rounds ledger check" in " ".join(check.text)


def test_the_attached_file_is_the_one_that_is_handed_out_and_that_checks(ada):
    made = make_proof(ada.id, WEEKLY, NOW)
    assert made.json in made.pdf
    assert check_proof(made.json, "consent-proof.json").wrong == ()
    for words in (b"/Lang (en-GB)", b"/DisplayDocTitle true", b"/EmbeddedFiles", b"D:20261124090000"):
        assert words in made.pdf
    assert make_proof(ada.id, WEEKLY, NOW) == made
    with pytest.raises(NotFound):
        make_proof(ada.id, "nosuch", NOW)


def test_what_no_font_has_is_shown_by_its_code_point_and_told(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "pipeline.gateways.proof_pdf.Paragraph",
        lambda text, style: drawn.append(text) or Paragraph(text, style),
    )
    names = "Siân Łukasz Ζωή Юрій <b> 中"
    paper = ProofPaper(
        names, "Example", "en-GB", NOW, (Section("One", (names,), (Fact("n", names),)),), b"{}"
    )
    assert proof_pdf(paper).startswith(b"%PDF-")
    assert all("&lt;b&gt; [U+4E2D]" in text for text in drawn if "Si" in text)
    assert "U+4E2D" in drawn[-1]
    assert "Siân" in drawn[1]
