"""What a reader found stays bound to the article until somebody mends or allows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.core.content.article import Allowance, Article, Finding, Severity
from pipeline.core.content.found_on_import import noted, still_noted
from pipeline.core.content.importers import read
from pipeline.core.content.markdown_writer import write
from pipeline.core.editorial import checked
from pipeline.core.editorial.carried import asked_once, carried
from tests.core.content.samples import sample


def of_ours(article: Article, old: str = "", new: str = "") -> Article:
    """An article after somebody edited the file that is written of it."""
    text = write(article)
    assert old in text
    return read("a.md", text.replace(old, new).encode()).article


JEKYLL = checked(sample("habits/jekyll.md"))
LOST = asked_once(JEKYLL.article, JEKYLL.findings)


def rules(findings) -> set[str]:
    return {finding.rule for finding in findings}


def test_what_our_own_form_cannot_show_again_is_asked_once() -> None:
    assert {"template-value", "template-branch", "box-urgency"} <= rules(LOST)
    assert all(f.severity is not Severity.C for f in LOST)
    plain = checked(sample("scraped-page.txt"))
    # A suggested heading says so in our form too, and rules are asked anew each time.
    assert not {"suggested-heading", "contradictory-bound"} & rules(asked_once(plain.article, plain.findings))


def test_a_note_is_a_finding_of_the_file_until_it_is_taken_out() -> None:
    article = noted(JEKYLL.article, LOST)
    assert noted(article, LOST) == article
    again = read("a.md", write(article).encode())
    found = [f for f in again.findings if f.message.endswith("Then take the note on it out.")]
    assert [(f.rule, f.severity, f.quote) for f in found] == [(f.rule, f.severity, f.quote) for f in LOST]
    assert again.article == of_ours(article)
    out = replace(article, notes_for_reviewer=article.notes_for_reviewer[:-1])
    assert len(list(still_noted(out))) == len(LOST) - 1


@pytest.mark.parametrize(
    "note", ["Found on import: C x: “q”: m", "Found on import: A x: q", "Look at the doses."]
)
def test_any_other_note_is_a_note(note: str) -> None:
    assert not list(still_noted(replace(JEKYLL.article, notes_for_reviewer=(note,))))


def test_a_note_that_an_editor_made_milder_lets_nothing_of_a_clinician_be_allowed() -> None:
    """An allowance silences severity B; the finding is A, and only a clinician decides that."""
    article = noted(JEKYLL.article, [replace(LOST[0], severity=Severity.A)])
    before = checked(read("a.md", write(article).encode()))
    rule = LOST[0].rule
    milder = of_ours(article, f"import: A {rule}", f"import: B {rule}")
    milder = replace(milder, allowances=(Allowance(rule, "meant so", "", 1),))
    left = [f for f in carried(before.article, before.findings, milder) if f.rule == rule]
    assert [(f.severity, f.blocks) for f in left] == [(Severity.A, True)]


def test_an_edit_that_mends_nothing_takes_nothing_off() -> None:
    edited = replace(of_ours(JEKYLL.article), title="Another title")
    left = carried(JEKYLL.article, LOST, edited)
    assert rules(left) == rules(LOST)
    assert all("stands until its words are mended" in f.message for f in left)
    once_more = carried(edited, left, replace(edited, title="A third title"))
    assert [f.message for f in once_more] == [f.message for f in left]  # and said once


def test_words_that_are_mended_are_a_finding_no_more_and_the_others_stay() -> None:
    said = Finding("box-urgency", Severity.B, 3, "a quite peculiar phrase", "Is this urgent?")
    lost = Finding("template-value", Severity.A, 4, "{{ price }}", "The page says a price here.")
    more = "\n## More\n\nThis is a quite peculiar phrase.\n"
    before = read("a.md", (write(JEKYLL.article) + more).encode()).article
    assert carried(before, [said], before)[0].line > 0
    mended = of_ours(before, "a quite peculiar phrase", "said plainly")
    assert carried(before, [said, lost], mended) == tuple(carried(before, [lost], mended))
    assert [f.severity for f in carried(before, [lost], mended)] == [Severity.A]


def test_one_that_is_allowed_has_its_reason_and_binds_again_without_it() -> None:
    text = write(JEKYLL.article)
    allowing = text.replace(
        "\nnotes_for_reviewer:",
        "\nallow:\n  - rule: template-branch\n    reason: only the UK page is ours\nnotes_for_reviewer:",
        1,
    )
    allowed = read("a.md", allowing.encode()).article
    left = {f.rule: f for f in carried(JEKYLL.article, LOST, allowed)}
    assert (left["template-branch"].allowed, left["template-branch"].blocks) == (
        "only the UK page is ours",
        False,
    )
    assert left["template-value"].blocks
    again = {f.rule: f for f in carried(allowed, left.values(), JEKYLL.article)}
    assert again["template-branch"].blocks


def test_a_note_that_still_says_so_is_not_said_twice() -> None:
    article = noted(JEKYLL.article, LOST)
    assert carried(article, LOST, replace(of_ours(article), title="Another title")) == ()
    without = replace(article, notes_for_reviewer=(), title="Another title")
    assert rules(carried(article, LOST, without)) == rules(LOST)  # taking the notes out mends nothing
