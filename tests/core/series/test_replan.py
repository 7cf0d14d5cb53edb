"""A plan after an edit of its article: what an editor decided stays, and what went out does not move."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.content.article import Article, Paragraph, Run
from pipeline.core.errors import Refused
from pipeline.core.series import plan, series_edit, series_file
from pipeline.core.series.changes import What
from pipeline.core.series.issue import LeftOutOfPlan, SeriesPlan
from pipeline.core.series.replan import Replan
from tests.core.series.articles import article, question, section

FILE = """\
# The editor's own note, on top.

slug = "knees"  # kept
title = "Sore knees"
article = "sore-knees"
purpose = "weekly_health_email"

# This one is short on purpose.
[[issue]]
title = "My own title"
subject = "Your weekly health email, 1 of 3: mine"
preheader = "Hello"
sections = ["overview"]

[[issue]]
title = "Second"
subject = "Your weekly health email, 2 of 3: two"
preheader = "Part 2 of 3, and more"
sections = [
  # the kinds first
  "types",  # all of them
  "causes",
]

[[issue]]
title = "Third"
subject = "No count here"
preheader = "Bye"
sections = ["management"]
questions = ["why"]
"""


def part(name: str, *words: str, **more: object) -> object:
    """A section whose paragraphs say these words."""
    made = section("other", id=name)
    blocks = tuple(Paragraph((Run(f"{text} {name} {'x ' * 60}end."),)) for text in words or ("All", "Of"))
    return replace(made, blocks=blocks, **more)


BEFORE = article(
    part("overview"), part("types"), part("causes"), part("management", "One", "Two", "Three", "Four"),
    faq=[question("why")],
)  # fmt: skip


def old(**changes: object) -> SeriesPlan:
    made = series_file.read("knees.toml", FILE.encode())
    return plan.made_from(replace(made, **changes), BEFORE)


def again(*sections: object, gone: tuple[int, ...] = (), faq: object = BEFORE.faq) -> Replan:
    made = replace(BEFORE, sections=sections or BEFORE.sections, faq=faq)
    result = plan.replan(old(), made, gone)
    plan.validate(result.plan, made)
    return result


def said(result: Replan) -> list[str]:
    return [change.says for change in result.changes]


def shape(result: Replan) -> list[tuple[str, ...]]:
    return [(*issue.sections, *issue.questions) for issue in result.plan.issues]


OVERVIEW, TYPES, CAUSES, MANAGEMENT = BEFORE.sections
KEPT = [("overview",), ("types", "causes"), ("management", "why")]


def test_a_plan_that_fits_is_left_as_it_is() -> None:
    assert again().changes == ()
    assert again().plan == old()


def test_a_new_section_joins_its_neighbour_and_a_new_question_the_others() -> None:
    result = again(OVERVIEW, TYPES, part("kinds"), CAUSES, MANAGEMENT, faq=(*BEFORE.faq, question("who")))
    assert shape(result) == [("overview",), ("types", "kinds", "causes"), ("management", "why", "who")]
    assert said(result) == [
        'The section "Kinds" is new, and stands in issue 2.',
        'The question "Who?" is new, and stands in issue 3.',
    ]
    assert [i.title for i in result.plan.issues] == ["My own title", "Second", "Third"]


def test_a_section_that_is_gone_is_named_with_its_issue() -> None:
    result = again(OVERVIEW, TYPES, MANAGEMENT)
    assert said(result) == ['The section "Causes" is gone from the article. It was in issue 2.']
    assert shape(result) == [("overview",), ("types",), ("management", "why")]


def test_an_issue_with_nothing_left_goes_and_the_others_count_anew() -> None:
    result = again(OVERVIEW, MANAGEMENT)
    assert said(result)[:2] == [
        'Issue 2, "Second", is gone: nothing of it is left in the article.',
        'Issue 3, "Third", is now issue 2.',
    ]
    assert result.plan.issues[0].subject == "Your weekly health email, 1 of 2: mine"
    assert result.plan.issues[1].subject == "No count here", "an editor's own words stay"
    assert result.origins == (1, 3)


def test_a_section_under_a_new_heading_is_known_by_its_words() -> None:
    renamed = replace(TYPES, id="sorts", heading="Sorts of it")
    result = again(OVERVIEW, renamed, CAUSES, MANAGEMENT)
    assert shape(result)[1] == ("sorts", "causes")
    assert said(result) == ['The section "Types" is now called "Sorts of it", in issue 2.']
    half = replace(renamed, blocks=(renamed.blocks[0], Paragraph((Run("Quite new."),))))
    assert [c.what for c in again(OVERVIEW, half, CAUSES, MANAGEMENT).changes] == [What.RENAMED, What.CHANGED]
    other = part("sorts", "Nothing", "Alike")
    assert [c.what for c in again(OVERVIEW, other, CAUSES, MANAGEMENT).changes] == [What.REMOVED, What.ADDED]


def test_changed_words_are_told_and_a_heading_with_the_same_id_too() -> None:
    changed = replace(CAUSES, blocks=CAUSES.blocks[:1], line=99)
    result = again(OVERVIEW, replace(TYPES, heading="Kinds"), changed, MANAGEMENT)
    assert said(result) == [
        'The section "Types" is now called "Kinds", in issue 2.',
        'Some words of the section "Causes" changed; issue 2 has them as they are now.',
    ]


def test_what_has_gone_out_keeps_its_number_and_takes_nothing_in_silence() -> None:
    changed = replace(OVERVIEW, blocks=(*OVERVIEW.blocks, Paragraph((Run("More."),))))
    result = again(changed, part("help", kind=section("help").kind), TYPES, CAUSES, MANAGEMENT, gone=(1,))
    assert shape(result) == [("overview",), ("help", "types", "causes"), ("management", "why")]
    (first, new) = result.changes
    assert (first.what, first.before, first.after) == (What.CORRECTION, 1, 1)
    assert first.says == (
        'Issue 1 went out with other words of the section "Overview". Correct it for those who had it,'
        " or tell the new words in an extra issue."
    )
    assert (new.what, new.before, new.after) == (What.ADDED, None, 2)


def test_what_no_unsent_neighbour_can_hold_becomes_an_extra_issue_after_all_that_went_out() -> None:
    result = again(OVERVIEW, part("sorts"), TYPES, CAUSES, MANAGEMENT, gone=(1, 2))
    assert shape(result) == [*KEPT[:2], ("sorts",), KEPT[2]]
    assert [i.number for i in result.plan.issues] == [1, 2, 3, 4]
    assert result.origins == (1, 2, None, 3)
    assert [i.subject for i in result.plan.issues[:2]] == [i.subject for i in old().issues[:2]], (
        "as they went out"
    )
    assert said(result)[:2] == ['Issue 3, "Third", is now issue 4.', 'Issue 3, "Sorts", is new.']


def test_a_sent_issue_that_lost_a_section_asks_for_a_correction() -> None:
    (change,) = again(OVERVIEW, TYPES, MANAGEMENT, gone=(1, 2)).changes
    assert change.what is What.CORRECTION
    assert "Issue 2 went out with it" in change.says


def test_a_sent_issue_with_nothing_left_stops_the_plan() -> None:
    with pytest.raises(Refused, match="Issue 1 has nothing left to tell, and it keeps its number"):
        again(TYPES, CAUSES, MANAGEMENT, gone=(1, 2))
    with pytest.raises(Refused, match="Nothing of this series is left"):
        plan.replan(old(), replace(BEFORE, sections=(), faq=()))


def cut(blocks: tuple[Paragraph, ...]) -> tuple[tuple[str, ...], Replan]:
    """The plan with management cut before "Three", for an article whose management has these blocks."""
    first, _, third = old().issues
    parted = (
        replace(first, sections=("overview", "types", "causes")),
        replace(third, number=2, sections=("management",)),
        replace(third, number=3, sections=("management#three-management-x-x-x-x",), questions=()),
    )
    made = replace(BEFORE, sections=(*BEFORE.sections[:3], replace(MANAGEMENT, blocks=blocks)))
    result = plan.replan(old(issues=parted), made)
    told = [s for c in plan.resolve(result.plan, made, False) for s in c.sections if s.id.startswith("m")]
    assert [b for s in told for b in s.blocks] == list(blocks), "whole, whatever was edited"
    return tuple(len(s.blocks) for s in told), result


def new(words: str) -> Paragraph:
    return Paragraph((Run(words),))


ONE, TWO, THREE, FOUR = MANAGEMENT.blocks


@pytest.mark.parametrize(
    ("blocks", "wanted"),
    [
        ((ONE, TWO, THREE, FOUR), (2, 2)),
        ((new("Edited."), TWO, new("Put in."), THREE, FOUR), (3, 2)),
        ((ONE, TWO, new("Begins anew."), FOUR), (2, 2)),
        ((ONE, new("Edited."), new("Also edited."), FOUR), (3, 1)),
        ((new("A."), new("B."), new("C."), new("D.")), (2, 2)),
        ((ONE, FOUR), (1, 1)),
        ((ONE,), (1,)),
    ],
    ids=["nothing", "around it", "its first words", "both sides", "everything", "a gap", "its end taken out"],
)
@pytest.mark.holds("E-14")
def test_a_cut_stays_at_its_words_when_the_section_is_edited(blocks, wanted) -> None:
    assert cut(blocks)[0] == wanted


def test_a_cut_that_had_to_move_is_told() -> None:
    assert (
        'The part of "Management" in issue 3 now begins with other words: "management#begins-anew".'
        in said(cut((ONE, TWO, new("Begins anew."), FOUR))[1])
    )
    assert "Nothing is left of" in " ".join(said(cut((ONE,))[1]))


def test_what_an_editor_left_out_stays_out() -> None:
    left = (LeftOutOfPlan("causes", "Told elsewhere."),)
    first, second, third = old().issues
    made = old(issues=(first, replace(second, sections=("types",)), third), left_out=left)
    renamed = replace(CAUSES, id="why-so", heading="Why so")
    told = replace(BEFORE, sections=(OVERVIEW, TYPES, renamed, MANAGEMENT))
    result = plan.replan(made, told)
    assert result.plan.left_out == (LeftOutOfPlan("why-so", "Told elsewhere."),)
    assert shape(result)[1] == ("types",)


def test_without_fingerprints_only_what_came_and_went_is_known() -> None:
    bare = series_file.read("x", FILE.encode())
    told = replace(BEFORE, sections=(OVERVIEW, TYPES, part("kinds"), MANAGEMENT))
    assert [c.what for c in plan.replan(bare, told).changes] == [What.REMOVED, What.ADDED]


# The file


def edited(told: Article, source: str = FILE) -> str:
    made = plan.made_from(series_file.read("x", source.encode()), BEFORE)
    result = plan.replan(made, told)
    text = series_edit.updated(source, made, result.plan, result.origins)
    assert series_file.read("x", text.encode()) == result.plan
    return text


def test_the_file_keeps_the_comments_and_words_of_its_editor() -> None:
    text = edited(replace(BEFORE, sections=(OVERVIEW, TYPES, part("kinds"), CAUSES, MANAGEMENT)))
    head = text[: text.index("# What the plan was made from")]
    assert head.rstrip() == FILE.replace('  "causes",\n', '  "kinds",\n  "causes",\n').rstrip()
    assert (
        edited(replace(BEFORE, sections=(OVERVIEW, TYPES, part("kinds"), CAUSES, MANAGEMENT)), text) == text
    )


def test_an_issue_takes_its_comment_with_it_and_others_keep_theirs() -> None:
    text = edited(replace(BEFORE, sections=(TYPES, CAUSES, MANAGEMENT)))
    assert "short on purpose" not in text
    assert text.startswith("# The editor's own note, on top.")
    assert '  "types",  # all of them' in text
    assert "1 of 2: two" in text
    assert 'preheader = "Part 1 of 2, and more"' in text


ODD = {
    "single quotes and spaces": FILE.replace(
        'sections = ["overview"]', "  'sections'   =   [ 'overview' ] # here"
    ),
    "a list over lines, two on one": FILE.replace('  "types",  # all of them\n', '  "types", "zzz",\n')
    .replace('"zzz", ', "")
    .replace('"zzz",', ""),
    "brackets in words": FILE.replace('"Bye"', '"Bye [[issue]] [x] # no comment"'),
    "tables behind the issues": FILE + '\n# why\n[[left_out]]\nsection = "nothing"\nwhy = "x"\n',
    "a byte order mark": "\ufeff" + FILE,
    "windows lines": FILE.replace("\n", "\r\n"),
    "no end of line": FILE.rstrip(),
    "three quotes": FILE.replace('"My own title"', '"""My own title"""').replace('"Hello"', "'''Hello'''"),
    "inline tables": FILE[: FILE.index("# This")]
    + 'issue = [{title = "A", subject = "B", preheader = "C", sections = ["overview", "types", "causes", "management"],'
    + ' questions = ["why"]}]\n',
}


@pytest.mark.parametrize("name", ODD)
def test_any_way_to_write_a_file_ends_as_the_same_plan(name: str) -> None:
    told = replace(BEFORE, sections=(part("zero"), OVERVIEW, CAUSES, part("more"), MANAGEMENT), faq=())
    if "behind" in name:
        told = replace(told, sections=(*told.sections, part("nothing")))
    text = edited(told, ODD[name])
    assert ("\r\n" in text) == ("\r\n" in ODD[name])
