"""A mark that the software of a website would have replaced: `[gallery ids="1,2"]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.quotes import from_match
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_NAMES = (
    r"gallery|caption|embed|video|audio|playlist|toc|ads?|adsense|button|columns?|row|accordion|tabs?|toggle|spoiler|"
    r"tooltip|footnotes?|contact-form(?:-7)?|newsletter|shortcode|widget|divider|spacer|youtube|vimeo|instagram|"
    r"(?:vc|et_pb|su|fusion|elementor|wp|mk|av|cs|tve|rev|mc4wp|ninja|wpforms|gravityform)[a-z0-9_-]{0,30}"
)
_CODE = re.compile(
    rf"\[/?(?:{_NAMES})(?:\s[^\[\]]{{0,200}})?/?\]"
    r"|\[/[a-z][a-z0-9_-]{1,30}\]"
    r"|\[[a-z][a-z0-9_-]{1,30}(?:\s+[a-z][\w-]{0,30}=[^\[\]]{1,160})\s?/?\]"
    r"|\{:\s?[.#][^{}]{1,80}\}|\{#[\w-]{1,60}\}|\{\.[\w-]{1,60}\}",
    re.IGNORECASE,
)


def _check(view: View) -> Iterator[Hit]:
    for text, line in view.texts_with("[", "{:", "{#", "{."):
        for match in _CODE.finditer(text):
            message = f"'{match.group()[:60]}' is a command to the software of a website, and nothing replaces it here."
            yield Hit(line, match.group(), message, from_match(text, match))


RULE = Rule(
    Card(
        "shortcode",
        Severity.B,
        "A shortcode that the reader would see",
        "The website put a picture, a form or a video there. In an email the bare command would stand.",
        "Remove it, and say in words what it showed if the article needs that.",
    ),
    wrong='\\[gallery ids="4,5"\\]\n\nRest when you can.',
    right="Rest when you can.",
    check=_check,
)
