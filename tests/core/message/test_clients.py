"""What a letter may use, by what mail clients know of it (H-08, H-13)."""

from __future__ import annotations

import pytest

from pipeline.core.message.client_support import CLIENTS, DATE, SUPPORT
from pipeline.core.message.clients import WITHOUT, features, unknown_to_clients
from pipeline.core.message.page import Page


def page(inside: str, head: str = "") -> Page:
    return Page(f'<!doctype html><html lang="en"><head>{head}</head><body>{inside}</body></html>')


@pytest.mark.holds("H-08", "H-13")
@pytest.mark.parametrize(
    ("inside", "feature", "client"),
    [
        ('<p style="display: flex">x</p>', "css-display-flex", "outlook windows"),
        ('<p style="box-shadow: 0 0 2px #000000">x</p>', "css-box-shadow", "gmail desktop-webmail"),
        ('<p style="background-image: none">x</p>', "css-background-image", "outlook windows"),
        ('<p style="position: relative">x</p>', "css-position", "gmail ios"),
        ("<video src='a.mp4'></video>", "html-video", "gmail desktop-webmail"),
        ("<svg></svg>", "html-svg", "gmail desktop-webmail"),
        ("<picture></picture>", "html-picture", "gmail desktop-webmail"),
        ('<img src="https://a.example/b.webp" alt="">', "image-webp", "outlook windows"),
        ('<img srcset="b.png 2x" alt="">', "html-srcset", "gmail desktop-webmail"),
    ],
)
def test_what_a_client_does_not_know_is_named_with_the_client(inside: str, feature: str, client: str) -> None:
    told = dict(unknown_to_clients(page(inside)))
    assert client in told[feature]


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ('<p style="hanging-punctuation: first">x</p>', "css hanging-punctuation"),
        ("<blink>x</blink>", "tag blink"),
        ('<p draggable="true">x</p>', "attribute draggable"),
    ],
)
def test_what_no_table_knows_is_named_too(inside: str, name: str) -> None:
    assert name in dict(unknown_to_clients(page(inside)))


def test_a_style_sheet_may_ask_for_what_is_reviewed_alone() -> None:
    reviewed = "<style>@media (prefers-color-scheme: dark) { p { display: flex } }</style>"
    assert dict(unknown_to_clients(page("<p>x</p>", reviewed))) == {}
    fetched = "<style>@font-face { src: url(a.woff) } @media (hover: hover) { p { color: #000000 } }</style>"
    assert set(dict(unknown_to_clients(page("<p>x</p>", fetched)))) == {
        "css-at-font-face",
        "css-at-media-hover",
    }


def test_what_outlook_alone_reads_is_passed_over() -> None:
    assert features(
        page('<p style="mso-line-height-rule: exactly; -webkit-text-size-adjust: 100%">x</p>')
    ) == {
        "html-lang",
        "html-p",
    }


def test_every_reason_is_for_something_that_some_client_lacks() -> None:
    assert [feature for feature in WITHOUT if feature not in SUPPORT] == []
    assert [feature for feature in WITHOUT if set(SUPPORT[feature]) <= {"y", "u"}] == []


def test_the_table_has_a_letter_for_each_client() -> None:
    assert {len(row) for row in SUPPORT.values()} == {len(CLIENTS)}
    assert set("".join(SUPPORT.values())) == set("yanu")
    assert {client.split()[0] for client in CLIENTS} == {
        "gmail",
        "apple-mail",
        "outlook",
        "yahoo",
        "samsung-email",
    }
    assert DATE >= "2026-05-13"
