"""Lists brought in against a real database: who is mailed, who is not, and what a crash leaves."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.actions import import_subscribers as importing
from pipeline.actions.import_file import ImportedFile, import_file
from pipeline.actions.survey_list import ImportOptions, tell_nobody
from pipeline.core.address import parse
from pipeline.core.consent.entry import ConsentStatus, EventKind, EvidenceGrade, Method
from pipeline.core.consent.gate import ListMail, decide
from pipeline.core.consent.ledger import fold
from pipeline.core.consent.lists.dialects import Said
from pipeline.core.consent.lists.progress import ImportState
from pipeline.core.consent.suppression import (
    ALL,
    CONFIRMATION,
    MARKETING,
    Reason,
    Suppression,
    active,
    list_scope,
)
from pipeline.core.errors import BadInput, NotFound
from pipeline.gateways import failpoints
from pipeline.gateways.keys import key_of
from pipeline.store import consent, list_imports, models, subscribers
from tests import factories
from tests.factories import DAILY, NOW, WEEKLY

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "lists"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _notices(db: None) -> None:
    factories.notices()


def bring(
    path: Path, *, dry_run: bool = False, refused: Path | None = None, **options: object
) -> ImportedFile:
    said = {"evidence": "On paper", "decision": "We answer for it.", "purpose": WEEKLY, **options}
    asked = ImportOptions(**said)  # type: ignore[arg-type]
    return import_file(path, asked, "maya", NOW, dry_run=dry_run, refused=refused, tell=tell_nobody)


@pytest.fixture
def sample(tmp_path: Path):
    """A sample, copied to where a file of refused rows may stand beside it."""

    def copied(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes((SAMPLES / name).read_bytes())
        return path

    return copied


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str, name: str = "people.csv") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def key(name: str) -> bytes:
    return key_of(parse(f"{name}@readers.test"))


def may_mail(name: str, purpose: str = WEEKLY) -> bool:
    """As the gate says, at once and for real."""
    person = subscribers.by_key(key(name))
    state = fold(consent.ledger(person.id) if person else [])
    return bool(decide(ListMail(purpose), state, active(consent.suppressions(key(name)), NOW)))


def statuses(name: str) -> dict[str, str]:
    person = subscribers.by_key(key(name))
    return {s.purpose: s.status.value for s in consent.subscriptions(person.id)} if person else {}


def rows_of(table: type) -> int:
    return table.objects.count()


def test_a_dry_run_counts_what_the_import_does_and_writes_nothing(sample) -> None:
    path = sample("beehiiv.csv")
    before = [
        rows_of(t) for t in (models.Subscriber, models.ConsentEvent, models.Suppression, models.ListImport)
    ]
    rehearsed = bring(path, dry_run=True)
    after = [
        rows_of(t) for t in (models.Subscriber, models.ConsentEvent, models.Suppression, models.ListImport)
    ]
    assert (before, [p.name for p in path.parent.iterdir()]) == (after, [path.name])
    report = bring(path).report
    assert report.counts() == rehearsed.report.counts()
    assert (report.rows, report.imported, dict(report.noes), dict(report.refused)) == (
        4,
        1,
        {"unsubscribed": 2},
        {"pending": 1},
    )


@pytest.mark.holds("B-31", "C-07", "B-33")
@pytest.mark.parametrize(
    ("said", "scopes"),
    [
        ("unsubscribed", {(list_scope(WEEKLY), Reason.UNSUBSCRIBED)}),
        ("complained", {(MARKETING, Reason.COMPLAINT), (CONFIRMATION, Reason.COMPLAINT)}),
        ("cleaned", {(ALL, Reason.HARD_BOUNCE)}),
        ("blocklisted", {(ALL, Reason.IMPORTED)}),
    ],
)
def test_a_no_of_another_tool_is_ours_too_wherever_it_stands_in_the_list(
    written, said: str, scopes: set
) -> None:
    ada = factories.subscriber("ada")
    path = written(
        "email,status\ncleo@readers.test,subscribed\nCLEO@READERS.test,"
        f"{said}\nada@readers.test,{said}\nben@readers.test,subscribed\n"
    )
    report = bring(path).report
    assert (report.imported, dict(report.noes), dict(report.refused)) == (
        1,
        {Said.BOUNCED.value if said == "cleaned" else "blocked" if said == "blocklisted" else said: 2},
        {"suppressed": 1},
    )
    for name in ("ada", "cleo"):
        assert {(s.scope, s.reason) for s in consent.suppressions(key(name))} == scopes
        assert not may_mail(name)
    assert may_mail("ben")
    assert subscribers.by_key(key("cleo")) is None, "of a stranger nothing is kept but the suppression"
    assert consent.ledger(ada.id)[-1].method is Method.IMPORT
    assert bring(path).report.counts()["noes"] == report.counts()["noes"]
    assert len(consent.ledger(ada.id)) == 3, "each import is an entry; the same one twice is not"


def test_an_old_no_does_not_end_a_yes_that_was_confirmed_here_since(sample, written) -> None:
    cleo = factories.subscriber("cleo")  # confirmed in 2026; the file says that she left elsewhere in 2023
    bring(sample("unsubscribed_mailchimp.csv"))
    assert may_mail("cleo")
    assert consent.suppressions(key("cleo")) == []
    assert [e.kind for e in consent.ledger(cleo.id)] == [EventKind.CONSENT_GIVEN]
    bring(written("email,status\ncleo@readers.test,unsubscribed\n"))
    assert not may_mail("cleo"), "a no that names no day counts"


@pytest.mark.holds("B-31", "P-10")
def test_no_suppression_of_any_scope_or_reason_is_lifted_or_outrun(written) -> None:
    scopes = (ALL, MARKETING, CONFIRMATION, list_scope(WEEKLY))
    names = []
    for scope in scopes:
        for reason in Reason:
            names.append(f"{reason.value}.{scope.replace(':', '.')}")
            consent.suppress(key(names[-1]), Suppression(scope, reason), NOW)
    before = list(models.Suppression.objects.order_by("id").values())
    report = bring(written("email\n" + "".join(f"{name.upper()}@Readers.Test\n" for name in names))).report
    assert (report.imported, dict(report.refused)) == (0, {"suppressed": len(names)})
    assert list(models.Suppression.objects.order_by("id").values()) == before
    assert not any(may_mail(name) for name in names)


@pytest.mark.holds("B-31")
def test_a_suppression_that_was_lifted_is_added_again_and_one_with_an_end_loses_it(written) -> None:
    for name, until in (("ada", NOW.replace(year=2025)), ("ben", NOW.replace(year=2027)), ("cleo", None)):
        consent.suppress(key(name), Suppression(ALL, Reason.IMPORTED, until), NOW.replace(year=2024))
    bring(written("email\nada@readers.test\nben@readers.test\ncleo@readers.test\n"), all_are="blocked")
    assert [consent.suppressions(key(name))[0].until for name in ("ada", "ben", "cleo")] == [None] * 3
    years = models.Suppression.objects.order_by("id").values_list("created_at__year", flat=True)
    assert list(years) == [2026, 2024, 2024]


@pytest.mark.holds("C-41")
def test_two_lists_are_two_consents_also_by_import(written) -> None:
    path = written("email\nada@readers.test\n")
    bring(path)
    bring(path, purpose=DAILY)
    assert statuses("ada") == {WEEKLY: "given", DAILY: "given"}
    bring(written("email,status\nada@readers.test,unsubscribed\n", "left.csv"), purpose=DAILY)
    assert statuses("ada") == {WEEKLY: "given", DAILY: "withdrawn"}
    assert (may_mail("ada"), may_mail("ada", DAILY)) == (True, False)


@pytest.mark.holds("C-43", "C-40")
def test_deficient_rows_are_on_record_and_mailed_only_by_a_decision_that_stands_in_the_ledger(
    written,
) -> None:
    path = written("email,opted_in_at\nada@readers.test,2025-03-01\n")
    kept = bring(path, notice="notice-a:1", decision="").report
    assert (kept.imported, kept.deficient, dict(kept.grades)) == (0, 1, {"deficient": 1})
    assert (statuses("ada"), may_mail("ada")) == ({}, False)
    again = bring(path, notice="notice-a:1", decision="").report
    assert (again.already, len(consent.ledger(subscribers.by_key(key("ada")).id))) == (1, 1)  # type: ignore[union-attr]
    decided = bring(path, notice="notice-a:1", decision="The board decided so on 3 November.").report
    assert (decided.imported, may_mail("ada")) == (1, True)
    entry = consent.ledger(subscribers.by_key(key("ada")).id)[-1]  # type: ignore[union-attr]
    assert (entry.method, entry.evidence_grade) == (Method.IMPORT_BY_DECISION, EvidenceGrade.DEFICIENT)
    assert (entry.notice_id, entry.notice_version) == ("notice-a", 1)
    assert entry.evidence["controller_decision"] == "The board decided so on 3 November."
    assert entry.evidence["opted_in_at"] == "2025-03-01T00:00:00+00:00"


def test_good_evidence_is_graded_by_row_and_seen_in_the_projection(written) -> None:
    path = written("email,opted_in_at\nada@readers.test,2026-11-03\nben@readers.test,\n")
    report = bring(path, notice="notice-a:4", decision="").report
    assert dict(report.grades) == {"single_opt_in": 1, "deficient": 1}
    standing = consent.standings([key("ada"), key("ben")], WEEKLY)
    assert (standing[key("ada")].status, standing[key("ada")].grade) == (ConsentStatus.GIVEN, "single_opt_in")
    assert standing[key("ben")].status is None


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"notice": "notice-b:1"}, BadInput, "was for daily_health_newsletter"),
        ({"notice": "notice-a:9"}, NotFound, "For this list: notice-a:1"),
        ({"evidence": " "}, BadInput, "Say what the evidence of consent is"),
        ({"purpose": "weekly"}, NotFound, "There is no purpose"),
        ({"all_are": "fine"}, BadInput, "is nothing that rows can be"),
    ],
)
def test_what_is_said_of_a_list_is_checked_before_it_is_read(written, options, error, sentence) -> None:
    with pytest.raises(error, match=sentence):
        bring(written("email\nada@readers.test\n"), **options)
    assert rows_of(models.ListImport) == rows_of(models.Subscriber) == 0


@pytest.mark.holds("S-11")
def test_every_refused_row_comes_back_in_a_file_that_can_be_corrected(written) -> None:
    path = written(
        "E-mail;Vorname;First name\nada@readers.test;x;Ada\nnobody;=1+1;Zoë\nben@readers.test;;Ben;more\n"
    )
    done = bring(path)
    assert done.refused == path.with_name("people.refused.csv")
    assert done.refused.stat().st_mode & 0o777 == 0o600
    text = done.refused.read_text("utf-8-sig")
    header, first, second = csv.reader(text.splitlines(), delimiter=";")
    assert header == ["E-mail", "Vorname", "First name", "rounds_reason", "rounds_line"]
    assert (first[:3], first[4]) == (["nobody", "'=1+1", "Zoë"], "3")
    assert second[-1] == "more"
    mended = text.replace("nobody", "cleo@readers.test").replace(";more", "")
    assert bring(written(mended, "again.csv")).report.imported == 2
    assert (may_mail("cleo"), may_mail("ben")) == (True, True)


def test_a_broken_row_at_the_end_imports_nobody(written) -> None:
    path = written("email,name\n" + "ada@readers.test,Ada\n" * 3 + '"open\n')
    with pytest.raises(BadInput, match=r"people\.csv:5: The row that begins here"):
        bring(path)
    assert rows_of(models.Subscriber) == rows_of(models.ListImport) == 0


def test_a_line_of_ten_megabytes_is_refused_before_it_fills_the_memory(written) -> None:
    with pytest.raises(BadInput, match=r"people\.csv:2: This line has more than 262,144 characters"):
        bring(written("email\n" + "x" * 10_000_000 + "\n"))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK", 3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["import.before_chunk", "import.in_chunk"])
def test_a_crash_in_the_middle_leaves_nobody_half_known_and_the_next_try_goes_on(
    written, small_chunks, monkeypatch, point: str
) -> None:
    factories.subscriber("p4", DAILY)  # somebody we know, of another list: in a chunk that dies
    names = [f"p{n}" for n in range(10)]
    lines = [f"{name}@readers.test,subscribed" for name in names]
    path = written("email,status\n" + "\n".join([*lines, lines[0], "nobody,subscribed"]) + "\n")
    rehearsed = bring(path, dry_run=True).report
    monkeypatch.setitem(failpoints._points, point, ("raise", 2))
    with pytest.raises(failpoints.Failpoint):
        bring(path)
    monkeypatch.delitem(failpoints._points, point)
    monkeypatch.setattr(failpoints, "_reached", {})
    [cut] = models.ListImport.objects.all()
    assert (cut.state, cut.line, cut.rows_done) == (ImportState.IMPORTING, 4, 3)
    known = {s.pk for s in models.Subscriber.objects.all()}
    assert known == set(models.ConsentEvent.objects.values_list("subscriber_id", flat=True))
    done = bring(path)
    assert (done.uid, done.resumed_after) == (cut.uid, 4)
    assert done.report.counts() == rehearsed.counts()
    assert (done.report.imported, dict(done.report.refused)) == (10, {"repeated": 1, "unusable": 1})
    entries = models.ConsentEvent.objects.filter(purpose_id=WEEKLY)
    assert entries.count() == len(set(entries.values_list("subscriber_id", flat=True))) == 10
    assert len(done.refused.read_text().splitlines()) == 3  # type: ignore[union-attr]
    assert list_imports.by_uid(cut.uid).state is ImportState.DONE  # type: ignore[union-attr]


def test_no_address_stands_in_the_evidence_or_in_the_import(sample, written) -> None:
    shifted = bring(
        written(
            "email,zone,opted_in_at\nada@readers.test,eve@readers.test,\nben@readers.test,,x@readers.test\n"
        )
    )
    assert "readers.test" not in str(shifted.report.counts())
    bring(sample("mailchimp_subscribed.csv"), notice="notice-a:1")
    for row in (*models.ConsentEvent.objects.all(), *models.ListImport.objects.all()):
        told = str({**row.__dict__, "file": ""})
        assert "readers.test" not in told
        assert "192.0.2.17" not in told
