"""The example of a rule as an article: a whole file where it has a front matter, else the words under one heading."""

from __future__ import annotations

from pipeline.core.content.article import Finding
from pipeline.core.content.importers import read
from pipeline.core.editorial import check
from pipeline.core.errors import BadInput

_FRONT = "---\ntitle: Example\nreferences: [{text: One}, {text: Two}]\n---\n"


def findings_on(example: str) -> tuple[Finding, ...] | str:
    """Of the checks; or the sentence with which the reader refuses the example."""
    text = example if example.startswith("---\n") else _FRONT + _headed(example)
    try:
        return check(read("example.md", text.encode()).article)
    except BadInput as error:
        return str(error)


def _headed(example: str) -> str:
    return example if example.startswith("## ") else f"## Example\n\n{example}"
