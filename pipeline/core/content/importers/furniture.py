"""What a page carries besides its article, told by the words that sites use. A row is a reason and its patterns.

A row that no health sentence could match is worth having; one that might eat a sentence is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.core.content.article import Finding, LeftOut, Severity

LEFT_OUT_RULE = "furniture-left-out"

SIGN_UP = "a sign-up box"
ADVERTISEMENT = "an advertisement"
AUTHOR_BOX = "the box about the author"
FOOTER = "the foot of the page"
SHORTCODE = "a shortcode of the site's software"
COMMENT_FORM = "the comment form"

RELATED = "links to other articles"
CONTENTS = "the table of contents"
FEEDBACK = "a question about the page"
SHOP = "an offer to buy"
SERVICES = "an offer of the site's own services"
EDITING = "a note on how the site edits"
# What big publishers put between the parts of an article, told by its words alone. A person is told once of all of it.
OF_PUBLISHERS = frozenset({FEEDBACK, SHOP, SERVICES, EDITING, RELATED, ADVERTISEMENT})

_ROWS: tuple[tuple[str, str], ...] = (
    (SHORTCODE, r"^\[/?[a-z][\w-]*[-_][\w-]*(?: [^\[\]]*)?\]$|^\[/?[a-z]\w+ [^\[\]]*=[^\[\]]*\]$"),
    (
        SIGN_UP,
        r"^(?:get|join|receive|subscribe (?:to|for)|sign up (?:for|to)) .{0,60}"
        r"\b(?:newsletters?|e-?mails?|mailing list|inbox)\b.{0,40}$"
        r"|^get (?:daily|weekly|monthly|free) .{0,60}(?:advice|tips|news)\b.{0,40}$"
        r"|^your privacy is important to us|^we (?:respect|value) your privacy"
        r"|^enter your e-?mail|^e-?mail(?: address)?:?$|^by (?:clicking|tapping|signing up"
        r"|subscribing)\b.{0,80}\b(?:agree|accept)"
        r"|^thank(?: you|s),? .{0,30}\bfor signing up|^from .{1,40} to your inbox$|^you.re (?:in|subscribed)!?$"
        r"|^you (?:can|may) unsubscribe|^(?:subscribe|sign up)(?: now| here| today)?[.!]?$",
    ),
    (
        COMMENT_FORM,
        r"^leave a (?:reply|comment)|your e-?mail address will not be published|^(?:post|submit) (?:a )?comment"
        r"|^save my name|^required fields are marked|^\d+ (?:comments?|replies)$",
    ),
    (
        ADVERTISEMENT,
        r"^(?:advertisements?|sponsored(?: (?:content|post|by))?|promoted(?= content|$)|affiliate links?"
        r"|paid partnership|ad feature"
        r"|ad choices|advertising (?:&|and) sponsorship)\b.{0,40}$|^(?:this|our) (?:ad|post|page"
        r"|article)s? (?:is displayed|contains? affiliate)\b"
        r"|^we may (?:earn|receive|get) (?:a )?(?:small )?commissions?\b|^(?:we|this site) (?:includes?"
        r"|may include) products we think",
    ),
    (
        SHOP,
        r"^(?:shop|buy|order)(?: it| them)? (?:now|here|online|all)\b.{0,30}$|^add to (?:cart|basket|bag)$"
        r"|^(?:view|see|check) (?:the )?"
        r"(?:deal|price|offer)s?\b.{0,20}$|^shop (?:at|on) \S{2,20}$",
    ),
    (
        SERVICES,
        r"^(?:find|search for) (?:a |an |your )?(?:\w{3,20} )?(?:doctor|dermatologist|provider|therapist"
        r"|specialist|dentist|clinic|care)s?"
        r"(?: (?:near (?:you|me)|nearby|in your area|online)\b.{0,20})?$|^request an appointment(?: (?:at"
        r"|with) .{1,40})?$"
        r"|^appointments at .{1,60}$|^(?:show|see) more products from\b|^products (?:&|and) services$|^(?:talk"
        r"|chat) to an? .{1,40} online(?: now)?$",
    ),
    (
        FEEDBACK,
        r"^(?:was|is|did you find) (?:this|the)(?: \w{2,12})? (?:helpful|useful)\?.{0,20}$|^how (?:helpful"
        r"|useful) was (?:this|it)\b.{0,30}$"
        r"|^did (?:this|we) answer your question\??$|^(?:thanks|thank you) for your feedback.{0,30}$|^(?:give"
        r"|send|share) (?:us )?(?:your )?feedback$"
        r"|^rate this (?:article|page)\b.{0,20}$|^help us improve (?:our|this) (?:web)?site\b.{0,120}$"
        r"|^what did you think of this\b.{0,30}$",
    ),
    (
        EDITING,
        r"\bhas strict sourcing guidelines\b|\buses only high-quality sources\b|\b(?:read|reading"
        r"|about) our (?:editorial|content) "
        r"(?:process|policy|guidelines|standards)\b|^our experts continually monitor\b|^how we (?:reviewed|vet"
        r"|fact-check)\b.{0,40}$"
        r"|^(?:copy ?edited|edited|medically edited) by\b.{0,80}$|^current version$|^(?:show|hide"
        r"|view all) (?:sources|references|history)$",
    ),
    (
        "a note at a picture",
        r"^(?:enlarge image|image credit|photo(?:graph)?(?: credit|graphy)? by|getty images)\b.{0,60}$",
    ),
    ("buttons for sharing", r"^(?:share|tweet|pin|print|save)(?: (?:this|on|via|to)\b.{0,40})?$|^copy link$"),
    (
        "a cookie notice",
        r"^(?:we(?: and our \w+)? use|this (?:web)?site uses) cookies|^(?:accept|reject|allow|decline) (?:all"
        r"|cookies)\b.{0,20}$"
        r"|^(?:manage|cookie) (?:cookies?|settings|preferences|consent|choices)$|^we and our (?:\d+ )?partners\b",
    ),
    (
        RELATED,
        r"^(?:explore|discover|see|view) (?:our|more of our|all) .{0,30}\b(?:resources|articles|guides|stories"
        r"|topics)$"
        r"|^(?:top|featured|trending|popular|recommended|must)[- ](?:resources|articles|reads?|stories|topics"
        r"|picks|posts)$"
        r"|^(?:keep|continue) reading$|^next (?:up|in) .{1,40}$|^(?:related|see also|also read|you may like"
        r"|more on this|recommended):.{1,120}$"
        r"|^(?:today|more|latest|trending) (?:on|from|in) [A-Z][\w. ]{1,30}$",
    ),
    (
        "navigation",
        r"^(?:skip to (?:main )?content|related (?:articles|posts)|you (?:may|might) also like|read (?:more|next)"
        r"|previous post|next post|back to top)\b.{0,30}$|^(?:home|menu|search)$"
        r"|^the post .{1,200} (?:appeared first on|first appeared on) .{1,100}$",
    ),
    (
        FOOTER,
        r"\b(?:vat|company|charity) (?:number|no)\b|^(?:©|copyright\b|\(c\) )|\ball rights reserved\b"
        r"|^(?:phone|tel|telephone|fax)(?: number)?\b.{0,30}$|^\+?\d[\d ()-]{8,}$"
        r"|^(?:privacy policy|terms(?: and conditions| of use)?|contact us|about us|cookie policy)$",
    ),
)
_HEADINGS: tuple[tuple[str, str], ...] = (
    (
        RELATED,
        r"(?:related|recommended|similar|recent|popular|latest|more|top|featured"
        r"|trending)(?: \w+)? (?:articles?|posts?|reading|stories|"
        r"content|topics|pages|news|resources|picks|reads)|you (?:may|might) also (?:like|be interested in)"
        r"|(?:what to )?read (?:more|next|this next)|up next|"
        r"read more (?:on|from|in) .{1,60}|more from .{1,40}|more in .{1,40}|keep reading|must[- ]reads|trending|"
        r"(?:explore|discover|see) (?:our|more of our) .{1,60}|today on .{1,40}",
    ),
    (CONTENTS, r"(?:table of )?contents|on this page|in this article|jump to"),
    (COMMENT_FORM, r"leave a (?:reply|comment)|(?:\d+ )?(?:comments?|replies|responses)(?: \(\d+\))?"),
    (AUTHOR_BOX, r"about (?:the|our) authors?"),
    (
        SIGN_UP,
        r"(?:subscribe|sign up|join)\b.{0,60}|.{0,30}\bnewsletters?\b.{0,30}|stay (?:in touch|up to date|informed)|"
        r"from .{1,40} to your inbox|get .{1,60} (?:in|to) your inbox",
    ),
    ("buttons for sharing", r"(?:share|follow)(?: (?:this|us|on)\b.{0,30})?"),
    (
        FEEDBACK,
        r"(?:was|is) this(?: \w{2,12})? (?:helpful|useful)\??|help us improve (?:our|this) (?:web)?site|feedback",
    ),
    (
        SHOP,
        r"shop (?:now|our .{1,40}|the .{1,40})|products? we (?:like|love|recommend)|our (?:top )?(?:picks|products)",
    ),
    (
        SERVICES,
        r"find (?:a|an|your) (?:doctor|provider|specialist|therapist)(?: near (?:you|me))?|products (?:&"
        r"|and) services",
    ),
    (ADVERTISEMENT, r"advertisements?|sponsored(?: content)?|from our (?:sponsors?|partners?)"),
    (
        EDITING,
        r"how we (?:reviewed|review|edit|fact-check)\b.{0,40}|our editorial (?:process|policy|standards)",
    ),
    (
        "a cookie notice",
        r"(?:your )?(?:cookie|privacy) (?:settings|preferences|choices)|we (?:value|respect) your privacy",
    ),
)
_TABLE = tuple((why, re.compile(pattern, re.IGNORECASE)) for why, pattern in _ROWS)
_HEADING_TABLE = tuple((why, re.compile(pattern, re.IGNORECASE)) for why, pattern in _HEADINGS)
_LONGEST = 600  # characters; a longer line is somebody's prose

_LONGEST_HEADING = 120

_DISCLAIMER = re.compile(
    r"\binformational?(?: purposes)?\b.{0,60}\b(?:isn.t|not|only)\b|\bonly\b.{0,40}\binformational?\b"
    r"|\b(?:not|n.t)\b.{0,40}\b(?:medical (?:advice|guidance)|replace|substitute)\b",
    re.IGNORECASE,
)
_ABOUT_THE_PAGE = re.compile(r"\b(?:content|article|page|website|information|site)\b", re.IGNORECASE)
_ABOUT_CARE = re.compile(
    r"\b(?:medical|doctor|gp|physician|health professional|professional)\b", re.IGNORECASE
)
_POINTER = re.compile(r"^see our\b.*|^read our\b.*", re.IGNORECASE)


def reason(text: str) -> str | None:
    """Why the line is not the article's; None if it may be."""
    if len(text) > _LONGEST:
        return None
    return next((why for why, pattern in _TABLE if pattern.search(text)), None)


def heading_reason(text: str) -> str | None:
    """Why what stands under a heading is not the article's; None if it may be."""
    words = text.strip(" :.!")
    if len(words) > _LONGEST_HEADING:
        return None
    return next((why for why, pattern in _HEADING_TABLE if pattern.fullmatch(words)), None)


def left_out_by_words(left_out: Iterable[LeftOut]) -> Finding | None:
    """One finding for all that was taken for a publisher's furniture by its words, which may be wrong about one."""
    found = [part for part in left_out if part.why in OF_PUBLISHERS]
    if not found:
        return None
    counted = Counter(part.why for part in found)
    told = ", ".join(f"{why} ({count})" if count > 1 else why for why, count in counted.items())
    message = f"Left out as no part of the article, by its words: {told}. Look through what was left out."
    return Finding(LEFT_OUT_RULE, Severity.C, found[0].line, found[0].quote, message)


def is_disclaimer(text: str) -> bool:
    return (
        len(text) <= _LONGEST
        and _DISCLAIMER.search(text) is not None
        and _ABOUT_THE_PAGE.search(text) is not None
        and _ABOUT_CARE.search(text) is not None
    )


def without_pointers(text: str) -> tuple[str, str]:
    """A disclaimer without the sentences that point into the site, and those sentences."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    kept = [sentence for sentence in sentences if not _POINTER.match(sentence)]
    return " ".join(kept), " ".join(sentence for sentence in sentences if sentence not in kept)
