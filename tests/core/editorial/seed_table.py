"""docs/findings-on-the-seed.md: what is found on the page that the product was first asked for.

`python -m tests.core.editorial.seed_table` writes it anew, where that page is at hand.
"""

from __future__ import annotations

from pipeline.core.content.article import Reading
from pipeline.core.editorial import checked
from pipeline.core.editorial.findings_table import findings_table
from tests.core.content.samples import ROOT, seed

PAGE = ROOT / "docs" / "findings-on-the-seed.md"
_HEAD = """# Findings on the seed

What `rounds lint SEED --table` answers on the page that Rounds was first asked to turn into a series: a scrape that has
lost its headings, with citations glued to words. The page is not part of this repository; the quotes are no longer than
the evidence needs. A severity says who acts: **A** waits for a clinician, **B** until it is mended, **C** is a warning.

`python -m tests.core.editorial.seed_table` makes this page, and a test holds it where the seed is at hand.

"""


def page(reading: Reading) -> str:
    return _HEAD + findings_table(checked(reading).findings).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(seed()))
