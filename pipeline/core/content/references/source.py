"""The parts of one reference, as far as its words give them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.content.references.dates import Parts
from pipeline.core.content.references.names import Name


@dataclass(frozen=True, slots=True)
class Source:
    """What `parse` made of a text. Empty means that the text does not say; `rest` holds words that had no place.

    `type` is one of CSL's: article-journal, book, chapter, report, webpage, document.
    """

    type: str
    title: str
    authors: tuple[Name, ...] = ()
    others: bool = False  # "et al."
    container: str = ""
    issued: Parts = ()
    suffix: str = ""  # the a of 2019a
    volume: str = ""
    issue: str = ""
    page: str = ""
    edition: str = ""
    publisher: str = ""
    place: str = ""
    url: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    accessed: Parts = ()
    rest: tuple[str, ...] = ()
    understood: bool = True  # False: nothing but a title, which may be more than one

    @property
    def year(self) -> int | None:
        return self.issued[0] if self.issued else None
