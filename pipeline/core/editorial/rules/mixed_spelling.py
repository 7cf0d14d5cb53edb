"""Two spellings of one word in one article: randomise and randomize, tumour and tumor."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

# Each row: the spelling of the UK and that of the USA, as what a word begins with.
_PAIRS = (
    ("tumour", "tumor"),
    ("ageing", "aging"),
    ("paediatric", "pediatric"),
    ("oestrogen", "estrogen"),
    ("oesophag", "esophag"),
    ("oedema", "edema"),
    ("foetus", "fetus"),
    ("foetal", "fetal"),
    ("diarrhoea", "diarrhea"),
    ("haemorrh", "hemorrh"),
    ("haemoglobin", "hemoglobin"),
    ("haematolog", "hematolog"),
    ("haematoma", "hematoma"),
    ("haemophil", "hemophil"),
    ("anaemi", "anemi"),
    ("leukaemi", "leukemi"),
    ("ischaemi", "ischemi"),
    ("septicaemi", "septicemi"),
    ("hypoglycaemi", "hypoglycemi"),
    ("hyperglycaemi", "hyperglycemi"),
    ("anaesthe", "anesthe"),
    ("gynaecolog", "gynecolog"),
    ("orthopaedic", "orthopedic"),
    ("caesarean", "cesarean"),
    ("caecum", "cecum"),
    ("coeliac", "celiac"),
    ("faeces", "feces"),
    ("faecal", "fecal"),
    ("dyspnoea", "dyspnea"),
    ("apnoea", "apnea"),
    ("colour", "color"),
    ("behaviour", "behavior"),
    ("favour", "favor"),
    ("fibre", "fiber"),
    ("centre", "center"),
    ("litre", "liter"),
    ("sulph", "sulf"),
    ("judgement", "judgment"),
    ("grey", "gray"),
    ("mould", "mold"),
)
_JOINED = (
    ("non-cancerous", "noncancerous", "non cancerous"),
    ("non-invasive", "noninvasive", "non invasive"),
    ("pre-cancerous", "precancerous", "pre cancerous"),
    ("postmenopausal", "post-menopausal", "post menopausal"),
    ("premenopausal", "pre-menopausal", "pre menopausal"),
    ("healthcare", "health-care", "health care"),
    ("x-ray", "xray", "x ray"),
    ("check-up", "checkup"),
    ("breastfeed", "breast-feed", "breast feed"),
    ("miscarriage", "mis-carriage"),
    ("antibody", "anti-body"),
    ("anti-inflammatory", "antiinflammatory", "anti inflammatory"),
    ("long-term", "longterm"),
    ("self-care", "selfcare"),
    ("ultrasound", "ultra-sound", "ultra sound"),
    ("wellbeing", "well-being", "well being"),
    ("email", "e-mail"),
)
_IZE = re.compile(r"^(.{3,}?)iz(e|es|ed|ing|ation|ations|er)$")


def _check(view: View) -> Iterator[Hit]:
    for one, other in (*_starts(view), *_ise_and_ize(view)):
        yield _hit(view.first_lines[other], one, other)
    for one, other in _joins(view):
        yield _hit(next(line for _, line in view.texts_with(other)), one, other)


def _starts(view: View) -> Iterator[tuple[str, str]]:
    beginning: dict[str, list[str]] = {}
    for word in view.words:
        beginning.setdefault(word[:3], []).append(word)
    for british, american in _PAIRS:
        one = next((word for word in beginning.get(british[:3], ()) if word.startswith(british)), "")
        other = next((word for word in beginning.get(american[:3], ()) if word.startswith(american)), "")
        if one and other:
            yield one, other


def _ise_and_ize(view: View) -> Iterator[tuple[str, str]]:
    told: set[str] = set()
    for word in view.words:
        if (match := _IZE.match(word)) and match.group(1) not in told:
            stem = match.group(1) + "is"
            endings = ("e", "es", "ed", "ing", "ation", "ations", "er")
            if other := next((stem + end for end in endings if stem + end in view.words), ""):
                told.add(match.group(1))
                yield other, word


def _joins(view: View) -> Iterator[tuple[str, str]]:
    for forms in _JOINED:
        used = [form for form in forms if view.has(form) and re.search(rf"(?<![\w-]){form}", view.lower)]
        if len(used) > 1:
            yield used[0], used[1]


def _hit(line: int, one: str, other: str) -> Hit:
    return Hit(line, other, f"The article writes both '{one}' and '{other}'. Choose one.")


RULE = Rule(
    Card(
        "mixed-spelling",
        Severity.C,
        "One word is spelt in two ways",
        "Readers wonder whether two things are meant, and searching finds one of them alone.",
        "Choose one spelling: that of the UK for UK readers.",
    ),
    wrong="A tumour is a lump. Most tumors are harmless.",
    right="A tumour is a lump. Most tumours are harmless.",
    check=_check,
    reads=("en",),
)
