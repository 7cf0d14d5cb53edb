"""What the heading over a list of sources is called, in several languages."""

from __future__ import annotations

import re

from pipeline.core.content.importers import reference_list

_LONGEST = 40  # characters
_REFERENCES = re.compile(
    r"(?:references?|sources?|bibliography|works cited|citations|footnotes|endnotes"
    r"|notes and references|literature cited"
    r"|referencias|bibliograf[ií]a|fuentes|literatur(?:verzeichnis)?|quellen(?:angaben)?|r[ée]f[ée]rences"
    r"|bibliographie|riferimenti|bibliografia|refer[êe]ncias|المراجع|المصادر|参考文献|引用文献|источники|литература)"
    r"\s?\W{0,3}",
    re.IGNORECASE,
)


def names_references(text: str) -> bool:
    text = text.strip()
    return len(text) <= _LONGEST and any(
        pattern.fullmatch(text) is not None for pattern in (_REFERENCES, reference_list.HEADING)
    )
