"""Names of medicines as the rules know them: kinds and well-known names, and the stems of international names.

The stems are those of the World Health Organization's list of stems in INN (2018): `-cillin`, `-pril`, `-statin`. They
name a medicine that no list has.
"""

from __future__ import annotations

import re

KINDS = (
    r"medicines?|medications?|(?:prescribed|prescription) \w+|anticoagulants?|blood[ -]thinners?|statins?|"
    r"antidepressants?|ssris?|beta[ -]?blockers?|steroids?|antibiotics?|hrt|antipsychotics?|epilepsy "
    r"(?:drugs?|\w+)|benzodiazepines?|opioids?|inhalers?|contraceptive pills?|painkillers?|sleeping "
    r"(?:pills?|tablets?)|chemotherapy|diuretics?|water tablets?|anti-inflammator(?:y|ies)|"
    r"vaccines?"
)
NAMES = (
    r"insulin|warfarin|metformin|prednisolone|tamoxifen|lithium|levothyroxine|thyroxine|morphine|"
    r"methotrexate|aspirin|paracetamol|acetaminophen|ibuprofen|codeine|digoxin|heparin|clopidogrel|apixaban|"
    r"rivaroxaban|tramadol|fentanyl|diazepam|zopiclone|furosemide|spironolactone|carbamazepine|phenytoin|"
    r"valproate|lamotrigine|gabapentin|pregabalin|ciclosporin|azathioprine"
)
_STEMS = (
    r"[a-z]{2,14}(?:cillin|mycin|micin|cycline|floxacin|sulfa|oxacin|azole|vir|pril|sartan|olol|dipine|"
    r"statin|prazole|tidine|profen|fenac|oxicam|coxib|triptan|oxetine|traline|azepam|azolam|gliptin|"
    r"gliflozin|glutide|glitazone|parin|gatran|xaban|mab|tinib|dronate|setron|terol|sone|solone|onide|caine|"
    r"codone|morphone|barbital|lukast|steride)"
)
MEDICINE = rf"(?:{KINDS}|{NAMES}|{_STEMS}|tablets?|pills?)"
_NAMED = re.compile(rf"\b(?:{NAMES}|{_STEMS}|{KINDS})\b")
# Words of a name that say nothing of which medicine it is.
_GENERAL = re.compile(r"(?:medicines?|medications?|(?:prescribed|prescription) \w+|painkillers?)")


def named_in(lower: str) -> tuple[str, ...]:
    """Which medicines a text in small letters names, each once, in order; not 'medicine', which may be any."""
    return tuple(
        dict.fromkeys(
            m.group().removesuffix("s") for m in _NAMED.finditer(lower) if not _GENERAL.fullmatch(m.group())
        )
    )
