"""`rounds dkim`."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

pytestmark = pytest.mark.django_db  # a new key stands in the audit log


@pytest.fixture(autouse=True)
def _with_a_relay(postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres)
    monkeypatch.setenv("ROUNDS_SMTP_URL", "smtp://relay.test:587")
    monkeypatch.setenv("ROUNDS_RELAY_SIGNS", "0")
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(tmp_path / "data"))


def use(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    from pipeline.settings import current

    monkeypatch.setenv("ROUNDS_DKIM_KEYS", setting)
    current.cache_clear()


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_new_key_is_kept_for_its_owner_and_its_setting_makes_it_sign(told, monkeypatch, kind):
    made = told("dkim", "new", "--type", kind)
    assert stat.S_IMODE(Path(made["file"]).stat().st_mode) == 0o600
    assert made["name"] == f"{made['selector']}._domainkey.{made['domain']}"
    assert "".join(made["strings"]) == made["value"]
    use(monkeypatch, made["setting"])
    assert [key["value"] for key in told("dkim", "show")["keys"]] == [made["value"]]
    assert told("dkim", "check", "--record", made["value"])["problems"] == []


def test_a_key_never_takes_the_place_of_another(rounds, told):
    made = told("dkim", "new", "--selector", "s1")
    before = Path(made["file"]).read_bytes()
    again = rounds("dkim", "new", "--selector", "s1")
    assert again.exit_code == 2
    assert "never overwritten" in again.stderr
    assert Path(made["file"]).read_bytes() == before


def test_the_answer_names_the_record_the_setting_and_the_next_move(rounds, tmp_path):
    answer = rounds(
        "dkim", "new", "--selector", "s1", "--domain", "news.example", "--out", tmp_path / "s1.pem"
    )
    assert "s1._domainkey.news.example" in answer.stdout
    assert f'ROUNDS_DKIM_KEYS="s1:{tmp_path / "s1.pem"}"' in answer.stdout
    assert "rounds dkim check" in answer.stdout


def test_a_second_key_joins_the_first_in_the_setting(told, monkeypatch):
    first = told("dkim", "new", "--type", "rsa")
    use(monkeypatch, first["setting"])
    second = told("dkim", "new", "--type", "ed25519")
    use(monkeypatch, second["setting"])
    assert [k["algorithm"] for k in told("dkim", "show")["keys"]] == ["rsa-sha256", "ed25519-sha256"]


def test_without_a_key_the_check_fails_and_says_what_to_do(rounds):
    checked = rounds("dkim", "check")
    assert checked.exit_code == 1
    assert "rounds dkim new" in checked.stdout


def test_a_foreign_record_and_an_open_file_are_problems(rounds, told, monkeypatch):
    made = told("dkim", "new")
    use(monkeypatch, made["setting"])
    Path(made["file"]).chmod(0o644)
    checked = rounds("dkim", "check", "--record", "v=DKIM1; k=rsa; p=abcd")
    assert checked.exit_code == 1
    assert "chmod 600" in checked.stdout
    assert "another key" in checked.stdout


@pytest.mark.parametrize(
    "options", [("--selector", "a b"), ("--domain", "no_domain"), ("--out", "/tmp/a b.pem")]
)
def test_what_no_record_or_setting_could_hold_is_refused(rounds, options):
    refused = rounds("dkim", "new", *options)
    assert refused.exit_code == 2
    assert refused.stderr.strip()
