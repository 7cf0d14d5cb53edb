"""Nobody signs up under a notice that breaks a rule, and what earlier ones said is kept (C-40, C-43)."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.actions.publish_notices import publish_notices
from pipeline.actions.subscribe import SignUp, subscribe
from pipeline.core.errors import Refused
from pipeline.settings import current
from pipeline.store import consent
from tests.factories import CONTENT, DAILY, NOW, WEEKLY

pytestmark = pytest.mark.django_db


@pytest.fixture
def notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder of the test's own, with the notices of the project."""
    shutil.copytree(CONTENT / "notices", tmp_path / "notices")
    shutil.copy(CONTENT / "parties.toml", tmp_path)
    settings = replace(current(), content_dir=tmp_path)
    monkeypatch.setattr("pipeline.actions.publish_notices.current", lambda: settings)
    return tmp_path / "notices"


def in_force() -> dict[str, int]:
    return {one.purpose: one.version for one in consent.current_notices(NOW.date())}


@pytest.mark.holds("C-40")
def test_both_boxes_are_two_purposes_with_an_earlier_notice_each_that_is_graded_deficient(notices):
    publish_notices(NOW)
    versions = [("notice-a", 1), ("notice-a", 4), ("notice-b", 1), ("notice-b", 4)]
    kept = {key: found for key in versions if (found := consent.notice(*key)) is not None}
    assert list(kept) == versions
    assert "take-it-or-leave-it" in kept["notice-a", 1].findings
    assert "unsupported-claim" in kept["notice-b", 1].findings
    assert kept["notice-a", 1].purpose == WEEKLY
    assert kept["notice-b", 1].purpose == DAILY
    assert in_force() == {WEEKLY: 4, DAILY: 4}
    assert consent.list_titles([WEEKLY]) == {WEEKLY: "Weekly health email"}


@pytest.mark.holds("C-43")
def test_without_a_compliant_notice_nobody_signs_up(notices):
    for path in notices.glob("*.toml"):
        path.unlink()
    publish_notices(NOW)
    assert in_force() == {}
    with pytest.raises(Refused, match="is closed"):
        subscribe(sign_up(), NOW)


@pytest.mark.holds("C-43")
def test_a_new_version_that_breaks_a_rule_closes_its_list(notices):
    publish_notices(NOW)
    path = notices / "weekly-health-email.toml"
    text = path.read_text()
    spoilt = text.replace("version = 4", "version = 5").replace("Complaints. If you", "If you")
    words, facts = spoilt.split("[processing]")
    path.write_text("[processing]".join([words.replace("complain", "write").replace("ICO", "office"), facts]))
    assert publish_notices(NOW) == 1
    assert in_force() == {DAILY: 4}


def sign_up() -> SignUp:
    return SignUp(
        address="ada@readers.test",
        purposes=(WEEKLY,),
        placement="signup-page",
        page_url="https://press.example/signup/",
        form_version="signup-1",
        client_ip="192.0.2.1",
        user_agent="a browser",
    )
