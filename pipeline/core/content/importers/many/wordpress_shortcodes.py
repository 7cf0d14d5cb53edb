"""Takes WordPress's shortcodes out of a post: boxes and accordions become HTML that says so, the rest is listed."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from pipeline.core.content.article import LeftOut
from pipeline.core.content.asking import asks
from pipeline.core.content.importers.furniture import SHORTCODE

_CODE = re.compile(r"\[(/?)([a-zA-Z][\w-]{1,40})((?:\s[^\[\]<>]{0,1000})?)(/?)\]")
_ATTRIBUTE = re.compile(r"""(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)'|“([^”]*)”|(\S+))""")
_BOX = re.compile(r"(?:\w+_)?(?:note|box|alert|warning|info|notice|message|callout|tip)\w*", re.IGNORECASE)
_FOLD = re.compile(
    r"(?:\w+[_-])?(?:spoiler|toggle|accordion[_-]?(?:item|tab|panel)|tta_section|faq[_-]?item)", re.IGNORECASE
)
_ASKED = ("question", "q", "title", "heading")
_ANSWERED = ("answer", "a", "content", "text")
# What folds, or is one of several, only where it has a title: the box around several is called the same.
_TITLED = re.compile(r"[\w-]*(?:faq|qa|question|accordion|collaps|expand|tab|panel)[\w-]*", re.IGNORECASE)
_NOTE = frozenset({"footnote", "efn_note", "mfn", "ref", "fn", "note_ref"})
_EMPTY = frozenset(
    {"gallery", "embed", "playlist", "audio", "video", "contact-form-7", "toc", "ez-toc", "sitemap"}
)
_HEADING = re.compile(r"\w*(?:custom_heading|heading|title)", re.IGNORECASE)
_LONGEST = 160


@dataclass(slots=True)
class Without:
    html: str = ""
    left_out: list[LeftOut] = field(default_factory=list)


def without_shortcodes(text: str) -> Without:
    """`text` with every shortcode replaced, line ends where they were."""
    closed = {match.group(2).lower() for match in _CODE.finditer(text) if match.group(1)}
    out = Without()
    pieces: list[str] = []
    ends: dict[str, list[str | None]] = {}
    at = count = 0
    for match in _CODE.finditer(text):
        name = match.group(2).lower()
        if not _is_code(name, match, closed):
            continue
        if match.group(1):
            made = ends[name].pop() if ends.get(name) else None
        else:
            made, end = _made(name, match.group(3), closed, count)
            ends.setdefault(name, []).append(end)
        count += name in _NOTE and not match.group(1)
        if made is None:
            line = text.count("\n", 0, match.start()) + 1 if len(out.left_out) < 200 else 0
            out.left_out.append(LeftOut(line, match.group()[:_LONGEST], SHORTCODE))
        pieces += [text[at : match.start()], made or ""]
        at = match.end()
    out.html = "".join([*pieces, text[at:]])
    return out


def _is_code(name: str, match: re.Match[str], closed: set[str]) -> bool:
    """Words in brackets are no shortcode unless they look like one: `[see below]`, `[Internet]`, `[sic]`."""
    return name in closed or name in _EMPTY or name in _NOTE or "_" in name or "=" in match.group(3)


def _made(name: str, attributes: str, closed: set[str], count: int) -> tuple[str | None, str | None]:
    """The HTML that a shortcode stands for, and that of its end; None for what stands for nothing here."""
    if name not in closed:
        asked, answer = _title(attributes, "question", "q", "title"), _title(attributes, *_ANSWERED)
        if asked and answer and _TITLED.fullmatch(name):
            return f"<details><summary>{asked}</summary><p>{answer}</p></details>", None
        words = _title(attributes, "text", "title")
        return (f"<h2>{words}</h2>" if words and _HEADING.fullmatch(name) else None), None
    if name == "caption":
        return "<figure>", "</figure>"
    if name in _NOTE:
        return f'<span class="tooltip">{count + 1}<span role="tooltip">', "</span></span>"
    asked = _title(attributes, *_ASKED)
    if _FOLD.fullmatch(name) or (asked and (_TITLED.fullmatch(name) or asks(asked))):
        return f"<details><summary>{asked}</summary>", "</details>"
    if _BOX.fullmatch(name):
        title = _title(attributes, "title", "note_title")
        return f'<div class="callout {name}">' + (f"<h4>{title}</h4>" if title else ""), "</div>"
    return None, None


def _title(attributes: str, *names: str) -> str:
    said = {
        m.group(1).lower(): next(g for g in m.groups()[1:] if g is not None)
        for m in _ATTRIBUTE.finditer(attributes)
    }
    words = next((said[name] for name in names if said.get(name)), "")
    return html.escape(html.unescape(words))
