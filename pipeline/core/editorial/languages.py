"""Which rules an article is not asked, since they read the words of other languages, and how to tell of them."""

from __future__ import annotations

from pipeline.core.content.article import Article
from pipeline.core.editorial.rule import Rule
from pipeline.core.editorial.rules import RULES
from pipeline.core.editorial.view import primary

NAMES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "cy": "Welsh",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "ga": "Irish",
    "gd": "Scottish Gaelic",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "so": "Somali",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "zh": "Chinese",
}


def not_asked(article: Article) -> tuple[Rule, ...]:
    """The rules that read the words of other languages than the article's."""
    return tuple(rule for rule in RULES if not rule.is_asked_in(primary(article.language)))


def told_of(article: Article) -> str:
    """One line for people that names them; nothing where every rule was asked."""
    rules = not_asked(article)
    if not rules:
        return ""
    code = primary(article.language)
    language = NAMES.get(code, f"the language '{code}'")
    return f"In {language} these rules were not asked: {', '.join(rule.id for rule in rules)}."
