"""docs/findings-on-the-seed.md: what is found on the page that the product was first asked for.

`python -m tests.core.editorial.seed_table` writes it anew, where that page is at hand.
"""

from __future__ import annotations

from datetime import date

from pipeline.core.content.article import Reading
from pipeline.core.editorial import checked
from pipeline.core.editorial.findings_table import findings_table
from pipeline.core.editorial.on_day import found_on
from tests.core.content.samples import ROOT, seed

DAY = date(2026, 11, 29)  # three years after a page was looked at it is stale, and the table would change
PAGE = ROOT / "docs" / "findings-on-the-seed.md"
_HEAD = """# Findings on the seed

What `rounds lint SEED --table` answers on the page that Rounds was first asked to turn into a series, on 29 November
2026: a scrape that has lost its headings, with citations glued to words. The page is not part of this repository; the
quotes are no longer than the evidence needs. A severity says who acts: **A** waits for a clinician, **B** until it is
mended, **C** is a warning.

`python -m tests.core.editorial.seed_table` makes this page, and a test holds it where the seed is at hand.

"""


def page(reading: Reading) -> str:
    return _HEAD + findings_table(checked(reading, found_on(DAY, reading.article)).findings).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(seed()))
