"""What people do to help and what is known to harm: butter on a burn, a spoon in the mouth during a seizure.

After the pages of the NHS on first aid, and the guidelines of the Resuscitation Council UK (2021, First aid).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.core.content.article import Severity
from pipeline.core.editorial.phrasing import DENIAL, HEDGE, Phrase, hit, said
from pipeline.core.editorial.rule import Card, Hit, Rule
from pipeline.core.editorial.view import View

_OLD_ENOUGH = re.compile(r"\b(?:over|older|after|from|above)\b.{0,20}\b(?:1|one|12 months|a year)\b")
_SOUND = re.compile(DENIAL.pattern + r"|\b(?:used to|people (?:may|might|will|still)|stop)\b")


def _phrase(pattern: str, *triggers: str, after: re.Pattern[str] | None = None) -> Phrase:
    return Phrase(re.compile(pattern, re.IGNORECASE), triggers, _SOUND, after)


# Each with what is known of it.
_HARMFUL = (
    (
        _phrase(
            r"\b(?:put|spread|rub|apply|smear) (?:some )?(?:butter|oil|toothpaste|egg white|flour|lard|"
            r"margarine) (?:on|onto|over|into) (?:an? |the |your |any )?(?:\w{1,12} )?burn",
            "burn",
        ),
        "Fat and the like keep the heat in a burn. It is cooled under running water",
    ),
    (
        _phrase(
            r"\b(?:put|hold|place|press|apply|use) (?:some |an? )?(?:ice|iced water|ice[ -]cubes?)(?: "
            r"cubes)? (?:straight |directly )?(?:on|onto|to|against) (?:an? |the |your )?(?:\w{1,12} )?burn",
            "burn",
        ),
        "Ice harms burnt skin. It is cooled under running water",
    ),
    (
        _phrase(
            r"\b(?:put|push|place|force) (?:a |an |your |some)?\w{0,12}(?: \w{1,12})? (?:in|into|between) "
            r"(?:their|the|his|her|your) (?:mouth|teeth)\b.{0,30}\b(?:seizure|fit|convulsion)",
            "seizure",
            " fit",
            "convulsion",
        ),
        "What is put into the mouth breaks teeth and stops the breath",
    ),
    (
        _phrase(
            r"\b(?:hold|pin|tie) (?:them|him|her|the person|your child|the child) (?:down|"
            r"still)\b.{0,30}\b(?:seizure|fit|convulsion)|\brestrain (?:them|him|her|the "
            r"person)\b.{0,30}\b(?:seizure|fit|convulsion)",
            "seizure",
            " fit",
            "convulsion",
        ),
        "Somebody who is held in a seizure may be injured",
    ),
    (
        _phrase(
            r"\b(?:make|help|get) (?:them|him|her|yourself|the (?:child|person)|your child) (?:to "
            r")?(?:vomit|be sick|throw up)\b|\binduce vomiting\b",
            "vomit",
            "be sick",
            "throw up",
        ),
        "What burns on its way down burns again on its way up",
    ),
    (
        _phrase(
            r"\b(?:tilt|lean|tip|put) (?:the |your |their |his |her )?head back(?:wards?)?\b.{0,40}\bnose|"
            r"\bnosebleed.{0,40}\b(?:tilt|lean|tip) (?:the |your |their )?head back",
            "nose",
        ),
        "The blood runs into the throat. One sits and leans forward",
    ),
    (
        _phrase(
            r"\b(?:suck|squeeze|cut) (?:out )?(?:the )?(?:venom|poison)\b|\bcut (?:open )?the bite",
            "venom",
            "poison",
            "bite",
        ),
        "It spreads the venom and wounds the skin",
    ),
    (
        _phrase(
            r"\b(?:give|giving|take|use) aspirin (?:to|for|in) (?:an? |your |the |young |small )?(?:child|"
            r"children|baby|babies|toddlers?|teenagers?)\b|\bgive (?:your |a |the )?(?:child|baby|toddler|"
            r"children) (?:some )?aspirin",
            "aspirin",
        ),
        "Aspirin may cause Reye's syndrome in people under 16",
    ),
    (
        _phrase(
            r"\b(?:give|add|put|dip|mix) (?:some |a spoon(?:ful)? of )?honey (?:to|in|into|on|for) (?:an? |"
            r"your |the )?(?:baby|babies|newborn|infant|dummy|bottle)|\bgive (?:your |a |the )?(?:baby|"
            r"babies|newborns?|infants?) (?:some )?honey|\b(?:babies|your baby|infants|newborns) (?:can|may|"
            r"could) (?:safely )?(?:have|eat|be given) honey",
            "honey",
            after=_OLD_ENOUGH,
        ),
        "Honey may cause botulism in babies under 1 year",
    ),
    (
        _phrase(
            r"\b(?:burst|pop|prick|pierce|lance) (?:the |a |any |your |all )?(?:burn )?blisters?\b", "blister"
        ),
        "An open blister lets germs in",
    ),
    (
        _phrase(
            r"\b(?:pull|take|remove) (?:out )?(?:the |a |any )?(?:knife|glass|object|blade|stick|nail)s? "
            r"(?:out )?(?:of|from) (?:the |a )?(?:wound|eye|chest|body)",
            "wound",
            "eye",
            "chest",
            "body",
        ),
        "What sticks in a wound may be all that stops the bleeding",
    ),
    (
        _phrase(
            r"\bgive (?:an? |the )?(?:unconscious|drowsy|fainted|collapsed) (?:person|child|patient|man|"
            r"woman|casualty) (?:some |a |sips of )?(?:water|drink|food|sugar|tea|something)",
            "unconscious",
            "drowsy",
            "fainted",
            "collapsed",
        ),
        "Who is not awake may choke on it",
    ),
    (
        _phrase(
            r"(?:^|\byou can )(?:use|insert|put|push) (?:a )?(?:cotton (?:buds?|wool)|hair ?pins?|ear "
            r"candles?|fingers?) .{0,30}\b(?:your|the|their) ears?\b",
            " ear",
        ),
        "It pushes wax further in and may tear the eardrum",
    ),
    (
        _phrase(
            r"\b(?:drink|drinking|swallow|inject|gargle with|take) (?:a little |some |diluted )?(?:bleach|"
            r"disinfectant|turpentine|methanol|chlorine dioxide|hydrogen peroxide|petrol|borax)\b(?= (?:to|"
            r"for|as|daily|every|can|helps|if you))",
            *("bleach", "disinfectant", "turpentine", "methanol", "dioxide", "peroxide", "petrol", "borax"),
        ),
        "It burns or poisons",
    ),
)


def _check(view: View) -> Iterator[Hit]:
    for phrase, known in _HARMFUL:
        for sentence, match in said(view, (phrase,)):
            if not HEDGE.search(sentence.lower[: match.start()]) or sentence.lower.startswith("you can"):
                yield hit(
                    sentence, match, f"'{match.group()}' does harm. {known}. A clinician says what is right."
                )


RULE = Rule(
    Card(
        "harmful-first-aid",
        Severity.A,
        "Help that is known to harm",
        "Old advice of this kind is still copied from page to page, and is followed in a hurry.",
        "Look the first aid up with the NHS or the Resuscitation Council UK. A clinician agrees to it.",
    ),
    wrong="Put butter on the burn.",
    right="Cool the burn under running water for 20 minutes.",
    check=_check,
    reads=("en",),
)
