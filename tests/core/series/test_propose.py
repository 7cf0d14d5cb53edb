import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.content.article import SectionKind
from pipeline.core.errors import BadInput
from pipeline.core.series import plan
from pipeline.core.series.grouping import room_for, section_words
from pipeline.core.series.issue import Rhythm
from tests.core.series.articles import article, callout, question, section, whole


def contents(proposed):
    return [issue.sections for issue in proposed.issues]


def test_each_issue_has_one_idea_in_the_order_of_the_ideas():
    assert contents(plan.propose(whole(), "weekly_health_email")) == [
        ("overview", "help"),
        ("types",),
        ("causes", "symptoms"),
        ("diagnosis", "scans"),
        ("management",),
        ("summary",),
    ]


def test_the_questions_stay_together_with_the_summary():
    assert plan.propose(whole(), "weekly_health_email").issues[-1].questions == ("why", "who")


def test_a_proposal_fits_its_article_and_needs_no_remark():
    proposed = plan.propose(whole(), "weekly_health_email")
    plan.validate(proposed, whole())
    assert plan.review(proposed, whole()) == ()


def test_a_subject_is_discreet_and_short_enough_for_a_phone():
    for issue in plan.propose(whole(), "weekly_health_email").issues:
        assert issue.subject.startswith(f"Your weekly health email, {issue.number} of 6: ")
        assert len(issue.subject) <= 60
        assert "knee" not in (issue.subject + issue.preheader).lower()


def test_the_list_names_itself_in_the_subject():
    daily = plan.propose(whole(), "daily_health_newsletter").issues[0]
    assert daily.subject == "Your daily health newsletter, 1 of 9: the basics"


def test_a_section_of_an_unknown_kind_stays_with_the_idea_before_it():
    proposed = plan.propose(article(section("types"), section("other"), section("causes")), "p")
    assert contents(proposed) == [("types", "other"), ("causes",)]


def test_a_tiny_idea_joins_the_shorter_neighbour():
    proposed = plan.propose(
        article(section("overview", 300), section("types", 20), section("causes", 200)), "p"
    )
    assert contents(proposed) == [("overview",), ("types", "causes")]
    assert proposed.issues[1].title == "The types and causes"


def test_a_tiny_idea_keeps_away_from_the_questions_if_it_can():
    sections = section("types", 300), section("management", 20)
    assert contents(plan.propose(article(*sections, faq=[question("why", 250)]), "p")) == [
        ("types", "management"),
        (),
    ]


def test_a_long_idea_is_divided_between_its_sections_first():
    proposed = plan.propose(article(section("causes", 500), section("symptoms", 500)), "p")
    assert contents(proposed) == [("causes",), ("symptoms",)]


def test_a_long_section_is_divided_only_at_a_sub_heading_and_evenly():
    parts = [section("diagnosis", 300, id=f"scan{n}", level=3) for n in range(4)]
    proposed = plan.propose(article(section("diagnosis", 30), *parts), "p")
    assert contents(proposed) == [("diagnosis", "scan0", "scan1"), ("scan2", "scan3")]
    assert [issue.title for issue in proposed.issues] == ["Diagnosis", "Scan2"]


def test_the_opening_of_a_long_section_is_never_an_issue_of_its_own():
    long = section("diagnosis", 900, id="scan", level=3)
    assert contents(plan.propose(article(section("diagnosis", 100), long), "p")) == [("diagnosis", "scan")]


def test_deeper_headings_stay_with_the_one_above_them():
    parts = [section("diagnosis", 250, id=f"h{n}", level=level) for n, level in enumerate([2, 3, 4, 3])]
    assert contents(plan.propose(article(*parts), "p")) == [("h0", "h1", "h2"), ("h3",)]


def test_urgent_advice_at_the_end_of_the_page_comes_first():
    proposed = plan.propose(article(section("overview"), section("types"), section("help")), "p")
    assert contents(proposed)[0] == ("overview", "help")


def test_urgent_advice_that_only_the_last_issue_would_have_moves_to_the_first():
    sections = section("overview"), section("types"), section("management", also=[callout("soon")])
    assert contents(plan.propose(article(*sections), "p")) == [("overview", "management"), ("types",)]


def test_a_summary_with_urgent_advice_stays_where_it_is_if_an_earlier_issue_gives_it_too():
    sections = section("overview", also=[callout()]), section("types"), section("summary", also=[callout()])
    assert contents(plan.propose(article(*sections), "p"))[-1] == ("summary",)


def test_an_article_of_questions_alone_is_one_issue():
    (only,) = plan.propose(article(faq=[question("why"), question("who")]), "p").issues
    assert (only.sections, only.questions) == ((), ("why", "who"))


def test_an_empty_article_is_refused():
    with pytest.raises(BadInput, match="nothing to plan"):
        plan.propose(article(), "p")


@st.composite
def any_article(draw):
    kinds = st.sampled_from([kind.value for kind in SectionKind])
    sections = []
    for n in range(draw(st.integers(0, 12))):
        also = [callout(draw(st.sampled_from(["urgent", "soon", "note"])))] if draw(st.booleans()) else []
        level = draw(st.sampled_from([2, 2, 3, 4]))
        words = draw(st.sampled_from([0, 5, 80, 300, 700, 1500]))
        sections.append(section(draw(kinds), words, id=f"s{n}", level=level, also=also))
    faq = [question(f"q{n}") for n in range(draw(st.integers(0 if sections else 1, 3)))]
    return article(*sections, faq=faq)


@settings(max_examples=50, deadline=None)
@given(any_article())
def test_a_sub_heading_leaves_its_section_only_where_that_is_too_long(made):
    place = {s: issue.number for issue in plan.propose(made, "p").issues for s in issue.sections}
    room = room_for(made, Rhythm.WEEKLY)
    for level in (2, 3):
        heads = [n for n, s in enumerate(made.sections) if s.level <= level or n == 0]
        for start, end in pairwise([*heads, len(made.sections)]):
            group = made.sections[start:end]
            if len({place[s.id] for s in group}) > 1:
                opening = made.sections[start - 1 : start]
                assert sum(map(section_words, (*opening, *group))) > room


def test_the_title_of_an_issue_is_never_empty():
    for issue in plan.propose(whole(), "p").issues:
        assert re.fullmatch(r"[A-Z].+", issue.title)
