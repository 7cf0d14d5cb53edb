"""`rounds articles | submit | send-back | withdraw | approve` and `rounds wrong | correct | recall | corrections`."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.actions.open_due import open_due
from pipeline.store import models
from tests import factories
from tests.cli.conftest import Rounds, Told
from tests.factories import NOW, SERIES

WORDS = ("--wrong", "We said that there are 2 types.", "--right", "There are 3 types.")
SIGN = ("--reviewer", "Dr Demo", "--profession", "Radiologist", "--registration", "none", "--demonstration")
MODULES = (
    "articles",
    "approve",
    "submit",
    "send_back",
    "withdraw",
    "wrong",
    "correct",
    "recall",
    "tell",
    "unmark",
    "corrections",
)
FAULT = [
    "fault", "article", "digest", "series", "issue", "state", "reason", "by", "marked_at", "reach", "answers",
    "campaigns",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _now(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in MODULES:
        monkeypatch.setattr(f"pipeline.cli.{module}.now", lambda: NOW)


def mended(content: Path, told: Told) -> str:
    file = content / "articles" / f"{SERIES}.md"
    file.write_text(file.read_text().replace("There are 2 types", "There are 3 types"))
    told("import", file)
    return str(file)


def test_an_article_is_asked_for_given_back_signed_and_withdrawn(
    rounds: Rounds, told: Told, content: Path
) -> None:
    mended(content, told)
    [line] = told("articles")["articles"]
    assert (line["article"], line["state"], line["reviewer"], line["faults"]) == (SERIES, "draft", "", 0)
    assert told("submit", SERIES, "--remarks", "Mended.")["state"] == "in_review"
    assert told("send-back", SERIES, "--remarks", "Say more.")["digest"] == line["digest"]
    other = rounds("approve", SERIES, *SIGN, "--digest", "0" * 12)
    assert (other.exit_code, "edited since you were shown it" in other.stderr) == (2, True)
    no_reason = rounds("approve", SERIES, *SIGN, "--decide", "dose.limit:4")
    assert (no_reason.exit_code, "Write RULE:LINE=REASON" in no_reason.stderr) == (2, True)
    signed = told("approve", SERIES, *SIGN, "--digest", line["digest"][:12])
    assert (signed["digest"], signed["decisions"]) == (line["digest"], {})
    assert told("articles")["articles"][0]["next_review_on"] == "2027-11-24"
    assert told("withdraw", SERIES, "--reason", "Retracted.")["digest"] == line["digest"]
    assert "draft" in rounds("articles").stdout
    assert set(models.AuditEvent.objects.values_list("event", "outcome")) >= {
        ("article.submitted", "done"), ("article.sent_back", "done"), ("article.approved", "refused"),
        ("article.approved", "done"), ("article.approval_withdrawn", "done"),
    }  # fmt: skip


def test_what_a_signature_would_be_on_is_shown_and_signed_by_its_digests(
    rounds: Rounds, told: Told, content: Path
) -> None:
    factories.notices()
    told("import", content / "articles" / f"{SERIES}.md")
    shown = told("letters", SERIES)
    [of_series] = shown["series"]
    assert (of_series["series"], of_series["problem"], len(of_series["issues"])) == (SERIES, None, 6)
    assert {issue["since"] for issue in of_series["issues"]} == {"never signed"}
    said = rounds("letters", SERIES).stdout
    assert "Large and tiny, and the words" in said
    assert f"--letters {shown['letters'][:12]}" in said
    plan = content / "series" / f"{SERIES}.toml"
    sound = plan.read_text()
    plan.write_text(sound.replace("Large and tiny", "A cure for large and tiny"))
    late = rounds("approve", SERIES, *SIGN, "--letters", shown["letters"][:12])
    assert (late.exit_code, "read otherwise than when you were shown them" in late.stderr) == (2, True)
    short = rounds("approve", SERIES, *SIGN, "--letters", shown["letters"][:3])
    assert (short.exit_code, "12 digits" in short.stderr) == (2, True)
    plan.write_text(sound.replace('"types", ', '"no-such-part", '))
    assert f"--without {SERIES}" in rounds("letters", SERIES).stdout
    unfit = rounds("approve", SERIES, *SIGN)
    assert (unfit.exit_code, "no-such-part" in unfit.stderr) == (2, True)
    assert told("approve", SERIES, *SIGN, "--without", SERIES)["without"] == [SERIES]
    unsigned = rounds("campaign", "create", SERIES, "--start", "now")
    assert unsigned.exit_code == 2
    plan.write_text(sound)
    unsigned = rounds("campaign", "create", SERIES, "--start", "now")
    assert (unsigned.exit_code, "No clinician has signed the letters" in unsigned.stderr) == (2, True)
    told("approve", SERIES, *SIGN, "--letters", shown["letters"][:12])
    missing = rounds("letters", "no-such-article")
    assert (missing.exit_code, "There is no article" in missing.stderr) == (2, True)


def test_what_was_wrong_is_stopped_looked_at_corrected_and_told(
    rounds: Rounds, told: Told, content: Path
) -> None:
    factories.notices()
    factories.readers(["ada"])
    factories.campaign()
    open_due(NOW)
    unknown = rounds("wrong", SERIES, "--issue", "9", "--reason", "Wrong.")
    assert (unknown.exit_code, "never scheduled" in unknown.stderr) == (2, True)
    marked = told("wrong", SERIES, "--issue", "2", "--reason", "There are 3.")
    assert list(marked) == [*FAULT, "new"]
    assert (marked["state"], marked["series"], marked["issue"], marked["new"]) == ("wrong", SERIES, 2, True)
    assert marked["reach"]["unopened"] == 1
    assert told("campaign", "status", "autumn")["issues"][1]["waits_for"] == "wrong"
    assert "2 types" not in rounds("correct", marked["fault"], *WORDS).stdout
    mended(content, told)
    told("approve", SERIES, *SIGN)
    shown = told("correct", marked["fault"], *WORDS, "--preview")
    assert [(x["series"], x["issues"]) for x in shown["letters"]] == [(SERIES, [2])]
    assert "Nothing was sent." in rounds("correct", marked["fault"], *WORDS, "--preview").stdout
    assert told("corrections")["faults"][0]["state"] == "wrong"
    done = told("correct", marked["fault"], *WORDS)
    assert (done["state"], done["campaigns"], done["answers"][0]["right"]) == (
        "corrected",
        [],
        "There are 3 types.",
    )
    assert told("campaign", "status", "autumn")["issues"][1]["waits_for"] == ""
    late = rounds("recall", marked["fault"])
    assert (late.exit_code, "was corrected already" in late.stderr) == (2, True)
    again = told("wrong", SERIES, "--issue", "3", "--reason", "All of it.")
    assert told("recall", again["fault"])["state"] == "recalled"
    assert "recalled. All of it." in rounds("corrections").stdout
    mistaken = told("wrong", SERIES, "--issue", "4", "--reason", "A slip.")
    said = rounds("tell", mistaken["fault"], "--words", "Its third line is in doubt.").stdout
    assert "The archive says: Its third line is in doubt. We are looking into it" in said
    assert (
        told("tell", mistaken["fault"], "--words", "Its third line is in doubt.")["answers"][0]["kind"]
        == "told"
    )
    lifted = told("unmark", mistaken["fault"], "--reason", "It is right.")
    assert (lifted["state"], lifted["answers"][-1]["reason"]) == ("lifted", "It is right.")
    assert told("campaign", "status", "autumn")["issues"][3]["waits_for"] == ""
