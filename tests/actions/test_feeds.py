"""Feeds on a schedule: a new or changed article becomes a draft, and undoes nothing that people did here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.actions.approve_article import approve_article
from pipeline.actions.fetch_feeds import LEASE, fetch_due_feeds, fetch_feed
from pipeline.actions.follow_feed import follow_feed
from pipeline.actions.list_alerts import list_alerts
from pipeline.actions.steer_feed import find_feed, list_feeds, pause_feed, remove_feed, resume_feed
from pipeline.actions.take_in import take_in
from pipeline.core.content.importers.many import Entry
from pipeline.core.content.intake import Intake
from pipeline.core.errors import BadInput, NotFound, Refused, Unavailable
from pipeline.gateways import fetch as fetching
from pipeline.gateways.queue import OutOfTime
from pipeline.settings import current
from pipeline.store import articles, campaigns
from pipeline.store.feeds import StoredEntry, StoredFeed
from pipeline.tasks import fetch_feeds
from tests.public_site import Page, Site, public_site

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONTENT = Path(__file__).resolve().parents[2] / "content"

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with public_site(tmp_path) as found:
        monkeypatch.setattr(fetching, "the_world", found.outside)
        yield found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A content folder of the test's own."""
    copy = tmp_path / "content"
    shutil.copytree(CONTENT, copy)
    monkeypatch.setenv("ROUNDS_CONTENT_DIR", str(copy))
    current.cache_clear()
    yield copy
    monkeypatch.undo()
    current.cache_clear()


def item(name: str, more: str = "") -> str:
    body = f"""<h2>What {name} is</h2><p>{name} is common in adults, and it has many causes that a doctor can find.
    Most people get better within some weeks, and some need treatment for longer than that. {more}</p>
    <h2>Treatment of {name}</h2><p>Rest helps most people with {name}. A pharmacist can say which medicine suits you,
    and a doctor can look for other causes where it does not get better in time.</p>
    <h2>When to get help</h2><p>See a GP if {name} lasts for more than two weeks, or if it gets worse each day.</p>
    <p>This article is for informational purposes only and does not replace medical advice from your doctor.</p>"""
    return f"""<item><title>{name}</title><link>https://press.test/{name.lower()}</link>
    <author>ada@press.test (Ada Sample)</author>
    <guid isPermaLink="false">{name}</guid><content:encoded><![CDATA[{body}]]></content:encoded></item>"""


def rss(*items: str) -> Page:
    feed = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"
    xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Press</title>
    <link>https://press.test/</link><description>Health</description>{"".join(items)}</channel></rss>"""
    return Page(feed.encode(), type="application/rss+xml", headers={"ETag": '"1"'})


def follow(site: Site, *items: str, only_new: bool = False) -> dict[Intake, int]:
    site.pages["/feed"] = rss(*items)
    done = follow_feed("press", site.url("/feed"), 24, NOW, only_new=only_new)
    return {outcome: count for outcome, count in done.counts.items() if count}


def again(site: Site, *items: str) -> dict[Intake, int]:
    site.pages["/feed"] = rss(*items)
    done = fetch_feed(find_feed("press")[0], NOW + HOUR)
    return {outcome: count for outcome, count in done.counts.items() if count}


def test_each_article_of_a_feed_becomes_a_draft_and_never_a_campaign(site: Site, folder: Path) -> None:
    assert follow(site, item("Sciatica"), item("Tinnitus")) == {Intake.NEW: 2}
    for slug in ("sciatica", "tinnitus"):
        stored = articles.latest(slug)
        assert stored
        assert stored.approval is None
        assert (folder / "articles" / f"{slug}.md").is_file()
    assert campaigns.every() == []


def test_what_has_not_changed_is_asked_for_once_and_kept_once(site: Site, folder: Path) -> None:
    follow(site, item("Sciatica"))
    assert again(site, item("Sciatica")) == {Intake.UNCHANGED: 1}
    assert site.asked[-1][2]["if-none-match"] == '"1"'
    site.pages["/feed"] = Page(status=304)
    assert sum(fetch_feed(find_feed("press")[0], NOW + HOUR).counts.values()) == 0
    assert find_feed("press")[1][0].outcome is Intake.NEW


def test_a_newer_text_replaces_a_draft_that_nobody_touched(site: Site, folder: Path) -> None:
    follow(site, item("Sciatica"))
    first = articles.latest("sciatica")
    assert again(site, item("Sciatica", "It can come back.")) == {Intake.CHANGED: 1}
    second = articles.latest("sciatica")
    assert first
    assert second
    assert first.digest != second.digest
    assert "It can come back." in (folder / "articles" / "sciatica.md").read_text()


def test_a_newer_text_is_put_beside_what_an_editor_changed(site: Site, folder: Path) -> None:
    follow(site, item("Sciatica"))
    ours = folder / "articles" / "sciatica.md"
    ours.write_text(edited := ours.read_text().replace("Rest helps", "Gentle movement helps"))
    assert again(site, item("Sciatica", "It can come back.")) == {Intake.PUT_ASIDE: 1}
    assert ours.read_text() == edited
    assert "It can come back." in (folder / "incoming" / "sciatica.press.md").read_text()
    assert "incoming/sciatica.press.md" in find_feed("press")[1][0].problem
    assert again(site, item("Sciatica", "It can come back.")) == {Intake.UNCHANGED: 1}
    assert find_feed("press")[1][0].outcome is Intake.PUT_ASIDE


def test_a_newer_text_does_not_void_what_a_clinician_approved(site: Site, folder: Path) -> None:
    follow(site, item("Sciatica"))
    approve_article(
        "sciatica", "Dr Cleo Sample", "GP", "GMC 0000000", date(2027, 11, 1), NOW, demonstration=True
    )
    approved = articles.latest("sciatica")
    assert again(site, item("Sciatica", "It can come back.")) == {Intake.PUT_ASIDE: 1}
    assert articles.latest("sciatica") == approved


def test_an_article_that_an_editor_took_out_does_not_come_back(site: Site, folder: Path) -> None:
    follow(site, item("Sciatica"))
    (folder / "articles" / "sciatica.md").unlink()
    assert again(site, item("Sciatica", "It can come back.")) == {Intake.PUT_ASIDE: 1}
    assert not (folder / "articles" / "sciatica.md").exists()


def test_an_article_of_a_name_that_is_taken_is_put_beside_it(site: Site, folder: Path) -> None:
    ours = folder / "articles" / "breast-calcifications.md"
    before = ours.read_bytes()
    assert follow(site, item("Breast calcifications")) == {Intake.PUT_ASIDE: 1}
    assert ours.read_bytes() == before


def test_a_reader_that_died_after_the_file_goes_on_the_next_time(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*args: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(articles, "save_revision", dies)
        with pytest.raises(RuntimeError):
            follow(site, item("Sciatica"))
    assert (folder / "articles" / "sciatica.md").is_file()
    assert articles.latest("sciatica") is None
    again(site, item("Sciatica"))
    assert articles.latest("sciatica")


def test_what_is_no_article_is_told_and_keeps_nobody_waiting(site: Site, folder: Path) -> None:
    empty = "<item><title>News</title><guid>n</guid><description>Read more on our site</description></item>"
    assert follow(site, empty, item("Sciatica")) == {Intake.NEW: 1, Intake.REFUSED: 1}
    problems = [entry.problem for entry in find_feed("press")[1] if entry.outcome is Intake.REFUSED]
    assert len(problems) == 1
    assert problems[0]


def test_with_only_new_what_stands_there_today_is_left_out(site: Site, folder: Path) -> None:
    assert follow(site, item("Sciatica"), only_new=True) == {Intake.UNCHANGED: 1}
    assert articles.latest("sciatica") is None
    assert again(site, item("Sciatica"), item("Tinnitus")) == {Intake.UNCHANGED: 1, Intake.NEW: 1}


def test_what_is_no_feed_is_not_followed(site: Site, folder: Path) -> None:
    site.pages["/page"] = Page(b"<!doctype html><title>Sciatica</title><p>A page, and no feed.</p>")
    with pytest.raises(BadInput, match="no feed"):
        follow_feed("press", site.url("/page"), 24, NOW)
    with pytest.raises(BadInput, match="number"):
        follow_feed("press", "https://169.254.169.254/feed", 24, NOW)
    with pytest.raises(BadInput, match="1 to 336"):
        follow_feed("press", site.url("/feed"), 0, NOW)
    assert list_feeds() == []
    follow(site, item("Sciatica"))
    site.pages["/feed?other"] = rss()
    with pytest.raises(Refused, match="already"):
        follow_feed("press", site.url("/feed?other"), 24, NOW)


def test_a_feed_is_read_when_its_time_comes_and_by_one_reader(site: Site, folder: Path) -> None:
    follow(site, item("Sciatica"))
    asked = len(site.asked)
    assert fetch_due_feeds(NOW + 23 * HOUR) == 0
    assert fetch_due_feeds(NOW + 25 * HOUR) == 1
    assert fetch_due_feeds(NOW + 25 * HOUR) == 0
    assert len(site.asked) == asked + 1
    pause_feed("press", NOW)
    assert fetch_due_feeds(NOW + 100 * HOUR) == 0
    resume_feed("press", NOW + 100 * HOUR)
    assert fetch_due_feeds(NOW + 100 * HOUR) == 1


def test_a_feed_that_is_away_is_tried_ever_later_and_then_told_of(site: Site, folder: Path) -> None:
    follow(site, item("Sciatica"))
    site.pages["/feed"] = Page(status=503)
    now, waits = NOW + 25 * HOUR, []
    for _ in range(3):
        assert fetch_due_feeds(now) == 0
        feed = find_feed("press")[0]
        waits.append(feed.next_at - now)
        now = feed.next_at
    assert waits == [HOUR / 2, HOUR, 2 * HOUR]
    assert "503" in find_feed("press")[0].problem
    assert [alert.subject for alert in list_alerts()] == ["press"]
    site.pages["/feed"] = rss(item("Sciatica"))
    assert fetch_due_feeds(now) == 1
    assert list_alerts() == []
    assert articles.latest("sciatica")
    site.pages["/feed"] = Page(status=500)
    with pytest.raises(Unavailable):
        fetch_feed(find_feed("press")[0], now)


def test_a_feed_that_is_removed_leaves_its_articles(site: Site, folder: Path) -> None:
    follow(site, item("Sciatica"))
    remove_feed("press")
    assert articles.latest("sciatica")
    with pytest.raises(NotFound, match="no feed 'press'"):
        find_feed("press")


def test_an_odd_id_or_date_loses_no_other_entry(site: Site, folder: Path) -> None:
    body = "<h2>What it is</h2><p>It is common in adults, and most of them get better in some weeks.</p>"
    odd = {
        "id": "\ud800\u0007",
        "title": "Gout\u001b[2J",
        "content_html": body,
        "date_modified": "0001-01-01T00:00+14:00",
    }
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [odd, {"id": "b", "title": "Croup", "content_html": body}],
    }
    site.pages["/feed"] = Page(json.dumps(feed).encode(), type="application/feed+json")
    done = follow_feed("press", site.url("/feed"), 24, NOW)
    assert (done.counts[Intake.NEW], done.told) == (2, ())
    assert {entry.title for entry in find_feed("press")[1]} == {"Gout[2J", "Croup"}


def test_an_entry_that_cannot_be_kept_loses_no_other(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_breaks(feed: StoredFeed, entry: Entry, now: datetime) -> StoredEntry:
        if entry.title == "Gout":
            raise OverflowError
        return take_in(feed, entry, now)

    monkeypatch.setattr("pipeline.actions.fetch_feeds.take_in", one_breaks)
    assert follow(site, item("Gout"), item("Croup")) == {Intake.NEW: 1, Intake.REFUSED: 1}


def test_one_reading_brings_a_bounded_number_of_drafts_and_says_how_many_wait(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.actions.fetch_feeds.MOST_AT_ONCE", 2)
    names = ["Gout", "Croup", "Mumps", "Rubella", "Scurvy"]
    site.pages["/feed"] = rss(*map(item, names))
    done = follow_feed("press", site.url("/feed"), 24, NOW)
    assert (done.counts[Intake.NEW], done.waiting) == (2, 3)
    feed = find_feed("press")[0]
    assert feed.problem.startswith("3 more are new or changed")
    assert feed.etag == "", "the server must not answer that nothing has changed"
    assert again(site, *map(item, names)) == {Intake.NEW: 2, Intake.UNCHANGED: 2}
    assert again(site, *map(item, names)) == {Intake.NEW: 1, Intake.UNCHANGED: 4}
    assert find_feed("press")[0].problem == ""


def test_a_feed_that_takes_too_long_is_put_off_and_the_others_wait_for_the_next_tick(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(site, item("Sciatica"))

    def slow(feed: StoredFeed, entry: Entry, now: datetime) -> StoredEntry:
        raise OutOfTime

    monkeypatch.setattr("pipeline.actions.fetch_feeds.take_in", slow)
    site.pages["/feed"] = rss(item("Gout"))
    assert fetch_due_feeds(NOW + 25 * HOUR) == 0
    feed = find_feed("press")[0]
    assert (feed.failures, feed.next_at > NOW + 25 * HOUR) == (1, True)
    assert fetch_feeds.soft_time_limit < fetch_feeds.time_limit < LEASE.total_seconds()


def test_a_feed_that_holds_what_nobody_foresaw_is_put_off_and_told_of(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(site, item("Sciatica"))
    site.pages["/feed"] = rss(item("Gout"))

    def broken(name: str, source: object) -> None:
        raise ValueError("a reader's fault")

    monkeypatch.setattr("pipeline.actions.fetch_feeds.read_many", broken)
    now = NOW + 25 * HOUR
    for _ in range(3):
        assert fetch_due_feeds(now) == 0
        now = find_feed("press")[0].next_at
    assert find_feed("press")[0].failures == 3
    assert [alert.subject for alert in list_alerts()] == ["press"]
