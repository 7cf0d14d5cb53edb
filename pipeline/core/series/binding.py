"""Which neighbours may not be parted: a lead-in and its list, a hedge and what it hedges (E-14).

The words that look back are known for the languages below. In any other, two blocks of a section are never parted,
since nobody here can tell whether the second takes back what the first says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.core.content.article import (
    Block,
    Callout,
    Cite,
    Inlines,
    Listing,
    Paragraph,
    Section,
    Table,
    Urgency,
)
from pipeline.core.content.words import plain, texts
from pipeline.core.series.advice import callouts

# A sentence that opens with one of these takes something back from the one before it.
_HEDGES = {
    "en": """however|but|yet|still|even so|nevertheless|nonetheless|although|though|on the other hand|in contrast
        |by contrast|instead|otherwise|unless|except|despite|in spite|that said|conversely|whereas|then again""",
    "de": "aber|jedoch|dennoch|trotzdem|allerdings|doch|andererseits|obwohl|sonst|stattdessen|hingegen",
    "fr": "mais|cependant|toutefois|pourtant|néanmoins|en revanche|par contre|sinon|malgré|bien que|or",
    "es": "pero|sin embargo|no obstante|aunque|en cambio|por el contrario|de lo contrario|a pesar|aun así",
    "cy": "ond|fodd bynnag|serch hynny|er hynny|ar y llaw arall|fel arall|oni bai",
    "ja": "しかし|ただし|けれども|だが|ところが|一方|もっとも|でも|それでも|なお",
}
# And one that opens with these speaks of what was just said.
_BACK = {
    "en": """this|these|that|those|it|its|they|their|them|he|she|such|both|neither|either|so|therefore|thus|hence
        |then|also|in addition|for this reason|for that reason|as a result|if so|if not|in that case|in this case
        |in these cases|for example|for instance|the same|here|there|another|others|similarly|as above|above""",
    "de": """dies|diese|dieser|dieses|das|sie|es|er|solche|beide|deshalb|daher|deswegen|darum|so|dann|auch|außerdem
        |zum beispiel|in diesem fall|dabei|damit|dadurch""",
    "fr": """ce|cet|cette|ces|cela|ceci|ça|il|elle|ils|elles|donc|ainsi|alors|aussi|de plus|par exemple
        |dans ce cas|pour cette raison|c'est""",
    "es": """este|esta|esto|estos|estas|ese|esa|eso|esos|esas|ellos|ellas|por eso|por lo tanto|así|entonces|también
        |además|por ejemplo|en ese caso|en este caso""",
    "cy": "hwn|hon|hyn|hynny|mae'n|maen|felly|hefyd|yna|er enghraifft|yn yr achos",
    "ja": """これ|それ|この|その|あれ|あの|こう|そう|また|そして|さらに|つまり|例えば|たとえば|したがって|このため
        |そのため|だから|次に""",
}
# Words that weaken, limit or deny: a plan may not lose one in silence (E-14).
_CAUTIONS = {
    "en": r"""\b(?:may|might|could|can|however|but|although|though|unless|except|only|not|no|never|nor|neither
        |without|cannot|avoid|stop|warning|caution|careful|risk|danger\w*|rarely|sometimes|usually|unlikely|unclear
        |uncertain)\b|n['’]t\b""",
}
_WORDLESS = frozenset({"ja", "zh", "th"})  # scripts without spaces: an opener needs no end
_LEADS = (":", "\N{FULLWIDTH COLON}")
_STOPS = (".", "!", "?", "…", "。", "！", "？", "」", "』", "؟", "।", "۔", ")", "”", "’", '"', "'")


def _openers(words: str, language: str) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(word.strip()) for word in words.split("|"))
    end = "" if language in _WORDLESS else r"(?!\w)"
    return re.compile(rf"[\W_]*(?:{alternatives}){end}", re.IGNORECASE)


_HEDGING = {language: _openers(words, language) for language, words in _HEDGES.items()}
_LOOKING_BACK = {language: _openers(words, language) for language, words in _BACK.items()}
_CAUTIOUS = {language: re.compile(rule, re.IGNORECASE | re.VERBOSE) for language, rule in _CAUTIONS.items()}


def held(before: Block, after: Block, language: str) -> str:
    """Why `after` may not stand in another email than `before`, as the end of a sentence; empty if it may."""
    tongue = _tongue(language)
    if why := _held_by_form(before, after):
        return why
    if tongue not in _HEDGING:
        return "in this language it cannot be told whether it looks back"
    start = opening(after)
    if _HEDGING[tongue].match(start):
        return "it takes back something in the words before it"
    if _LOOKING_BACK[tongue].match(start):
        return "it speaks of the words before it"
    return "it goes on in the middle of a sentence" if start[:1].islower() else ""


def hedges_back(blocks: tuple[Block, ...], language: str) -> bool:
    """Whether these blocks open by taking something back, such as "However": even a heading between is too far."""
    rule = _HEDGING.get(_tongue(language))
    return bool(blocks) and rule is not None and rule.match(opening(blocks[0])) is not None


def leads_on(blocks: tuple[Block, ...]) -> bool:
    """Whether these blocks end by announcing what follows."""
    return bool(blocks) and isinstance(blocks[-1], Paragraph) and _ends(blocks[-1].text).endswith(_LEADS)


def clings(before: Section, section: Section, language: str) -> bool:
    """Whether a section needs the one before it in the same email: it is led up to, or it takes something back."""
    return leads_on(before.blocks) or hedges_back(section.blocks, language)


def cautious(blocks: Iterable[Block], language: str) -> bool:
    """Whether these blocks hold advice to act, a hedge, a limit or a negation. In a language whose words are not
    known, they are taken to."""
    blocks = tuple(blocks)
    if any(callout.urgency is not Urgency.NOTE for callout in callouts(blocks)):
        return True
    rule = _CAUTIOUS.get(_tongue(language))
    return any(rule is None or rule.search(plain(text)) for text, _ in texts(blocks))


def opening(block: Block) -> str:
    """The first words of a block, without its marks."""
    if isinstance(block, Callout):
        return block.title
    return next((plain(text) for text, _ in texts([block])), "")


def _held_by_form(before: Block, after: Block) -> str:
    if isinstance(before, Paragraph):
        end = _ends(before.text)
        if end.endswith(_LEADS):
            return "the words before it lead up to it"
        if isinstance(after, Listing | Table):
            return "the sentence before it introduces it"
        if not end.endswith(_STOPS):
            return "the words before it do not end"
    if isinstance(after, Callout):
        return "the box belongs to the words before it"
    first = after.text[:1] if isinstance(after, Paragraph) else ()
    return "it begins with a citation of the words before it" if first and isinstance(first[0], Cite) else ""


def _ends(text: Inlines) -> str:
    return plain(text).rstrip()


def _tongue(language: str) -> str:
    return language.partition("-")[0].casefold()
