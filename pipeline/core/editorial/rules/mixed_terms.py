"""A plain and a medical name for one thing, and no sentence that says they are one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_TERMS = (
    ("heart attack", "myocardial infarction"),
    ("high blood pressure", "hypertension"),
    ("low blood pressure", "hypotension"),
    ("stroke", "cerebrovascular accident"),
    ("chickenpox", "varicella"),
    ("shingles", "herpes zoster"),
    ("cold sore", "herpes labialis"),
    ("flu", "influenza"),
    ("whooping cough", "pertussis"),
    ("measles", "rubeola"),
    ("low blood sugar", "hypoglycaemia"),
    ("high blood sugar", "hyperglycaemia"),
    ("underactive thyroid", "hypothyroidism"),
    ("overactive thyroid", "hyperthyroidism"),
    ("bowel cancer", "colorectal cancer"),
    ("womb cancer", "endometrial cancer"),
    ("kidney stone", "renal calcul"),
    ("gallstone", "cholelithiasis"),
    ("nosebleed", "epistaxis"),
    ("hives", "urticaria"),
    ("shortness of breath", "dyspnoea"),
    ("painful periods", "dysmenorrhoea"),
    ("heavy periods", "menorrhagia"),
    ("bedsore", "pressure ulcer"),
    ("windpipe", "trachea"),
    ("collarbone", "clavicle"),
    ("shinbone", "tibia"),
    ("thighbone", "femur"),
    ("kneecap", "patella"),
    ("heartburn", "pyrosis"),
    ("piles", "haemorrhoids"),
    ("athlete's foot", "tinea pedis"),
    ("lazy eye", "amblyopia"),
    ("short-sighted", "myopia"),
    ("long-sighted", "hyperopia"),
    ("glandular fever", "mononucleosis"),
    ("blood poisoning", "septicaemia"),
    ("blood clot in the lung", "pulmonary embolism"),
    ("miscarriage", "spontaneous abortion"),
    ("afterbirth", "placenta"),
    ("hay fever", "allergic rhinitis"),
    ("sick leave", "sickness absence"),
    ("chest infection", "lower respiratory tract infection"),
    ("urine infection", "urinary tract infection"),
    ("water infection", "urinary tract infection"),
)


def _check(view: View) -> Iterator[Hit]:
    for plain, medical in _TERMS:
        if medical not in view.lower or not re.search(rf"\b{plain}", view.lower):
            continue
        explained = any(plain in text and medical in text for text, _ in view.lower_texts)
        if not explained:
            line = next(line for text, line in view.texts if medical in text.lower())
            yield Hit(
                line,
                medical,
                f"The article says both '{plain}' and '{medical}', and nowhere that they are the same. Say it once,"
                " plain term first.",
            )


RULE = Rule(
    Card(
        "mixed-terms",
        Severity.C,
        "A plain and a medical name for one thing, and no word that they are one",
        "Readers take them for two conditions. The plain term comes first, then the medical one in brackets (E-06).",
        "Write 'heart attack (myocardial infarction)' once, and the plain term from then on.",
    ),
    wrong="A heart attack is an emergency.\n\nAfter a myocardial infarction you need rest.",
    right="A heart attack (myocardial infarction) is an emergency.\n\nAfter a heart attack you need rest.",
    check=_check,
    reads=("en",),
)
