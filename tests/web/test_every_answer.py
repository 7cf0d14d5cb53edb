"""Every page that answers a POST: axe finds nothing, and an error is said in the title, in words and at its field.

WCAG 2.2, 3.3.1 (what is wrong is told in text), 3.3.3 (and how to mend it), 3.3.7 (nothing is typed twice) and 4.1.3.
"""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.urls import resolve
from lxml import html
from playwright.sync_api import TimeoutError as TookTooLong

from tests.web.answered import Windows, by_client, filled_in, otherwise
from tests.web.axe import COLOURS, MAIN, WHOLE, faults
from tests.web.every_answer import ANSWERS, FAILURES, NO_ANSWERS, Leads
from tests.web.every_page import PAGES
from tests.web.every_path import every_path, takes_post
from tests.web.house import _django_db_helper, house  # noqa: F401 - fixtures

ALL = [answer for answers in ANSWERS.values() for answer in answers]
SHOWN = [answer for answer in [*ALL, *FAILURES] if not isinstance(answer, Leads)]
WRONG = [answer for answer in SHOWN if answer.status >= 400 and answer not in FAILURES]
DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
DONE = [answer for answer in SHOWN if answer.status < 400]
# What a browser sees: of the failures one for each status, and of the errors one for each page that tells of a field.
# The others come from the same templates and macros, and are read in the tests that need no browser.
SEEN = [
    *DONE,
    *{failure.status: failure for failure in FAILURES}.values(),
    *(told[0] for answers in ANSWERS.values() if (told := [answer for answer in answers if answer.wrong])),
    *(answer for answer in WRONG if answer.status in (403, 413, 503) or answer.session == "stranger"),
]
# No page sends these back: secrets, stamps, what browsers do not let a page fill in, and a yes to other numbers.
NEVER_KEPT = {
    "password", "old", "new", "again", "code", "credential", "proposal", "csrfmiddlewaretoken", "form", "shown", "list",
}  # fmt: skip


def test_every_path_that_takes_a_post_has_an_answer_that_is_looked_at_or_is_said_to_have_none():
    posts = {name for name, path in every_path() if takes_post(path)}
    missing = posts - set(ANSWERS) - set(NO_ANSWERS)
    assert not missing, f"say in tests/web/every_answer.py what {', '.join(missing)} answer to a POST"
    gone = (set(ANSWERS) | set(NO_ANSWERS)) - posts
    assert not gone, f"take {', '.join(gone)} out of tests/web/every_answer.py: the site takes no such POST"
    assert set(ANSWERS) & set(NO_ANSWERS) == set()


@pytest.mark.django_db
def test_an_answer_that_is_no_page_leads_to_a_page_that_is_opened_elsewhere(house):  # noqa: F811
    found = []
    for answer in [each for each in ALL if isinstance(each, Leads)]:
        with otherwise(house, answer) as words:
            sent = by_client(answer, words)
        there = resolve(sent["Location"].partition("?")[0]).url_name if sent.status_code in (302, 303) else ""
        if there != answer.to or there not in PAGES:
            found.append(f"{answer.name}: {sent.status_code}, to {there or said(sent)}")
    assert not found, "\n".join(found)


@pytest.mark.holds("A-01")
@pytest.mark.django_db
def test_an_error_is_said_in_title_and_words_and_at_its_field_and_what_was_typed_stays(house):  # noqa: F811
    found = []
    for answer in WRONG:
        with otherwise(house, answer) as words:
            sent = by_client(answer, words)
        if sent.status_code != answer.status or answer.says not in said(sent):
            found.append(f"{answer.name}: {sent.status_code}, {said(sent)}")
        else:
            page = html.fromstring(sent.content)
            found += [
                f"{answer.name}: {each}" for each in [*broken(answer, page), *lost(page, words, answer)]
            ]
    assert not found, "\n".join(found)


def said(sent: HttpResponse) -> str:
    """What the page says, first what is wrong."""
    if not sent.get("Content-Type", "").startswith("text/html") or not sent.content:
        return f"{sent.headers} and no page"
    page = html.fromstring(sent.content)
    return " ".join(
        " ".join(each.text_content() for each in page.xpath("//*[@id='problem'] | //main")).split()
    )


def broken(answer, page) -> list[str]:
    """Which habits of an error the page breaks."""
    problems = page.xpath("//*[@id='problem'][@role='alert'][@tabindex='-1'][@autofocus]")
    if not problems:
        return ["nothing says what is wrong"] if answer.status != 403 else []
    rules = {
        "its title does not begin so": page.findtext(".//title").startswith("Please check: "),
        "it is said twice": len(problems) == 1,
        "it is not said beside a heading": len(page.xpath("//h1")) == 1,
    }
    wrong = [rule for rule, holds in rules.items() if not holds]
    at_fault = page.xpath("//*[contains(concat(' ', @aria-describedby, ' '), ' problem ')]")
    of = {name for each in at_fault for name in [each.get("name"), *each.xpath(".//@name")]}
    if answer.wrong and answer.wrong not in of:
        wrong.append(f"not told at {answer.wrong} but at {sorted(map(str, of))}")
    if answer.wrong:
        marked = [each for each in at_fault if each.get("aria-invalid") == "true" or each.tag == "fieldset"]
        wrong += [f"{each.get('name')} is not said to be wrong" for each in at_fault if each not in marked]
        for link in problems[0].xpath(".//a/@href"):
            if not page.xpath(f"//*[@id='{link[1:]}']"):
                wrong.append(f"{link} leads nowhere")
    return wrong


def lost(page, words, answer) -> list[str]:
    """What was typed or chosen and does not stand in the form any more."""
    never = {*NEVER_KEPT, *answer.anew}
    typed = filled_in({name: value for name, value in answer.fields.items() if name not in never}, words)
    return [
        f"{name} is not kept, but {', '.join(sorted(has))}"
        for name, value in typed.items()
        for wanted in ([value] if isinstance(value, str) else value)
        if wanted and (has := kept_in(page, name, wanted)) is not None and wanted not in has
    ]


def kept_in(page, name: str, value: str) -> set[str] | None:
    """What the fields of this name hold; None where the page has none, or none that could hold the value."""
    fields = page.xpath(f"//main//*[@name='{name}'][self::input or self::textarea or self::select]")
    could = [each for each in fields if each.tag != "select" or value in each.xpath("./option/@value")]
    boxes = [each for each in fields if each.get("type") in ("radio", "checkbox")]
    holds = [
        *(each.get("value", "") for each in fields if each not in boxes or each.get("checked") is not None),
        *(each.text_content().strip("\n") for each in fields if each.tag == "textarea"),
        *(one for each in fields for one in each.xpath("./option[@selected]/@value")),
    ]
    return set(holds) if could else None


@pytest.mark.holds("A-01", "S-20")
@pytest.mark.django_db
def test_a_failure_is_a_page_that_says_what_happened_and_what_to_do(house):  # noqa: F811
    found = []
    for answer in FAILURES:
        with otherwise(house, answer) as words:
            sent = by_client(answer, words)
        told = said(sent)
        if sent.status_code != answer.status or answer.says not in told or len(told) < 60:
            found.append(f"{answer.name}: {sent.status_code}, {told}")
    assert not found, "\n".join(found)


def takes_focus(window, name: str) -> bool:
    """Chromium gives the focus to what asks for it when it first draws the page, which may be after it was loaded."""
    try:
        window.wait_for_function(
            "name => document.activeElement.id === name", arg=name, polling=50, timeout=3_000
        )
    except TookTooLong:
        return False
    return True


@pytest.mark.browser
@pytest.mark.holds("A-01")
@pytest.mark.django_db
def test_axe_finds_nothing_on_any_page_that_answers_a_post_in_the_dark_and_in_the_light(house):  # noqa: F811
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    windows = Windows(house)
    for answer in SEEN:
        with otherwise(house, answer) as words:
            window, status = windows.answered(answer, words)
        told = " ".join(window.locator("main").inner_text().split())
        if status != answer.status or answer.says not in told:
            found.append(f"{answer.name}: {status}, {told}")
            continue
        formed = answer in WRONG and answer.status != 403
        if formed and not takes_focus(window, "problem"):
            found.append(f"{answer.name}: what is wrong does not take the focus")
        assert window.evaluate(DARK), answer.name
        found += faults(answer.name, axe.run(window, context=MAIN, options=WHOLE).response)
        window.emulate_media(color_scheme="light")
        light = window.evaluate("([main, options]) => axe.run(main, options)", [MAIN, COLOURS])
        found += faults(f"{answer.name}, in the light", light)
        window.emulate_media(color_scheme="dark")
    assert not found, "\n".join(found)
