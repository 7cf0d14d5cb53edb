"""An article as the rules read it: passages, sentences and words, each cut once and shared by all rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from pipeline.core.content.article import Article, Cite
from pipeline.core.content.words import plain
from pipeline.core.editorial.prose import Passage, Sentence, headings, passages, sentences_of

_DIGIT = re.compile(r"\d")
_WITHOUT_SPACES = frozenset({"ja", "zh", "th", "lo", "km", "my", "bo"})  # languages that part no words
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def primary(tag: str) -> str:
    """The language alone of a tag of BCP 47: `en` of `en-GB`."""
    return tag.lower().replace("_", "-").split("-")[0]


class View:
    """Made for one article and thrown away after its rules have run."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.language = primary(article.language)
        self.spaced = self.language not in _WITHOUT_SPACES

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(passages(self.article))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for passage in self.passages for sentence in sentences_of(passage))

    @cached_property
    def with_digits(self) -> tuple[Sentence, ...]:
        return tuple(sentence for sentence in self.sentences if _DIGIT.search(sentence.text))

    @cached_property
    def headings(self) -> tuple[tuple[str, int], ...]:
        """The title, and each heading and question, with its line."""
        return tuple(headings(self.article))

    @cached_property
    def texts(self) -> tuple[tuple[str, int], ...]:
        """Headings and passages as plain words, with their lines."""
        return (*self.headings, *((plain(passage.text), passage.line) for passage in self.passages))

    @cached_property
    def lower_texts(self) -> tuple[tuple[str, str], ...]:
        """Each of `texts` in small letters and as it stands."""
        return tuple((text.lower(), text) for text, _ in self.texts)

    @cached_property
    def lower(self) -> str:
        """Everything the reader sees, in small letters: what tells quickly that a phrase stands nowhere."""
        return "\n".join(small for small, _ in self.lower_texts)

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands, in small letters."""
        return Counter(_WORD.findall(self.lower))

    @cached_property
    def first_lines(self) -> dict[str, int]:
        """The line on which each word of `words` first stands."""
        lines: dict[str, int] = {}
        for (small, _), (_, line) in zip(self.lower_texts, self.texts, strict=True):
            for word in _WORD.findall(small):
                lines.setdefault(word, line)
        return lines

    @cached_property
    def marks(self) -> tuple[tuple[Cite, int], ...]:
        """Citations in the order of the file, as far as lines tell; else sections and then questions."""
        found = [(part, p.line) for p in self.passages for part in p.text if isinstance(part, Cite)]
        return tuple(sorted(found, key=lambda mark: mark[1]))

    def has(self, *phrases: str) -> bool:
        """Whether any of the phrases, in small letters, stands anywhere."""
        return any(phrase in self.lower for phrase in phrases)

    def sentences_with(self, *phrases: str) -> Iterator[Sentence]:
        """Sentences that hold any of the phrases, which are in small letters: cheap where none stands anywhere."""
        here = [phrase for phrase in phrases if phrase in self.lower]
        if here:
            yield from (s for s in self.sentences if any(phrase in s.lower for phrase in here))

    def texts_with(self, *phrases: str) -> Iterator[tuple[str, int]]:
        """Headings and passages that hold any of the phrases, which are in small letters."""
        here = [phrase for phrase in phrases if phrase in self.lower]
        if here:
            for (small, _), (text, line) in zip(self.lower_texts, self.texts, strict=True):
                if any(phrase in small for phrase in here):
                    yield text, line
