"""`rounds import` of a folder, an address and an export: each article for itself, with a reason for what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.gateways import fetch as fetching
from tests.cli.conftest import Rounds, Told, snapshot
from tests.public_site import Page, Site, public_site

PAGE = """{title}

By Ada Example

{title} is common and mostly passes within a week. See a GP if it does not.

Causes

Most are caused by viruses, which pass from person to person.
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with public_site(tmp_path) as found:
        monkeypatch.setattr(fetching, "the_world", found.outside)
        yield found


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    (folder / "deep").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (folder / "a.txt").write_text(PAGE.format(title="Sore throats"))
    (folder / "deep" / "b.txt").write_text(PAGE.format(title="Common colds"))
    (folder / "empty.txt").write_text("  \n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    (folder / ".hidden" / "c.txt").write_text(PAGE.format(title="Hidden things"))
    (folder / "link.txt").symlink_to(folder / "a.txt")
    return folder


def test_a_folder_is_imported_article_by_article_and_tells_what_it_refused(
    rounds: Rounds, db: None, content: Path, pages: Path
) -> None:
    done = rounds("import", pages)
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["new", "new", "refused"]
    assert "empty.txt" in lines[2]
    assert lines[-1].startswith("2 imported as drafts, 0 unchanged, 1 refused;")
    written = {path.stem for path in (content / "articles").glob("*.md")}
    assert {"sore-throats", "common-colds"} <= written
    assert "hidden-things" not in written
    again = rounds("import", pages)
    assert again.stdout.splitlines()[-1].startswith("0 imported as drafts, 2 unchanged, 1 refused;")


def test_a_folder_answers_programs_with_one_object_a_line(rounds: Rounds, content: Path, pages: Path) -> None:
    before = snapshot(content)
    done = rounds("import", pages, "--dry-run", "--json")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row.get("article", {}).get("title") for row in rows] == ["Sore throats", "Common colds", None]
    assert [row.get("imported") for row in rows] == ["no", "no", None]
    assert "empty" in rows[2]["refused"]
    assert snapshot(content) == before


def test_a_folder_without_articles_is_refused(rounds: Rounds, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    done = rounds("import", tmp_path / "none", "--dry-run")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no article in this folder" in done.stderr


@pytest.mark.holds("S-12")
def test_an_article_is_imported_from_its_address(told: Told, db: None, content: Path, site: Site) -> None:
    site.pages["/throats.txt"] = Page(PAGE.format(title="Sore throats").encode(), type="text/plain")
    answer = told("import", site.url("/throats.txt"))
    assert (answer["article"]["title"], answer["imported"]) == ("Sore throats", "new")
    assert (content / "articles" / "sore-throats.md").is_file()


@pytest.mark.holds("S-12")
@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://press.test/a", "Only https"),
        ("https://127.0.0.1/a", "by its number"),
        ("https://localhost/a", "private network"),
        ("file:///etc/passwd", "Only https"),
        ("https://press.test/gone", "404"),
    ],
)
def test_an_address_that_leads_nowhere_good_is_refused_with_a_sentence(
    rounds: Rounds, site: Site, address: str, why: str
) -> None:
    done = rounds("import", address, "--dry-run")
    assert (done.exit_code, done.stdout) == (2, "")
    assert why in done.stderr


@pytest.mark.holds("S-12")
def test_a_fetched_page_keeps_its_links_and_says_where_it_came_from(
    told: Told, db: None, content: Path, site: Site
) -> None:
    words = "Most are caused by viruses, which pass from person to person in the air of a room."
    body = (
        f"<h1>Sore throats</h1><h2>Causes</h2><p>{words} <a href='/viruses'>Read on</a></p>"
        + f"<p>{words}</p>" * 3
    )
    site.pages["/throats"] = Page(f"<!doctype html><main>{body}</main>".encode())
    told("import", site.url("/throats"))
    assert "[Read on](https://press.test/viruses)" in (content / "articles" / "sore-throats.md").read_text()
