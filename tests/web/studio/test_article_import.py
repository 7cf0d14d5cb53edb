"""An editor imports articles and follows feeds without a command line, and nothing goes out by that."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from pipeline.actions import offer_articles
from pipeline.actions.approve_article import to_mend
from pipeline.actions.fetch_feeds import fetch_due_feeds
from pipeline.actions.steer_feed import find_feed, list_feeds
from pipeline.actions.submit_article import submit_article
from pipeline.actions.take_offer import take_offer
from pipeline.core.content.markdown_writer import write
from pipeline.core.errors import Refused
from pipeline.gateways import fetch as fetching
from pipeline.gateways import offers
from pipeline.settings import current
from pipeline.store import articles, audit, campaigns, locks
from tests.actions.test_bound_findings import SOURCE as COLD_SORES
from tests.factories import NOW
from tests.public_site import Page, Site, public_site
from tests.web.articles import BACK_PAIN, body_of, feed_of, page_of
from tests.web.studio.conftest import signed_in
from tests.web.studio.pages import tree, words

IMPORT = "/studio/import/"
CONTENT = Path(__file__).resolve().parents[3] / "content"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A content folder, and one of what waits, of the test's own."""
    copy = tmp_path / "content"
    shutil.copytree(CONTENT, copy)
    with monkeypatch.context() as patch:
        patch.setenv("ROUNDS_CONTENT_DIR", str(copy))
        patch.setattr("pipeline.actions.offer_articles.offers_folder", lambda: tmp_path / "offers")
        for module in ("look_at_offer", "take_offer"):
            patch.setattr(f"pipeline.actions.{module}.offers_folder", lambda: tmp_path / "offers")
        current.cache_clear()
        yield copy
    current.cache_clear()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were rung for, and nobody hears."""
    heard: list[str] = []
    for module in ("follow_feed", "steer_feed"):
        monkeypatch.setattr(f"pipeline.actions.{module}.ring", lambda job: heard.append(job.value))
    return heard


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with public_site(tmp_path) as found:
        monkeypatch.setattr(fetching, "the_world", found.outside)
        yield found


@pytest.fixture
def editor(db) -> Client:
    return signed_in("robin", "editor")


def upload(client: Client, source: str | bytes, name: str = "back-pain.html") -> HttpResponse:
    body = source.encode() if isinstance(source, str) else source
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, body)})


def offered(client: Client, source: str | bytes, name: str = "back-pain.html") -> str:
    """The page of what was read."""
    sent = upload(client, source, name)
    assert sent.status_code == 303, words(sent)
    return sent["Location"]


def take(client: Client, page: str, *numbers: int) -> HttpResponse:
    return client.post(f"{page}take/", {"take": [str(n) for n in numbers or (0,)]}, follow=True)


def test_a_file_is_read_and_shown_with_what_is_wrong_before_anything_is_taken_in(editor, folder):
    page = offered(editor, BACK_PAIN)
    shown = editor.get(page)
    said = words(shown)
    assert "Back pain" in said
    assert "It becomes a new draft" in said
    assert "A clinician decides" in said
    findings = tree(shown).xpath("//ul[@class='findings']/li")
    [promise] = [each.text_content() for each in findings if "completely safe" in each.text_content()]
    for part in ("line ", "The tablets are completely safe.", "Why:", "To mend:"):
        assert part in promise, part
    assert articles.latest("back-pain") is None
    assert not (folder / "articles" / "back-pain.md").exists()


def test_what_is_taken_in_is_a_draft_and_never_a_campaign_and_twice_is_once(editor, folder):
    page = offered(editor, BACK_PAIN)
    assert "It is a new draft" in words(take(editor, page))
    kept = articles.latest("back-pain")
    assert kept.approval is None
    assert campaigns.every() == []
    assert (folder / "articles" / "back-pain.md").is_file()
    lines = audit.last()
    assert (lines.event, lines.member) == ("article.imported", "robin")
    again = take(editor, page)
    assert "nothing was done twice" in words(again)
    assert len(articles.history("back-pain")) == 1
    assert words(editor.get("/studio/articles/")).count("Back pain") == 1


def test_two_who_press_at_once_take_it_in_once(editor, monkeypatch):
    uid = UUID(offered(editor, BACK_PAIN).split("/")[3])
    held: list[str] = []

    class Held:
        def __init__(self, name: str) -> None:
            held.append(name)

        def __enter__(self) -> bool:
            return False

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(locks, "only_one", Held)
    with pytest.raises(Refused, match="just now"):
        take_offer(uid, {0}, "robin", NOW)
    assert held == [f"offer {uid}"]
    assert articles.latest("back-pain") is None


def test_the_same_file_again_replaces_the_draft_and_another_of_its_name_is_kept_beside(editor, folder):
    take(editor, offered(editor, page_of("Back pain")))
    ours = folder / "articles" / "back-pain.md"
    unchanged = editor.get(offered(editor, page_of("Back pain")))
    assert "word for word" in words(unchanged)
    assert not tree(unchanged).xpath("//main//form")
    newer = offered(editor, page_of("Back pain", "It can come back."))
    assert "takes the place of the draft" in words(editor.get(newer))
    take(editor, newer)
    assert "It can come back." in ours.read_text()
    other = offered(editor, page_of("Back pain", "Quite another one."), "other.html")
    shown = words(editor.get(other))
    assert "kept beside" in shown
    assert "Quite another one." in shown, "where the two differ is not shown"
    assert "content/incoming/back-pain." in words(take(editor, other))
    assert "Quite another one." not in ours.read_text()


def test_what_an_editor_changed_by_hand_is_not_replaced(editor, folder):
    take(editor, offered(editor, page_of("Back pain"), "back-pain.md.html"))
    ours = folder / "articles" / "back-pain.md"
    ours.write_text(edited := ours.read_text().replace("Rest helps", "Gentle movement helps"))
    take(editor, offered(editor, page_of("Back pain", "It can come back."), "back-pain.md.html"))
    assert ours.read_text() == edited


def test_an_editor_who_compared_the_two_puts_the_other_in_the_place_of_ours_which_is_kept(editor, folder):
    take(editor, offered(editor, page_of("Back pain")))
    submit_article("back-pain", "robin", NOW)
    ours = folder / "articles" / "back-pain.md"
    ours.write_text(edited := ours.read_text().replace("Rest helps", "Gentle movement helps"))
    page = offered(editor, page_of("Back pain", "Quite another one."), "other.html")
    assert tree(editor.get(page)).xpath("//input[@name='instead']/@value") == ["0"]
    done = editor.post(f"{page}take/", {"take": "0", "instead": "0"}, follow=True)
    assert "took the place of the one here" in words(done)
    assert "Quite another one." in ours.read_text()
    assert [path.read_text() for path in folder.glob("incoming/back-pain.before-*.md")] == [edited]
    assert "Quite another one." in write(articles.latest("back-pain").article)


@pytest.mark.parametrize("name", ["cold-sores.md", "other.md"], ids=["the same name", "another name"])
def test_an_upload_in_our_own_form_takes_nothing_off_that_a_reader_found(editor, name):
    """Words of ours show nothing of their source: to send them back in mends nothing."""
    take(editor, offered(editor, COLD_SORES, "cold-sores.md"))
    found = {f.rule for f in to_mend(articles.latest("cold-sores"))}
    assert "template-branch" in found
    edited = write(articles.latest("cold-sores").article).replace("two weeks", "ten days")
    editor.post(f"{offered(editor, edited, name)}take/", {"take": "0", "instead": "0"})
    assert "ten days" in write(articles.latest("cold-sores").article)
    assert {f.rule for f in to_mend(articles.latest("cold-sores"))} == found


def test_of_several_those_that_are_ticked_are_taken_in_and_each_says_what_became_of_it(editor):
    page = offered(editor, feed_of("Sciatica", "News", "Tinnitus"), "posts.xml")
    shown = editor.get(page)
    boxes = tree(shown).xpath("//input[@name='take']/@value")
    assert boxes == ["0", "2"], "what is no article cannot be ticked"
    assert "summary" in words(shown).lower()
    assert editor.post(f"{page}take/").status_code == 400
    said = words(take(editor, page, 2))
    assert "It was not chosen" in said
    assert articles.latest("tinnitus")
    assert not articles.latest("sciatica")


def test_of_a_long_export_the_first_are_shown_and_the_command_for_more_is_named(editor, monkeypatch):
    monkeypatch.setattr(offer_articles, "MOST_ARTICLES", 2)
    said = words(editor.get(offered(editor, feed_of("Sciatica", "Tinnitus", "Vertigo"), "posts.xml")))
    assert "These are the first 2" in said
    assert "rounds import FILE" in said
    assert "Vertigo" not in said


LISTING = "<!doctype html><title>News</title><body><main><h1>News</h1>" + "".join(
    f"<article><h2><a href='/{n}'>Article {n}</a></h2><p>It begins so, and goes on.</p>"
    f"<a href='/{n}'>Read more</a></article>"
    for n in range(9)
)


@pytest.mark.parametrize(
    ("name", "source", "sentence"),
    [
        ("a.html", "<!doctype html><title>A</title><body><p>Please enable JavaScript.</p>", "JavaScript"),
        ("a.html", page_of("Back pain").replace("</article>", "<p>Page 1 of 5</p></article>"), "Page 1 of 5"),
        ("a.html", LISTING, "list"),
        ("a.html", "", "Choose a file"),
        ("a.txt", "word " * 450_000, "at most 2 MB"),
        ("a.txt", "line\n" * 30_000, "at most 25000"),
        ("a.txt", "\0\1" * 500, "a.txt"),
    ],
)
def test_what_is_no_article_is_refused_at_its_field_and_nothing_is_kept(
    editor, tmp_path, name, source, sentence
):
    answer = upload(editor, source, name)
    assert answer.status_code == 400
    [told] = tree(answer).xpath("//*[@id='problem']")
    assert sentence in told.text_content(), told.text_content()
    assert tree(answer).xpath("//input[@id='file'][@aria-invalid='true']")
    assert not list(tmp_path.glob("offers/*.json"))
    assert audit.last().outcome == "refused"


@pytest.mark.holds("S-12")
@pytest.mark.parametrize(
    "address",
    [
        "http://press.test/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://metadata.google.internal/",
        "https://localhost/studio/",
        "https://maya:secret@press.test/",
        "file:///etc/passwd",
        "/etc/passwd",
        "content/articles/sleeping-better.md",
        "https://press.test/\r\nHost: inside",
    ],
)
def test_no_page_reads_inside_our_network_or_a_file_of_this_machine(editor, address, monkeypatch):
    def asked(*_: object) -> None:
        raise AssertionError(f"{address} was asked")

    monkeypatch.setattr(fetching, "_one_hop", asked)
    for path in (IMPORT, "/studio/feeds/"):
        answer = editor.post(path, {"address": address, "name": "press", "every": "24"})
        assert answer.status_code == 400, path
        assert "root:" not in words(answer)
    assert list_feeds() == []


@pytest.mark.holds("S-12")
def test_a_name_that_leads_inside_is_refused_before_anybody_is_asked(editor, site):
    site.pages["/a"] = Page(BACK_PAIN.encode())
    inside = site.outside(allows=fetching.is_public)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetching, "the_world", lambda: inside)
        answer = editor.post(IMPORT, {"address": site.url("/a")})
    assert (answer.status_code, "private network" in words(answer)) == (400, True)
    assert site.asked == []


def test_an_article_is_read_from_its_address_and_the_same_address_replaces_it(editor, site):
    site.pages["/back-pain"] = Page(page_of("Back pain").encode())
    for more in ("", "It can come back."):
        site.pages["/back-pain"] = Page(page_of("Back pain", more).encode())
        sent = editor.post(IMPORT, {"address": site.url("/back-pain")})
        take(editor, sent["Location"])
    assert len(articles.history("back-pain")) == 2
    site.pages["/list"] = Page(status=404)
    answer = editor.post(IMPORT, {"address": site.url("/list")})
    assert "no such page" in words(answer)
    assert tree(answer).xpath("//input[@id='address']/@value") == [site.url("/list")]


@pytest.mark.parametrize(
    "name", ["a\x07\u202elmth.html", "../../etc/passwd.html", "x" * 300 + ".html", "<b>.html"]
)
def test_a_strange_file_name_is_shown_plainly_and_leads_nowhere(editor, folder, name):
    page = offered(editor, page_of("Back pain"), name)
    source = editor.get(page).content.decode()
    assert not set("\x07\u202e") & set(source)
    assert "<b>.html" not in source
    take(editor, page)
    assert [p.name for p in folder.parent.rglob("back-pain*")] == ["back-pain.md"]


@pytest.mark.parametrize("sign", ["\\ud800", "\\u0000"])
@pytest.mark.parametrize("where", ["title", "content_html", "id"])
def test_half_a_letter_in_a_feed_stops_nobody(editor, sign, where):
    item = {
        "id": "a",
        "title": "Back pain",
        "content_html": body_of("Back pain"),
        "url": "https://press.test/a",
    }
    item[where] = "SIGN" + item[where]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": [item]}
    page = offered(editor, json.dumps(feed).replace("SIGN", sign), "feed.json")
    assert editor.get(page).status_code == 200
    assert take(editor, page).status_code in (200, 400)


def test_script_in_a_page_comes_out_as_nothing_or_as_words(editor):
    hostile = page_of("Back pain", "<script>alert(1)</script><img src=x onerror=alert(2)>").replace(
        "<h1>Back pain</h1>", "<h1>Back pain &lt;script&gt;alert(3)&lt;/script&gt;</h1>"
    )
    page = offered(editor, hostile)
    for shown in (editor.get(page), take(editor, page)):
        scripts = tree(shown).xpath("//script[not(@src)] | //*[@onerror] | //main//img")
        assert scripts == []


def test_a_foreign_front_matter_names_no_file_outside_the_folder(editor, folder):
    source = (
        "---\ntitle: Back pain\nslug: ../../../evil\n---\n\n## What it is\n\n" + "Many people have it. " * 40
    )
    sent = upload(editor, source, "evil.md")
    if sent.status_code == 303:
        take(editor, sent["Location"])
    assert not list(folder.parent.parent.rglob("evil*"))


def test_a_third_reader_waits_and_what_is_a_day_old_is_gone(editor, tmp_path, monkeypatch):
    page = offered(editor, BACK_PAIN)
    monkeypatch.setattr(offers, "KEPT", -1)
    other = offered(editor, page_of("Sciatica"))
    assert editor.get(page).status_code == 404
    assert editor.get(other).status_code == 200
    assert take(editor, page).status_code == 404
    monkeypatch.setattr(offer_articles, "READERS", 0)
    assert "Try again in a minute" in words(upload(editor, BACK_PAIN))


def test_a_feed_is_followed_by_a_page_and_read_by_a_worker(editor, site, rung):
    site.pages["/feed"] = Page(feed_of("Sciatica", "News"), type="application/rss+xml")
    sent = editor.post(
        "/studio/feeds/", {"name": "Press office", "address": site.url("/feed"), "every": "24"}
    )
    assert sent["Location"] == "/studio/feeds/press-office/"
    assert "about to be read" in words(editor.get("/studio/feeds/"))
    assert articles.latest("sciatica") is None
    assert rung == ["rounds.feeds"]
    assert fetch_due_feeds(NOW) == 1
    said = words(editor.get(sent["Location"]))
    for part in ("new draft", "Sciatica", "not taken in", "summary"):
        assert part in said, part
    again = editor.post("/studio/feeds/", {"name": "Other", "address": site.url("/feed"), "every": "24"})
    assert (again.status_code, "already" in words(again)) == (409, True)


def test_a_feed_is_stopped_started_and_read_now(editor, site, rung):
    site.pages["/feed"] = Page(feed_of("Sciatica"), type="application/rss+xml")
    said = {"name": "press", "address": site.url("/feed"), "every": "24", "only_new": "yes"}
    assert editor.post("/studio/feeds/", said).status_code == 303
    assert (rung, articles.latest("sciatica"), fetch_due_feeds(NOW)) == ([], None, 0)
    assert editor.post("/studio/feeds/press/read/").status_code == 303
    assert fetch_due_feeds(NOW) == 1
    assert editor.post("/studio/feeds/press/pause/").status_code == 303
    assert "Start again" in words(editor.get("/studio/feeds/press/"))
    refused = editor.post("/studio/feeds/press/read/")
    assert (refused.status_code, fetch_due_feeds(NOW)) == (409, 0)
    assert editor.post("/studio/feeds/press/resume/").status_code == 303
    assert rung == ["rounds.feeds"] * 2
    assert not find_feed("press")[0].paused


def test_a_feed_that_cannot_be_read_says_why(editor, site, rung):
    site.pages["/feed"] = Page(feed_of("Sciatica"), type="application/rss+xml")
    editor.post("/studio/feeds/", {"name": "press", "address": site.url("/feed"), "every": "24"})
    site.pages["/feed"] = Page(status=503)
    assert fetch_due_feeds(NOW) == 0
    for path in ("/studio/feeds/", "/studio/feeds/press/"):
        assert "503" in words(editor.get(path))


def test_a_feed_that_is_being_read_is_not_read_by_another(editor, site, rung, monkeypatch):
    site.pages["/feed"] = Page(feed_of("Sciatica"), type="application/rss+xml")
    editor.post("/studio/feeds/", {"name": "press", "address": site.url("/feed"), "every": "24"})
    asked = len(site.asked)

    class Held:
        def __init__(self, name: str) -> None: ...

        def __enter__(self) -> bool:
            return False

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(locks, "only_one", Held)
    assert (fetch_due_feeds(NOW), len(site.asked)) == (0, asked)
