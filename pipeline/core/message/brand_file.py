"""The brand in one file, `content/brand.toml`: names, addresses, colours, fonts, logo, words of the frame.

Every key may be left out; docs/settings.md lists them. `read` raises BadInput with the file and the line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from pipeline.core import toml
from pipeline.core.content.pictures import FOLDER, SHOWN_WIDTH, picture_name
from pipeline.core.errors import BadInput
from pipeline.core.message.brand import COLOURS, CONTRAST, FONTS, PoorPair, poor_pairs
from pipeline.core.message.labels import ENGLISH, check_label
from pipeline.core.message.sender_name import check_sender_name

TEXTS = ("name", "tagline", "organisation", "address", "email", "company_number")
TABLES = ("colours", "logo", "fonts", "labels")
LOGO_KEYS = ("file", "alt", "width")
# What the file calls a colour, where that is not its name in the templates.
ROLES: Mapping[str, str] = {"ground": "sand", "brand": "teal", "brand_tint": "teal_tint"}
ROLE_OF = {own: role for role, own in ROLES.items()}
COLOUR_NAMES = tuple(ROLE_OF.get(name, name) for name in COLOURS["light"])

_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
_FONTS = re.compile(r"[A-Za-z0-9 ,'-]{1,200}")
_GENERIC = ("serif", "sans-serif")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class LogoFile:
    """A picture in `content/images/`, shown `width` px wide."""

    name: str
    alt: str
    width: int


@dataclass(frozen=True, slots=True)
class BrandFile:
    """What the file says; a text is empty where it says nothing, and colours and fonts are then our own."""

    name: str = ""
    tagline: str = ""
    organisation: str = ""
    address: str = ""
    email: str = ""
    company_number: str = ""
    colours: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: COLOURS)
    fonts: Mapping[str, str] = field(default_factory=lambda: FONTS)
    logo: LogoFile | None = None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))


def read(place: str, source: bytes) -> BrandFile:
    """The brand in `source`. Contrast is another question: `poor_contrast`."""
    text = toml.text_of(place, source)
    data = toml.parsed(place, text)
    where = _Where(place, text)
    where.only(data, (*TEXTS, *TABLES), "")
    said = {key: where.line_of_text(data[key], key) for key in TEXTS if key in data}
    if "name" in said:
        where.held(check_sender_name, said["name"], "name")
    if "email" in said and not _ADDRESS.fullmatch(said["email"]):
        raise where.wrong("The email is no address. Write hello@example.org.", "email")
    tables = {key: where.table(data.get(key, {}), key) for key in TABLES}
    return BrandFile(
        **said,
        colours={mode: _colours(tables["colours"], mode, where) for mode in COLOURS},
        fonts=_fonts(tables["fonts"], where),
        logo=_logo(tables["logo"], where) if tables["logo"] else None,
        labels=_labels(tables["labels"], where),
    )


def poor_contrast(file: BrandFile) -> Iterator[str]:
    """A sentence for each colour that cannot be read on its grounds: the worst pair, its ratio, and the nearest colour
    that passes with all of them.
    """
    by_colour: dict[tuple[str, str], list[PoorPair]] = {}
    for poor in poor_pairs(file.colours):
        by_colour.setdefault((poor.mode, poor.mend), []).append(poor)
    for (mode, mend), pairs in by_colour.items():
        worst = min(pairs, key=lambda poor: poor.ratio)
        words, ground, role = (ROLE_OF.get(name, name) for name in (worst.words, worst.ground, mend))
        others = f", and {len(pairs) - 1} more of its pairs fail" if len(pairs) > 1 else ""
        remedy = f"{role} = {worst.better!r} is the nearest that passes." if worst.better else _NONE_PASSES
        yield (
            f"colours.{mode}: {words} on {ground} has a contrast of {worst.ratio:.2f}:1, {worst.way}; "
            f"{CONTRAST}:1 is needed{others}. {remedy}"
        )


_NONE_PASSES = "No lightness of this hue passes with all its grounds: change a ground."


class _Where:
    """Where things stand in the file. `tomllib` keeps no lines, so they are looked for in the text."""

    def __init__(self, place: str, text: str) -> None:
        self.place, self.lines = place, text.split("\n")

    def line(self, key: str, table: str = "") -> int | None:
        inside = table == ""
        for number, line in enumerate(self.lines, 1):
            if head := re.match(r"\s*\[([^\[\]]+)\]", line):
                name = head.group(1).replace(" ", "").replace('"', "")
                inside = name == table
                if (inside and not key) or (key and name == f"{table}.{key}".lstrip(".")):
                    return number
            elif inside and key and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line):
                return number
        return None if not table or not key else self.line("", table)

    def wrong(self, message: str, key: str, table: str = "") -> BadInput:
        return BadInput(message, place=self.place, line=self.line(key, table))

    def only(self, table: Mapping[str, Any], known: Iterable[str], name: str) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"The keys here are {', '.join(known)}."
                raise self.wrong(f"{key!r} is not a key of a brand file. {hint}", key, name)

    def table(self, value: object, key: str, name: str = "") -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(
                f"{key} is a table: write a line [{name + '.' if name else ''}{key}].", key, name
            )
        return value

    def held(self, check: Callable[[str], None], value: str, key: str, table: str = "") -> None:
        """What `check` has to say of `value`, with the line."""
        try:
            check(value)
        except BadInput as error:
            raise self.wrong(str(error), key, table) from None

    def line_of_text(self, value: object, key: str, table: str = "") -> str:
        if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST_TEXT:
            message = f"The key {key} needs a text on one line, of at most {LONGEST_TEXT} characters."
            raise self.wrong(message, key, table)
        return value.strip()


def _colours(tables: Mapping[str, Any], mode: str, where: _Where) -> Mapping[str, str]:
    where.only(tables, tuple(COLOURS), "colours")
    name = f"colours.{mode}"
    given = where.table(tables.get(mode, {}), mode, "colours")
    where.only(given, COLOUR_NAMES, name)
    for key, value in given.items():
        if not isinstance(value, str) or not _HEX.fullmatch(value):
            raise where.wrong(f"The colour {key} needs six digits, such as '#0F5C5C'.", key, name)
    return {**COLOURS[mode], **{ROLES.get(key, key): value.upper() for key, value in given.items()}}


def _fonts(table: Mapping[str, Any], where: _Where) -> Mapping[str, str]:
    where.only(table, tuple(FONTS), "fonts")
    for key, value in table.items():
        stack = where.line_of_text(value, key, "fonts")
        if (
            not _FONTS.fullmatch(stack)
            or stack.count("'") % 2
            or stack.split(",")[-1].strip() not in _GENERIC
        ):
            message = (
                f'The fonts of {key} are names with commas, ending in serif or sans-serif: "Georgia, serif".'
            )
            raise where.wrong(message, key, "fonts")
    return {**FONTS, **table}


def _logo(table: Mapping[str, Any], where: _Where) -> LogoFile:
    where.only(table, LOGO_KEYS, "logo")
    for key in LOGO_KEYS:
        if key not in table:
            raise where.wrong(f"The logo needs {key}.", key, "logo")
    name = picture_name(FOLDER + where.line_of_text(table["file"], "file", "logo"))
    alt = where.line_of_text(table["alt"], "alt", "logo")
    width = table["width"]
    if name is None:
        message = (
            "The file of the logo is the name of a PNG, JPEG or GIF in content/images/, such as 'logo.png'."
        )
        raise where.wrong(message, "file", "logo")
    if not alt:
        raise where.wrong("The logo needs words for those who do not see it: the name.", "alt", "logo")
    if not isinstance(width, int) or isinstance(width, bool) or not 16 <= width <= SHOWN_WIDTH:
        raise where.wrong(f"The width of the logo is from 16 to {SHOWN_WIDTH} px.", "width", "logo")
    return LogoFile(name, alt, width)


def _labels(tables: Mapping[str, Any], where: _Where) -> Mapping[str, Mapping[str, str]]:
    labels = {}
    for language, given in tables.items():
        name = f"labels.{language}"
        if not _LANGUAGE.fullmatch(language.lower()):
            raise where.wrong(f"{language!r} is not a language code such as ar or pt-BR.", "", name)
        table = where.table(given, language, "labels")
        where.only(table, tuple(ENGLISH), name)
        for key, words in table.items():
            where.held(partial(check_label, key), where.line_of_text(words, key, name), key, name)
        labels[language.lower()] = dict(table)
    return labels
