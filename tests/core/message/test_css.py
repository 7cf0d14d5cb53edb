"""Which rules of the dark block an element is subject to, and which of them wins."""

from __future__ import annotations

import pytest
from lxml import html

from pipeline.core.message.css import classes, dark_rules, declared

PAGE = html.document_fromstring(
    '<body class="page"><div class="card wide"><p><a id="link" class="button">x</a></p></div><a id="bare">y</a></body>'
)


def around(element: str) -> frozenset[str]:
    """The classes of all that it stands in."""
    return frozenset().union(*(classes(each) for each in PAGE.get_element_by_id(element).iterancestors()))


def colour_of(element: str, *rules: str) -> str:
    sheet = f"p {{ color: light }} @media (prefers-color-scheme: dark) {{ {' '.join(rules)} }}"
    style: dict[str, str] = {}
    for rule in dark_rules(sheet).of(PAGE.get_element_by_id(element), around(element)):
        style |= rule.declarations
    return style.get("color", "")


@pytest.mark.parametrize(
    "selector",
    [
        "a",
        ".button",
        "a.button",
        ".card a",
        "div.card.wide a",
        ".card > p > a",
        "p > .button",
        ".page .card > p a",
    ],
)
def test_a_selector_finds_the_element_that_it_describes(selector):
    assert colour_of("link", f"{selector} {{ color: dark !important }}") == "dark"


@pytest.mark.parametrize(
    "selector",
    [
        "b",
        ".but",
        "p.button",
        ".card > a",
        "a > p",
        "a .card",
        ".card.narrow a",
        "> a",
        "a >",
        "a:hover",
        "a + a",
        "*",
    ],
)
def test_a_selector_finds_nothing_else(selector):
    assert colour_of("link", f"{selector} {{ color: dark }}") == ""


def test_a_list_of_selectors_is_several_rules():
    assert colour_of("bare", "b, a { color: dark }") == "dark"


def test_the_heavier_rule_wins_and_among_equals_the_later():
    assert colour_of("link", ".button { color: class }", "div p a { color: tags }") == "class"
    assert colour_of("link", "a.button { color: both }", ".button { color: class }") == "both"
    assert colour_of("link", "a { color: first }", "a { color: second }") == "second"
    assert colour_of("bare", ".button { color: class }", "a { color: tag }") == "tag"


def test_rules_outside_the_dark_block_count_for_nothing():
    assert list(dark_rules("a { color: light }").of(PAGE.get_element_by_id("bare"), around("bare"))) == []


def test_the_last_declaration_of_a_name_counts():
    assert declared("color: red; margin:0 ;COLOR : blue !important") == {"color": "blue", "margin": "0"}
