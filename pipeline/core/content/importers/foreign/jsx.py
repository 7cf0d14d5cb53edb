"""MDX: lines of import and export, components, and expressions in braces."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.core.content.importers.foreign import components
from pipeline.core.content.importers.foreign.components import Component, Sort
from pipeline.core.content.importers.foreign.tags import TAG, Tag, tag_of
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import GONE, gone, rewrite

_IMPORT = re.compile(r"import\s(?:.{0,500}\sfrom\s)?\s{0,9}[\"'][^\"'\n]{1,300}[\"'];?\s*|import\s{0,9}\{\s*")
_EXPORT = re.compile(r"export\s+(?:const|let|var|default|function|async|\{)")
_TITLE = re.compile(r"\btitle\s{0,9}[:=]\s{0,9}(?:\"([^\"\n]{1,200})\"|'([^'\n]{1,200})'|`([^`\n]{1,200})`)")
_EXPRESSION = re.compile(r"\{(?P<inner>[^{}\n]{0,500})\}")
_LITERAL = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|`([^`$]*)`)\s*")


def take(text: str, first_line: int, name: str, notes: Notes) -> tuple[str, str]:
    """`text` without what a program would have run, and the title that it exports, if it does."""
    text, ran, title = _without_modules(text, first_line, notes)
    tags = [tag_of(match) for match in TAG.finditer(text)]
    if not ran and not name.lower().endswith(".mdx") and not any(tag.is_component for tag in tags):
        return text, title
    closed = Counter(tag.name for tag in tags if tag.closes)

    def one(match: re.Match[str], line: int) -> str:
        tag = tag_of(match)
        return _component(text, match, tag, closed, line, notes) if tag.is_component else match.group()

    text = rewrite(text, first_line, TAG, one)
    return rewrite(text, first_line, _EXPRESSION, lambda match, line: _expression(match, line, notes)), title


def _without_modules(text: str, first_line: int, notes: Notes) -> tuple[str, bool, str]:
    """A statement goes on to the next blank line, as MDX has it."""
    lines = text.split("\n")
    found, title = False, ""
    at = 0
    while at < len(lines):
        if not (_IMPORT.fullmatch(lines[at][:1000]) or _EXPORT.match(lines[at])):
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end].strip():
            end += 1
        statement = "\n".join(lines[at:end])
        notes.leave(first_line + at, statement, "a program of the site")
        if (match := _TITLE.search(statement[:5000])) and not title:
            title = next(filter(None, match.groups()), "")
        lines[at:end] = [GONE] * (end - at)
        found, at = True, end
    return "\n".join(lines), found, title


def _component(
    text: str, match: re.Match[str], tag: Tag, closed: Counter[str], line: int, notes: Notes
) -> str:
    component = Component(tag.name, tag.attributes())
    source = match.group()
    boxed = component.sort in (Sort.BOX, Sort.FOLD)
    if tag.closes:
        return (
            component.closing() + gone(source)
            if boxed
            else components.taken(text, match.start(), match.end())
        )
    if boxed and not tag.alone and closed[tag.name] > 0:
        closed[tag.name] -= 1
        return component.opening() + gone(source)
    words = component.whole(source, line, notes)
    return words if words != gone(source) else components.taken(text, match.start(), match.end())


def _expression(match: re.Match[str], line: int, notes: Notes) -> str:
    inner = match["inner"].strip()
    if literal := _LITERAL.fullmatch(inner):
        return next((words for words in literal.groups() if words is not None), "")
    if inner.startswith("/*") or not inner:
        notes.leave(line, match.group(), "a comment")
        return GONE
    if inner.startswith(("#", ".", ":")):
        notes.leave(line, match.group(), "an attribute of the site's software")
        return GONE
    return components.value_lost(match.group(), line, notes)
