"""Words that a number belongs to, and words after which a number is a count: what E-20 must leave alone."""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The name of a thing, a stage, an abbreviated word before a number.
NAMED: Final = words(
    "omega covid vitamin type stage grade phase fig factor interleukin caspase brca hpv her sars hla fev hiv aids"
    " pm cox cyp gpt class category version vol volume tier alpha beta gamma delta kappa"
)
# Plain words that often stand before a number and as often end a sentence: only a person can tell.
EITHER: Final = words(
    "group level step part figure table chapter section appendix day week month year question equation example"
    " page line item rule option method arm cohort case patient"
)
UNITS: Final = words("m mm cm km dm mol mmol kg mg ml dl cal kcal bpm ft inch inches")
# Units that nobody raises to a power, so that a raised figure after them is a mark: `120 g/L⁴`.
UNPOWERED: Final = words("mol mmol kg mg ml dl l g µg ug mcg iu cal kcal bpm")
# Units of a dose or a size, which a count or a note may follow in brackets.
MEASURES: Final = UNITS | words(
    "g µg mcg ug l iu units unit mmhg hz hours hour hrs hr minutes mins min days weeks months years "
    "litre litres gram grams milligrams micrograms tablet tablets capsules drops puffs dose doses "
    "sachets cups glasses portions times points"
)
ABBREVIATIONS: Final = words("no nos vol fig figs p pp ch v ver approx ca eq sec tel ext art ref")
SCALES: Final = words("scale scales score scores scored rated rating ratings range ranges ranked points from")
ELEMENTS: Final = words(
    "iron copper tin lead mercury chromium cobalt manganese nickel gold titanium arsenic cerium"
)
JOINERS: Final = words("and or either both nor then plus")
# A citation does not stand right after one of these.
LEANING: Final = words(
    "of for in at to by about than the a an is are was were with from on as into per over under see between"
    " least most only around nearly approximately roughly number numbers"
)
# Two letters and fewer that are words, so that what is raised after them is no exponent.
SHORT: Final = words(
    "a i it is to so us in on up do go me we he no be at as or of by an am if my uk eu gp tb ms"
)
# The word that a count in brackets says again: `two (2) tablets`.
COUNTED: Final = {
    str(number): word
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
