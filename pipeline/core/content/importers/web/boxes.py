"""How urgent a box of a page is: by its class where that is a system's own, otherwise by its words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.core.content.article import Block, Urgency
from pipeline.core.content.importers.web.tree import Element, names
from pipeline.core.content.words import plain, texts

# The NHS digital service manual: red cards for an emergency (immediate) and for urgent help, a blue one for a GP.
_CLASSES = (
    (Urgency.SOON, re.compile(r"care-card--(?:non-urgent|primary)")),
    (Urgency.URGENT, re.compile(r"care-card--(?:urgent|immediate|emergency)")),
    (Urgency.URGENT, re.compile(r"(?<![a-z])(?:emergency|urgent)(?![a-z])")),
)
_WORDS = (
    (
        Urgency.URGENT,
        re.compile(r"\b(?:999|112|911|111|A&E|emergency|ambulance|immediately|urgently?)\b", re.IGNORECASE),
    ),
    (
        Urgency.SOON,
        re.compile(r"\b(?:GPs?|doctors?|nurses?|midwi(?:fe|ves)|pharmacists?|appointment)\b", re.IGNORECASE),
    ),
)
_NON_URGENT = re.compile(r"\bnon-urgent\b", re.IGNORECASE)


def urgency_of(element: Element, title: str, blocks: Iterable[Block]) -> Urgency:
    classes = names(element)
    for urgency, pattern in _CLASSES:
        if pattern.search(classes):
            return urgency
    words = _NON_URGENT.sub("", " ".join([title, *(plain(text) for text, _ in texts(blocks))]))
    return next((urgency for urgency, pattern in _WORDS if pattern.search(words)), Urgency.NOTE)
