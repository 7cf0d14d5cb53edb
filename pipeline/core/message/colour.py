"""Colours as numbers: contrast by WCAG 2.2, and what mail clients do to a page when they force it dark (H-06, H-09)."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Rgb = tuple[int, int, int]

HEX = re.compile(r"#([0-9a-fA-F]{6})\b")
BLACK_AND_WHITE = {(0, 0, 0), (255, 255, 255)}


def parse(value: str) -> Rgb | None:
    """`#0F5C5C` as three numbers; None for anything else, such as `transparent`."""
    found = HEX.search(value)
    if not found:
        return None
    digits = found.group(1)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def contrast(one: Rgb, other: Rgb) -> float:
    """WCAG 2.2 contrast ratio, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lightness_inverted(colour: Rgb) -> Rgb:
    """The same hue with light and dark exchanged, as Outlook and Android clients do."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, 1 - lightness, saturation))
    return red, green, blue


def inverted(colour: Rgb) -> Rgb:
    """Each channel exchanged, as Gmail for iOS does."""
    return 255 - colour[0], 255 - colour[1], 255 - colour[2]


@dataclass(frozen=True, slots=True)
class Way:
    """How a client shows a letter: what becomes of the colour of words, and of the ground that they stand on."""

    name: str
    words: Callable[[Rgb], Rgb]
    ground: Callable[[Rgb], Rgb]

    def contrast(self, words: Rgb, ground: Rgb) -> float:
        return contrast(self.words(words), self.ground(ground))


def _same(colour: Rgb) -> Rgb:
    return colour


def _if_dark(colour: Rgb) -> Rgb:
    return lightness_inverted(colour) if _lightness(colour) < 0.5 else colour


def _if_light(colour: Rgb) -> Rgb:
    return lightness_inverted(colour) if _lightness(colour) > 0.5 else colour


def _lightness(colour: Rgb) -> float:
    return (max(colour) + min(colour)) / 510


AS_IT_IS = Way("as it is", _same, _same)
# Outlook's apps and Android's change all; Gmail for Android and Outlook.com only what is light behind dark words, and
# leave what is dark already; Gmail for iOS exchanges each channel.
FORCED = (
    Way("dark forced by lightness", lightness_inverted, lightness_inverted),
    Way("dark forced in part", _if_dark, _if_light),
    Way("dark forced by inversion", inverted, inverted),
)


def written(colour: Rgb) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)


def nearby(colour: Rgb) -> Iterator[Rgb]:
    """The same hue in every lightness, in steps of a half per cent, the nearest first."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    levels = sorted((step / 200 for step in range(201)), key=lambda level: abs(level - lightness))
    for level in levels:
        red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, level, saturation))
        yield red, green, blue


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
