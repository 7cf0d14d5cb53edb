import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.core.content.article import Paragraph, Run, SectionKind, Severity
from pipeline.core.errors import BadInput
from pipeline.core.series import plan, series_file
from pipeline.core.series.issue import PlannedIssue, SeriesPlan, Subjects
from tests.core.series.articles import article, callout, question, section, text, whole


def series(*parts, slug="sore-knees"):
    """A plan whose issues have these sections; an id with a `?` before it is a question."""
    issues = []
    for number, ids in enumerate(parts, start=1):
        sections = tuple(i for i in ids if not i.startswith("?"))
        questions = tuple(i[1:] for i in ids if i.startswith("?"))
        issues.append(PlannedIssue(number, f"Title {number}", f"Part {number}", "Lead", sections, questions))
    return SeriesPlan("knees", "Knees", slug, "p", tuple(issues))


def rules(made, told):
    return [(finding.rule, finding.quote) for finding in plan.review(made, told)]


# validate


def test_a_missing_section_is_named_with_its_issue_and_the_nearest_one():
    with pytest.raises(BadInput) as caught:
        plan.validate(series(["overview"], ["tipes"]), whole())
    assert str(caught.value) == (
        'content/series/knees.toml: Issue 2 names the section "tipes", which the article has not. '
        'Did you mean "types"?'
    )


def test_with_its_source_the_line_is_named_too():
    made = series(["overview"], ["tipes"])
    with pytest.raises(BadInput, match=r"^my\.toml:17: Issue 2 names"):
        plan.validate(made, whole(), name="my.toml", source=series_file.write(made).encode())


def test_a_missing_question_is_named():
    with pytest.raises(BadInput, match=r'question "wy".*Did you mean "why"\?'):
        plan.validate(series(["?wy"]), whole())


def test_a_question_among_the_sections_is_explained():
    with pytest.raises(BadInput, match="It is a question: put it under questions"):
        plan.validate(series(["who"]), whole())


def test_an_id_like_no_other_gets_the_list():
    with pytest.raises(BadInput, match="Its questions are: why, who"):
        plan.validate(series(["?zzzzzz"]), whole())
    with pytest.raises(BadInput, match="It has no questions"):
        plan.validate(series(["?zzzzzz"]), article(section("types")))


def test_a_plan_for_another_article_is_refused():
    with pytest.raises(BadInput, match='from the article "elbows"'):
        plan.validate(series(["types"], slug="elbows"), whole())


def test_a_section_in_two_issues_is_refused():
    with pytest.raises(BadInput, match='Issue 2 names the section "types", which is already in issue 1'):
        plan.validate(series(["types"], ["types"]), whole())


def test_a_plan_without_issues_is_refused():
    with pytest.raises(BadInput, match="no issues"):
        plan.validate(series(), whole())


# review

ALL = (["overview", "help"], ["types"], ["causes", "symptoms"], ["diagnosis", "scans"], ["management"])
LAST = ["summary", "?why", "?who"]


def test_a_good_plan_gets_no_remark():
    assert rules(series(*ALL, LAST), whole()) == []


def test_what_is_left_out_is_listed_and_urgent_advice_blocks():
    found = plan.review(
        series(["overview"], ["types"], ["causes", "symptoms"], ["diagnosis", "scans"]), whole()
    )
    assert [(f.rule, f.quote, f.severity) for f in found] == [
        ("series.left_out", "Management", Severity.C),
        ("series.left_out", "Summary", Severity.C),
        ("series.left_out", "Help", Severity.B),
        ("series.left_out", "Why?", Severity.C),
        ("series.left_out", "Who?", Severity.C),
    ]
    assert found[0].line == 3


def test_a_section_out_of_order_is_flagged():
    shuffled = series(["overview", "help"], ["causes", "symptoms"], ["types"], *ALL[3:], LAST)
    assert rules(shuffled, whole()) == [("series.order", "Types")]


def test_a_sub_heading_apart_from_its_heading_is_flagged():
    parted = series(*ALL[:3], ["diagnosis"], ["scans", "management"], LAST)
    assert rules(parted, whole()) == [("series.apart", "Scans")]


def test_urgent_advice_in_the_last_issue_alone_is_flagged():
    told = article(section("overview"), section("help"))
    assert rules(series(["overview"], ["help"]), told) == [("series.urgent_last", "Help")]
    assert rules(series(["overview", "help"]), told) == []


def test_an_article_that_says_nowhere_how_to_get_help_is_flagged():
    assert rules(series(["overview"]), article(section("overview"))) == [("series.no_help", "Sore knees")]


def test_a_subject_that_is_long_or_names_the_topic_is_flagged():
    told = article(section("help"), topic="knees")
    long = series(["help"])
    long = replace(long, issues=(replace(long.issues[0], subject="x" * 61),))
    loud = replace(long, issues=(replace(long.issues[0], subject="All about KNEES"),))
    assert rules(long, told) == [("series.subject", "x" * 61)]
    assert rules(loud, told) == [("series.subject", "All about KNEES")] * 2  # it shouts, too
    assert rules(replace(loud, subjects=Subjects.OPEN), told) == [("series.subject", "All about KNEES")]


# resolve


def test_the_words_of_an_issue_are_those_of_the_article():
    told = whole()
    issues = plan.resolve(series(*ALL, LAST), told, False)
    assert {s for issue in issues for s in issue.sections} == set(told.sections)
    assert [s.blocks for s in issues[2].sections] == [
        told.section("causes").blocks,
        told.section("symptoms").blocks,
    ]
    assert [q for issue in issues for q in issue.questions] == list(told.faq)


def test_references_count_from_one_in_the_order_in_which_an_issue_uses_them():
    told = article(
        section("overview", refs=("c", "a")),
        section("types", refs=("b",), also=[text(5, "c"), text(5, "b")]),
        faq=[question(refs=("a",))],
    )
    first, second = plan.resolve(series(["overview"], ["types", "?why"]), told, False)
    assert [(r.number, r.id) for r in first.references] == [(1, "c"), (2, "a")]
    assert [(r.number, r.id) for r in second.references] == [(1, "b"), (2, "c"), (3, "a")]


def test_a_reference_that_only_a_callout_cites_is_listed():
    told = article(section("overview", also=[callout("note", "b")]))
    assert [r.id for r in plan.resolve(series(["overview"]), told, False)[0].references] == ["b"]


def test_a_reference_that_only_the_repeated_help_cites_comes_last():
    told = article(section("help", also=[callout("urgent", "a")]), section("types", refs=("b",)))
    second = plan.resolve(series(["help"], ["types"]), told, False)[1]
    assert [(r.number, r.id) for r in second.references] == [(1, "b"), (2, "a")]


def test_a_citation_of_nothing_is_refused_with_its_line():
    with pytest.raises(BadInput, match=r'content/articles/sore-knees\.md:7: The text cites "zz"'):
        plan.resolve(series(["types"]), article(section("types", refs=("zz",))), False)


def test_an_issue_names_its_neighbours():
    first, second, third = plan.resolve(series(["overview"], ["types"], ["causes"]), whole(), False)
    assert (first.previously, first.next_week) == (None, "Title 2.")
    assert (second.previously, second.next_week) == ("Title 1.", "Title 3.")
    assert (third.previously, third.next_week) == ("Title 2.", None)


def test_a_title_that_asks_keeps_its_question_mark():
    asked = series(["overview"], ["types"])
    asked = replace(asked, issues=(asked.issues[0], replace(asked.issues[1], title="What now?")))
    assert plan.resolve(asked, whole(), False)[0].next_week == "What now?"


def test_an_issue_without_advice_of_its_own_repeats_where_to_get_help():
    own, symptoms, other = plan.resolve(series(["overview", "help"], ["symptoms"], ["types"]), whole(), False)
    assert own.help == ()
    assert [c.title for c in symptoms.help] == ["Act: urgent"], "more urgent than its own, and about symptoms"
    assert symptoms.help_from == (1,)
    assert [c.title for c in other.help] == ["Act: urgent"]


def test_a_note_is_not_urgent_advice():
    told = article(section("help", also=[callout()]), section("types", also=[callout("note")]))
    assert plan.resolve(series(["types"]), told, False)[0].help == (callout(),)


def test_a_help_section_without_a_callout_is_repeated_in_its_own_words():
    told = article(section("help"), section("types"))
    (repeated,) = plan.resolve(series(["types"]), told, False)[0].help
    assert (repeated.title, repeated.blocks) == ("Help", told.section("help").blocks)


def test_without_a_help_section_the_most_urgent_callouts_are_repeated():
    told = article(
        section("types"), section("causes", also=[callout("soon")]), faq=[question(also=[callout()])]
    )
    assert plan.resolve(series(["types"]), told, False)[0].help == (callout("urgent"),)
    told = replace(told, faq=())
    assert plan.resolve(series(["types"]), told, False)[0].help == (callout("soon"),)


def test_reading_time_counts_all_that_is_read():
    told = article(section("types", 199), section("help", 1, also=[callout()]), faq=[question(words=190)])
    assert plan.resolve(series(["help"]), told, False)[0].reading_minutes == 1
    assert plan.resolve(series(["types", "?why"]), told, False)[0].reading_minutes == 3


def test_a_demonstration_and_the_people_are_passed_on():
    told = replace(whole(), disclaimer="Ask your GP.")
    issue = plan.resolve(series(["types"]), told, True)[0]
    assert (issue.demonstration, issue.disclaimer, issue.total) == (True, "Ask your GP.", 1)


def test_a_plan_that_does_not_fit_is_not_resolved():
    with pytest.raises(BadInput, match="tipes"):
        plan.resolve(series(["tipes"]), whole(), False)


def test_the_series_in_the_repository_fits_its_article():
    from pipeline.core.content import importers

    source = Path("content/articles/breast-calcifications.md")
    told = importers.read(str(source), source.read_bytes()).article
    file = Path("content/series/breast-calcifications.toml")
    made = series_file.read(str(file), file.read_bytes())
    assert plan.review(made, told) == ()
    issues = plan.resolve(made, told, True)
    assert {ref.id for issue in issues for ref in issue.references} == {ref.id for ref in told.references}
    assert all(issue.help or any(callouts(issue)) for issue in issues)


def test_the_series_file_of_the_guide_is_one_of_its_article_and_every_rule_is_in_it():
    guide = Path("docs/writing.md").read_text()
    article_, series_ = (
        re.search(rf"```{kind}\n(.*?)```", guide, re.DOTALL)[1] for kind in ("markdown", "toml")
    )
    from pipeline.core.content import importers

    told = importers.read("hay-fever.md", article_.encode()).article
    made = series_file.read("hay-fever.toml", series_.encode())
    plan.validate(made, told)
    assert [f.rule for f in plan.review(made, told)] == ["series.left_out_on_purpose"]
    known = re.findall(r'(?:_finding|_left)\(\s*"(\w+)"', Path("pipeline/core/series/review.py").read_text())
    assert [
        rule for rule in known if rule not in ("section", "question") and f"`series.{rule}`" not in guide
    ] == []
    assert len(set(known)) > 8


def callouts(issue):
    from pipeline.core.series.advice import says_urgent

    return [says_urgent(section) for section in issue.sections]


def test_hedges_survive_the_split():
    hedged = Paragraph((Run("However, it may not help."),))
    told = article(replace(section("types"), blocks=(hedged,), kind=SectionKind.TYPES))
    assert plan.resolve(series(["types"]), told, False)[0].sections[0].blocks == (hedged,)
