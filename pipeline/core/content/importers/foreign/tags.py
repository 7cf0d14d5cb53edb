"""Tags of HTML and JSX, found in text without a parser of either: their names, attributes and places."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

# Each alternative begins with a character that no other can, and none gives back what it took: the search takes no
# longer than the text is long, whatever the text.
_ATTRIBUTES = (
    r"(?:[^<>\"'{}]++|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'|\{\{[^{}<]{0,2000}+\}\}|\{[^{}<]{0,2000}+\})*+"
)
TAG = re.compile(
    rf"<(?P<closes>/?)(?P<name>[A-Za-z][\w-]{{0,60}}+(?:[.:][A-Za-z][\w-]{{0,60}}+){{0,3}}+)(?P<rest>(?:[\s/]{_ATTRIBUTES})?+)>"
)
_ATTRIBUTE = re.compile(
    r"([\w:@.-]{1,60})\s{0,9}=\s{0,9}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|\{\s{0,9}[\"'`]([^\"'`{}]{0,2000})[\"'`]\s{0,9}\}|([^\s\"'{}<>]{1,2000}))"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """`name` is in small letters for HTML, and as typed where a capital makes it a component."""

    name: str
    closes: bool
    alone: bool  # `<Name />`
    rest: str

    @property
    def is_component(self) -> bool:
        return _is_component(self.name)

    def attribute(self, name: str) -> str:
        """The value of an attribute as text; empty if it has none, or one that only a program can know."""
        return self.attributes().get(name, "")

    def attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(self.rest):
            value = next((group for group in match.groups()[1:] if group is not None), "")
            found.setdefault(match.group(1).lower(), html.unescape(value))
        return found


def tag_of(match: re.Match[str]) -> Tag:
    """The tag of a match of `TAG`."""
    name = match["name"]
    name = name if _is_component(name) else name.lower()
    rest = match["rest"]
    return Tag(name, bool(match["closes"]), rest.endswith("/"), rest.removesuffix("/"))


def tag_in(source: str) -> Tag | None:
    """The tag that `source` is; None for a comment or a declaration."""
    match = TAG.fullmatch(source)
    return tag_of(match) if match else None


def _is_component(name: str) -> bool:
    """`Callout` and `UI.Note`; `DIV` is old HTML."""
    return "." in name or (name[0].isupper() and (len(name) > 1 and not name.isupper()))
