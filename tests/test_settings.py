"""The settings: what is unset points at the embedded servers, and what is wrong is told all at once."""

from __future__ import annotations

import stat
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.core.errors import BadInput
from pipeline.settings import PROJECT, Settings, load


@pytest.fixture(autouse=True)
def _data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(tmp_path / "data"))


def test_without_addresses_everything_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load()
    assert settings.embedded_database
    assert settings.embedded_redis
    assert settings.local_inbox
    assert settings.smtp_url.startswith("smtp://127.0.0.1:")


def test_two_data_folders_have_two_sets_of_sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load()
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(tmp_path / "other"))
    assert load().redis_url != first.redis_url
    assert load().database_url != first.database_url


def test_servers_that_are_set_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:secret@db.example:5433/rounds?sslmode=require")
    monkeypatch.setenv("REDIS_URL", "rediss://redis.example:6380/1")
    monkeypatch.setenv("ROUNDS_SMTP_URL", "smtp://ada:secret@mail.example:465?tls=implicit")
    settings = load()
    assert not settings.embedded_database
    assert not settings.embedded_redis
    assert not settings.local_inbox
    assert settings.smtp_url.endswith("tls=implicit")


def test_every_bad_setting_is_told_at_once_with_the_next_move(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {
        "DATABASE_URL": "mysql://db.example/rounds",
        "REDIS_URL": "http://redis.example",
        "ROUNDS_SMTP_URL": "smtp://mail.example?tls=perhaps",
        "ROUNDS_BASE_URL": "letters.example",
        "ROUNDS_SECRET_KEY": "short",
        "ROUNDS_OLD_SECRET_KEYS": "1:short",
        "ROUNDS_SENDER_ADDRESS": "nobody",
        "ROUNDS_TICK_SECONDS": "61",
        "ROUNDS_CONNECTIONS": "many",
        "ROUNDS_DEMO": "maybe",
        "ROUNDS_RATE": "fast",
        "ROUNDS_DOMAIN_RATES": "20/s",
        "ROUNDS_WARM_UP": "50, 100",
        "ROUNDS_QUIET_HOURS": "night",
        "ROUNDS_RETRY_MINUTES": "soon",
        "ROUNDS_TRUSTED_PROXIES": "10.0.0.0/99",
        "ROUNDS_SENDER_NAME": "Ada\r\nBcc: ben@people.test",
    }
    for name, value in bad.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BadInput) as told:
        load()
    lines = str(told.value).splitlines()
    assert sorted(line.partition(":")[0] for line in lines) == sorted(bad)
    assert all("Write" in line or "Use" in line for line in lines), lines


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROUNDS_TICK_SECONDS", "0"),
        ("ROUNDS_TICK_SECONDS", "-5"),
        ("ROUNDS_CONNECTIONS", "65"),
        ("ROUNDS_CONNECTIONS", ""),
    ],
)
def test_a_number_out_of_range_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=rf"{name}: .*whole number from 1 to"):
        load()


def test_the_secret_key_is_made_once_and_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROUNDS_SECRET_KEY")
    first = load()
    assert load().secret_key == first.secret_key
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((first.data_dir / "secret-key").stat().st_mode) == 0o600


def test_nothing_secret_is_shown_by_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDS_SMTP_URL", "smtp://ada:hunter2@mail.example")
    settings = load()
    assert "hunter2" not in repr(settings)
    assert settings.secret_key not in repr(settings)


def test_importing_the_settings_starts_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROUNDS_SECRET_KEY")
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(tmp_path / "fresh"))
    set_up = "import django; django.setup()"
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "pipeline.settings")
    subprocess.run([sys.executable, "-c", set_up], cwd=PROJECT, check=True)
    assert not (tmp_path / "fresh").exists()
    sign = f"{set_up}; from django.core.signing import dumps, loads; assert loads(dumps('ada')) == 'ada'"
    subprocess.run([sys.executable, "-c", sign], cwd=PROJECT, check=True)
    assert (tmp_path / "fresh" / "secret-key").is_file()


def test_a_key_that_cannot_be_kept_stops_the_worker_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROUNDS_SECRET_KEY")
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(tmp_path))
    (tmp_path / "secret-key").mkdir()
    told = subprocess.run([sys.executable, "worker.py"], cwd=PROJECT, capture_output=True, text=True)
    assert (told.returncode, "set ROUNDS_SECRET_KEY" in told.stderr) == (2, True)


@pytest.mark.parametrize("inside", ["", "data"])
def test_a_data_folder_that_is_a_file_is_told(
    inside: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(tmp_path / "file" / inside))
    with pytest.raises(BadInput, match=r"ROUNDS_DATA_DIR: .*file is not a folder. Write"):
        load()


def test_a_content_folder_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDS_CONTENT_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match=r"ROUNDS_CONTENT_DIR: .*nowhere' is not a folder\. Write"):
        load()


@pytest.mark.holds("S-13")
def test_cookies_are_secure_where_the_site_is(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import pipeline.settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.ALLOWED_HOSTS)"
    )
    monkeypatch.setenv("ROUNDS_BASE_URL", "https://letters.example")
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    assert told.stdout.split() == [
        "True",
        "True",
        "True",
        "__Host-sessionid",
        "__Host-csrftoken",
        "['letters.example']",
    ]


@pytest.mark.parametrize("address", ["http://letters.health.org", "http://192.168.1.5:8000"])
def test_plain_http_is_refused_where_real_people_would_be_mailed(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("ROUNDS_BASE_URL", address)
    with pytest.raises(BadInput, match="ROUNDS_BASE_URL: mail to real people needs https"):
        load()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://localhost:1", "http://letters.rounds.test"]
)
def test_plain_http_is_fine_on_this_machine_and_under_the_names_of_tests(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("ROUNDS_BASE_URL", address)
    assert load().base_url == address


def test_the_flow_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("2026-12-01 50\n2026-12-02 100\n")
    monkeypatch.setenv("ROUNDS_RATE", "50/s relay2=300/min")
    monkeypatch.setenv("ROUNDS_DOMAIN_RATES", "gmail.com=20/s")
    monkeypatch.setenv("ROUNDS_WARM_UP", str(plan))
    monkeypatch.setenv("ROUNDS_QUIET_HOURS", "22:00-07:00")
    monkeypatch.setenv("ROUNDS_RETRY_MINUTES", "30 120")
    settings = load()
    assert settings.rates == {"": 50, "relay2": 5}
    assert settings.domain_rates == {"gmail.com": 20}
    found = settings.warm_up_of("relay")
    assert found is not None
    assert found.caps == (50, 100)
    assert str(settings.quiet_hours) == "22:00 to 07:00"
    assert [step.total_seconds() for step in settings.retry_steps] == [1800, 7200]


def test_a_plan_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDS_WARM_UP", "./nowhere.txt")
    with pytest.raises(BadInput, match=r"ROUNDS_WARM_UP: The file \./nowhere\.txt cannot be read"):
        load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROUNDS_BOUNCE_URL", "imaps://mail.example"),
        ("ROUNDS_BOUNCE_URL", "smtp://user:topsecret@mail.example"),
        ("ROUNDS_BOUNCE_MAILDIR", "/nowhere/at/all"),
        ("ROUNDS_RETRACTIONS", "/nowhere/at/all.csv"),
        ("ROUNDS_HOOK_POSTMARK", "topsecret"),
        ("ROUNDS_HOOK_POSTMARK", "topsecret without a user"),
    ],
)
def test_where_reports_come_from_is_checked_at_the_start(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=name) as error:
        load()
    assert "topsecret" not in str(error.value)


def test_a_source_of_reports_is_worth_waiting_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not load().brings_evidence
    monkeypatch.setenv("ROUNDS_BOUNCE_URL", "pop3s://user:topsecret@mail.example")
    monkeypatch.setenv("ROUNDS_HOOK_MAILGUN", "topsecret topsecret")
    settings = load()
    assert settings.brings_evidence
    assert settings.hooks == {"mailgun": "topsecret topsecret"}
    assert "topsecret" not in repr(settings)


@pytest.mark.holds("S-14")
def test_one_pair_of_eyes_is_enough_only_where_nobody_else_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().four_eyes
    monkeypatch.setenv("ROUNDS_FOUR_EYES", "off")
    assert not load().four_eyes  # on this machine
    monkeypatch.setenv("ROUNDS_BASE_URL", "https://letters.example")
    with pytest.raises(BadInput, match="ROUNDS_FOUR_EYES: off is for the demonstration"):
        load()
    monkeypatch.setenv("ROUNDS_DEMO", "1")
    assert not load().four_eyes
    monkeypatch.setenv("ROUNDS_FOUR_EYES", "sometimes")
    with pytest.raises(BadInput, match="Write required or off"):
        load()


def test_a_second_factor_is_asked_for_unless_only_this_machine_can_reach_the_site(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load().second_factor
    monkeypatch.setenv("ROUNDS_SECOND_FACTOR", "off")
    for here in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"):
        monkeypatch.setenv("ROUNDS_BASE_URL", here)
        assert not load().second_factor
    for elsewhere in ("https://letters.example.org", "http://rounds.test", "http://127.example.test"):
        monkeypatch.setenv("ROUNDS_BASE_URL", elsewhere)
        monkeypatch.setenv("ROUNDS_DEMO", "0")
        with pytest.raises(BadInput, match="ROUNDS_SECOND_FACTOR: off is for the demonstration"):
            load()
        monkeypatch.setenv("ROUNDS_DEMO", "1")
        assert not load().second_factor
    monkeypatch.setenv("ROUNDS_SECOND_FACTOR", "maybe")
    with pytest.raises(BadInput, match="'maybe' is neither"):
        load()


def test_an_identity_provider_is_whole_and_reached_by_https(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().identity_provider is None
    monkeypatch.setenv("ROUNDS_OIDC_ISSUER", "https://login.example.org/tenant/")
    with pytest.raises(BadInput, match="ROUNDS_OIDC_CLIENT_ID: it is not set"):
        load()
    monkeypatch.setenv("ROUNDS_OIDC_CLIENT_ID", "rounds")
    monkeypatch.setenv("ROUNDS_OIDC_CLIENT_SECRET", "hidden words")
    provider = load().identity_provider
    assert provider is not None
    assert (provider.issuer, provider.name) == ("https://login.example.org/tenant/", "your organisation")
    assert "hidden words" not in repr(load())
    for issuer in ("http://login.example.org", "login.example.org", "https://login.example.org/?x=1"):
        monkeypatch.setenv("ROUNDS_OIDC_ISSUER", issuer)
        with pytest.raises(BadInput, match="ROUNDS_OIDC_ISSUER"):
            load()


@pytest.mark.holds("C-30", "C-34")
def test_openings_are_not_measured_unless_asked_for_and_no_switch_does_without_a_yes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROUNDS_STATISTICAL_EXCEPTION", "1")
    assert load().measure_opens is False
    words = ("statistic", "track", "pixel", "open", "click", "measure", "exception")
    assert [f.name for f in fields(Settings) if any(word in f.name for word in words)] == ["measure_opens"]
    monkeypatch.setenv("ROUNDS_MEASURE_OPENS", "1")
    assert load().measure_opens is True
    monkeypatch.setenv("ROUNDS_MEASURE_OPENS", "everybody")
    with pytest.raises(BadInput, match="ROUNDS_MEASURE_OPENS: 'everybody' is neither on nor off"):
        load()
