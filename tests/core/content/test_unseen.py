"""Characters that do not show: controls never get through, and what turns or parts a dose is reported."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from pipeline.core.content.article import Reading
from pipeline.core.content.importers import read
from pipeline.core.content.importers.many import read_many
from pipeline.core.content.words import plain, texts
from pipeline.core.editorial import check
from pipeline.core.errors import BadInput
from pipeline.core.unseen import escaped, shown

HEADS = {
    "our own form": '---\ntitle: "Co\\x07lds\\e[2J"\n---\n\n## A\n\nx.\n',
    "YAML": '---\ntitle: "Co\\x07lds\\e[2J"\ndate: x\n---\n\n## A\n\nx.\n',
    "TOML": '+++\ntitle = "Co\\u0007lds\\u001B[2J"\ndate = "x"\n+++\n\n## A\n\nx.\n',
    "JSON": '{"title": "Co\\u0007lds\\u001b[2J", "date": "x"}\n\n## A\n\nx.\n',
}


@pytest.mark.parametrize("name", HEADS)
def test_controls_in_front_matter_are_removed_and_told(name: str) -> None:
    reading = read("a.md", HEADS[name].encode())
    assert reading.article.title.replace(" ", "") == "Colds[2J"
    assert [f.line for f in reading.findings if f.rule == "control-characters-removed"] == [
        1 if name == "JSON" else 2
    ]


def test_half_a_character_in_front_matter_is_removed_too() -> None:
    reading = read("a.md", b'---\ntitle: "Colds \\uD800"\n---\n\n## A\n\nx.\n')
    assert reading.article.title == "Colds"


def test_controls_in_a_page_are_removed_and_told_and_old_numbers_of_quotation_marks_are_read() -> None:
    reading = read("a.html", b"<main><h1>Colds</h1>\n<h2>A</h2><p>Do&#7;n&#146;t &#150; x.</p></main>")
    assert [plain(text) for text, _ in texts(reading.article.sections[0].blocks)] == ["Don’t – x."]
    assert [f.line for f in reading.findings if f.rule == "control-characters-removed"] == [2]


def test_controls_in_an_entry_of_a_feed_are_removed_and_told() -> None:
    entry = {"id": "a\x07\ud800", "title": "Co\x1blds", "content_html": "<h2>A</h2><p>x\x00 y.</p>"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [entry]}
    found = next(read_many("a.json", BytesIO(json.dumps(feed).encode())))
    assert (found.key, found.title) == ("a", "Colds")
    assert isinstance(found.outcome, Reading)
    assert "control-characters-removed" in {f.rule for f in found.outcome.findings}


def test_a_refusal_quotes_no_control() -> None:
    with pytest.raises(BadInput) as refusal:
        read("a\x1b.md", b'---\n"x\\etitle": x\nnext_review:\n---\n## A\nx.\n')
    assert "\x1b" not in str(refusal.value)


def _found(body: str) -> list[tuple[str, str]]:
    source = f"---\ntitle: T\ndisclaimer: d\n---\n\n## A\n\n{body}\n"
    found = check(read("a.md", source.encode()).article)
    return [(f.rule, f.severity.value) for f in found if f.rule in ("hidden-inside", "link-elsewhere")]


@pytest.mark.parametrize(
    "body",
    [
        "Take 5\u200b0 mg.",
        "Take 50\u2060 mg.",
        "Take 1\u200e.5 ml.",
        "Take \u202e05\u202c mg.",
        "Take para\u200bcetamol.",
        "A \u2067box\u2069 of ten.",
        "See [the\u200b trust](https://trust.example/).",
        "Take 2\u00ad0 drops.",
    ],
)
def test_what_is_unseen_inside_a_word_a_dose_or_a_link_blocks(body: str) -> None:
    assert _found(body) == [("hidden-inside", "B")]


@pytest.mark.parametrize(
    "body",
    [
        "Anti\u00adhistamines help.",
        "می\u200cخواهم و ۵ میلی\u200cگرم.",
        "क्\u200dष है।",
        "A family 👨\u200d👩\u200d👧 at home.",
        "العلاج \u200f(50 mg)\u200f يومياً.",
        "See [the trust](https://trust.example/).",
    ],
)
def test_what_scripts_need_is_left_in_peace(body: str) -> None:
    assert _found(body) == []


@pytest.mark.parametrize(
    ("words", "address", "is_elsewhere"),
    [
        ("www.nhs.uk", "https://nhs.example.com/", True),
        ("https://trust.example/a", "https://other.example/a", True),
        ("pay at trust.org", "https://trust.org.shop.example/", True),
        ("help@trust.org", "mailto:help@trust.org", False),
        ("nhs.uk", "https://www.nhs.uk/pollen", False),
        ("www.trust.org", "https://pollen.trust.org/", False),
        ("pollen, e.g. of grass", "https://trust.org/", False),
        ("Version 3.5 of the guide", "https://trust.org/", False),
    ],
)
def test_a_link_that_shows_another_site_blocks(words: str, address: str, is_elsewhere: bool) -> None:
    assert _found(f"Read [{words}]({address}) now.") == [("link-elsewhere", "B")] * is_elsewhere


def test_no_terminal_obeys_what_is_shown() -> None:
    assert shown("a\x1b[2J\x9b\u202eb\tc\n") == "a\ufffd[2J\ufffd\ufffdb\tc\n"
    assert json.loads(escaped(json.dumps("a\x9b\u202e", ensure_ascii=False))) == "a\x9b\u202e"
    assert "\x9b" not in escaped('"\x9b"')


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("You can stоp the tablets.", ["stоp"]),  # a Cyrillic о
        ("Take ５０ ｍｇ once.", ["ｍｇ"]),
        ("A β-blocker, a β2 agonist, IgG and 50 µg.", []),
        ("Препарат снижает давление, а pH растёт.", []),
        ("Der HbA1c-Wert und die Größe.", []),
    ],
)
def test_a_word_of_two_alphabets_is_asked_about(words: str, found: list[str]) -> None:
    article = read("a.md", f"---\ntitle: A\nslug: a\n---\n\n## B\n\n{words}\n".encode()).article
    assert [f.quote for f in check(article) if f.rule == "mixed-scripts"] == found
