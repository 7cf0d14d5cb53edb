"""Which marks are citations (E-20): a table for each notation, and a table of what must be left alone.

The list of references is the same throughout: twelve, of which some have authors and years that marks may name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.core.content.article import (
    Article,
    Callout,
    Cite,
    Inlines,
    Paragraph,
    Reading,
    Reference,
    Run,
    Section,
    SectionKind,
    Urgency,
)
from pipeline.core.content.importers import read
from pipeline.core.content.importers.citing import linked
from pipeline.core.content.importers.citing.habits import Habits, habits, word_counts
from pipeline.core.content.importers.citing.lifter import Lifter
from pipeline.core.content.importers.citing.raised import raised
from pipeline.core.content.importers.page import Entry
from pipeline.core.content.importers.reference_list import references
from pipeline.core.content.markdown_writer import write
from pipeline.core.content.reading_json import reading_json
from pipeline.core.content.words import plain
from tests.core.content.samples import SAMPLES, anchors, markdown, sample

LIST = (
    "Smith J, Jones B. Pollen and asthma. J Examples. 2020;12(3):45-9.",
    "Jones B, Lee C. Care of the skin. J Examples. 2019a;1:2-3.",
    "Jones B, Lee C. Care of the nails. J Examples. 2019b;1:4-5.",
    "World Health Organization. (2021). Asthma. https://who.example/asthma",
    "van der Berg P, O'Neil K. Sleep. BMJ 2018;360:k123.",
    "García M, Roe A, Doe B, et al. Food. Lancet. 2017;3:10-9.",
    "NHS (2023) Migraine. Available at: https://health.example/migraine (Accessed: 12 March 2024).",
    "Brown T. Rest. London: Sample Press; 2015.",
    "Brown A. Work. London: Sample Press; 2015.",
    "Sample 10. 2010.",
    "Sample 11. 2011.",
    "Example Trust. Pain. 2022.",
)


def page(sentence: str) -> bytes:
    listed = "\n".join(f"{n}. {text}" for n, text in enumerate(LIST, 1))
    return f"Tests\n\nAbout tests\n\n{sentence}\n\nReferences\n\n{listed}\n".encode()


CITED = [
    # square
    ("It is rare [6].", [[6]], "It is rare."),
    ("It is rare.[1,3-5]", [[1, 3, 4, 5]], "It is rare."),
    ("It is rare [1, 3–5].", [[1, 3, 4, 5]], "It is rare."),
    ("It is rare [1]–[3].", [[1, 2, 3]], "It is rare."),
    ("It is rare [1]-[3], and mild.", [[1, 2, 3]], "It is rare, and mild."),
    ("It is rare [1][2].", [[1, 2]], "It is rare."),
    ("It is rare [1], [4].", [[1, 4]], "It is rare."),
    ("It is rare [1] [2] [5].", [[1, 2, 5]], "It is rare."),
    ("It is rare [4][2].", [[4], [2]], "It is rare."),
    ("It is rare [1; 2].", [[1, 2]], "It is rare."),
    ("It is rare [ref. 2].", [[2]], "It is rare."),
    ("It is rare (refs 2, 3).", [[2, 3]], "It is rare."),
    ("Rare [1] and mild [2].", [[1], [2]], "Rare and mild."),
    # round
    ("It is rare (1).", [[1]], "It is rare."),
    ("It is rare (1, 3–5).", [[1, 3, 4, 5]], "It is rare."),
    ("It is rare.(2)", [[2]], "It is rare."),
    ("It is rare.(2) It is mild.", [[2]], "It is rare. It is mild."),
    ("It is rare (2), and mild.", [[2]], "It is rare, and mild."),
    ("It is rare (2); it is mild (3).", [[2], [3]], "It is rare; it is mild."),
    ("Most are harmless (10,11).", [[10, 11]], "Most are harmless."),
    ("It was found in 2015 (3).", [[3]], "It was found in 2015."),
    ("In adults,(4) it is rare.", [[4]], "In adults, it is rare."),
    ("It is rare (1 and 2).", [[1, 2]], "It is rare."),
    ("It is rare [1, 2 and 3].", [[1, 2, 3]], "It is rare."),
    # raised
    ("It hurts¹,³ and itches.", [[1, 3]], "It hurts and itches."),
    ("It hurts.¹²", [[12]], "It hurts."),
    ("It hurts.¹⁻³", [[1, 2, 3]], "It hurts."),
    ("It hurts³ at night.", [[3]], "It hurts at night."),
    ("It hurts.^1^", [[1]], "It hurts."),
    ("It hurts^1,2^ at night.", [[1, 2]], "It hurts at night."),
    ("It hurts.^[3]^", [[3]], "It hurts."),
    ("It hurts.<sup>4</sup>", [[4]], "It hurts."),
    ("It hurts.<sup>[4,5]</sup>", [[4, 5]], "It hurts."),
    ("So is it.²", [[2]], "So is it."),
    ("It was seen in 2015³ first.", [[3]], "It was seen in 2015 first."),
    ("It was 120 g/L⁴ in most.", [[4]], "It was 120 g/L in most."),
    ("The r¹,² was low.", [[1, 2]], "The r was low."),
    # glued
    ("It may be malignant.1 Ask.", [[1]], "It may be malignant. Ask."),
    ("It needs more tests2,5", [[2, 5]], "It needs more tests"),
    ("It needs more tests2–4", [[2, 3, 4]], "It needs more tests"),
    ("It needs (as said)3.", [[3]], "It needs (as said)."),
    ("It was found by MRI.4", [[4]], "It was found by MRI."),
    ("In adults,3 it is rare.", [[3]], "In adults, it is rare."),
    ("In adults;3,4 in children too.", [[3, 4]], "In adults; in children too."),
    ("Signs may include:7", [[7]], "Signs may include:"),
    ("He called it “mild”.2", [[2]], "He called it “mild”."),
    ("They differ in Size and Shape3", [[3]], "They differ in Size and Shape"),
    ("Is it rare?5 Yes.", [[5]], "Is it rare? Yes."),
    ("Known since the 1990s.4", [[4]], "Known since the 1990s."),
    ("It may recur,2,3 though rarely.", [[2, 3]], "It may recur, though rarely."),
    # author and year
    ("It is rare (Smith 2020).", [[1]], "It is rare."),
    ("It is rare (Smith, 2020).", [[1]], "It is rare."),
    ("It is rare (Smith and Jones 2020).", [[1]], "It is rare."),
    ("It is rare (Smith & Jones, 2020).", [[1]], "It is rare."),
    ("It is rare (Smith et al., 2020; Jones & Lee 2019a).", [[1, 2]], "It is rare."),
    ("It is rare (Jones & Lee 2019b).", [[3]], "It is rare."),
    ("It is rare (Jones and Lee, 2019a, b).", [[2, 3]], "It is rare."),
    ("It is rare (World Health Organization, 2021).", [[4]], "It is rare."),
    ("It is rare (WHO, 2021).", [[4]], "It is rare."),
    ("It is rare (van der Berg & O'Neil, 2018).", [[5]], "It is rare."),
    ("It is rare (Garcia et al 2017).", [[6]], "It is rare."),
    ("It is rare (García et al., 2017).", [[6]], "It is rare."),
    ("It is rare (see Smith, 2020).", [[1]], "It is rare."),
    ("It is rare (e.g. Smith 2020; WHO 2021; NHS 2023).", [[1, 4, 7]], "It is rare."),
    ("It is rare (NHS, 2023).", [[7]], "It is rare."),
    ("It is rare (Smith 2020, WHO 2021).", [[1, 4]], "It is rare."),
    ("It is rare (see Smith 2020 and WHO 2021).", [[1, 4]], "It is rare."),
    ("It is rare (Jones & Lee, 2019a; 2019b).", [[2, 3]], "It is rare."),
    ("It is rare [Smith et al., 2020; WHO, 2021].", [[1, 4]], "It is rare."),
    ("The World Health Organization (2021) says so.", [[4]], "The World Health Organization says so."),
    ("Smith (2020) found it rare.", [[1]], "Smith found it rare."),
    ("Smith and Jones (2020) found it rare.", [[1]], "Smith and Jones found it rare."),
    ("García et al. (2017) found it rare.", [[6]], "García et al. found it rare."),
    ("García and colleagues (2017) found it rare.", [[6]], "García and colleagues found it rare."),
    ("As in Smith's (2020) work, it is rare.", [[1]], "As in Smith's work, it is rare."),
    ("It is rare (Example Trust 2022).", [[12]], "It is rare."),
]

LEFT_ALONE = [
    # names, genes, vitamins, hormones
    "Take vitamin D3.",
    "It follows COVID-19.",
    "A change in BRCA1.",
    "Changes in BRCA1 and BRCA2.",
    "The hormone T4.",
    "An H1 blocker, or H2.",
    "Levels of IL-6 rise.",
    "It has omega-3 in it.",
    "He took Omega3.",
    "A change in HER2.",
    "Vitamin B12 is low.",
    "The PM2.5 was high.",
    "It is type 2.",
    "It is type (2) in most.",
    "It was stage (3).",
    "An HLA-B(27) gene.",
    # chemistry
    "It gives off CO2.",
    "It holds Ca2+ back.",
    "It holds Ca²⁺ back.",
    "It is H2O.",
    "It is O₂ and CO₂.",
    "They took ¹³¹I by mouth.",
    # units, powers, sizes
    "There were 10^3.",
    "There were 10³ of them.",
    "There were 10^3^ of them.",
    "It covers 5 cm2.",
    "It covers 5 m².",
    "It covers 5 m^2^.",
    "It is 20kg/m2.",
    "It is 20 kg/m² or more.",
    "It was counted in kcal3.",
    "The r² was low.",
    "It was 10⁻³ of it.",
    "A rate of 5 s⁻¹ is low.",
    "The mean was 3.5",
    "A pain of 7/10 is bad.",
    "A score of 7/10.",
    "It scored 4/5 (80%).",
    # years, dates, phones, counts
    "It was 1996.",
    "It was found (2015).",
    "It was found in London (2012).",
    "It began in March (2020).",
    "It closed (March 2020).",
    "It is open (since 2015).",
    "The Data Protection Act (2018) says so.",
    "Call (020) 7946 0000.",
    "Call (1) 555 0100.",
    "Call +44 (0)20 7946 0000.",
    "Call 111 or 999.",
    "It came 3rd.",
    "It came 1st of 12.",
    "Take two (2) tablets.",
    "Take two tablets (2).",
    "There were three trials (3).",
    "Vaccines (2020) were new.",
    "Take alpha1 blockers.",
    "Take folic acid 400 mcg (2 tablets).",
    # lists in a line, points of a scale, names of pages
    "Do this: (1) wash, (2) dry.",
    "(1) First wash.",
    "Check (1) the label and (2) the date.",
    "Either (1) wait or (2) ask.",
    "It is on a scale (1-5).",
    "Its range (1–10) is wide.",
    "See Fig.2.",
    "See ISO 9001.",
    "See section 12(2) of it.",
    "See https://x.test/page.1",
    "Write to ada@x.test.2",
    "The function f(2) grows.",
    "It was mild (not 1 of them died).",
    "A ratio of 1:2 is fine.",
    "It was put at 1,2 and 3.",
    "Some* say so.",
    "It lasts 3–5 days.",
    "About 1 in 2 have it.",
    "Give 2.5 ml/kg.",
    "He was 5 (five).",
]

ASKED = [
    "It needs more tests9,2.",  # not in rising order
    "It needs tests13.",  # there are twelve references
    "It needs tests2 and rest.",  # in mid-sentence
    "We used MRI3. An MRI was enough.",  # an abbreviation that also stands alone
    "It goes within the day2.",  # a day with a number, or a citation
    "It is rare [13].",
    "It is rare [3, 1].",
    "It is rare [1–40].",
    "Take 5 mg(2).",  # a dose, and a citation or a count
    "Take 5 mg (2) at night.",
    "Take it for 5 days (2).",
    "Tests (2) show it.",  # in mid-sentence, and nothing tells how the page cites
    "It is rare. (2) It is mild.",
    "A packet of (2).",
    "There is iron (2).",
    "It is rare. 2 It is mild.",
    "It is in group (2).",
    "It hurts.¹³",
    "It is rare (Brown 2015).",  # two of that name and year
    "It is rare (Jones & Lee 2019).",
    "It is rare (Smith et al., 2016).",  # none of that year
    "It is rare (Nobody et al., 2016).",
    "It is rare (Smith 2020; Nobody 2011).",
    "It is rare (Smith, 2020, p. 4; WHO 2021).",
    "Nobody et al. (2016) found it rare.",
    "Smith (2016) found it rare.",
    "It is rare (ref. 13).",
    "Drink 2 litres (3).",
    "Drink two litres (3).",
    "It is common over 50 (4).",  # a figure before it, on a page that does not cite so elsewhere
    "It affects 10% (2) of adults.",
    "It covers 5 m² (2).",
    "It is hepatitis B⁴ here.",
    "It is rare (Smith et al., 2020, 2021).",
]


@pytest.mark.holds("E-20")
@pytest.mark.parametrize(("sentence", "numbers", "words"), CITED)
def test_a_citation_is_lifted_out_of_the_words_and_keeps_its_place(
    sentence: str, numbers: list[list[int]], words: str
) -> None:
    reading = read("a.txt", page(sentence))
    assert anchors(reading.article) == [(5, each) for each in sorted(numbers)]
    assert [f for f in reading.findings if f.rule.startswith("E-20")] == []
    block = reading.article.sections[0].blocks[0]
    assert isinstance(block, Paragraph)
    assert plain(block.text) == words


@pytest.mark.holds("E-20")
@pytest.mark.parametrize("sentence", LEFT_ALONE)
def test_what_is_no_citation_is_neither_lifted_nor_asked_about(sentence: str) -> None:
    reading = read("a.txt", page(sentence))
    assert anchors(reading.article) == []
    assert [f.rule for f in reading.findings if f.rule.startswith("E-20")] == []
    block = reading.article.sections[0].blocks[0]
    assert isinstance(block, Paragraph)
    assert plain(block.text) == sentence


@pytest.mark.holds("E-20")
@pytest.mark.parametrize("sentence", ASKED)
def test_what_could_be_a_citation_is_left_and_asked_about_once(sentence: str) -> None:
    reading = read("a.txt", page(sentence))
    assert anchors(reading.article) == []
    assert [(f.rule, f.severity.value, f.line) for f in reading.findings if f.rule.startswith("E-20")] == [
        ("E-20.glued-citation", "B", 5)
    ]
    block = reading.article.sections[0].blocks[0]
    assert isinstance(block, Paragraph)
    assert plain(block.text) == sentence


def test_a_raised_figure_before_a_bracket_is_no_year() -> None:
    assert anchors(read("a.txt", page("It is rare ² (1).")).article) == [(5, [2])]


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(CITED) >= 60
    assert len(LEFT_ALONE) >= 60


REFERENCES, _ = references([Entry(text, n) for n, text in enumerate(LIST, 1)])
IDS = [reference.id for reference in REFERENCES]


def lifted(*parts: Run | Cite, habit: Habits | None = None) -> Inlines:
    text = " ".join(part.text for part in parts if isinstance(part, Run))
    lifter = Lifter(REFERENCES, word_counts(text), habit or Habits())
    return lifter.lift_inlines(parts, 1).text


def test_a_mark_is_lifted_whatever_styles_and_links_it_goes_through() -> None:
    assert lifted(Run("Rare (Smith "), Run("et al.", emphasis=True), Run(", 2020) and mild.")) == (
        Run("Rare "),
        Cite((IDS[0],)),
        Run(" and mild."),
    )
    assert lifted(Run("It is "), Run("rare.1", strong=True), Run(" It is mild.")) == (
        Run("It is "),
        Run("rare.", strong=True),
        Cite((IDS[0],)),
        Run(" It is mild."),
    )
    held = Cite((IDS[1],))
    assert lifted(Run("Rare."), held, Run(" Mild (3).")) == (
        Run("Rare."),
        held,
        Run(" Mild "),
        Cite((IDS[2],)),
        Run("."),
    )


def test_raised_figures_of_markup_are_marks_or_stay_raised() -> None:
    assert lifted(Run("It is rare."), Run(raised("1,2"))) == (Run("It is rare."), Cite((IDS[0], IDS[1])))
    assert lifted(Run("There were 10"), Run(raised("3"))) == (Run("There were 10³"),)


def test_how_the_rest_of_the_page_cites_decides_what_one_mark_cannot() -> None:
    middle = Run("Tests (2) show it.")
    assert habits("It is rare (1). It is mild (2, 3).", 12) == Habits(round=True)
    assert habits("It is rare [1]. It is mild [2]. It is slow (3).", 12) == Habits(round=False)
    assert lifted(middle, habit=Habits(round=True)) == (Run("Tests "), Cite((IDS[1],)), Run(" show it."))
    assert lifted(Run("Rare (2)."), habit=Habits(round=False)) == (Run("Rare (2)."),)


def test_marks_that_may_count_the_parts_of_a_sentence_are_asked_about() -> None:
    for sentence in (
        "There are kinds: mild (1), moderate (2) and severe (3).",
        "Score one for each: fever (4), cough (4), age (4).",
    ):
        reading = read("a.txt", page(sentence))
        assert anchors(reading.article) == []
        assert len([f for f in reading.findings if f.rule.startswith("E-20")]) == 3
    assert lifted(Run("Common over 50 (4)."), habit=Habits(round=True)) == (
        Run("Common over 50 "),
        Cite((IDS[3],)),
        Run("."),
    )


NOTATIONS: dict[str, Callable[[str], str]] = {
    "brackets": lambda digits: f" [{digits}]",
    "round": lambda digits: f" ({digits})",
    "round, glued": lambda digits: f"({digits})",
    "raised": raised,
    "carets": lambda digits: f"^{digits}^",
    "tags": lambda digits: f"<sup>{digits}</sup>",
    "pairs": lambda digits: "".join(f"[{each}]" for each in digits.split(",")),
}


@pytest.mark.holds("E-20")
@pytest.mark.parametrize("notation", NOTATIONS)
def test_one_page_has_the_same_citations_in_every_notation(notation: str) -> None:
    lines = (SAMPLES / "scraped-page.txt").read_text().split("\n")
    glued = sample("scraped-page.txt")
    for line, numbers in anchors(glued.article):
        digits = ",".join(map(str, numbers))
        written = re.sub(rf"(?<=[a-z.]){digits}(?=\s|$)", NOTATIONS[notation](digits), lines[line - 1])
        assert written != lines[line - 1]
        lines[line - 1] = written
    reading = read("a.txt", "\n".join(lines).encode())
    assert anchors(reading.article) == anchors(glued.article)
    assert [s.heading for s in reading.article.sections] == [s.heading for s in glued.article.sections]
    rules = [f.rule for f in reading.findings]
    assert rules == [f.rule for f in glued.findings]


def test_footnote_signs_are_citations_where_their_notes_name_a_source() -> None:
    text = (
        "Tests\n\nAbout tests\n\nIt is rare.* It is mild† and slow.‡\n\nIt is slow.\n\n"
        "* Sample A. Pollen. 2020.\n† Sample B. Dust.\nJ Examples. 2021.\n‡ In adults only.\n"
    )
    reading = read("a.txt", text.encode())
    assert [(r.number, r.text, r.line) for r in reading.article.references] == [
        (1, "Sample A. Pollen. 2020.", 9),
        (2, "Sample B. Dust. J Examples. 2021.", 10),
    ]
    assert anchors(reading.article) == [(5, [1]), (5, [2])]
    assert "‡" in plain(reading.article.sections[0].blocks[0].text)  # type: ignore[union-attr]


def test_a_list_with_stars_is_no_list_of_notes() -> None:
    text = "Tests\n\nAbout tests\n\nSome* say so:\n\n* one in 2020\n* two in 2021\n"
    assert read("a.txt", text.encode()).article.references == ()


def test_a_link_to_the_address_of_a_reference_cites_it_once_and_stays() -> None:
    link = Run("the page", href="https://www.who.example/asthma/?utm_source=x")
    assert lifted(Run("See "), link, Run(".")) == (Run("See "), link, Cite((IDS[3],)), Run("."))
    assert lifted(Run("See "), link, Run(" [4].")) == (Run("See "), link, Run(" "), Cite((IDS[3],)), Run("."))
    doi = Run("a trial", href="https://doi.org/10.1000/food")
    assert linked.addresses([Reference("f", 1, "Doe A. Food. doi:10.1000/FOOD")]) == {
        "doi.org/10.1000/food": "f"
    }
    assert lifted(doi) == (doi,)
    mark = Run("[source]", href="https://who.example/asthma")
    assert lifted(Run("It is rare "), mark, Run(".")) == (Run("It is rare "), Cite((IDS[3],)), Run("."))


def test_an_article_without_a_list_proposes_the_pages_that_it_links_to() -> None:
    paper = Run("a trial", href="https://journal.example/a")
    again = Run("it", href="https://journal.example/a#part")
    doors = (
        Run("Write to us", href="https://x.example/contact/"),
        Run("write", href="mailto:ada@x.example"),
    )
    box = Callout(Urgency.URGENT, "Help", (Paragraph((Run("111", href="https://help.example/"),), 9),))
    section = Section(
        "a",
        "A",
        2,
        SectionKind.OTHER,
        (Paragraph((Run("See "), paper, Run(", and "), again, *doors), 7), box),
    )
    article, findings = linked.propose(Article("T", "t", (section,)))
    assert article.references == (Reference("journal-a-trial", 1, "a trial. journal.example", paper.href, 7),)
    assert [(f.rule, f.severity.value, f.line) for f in findings] == [("proposed-reference", "B", 7)]
    first, unchanged = article.sections[0].blocks
    assert first == Paragraph(
        (
            Run("See "),
            paper,
            Cite(("journal-a-trial",)),
            Run(", and "),
            again,
            Cite(("journal-a-trial",)),
            *doors,
        ),
        7,
    )
    assert unchanged == box
    assert linked.propose(article) == (article, ())


def test_a_range_between_two_marks_is_read_and_words_between_them_are_kept() -> None:
    reading = markdown("## A\nRare [1]–[3]. Mild [1] - [2].\n\nRare [1]<!-- -->–[3].\n")
    assert anchors(reading.article) == [(8, [1, 2]), (8, [1, 2, 3]), (10, [1]), (10, [3])]
    again = markdown(write(reading.article).split("---\n")[2])
    assert [numbers for _, numbers in anchors(again.article)] == [[1, 2], [1, 2, 3], [1], [3]]


LISTED = "Tests\n\nAbout tests\n\nIt may cause:\n\n• pain\n• loss of weight3\n\nReferences\n\n" + "".join(
    f"{n}. {text}\n" for n, text in enumerate(LIST, 1)
)


@pytest.mark.holds("E-24")
def test_what_a_citation_at_the_end_of_a_list_supports_is_asked_until_an_editor_decides() -> None:
    def asked(reading: Reading) -> list[str]:
        return [f.quote for f in reading.findings if f.rule.startswith("E-24")]

    page = read("a.txt", LISTED.encode())
    assert asked(page) == ["loss of weight"]
    assert scopes_of(page) == ["item"]
    file = write(page.article)
    assert asked(read("a.md", file.encode())) == ["loss of weight"]
    # Whole list: the mark goes to the sentence before, and no question is left to ask.
    moved = file.replace("weight[3]", "weight").replace("cause:", "cause:[3]")
    assert asked(read("a.md", moved.encode())) == []
    assert scopes_of(read("a.md", moved.encode())) == ["whole list"]
    # The entry: the mark stays, and the note goes.
    (note,) = page.article.notes_for_reviewer
    kept = write(replace(page.article, notes_for_reviewer=()))
    assert note not in kept
    assert asked(read("a.md", kept.encode())) == []
    assert scopes_of(read("a.md", kept.encode())) == ["item"]


def scopes_of(reading: Reading) -> list[str]:
    return [citation.get("scope", "") for citation in reading_json(reading)["article"]["citations"]]
