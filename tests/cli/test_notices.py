"""`rounds notices lint`."""

from __future__ import annotations

from tests.cli.conftest import Rounds, Told


def test_the_notices_of_the_project_pass_and_those_of_the_earlier_website_do_not(told: Told) -> None:
    found = told("notices", "lint")
    assert {each["file"]: bool(each["findings"]) for each in found["notices"]} == {
        "content/notices/daily-health-newsletter.toml": False,
        "content/notices/email-open-tracking.toml": False,
        "content/notices/weekly-health-email.toml": False,
        "content/notices/earlier/notice-a-1.toml": True,
        "content/notices/earlier/notice-b-1.toml": True,
    }
    assert [each["rule"] for each in found["contradictions"]] == ["contradiction"]


def test_in_words_each_finding_has_its_source(rounds: Rounds) -> None:
    answered = rounds("notices", "lint")
    assert answered.exit_code == 0
    assert "take-it-or-leave-it: “If you do not agree" in answered.output
    assert "[DPA 2018 s.164A, UK GDPR Art 13(2)(d); C-16]" in answered.output
