"""`rounds brand check`, `rounds render --sample`, and which goes first: the environment or the brand file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Rounds, Told
from tests.core.content.test_pictures import png

POOR = '[colours.light]\nbrand = "#7AC6C0"\n'


def test_the_brand_in_use_is_fine_and_says_where_it_stands(told: Told, content: Path) -> None:
    answer = told("brand", "check")
    assert answer["file"] == str(content / "brand.toml")
    assert answer["faults"] == []
    assert answer["colours"]["light"]["brand"] == "#0F5C5C"


def test_a_file_with_poor_contrast_names_pair_ratio_and_remedy(rounds: Rounds, tmp_path: Path) -> None:
    (tmp_path / "poor.toml").write_text(POOR)
    result = rounds("brand", "check", tmp_path / "poor.toml", "--json")
    assert result.exit_code == 1
    faults = json.loads(result.stdout)["faults"]
    assert any(
        "brand on ground has a contrast of 1." in f and "is the nearest that passes" in f for f in faults
    )


def test_a_file_out_of_form_and_one_that_is_not_there_are_told(rounds: Rounds, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("nmae = 'x'\n")
    bad = rounds("brand", "check", tmp_path / "bad.toml")
    assert (bad.exit_code, "bad.toml:1: 'nmae'" in bad.stdout) == (1, True)
    gone = rounds("brand", "check", tmp_path / "gone.toml")
    assert (gone.exit_code, "there is no such file" in gone.stderr) == (2, True)


def test_a_logo_that_is_not_there_is_told(rounds: Rounds, content: Path) -> None:
    (content / "other.toml").write_text('[logo]\nfile = "logo.png"\nalt = "Calm"\nwidth = 160\n')
    missing = rounds("brand", "check", content / "other.toml")
    assert missing.exit_code == 1
    assert "There is no picture content/images/logo.png" in missing.stdout
    (content / "images").mkdir(exist_ok=True)
    (content / "images" / "logo.png").write_bytes(png(320, 80))
    assert rounds("brand", "check", content / "other.toml").exit_code == 0


def test_the_sample_shows_every_part_in_the_brand_of_the_house(
    told: Told, content: Path, tmp_path: Path
) -> None:
    (content / "images").mkdir(exist_ok=True)
    (content / "images" / "logo.png").write_bytes(png(320, 80))
    (content / "brand.toml").write_text(
        'name = "Calm Mail"\n[colours.light]\nbrand = "#5B2A86"\n[labels.en]\nreferences = "Our sources"\n'
        '[logo]\nfile = "logo.png"\nalt = "Calm Mail"\nwidth = 160\n'
    )
    from pipeline.settings import current

    current.cache_clear()
    answer = told("render", "--sample", "--to", tmp_path / "out")
    assert answer["blocking"] == 0
    html = Path(answer["issues"][0]["html"]).read_text()
    for said in (
        "Get help now",
        "Make an appointment",
        "Good to know",
        "Our sources",
        "Next week:",
        "#5B2A86",
    ):
        assert said in html
    assert 'alt="Calm Mail" width="160" height="40"' in html
    pictures = {path.name for path in (tmp_path / "out").glob("*.png")}
    assert len(pictures) == 2
    assert all(f'src="{name}"' in html for name in pictures)


def test_a_series_or_the_sample_is_rendered_and_not_both(rounds: Rounds, tmp_path: Path) -> None:
    assert rounds("render", "--to", tmp_path).exit_code == 2
    assert rounds("render", "breast-calcifications", "--sample", "--to", tmp_path).exit_code == 2


@pytest.mark.parametrize(
    ("variable", "said", "path"),
    [
        ("ROUNDS_SENDER_NAME", "Of the environment", "sender_name"),
        ("ROUNDS_CONTROLLER_NAME", "Of the environment", "controller.name"),
        ("ROUNDS_CONTROLLER_ADDRESS", "Of the environment", "controller.address"),
        ("ROUNDS_CONTROLLER_EMAIL", "env@calm.example", "controller.email"),
        ("ROUNDS_CONTROLLER_NUMBER", "42", "controller.number"),
    ],
)
def test_the_environment_goes_before_the_brand_file_and_the_file_before_what_is_usual(
    variable: str, said: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.settings import load

    file = tmp_path / "brand.toml"
    file.write_text(
        'name = "In the file"\norganisation = "In the file"\naddress = "In the file"\n'
        'email = "file@calm.example"\ncompany_number = "7"\n'
    )
    monkeypatch.setenv("ROUNDS_BRAND_FILE", str(file))

    def found() -> str:
        value: object = load()
        for name in path.split("."):
            value = getattr(value, name)
        return str(value)

    assert found() in {"In the file", "file@calm.example", "7"}
    monkeypatch.setenv(variable, said)
    assert found() == said


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (POOR, "brand on ground has a contrast of"),
        ("nmae = 'x'\n", ":1: 'nmae' is not a key"),
        (None, "is not a file"),
    ],
)
def test_a_bad_brand_stops_the_start_with_a_sentence(
    text: str | None, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.core.errors import BadInput
    from pipeline.settings import load

    file = tmp_path / "brand.toml"
    if text is not None:
        file.write_text(text)
    monkeypatch.setenv("ROUNDS_BRAND_FILE", str(file))
    with pytest.raises(BadInput) as caught:
        load()
    assert complaint in str(caught.value)
