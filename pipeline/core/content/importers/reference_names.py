"""What the heading over a list of sources is called, in the languages whose headings are known: one table for every
reader."""

from __future__ import annotations

import re

_LONGEST = 60  # characters

_NAMES = (
    # English
    r"(?:list of )?references|reference|sources?|references and sources|sources and references",
    r"bibliography|works cited|citations|footnotes|endnotes|notes and references|literature cited|evidence base",
    # German, Dutch
    r"literatur(?:verzeichnis|angaben|nachweise|hinweise)?|quellen(?:angaben?|verzeichnis|nachweise?)?|referenzen",
    r"quellen und literatur|literatur und quellen|einzelnachweise|bronnen|bronvermelding|referenties",
    # French
    r"r[ée]f[ée]rences(?: bibliographiques)?|bibliographie|notes et r[ée]f[ée]rences|sources et r[ée]f[ée]rences",
    # Spanish, Portuguese, Italian
    r"referencias(?: bibliogr[áa]ficas)?|bibliograf[ií]a|fuentes(?: consultadas)?",
    r"refer[êe]ncias(?: bibliogr[áa]ficas)?|fontes",
    r"riferimenti(?: bibliografici)?|bibliografia|fonti",
    # Russian, Arabic, Japanese, Chinese
    r"источники|литература|список (?:использованной )?литературы|использованная литература|примечания",
    r"المراجع|المصادر|المراجع والمصادر|المصادر والمراجع|قائمة المراجع",
    r"参考文献|引用文献|参考文献・資料|参考資料|引用・参考文献|出典|参考资料|參考文獻|資料來源|资料来源",
)
_FURTHER = (
    r"further reading|more to read",
    r"weiterf[üu]hrende (?:literatur|informationen)|zum weiterlesen|verder lezen",
    r"pour en savoir plus|lectures compl[ée]mentaires",
    r"lecturas? (?:recomendadas?|adicional(?:es)?)|para saber m[áa]s|leitura (?:adicional|complementar)",
    r"letture consigliate",
)
_REFERENCES = re.compile(rf"(?:\d{{1,3}} )?(?:{'|'.join((*_NAMES, *_FURTHER))})\s?\W{{0,3}}", re.IGNORECASE)
_FURTHER_READING = re.compile(rf"(?:{'|'.join(_FURTHER)})\s?\W{{0,3}}", re.IGNORECASE)


def names_references(text: str) -> bool:
    """Whether a heading is one over sources, further reading included."""
    text = text.strip()
    return len(text) <= _LONGEST and _REFERENCES.fullmatch(text) is not None


def names_further_reading(text: str) -> bool:
    """Whether it is one over what else there is to read, which are the sources where nothing else is."""
    text = text.strip()
    return len(text) <= _LONGEST and _FURTHER_READING.fullmatch(text) is not None
