"""The readers, in a table: each says which files are its own, and turns one into a `Reading`.

A new form is one module beside these and one row above plain text, which takes whatever nobody else knows. Files of
many articles, feeds and exports, are in `many`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.core.content.article import Reading
from pipeline.core.content.importers import no_article_in_markdown
from pipeline.core.content.importers.finished import finished
from pipeline.core.content.importers.foreign import reader as foreign_markdown
from pipeline.core.content.importers.no_article import refuse_feed
from pipeline.core.content.importers.own import reader as markdown
from pipeline.core.content.importers.own.allowances import not_of_ours
from pipeline.core.content.importers.plain import reader as plain_text
from pipeline.core.content.importers.source import decode, decode_page
from pipeline.core.content.importers.web import reader as web_page
from pipeline.core.content.lost import with_losses


@dataclass(frozen=True, slots=True)
class Form:
    """`recognises` and `read` take the name of the file and its text with `\\n` line ends."""

    name: str
    recognises: Callable[[str, str], bool]
    read: Callable[[str, str], Reading]


def _an_article(read_markdown: Callable[[str, str], Reading]) -> Callable[[str, str], Reading]:
    def checked(name: str, text: str) -> Reading:
        no_article_in_markdown.refuse(name, text)
        reading = read_markdown(name, text)
        no_article_in_markdown.refuse_article(name, text, reading)
        return reading

    return checked


OWN = Form("markdown", markdown.recognises, _an_article(markdown.read))
FORMS = (
    Form("markdown of other tools", foreign_markdown.recognises, _an_article(foreign_markdown.read)),
    OWN,
    Form("web page", web_page.recognises, web_page.read),
    Form("plain text", lambda name, text: True, plain_text.read),
)


def read(name: str, source: bytes, *, url: str = "") -> Reading:
    """The article in `source`, what was noticed, what it seems to have lost, and what was left out.

    `name` is the file's name as the person gave it; sentences call the file by it. `url` is where a page was fetched
    from: its links are read from there, and what its author allows is left out. Raises `BadInput`, and nothing else.
    """
    text = decode_page(name, source) if web_page.declares(source) else decode(name, source)
    refuse_feed(name, text)
    form = next(form for form in FORMS if form.recognises(name, text))
    if form is OWN:
        ours = with_losses(form.read(name, text))  # its author says what a citation stands for
        return not_of_ours(ours) if url else ours
    if url and form.read is web_page.read:
        return finished(web_page.read_html(name, text, web_page.Given(url=url)))
    return finished(form.read(name, text))
