"""Titles, subjects and preheaders that a plan proposes: plain, short, and discreet unless an editor wants them open."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.core.content.article import Article, Question, SectionKind
from pipeline.core.content.asking import asks
from pipeline.core.series.grouping import Unit, has_steps
from pipeline.core.series.issue import DAILY_LIST, SUBJECT_LENGTH, Rhythm, Subjects
from pipeline.core.series.parts import CONTINUED

# The title in the body may name the subject; these words also stand in the subject line and must not (C-29).
_LABEL = {
    SectionKind.INTRODUCTION: "the basics",
    SectionKind.OVERVIEW: "the basics",
    SectionKind.HELP: "when to get help",
    SectionKind.TYPES: "the types",
    SectionKind.CAUSES: "causes",
    SectionKind.SYMPTOMS: "symptoms",
    SectionKind.DIAGNOSIS: "tests",
    SectionKind.MANAGEMENT: "what happens next",
    SectionKind.PREVENTION: "prevention",
    SectionKind.QUESTIONS: "your questions",
    SectionKind.SUMMARY: "a summary",
}
_STEPS = "the steps"
_OF_ANY_PAGE = frozenset(
    {
        SectionKind.INTRODUCTION,
        SectionKind.OVERVIEW,
        SectionKind.HELP,
        SectionKind.QUESTIONS,
        SectionKind.SUMMARY,
    }
)
# What an issue does, where it is not about something.
_DONE = {
    _LABEL[SectionKind.QUESTIONS]: "answers your questions",
    "a question": "answers a question",
    _LABEL[SectionKind.SUMMARY]: "sums it all up",
}
_LIST_NAMES = {"weekly_health_email": "Your weekly health email", DAILY_LIST: "Your daily health newsletter"}
_ANY_LIST = "Your health email"
_RHYTHMS = {Rhythm.WEEKLY: "week by week", Rhythm.DAILY: "day by day"}
_LIST = 3  # labels that make a title a list; the heading of the longest part says more
_LONGEST_TITLE = 200  # characters; a question may be a paragraph
_LONGEST_PREHEADER = 110  # characters; mail programs show about so many beside a subject
_REPLY = re.compile(r"\s*(?:re|fwd?|aw|wg|tr)\s*:", re.IGNORECASE)
_BAIT = re.compile(
    r"!|\?\?|\b(?:you won['’]t believe|shocking|secrets?|miracle|this one|one (?:weird|simple) trick|guaranteed|act now"
    r"|urgent|last chance|don['’]t miss|amazing|instant(?:ly)?|\d+ (?:reasons|things|ways|secrets|facts))\b",
    re.IGNORECASE,
)
_LOUD = re.compile(r"\b[A-Z]{5,}\b")  # shorter ones are names: MRI, DCIS
_PICTURES = frozenset({"So", "Sk", "Cs", "Co", "Cn"})  # Unicode categories: emoji and their modifiers


@dataclass(frozen=True, slots=True)
class Told:
    """What one issue tells."""

    units: tuple[Unit, ...]
    questions: tuple[Question, ...] = ()
    how_to: bool = False  # whose sections are steps, however their headings are understood

    @property
    def labels(self) -> list[str]:
        asked = [_LABEL[SectionKind.QUESTIONS]] if self.questions else []
        return list(dict.fromkeys([*asked, *filter(None, map(self._label, self.units))]))

    def _label(self, unit: Unit) -> str:
        if not self.how_to:
            return _LABEL.get(unit.kind, "")
        return _STEPS if has_steps(unit) else _LABEL[unit.kind] if unit.kind in _OF_ANY_PAGE else ""


@dataclass(frozen=True, slots=True)
class IssueWords:
    number: int
    title: str
    subject: str
    preheader: str


def series_title(article_title: str, rhythm: Rhythm) -> str:
    return f"{_cut(article_title)}, {_RHYTHMS[rhythm]}"


def issue_words(
    article: Article, purpose: str, rhythm: Rhythm, subjects: Subjects, told: Sequence[Told]
) -> Iterator[IssueWords]:
    """The words of each issue. No two titles are alike; a subject has at most 60 characters and never cries. An issue
    that is the whole series has the title of the article, and nothing counts it."""
    titles = _told_apart([(_title(entry, rhythm), _goes_on(entry)) for entry in told])
    if len(told) == 1 and len(told[0].units) > 1:
        titles = [_cut(article.title)]  # it tells all of the article, and none of its headings says so
    for number, (entry, title) in enumerate(zip(told, titles, strict=True), start=1):
        yield one_issue_words(article, purpose, rhythm, subjects, entry, number, len(told), title)


def one_issue_words(
    article: Article,
    purpose: str,
    rhythm: Rhythm,
    subjects: Subjects,
    entry: Told,
    number: int,
    total: int,
    title: str = "",
) -> IssueWords:
    """The words of one issue, which may have a title already."""
    title = title or _title(entry, rhythm)
    labels = _day_labels(entry) if rhythm is Rhythm.DAILY else entry.labels
    opened = subjects is Subjects.OPEN
    subject = _discreet(labels, number, total, _LIST_NAMES.get(purpose, _ANY_LIST))
    if opened:
        subject = _open(article.title, labels, title, subject)
    return IssueWords(number, title, subject, _preheader(entry, labels, number, total, opened=opened))


def cries(subject: str) -> str:
    """What makes a subject look like junk, as a clause; empty where nothing does."""
    if _REPLY.match(subject):
        return "begins as if it answered a letter"
    if any(unicodedata.category(char) in _PICTURES for char in subject):
        return "has a picture in it"
    if _LOUD.search(subject) or (len(subject) > 5 and subject.isupper()):
        return "shouts in capitals"
    return "promises or presses" if _BAIT.search(subject) else ""


def _title(entry: Told, rhythm: Rhythm) -> str:
    if len(entry.units) == 1 and not entry.questions:
        return _cut(entry.units[0].heading)
    if rhythm is Rhythm.DAILY and len(entry.questions) == 1 and not entry.units:
        return _cut(entry.questions[0].question)
    labels = entry.labels
    if labels and len(labels) < _LIST:
        return _sentence_case(_joined(labels))
    if not entry.units:
        return _sentence_case(_LABEL[SectionKind.QUESTIONS])
    most = max(entry.units, key=lambda unit: (unit.kind is not SectionKind.SUMMARY, unit.words))
    heading = _cut(most.heading)
    return f"{heading}, and {_LABEL[SectionKind.QUESTIONS]}" if entry.questions else heading


def _goes_on(entry: Told) -> bool:
    """Whether it begins in the middle of a section."""
    return bool(entry.units) and entry.units[0].parts[0].start > 0


def _told_apart(titles: Sequence[tuple[str, bool]]) -> list[str]:
    """No two alike: those that would be are numbered, and what only goes on says so."""
    often, seen = Counter(title for title, _ in titles), Counter[str]()
    apart = []
    for title, goes_on in titles:
        seen[title] += 1
        if often[title] > 1:
            title = f"{title} (part {seen[title]})"
        elif goes_on:
            title = f"{title} {CONTINUED}"
        apart.append(title)
    return apart


def _discreet(labels: Sequence[str], number: int, total: int, list_name: str) -> str:
    """The list, the place in the series and a neutral word, as many of them as fit."""
    start = f"{list_name}, {number} of {total}" if total > 1 else list_name
    for wanted in range(len(labels), 0, -1):
        subject = f"{start}: {_joined(labels[:wanted])}"
        if len(subject) <= SUBJECT_LENGTH:
            return subject
    return start


def _open(article_title: str, labels: Sequence[str], title: str, discreet: str) -> str:
    """The topic and what is told of it. What would be too long or would cry gives way to a plainer one."""
    topic = _calm(article_title.split(":")[0].rstrip(" ?"))
    candidates = [f"{topic}: {_joined(labels[:n])}" for n in range(len(labels), 0, -1)]
    if not labels or asks(title):
        candidates.insert(0, _calm(title))
    candidates += [_calm(title), topic]
    fit = (c for c in candidates if c.strip(": ") and len(c) <= SUBJECT_LENGTH and not cries(c))
    return next(fit, discreet)


def _preheader(entry: Told, labels: Sequence[str], number: int, total: int, *, opened: bool) -> str:
    """What the issue holds, in a sentence. It stands beside the subject on a lock screen, so it is as discreet; the
    issue prints it as its first line, so that nothing is hidden (P-06)."""
    part = f"Part {number} of {total}" if total > 1 else "This letter"
    if opened and entry.units:
        headings = list(dict.fromkeys(f"“{_calm(unit.heading)}”" for unit in entry.units))
        for wanted in range(len(headings), 0, -1):
            text = f"{part} has {_joined(headings[:wanted])}."
            if len(text) <= _LONGEST_PREHEADER and not cries(text):
                return text
    told = list(_clauses(labels))
    return f"{part} {', and '.join(told)}." if told else _untold(number, total)


def _untold(number: int, total: int) -> str:
    return f"This is part {number} of {total}." if total > 1 else "This letter has all of it."


def _clauses(labels: Sequence[str]) -> Iterator[str]:
    about = [label for label in labels if label not in _DONE]
    if about:
        yield f"is about {_joined(about)}"
    yield from (_DONE[label] for label in labels if label in _DONE)


def _day_labels(entry: Told) -> list[str]:
    return ["a question"] if entry.questions and not entry.units else entry.labels


def _calm(text: str) -> str:
    """Without pictures, capitals that shout, or an "RE:" at the start."""
    plain = "".join(c for c in text if unicodedata.category(c) not in _PICTURES and c.isprintable())
    while match := _REPLY.match(plain):
        plain = plain[match.end() :]
    if plain.isupper():
        plain = plain.capitalize()
    plain = _LOUD.sub(lambda word: word[0].lower(), plain)
    return _sentence_case(" ".join(plain.replace("!", "").split()))


def _cut(text: str) -> str:
    """On one line, since it becomes a key of a file and a line of a header, and not too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "Untitled"
    return text if len(text) <= _LONGEST_TITLE else f"{text[:_LONGEST_TITLE].rsplit(' ', 1)[0]}…"


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
