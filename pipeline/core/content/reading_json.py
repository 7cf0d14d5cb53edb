"""A reading as JSON: the answer of `rounds import --json`, whose shape is documented in docs/writing.md and stays.

A program that compares an import with its page looks for the page's own numbers: the `id` of a reference is its number
in the list, and `key` is the name that it keeps in the article file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.core.content.article import Article, Block, Cite, Finding, Reading
from pipeline.core.content.importers.list_scope import scopes
from pipeline.core.content.pictures import figures
from pipeline.core.content.references.csl import csl
from pipeline.core.content.words import plain, texts, word_count


def reading_json(reading: Reading) -> dict[str, Any]:
    article = reading.article
    return {
        "article": {
            "title": article.title,
            "authors": [
                {"name": p.name, "credentials": p.credentials, "role": p.role} for p in article.authors
            ],
            "language": article.language,
            "sections": [
                {
                    "heading": section.heading,
                    "level": section.level,
                    "suggested": section.suggested,
                    "kind": section.kind.value,
                    "words": word_count(section.blocks),
                }
                for section in article.sections
            ],
            "faq": [{"question": q.question, "answer": _text(q.answer)} for q in article.faq],
            "references": [
                {"id": r.number, "text": r.text, "url": r.url, "key": r.id, "csl": csl(r)}
                for r in article.references
            ],
            "citations": list(_citations(article)),
            "pictures": [
                {"line": f.line, "file": f.src, "words": f.alt, "caption": f.caption}
                for f in figures(article)
            ],
            "allowances": [{"rule": a.rule, "reason": a.reason, "line": a.line} for a in article.allowances],
        },
        "findings": [finding_json(finding) for finding in reading.findings],
        "left_out": [{"line": part.line, "quote": part.quote, "why": part.why} for part in reading.left_out],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "line": finding.line,
        "quote": finding.quote,
        "message": finding.message,
        "allowed": finding.allowed or None,
    }


def _text(blocks: tuple[Block, ...]) -> str:
    """The words of an answer, a line for each paragraph and list entry."""
    return "\n".join(plain(text) for text, _ in texts(blocks))


def _citations(article: Article) -> Iterator[dict[str, Any]]:
    """In the order of the file. `section` is the heading, or the question, under which the mark stands; `scope` says
    what a mark at a list supports (E-24)."""
    numbers = {reference.id: reference.number for reference in article.references}
    parts = [(s.line, s.heading, s.blocks) for s in article.sections]
    parts += [(q.line, q.question, q.answer) for q in article.faq]
    for _, heading, blocks in sorted(parts, key=lambda part: part[0]):
        scope = scopes(blocks)
        for text, line in texts(blocks):
            for mark in text:
                if isinstance(mark, Cite):
                    where = {"section": heading, "line": line, "references": [numbers[r] for r in mark.refs]}
                    yield where | ({"scope": supports} if (supports := next(scope)) else {})
