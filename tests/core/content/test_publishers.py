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


WITH_SOURCES = """<!doctype html><html lang=en><head><title>Low iron</title></head><body><main><h1>Low iron</h1>
<p>It affects around 1 in 4 people (<a href="https://papers.example/1">1</a>).</p>
<h2>Signs</h2><p>Tiredness is common, but it has many causes (<a href="https://papers.example/2"><span>2</span></a><span
class="tip"> Trusted Source </span>).</p>
<h2>Summary</h2><p>See a GP if you are often tired. Some take 65 mg of iron (<a href="https://papers.example/2">2</a>).</p>
<div class="css-1a"><button>2 Sources</button><div hidden><ol>
<li><a href="https://papers.example/1">Sample A, et al. (2021). Iron in the world.</a></li>
<li><a href="https://papers.example/2">Mock B, et al. (2019). Tiredness and iron.</a></li></ol></div></div>
<h3>Read this next</h3><ul><li><a href="/a">10 foods with iron</a></li></ul></main></body></html>"""


def test_sources_that_a_button_shows_are_the_list_of_the_page() -> None:
    reading = read("iron.html", WITH_SOURCES.encode())
    assert [r.text.split(".")[0] for r in reading.article.references] == ["Sample A, et al", "Mock B, et al"]
    assert [r.url for r in reading.article.references] == [
        "https://papers.example/1",
        "https://papers.example/2",
    ]
    shown = [plain(text) for s in reading.article.sections for text, _ in texts(s.blocks)]
    assert "Tiredness is common, but it has many causes." in [text.replace(" .", ".") for text in shown]
    assert not {"proposed-reference", "reference-not-understood", "E-20.glued-citation"} & {
        f.rule for f in reading.findings
    }
    assert [s.heading for s in reading.article.sections] == ["Introduction", "Signs", "Summary"]
    assert not [text for text in shown if "Source" in text or "10 foods" in text]


def test_a_mark_whose_link_leads_to_another_source_than_its_number_is_asked_about() -> None:
    for wrong in ("1", "9"):
        page = WITH_SOURCES.replace('/2">2</a>', f'/2">{wrong}</a>')
        assert "E-20.glued-citation" in {f.rule for f in read("iron.html", page.encode()).findings}


@pytest.mark.parametrize(
    "line",
    [
        "Page last reviewed: 3 February 2026<br>Next review due: 3 February 2029",
        "Page last reviewed: 3 September 2026 Next review due: 3 September 2029",
        "Nov. 16, 2025",
    ],
)
def test_the_dates_of_a_page_are_no_words_of_its_article(line: str) -> None:
    page = PAGE.replace(
        "<p>Page last reviewed: 03 May 2024</p><p>Next review due: 03 May 2027</p>", f"<p>{line}</p>"
    )
    reading = read(
        "eyes.html", page.replace("<h2>How we reviewed", f"<p>{line}</p><h2>How we reviewed").encode()
    )
    shown = " ".join(plain(text) for s in reading.article.sections for text, _ in texts(s.blocks))
    assert "2025" not in shown
    assert "2026" not in shown
    assert "Drops from a pharmacist help most people." in shown


def test_tabs_that_lead_to_other_pages_are_no_list_of_the_article() -> None:
    tabs = '<ul class="tabs"><li><a href="/s">Symptoms</a></li><li><a href="/d">Tests</a></li></ul>'
    reading = read("eyes.html", PAGE.replace("</h1>", f"</h1>{tabs}").encode())
    assert "Tests" not in " ".join(plain(t) for s in reading.article.sections for t, _ in texts(s.blocks))
    assert "Symptoms Tests" in [left.quote for left in reading.left_out]


def test_references_on_lines_of_one_paragraph_are_several() -> None:
    page = PAGE.replace(
        "</main>",
        "<h2>References</h2><p>Mock A, Doe B. (2020) Sore eyes. Eye Journal 4(2): 10-18.<br>"
        "Roe C. (2018) Drops and<br>tears. Sample Press.</p></main>",
    ).replace("They may burn or water.", "They may burn or water (Mock and Doe, 2020; Roe, 2018).")
    reading = read("eyes.html", page.encode())
    assert [r.text.split(")")[0] for r in reading.article.references] == [
        "Mock A, Doe B. (2020",
        "Roe C. (2018",
    ]
    assert "E-20.glued-citation" not in {f.rule for f in reading.findings}
