"""Where signing keys come from, and what is said when one is not there."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pipeline.core.errors import BadInput
from pipeline.gateways.dkim import SigningRefused, make_key, signers, signing_refusal, write_key
from pipeline.settings import DkimKey, Settings, load


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A service with a relay, and nothing said about signatures."""
    monkeypatch.setenv("ROUNDS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ROUNDS_SMTP_URL", "smtp://relay.test:587")
    monkeypatch.setenv("ROUNDS_RELAY_SIGNS", "0")
    return load()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "e1.pem"
    write_key(path, make_key("ed25519"))
    return path


def pem(key: rsa.RSAPrivateKey, password: bytes = b"") -> bytes:
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


@pytest.mark.holds("U-04")
def test_without_a_key_list_mail_is_refused_unless_the_relay_signs(settings: Settings) -> None:
    refusal = signing_refusal(settings)
    assert refusal is not None
    assert "rounds dkim new" in refusal
    assert "ROUNDS_RELAY_SIGNS=1" in refusal
    assert signing_refusal(replace(settings, relay_signs=True)) is None
    assert signers(replace(settings, relay_signs=True)) == ()


def test_a_key_in_a_file_signs_for_the_domain_of_from(settings: Settings, key_file: Path) -> None:
    with_key = replace(settings, dkim_keys=(DkimKey("e1", key_file),), sender_address="news@Bücher.example")
    (only,) = signers(with_key)
    assert (only.selector, only.domain) == ("e1", "xn--bcher-kva.example")
    assert signing_refusal(with_key) is None


def test_the_environment_names_files_and_holds_keys(
    settings: Settings, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUNDS_DKIM_KEYS", f"e1:{key_file}, e2:{key_file}")
    monkeypatch.setenv("ROUNDS_DKIM_KEY_MAIL_2026", key_file.read_text())
    told = load()
    assert [one.selector for one in signers(told)] == ["e1", "e2", "mail-2026"]
    assert "PRIVATE" not in repr(told)


@pytest.mark.parametrize("value", ["r1", "r1:", ":file", "R 1:/file", "a.b:/file"])
def test_a_setting_that_names_no_key_is_told_with_the_form(
    settings: Settings, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROUNDS_DKIM_KEYS", value)
    with pytest.raises(BadInput, match=r"ROUNDS_DKIM_KEYS: .*Write selector:file"):
        load()


def test_a_variable_without_a_key_in_it_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDS_DKIM_KEY_R1", "secret")
    with pytest.raises(BadInput, match=r"ROUNDS_DKIM_KEY_R1: .*PEM") as told:
        load()
    assert "secret" not in str(told.value)


def test_a_key_that_goes_missing_stops_the_sending_with_a_sentence(
    settings: Settings, key_file: Path
) -> None:
    """C8, row 84."""
    with_key = replace(settings, dkim_keys=(DkimKey("e1", key_file),))
    assert signing_refusal(with_key) is None
    kept = key_file.read_bytes()
    key_file.unlink()
    refusal = signing_refusal(with_key)
    assert refusal is not None
    assert str(key_file) in refusal
    assert "not there" in refusal
    with pytest.raises(SigningRefused):
        signers(with_key)
    key_file.write_bytes(kept)
    assert signing_refusal(with_key) is None


def test_a_key_that_is_replaced_is_used_without_a_restart(settings: Settings, key_file: Path) -> None:
    with_key = replace(settings, dkim_keys=(DkimKey("e1", key_file),))
    before = signers(with_key)
    assert signers(with_key) is before
    key_file.unlink()
    write_key(key_file, make_key("ed25519"))
    assert signers(with_key)[0].public_record != before[0].public_record


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"nothing", "no private key in PEM"),
        (pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)), "1024 bits"),
        (
            pem(rsa.generate_private_key(public_exponent=65537, key_size=2048), b"locked"),
            "without a password",
        ),
    ],
    ids=["no key", "weak", "locked"],
)
def test_a_key_that_cannot_be_used_is_told_with_its_file(
    settings: Settings, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "bad.pem"
    path.write_bytes(content)
    refusal = signing_refusal(replace(settings, dkim_keys=(DkimKey("r1", path),)))
    assert refusal is not None
    assert refusal.startswith(str(path))
    assert sentence in refusal


def test_the_local_inbox_gets_keys_of_its_own_once(settings: Settings) -> None:
    local = replace(settings, local_inbox=True)
    first = signers(local)
    assert [one.algorithm for one in first] == ["rsa-sha256", "ed25519-sha256"]
    again = signers(replace(local))
    assert [one.public_record for one in again] == [one.public_record for one in first]
    files = list((settings.data_dir / "dkim").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(files) == 2


def test_a_key_is_never_overwritten_and_is_its_owners_alone(key_file: Path) -> None:
    kept = key_file.read_bytes()
    with pytest.raises(BadInput, match="never overwritten"):
        write_key(key_file, make_key("ed25519"))
    assert key_file.read_bytes() == kept
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert os.listdir(key_file.parent) == ["e1.pem"]  # noqa: PTH208
