"""What cannot be used gets a sentence with its place and the next move, status 2, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.gateways import templates
from pipeline.settings import PROJECT
from tests.cli.conftest import Rounds, snapshot

ARTICLE = "breast-calcifications"
NO_TITLE = "---\nslug: a-page\nlanguage: en-GB\n---\n\n## A section\n\nWords.\n"
NO_SECTIONS = "---\ntitle: A page\nslug: a-page\nlanguage: en-GB\n---\n"


@pytest.mark.parametrize("command", [("import", "--dry-run"), ("lint",), ("plan",)], ids=lambda c: c[0])
@pytest.mark.parametrize(
    ("name", "source", "sentence"),
    [
        ("empty.md", b"", "empty.md: The file is empty"),
        ("blank.md", b" \n\n\t\n", "blank.md: The file is empty"),
        ("latin.md", "# Title\n\nCafé\n".encode("latin-1"), "latin.md:3: This is not UTF-8 text. Save"),
        ("binary.md", b"\x89PNG\r\n\x1a\n\x00\x00", "binary.md:1: "),
        ("no-title.md", NO_TITLE.encode(), "no-title.md"),
        ("no-sections.md", NO_SECTIONS.encode(), "no-sections.md"),
    ],
)
def test_a_file_that_is_no_article_is_refused_by_name(
    rounds: Rounds,
    content: Path,
    tmp_path: Path,
    command: tuple[str, ...],
    name: str,
    source: bytes,
    sentence: str,
) -> None:
    file = tmp_path / name
    file.write_bytes(source)
    before = snapshot(tmp_path)
    result = rounds(command[0], file, *command[1:])
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1, "one sentence, no traceback"
    assert result.stdout == ""
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("command", ["import", "lint", "plan"])
def test_a_missing_file_and_a_folder_are_told_apart(rounds: Rounds, tmp_path: Path, command: str) -> None:
    more = ["--dry-run"] if command == "import" else []
    missing = rounds(command, tmp_path / "nowhere.md", *more)
    assert (missing.exit_code, missing.stdout) == (2, "")
    assert f"{tmp_path}/nowhere.md: there is no such file." in missing.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    folder = rounds(command, empty, *more)
    assert (folder.exit_code, folder.stdout) == (2, "")
    told = (
        "There is no article in this folder."
        if command in ("import", "lint")
        else "This is a folder. Name one file in it."
    )
    assert f"{empty}: {told}".casefold() in folder.stderr.casefold()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_named(rounds: Rounds, tmp_path: Path) -> None:
    file = tmp_path / "closed.md"
    file.write_text("# Words\n")
    file.chmod(0)
    result = rounds("lint", file)
    assert result.exit_code == 2
    assert "closed.md: The file cannot be read (Permission denied)" in result.stderr


def test_an_import_that_fails_writes_nothing(rounds: Rounds, db: None, content: Path, tmp_path: Path) -> None:
    from pipeline.store import articles

    file = tmp_path / "no-title.md"
    file.write_text(NO_TITLE)
    before = snapshot(content)
    assert rounds("import", file).exit_code == 2
    assert snapshot(content) == before
    assert articles.slugs() == []


def test_a_series_that_names_a_missing_section_gets_its_line_and_the_nearest_name(
    rounds: Rounds, content: Path, tmp_path: Path
) -> None:
    series = content / "series" / f"{ARTICLE}.toml"
    text = series.read_text().replace('"causes", "symptoms"', '"causes", "symptons"')
    series.write_text(text)
    line = next(n for n, words in enumerate(text.splitlines(), start=1) if "symptons" in words)
    result = rounds("render", ARTICLE, "--to", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr == (
        f'content/series/{ARTICLE}.toml:{line}: Issue 3 names the section "symptons", which the article has not.'
        ' Did you mean "symptoms"?\n'
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('article = "breast-calcifications"', 'article = "breast-calcification"', "Did you mean"),
        (
            'purpose = "weekly_health_email"',
            'purpose = "weekly_helth_email"',
            "Did you mean 'weekly_health_email'?",
        ),
        ("[[issue]]", "[issue]", ":"),
        ("sections = [", "section = [", "Did you mean sections?"),
    ],
)
def test_a_series_file_with_a_slip_is_refused_with_its_line(
    rounds: Rounds, content: Path, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    series = content / "series" / f"{ARTICLE}.toml"
    series.write_text(series.read_text().replace(old, new, 1))
    result = rounds("render", ARTICLE, "--to", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"content/series/{ARTICLE}.toml:")
    assert result.stderr.split(":")[1].isdigit()
    assert sentence in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "</mj-text>",
            "[[shoe_size]]</mj-text>",
            "unknown slot [[shoe_size]]. Use one of:",
        ),
        ("<mj-body", "<mj-marquee></mj-marquee><mj-body", "mj-marquee"),
    ],
    ids=["slot", "tag"],
)
def test_an_unknown_slot_or_tag_in_a_template_stops_the_issue(
    rounds: Rounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, sentence: str
) -> None:
    letters = tmp_path / "emails"
    shutil.copytree(templates.LETTERS, letters)
    base = letters / "base.mjml"
    assert old in base.read_text()
    base.write_text(base.read_text().replace(old, new, 1))
    monkeypatch.setattr(templates, "LETTERS", letters)
    templates._environment.cache_clear()
    try:
        result = rounds("render", ARTICLE, "--to", tmp_path / "out")
    finally:
        templates._environment.cache_clear()
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_unknown_series_and_an_unknown_issue_get_the_nearest_names(rounds: Rounds, tmp_path: Path) -> None:
    unknown = rounds("render", "breast-calcification", "--to", tmp_path / "out")
    assert unknown.exit_code == 2
    assert "Did you mean 'breast-calcifications'?" in unknown.stderr
    beyond = rounds("render", ARTICLE, "--to", tmp_path / "out", "--number", "7")
    assert (beyond.exit_code, beyond.stderr) == (2, "The series has no issue 7. It has 1, 2, 3, 4, 5, 6.\n")
    assert not (tmp_path / "out").exists()


def test_a_file_where_the_folder_should_be_is_named(rounds: Rounds, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    result = rounds("render", ARTICLE, "--to", tmp_path / "out")
    assert result.exit_code == 2
    assert "out/issue-1.html: The file cannot be written" in result.stderr
    assert (tmp_path / "out").read_text() == "in the way"


def test_a_plan_is_never_written_over_a_different_file(rounds: Rounds, content: Path) -> None:
    before = snapshot(content)
    result = rounds("plan", ARTICLE, "--anew", "--write")
    assert result.exit_code == 2
    assert (
        f"content/series/{ARTICLE}.toml exists and says something else, so nothing was written."
        in result.stderr
    )
    assert snapshot(content) == before


def test_a_plan_for_a_list_without_a_notice_is_refused(rounds: Rounds) -> None:
    result = rounds("plan", ARTICLE, "--purpose", "weekly")
    assert result.exit_code == 2
    assert "No notice in content/notices/ is for the purpose 'weekly'." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--at", "25:00"], "--at: '25:00' is not a time of day. Write hours and minutes, such as 08:30."),
        (["--start", "tomorrow"], "--start: 'tomorrow' is not a date. Write YYYY-MM-DD"),
        (
            ["--zone", "Europe/Lundon"],
            '--zone: There is no time zone "Europe/Lundon". Did you mean Europe/London',
        ),
        (["--weekday", "mon"], "'mon' is not one of 'monday'"),
        (["--name", "two words"], "'two words' cannot be a campaign's name."),
        (["--purpose", "daily_health_newsletter"], "would need its own consent"),
        (["--start", "2001-01-01"], "2001-01-01"),
    ],
)
def test_a_campaign_that_cannot_be_is_not_made(
    rounds: Rounds, db: None, arguments: list[str], sentence: str
) -> None:
    from pipeline.store import campaigns
    from tests import factories

    factories.notices()
    factories.approved_article()
    result = rounds("campaign", "create", ARTICLE, *arguments)
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert campaigns.every() == []


def test_an_unapproved_article_goes_nowhere_and_the_sentence_says_what_to_type(
    rounds: Rounds, db: None
) -> None:
    from tests import factories

    factories.notices()
    early = rounds("campaign", "create", ARTICLE, "--start", "now")
    assert (early.exit_code, "Run: rounds import" in early.stderr) == (2, True)
    assert rounds("import", PROJECT / "content" / "articles" / f"{ARTICLE}.md").exit_code == 0
    unsigned = rounds("campaign", "create", ARTICLE, "--start", "now")
    assert (unsigned.exit_code, "rounds approve breast-calcifications --reviewer" in unsigned.stderr) == (
        2,
        True,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["campaign", "status", "sprung"],
        ["campaign", "pause", "sprung"],
        ["campaign", "resume", "sprung"],
        ["campaign", "cancel", "sprung"],
        ["campaign", "release", "sprung", "1", "--now"],
        ["deliveries", "sprung"],
    ],
    ids=" ".join,
)
def test_a_misspelt_campaign_gets_the_nearest_name(rounds: Rounds, db: None, arguments: list[str]) -> None:
    from tests import factories

    factories.notices()
    factories.campaign(name="spring")
    result = rounds(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "There is no campaign 'sprung'. Did you mean 'spring'?\n"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"", "people.csv: The file is empty. Give it a header line with a column `email`."),
        (b"who,where\nada,here\n", "people.csv:1: No column holds the address."),
        (
            "email,name\nada@a.test,Zoë\nx@a.test,Z".encode() + b"\xc3\n",
            "people.csv:3: The file is not in UTF-8",
        ),
    ],
)
def test_a_file_that_is_no_list_imports_nobody(
    rounds: Rounds, db: None, tmp_path: Path, source: bytes, sentence: str
) -> None:
    from tests import factories

    factories.notices()
    file = tmp_path / "people.csv"
    file.write_bytes(source)
    result = rounds("subscribers", "import", file, "--purpose", factories.WEEKLY, "--evidence", "On paper")
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_an_import_needs_a_known_list_and_words_of_evidence(rounds: Rounds, db: None, tmp_path: Path) -> None:
    from tests import factories

    factories.notices()
    file = tmp_path / "people.csv"
    file.write_text("email\nada@readers.test\n")
    unknown = rounds("subscribers", "import", file, "--purpose", "weekly", "--evidence", "On paper")
    assert (unknown.exit_code, "There is no purpose 'weekly'." in unknown.stderr) == (2, True)
    silent = rounds("subscribers", "import", file, "--purpose", factories.WEEKLY, "--evidence", " ")
    assert (silent.exit_code, "Say what the evidence of consent is" in silent.stderr) == (2, True)
    assert rounds("consent", "show", "ada@readers.test").exit_code == 2


def test_an_address_that_is_none_and_one_never_seen_are_told_apart(rounds: Rounds, db: None) -> None:
    malformed = rounds("consent", "show", "ada")
    assert (malformed.exit_code, "needs an @ sign" in malformed.stderr) == (2, True)
    unseen = rounds("consent", "show", "nobody@readers.test")
    assert (unseen.exit_code, "Nothing is known of this address" in unseen.stderr) == (2, True)


def test_a_sign_off_needs_an_article_and_a_date_within_three_years(rounds: Rounds, db: None) -> None:
    from tests import factories

    signed = ["--reviewer", "Dr Demo", "--profession", "GP", "--registration", "none"]
    early = rounds("approve", ARTICLE, *signed)
    assert (early.exit_code, "is not imported yet. Run: rounds import" in early.stderr) == (2, True)
    factories.approved_article()
    misspelt = rounds("approve", "breast-calcification", *signed)
    assert (misspelt.exit_code, "Did you mean 'breast-calcifications'?" in misspelt.stderr) == (2, True)
    late = rounds("approve", ARTICLE, *signed, "--next-review", "2040-01-01")
    assert (late.exit_code, "within three years" in late.stderr) == (2, True)
    long = rounds("approve", ARTICLE, "--demonstration", "--reviewer", "x" * 300, *signed[2:])
    assert (long.exit_code, "Nothing was written." in long.stderr) == (2, True)


def outside(*arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, for what is read at the start."""
    command = [sys.executable, "-m", "pipeline.cli", *arguments]
    return subprocess.run(
        command, cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    result = outside(
        "campaign",
        "list",
        DATABASE_URL="postgresql://ada:secret@127.0.0.1:1/rounds",
        ROUNDS_DATA_DIR=str(tmp_path),
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("PostgreSQL does not answer at 127.0.0.1:1")
    assert "secret" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_setting_out_of_range_stops_even_a_reading(tmp_path: Path) -> None:
    result = outside("lint", "README.md", ROUNDS_CONNECTIONS="65", ROUNDS_DATA_DIR=str(tmp_path))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "ROUNDS_CONNECTIONS: '65' is out of range. Write a whole number from 1 to 64.\n"


@pytest.mark.parametrize("arguments", [["lint"], ["import", "--dry-run"], ["plan"]], ids=" ".join)
def test_reading_an_article_asks_no_server(tmp_path: Path, arguments: list[str]) -> None:
    article = f"content/articles/{ARTICLE}.md"
    result = outside(
        *arguments, article, DATABASE_URL="postgresql://ada@127.0.0.1:1/rounds", ROUNDS_DATA_DIR=str(tmp_path)
    )
    assert result.returncode == 0, result.stderr
    assert not (tmp_path / "postgres").exists()


def test_an_argument_that_is_not_utf_8_is_shown_escaped(tmp_path: Path) -> None:
    result = outside("campaign", "status", b"spr\xffng", ROUNDS_DATA_DIR=str(tmp_path))
    assert result.returncode == 2
    assert (
        result.stderr
        == "The argument spr\\udcffng is not UTF-8 text. Write it, or name the file, in UTF-8.\n"
    )


def test_a_slot_among_the_words_is_named_by_file_and_line(
    rounds: Rounds, content: Path, tmp_path: Path
) -> None:
    file = content / "articles" / f"{ARTICLE}.md"
    words = file.read_text()
    line = words[: words.index("Calcium can settle")].count("\n") + 1
    file.write_text(words.replace("Calcium can settle", "[[given_name]] can settle"))
    result = rounds("render", ARTICLE, "--to", tmp_path / "out")
    assert result.exit_code == 2
    assert f"content/articles/{ARTICLE}.md:{line}: The words hold [[given_name]]" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_notice_that_is_no_text_is_a_sentence(rounds: Rounds, content: Path, tmp_path: Path) -> None:
    (content / "notices" / "weekly-health-email.toml").write_bytes(b"# one\n\xff\xfe")
    result = rounds("render", ARTICLE, "--to", tmp_path / "out")
    assert (result.exit_code, "weekly-health-email.toml:2: This is not UTF-8" in result.stderr) == (2, True)
