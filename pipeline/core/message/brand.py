"""Who the letters come from, and how they look: colours, fonts, logo, words of the frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pipeline.core.message import colour
from pipeline.core.message.colour import AS_IT_IS, FORCED, Rgb, Way
from pipeline.core.message.labels import Overrides, direction

# The colours of every face of Rounds: letters, public pages, studio. `light` pairs have a contrast of 4.5:1
# or more on `paper`, `sand` and their own tint, and keep it when a client inverts them (H-06, H-09); `dark`
# is what we choose where the client asks us. Six digits each: Outlook does not read `#abc`.
COLOURS: Mapping[str, Mapping[str, str]] = {
    "light": {
        "sand": "#F1EADF",  # around the page
        "paper": "#FBF8F3",  # the page
        "line": "#DDD3C3",  # hairlines
        "ink": "#1F2A2C",  # words
        "muted": "#53605E",  # small print
        "teal": "#0F5C5C",  # brand, links, headings
        "teal_tint": "#E3EEEB",
        "urgent": "#B42318",
        "urgent_tint": "#FBE9E5",
        "soon": "#9A4708",  # amber, deep enough for small words on its tint
        "soon_tint": "#FCF0DA",
        "note": "#23478F",
        "note_tint": "#E8EEFB",
    },
    "dark": {
        "sand": "#10191A",
        "paper": "#182325",
        "line": "#34423F",
        "ink": "#EAE5DB",
        "muted": "#AEB9B4",
        "teal": "#86CFC6",
        "teal_tint": "#1F3534",
        "urgent": "#F7A79D",
        "urgent_tint": "#3B201D",
        "soon": "#F3BC72",
        "soon_tint": "#362913",
        "note": "#A6C0F8",
        "note_tint": "#1D2B49",
    },
}

FONTS: Mapping[str, str] = {
    "body": "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
    "heading": "Georgia, 'Times New Roman', Times, serif",
}

# Scripts that the fonts above do not have, and that need more room between lines: fonts that are there on Apple's,
# Microsoft's and Android's systems.
FONTS_OF: Mapping[str, str] = {
    "ja": "'Hiragino Sans', 'Yu Gothic', Meiryo, 'Noto Sans CJK JP', sans-serif",
    "zh": "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
    "ko": "'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans CJK KR', sans-serif",
    "rtl": "'Geeza Pro', 'Segoe UI', Tahoma, Arial, sans-serif",
}
LEADING, WIDE_LEADING = "1.6", "1.8"

# What stands on what in a letter: every pair that has to be read.
PAIRS: tuple[tuple[str, str], ...] = (
    *((words, ground) for words in ("ink", "muted", "teal") for ground in ("paper", "sand", "teal_tint")),
    *((words, f"{words}_tint") for words in ("urgent", "soon", "note")),
    *(("ink", f"{words}_tint") for words in ("urgent", "soon", "note")),
    *((words, f"{hint}_tint") for words in ("muted", "teal") for hint in ("urgent", "soon", "note")),
)
# The band on top and the button: in light colours words of `paper` on the brand's own, in dark ones as said here.
BANDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "light": (("paper", "teal"),),
    "dark": (("sand", "teal"),),
}
CONTRAST = 4.5


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture in place of the name. `url` is on our own site; sizes in px, as shown."""

    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Brand:
    """Who the letters come from. `company_line` holds the particulars of C-45; no URL ends in a slash."""

    name: str
    tagline: str
    postal_address: str
    company_line: str
    contact_email: str
    feedback_url: str
    base_url: str
    colours: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: COLOURS)
    fonts: Mapping[str, str] = field(default_factory=lambda: FONTS)
    logo: Logo | None = None
    labels: Overrides = field(default_factory=lambda: MappingProxyType({}))

    def fonts_for(self, language: str) -> Mapping[str, str]:
        """Font stacks for `body` and `heading` in this language."""
        own = FONTS_OF.get(script_of(language))
        return {"body": own, "heading": own} if own else self.fonts


def script_of(language: str) -> str:
    """A key of `FONTS_OF`, or `latin`."""
    primary = language.lower().split("-")[0]
    if primary in FONTS_OF:
        return primary
    return "rtl" if direction(language) == "rtl" else "latin"


@dataclass(frozen=True, slots=True)
class PoorPair:
    """Two colours that cannot be read on one another. `better`: the nearest for the colour `mend` that can, if any."""

    mode: str  # light or dark
    way: str  # as they are, or how a client changes them
    words: str
    ground: str
    ratio: float
    mend: str
    better: str | None


WAYS: Mapping[str, tuple[Way, ...]] = {"light": (AS_IT_IS, *FORCED), "dark": (AS_IT_IS,)}


def poor_pairs(colours: Mapping[str, Mapping[str, str]]) -> Iterator[PoorPair]:
    """Pairs below 4.5:1 (WCAG 2.2, 1.4.3): in light, in dark, and where a client forces the light ones dark."""
    for mode, ways in WAYS.items():
        own = {name: _rgb(value) for name, value in colours[mode].items()}
        for words, ground in (*PAIRS, *BANDS[mode]):
            for way in ways:
                ratio = way.contrast(own[words], own[ground])
                if ratio < CONTRAST:
                    # On a band the words are of the page's colour, so that it is the band's that has to change.
                    mend = ground if (words, ground) in BANDS[mode] else words
                    yield PoorPair(mode, way.name, words, ground, ratio, mend, _better(own, mode, mend))
                    break


def _better(own: Mapping[str, Rgb], mode: str, name: str) -> str | None:
    """The colour of the same hue, nearest in lightness, with which every pair that `name` stands in can be read."""
    pairs = [pair for pair in (*PAIRS, *BANDS[mode]) if name in pair]
    for tried in colour.nearby(own[name]):
        changed = {**own, name: tried}
        if all(
            way.contrast(changed[words], changed[ground]) >= CONTRAST
            for words, ground in pairs
            for way in WAYS[mode]
        ):
            return colour.written(tried)
    return None


def _rgb(value: str) -> Rgb:
    found = colour.parse(value)
    if found is None:
        raise ValueError(f"{value!r} is no colour of six digits")
    return found
