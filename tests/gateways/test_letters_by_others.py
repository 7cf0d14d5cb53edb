"""The letters as others judge them: the reference MJML, html-validate, SpamAssassin. What is not installed is skipped.

`make email-checks` installs the first two. MRML and the reference are equal within what mail clients tolerate: the same
words in the same tags, with the same attributes and styles, and the same tables for Outlook. What may differ means
nothing to a client: the order of classes, an attribute `vertical-align`, `word-spacing: normal` once more, and that
`css-class` of `mj-body` stands on the first `<div>` here and on `<body>` there.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from lxml.html import HtmlElement

from pipeline.core.message import css
from pipeline.core.message.letter_template import Links
from pipeline.core.message.rendered import RenderedLetter
from pipeline.gateways import mjml
from pipeline.gateways.templates import mjml_source
from tests.core.message.letters import template, values
from tests.golden.rewrite import golden_contexts, golden_letters

FOLDER = Path(__file__).resolve().parents[2] / "tools" / "email-checks"
WANTED = FOLDER / "node_modules" / "mjml"
NAMES = ("kit", "kit-arabic", "kit-japanese", "issue", "confirm", "note-ask-again")


@cache
def judged() -> dict[str, Any]:
    if shutil.which("node") is None:
        pytest.skip("Node is not installed")
    if not WANTED.is_dir():
        pytest.skip("the reference MJML is not installed: make email-checks")
    contexts = golden_contexts()
    asked = {
        "mjml": {name: mjml_source(*contexts[name]) for name in NAMES},
        "html": {name: letter.html for name, letter in golden_letters().items()},
    }
    run = subprocess.run(
        ["node", str(FOLDER / "judge.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return dict(json.loads(run.stdout))


@pytest.mark.holds("H-13")
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_mjml_makes_the_same_letter(name: str) -> None:
    theirs = judged()["mjml"][name]
    assert theirs["errors"] == []
    ours = golden_letters()[name].html
    reference = mjml.inlined(theirs["html"])
    assert list(structure(ours)) == list(structure(reference))
    assert for_outlook(ours) == for_outlook(reference)


@pytest.mark.holds("H-12")
def test_html_validate_finds_nothing_in_any_letter() -> None:
    """All its standard and accessibility rules, but for the table attributes that mail needs (H-12)."""
    assert {name: found for name, found in judged()["html"].items() if found} == {}


@pytest.mark.holds("H-14")
def test_spamassassin_finds_little_to_say() -> None:
    """H-14: 2 points are a warning and 5 a failure; the kit has less than 2."""
    if shutil.which("spamassassin") is None:
        pytest.skip("SpamAssassin is not installed")
    answered = subprocess.run(
        ["spamassassin", "-L", "-t"], input=message(golden_letters()["kit"]), capture_output=True, timeout=120
    ).stdout.decode(errors="replace")
    score = re.search(r"^X-Spam-Status: \w+, score=(-?[\d.]+)", answered, re.MULTILINE)
    assert score is not None
    assert float(score[1]) < 2, answered[-2000:]


def structure(page: str) -> Iterator[tuple[str, ...]]:
    """Each tag of the body with its attributes and styles, and each stretch of words, in order."""
    body = lxml_html.document_fromstring(page).find("body")
    body.attrib.pop("class", "")  # css-class of mj-body
    first = body.xpath("./div[@role='article']")[0]
    first.set("class", "ground")
    yield from _walked(body, 0)


def _walked(element: HtmlElement, depth: int) -> Iterator[tuple[str, ...]]:
    if not isinstance(element.tag, str):
        return
    attributes = {
        name: value for name, value in element.attrib.items() if name not in {"style", "vertical-align"}
    }
    if "class" in attributes:
        attributes["class"] = " ".join(sorted(attributes["class"].split()))
    style = {n: v for n, v in css.declared(element.get("style") or "").items() if n != "word-spacing"}
    yield str(depth), element.tag, *(f"{n}={v}" for n, v in sorted({**attributes, **style}.items()))
    if element.text and element.text.strip():
        yield ("words", " ".join(element.text.split()))
    for child in element:
        yield from _walked(child, depth + 1)
        if child.tail and child.tail.strip():
            yield ("words", " ".join(child.tail.split()))


def for_outlook(page: str) -> list[tuple[str, ...]]:
    """Each tag that Outlook alone reads, with its attributes and styles. An empty attribute says nothing."""
    comments = "".join(re.findall(r"<!--\[if mso[^\]]*\]>(.*?)<!\[endif\]-->", page, re.DOTALL))
    return [(name, *_attributes(rest)) for name, rest in re.findall(r"<(/?[\w:]+)([^>]*)>", comments)]


def _attributes(text: str) -> list[str]:
    pairs = dict(re.findall(r'([\w:-]+)="([^"]*)"', text))
    style = css.declared(pairs.pop("style", ""))
    return [f"{name}={value}" for name, value in sorted({**pairs, **style}.items()) if value]


def message(letter: RenderedLetter) -> bytes:
    """The letter as it would leave, to one reader."""
    personal = ("unsubscribe_url", "preferences_url", "confirm_url", "not_me_url")
    links = Links({}, {name: f"https://rounds.example/{name[0]}/" for name in personal})
    made = template(html=letter.html, text=letter.text, subject=letter.subject, links=links)
    return bytes(made.fill({**{f"token.{name}": b"AZ-_" * 9 for name in personal}, **values()}))
