"""Front matter of any tool in our words: a table of the names that each thing goes by.

A review that a page claims becomes a note and a finding, never an approval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.core.content.article import Person, Severity
from pipeline.core.content.asking import asks
from pipeline.core.content.importers import bylines
from pipeline.core.content.importers.front_matter.strict import Fields, Scalar, Sequence, Value
from pipeline.core.content.importers.notes import Notes
from pipeline.core.content.importers.plain.clearing import REVIEW_CLAIMED
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.slug import is_slug, slug

LANGUAGE_RULE = "language"
DRAFT_RULE = "draft"
FIELD_RULE = "front-matter-field"

_TITLE = ("title", "headline", "name", "h1")
_AUTHORS = ("author", "authors", "byline", "writer", "writers", "written_by", "by")
_LANGUAGE = ("lang", "language", "locale", "languagecode")
_SLUG = ("slug", "permalink", "url", "path")
_REVIEW = re.compile(
    r"(?:medical(?:ly)?|clinical(?:ly)?|fact|peer)?(?:reviewed|reviewer|reviewers|review|checked|checker|approved)(?:by)?"
)
_REVIEWED_ON = re.compile(
    r"(?:last|date)?(?:medically)?review(?:ed)?(?:on|date|at)?|nextreview(?:on|date)?|reviewdue"
)
_DATES = re.compile(
    r"(?:pub|published|publish|last|date|updated|update|modified|mod|created|expiry)+(?:date|at|on|mod|modified|updated|time)?"
)
_FAQ = ("faq", "faqs", "questions", "mainentity", "faqpage", "qanda")
_REFERENCES = ("references", "sources", "citations", "bibliography", "refs", "footnotes", "citation")
_DISCLAIMER = ("disclaimer", "disclaimers")
_QUESTION = ("question", "q", "name", "title")
_ANSWER = ("answer", "a", "acceptedanswer", "text", "content", "response")
_CREDENTIALS = (
    "credentials",
    "qualifications",
    "qualification",
    "degrees",
    "degree",
    "honorificsuffix",
    "letters",
)
_ROLE = ("role", "jobtitle", "job_title", "position", "title", "occupation")
_CODE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")
_AND = re.compile(r"\s*(?:;|&|\band\b|\bund\b|\bet\b|\by\b)\s*")
_IN = ("params", "extra", "metadata", "meta")  # where Hugo and Zola keep what is not theirs
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Source:
    """A source that front matter lists. `key` is what the text calls it; empty if it has no name."""

    text: str
    key: str
    line: int
    family: str = ""  # of its first author, else who published it, for `@key says`


@dataclass(slots=True)
class Known:
    """What front matter says of an article. Empty where it says nothing."""

    title: str = ""
    title_line: int = 1
    slug: str = ""
    language: str = ""
    authors: list[Person] = field(default_factory=list)
    topic: str = ""
    disclaimer: str = ""
    faq: list[tuple[str, str, int]] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    review_notes: list[str] = field(default_factory=list)


def known(fields: Fields, notes: Notes) -> Known:
    found = Known()
    for name, value in _flat(fields, 2):
        _take(found, _simple(name), name, value, notes)
    return found


def _flat(fields: Fields, depth: int) -> Iterator[tuple[str, Value]]:
    for name, value in fields.values.items():
        if depth > 0 and name.lower() in _IN and isinstance(value, Fields):
            yield from _flat(value, depth - 1)
        else:
            yield name, value


def _take(found: Known, simple: str, name: str, value: Value, notes: Notes) -> None:
    words = _words(value)
    if not words:
        return
    if simple in _TITLE and not found.title:
        found.title, found.title_line = _plain(words), value.line
    elif simple in _AUTHORS and not found.authors:
        found.authors = list(people(value))
        if not found.authors:
            notes.leave(value.line, f"{name}: {words}", "an author that is no name")
    elif simple in _LANGUAGE and not found.language:
        found.language = _language(words, value.line, notes)
    elif simple in _SLUG and not found.slug:
        found.slug = slug_of(words)
    elif simple == "topic":
        found.topic = _plain(words)
    elif simple in _DISCLAIMER and words.lower() not in ("true", "false"):
        found.disclaimer = _plain(words)
    elif simple in _FAQ and not isinstance(value, Scalar):
        found.faq += _questions(value, notes)
    elif simple in _REFERENCES and not isinstance(value, Scalar):
        found.sources += _sources(value)
    elif simple in _REFERENCES and "." in words and len(words.split()) == 1:
        message = f"The sources stand in another file, '{words[:60]}', which was not read. Add them here."
        notes.find(FIELD_RULE, Severity.B, value.line, words, message)
    elif simple in _REFERENCES:
        found.sources.append(Source(words, "", value.line))
    elif _REVIEWED_ON.fullmatch(simple) or _REVIEW.fullmatch(simple):
        _claim(found, name, value, words, notes)
    elif _DATES.fullmatch(simple):
        notes.leave(value.line, f"{name}: {words}", "a date of the page")
    elif simple == "draft" and words.lower() in ("true", "yes"):
        message = "The page calls itself a draft. Make sure that this is the text you mean."
        notes.find(DRAFT_RULE, Severity.C, value.line, f"{name}: {words}", message)
    else:
        notes.leave(value.line, f"{name}: {words}", "a field that an article has no place for")


def _claim(found: Known, name: str, value: Value, words: str, notes: Notes) -> None:
    message = (
        "The page names a reviewer or a review. The article stays a draft until a reviewer approves it here."
    )
    notes.find(REVIEW_CLAIMED, Severity.C, value.line, f"{name}: {words}", message)
    found.review_notes.append(f"The page says `{name}: {words[:200]}`. That review is not carried over.")


def people(value: Value) -> Iterator[Person]:
    """Authors in any shape: a name, names with `and`, a list of names, or fields."""
    if isinstance(value, Sequence):
        for entry in value.values[:_MOST_NAMES]:
            yield from people(entry)
    elif isinstance(value, Fields):
        lower = _by_simple_name(value)
        name = _first(lower, ("name", "fullname", "displayname", "author"))
        if not name:
            name = tidy_text(
                f"{_first(lower, ('given', 'firstname'))} {_first(lower, ('family', 'lastname'))}"
            )
        if name:
            role = _first(lower, tuple(map(_simple, _ROLE)))
            yield Person(_plain(name), _first(lower, _CREDENTIALS), role or "Author")
        elif all(isinstance(inner, Fields | Sequence) for inner in value.values.values()):
            for inner in list(value.values.values())[:_MOST_NAMES]:
                yield from people(inner)
    else:
        for words in _AND.split(_plain(value.text))[:_MOST_NAMES]:
            words = re.sub(r"^by:?\s+", "", words, flags=re.IGNORECASE)
            if person := bylines.person(words, marked=True):
                yield person
            elif words and len(words) <= 80 and any(map(str.isalpha, words)):
                yield Person(words, "", "Author")


def _questions(value: Value, notes: Notes) -> Iterator[tuple[str, str, int]]:
    rows = value.values if isinstance(value, Sequence) else [value]
    for row in rows:
        if isinstance(row, Fields):
            lower = _by_simple_name(row)
            question, answer = _first(lower, _QUESTION), _first(lower, _ANSWER, long=True)
            if question and answer:
                yield _plain(question), answer, row.line
                continue
            if not question and all(isinstance(inner, Scalar) for inner in row.values.values()):
                for name, inner in row.values.items():  # `Is it safe?: Yes.`
                    if asks(name) and isinstance(inner, Scalar) and inner.text.strip():
                        yield _plain(name), inner.text, inner.line
                    else:
                        _lost_question(f"{name}: {_words(inner)}", inner.line, notes)
                continue
            if isinstance(under := lower.get("mainentity") or lower.get("items"), Sequence):
                yield from _questions(under, notes)
                continue
        if words := _words(row):
            _lost_question(words, row.line, notes)


def _lost_question(words: str, line: int, notes: Notes) -> None:
    message = "This entry of the questions is no question with its answer, and it was left out."
    notes.find(FIELD_RULE, Severity.B, line, words, message)


def _sources(value: Value) -> Iterator[Source]:
    rows = value.values if isinstance(value, Sequence) else ()
    if isinstance(value, Fields):
        for name, inner in value.values.items():
            text, family = _source_text(inner)
            if text:
                yield Source(text, name, inner.line, family)
    for row in rows:
        text, family = _source_text(row)
        lower = _by_simple_name(row)
        if text:
            yield Source(text, _first(lower, ("id", "key", "citationkey", "label")), row.line, family)


def _source_text(value: Value) -> tuple[str, str]:
    """A source as one line, and the family name of its first author, its publisher or its title. Fields may be those
    of CSL, in YAML."""
    if not isinstance(value, Fields):
        return _plain(_words(value)), ""
    lower = _by_simple_name(value)
    text = _first(lower, ("text", "citation", "reference", "description"))
    names = list(_names(lower.get("author") or lower.get("authors")))
    parts = (
        [text]
        if text
        else [
            ", ".join(f"{family} {given}".strip() for family, given in names),
            _first(lower, ("title", "name")),
            _first(lower, ("containertitle", "journal", "publisher", "publication", "site", "website")),
            _year(_first(lower, ("issued", "year", "date", "published"))),
        ]
    )
    words = ". ".join(part.rstrip(".") for part in parts if part)
    url = _first(lower, ("url", "link", "href", "uri"))
    doi = _first(lower, ("doi",))
    if doi and not url:
        url = doi if doi.startswith("http") else f"https://doi.org/{doi.removeprefix('doi:')}"
    if url and url not in words:
        words = f"{words}. {url}" if words else url
    return tidy_text(words), names[0][0] if names else _first(lower, ("publisher", "title", "name"))


def _year(words: str) -> str:
    """`2020` of the forms that CSL has for a date."""
    match = re.search(r"\b(?:1[6-9]|20)\d\d\b", words)
    return match.group() if match else words


def _names(value: Value | None) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    rows = value.values if isinstance(value, Sequence) else (value,)
    for row in rows:
        if isinstance(row, Fields):
            lower = _by_simple_name(row)
            given = _first(lower, ("given", "first"))
            initials = "".join(word[0] for word in given.replace("-", " ").split())
            yield _first(lower, ("family", "last", "literal", "name")), initials
        elif isinstance(row, Scalar) and row.text.strip():
            yield _plain(row.text), ""


def _language(words: str, line: int, notes: Notes) -> str:
    code = words.replace("_", "-").split(".")[0]
    if _CODE.fullmatch(code):
        return code
    message = f"'{words[:40]}' is not a language code such as en-GB. Set `language`."
    notes.find(LANGUAGE_RULE, Severity.B, line, words, message)
    return ""


def slug_of(words: str) -> str:
    """The last name in an address such as `/health/hay-fever/`; empty where it only has fields, as `/:year/:title/`."""
    last = words.split("?")[0].rstrip("/").rpartition("/")[2].removesuffix(".html").removesuffix(".htm")
    if not last or ":" in last or not any(map(str.isalnum, last)):
        return ""
    made = slug(last)
    return made if is_slug(made) and made != "item" else ""


def _first(lower: dict[str, Value], names: tuple[str, ...], *, long: bool = False) -> str:
    for name in names:
        if name in lower:
            value = lower[name]
            if isinstance(value, Fields):  # `acceptedAnswer: {text: ...}`
                inner = _by_simple_name(value)
                words = _first(inner, ("text", "name", "answer", "dateparts"), long=long) or _words(value)
            elif long and isinstance(value, Scalar):
                words = value.text.strip()
            else:
                words = _words(value)
            if words:
                return words
    return ""


def _words(value: Value) -> str:
    """Any value as one line, at most some thousand characters of what is nested."""
    if isinstance(value, Scalar):
        return tidy_text(value.text)
    if isinstance(value, Sequence):
        return ", ".join(filter(None, (_words(entry) for entry in value.values)))
    return ", ".join(f"{name}: {_words(inner)}" for name, inner in value.values.items())


def _plain(words: str) -> str:
    """`[[Ada Sample]]` and `<b>Hay fever</b>` without their marks."""
    words = re.sub(r"\[\[(?:[^\[\]|]{0,200}\|)?([^\[\]|]{0,200})\]\]", r"\1", words)
    return tidy_text(re.sub(r"</?[a-zA-Z][^<>]{0,200}>", "", words))


def _simple(name: str) -> str:
    return re.sub(r"[\s_.-]", "", name).lower()


def _by_simple_name(value: Value) -> dict[str, Value]:
    return {_simple(name): inner for name, inner in value.values.items()} if isinstance(value, Fields) else {}
