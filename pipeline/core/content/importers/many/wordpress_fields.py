"""Text that a page builder keeps in a post's custom fields: Advanced Custom Fields, Elementor, blocks of ACF."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.content.article import LeftOut
from pipeline.core.content.importers.web.tree import words_in

Fields = Sequence[tuple[str, str]]

_TEXT = re.compile(
    r"(?:^|_)(?:text|content|body|copy|wysiwyg|description|answer|editor|html|intro|introduction|summary|paragraph|"
    r"question|heading|subheading|title|headline)$"
)
_HEADING = re.compile(r"(?:^|_)(?:heading|subheading|title|headline)$")
_QUESTION = re.compile(r"(?:^|_)question$")
_NEVER = re.compile(
    r"^_|(?:^|_)(?:seo|rank_math|og|twitter|meta|schema|aioseo|yoast|excerpt|teaser|card|social|cta|button|newsletter|promo|"
    r"banner|related|wp)(?:_|$)"
)
_SERIALISED = re.compile(r"\s*(?:[abisdO]:\d+[:;{]|[\[{])")
_REFERENCES = re.compile(
    r"^(?:article_|post_|medical_)?(?:references?|sources?|bibliography|citations?|reference_list)(?:_\d+_\w+)?$"
)
_REVIEWERS = re.compile(
    r"^(?:post_|article_)?(?:medically_reviewed_by|medical_reviewer|clinically_reviewed_by|clinical_reviewer|reviewed_by|"
    r"reviewer|fact_checked_by)(?:_name)?$"
)
_BLOCK = re.compile(r"<!-- wp:([\w/-]{1,80}) (\{[^<>]*\}) /-->")
_INDEX = re.compile(r"_(\d{1,4})(?=_)")
_FAQ = re.compile(r"faqs?|questions?")
_MOST = 20_000  # parts of a builder's data
_MORE = 1.1  # of the body's words that the fields must have to take its place


@dataclass(slots=True)
class Body:
    """`names` are the fields that the text came from; empty where it is the body's own."""

    html: str
    names: tuple[str, ...] = ()
    left_out: list[LeftOut] = field(default_factory=list)


def body(content: str, fields: Fields) -> Body:
    """The post's text: its body with the blocks that keep theirs in data, or its fields where they say more."""
    content = _BLOCK.sub(_of_block, content)
    best = Body(content)
    count = len(words_in(content).split()) * _MORE
    for other in (_elementor(fields), _advanced(fields)):
        if other is not None and (words := len(words_in(other.html).split())) > count:
            best, count = other, words
    if best.names and (lost := words_in(content)):
        best.left_out.append(
            LeftOut(1, lost[:160] + ("…" if len(lost) > 160 else ""), "shorter than the post's fields")
        )
    return best


def references(fields: Fields) -> str:
    """The field that lists the sources; rows of a repeater as lines."""
    rows: dict[str, list[str]] = {}
    for key, value in fields:
        if (
            _REFERENCES.match(key)
            and value.strip()
            and not value.strip().isdigit()
            and not _SERIALISED.match(value)
        ):
            index = _INDEX.search(key)
            rows.setdefault(index.group(1) if index else "", []).append(value.strip())
    if set(rows) == {""}:
        return "\n".join(rows[""])
    return "\n".join(
        " ".join(parts) for index, parts in sorted(rows.items(), key=lambda r: int(r[0] or 0)) if index
    )


def reviewers(fields: Fields, authors: Mapping[str, str]) -> tuple[str, ...]:
    """Names in fields for a reviewer; a number is the id of an author of the export, if it has that one."""
    found = []
    for key, value in fields:
        if _REVIEWERS.match(key) and value.strip() and not _SERIALISED.match(value):
            name = value.strip()
            found.append(
                authors.get(name, f"number {name} in WordPress") if name.isdigit() else words_in(name)[:200]
            )
    return tuple(dict.fromkeys(found))


def _advanced(fields: Fields) -> Body | None:
    """Fields of rows, such as `sections_0_heading` and `sections_0_text`, in the order of their numbers."""
    kept = [(key, value) for key, value in fields if _is_text(key, value)]
    if not kept:
        return None
    seen: dict[str, int] = {}
    for key, _ in kept:
        for part in _INDEX.split(key):
            seen.setdefault(part, len(seen))
    kept.sort(key=lambda pair: _order(pair[0], seen))
    return Body("\n\n".join(_pieces(kept)), tuple(key for key, _ in kept))


def _is_text(key: str, value: str) -> bool:
    value = value.strip()
    return (
        bool(value)
        and _TEXT.search(key) is not None
        and _NEVER.search(key) is None
        and _REFERENCES.match(key) is None
        and _SERIALISED.match(value) is None
        and not value.isdigit()
        and not value.startswith(("http://", "https://", "field_", "#"))
    )


def _order(key: str, seen: Mapping[str, int]) -> tuple[tuple[int, int], ...]:
    """Rows by their number, fields of one row by their place, a heading before all."""
    parts = _INDEX.split(key)
    return tuple(
        (int(part), 0) if n % 2 else (-1 if n and n == len(parts) - 1 and _heads(part) else 0, seen[part])
        for n, part in enumerate(parts)
    )


def _heads(key: str) -> bool:
    return _HEADING.search(key) is not None or _QUESTION.search(key) is not None


def _pieces(fields: Fields) -> Iterator[str]:
    in_questions = False
    for key, value in fields:
        if _QUESTION.search(key):
            if not in_questions and _FAQ.search(key):
                yield "<h2>Frequently asked questions</h2>"
            in_questions = True
            yield f"<h3>{_escaped(value)}</h3>"
        elif _HEADING.search(key):
            in_questions = False
            yield f"<h2>{_escaped(value)}</h2>"
        else:
            yield f"<div>{value}</div>"


def _escaped(value: str) -> str:
    return html.escape(words_in(value))


def _of_block(match: re.Match[str]) -> str:
    """A block of Advanced Custom Fields, which keeps its words in the comment; others stay as they are."""
    name, data = match.groups()
    if not name.startswith("acf/"):
        return match.group()
    try:
        told = json.loads(data).get("data")
    except (ValueError, RecursionError, AttributeError):
        return match.group()
    if not isinstance(told, dict):
        return match.group()
    made = _advanced([(key, value) for key, value in told.items() if isinstance(value, str)])
    return f'<div class="{html.escape(name[4:])}">{made.html}</div>' if made else match.group()


def _elementor(fields: Fields) -> Body | None:
    data = next((value for key, value in fields if key == "_elementor_data"), "")
    if not data:
        return None
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    out = Body("", ("_elementor_data",))
    out.html = "\n\n".join(_widgets(told, out))
    return out


def _widgets(told: Any, out: Body) -> Iterator[str]:
    """Widgets in the order of the page. Containers are walked with a stack."""
    waiting = [told]
    for _ in range(_MOST):
        if not waiting:
            return
        part = waiting.pop()
        if isinstance(part, list):
            waiting.extend(reversed(part))
        elif isinstance(part, dict):
            if isinstance(inner := part.get("elements"), list):
                waiting.append(inner)
            settings = part.get("settings")
            if part.get("elType") == "widget" and isinstance(settings, dict):
                yield from _widget(str(part.get("widgetType")), settings, out)


def _widget(kind: str, settings: dict[str, Any], out: Body) -> Iterator[str]:
    def said(name: str, of: dict[str, Any] = settings) -> str:
        value = of.get(name)
        return value if isinstance(value, str) else ""

    def rows(*names: str) -> list[dict[str, Any]]:
        found: list[Any] = next(
            (settings[name] for name in names if isinstance(settings.get(name), list)), []
        )
        return [row for row in found if isinstance(row, dict)]

    match kind:
        case "heading":
            size = said("header_size") if re.fullmatch(r"h[2-6]", said("header_size")) else "h2"
            yield f"<{size}>{said('title')}</{size}>"
        case "text-editor":
            yield f"<div>{said('editor')}</div>"
        case "html":
            yield said("html")
        case "accordion" | "toggle" | "tabs" | "nested-accordion":
            for row in rows("tabs", "items"):
                label = _escaped(said("tab_title", row) or said("item_title", row))
                yield f"<details><summary>{label}</summary>{said('tab_content', row)}</details>"
        case "icon-list":
            yield "<ul>" + "".join(f"<li>{said('text', row)}</li>" for row in rows("icon_list")) + "</ul>"
        case "alert":
            title, text = said("alert_title"), said("alert_description")
            yield f'<div class="alert"><h4>{title}</h4>{text}</div>'
        case "blockquote":
            yield f"<blockquote>{said('blockquote_content')}</blockquote>"
        case _:
            words = words_in(" ".join(v for v in settings.values() if isinstance(v, str) and " " in v))
            out.left_out.append(LeftOut(0, words[:160] or kind, f"a part of the page builder: {kind[:40]}"))
