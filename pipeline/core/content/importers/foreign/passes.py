"""What is done to the body before it is parsed, in this order. Each pass keeps the count of lines."""

from __future__ import annotations

from pipeline.core.content.importers import raised
from pipeline.core.content.importers.foreign import (
    code_blocks,
    comments,
    html_in_markdown,
    hugo_shortcodes,
    jsx,
    liquid,
    pandoc,
    wikilinks,
)
from pipeline.core.content.importers.foreign.fields import Known
from pipeline.core.content.importers.front_matter.any_tool import Front
from pipeline.core.content.importers.notes import Notes


def run(name: str, front: Front, known: Known, notes: Notes) -> str:
    """The body, ready for the parser. A title or sources that it holds for programs are added to `known`."""
    text, line = front.body, front.body_line
    text = code_blocks.take(text, line, notes)
    text = comments.take(text, line, notes)
    text = hugo_shortcodes.take(text, line, front.fields, notes)
    text = liquid.take(text, line, front.fields, notes)
    text, title = jsx.take(text, line, name, notes)
    known.title = known.title or title
    text = wikilinks.take(text, line, notes)
    text, listed = pandoc.take_list(text, line)
    known.sources += listed
    families = {source.key: source.family for source in known.sources if source.key}
    text = pandoc.take_marks(text, line, families, notes)
    text = raised.take(text, line)
    return html_in_markdown.take(text, line, notes)
