"""Feeds and WordPress exports: the samples in tests/samples/feeds, and sources that are built to hurt."""

from __future__ import annotations

import html
import resource
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.core.content.article import Callout, Reading
from pipeline.core.content.importers.many import Entry, holds_many, read_many
from pipeline.core.content.lines import without_lines
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.words import plain, texts
from pipeline.core.errors import BadInput
from tests.core.content.samples import ROOT, anchors

FEEDS = ROOT / "tests" / "samples" / "feeds"
WXR = (FEEDS / "wordpress.xml").read_text()
HEAD = WXR[: WXR.index("<item>")]


def entries(name: str, source: bytes | None = None) -> list[Entry]:
    return list(read_many(name, BytesIO((FEEDS / name).read_bytes() if source is None else source)))


def article(entry: Entry) -> Reading:
    assert isinstance(entry.outcome, Reading), str(entry.outcome)
    return entry.outcome


def export(*items: str) -> bytes:
    return (HEAD + "".join(f"<item>{item}</item>" for item in items) + "</channel></rss>").encode()


def post(content: str, *fields: tuple[str, str]) -> Reading:
    meta = "".join(
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        for key, value in fields
    )
    content = f"<title>Colds</title><content:encoded><![CDATA[{content}]]></content:encoded>{meta}"
    return article(*entries("a.xml", export(content)))


def words(reading: Reading) -> dict[str, list[str]]:
    return {s.heading: [plain(text) for text, _ in texts(s.blocks)] for s in reading.article.sections}


def test_an_export_gives_its_posts_and_pages_and_says_what_it_did_not_read() -> None:
    found = entries("wordpress.xml")
    assert [(e.key, e.title, e.url) for e in found[:2]] == [
        ("https://harbour.example/?p=11", "Chilblains", "https://harbour.example/chilblains/"),
        ("https://harbour.example/?p=12", "Nosebleeds", "https://harbour.example/nosebleeds/"),
    ]
    assert [e.changed for e in found[:3]] == [
        datetime(2026, 5, 4, 11, 30, tzinfo=UTC),
        datetime(2026, 5, 5, 8, tzinfo=UTC),
        None,
    ]
    assert [e.title for e in found if isinstance(e.outcome, Reading)] == [
        "Chilblains",
        "Nosebleeds",
        "Blisters",
        "Head lice",
    ]
    assert [str(e.outcome).split("': ")[1] for e in found if isinstance(e.outcome, BadInput)] == [
        "Posts and pages are read, and this is of the type 'product'.",
        "The post is in WordPress's bin, or was never saved. Restore it first.",
    ]


def test_every_entry_that_is_read_writes_and_reads_again() -> None:
    from pipeline.core.content.importers import read

    names = ("wordpress.xml", "rss.xml", "atom.xml", "feed.json")
    found = [
        entry.outcome.article for n in names for entry in entries(n) if isinstance(entry.outcome, Reading)
    ]
    assert len(found) >= len(names)
    for told in found:
        assert without_lines(read("a.md", write(told).encode()).article) == without_lines(told)


def test_text_of_the_classic_editor_has_paragraphs_boxes_and_no_shortcodes() -> None:
    chilblains = article(entries("wordpress.xml")[0])
    told = words(chilblains)
    assert told["Introduction"] == [
        "Chilblains are small itchy swellings on the toes and fingers.",
        "They come a few hours after the cold.",
    ]
    assert told["Symptoms"][-1] == "The word [sic] stays."
    (box,) = [b for b in chilblains.article.sections[1].blocks if isinstance(b, Callout)]
    assert (box.title, told["Symptoms"][-2]) == ("When to see a GP", "See a GP if the skin breaks.")
    assert [(part.quote, part.why) for part in chilblains.left_out] == [
        ('[gallery ids="1,2"]', "a shortcode of the site's software"),
        ("Toes / Chilblains on two toes", "a picture: an article carries words only"),
    ]
    assert [(p.name, p.credentials) for p in chilblains.article.authors] == [("Ada Sample", "MSc")]
    assert chilblains.article.notes_for_reviewer == (
        "The page says that it was reviewed by Dr Omar Example. That review is not carried over.",
    )


def test_a_body_in_custom_fields_is_put_together_in_the_order_of_its_rows() -> None:
    nosebleeds = article(entries("wordpress.xml")[1])
    assert list(words(nosebleeds)) == ["What happens", "What to do"]
    assert [q.question for q in nosebleeds.article.faq] == ["Should I lie down?"]
    assert [numbers for _, numbers in anchors(nosebleeds.article)] == [[1], [2]]
    assert nosebleeds.article.references[0].url == "https://ear.example/nosebleeds"
    assert nosebleeds.article.notes_for_reviewer == ("The post is a draft in WordPress.",)
    assert "text-from-fields" in {finding.rule for finding in nosebleeds.findings}
    assert "All about nosebleeds" not in write(nosebleeds.article), (
        "a description for search engines is no text"
    )


def test_the_data_of_page_builders_and_blocks_are_read() -> None:
    blisters, lice = (article(entry) for entry in entries("wordpress.xml")[2:4])
    assert words(blisters)["Looking after one"] == ["Keep it clean", "Do not burst it"]
    assert ("Book a visit now", "a part of the page builder: button") in [
        (p.quote, p.why) for p in blisters.left_out
    ]
    assert words(lice)["Introduction"][-1] == "Lice cannot jump."
    assert [q.question for q in lice.article.faq] == ["Do clean heads get lice?", "Is school off limits?"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x y.\nz.\n\n\nw.", ["x y. z.", "w."]),
        ("[vc_row][vc_column_text]x y.[/vc_column_text][/vc_row]", ["x y."]),
        ('[su_spoiler title="Noses"]They run.[/su_spoiler]', ["They run."]),
        ("x y.[footnote]Sample A. 2020.[/footnote]", ["x y."]),
        ("See [the trust] and [1].", ["See [the trust] and [1]."]),
    ],
)
def test_shortcodes_go_and_their_words_stay(content: str, told: list[str]) -> None:
    assert [text for section in words(post(content)).values() for text in section] == told


def test_a_post_of_more_paragraphs_than_any_article_is_refused_alone() -> None:
    content = "a\n\n" * 30_002
    (entry,) = entries("a.xml", export(f"<title>Colds</title><content:encoded>{content}</content:encoded>"))
    assert "more than 30,000 paragraphs" in str(entry.outcome)


def test_rss_is_read_where_it_has_the_full_text_and_refused_by_entry_where_it_has_not() -> None:
    full, summary, untitled = entries("rss.xml")
    assert (full.key, full.changed) == ("harbour-11", datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert article(full).article.title == "Chilblains & cold feet"
    assert words(article(full)) == {
        "Introduction": ["Chilblains are small itchy swellings."],
        "Care": ["Keep warm. See gloves."],
    }
    assert [str(e.outcome).split("': ")[1].split(".")[0] for e in (summary, untitled)] == [
        "The feed carries a summary alone for this entry",
        "The entry has no title",
    ]


def test_atom_and_json_feeds_are_read() -> None:
    atom = entries("atom.xml")
    assert article(atom[0]).article.title == "A café guide to iron"
    assert "no text for this entry" in str(atom[1].outcome)
    iron, sleep, summary = entries("feed.json")
    assert (iron.key, iron.changed) == ("1", datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert words(article(sleep)) == {"Introduction": ["Sleep heals.", "Go to bed at one time."]}
    assert [p.name for p in article(sleep).article.authors] == ["Omar Example"]
    assert "a summary alone" in str(summary.outcome)


def test_a_long_description_is_taken_for_the_text_and_a_broken_feed_says_so() -> None:
    text = "Colds pass. " * 80
    source = f"<rss version='2.0'><channel><item><title>A & B</title><description>{text}</description></item></channel>"
    (entry,) = entries("a.xml", source.encode())
    assert {"summary-taken-as-text", "feed-not-well-formed"} <= {f.rule for f in article(entry).findings}


@pytest.mark.parametrize("name", ["wordpress.xml", "rss.xml", "atom.xml", "feed.json"])
def test_a_source_of_many_articles_is_told_by_its_first_bytes(name: str) -> None:
    assert holds_many((FEEDS / name).read_bytes()[:4096])


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"", "The feed is empty"),
        (b"<!doctype html><title>x</title>", "This is an HTML page where a feed was expected"),
        (b"# Colds\n\nx\n", "This is no feed and no export"),
        (b'{"version": "1", "items": []}', "This is no feed and no export"),
        (b'<!DOCTYPE r [<!ENTITY x "y">]><rss><channel/></rss>', "declares entities of its own"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 9000, "is no JSON"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "has no list of items"),
        (b"<rss>" + b"<item/>" * 5001, "more than 5,000 entries"),
        (b"<feed>" + b"<a xmlns:b='c'/>" * 2001, "more than 2,000 names of vocabularies"),
        (
            b'{"version": "https://jsonfeed.org/version/1", "items": [' + b"{}, " * 5001 + b"{}]}",
            "more than 5,000 entries",
        ),
        (b"<rss " + b" ".join(b'a%d="1"' % n for n in range(99)) + b"/>", "more than 60 attributes"),
        (HEAD.encode() + b"<item><title>x</item>", "breaks off or is not well formed"),
        (
            HEAD.replace(
                "<rss", f"<!--{'x' * 4096}--><!DOCTYPE r [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><rss"
            ).encode(),
            "no feed and no export",
        ),
    ],
)
def test_what_is_no_feed_or_is_built_to_hurt_is_refused(source: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=rf"a\.xml(?::\d+)?: .*{sentence}"):
        entries("a.xml", source)


def test_an_export_that_breaks_off_has_given_what_stood_before() -> None:
    whole = export("<title>Colds</title><content:encoded>x y.</content:encoded>", "<title>Flu</title>")
    given: list[str] = []
    with pytest.raises(BadInput, match="breaks off"):
        given.extend(entry.title for entry in _each(whole[:-30]))
    assert given == ["Colds"]


def _each(source: bytes) -> Iterator[Entry]:
    yield from read_many("a.xml", BytesIO(source))


def test_entities_of_an_export_are_neither_fetched_nor_grown() -> None:
    """The document type comes after the first bytes, so that only the reader itself can see it."""
    from pipeline.core.content.importers.many import wordpress

    laughs = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    for entities in (f'<!ENTITY a "ha">{laughs}', '<!ENTITY i SYSTEM "file:///etc/hostname">'):
        source = (
            HEAD.replace("<rss", f"<!DOCTYPE rss [{entities}]><rss")
            + "<item><title>&i;</title></item></channel></rss>"
        )
        with pytest.raises(BadInput, match="An export has no DOCTYPE"):
            list(wordpress.read("a.xml", BytesIO(source.encode())))


def test_control_characters_that_exports_have_are_removed_and_reported() -> None:
    reading = post("Colds\x08 pass\x01 by.")
    assert words(reading) == {"Introduction": ["Colds pass by."]}
    assert "control-characters-removed" in {finding.rule for finding in reading.findings}


def test_an_export_of_any_length_takes_the_memory_of_one_post() -> None:
    comment = f"<wp:comment>{'z' * 300_000}</wp:comment>"
    item = f"<item><title>Colds</title><content:encoded>x y.</content:encoded>{comment}</item>".encode()

    class Long:
        """A hundred and twenty posts of 300 kB, made as they are read: 36 MB."""

        def __init__(self) -> None:
            self.parts = iter([HEAD.encode(), *[item] * 120, b"</channel></rss>"])
            self.rest = b""

        def read(self, size: int = -1) -> bytes:
            while len(self.rest) < size and (part := next(self.parts, None)) is not None:
                self.rest += part
            chunk, self.rest = self.rest[:size], self.rest[size:]
            return chunk

    before = _resident()
    grown = [_resident() - before for _ in read_many("a.xml", Long())]  # type: ignore[arg-type]
    assert len(grown) == 120
    assert max(grown) < 15_000_000


def _resident() -> int:
    """Bytes that the process holds; libxml2's are not Python's, so that Python cannot count them."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def test_a_link_that_is_no_address_is_not_kept_and_harms_nothing() -> None:
    text = html.escape("<p>x <a href='//[y'>z</a>.</p>")
    source = (
        '<rss xmlns:c="http://purl.org/rss/1.0/modules/content/"><channel><item><title>A</title><link>http://[</link>'
        f"<c:encoded>{text}</c:encoded></item></channel></rss>"
    )
    (entry,) = entries("a.xml", source.encode())
    assert entry.url is None
    assert words(article(entry)) == {"Introduction": ["x z."]}
