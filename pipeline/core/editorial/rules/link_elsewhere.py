"""A link whose words show another site than it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.core.content.article import Run, Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# A name with a top level that people write without `www.`; "e.g" and "3.5" are none.
_HOST = re.compile(
    r"(?:https?://|www\.)((?:[\w-]{1,63}\.){1,6}[a-z]{2,24})|(?<![\w.@-])((?:[\w-]{1,63}\.){1,6}"
    r"(?:com|org|net|edu|gov|int|info|health|nhs|uk|eu|de|fr|es|it|nl|ie|ca|au|nz|in|jp|cn|ru|pl|pt|io|co))(?![\w-])",
    re.IGNORECASE,
)


def _check(view: View) -> Iterator[Hit]:
    for passage in view.passages:
        for part in passage.text:
            if not isinstance(part, Run) or not part.href:
                continue
            leads = (
                part.href.rpartition("@")[2]
                if part.href.startswith("mailto:")
                else urlsplit(part.href).netloc
            )
            for match in _HOST.finditer(part.text):
                shown = match.group(1) or match.group(2)
                if not _same(shown, leads.partition(":")[0].partition("?")[0]):
                    message = f"The link shows '{shown[:60]}' and leads to '{leads[:60]}'. Let it say where it goes."
                    yield Hit(passage.line, part.text, message)
                    break


def _same(shown: str, leads: str) -> bool:
    """One is the other, or a part of it: `nhs.uk` and `www.nhs.uk`."""
    one, other = (host.lower().removeprefix("www.") for host in (shown, leads))
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


RULE = Rule(
    Card(
        "link-elsewhere",
        Severity.B,
        "A link shows another site than it leads to",
        "It is how people are led astray, and mail filters take a letter with such a link for a fraud.",
        "Let the words name the site that the link leads to, or write words that are no address.",
    ),
    wrong="Read more at [allergy.example.org](https://shop.example.com/pollen).",
    right="Read more at [allergy.example.org](https://allergy.example.org/pollen).",
    check=_check,
)
