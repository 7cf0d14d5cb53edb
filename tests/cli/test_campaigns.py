"""`rounds subscribers | campaign | deliveries | consent | member`: from a list of people to counts that add up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import factories
from tests.cli.conftest import Rounds, Told

SERIES = "breast-calcifications"
WEEKLY = "weekly_health_email"
SAID = [
    *("--evidence", "On paper, May 2026", "--notice", "notice-a:4"),
    *("--collected-from", "2026-11-01", "--collected-until", "2026-11-20"),
]
PEOPLE = "email,given_name,zone\nada@readers.test,Ada,Europe/London\nben@readers.test,,\nnobody,,\nada@readers.test,,\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A list of two who can be used, one who cannot and one who stands there twice."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    return file


@pytest.fixture
def listed(db: None, told: Told, people: Path) -> None:
    """Both notices in force, the article signed off, and ada and ben on the weekly list."""
    factories.notices()
    factories.approved_article()
    told("subscribers", "import", people, "--purpose", WEEKLY, *SAID)


def test_an_import_of_people_adds_up_and_names_the_lines_it_refused(
    rounds: Rounds, told: Told, db: None, people: Path
) -> None:
    factories.notices()
    known = ["subscribers", "import", people, "--purpose", WEEKLY, *SAID]
    rehearsed = told(*known, "--dry-run")
    assert rounds("consent", "show", "ada@readers.test").exit_code == 2, "a dry run keeps nobody"
    first = told(*known)
    assert (rehearsed["refused_file"], rehearsed["import"]) == (None, None)
    own = ("refused_file", "import", "dry_run")
    assert {**rehearsed, **{name: first[name] for name in own}} == first
    assert (first["rows"], first["imported"], first["already"]) == (4, 2, 0)
    assert first["refused"] == {"unusable": 1, "repeated": 1}
    assert [row["line"] for row in first["refusals"]] == [4, 5]
    again = told(*known)
    assert (again["imported"], again["already"]) == (0, 2)
    shown = rounds(*known).stdout.splitlines()
    assert shown[0] == "Read as any tool, UTF-8, columns parted by comma."
    assert shown[1] == "4 rows = 0 imported + 2 already on the list + 2 refused (1 repeated, 1 unusable)"
    assert shown[2].startswith(f"{people}:4: ")
    mended = Path(first["refused_file"])
    assert mended.stat().st_mode & 0o777 == 0o600
    mended.write_text(mended.read_text().replace("nobody", "cleo@readers.test"))
    corrected = told("subscribers", "import", mended, "--purpose", WEEKLY, *SAID)
    assert (corrected["imported"], corrected["already"]) == (1, 1)


def test_a_campaign_answers_with_the_same_object_however_it_is_asked(told: Told, listed: None) -> None:
    made = told("campaign", "create", SERIES, "--start", "now", "--name", "spring")
    assert told("campaign", "status", "spring") == made
    known = {"name", "series", "purpose", "mode", "weekday", "at", "zone", "home_zone", "policy", "state"}
    known |= {"starts_at", "paused_at"}
    assert set(made) == known | {"next_due_at", "adds_up", "alerts", "issues"}
    assert (made["series"], made["purpose"], made["mode"], made["zone"]) == (
        SERIES,
        WEEKLY,
        "calendar",
        "Europe/London",
    )
    assert [set(c) for c in told("campaign", "list")["campaigns"]] == [known]
    paused = told("campaign", "pause", "spring")
    assert (set(paused), paused["state"]) == (known, "paused")
    assert told("campaign", "resume", "spring")["state"] == "running"
    cancelled = told("campaign", "cancel", "spring")
    assert set(cancelled) == known | {"handed_over", "cancelled"}
    assert (cancelled["state"], cancelled["handed_over"]) == ("cancelled", 0)


def test_without_a_start_nothing_is_due_today(told: Told, listed: None) -> None:
    made = told("campaign", "create", SERIES, "--weekday", "tuesday", "--at", "08:30", "--zone", "UTC")
    due = [datetime.fromisoformat(issue["due_at"]) for issue in made["issues"]]
    assert min(due).date() > datetime.now(UTC).date()
    assert {moment.weekday() for moment in due} <= {0, 1}, (
        "Tuesday everywhere, so that it may open on Monday in UTC"
    )
    assert (made["weekday"], made["at"]) == ("tuesday", "08:30")
    assert made["next_due_at"] == made["issues"][0]["due_at"]


def test_a_campaign_in_each_readers_own_zone_says_so(told: Told, listed: None) -> None:
    made = told("campaign", "create", SERIES, "--zone", "subscriber", "--mode", "course")
    assert (made["zone"], made["home_zone"], made["mode"]) == ("subscriber", "Europe/London", "course")


@pytest.mark.holds("P-07")
def test_readers_who_were_promised_a_weekly_email_get_no_daily_one(
    rounds: Rounds, told: Told, listed: None, content: Path
) -> None:
    refused = rounds("campaign", "create", SERIES, "--weekday", "daily")
    assert (refused.exit_code, "said yes to one issue in 7 days" in refused.stderr) == (2, True)
    file = content / "series" / f"{SERIES}.toml"
    file.write_text(file.read_text().replace('"weekly_health_email"', '"daily_health_newsletter"'))
    factories.signed()  # of the letters as they read now
    assert told("campaign", "create", SERIES, "--weekday", "daily")["weekday"] == "daily"


@pytest.mark.holds("P-07")
def test_a_second_series_waits_until_the_readers_of_the_first_have_had_their_week(
    rounds: Rounds, told: Told, listed: None, content: Path
) -> None:
    source = (content / "series" / f"{SERIES}.toml").read_text()
    (content / "series" / "second.toml").write_text(source.replace(f'slug = "{SERIES}"', 'slug = "second"'))
    factories.signed()  # of the second too
    today = datetime.now(UTC).date()
    told("campaign", "create", SERIES, "--start", "now", "--name", "spring")
    for again in (["--start", "now"], ["--start", today + timedelta(days=41)], ["--mode", "course"]):
        refused = rounds("campaign", "create", "second", *again)
        assert (refused.exit_code, "said yes to one issue in 7 days" in refused.stderr) == (2, True), again
        assert "of 'spring' and one of this campaign" in refused.stderr
    assert told("campaign", "create", "second", "--start", today + timedelta(days=42), "--mode", "course")[
        "issues"
    ]


@pytest.mark.holds("E-14")
def test_a_series_that_leaves_a_warning_out_begins_no_campaign(
    rounds: Rounds, told: Told, listed: None, content: Path
) -> None:
    file = content / "series" / f"{SERIES}.toml"
    source = file.read_text()
    file.write_text(source.replace('"what-they-are", "when-to-get-help"', '"what-they-are"'))
    refused = rounds("campaign", "create", SERIES, "--start", "now")
    assert (refused.exit_code, "would not tell what was approved" in refused.stderr) == (2, True)
    assert 'No issue has the section "when-to-get-help"' in refused.stderr
    why = 'left_out = [{section = "symptoms", why = "In issue 1."}]\n\n[[issue]]'
    file.write_text(source.replace('"causes", "symptoms"', '"causes"').replace("[[issue]]", why, 1))
    factories.signed()
    assert told("campaign", "create", SERIES, "--start", "now")["issues"], "left out with a reason"


def test_a_series_that_says_next_week_is_not_sent_every_day_nor_the_other_way_round(
    rounds: Rounds, listed: None, content: Path
) -> None:
    file = content / "series" / f"{SERIES}.toml"
    daily = file.read_text().replace('"weekly_health_email"', '"daily_health_newsletter"')
    for text, weekday, said in (
        (daily, "tuesday", "say what comes tomorrow"),
        (daily.replace("[[issue]]", 'rhythm = "weekly"\n[[issue]]', 1), "daily", "say what comes next week"),
    ):
        file.write_text(text)
        refused = rounds("campaign", "create", SERIES, "--weekday", weekday)
        assert (refused.exit_code, said in refused.stderr) == (2, True), refused.stderr


def test_counts_add_up_and_every_delivery_has_its_line(rounds: Rounds, told: Told, listed: None) -> None:
    from pipeline.actions.tick import tick

    told("campaign", "create", SERIES, "--start", "now", "--name", "spring")
    tick(datetime.now(UTC) + timedelta(seconds=1))
    first = told("campaign", "status", "spring")["issues"][0]
    total = first["accepted"] + first["presumed_accepted"] + first["held_unknown"] + first["on_the_way"]
    assert first["audience"] == total + sum(first["left_out"].values()) == 2
    assert first["adds_up"] is True
    assert sum(first["states"].values()) == 2
    for more in ([], ["--json"]):
        lines = [json.loads(line) for line in rounds("deliveries", "spring", *more).stdout.splitlines()]
        assert sorted(line["address"] for line in lines) == ["ada@readers.test", "ben@readers.test"]
        assert {line["issue"] for line in lines} == {1}
        assert len({line["message_id"] for line in lines}) == 2
        assert set(lines[0]) >= {"issue", "address", "state", "cause", "message_id", "attempts"}


def test_a_release_needs_to_say_when(rounds: Rounds, told: Told, listed: None) -> None:
    told("campaign", "create", SERIES, "--start", "now", "--name", "spring")
    silent = rounds("campaign", "release", "spring", "1")
    assert (silent.exit_code, "Say when: --now, or --next-slot." in silent.stderr) == (2, True)
    early = rounds("campaign", "release", "spring", "1", "--next-slot")
    assert (early.exit_code, "not held late" in early.stderr) == (2, True)


@pytest.mark.holds("C-03")
def test_consent_is_shown_as_an_answer_with_its_evidence(rounds: Rounds, told: Told, listed: None) -> None:
    answer = told("consent", "show", "ADA@readers.test")
    weekly = next(entry for entry in answer["lists"] if entry["purpose"] == WEEKLY)
    daily = next(entry for entry in answer["lists"] if entry["purpose"] != WEEKLY)
    assert (weekly["may_mail"], weekly["status"], weekly["evidence_grade"]) == (True, "given", "imported")
    assert (daily["may_mail"], daily["status"], daily["since"]) == (False, "unknown", None)
    (entry,) = answer["entries"]
    assert (entry["kind"], entry["evidence"]["statement"]) == ("LEGACY_IMPORTED", "On paper, May 2026")
    shown = rounds("consent", "show", "ada@readers.test").stdout
    assert f"{WEEKLY}: yes, it said yes, since " in shown
    assert "On paper, May 2026" in shown


def test_consent_shows_the_words_that_were_shown_and_that_they_are_intact(
    rounds: Rounds, told: Told, db: None
) -> None:
    from pipeline.actions.record_consent import record_consent
    from pipeline.core.consent.entry import Actor, Entry, EventKind, EvidenceGrade, Method
    from pipeline.store import consent
    from pipeline.store.subscribers import random_uid

    factories.notices()
    person = factories.subscriber("cleo")
    notice = next(n for n in consent.current_notices(datetime.now(UTC).date()) if n.purpose == WEEKLY)
    given = Entry(
        event_id=random_uid(),
        kind=EventKind.CONSENT_GIVEN,
        purpose=WEEKLY,
        occurred_at=factories.NOW,
        actor=Actor.DATA_SUBJECT,
        method=Method.CONFIRM_POST,
        notice_id=notice.notice_id,
        notice_version=notice.version,
        evidence_grade=EvidenceGrade.FULL,
    )
    record_consent(person.id, [given])
    (told_words,) = told("consent", "show", "cleo@readers.test")["notices"]
    assert (told_words["body_text"], told_words["body_sha256"]) == (notice.body_text, notice.body_sha256)
    assert told_words["intact"] is True
    shown = rounds("consent", "show", "cleo@readers.test").stdout
    assert notice.body_sha256 in shown
    assert notice.body_text.splitlines()[0] in shown


def test_a_member_gets_a_password_once_or_brings_one(told: Told, db: None) -> None:
    made = told("member", "add", "editor")
    assert made["name"] == "editor"
    assert len(made["password"]) >= 12
    assert told("member", "add", "editor")["password"] != made["password"]
