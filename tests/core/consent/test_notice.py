from datetime import date
from pathlib import Path

import pytest

from pipeline.core.consent.notice import current, load, words_sha256
from pipeline.core.errors import BadInput

CONTROLLER = {
    "controller_name": "Example Health Press Ltd",
    "controller_address": "1 Test Street, Exampleton EX1 1EX",
    "controller_email": "privacy@press.example",
    "controller_number": "00000000",
}
NOTICES = Path(__file__).parents[3] / "content" / "notices"
SOURCE = """
notice_id = "notice-x"
version = 2
purpose = "weekly_health_email"
language = "en-GB"
title = "Weekly health email"
cadence = "once a week"
cadence_max_days = 7
consent_sentence = "Yes, {controller_name} may write to me."
button_label = "Sign up"
policy_url = "/privacy/"
effective_from = 2026-11-01
body = \"\"\"
{controller_name} runs this list.

You can stop
at any time.
\"\"\"
"""


def test_a_notice_is_read_with_its_placeholders_filled():
    notice = load(SOURCE, CONTROLLER)
    assert notice.consent_sentence == "Yes, Example Health Press Ltd may write to me."
    assert notice.paragraphs == ("Example Health Press Ltd runs this list.", "You can stop at any time.")
    assert (notice.version, notice.cadence_max_days, notice.effective_from) == (2, 7, date(2026, 11, 1))


def test_the_hash_is_of_the_words_and_not_of_their_layout():
    assert words_sha256("caf\u00e9  and\n\n tea ") == words_sha256("cafe\u0301 and tea")
    assert words_sha256("tea and cake") != words_sha256("tea and Cake")


def test_another_word_is_another_hash():
    assert (
        load(SOURCE, CONTROLLER).body_sha256 != load(SOURCE.replace("stop", "leave"), CONTROLLER).body_sha256
    )


@pytest.mark.parametrize("path", sorted(NOTICES.glob("*.toml")), ids=lambda p: p.stem)
def test_the_notices_of_the_project_load(path):
    notice = load(path.read_text(encoding="utf-8"), CONTROLLER, place=path.name)
    assert CONTROLLER["controller_name"] in notice.consent_sentence
    assert "{" not in notice.body


def test_the_two_lists_of_the_project_have_a_notice_each_and_measuring_has_its_own():
    notices = [load(p.read_text(encoding="utf-8"), CONTROLLER) for p in NOTICES.glob("*.toml")]
    assert {n.purpose for n in notices} == {
        "weekly_health_email",
        "daily_health_newsletter",
        "email_open_tracking",
    }
    assert len({n.notice_id for n in notices}) == 3


def test_a_placeholder_that_no_setting_fills_is_named_with_its_line():
    with pytest.raises(BadInput, match=r"notice\.toml:9: .*\{controller_nome\}"):
        load(SOURCE.replace("controller_name} may", "controller_nome} may"), CONTROLLER, place="notice.toml")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("version = 2", "version = 0", "whole number from 1"),
        ("version = 2", "version = true", "whole number from 1"),
        ("version = 2", "", "lacks `version`"),
        ("2026-11-01", '"1 November"', "date without quotes"),
        ("2026-11-01", "2026-11-01T00:00:00Z", "date without quotes"),
        ('"Sign up"', '"  "', "words in quotes"),
        ('"notice-x"', '"Notice X"', "small letters"),
        ("button_label", "button_lable", "no key `button_lable`"),
        ("version = 2", "version = ", "not valid TOML"),
    ],
)
def test_a_bad_notice_gets_a_sentence_that_names_the_key(old, new, sentence):
    with pytest.raises(BadInput, match=sentence):
        load(SOURCE.replace(old, new), CONTROLLER, place="notice.toml")


def test_the_newest_notice_in_force_is_the_current_one():
    first = load(SOURCE, CONTROLLER)
    second = load(
        SOURCE.replace("version = 2", "version = 3").replace("2026-11-01", "2026-12-01"), CONTROLLER
    )
    assert current((second, first), "weekly_health_email", date(2026, 11, 23)) is first
    assert current((second, first), "weekly_health_email", date(2026, 12, 1)) is second


def test_without_a_notice_in_force_there_is_none():
    assert current((load(SOURCE, CONTROLLER),), "weekly_health_email", date(2026, 10, 31)) is None
    assert current((load(SOURCE, CONTROLLER),), "daily_health_newsletter", date(2026, 11, 23)) is None


@pytest.mark.parametrize("path", sorted(NOTICES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_published_notice_promises_nothing_that_rounds_does_not_do(path):
    """No form to complain, no clearing of the ledger, no country."""
    words = load(path.read_text(), CONTROLLER).body
    assert not [w for w in ("form on our", "90 days", "6 years", "in the United Kingdom") if w in words]
    if path.stem != "email-open-tracking":  # its page keeps nothing of where somebody asks from
        assert "the first part of your internet address" in words
    assert "Nothing in that record is deleted by itself" in words
