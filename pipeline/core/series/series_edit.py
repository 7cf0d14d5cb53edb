"""A series file brought up to a new plan, with the comments and the words of its editor where they stood.

Only what the plan changed is written anew: lists of sections and questions, the "2 of 6" of a subject, issues that came
or went, the fingerprints at the end. A comment above an issue goes with it. Lost are a comment beside an entry that was
taken out, one behind a value that changed, and those in an issue that is gone. Where the file is written in a way that
cannot be followed so, it is written whole, without its comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.core.errors import BadInput
from pipeline.core.series import series_file
from pipeline.core.series.issue import PlannedIssue, SeriesPlan

_ISSUE = re.compile(r"\s*\[\[\s*issue\s*\]\]")
_TABLE = re.compile(r"\s*\[")
_MADE_FROM = re.compile(r"\s*\[\s*made_from\b")
_ENTRY = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*,?\s*(?:#.*)?""")


def updated(source: str, old: SeriesPlan, new: SeriesPlan, origins: Sequence[int | None]) -> str:
    """`source`, the file of `old`, as the file of `new`. `origins` is as in `replan.Replan`."""
    if not any(map(_ISSUE.match, source.splitlines())):
        return series_file.write(new)
    edited = _edited(source, old, new, origins)
    if "\r\n" in source:
        edited = edited.replace("\n", "\r\n")
    try:
        if series_file.read("", edited.encode()) == new:
            return edited
    except BadInput:
        pass
    return series_file.write(new)


def _edited(source: str, old: SeriesPlan, new: SeriesPlan, origins: Sequence[int | None]) -> str:
    head, issues, tail = _pieces(source)
    if old.left_out != new.left_out:
        head = _with_value(head, "left_out", series_file.left_out_lines(new.left_out))
    pieces = [head.rstrip()]
    for issue, origin in zip(new.issues, origins, strict=True):
        if origin is None or origin > len(issues):
            pieces.append(series_file.issue_lines(issue))
        else:
            pieces.append(_issue(issues[origin - 1].rstrip(), old.issues[origin - 1], issue))
    pieces += [tail.strip("\n").rstrip()] if tail.strip() else []
    if new.made_from:
        pieces.append(series_file.made_from_lines(new))
    return "\n\n".join(pieces) + "\n"


def _pieces(source: str) -> tuple[str, list[str], str]:
    """The top of the file, each issue with the comment above it, and what other tables follow."""
    lines = [
        line for line in source.removeprefix("\ufeff").splitlines() if line != series_file.MADE_FROM_NOTE
    ]
    heads = [at for at, line in enumerate(lines) if _ISSUE.match(line)]
    starts = [_with_comment(lines, at) for at in heads]
    end = next((at for at in range(heads[-1] + 1, len(lines)) if _is_table(lines, at)), len(lines))
    end = _with_comment(lines, end) if end < len(lines) else end
    bounds = zip(starts, [*starts[1:], end], strict=True)
    issues = ["\n".join(lines[start:stop]) for start, stop in bounds]
    return "\n".join(lines[: starts[0]]), issues, "\n".join(_without_made_from(lines[end:]))


def _is_table(lines: Sequence[str], at: int) -> bool:
    """Whether a header of another table stands there: `[x]` at the start of a line, and no entry of a list."""
    return _TABLE.match(lines[at]) is not None and not _ISSUE.match(lines[at]) and "]" in lines[at]


def _with_comment(lines: Sequence[str], at: int) -> int:
    while at and lines[at - 1].lstrip().startswith("#"):
        at -= 1
    return at


def _without_made_from(lines: Sequence[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if _TABLE.match(line):
            inside = _MADE_FROM.match(line) is not None
        if not inside:
            yield line


def _issue(text: str, old: PlannedIssue, new: PlannedIssue) -> str:
    for key in ("subject", "preheader"):
        if getattr(old, key) != getattr(new, key):
            text = _with_value(text, key, series_file.text_line(key, getattr(new, key)))
    for key in ("sections", "questions"):
        was, now = getattr(old, key), getattr(new, key)
        if was != now:
            text = _with_value(text, key, _list(_value(text, key), key, was, now))
    return text


def _list(written: str, key: str, was: tuple[str, ...], now: tuple[str, ...]) -> str:
    """A list with an entry a line keeps its lines and their comments; any other is written anew."""
    lines = written.splitlines()
    entries: dict[str, list[str]] = {}
    above: list[str] = []
    for line in lines[1:-1]:
        match = _ENTRY.fullmatch(line)
        if match:
            entries[match[1] or match[2] or ""] = [*above, line if "," in line else f"{line},"]
            above = []
        elif not line.strip() or line.lstrip().startswith("#"):
            above.append(line)
        else:
            return series_file.list_lines(key, now)
    if len(lines) < 3 or set(entries) != set(was):
        return series_file.list_lines(key, now)
    kept = [line for name in now for line in entries.get(name, [f"  {series_file.quoted(name)},"])]
    return "\n".join([lines[0], *kept, *above, lines[-1]])


def _value(text: str, key: str) -> str:
    span = _span(text, key)
    return text[slice(*span)] if span else ""


def _with_value(text: str, key: str, line: str) -> str:
    """`text` with `key = value` as in `line`; put at the end where the key is not there yet."""
    span = _span(text, key)
    if span is None:
        return f"{text.rstrip()}\n{line}" if line else text
    return text[: span[0]] + line + text[span[1] :]


def _span(text: str, key: str) -> tuple[int, int] | None:
    """From the start of a key to the end of its value: of a list, to its closing bracket."""
    match = re.search(rf"""^[ \t]*["']?{key}["']?[ \t]*=[ \t]*""", text, re.MULTILINE)
    if match is None:
        return None
    at = match.end()
    if not text.startswith("[", at):
        end = _after_string(text, at) if text[at : at + 1] in ("'", '"') else text.find("\n", at)
        return match.start(), end if end >= 0 else len(text)
    depth = 0
    while at < len(text):
        char = text[at]
        if char in "'\"":
            at = _after_string(text, at)
            continue
        if char == "#":
            at = text.find("\n", at)
            if at < 0:
                break
        depth += (char == "[") - (char == "]")
        at += 1
        if depth == 0:
            return match.start(), at
    return match.start(), len(text)


def _after_string(text: str, at: int) -> int:
    quote = text[at]
    at += 1
    while at < len(text) and text[at] not in (quote, "\n"):
        at += 2 if text[at] == "\\" and quote == '"' else 1
    return min(at + 1, len(text))
