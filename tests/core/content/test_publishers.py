"""Pages in the manner of big publishers of health: what they put between the parts of an article goes, and is told."""

from __future__ import annotations

import pytest

from pipeline.core.content.article import Reading
from pipeline.core.content.importers import furniture, read
from pipeline.core.content.words import plain, texts

PAGE = """<!doctype html><html lang=en><head><title>Dry eyes</title></head><body>
<main><h1>Dry eyes</h1>
<p>Medically reviewed by Ada Sample, OD — Written by Bob Demo — Updated on May 3, 2024</p>
<p>Share on Pinterest</p>
<p>Dry eyes feel sore, and most people can treat them at home.</p>
<p>We may earn a commission from links on this page.</p>
<h2>Symptoms</h2><p>They may burn or water.</p>
<p>Advertisement</p>
<p>Read more on sore eyes</p>
<p>Shop now</p>
<h3>Explore our top resources for eyes</h3><ul><li>Best drops</li><li>Best glasses</li></ul>
<h2>Treatment</h2><p>Drops from a pharmacist help most people.</p>
<p>Find a doctor near you</p>
<p>Was this helpful?</p>
<p>We value your privacy</p>
<h2>How we reviewed this article</h2><p>Our experts continually monitor the health space.</p>
<h2>Sign up for our newsletters</h2><p>Get eye tips in your inbox each week.</p>
<h2>Our editorial process</h2><p>Our site has strict sourcing guidelines.</p>
<ul><li>Sample A. Dry eyes. 2020.</li></ul>
<p>Page last reviewed: 03 May 2024</p><p>Next review due: 03 May 2027</p>
</main></body></html>"""
MARKDOWN = """# Dry eyes

Dry eyes feel sore, and most people can treat them at home.

## Symptoms

They may burn or water.

Advertisement

Read more on sore eyes

### Explore our top resources for eyes

- Best drops
- Best glasses

## Treatment

Drops from a pharmacist help most people.

Find a doctor near you

Was this article helpful?

## Sign up for our newsletters

Eye tips each week.
"""
TEXT = """Dry eyes

Dry eyes feel sore, and most people can treat them at home with drops.

Symptoms

They may burn or water, and they may feel as if sand were in them.

Advertisement

Read more on sore eyes

Explore our top resources for eyes

• Best drops
• Best glasses

Treatment

Drops from a pharmacist help most people within some days or weeks.

Find a doctor near you

Was this article helpful?
"""
KEPT = ["Introduction", "Symptoms", "Treatment"]


def words(reading: Reading) -> str:
    return " ".join(plain(text) for section in reading.article.sections for text, _ in texts(section.blocks))


@pytest.mark.parametrize(("name", "source"), [("a.html", PAGE), ("a.md", MARKDOWN), ("a.txt", TEXT)])
def test_furniture_goes_and_one_finding_tells_of_it(name: str, source: str) -> None:
    reading = read(name, source.encode())
    more = ["Our editorial process"] if name == "a.html" else []
    assert [section.heading for section in reading.article.sections] == KEPT + more
    for gone in (
        "Advertisement",
        "Read more",
        "Best drops",
        "Find a doctor",
        "helpful",
        "inbox",
        "Pinterest",
    ):
        assert gone not in words(reading), gone
    told = [f.message for f in reading.findings if f.rule == "furniture-left-out"]
    assert len(told) == 1
    for why in (furniture.ADVERTISEMENT, furniture.RELATED, furniture.SERVICES, furniture.FEEDBACK):
        assert why in told[0]
    assert {"Advertisement", "Find a doctor near you"} <= {part.quote for part in reading.left_out}


def test_a_line_of_bylines_gives_its_author_its_reviewer_and_its_date() -> None:
    line = "Medically reviewed by Ada Sample, OD — Written by Bob Demo — Updated on May 3, 2024"
    for name, source in (
        ("a.html", PAGE),
        ("a.md", MARKDOWN.replace("# Dry eyes\n", f"# Dry eyes\n\n{line}\n", 1)),
    ):
        reading = read(name, source.encode())
        assert [person.name for person in reading.article.authors] == ["Bob Demo"]
        assert "Ada Sample, OD." in reading.article.notes_for_reviewer[0]
        assert ("a date of the page", "Updated on May 3, 2024") in [
            (p.why, p.quote) for p in reading.left_out
        ]


def test_sources_under_a_heading_on_how_the_site_edits_are_not_left_out() -> None:
    page = read("a.html", PAGE.encode())
    assert "Sample A. Dry eyes. 2020." in words(page)
    markdown = read("a.md", f"{MARKDOWN}\n## Our editorial process\n\n- Sample A. Dry eyes. 2020.\n".encode())
    assert "Sample A. Dry eyes. 2020." in words(markdown)


PROSE = [
    "Find a doctor you trust, and take a list of questions.",
    "Book an appointment with your GP.",
    "Was this your first attack? Tell the nurse.",
    "Share your plan with your family so that they can help.",
    "Print the plan and keep it by the bed.",
    "Order a repeat prescription a week before you run out.",
    "Read more labels than you used to: salt hides in bread.",
    "Related conditions, such as eczema, often run in families.",
    "Promoted by hormones, growth begins at puberty.",
    "Save the number of your clinic in your phone.",
    "Products that contain nuts must say so.",
    "Email your clinic if the rash comes back.",
    "From the skin to your blood takes about an hour.",
    "Cookies and cakes hold much sugar.",
]


@pytest.mark.parametrize("sentence", PROSE)
def test_a_sentence_of_an_article_is_not_taken_for_furniture(sentence: str) -> None:
    assert furniture.reason(sentence) is None


@pytest.mark.parametrize(
    "heading",
    [
        "Feedback loops in hormones",
        "Finding a doctor",
        "Share care plans",
        "Top tips",
        "Related conditions",
        "Products to avoid",
    ],
)
def test_a_heading_of_an_article_is_not_taken_for_furniture(heading: str) -> None:
    assert furniture.heading_reason(heading) is None
