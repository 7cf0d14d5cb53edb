from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.errors import BadInput
from pipeline.core.series import series_file
from pipeline.core.series.issue import PlannedIssue, SeriesPlan

GOOD = """\
slug = "knees"
title = "Sore knees"
article = "sore-knees"
purpose = "weekly_health_email"

[[issue]]
title = "The basics"
subject = "Part 1"
preheader = "Hello"
sections = ["overview"]

[[issue]]
title = "The rest"
subject = "Part 2"
preheader = "Hello again"
sections = ["types", "causes"]
questions = ["why"]
"""


def complaint(text):
    with pytest.raises(BadInput) as caught:
        series_file.read("knees.toml", text if isinstance(text, bytes) else text.encode())
    return str(caught.value)


def test_a_series_file_becomes_a_plan():
    plan = series_file.read("knees.toml", GOOD.encode())
    assert (plan.slug, plan.article, plan.purpose) == ("knees", "sore-knees", "weekly_health_email")
    assert plan.issues == (
        PlannedIssue(1, "The basics", "Part 1", "Hello", ("overview",), ()),
        PlannedIssue(2, "The rest", "Part 2", "Hello again", ("types", "causes"), ("why",)),
    )


def test_a_byte_order_mark_does_no_harm():
    assert series_file.read("x", b"\xef\xbb\xbf" + GOOD.encode()) == series_file.read("x", GOOD.encode())


def test_broken_toml_is_refused_with_its_line():
    assert complaint(GOOD.replace('"Part 1"', '"Part 1')).startswith("knees.toml:8: This is not valid TOML")
    assert complaint('slug = "x').startswith("knees.toml:1: ")


def test_a_file_that_is_not_utf_8_is_refused_with_its_line():
    assert complaint(b'slug = "knees"\ntitle = "caf\xe9"\n').startswith("knees.toml:2: This is not UTF-8")


def test_a_missing_key_is_named_with_the_issue_it_belongs_to():
    assert complaint(GOOD.replace('purpose = "weekly_health_email"\n', "")) == (
        'knees.toml: The key purpose is missing. Add a line such as purpose = "...".'
    )
    assert complaint(GOOD.replace('subject = "Part 2"\n', "")).startswith(
        "knees.toml:12: Issue 2: The key subject is missing."
    )
    assert "The key sections is missing" in complaint(GOOD.replace('sections = ["overview"]\n', ""))


def test_an_unknown_key_gets_the_nearest_one():
    assert complaint(GOOD.replace('preheader = "Hello again"', 'preheder = "Hello again"')) == (
        'knees.toml:15: Issue 2: "preheder" is not a key of a series file. Did you mean preheader?'
    )
    assert "The keys here are slug" in complaint('zzz = "1"\n' + GOOD)


def test_a_series_without_issues_is_refused():
    assert "has no issues" in complaint(GOOD[: GOOD.index("[[issue]]")])
    assert "has no issues" in complaint(GOOD[: GOOD.index("[[issue]]")] + "issue = []\n")


def test_a_single_bracket_is_explained():
    lone = GOOD[: GOOD.index("[[issue]]")] + "[issue]\ntitle = 'x'\n"
    assert complaint(lone) == "knees.toml:6: Write each issue under a line [[issue]], with two brackets."


def test_a_section_listed_twice_is_refused_at_its_second_place():
    assert complaint(GOOD.replace('"types", "causes"', '"types", "overview"')) == (
        'knees.toml:16: Issue 2: The section "overview" is already in issue 1. Take it out of one of them.'
    )
    twice = GOOD.replace('"types", "causes"', '\n  "types",\n  "types",\n')
    assert complaint(twice).startswith('knees.toml:18: Issue 2: The section "types" is already in issue 2')


def test_a_question_listed_twice_is_refused():
    assert 'question "why" is already in issue 2' in complaint(GOOD.replace('["why"]', '["why", "why"]'))


def test_a_comment_or_a_neighbour_s_key_does_not_mislead_the_line():
    assert complaint(GOOD.replace('subject = "Part 2"', '# subject = "x"\nsubject = 2')).startswith(
        "knees.toml:15: Issue 2: The key subject needs a text"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Part 1"', '"  "', "needs a text"),
        ('"Part 1"', '"Part\\r\\nBcc: eve@example.test"', "line break"),
        ('"Hello"', "3", "needs a text"),
        ('["overview"]', '"overview"', "needs a list"),
        ('["overview"]', "[1]", "needs a list"),
        ('["overview"]', '[""]', "is empty"),
        ('["overview"]', "[]", "no sections and no questions"),
        ('"knees"', '"../knees"', "is no slug"),
        ('"sore-knees"', '"Sore knees"', "is no article"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_where_it_stands(old, new, said):
    message = complaint(GOOD.replace(old, new, 1))
    line = GOOD[: GOOD.index(old)].count("\n") + 1
    assert message.startswith(f"knees.toml:{line}: ")
    assert said in message


def test_the_series_in_the_repository_reads():
    for path in Path("content/series").glob("*.toml"):
        plan = series_file.read(path.name, path.read_bytes())
        assert plan.slug == path.stem


def test_a_line_is_found_by_issue_and_id():
    assert series_file.line_of(GOOD.encode(), 2, "causes") == 16
    assert series_file.line_of(GOOD.encode(), 2, "overview") == 12  # not in issue 2: its head
    assert series_file.line_of(GOOD.encode(), 9, "overview") is None


printable = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
line_of_text = st.text(printable, min_size=1, max_size=40).filter(lambda s: s.strip() and s.isprintable())
slug = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True)
ids = st.lists(st.lists(line_of_text, min_size=1, max_size=9), min_size=1, max_size=4)


@settings(max_examples=50, deadline=None)
@given(slug, slug, line_of_text, ids, st.data())
def test_what_is_written_reads_back_the_same(slug_, article_, words, parts, data):
    seen = set()
    issues = []
    for part in parts:
        fresh = tuple(dict.fromkeys(entry for entry in part if entry not in seen))
        seen.update(fresh)
        if fresh:
            texts = data.draw(st.tuples(line_of_text, line_of_text, line_of_text))
            issues.append(PlannedIssue(len(issues) + 1, *texts, fresh, fresh[:1] if len(issues) == 0 else ()))
    plan = SeriesPlan(slug_, words, article_, words, tuple(issues))
    assert series_file.read("x", series_file.write(plan).encode()) == plan
