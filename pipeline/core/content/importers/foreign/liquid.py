"""Liquid tags of Jekyll, and the marks of kramdown."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from pipeline.core.content.article import Severity
from pipeline.core.content.importers.foreign import boxes, components
from pipeline.core.content.importers.foreign.components import Component, Sort
from pipeline.core.content.importers.front_matter.strict import Fields, Scalar
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.source_lines import BREAK, GONE, apart, gone, rewrite
from pipeline.core.content.inlines import tidy_text

BRANCH_RULE = "template-branch"

_MARK = re.compile(
    r"\{%-?\s*(?P<name>\w{0,40})(?P<rest>[^{}]{0,1000}?)-?%\}|\{\{-?(?P<value>(?![<%])[^{}]{1,500}?)-?\}\}"
)
_NAMED = re.compile(r"([\w-]{1,40})\s?[=:]\s?(?:\"([^\"]{0,900})\"|'([^']{0,900})')")
_UNNAMED = re.compile(r"\"([^\"]{0,900})\"|'([^']{0,900})'|([^\s\"'=,]{1,200})")
_BRANCHES = frozenset(["if", "unless", "case", "for", "elsif", "else", "when"])
_CODE = frozenset(["highlight", "code", "codeblock", "mermaid", "math", "katex"])
_LITERAL = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)')\s*")

_KRAMDOWN_PAIR = re.compile(r"\{::comment\}|\{:/(?:comment)?\}")
_KRAMDOWN = re.compile(r"\{:(?P<body>[^{}\n]{0,300})\}")
_ATTRIBUTES = re.compile(r"(?<=[\w\])*_`.!?\"”])[ \t]*\{[#.][^{}\n]{0,200}\}")
_ABBREVIATION = re.compile(r"^\*\[[^\]\n]{1,100}\]:.*$", re.MULTILINE)
_LONGEST_BLOCK = 60  # lines of a block that an attribute list makes a box
_CLASS = re.compile(r"\.([\w-]{1,40})")


def take(text: str, first_line: int, fields: Fields, notes: Notes) -> str:
    if "{%" in text or "{{" in text:
        text = _Liquid(text, first_line, fields, notes).run()
    if "{:" in text:
        text = _without_kramdown_comments(text, first_line, notes)
        text = _kramdown(text, first_line, notes)
    text = rewrite(text, first_line, _ATTRIBUTES, lambda match, line: _attribute(match, line, notes))

    def expansion(match: re.Match[str], line: int) -> str:
        notes.leave(line, match.group(), "what an abbreviation stands for")
        return GONE

    return rewrite(text, first_line, _ABBREVIATION, expansion) if "*[" in text else text


def _attribute(match: re.Match[str], line: int, notes: Notes) -> str:
    notes.leave(line, match.group(), "an attribute of the site's software")
    return gone(match.group())


class _Liquid:
    """Goes over the marks once. What a comment or a raw part holds is passed over in one step."""

    def __init__(self, text: str, first_line: int, fields: Fields, notes: Notes) -> None:
        self._text = text
        self._fields = fields
        self._notes = notes
        self._marks = list(_MARK.finditer(text))
        self._ends: dict[str, list[int]] = defaultdict(list)  # places among the marks, by the name that ends
        for at, mark in enumerate(self._marks):
            if (mark["name"] or "").startswith("end"):
                self._ends[mark["name"][3:]].append(at)
        self._counted, self._line = 0, first_line

    def run(self) -> str:
        pieces: list[str] = []
        done = at = 0
        while at < len(self._marks):
            mark = self._marks[at]
            pieces.append(self._text[done : mark.start()])
            self._line += self._text.count("\n", self._counted, mark.start())
            self._counted = mark.start()
            words, at, done = self._one(mark, at)
            pieces.append(words)
        return "".join([*pieces, self._text[done:]])

    def _one(self, mark: re.Match[str], at: int) -> tuple[str, int, int]:
        """What stands in for a mark; the next mark; where in the text to go on."""
        if mark["value"] is not None:
            return self._value(mark), at + 1, mark.end()
        name = mark["name"]
        end = self._end_of(name, at)
        if end is not None and (name in ("comment", "raw") or name in _CODE):
            last = self._marks[end]
            stretch = self._text[mark.start() : last.end()]
            if name == "raw":
                self._notes.leave(
                    self._line, mark.group(), "a tag of the site's software; its words were kept"
                )
                inner = self._text[mark.end() : last.start()]
                words = gone(mark.group()) + inner + gone(last.group())
            else:
                why = "a comment" if name == "comment" else "a block of code"
                self._notes.leave(self._line, stretch, why)
                words = gone(stretch)
            return words, end + 1, last.end()
        return self._tag(mark, name, end), at + 1, mark.end()

    def _end_of(self, name: str, at: int) -> int | None:
        ends = self._ends.get(name, [])
        place = bisect_right(ends, at)
        return ends[place] if place < len(ends) else None

    def _tag(self, mark: re.Match[str], name: str, end: int | None) -> str:
        closes = name.startswith("end") and len(name) > 3
        component = _component(name, mark["rest"])
        if closes and Component(name[3:], {}).sort in (Sort.BOX, Sort.FOLD):
            return Component(name[3:], {}).closing() + gone(mark.group())
        if component.sort in (Sort.BOX, Sort.FOLD) and end is not None:
            return component.opening() + gone(mark.group())
        if name in _BRANCHES and name not in ("else", "elsif", "when"):
            message = "The site decides what it shows here. All of it was kept: take out what does not apply."
            self._notes.find(BRANCH_RULE, Severity.B, self._line, mark.group(), message)
        if name.startswith("include") or name == "render" or not closes:
            words = component.whole(mark.group(), self._line, self._notes)
            if words != gone(mark.group()):
                return words
        else:
            self._notes.leave(self._line, mark.group(), "a tag of the site's software; its words were kept")
        return components.taken(self._text, mark.start(), mark.end())

    def _value(self, mark: re.Match[str]) -> str:
        value = mark["value"].partition("|")[0].strip()
        if literal := _LITERAL.fullmatch(value):
            return (literal.group(1) or literal.group(2) or "") + gone(mark.group())
        if value.startswith("page."):
            known = self._fields.values.get(value[5:])
            if isinstance(known, Scalar) and known.text:
                return tidy_text(known.text) + gone(mark.group())
        in_address = self._text[max(0, mark.start() - 2) : mark.start()] in ("](", '="')
        if in_address or value.startswith(("site.base", "site.url")):
            self._notes.leave(self._line, mark.group(), "a value that the site puts into an address")
            return gone(mark.group())
        return components.value_lost(mark.group(), self._line, self._notes)


def _component(name: str, rest: str) -> Component:
    named = {key.lower(): one or other for key, one, other in _NAMED.findall(rest)}
    unnamed = [next(filter(None, words), "") for words in _UNNAMED.findall(_NAMED.sub(" ", rest))]
    if (name.startswith("include") or name == "render") and unnamed:
        name, unnamed = unnamed[0], unnamed[1:]
    return Component(name, named, tuple(unnamed))


def _without_kramdown_comments(text: str, first_line: int, notes: Notes) -> str:
    pieces: list[str] = []
    done, open_at = 0, -1
    for mark in _KRAMDOWN_PAIR.finditer(text):
        if mark.group() == "{::comment}":
            open_at = mark.start() if open_at < 0 else open_at
        elif open_at >= 0:
            stretch = text[open_at : mark.end()]
            notes.leave(first_line + text.count("\n", 0, open_at), stretch[11:], "a comment")
            pieces += [text[done:open_at], gone(stretch)]
            done, open_at = mark.end(), -1
    return "".join([*pieces, text[done:]])


def _kramdown(text: str, first_line: int, notes: Notes) -> str:
    """Attribute lists. One that names a box makes one of its block: the one above, or below where above is blank."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if "{:" not in line:
            continue
        match = _KRAMDOWN.search(line)
        if match is None:
            continue
        whole = line.replace(GONE, "").strip(" \t>") == match.group()
        word = next((name for name in _CLASS.findall(match["body"]) if boxes.known(name)), "")
        if match["body"].strip() == "toc" and at and re.match(r"\s*(?:[-*+]|\d+\.)\s", lines[at - 1]):
            notes.leave(first_line + at - 1, lines[at - 1], "a table of contents")
            lines[at - 1] = GONE
        lines[at] = _KRAMDOWN.sub(GONE, line)
        if whole and word:
            _box_around(lines, at, word)
        else:
            notes.leave(first_line + at, match.group(), "an attribute of the site's software")
    return "\n".join(lines)


def _box_around(lines: list[str], at: int, word: str) -> None:
    above = at > 0 and lines[at - 1].strip(f" \t{GONE}{BREAK}") != ""
    step = -1 if above else 1
    end = at + step
    while 0 <= end + step < len(lines) and lines[end + step].strip() and abs(end - at) < _LONGEST_BLOCK:
        end += step
    if not 0 <= end < len(lines):
        return
    first, last = (end, at) if above else (at, end)
    lines[first] = apart(f"::: {word}") + lines[first]
    lines[last] = lines[last] + apart(":::")
