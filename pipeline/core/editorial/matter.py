"""What a sentence is about: its words without those that change nothing, each cut to what inflection leaves."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"\d+|[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_LIGHT = frozenset(
    re.findall(
        r"\w+",
        "a an the of in on at to for and or that this these those is are be been was were being will "
        "would do does did about around roughly approximately it its they them their he she his her you "
        "your yours we our who which whom by as with have has had having there any some all person "
        "people someone somebody anyone anybody also still very usually often generally normally only "
        "then so from between called mean means ",
    )
)
# What a yes and a no are said with: whether somebody may, and that something is taken at all.
_ANSWER = frozenset(
    re.findall(
        r"\w+",
        "can could may might should must ought shall not no never cannot need needs allowed advised "
        "recommended safe safely unsafe fine ok okay suitable unsuitable avoid avoiding avoided always "
        "just take takes taking taken use uses using used give gives given giving get gets got "
        "contagious infectious while during "
        "maximum minimum dose doses dosage usual ",
    )
)
_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ing|ies|es|ed|s|e|y|t)$")
_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1$")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """`drink` of drinking, `pregnanc` of pregnancy and `pregnan` of pregnant: rough, and the same for the same word."""
    cut = _ENDINGS.sub("", word)
    return _DOUBLED.sub(r"\1", cut)


def words(lower: str) -> frozenset[str]:
    """The stems of all words of a text in small letters but the lightest."""
    return frozenset(stem(word) for word in _WORD.findall(lower) if word not in _LIGHT)


def matter(lower: str) -> frozenset[str]:
    """The same without what says yes or no to it."""
    return frozenset(
        stem(word) for word in _WORD.findall(lower) if word not in _LIGHT and word not in _ANSWER
    )
