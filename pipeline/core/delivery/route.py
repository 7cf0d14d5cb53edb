"""The ways by which mail leaves: one for each relay or provider, and what each carries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Route:
    """`letters`: confirmations and tests, which somebody waits for. `issues`: what goes to a list."""

    name: str
    url: str
    letters: bool = True
    issues: bool = True


def routes(urls: str, letters_url: str = "") -> tuple[Route, ...]:
    """The routes of the settings: one a URL, named `relay`, `relay2`, ...; and `letters`, if they have their own.

    Where several carry the same, each sender takes what is due, so that a relay that stalls only takes less.
    """
    words = urls.split()
    bulk = tuple(
        Route("relay" if n == 1 else f"relay{n}", url, letters=not letters_url)
        for n, url in enumerate(words, start=1)
    )
    return (Route("letters", letters_url, issues=False), *bulk) if letters_url else bulk
