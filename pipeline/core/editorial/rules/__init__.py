"""The rules, one family a file. A rule is a function from an article to findings; it flags and never rewrites.

To add one, write it in the file of its family, put it in that file's `RULES`, and describe it in docs/writing.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.core.content.article import Article, Finding
from pipeline.core.editorial.rules import citations, marks, shape, sizes, spelling

Rule = Callable[[Article], Iterable[Finding]]

RULES: tuple[Rule, ...] = (*citations.RULES, *marks.RULES, *shape.RULES, *sizes.RULES, *spelling.RULES)
