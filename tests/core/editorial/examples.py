"""The example of a rule as an article: a whole file where it has a front matter, else the words under one heading."""

from __future__ import annotations

from pipeline.core.content.article import Finding, Reading
from pipeline.core.content.importers import read
from pipeline.core.editorial import check
from pipeline.core.errors import BadInput
from tests.core.content.samples import markdown

_FRONT = "---\ntitle: Example\nreferences: [{text: One}, {text: Two}]\n---\n"

# Of an article that nothing is to be said of.
_WHOLE = """title: Test
disclaimer: Ask your GP about your own care.
references: [{id: a, text: One 2024, url: "https://x.test/1"}, {id: b, text: Two 2024, url: "https://x.test/2"},
  {id: c, text: Three 2024, url: "https://x.test/3"}]"""


def written(body: str) -> Reading:
    """`body` under a front matter of six lines, so that it begins on line 7, with three references."""
    return markdown(body, front=_WHOLE)


def findings_on(example: str) -> tuple[Finding, ...] | str:
    """Of the checks; or the sentence with which the reader refuses the example."""
    text = example if example.startswith("---\n") else _FRONT + _headed(example)
    try:
        return check(read("example.md", text.encode()).article)
    except BadInput as error:
        return str(error)


def _headed(example: str) -> str:
    return example if example.startswith("## ") else f"## Example\n\n{example}"
