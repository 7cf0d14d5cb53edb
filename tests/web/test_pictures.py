"""Pictures of articles, by the digest of their bytes: shown once the article is imported, and nothing else is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from pipeline.actions.import_article import digest_of, import_article, read_article
from pipeline.gateways import clock
from pipeline.settings import current
from tests.core.content.test_pictures import png

pytestmark = pytest.mark.django_db
ARTICLE = "---\ntitle: Clocks\n---\n\n## One\n\n![A clock at noon](images/clock.png)\n"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A content folder of the test's own with one picture and an article that shows it."""
    monkeypatch.setenv("ROUNDS_CONTENT_DIR", str(tmp_path))
    (tmp_path / "articles").mkdir()
    (tmp_path / "images").mkdir()
    (tmp_path / "articles" / "clocks.md").write_text(ARTICLE)
    (tmp_path / "images" / "clock.png").write_bytes(png())
    current.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    current.cache_clear()


def address(data: bytes, kind: str = "png") -> str:
    return f"/images/{hashlib.sha256(data).hexdigest()}.{kind}"


def imported(content: Path) -> None:
    import_article(content / "articles" / "clocks.md", clock.now())


def test_a_picture_is_shown_once_its_article_is_imported_and_kept_for_ever(content, client):
    assert client.get(address(png())).status_code == 404
    imported(content)
    answer = client.get(address(png()))
    assert answer.status_code == 200
    assert answer.content == png()
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert not answer.cookies
    assert client.post(address(png()), headers={"Origin": "http://testserver"}).status_code == 405


def test_nothing_else_comes_from_that_folder(content, client):
    imported(content)
    (content / "images" / "draft.png").write_bytes(png(900, 900))
    for path in (
        address(png(900, 900)),  # there, and of no article
        address(png(), "jpg"),
        address(png(), "svg"),
        "/images/clock.png",
        "/images/..%2Farticles%2Fclocks.md",
        "/images/" + "0" * 64 + ".png",
        address(png()).upper(),
    ):
        assert client.get(path).status_code == 404, path


def test_a_picture_that_was_changed_is_no_longer_shown_under_its_old_address(content, client):
    imported(content)
    (content / "images" / "clock.png").write_bytes(png(640, 400))
    assert client.get(address(png())).status_code == 404
    assert client.get(address(png(640, 400))).status_code == 404
    imported(content)
    assert client.get(address(png(640, 400))).status_code == 200


def test_a_change_that_leaves_no_trace_in_the_folder_is_noticed_all_the_same(content, client):
    imported(content)
    picture = content / "images" / "clock.png"
    before = picture.stat()
    assert client.get(address(png())).status_code == 200
    picture.write_bytes(png(640, 400))
    os.utime(picture, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert picture.stat().st_size == before.st_size
    assert client.get(address(png())).status_code == 404


def test_other_bytes_change_what_a_clinician_signs(content):
    before = digest_of(read_article(content / "articles" / "clocks.md", clock.now().date()))
    (content / "images" / "clock.png").write_bytes(png(640, 400))
    assert digest_of(read_article(content / "articles" / "clocks.md", clock.now().date())) != before


def test_a_picture_that_is_missing_or_no_picture_blocks_its_article(content):
    (content / "images" / "clock.png").write_text("<svg/>")
    assert "picture-file" in [
        f.rule for f in read_article(content / "articles" / "clocks.md", clock.now().date()).findings
    ]
    (content / "images" / "clock.png").unlink()
    findings = read_article(content / "articles" / "clocks.md", clock.now().date()).findings
    finding = next(f for f in findings if f.rule == "picture-file")
    assert "There is no picture content/images/clock.png" in finding.message
