"""References in the forms that articles use, as CSL JSON; their identifiers, their grade, and what they do not say."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.core.content.article import Grade, Reference
from pipeline.core.content.references import dates, identifiers
from pipeline.core.content.references.csl import csl
from pipeline.core.content.references.facts import duplicates, facts
from pipeline.core.content.references.parse import parse
from pipeline.core.errors import BadInput
from tests.core.content.samples import markdown


def person(family: str, given: str) -> dict[str, str]:
    return {"family": family, "given": given}


def body(name: str) -> list[dict[str, str]]:
    return [{"literal": name}]


def on(*parts: int) -> dict[str, list[list[int]]]:
    return {"date-parts": [list(parts)]}


FORMS: list[tuple[str, dict[str, Any]]] = [
    (  # Vancouver, a journal
        "Sample A, Mock BC. Pollen and sleep: a trial. J Ex Med. 2017;90(1069):45-9.",
        {
            "type": "article-journal",
            "author": [person("Sample", "A"), person("Mock", "BC")],
            "title": "Pollen and sleep: a trial",
            "container-title": "J Ex Med",
            "issued": on(2017),
            "volume": "90",
            "issue": "1069",
            "page": "45-9",
        },
    ),
    (  # AMA, with a day, many authors, a DOI and a PubMed number
        "Sample A, Mock B, Doe C, et al. Does it help? A trial. Lancet. 2020 Mar 3;395(10223):123-130."
        " doi:10.1016/S0140-6736(20)30001-1. PMID: 32100000.",
        {
            "type": "article-journal",
            "author": [person("Sample", "A"), person("Mock", "B"), person("Doe", "C")],
            "title": "Does it help? A trial",
            "container-title": "Lancet",
            "issued": on(2020, 3, 3),
            "volume": "395",
            "issue": "10223",
            "page": "123-130",
            "DOI": "10.1016/s0140-6736(20)30001-1",
            "PMID": "32100000",
            "note": "The list of authors ends in et al.",
        },
    ),
    (  # BMJ, no stop after the journal, an article number
        "van der Berg P, O'Neil K-L. A study of sleep. BMJ 2018;360:k123.",
        {
            "type": "article-journal",
            "author": [person("van der Berg", "P"), person("O'Neil", "K-L")],
            "title": "A study of sleep",
            "container-title": "BMJ",
            "issued": on(2018),
            "volume": "360",
            "page": "k123",
        },
    ),
    (  # APA
        "Sample, J. A., & Mock, B. (2020). Pollen in adults. Journal of Examples, 12(3), 45–67."
        " https://doi.org/10.1000/XYZ.123",
        {
            "type": "article-journal",
            "author": [person("Sample", "J. A."), person("Mock", "B.")],
            "title": "Pollen in adults",
            "container-title": "Journal of Examples",
            "issued": on(2020),
            "volume": "12",
            "issue": "3",
            "page": "45-67",
            "DOI": "10.1000/xyz.123",
        },
    ),
    (  # APA, a page of the web by a body
        "World Health Organization. (2021, March 3). Asthma. https://www.who.int/asthma",
        {
            "type": "webpage",
            "author": body("World Health Organization"),
            "title": "Asthma",
            "issued": on(2021, 3, 3),
            "URL": "https://www.who.int/asthma",
        },
    ),
    (  # Harvard, a journal
        "Sample, A. and Mock, B. (2019) ‘Pollen and asthma’, Journal of Examples, 12(3), pp. 45-67.",
        {
            "type": "article-journal",
            "author": [person("Sample", "A."), person("Mock", "B.")],
            "title": "Pollen and asthma",
            "container-title": "Journal of Examples",
            "issued": on(2019),
            "volume": "12",
            "issue": "3",
            "page": "45-67",
        },
    ),
    (  # Harvard, a book with an edition
        "Sample, V., Mock, A.K. and Doe, J.C. (2015) Basic rest. 9th edn. Oxford: Sample Press.",
        {
            "type": "book",
            "author": [person("Sample", "V."), person("Mock", "A.K."), person("Doe", "J.C.")],
            "title": "Basic rest",
            "issued": on(2015),
            "edition": "9th",
            "publisher": "Sample Press",
            "publisher-place": "Oxford",
        },
    ),
    (  # Harvard, the NHS
        "NHS (2023) Migraine. Available at: https://www.nhs.uk/conditions/migraine/ (Accessed: 12 March 2024).",
        {
            "type": "webpage",
            "author": body("NHS"),
            "title": "Migraine",
            "issued": on(2023),
            "URL": "https://www.nhs.uk/conditions/migraine/",
            "accessed": on(2024, 3, 12),
        },
    ),
    (  # the NHS as pages cite it: the day of the review is when it was issued
        "NHS. Migraine. Page last reviewed: 3 May 2022. Next review due: 3 May 2025."
        " https://www.nhs.uk/conditions/migraine/ [accessed 12/03/2024]",
        {
            "type": "webpage",
            "author": body("NHS"),
            "title": "Migraine",
            "issued": on(2022, 5, 3),
            "URL": "https://www.nhs.uk/conditions/migraine/",
            "accessed": on(2024, 3, 12),
        },
    ),
    (  # Vancouver, a page of the web
        "Sample Cancer Support. Small marks [Internet]. London: Sample; 2021 [cited 2024 Jan 19]."
        " Available from: https://sample.example/marks",
        {
            "type": "webpage",
            "author": body("Sample Cancer Support"),
            "title": "Small marks",
            "issued": on(2021),
            "publisher": "Sample",
            "publisher-place": "London",
            "URL": "https://sample.example/marks",
            "accessed": on(2024, 1, 19),
        },
    ),
    (  # a site with its page after the year
        "City of Samples [Internet]. 2021 [cited 2024 Jan 19]. Small marks and more. Available from:"
        " https://sample.example/x",
        {
            "type": "webpage",
            "title": "Small marks and more",
            "container-title": "City of Samples",
            "issued": on(2021),
            "URL": "https://sample.example/x",
            "accessed": on(2024, 1, 19),
        },
    ),
    (  # AMA, a page of the web
        "Sample Clinic. Kidney stones - Symptoms and causes. Published 2022. Accessed March 3, 2024."
        " https://sample.example/x",
        {
            "type": "webpage",
            "author": body("Sample Clinic"),
            "title": "Kidney stones - Symptoms and causes",
            "issued": on(2022),
            "URL": "https://sample.example/x",
            "accessed": on(2024, 3, 3),
        },
    ),
    (  # a chapter
        "Doe S. On skin. In: Sample T, Mock P, editors. Skin for all. 2nd ed. Oxford: Sample Press; 2011. p. 12-20.",
        {
            "type": "chapter",
            "author": [person("Doe", "S")],
            "title": "On skin",
            "container-title": "Skin for all",
            "issued": on(2011),
            "edition": "2nd",
            "page": "12-20",
            "publisher": "Sample Press",
            "publisher-place": "Oxford",
        },
    ),
    (  # a book
        "Doe AC, Roe JE. Textbook of rest. 13th ed. Leeds: Sample Press; 2016.",
        {
            "type": "book",
            "author": [person("Doe", "AC"), person("Roe", "JE")],
            "title": "Textbook of rest",
            "issued": on(2016),
            "edition": "13th",
            "publisher": "Sample Press",
            "publisher-place": "Leeds",
        },
    ),
    (  # a guideline: what has no place is kept
        "National Institute for Health and Care Excellence. Headaches in over 12s. NICE guideline CG150. London:"
        " NICE; 2012.",
        {
            "type": "report",
            "author": body("National Institute for Health and Care Excellence"),
            "title": "Headaches in over 12s",
            "issued": on(2012),
            "publisher": "NICE",
            "publisher-place": "London",
            "note": "NICE guideline CG150.",
        },
    ),
    (  # a body whose name ends like initials
        "Diabetes UK. Feet. 2023. https://www.diabetes.org.uk/feet (accessed 2 Feb 2025)",
        {
            "type": "webpage",
            "author": body("Diabetes UK"),
            "title": "Feet",
            "issued": on(2023),
            "URL": "https://www.diabetes.org.uk/feet",
            "accessed": on(2025, 2, 2),
        },
    ),
    (  # a journal of which no more is said
        "Sample A. Pollen and asthma. J Examples. 2024.",
        {
            "type": "article-journal",
            "author": [person("Sample", "A")],
            "title": "Pollen and asthma",
            "container-title": "J Examples",
            "issued": on(2024),
        },
    ),
    # what cannot be told apart is the title, whole
    ("日本の片頭痛. 診療. 2020.", {"type": "document", "title": "日本の片頭痛. 診療", "issued": on(2020)}),
    ("notes from a talk, unpublished", {"type": "document", "title": "notes from a talk, unpublished"}),
    ("Retrieved from https://x.example", {"type": "webpage", "title": "Retrieved from https://x.example"}),
]


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_a_reference_in_a_known_form_becomes_csl_json(text: str, expected: dict[str, Any]) -> None:
    item = csl(Reference("a", 1, text))
    assert item.pop("id") == "a"
    if text.startswith("Retrieved"):
        assert item.pop("URL") == "https://x.example"
    assert item == expected


@pytest.mark.parametrize("text", [text for text, _ in FORMS])
def test_no_word_of_a_reference_is_lost_and_none_is_invented(text: str) -> None:
    item = csl(Reference("a", 1, text))
    said = " ".join(_strings(item)).lower()
    for word in facts(Reference("a", 1, text)).source.title.split():
        assert word.lower() in text.lower()
    for name in item.get("author", []):
        assert all(part.lower() in text.lower() for part in name.values())
    capitals = [
        w.strip(".,;:()‘’'") for w in text.split() if w[0].isupper() and w.strip(".").isalpha() and len(w) > 5
    ]
    known = ("available", "accessed", "published", "retrieved", "page", "march")
    lost = [w for w in capitals if w.lower() not in said and w.lower() not in known]
    assert lost == [] or "editors" in text


def _strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in _strings(part)]
    return [str(value)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2024 Jan 19", (2024, 1, 19)),
        ("19 January 2024", (2024, 1, 19)),
        ("January 19th, 2024", (2024, 1, 19)),
        ("2024-01-19", (2024, 1, 19)),
        ("19/01/2024", (2024, 1, 19)),
        ("01/19/2024", (2024, 1, 19)),
        ("Sept. 2024", (2024, 9)),
        ("2024", (2024,)),
        ("31 February 2024", ()),
        ("40/40/2024", ()),
    ],
)
def test_a_day_is_read_however_it_is_written(text: str, parts: tuple[int, ...]) -> None:
    assert dates.parts(text) == parts


@pytest.mark.parametrize("url", ["https://[1", "https://[x]/doi/10.1000/a", "https://a\u2100b.example/", ""])
def test_what_only_looks_like_an_address_has_no_identifier(url: str) -> None:
    assert identifiers.doi_of_url(url) is None
    assert identifiers.pmid_of_url(url) is None
    assert identifiers.host_of(url) == identifiers.address_key(url) == ""
    assert parse(f"Sample A. Colds. 2020. {url}") is not None


def test_identifiers_have_one_spelling() -> None:
    assert identifiers.doi("https://doi.org/10.1000/ABC(1).") == "10.1000/abc(1)"
    assert identifiers.doi("(doi: 10.1000/abc).") == "10.1000/abc"
    assert identifiers.doi("10.1/a") is None
    assert identifiers.pmid("PMID: 0032491499") == "32491499"
    assert identifiers.pmid("PMC12") is None
    assert identifiers.pmid_of_url("https://pubmed.ncbi.nlm.nih.gov/32491499/") == "32491499"
    assert identifiers.doi_of_url("https://journal.example/doi/full/10.1000/abc") == "10.1000/abc"
    assert identifiers.address_key("https://www.X.example/a/?utm_source=b#c") == identifiers.address_key(
        "http://x.example/a"
    )


@pytest.mark.holds("E-04")
@pytest.mark.parametrize(
    ("text", "url", "grade"),
    [
        ("NHS. Migraine.", "https://www.nhs.uk/conditions/migraine/", Grade.GUIDELINE),
        ("Headaches.", "https://www.nice.org.uk/guidance/cg150", Grade.GUIDELINE),
        ("NICE. Headaches in over 12s. London: NICE; 2012.", None, Grade.GUIDELINE),
        ("A leaflet.", "https://assets.publishing.service.gov.uk/a.pdf", Grade.GUIDELINE),
        ("Doe A. Rest: a systematic review. J Ex. 2020;1(2):3-4. doi:10.1000/a", None, Grade.GUIDELINE),
        ("Doe A. Rest. Cochrane Database Syst Rev. 2020;1:CD1. doi:10.1002/a", None, Grade.GUIDELINE),
        ("Doe A. Rest. J Ex. 2020;1(2):3-4.", None, Grade.PEER_REVIEWED),
        ("Doe A. Rest.", "https://pubmed.ncbi.nlm.nih.gov/32491499/", Grade.PEER_REVIEWED),
        ("Doe A. Rest.", "https://www.shop.com/doi/10.1000/abc", Grade.PEER_REVIEWED),
        ("Marks.", "https://www.macmillan.org.uk/a", Grade.CHARITY),
        ("Marks.", "https://www.cancercenter.com/a", Grade.COMMERCIAL),
        ("Marks.", "https://drsample.com.au/a", Grade.COMMERCIAL),
        ("Marks.", "https://notnhs.uk.example.com/a", Grade.COMMERCIAL),
        ("Marks.", "https://unknown.example/a", Grade.UNCHECKABLE),
        ("A talk, 2020.", None, Grade.UNCHECKABLE),
    ],
)
def test_a_source_is_graded_by_who_stands_behind_it(text: str, url: str | None, grade: Grade) -> None:
    known = facts(Reference("a", 1, text, url))
    assert (known.grade, bool(known.why)) == (grade, True)
    assert facts(Reference("a", 1, text, url, grade=Grade.CHARITY)).grade is Grade.CHARITY


@pytest.mark.holds("E-04")
def test_what_a_reference_does_not_say_is_named() -> None:
    def missing(text: str, url: str | None = None, accessed: date | None = None) -> tuple[str, ...]:
        return facts(Reference("a", 1, text, url, accessed=accessed)).missing

    assert missing("Marks") == ("year", "publisher", "address")
    assert missing("Marks", "https://x.example/a") == ("year", "publisher", "access date")
    assert missing("Sample Trust. Marks. 2021.", "https://x.example/a", date(2024, 1, 1)) == ()
    assert missing("Doe A. Rest. J Ex. 2020;1(2):3-4. doi:10.1000/a") == ()


@pytest.mark.holds("E-04")
def test_a_source_looked_at_more_than_three_years_ago_is_stale() -> None:
    known = facts(Reference("a", 1, "NHS. Migraine [accessed 12 March 2021]", "https://www.nhs.uk/a"))
    assert not known.is_stale(date(2024, 3, 12))
    assert known.is_stale(date(2024, 3, 13))
    assert not facts(Reference("a", 1, "NHS. Migraine")).is_stale(date(2030, 1, 1))


def test_the_same_source_twice_is_found_by_any_of_its_identifiers() -> None:
    references = (
        Reference("a", 1, "Doe A. Rest. doi:10.1000/a"),
        Reference("b", 2, "Sample Trust. Rest.", "https://x.example/rest/"),
        Reference("c", 3, "Doe A. Rest.", "https://doi.org/10.1000/A"),
        Reference("d", 4, "Trust. Rest", "https://www.x.example/rest"),
        Reference("e", 5, "Other. Rest", "https://x.example/other"),
    )
    assert [(first.id, again.id) for first, again in duplicates(references)] == [("a", "c"), ("b", "d")]


_FRONT = """title: Test
references:
  - text: Doe A. Rest [cited 2020 Jan 1]. doi:10.1000/said
"""


def test_fields_of_the_front_matter_go_before_the_words() -> None:
    front = _FRONT + (
        "    doi: https://doi.org/10.1000/GIVEN\n    pmid: PMID 012\n    accessed: 2024-03-01\n    grade: charity"
    )
    (reference,) = markdown("## A\na\n", front=front).article.references
    known = facts(reference)
    assert (known.doi, known.pmid, known.accessed, known.grade) == (
        "10.1000/given",
        "12",
        date(2024, 3, 1),
        Grade.CHARITY,
    )
    assert csl(reference)["accessed"] == on(2024, 3, 1)


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("doi: here", "'here' is no doi of reference 1. Write it as 10.1136/bmj.n71"),
        ("pmid: PMC1", "'PMC1' is no pmid of reference 1"),
        ("accessed: 1 May", "'accessed' takes a date"),
        ("grade: good", "The grades are guideline, peer-reviewed, charity, commercial, uncheckable"),
    ],
)
def test_a_field_that_cannot_be_used_is_refused_with_its_line(field: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refusal:
        markdown("## A\na\n", front=_FRONT + f"    {field}")
    assert str(refusal.value).startswith("a.md:5: ")
    assert sentence in str(refusal.value)
