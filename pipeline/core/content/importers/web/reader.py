"""Reads a web page, saved as HTML or fetched, and the HTML that a feed or an export carries.

The page's tree is cleared of furniture, its main part is chosen, and that part is walked once. What could not be known
is a finding, and what is not the article's is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from pipeline.core.content.article import (
    Article,
    Finding,
    Person,
    Question,
    Reading,
    Section,
    Severity,
)
from pipeline.core.content.importers import bylines, no_article, outline
from pipeline.core.content.importers.citing.habits import word_counts
from pipeline.core.content.importers.citing.lifter import Lifter
from pipeline.core.content.importers.web import furniture as web_furniture
from pipeline.core.content.importers.web import main as web_main
from pipeline.core.content.importers.web import panels as web_panels
from pipeline.core.content.importers.web import people as web_people
from pipeline.core.content.importers.web import references as web_references
from pipeline.core.content.importers.web import schema as web_schema
from pipeline.core.content.importers.web.blocks import Part, Walker
from pipeline.core.content.importers.web.furniture import Cleared, cut, line_of
from pipeline.core.content.importers.web.inlines import Inliner
from pipeline.core.content.importers.web.parts import faq_of, sections_of, settled
from pipeline.core.content.importers.web.schema import Schema, letters
from pipeline.core.content.importers.web.tree import (
    MOST_ELEMENTS,
    Element,
    clean,
    drop,
    inside,
    parse,
    words_of,
)
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.links import link_fault
from pipeline.core.content.script import language_of
from pipeline.core.content.slug import Slugs, is_made_up, slug
from pipeline.core.content.words import plain, texts
from pipeline.core.errors import BadInput

MAIN_RULE = "main-part-guessed"
LANGUAGE_RULE = "language-guessed"
SLUG_RULE = "slug-made-up"
REVIEW_CLAIMED = "review-claimed"

_SUFFIXES = (".html", ".htm", ".xhtml", ".xht")
_OPENS = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_TAG = re.compile(
    r"</?(?:p|div|h[1-6]|ul|ol|li|br|span|strong|em|a|table|section|article|img|figure)\b[^<>]*>", re.I
)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")
_QUESTION = re.compile(r"(?<!\S)(?:schema-faq-question|faq-question|faq__question|rank-math-question)(?!\S)")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_SITE = re.compile(r"\s+(?:[|–—·»-]|::)\s+")


@dataclass(frozen=True, slots=True)
class Given:
    """What a feed or an export says of an article, beside its words. Empty where it says nothing.

    `references` is HTML or lines of text of a field of its own. `blank_lines`: the words are of an editor in which an
    empty line parts paragraphs.
    """

    title: str = ""
    url: str = ""
    language: str = ""
    slug: str = ""
    authors: tuple[Person, ...] = ()
    reviewers: tuple[str, ...] = ()
    references: str = ""
    notes: tuple[str, ...] = ()
    blank_lines: bool = False


def declares(source: bytes) -> bool:
    """Whether the bytes begin as a page or XML does, so that an encoding declared in them counts."""
    start = source[:512].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return start[:1] == b"<" or source.startswith((b"\xff\xfe<", b"\xfe\xff\x00<"))


def recognises(name: str, text: str) -> bool:
    """By its ending, by how it begins, or because a text that is not Markdown is mostly tags."""
    if name.lower().endswith(_SUFFIXES) or _OPENS.match(text):
        return True
    if name.lower().endswith((".md", ".markdown")) or text.startswith("---\n"):
        return False
    start = text[:20_000]
    return start.lstrip().startswith("<") and len(_TAG.findall(start)) > 3


def read(name: str, text: str) -> Reading:
    """Raises `BadInput` for what is no article, with the sign by which it was told."""
    return read_html(name, text, Given())


def read_html(name: str, text: str, given: Given) -> Reading:
    no_article.refuse_feed(name, text)
    given = given if not given.url or link_fault(given.url) is None else replace(given, url="")
    if given.blank_lines and sum(1 for _ in _BLANK_LINE.finditer(text)) > MOST_ELEMENTS:
        raise BadInput(
            f"The text has more than {MOST_ELEMENTS:,} paragraphs, which no article has. Take out what is not.",
            place=name,
        )
    root = parse(
        name, text if _OPENS.match(text) else f"<html><body>{text}{_listed(given.references)}</body></html>"
    )
    return _Page(name, root, given).reading()


def _listed(references: str) -> str:
    """A field of references as a list of its own under the page."""
    if not references.strip():
        return ""
    if re.search(r"<(?:ol|ul|p)\b", references, re.IGNORECASE):
        return f'<section role="doc-endnotes">{references}</section>'
    entries = "".join(f"<li>{line}</li>" for line in references.splitlines() if line.strip())
    return f'<ol class="references">{entries}</ol>'


@dataclass(slots=True)
class _Page:
    name: str
    root: Element
    given: Given
    cleared: Cleared = field(default_factory=Cleared)
    findings: list[Finding] = field(default_factory=list)

    def reading(self) -> Reading:
        alive = list(self.root.iter())  # lxml makes an object anew each time that nobody holds one
        schema, unread = web_schema.read(self.root)
        self.findings += unread
        signs = no_article.look(self.root, schema.is_free)
        no_article.refuse_empty(self.name, signs)
        body = self.root.find("body")
        body = self.root if body is None else body
        title, schema = self._title(schema)
        people = web_people.find(body, self.cleared)
        sources = web_references.find(body, body, self.cleared)
        panels = web_panels.find(body)
        web_furniture.clear(self.root, panels.shown, self.cleared)
        main = self._main(body, signs)
        base = urljoin(self.given.url, self._base())
        inliner = Inliner(base, sources.references, sources.anchors, sources.cited, self.cleared)
        known = frozenset(letters(q) for q, _ in schema.questions) | _marked_questions(main)
        walker = Walker(self.name, inliner, panels, title, known, blank_lines=self.given.blank_lines)
        walker.over(main)
        parts, noticed = settled(walker.parts, title)
        self.findings += [*noticed, *sources.findings, *inliner.findings, *walker.findings]
        no_article.refuse_parts(self.name, signs, parts)
        slugs = Slugs()
        references = tuple(sources.references)
        article = Article(
            title=title,
            slug=self._slug(title),
            sections=sections_of(parts, slugs),
            authors=self._authors(people.authors, walker, schema),
            language=self._language(schema, title, parts),
            topic=outline.topic_of(title),
            disclaimer=walker.disclaimer,
            faq=faq_of(parts, slugs),
            references=references,
            notes_for_reviewer=(
                *self.given.notes,
                *self._reviews([*people.reviewers, *walker.reviewers], schema),
            ),
        )
        self._compare_questions(article.faq, article.sections, schema)
        self._ask_about_glued(article)
        alive.clear()
        return Reading(
            article,
            tuple(sorted(self.findings, key=lambda f: f.line)),
            tuple(sorted(self.cleared.left_out, key=lambda part: part.line)),
        )

    def _title(self, schema: Schema) -> tuple[str, Schema]:
        """The title, and the page's data if they tell of this article."""
        site = self._meta("og:site_name")
        heads = [h for h in self.root.iter("h1") if not inside(h, "nav", "footer", "aside")]
        shown = [(words_of(h, 300), h) for h in heads]
        named = [(words, h) for words, h in shown if words and letters(words) != letters(site)]
        in_page = self.root.find("head/title")
        page_title = _without_site(words_of(in_page) if in_page is not None else "", site)
        inner = [pair for pair in named if inside(pair[1], "main", "article")]
        heading, element = (inner or named or [("", None)])[0]
        title = self.given.title or heading or schema.headline or self._meta("og:title") or page_title
        if not title:
            raise BadInput(
                "The page has no title: no heading, and none in its head. Write one in an <h1> and try again.",
                place=self.name,
                line=line_of(self.root) or 1,
            )
        if element is not None and letters(heading) == letters(title):
            drop(element)
        if schema.headline and not web_schema.agree(schema.headline, title):
            self.findings.append(web_schema.disagreement(schema.line, "title", title, schema.headline))
            schema = Schema(line=schema.line, questions=schema.questions, is_free=schema.is_free)
        return tidy_text(title), schema

    def _meta(self, name: str) -> str:
        for meta in self.root.iter("meta"):
            if name in (meta.get("property"), meta.get("name")):
                return tidy_text(clean(meta.get("content")))
        return ""

    def _base(self) -> str:
        canonical = next(
            (
                e.get("href") or ""
                for e in self.root.iter("link")
                if (e.get("rel") or "").lower() == "canonical"
            ),
            "",
        )
        base = next((e.get("href") or "" for e in self.root.iter("base")), "")
        return next((url for url in (base, canonical, self._meta("og:url")) if _is_whole(url)), "")

    def _main(self, body: Element, signs: no_article.Signs) -> Element:
        main, is_said = web_main.choose(self.root)
        no_article.refuse_listing(self.name, main, signs)
        if not is_said and main is not body:
            message = (
                "The page does not say which part is its article. The part that begins like this was taken."
            )
            self.findings.append(
                Finding(MAIN_RULE, Severity.C, line_of(main), cut(words_of(main, 80))[:80], message)
            )
        at = main
        while at is not body and (parent := at.getparent()) is not None:
            for beside in [e for e in parent if e is not at]:
                self.cleared.note(beside, words_of(beside, 320), "outside the main part of the page")
            at = parent
        return main

    def _slug(self, title: str) -> str:
        """From the title; where its script has no Latin letters, from the address or the file's name."""
        if self.given.slug and slug(self.given.slug) == self.given.slug:
            return self.given.slug
        made = slug(title)
        if not is_made_up(title):
            return made
        path = urlsplit(self.given.url or self._base()).path.rstrip("/").rsplit("/", 1)[-1]
        file = "" if self.given.title else self.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        for words in (path, file):
            if re.search(r"[a-zA-Z]", words) and "%" not in words:
                made = slug(words)
                break
        message = f"The title has too few Latin letters for a name of the file, so it is called '{made}'. Choose one."
        self.findings.append(Finding(SLUG_RULE, Severity.C, 0, title[:80], message))
        return made

    def _authors(self, found: Sequence[Person], walker: Walker, schema: Schema) -> tuple[Person, ...]:
        authors = list(self.given.authors) or list(found)
        for words in walker.authors:
            person = bylines.person(words, marked=False)
            if person and all(person.name != known.name for known in authors):
                authors.append(person)
        for name in schema.authors:
            if any(
                letters(name) in letters(known.name) or letters(known.name) in letters(name)
                for known in authors
            ):
                continue
            if not authors and letters(name) in letters(words_of(self.root)):
                authors.append(Person(name, "", "Author"))
            elif authors:
                shown = ", ".join(person.name for person in authors)
                self.findings.append(web_schema.disagreement(schema.line, "author", shown, name))
            else:
                self.findings.append(web_schema.unshown(schema.line, "author", name))
        return tuple(authors)

    def _reviews(self, found: Iterable[tuple[str, int]], schema: Schema) -> list[str]:
        """Notes on the reviews that the page claims. None of them makes the article reviewed here."""
        named: dict[str, int] = {}
        for name, line in [*found, *((name, 0) for name in self.given.reviewers)]:
            if not any(letters(name) in letters(known) or letters(known) in letters(name) for known in named):
                named[name] = line
        message = "The page names a reviewer. The article stays a draft until a reviewer approves it here."
        self.findings += [
            Finding(REVIEW_CLAIMED, Severity.C, line, cut(name), message) for name, line in named.items()
        ]
        for name in schema.reviewers:
            if not any(letters(name) in letters(known) for known in named):
                shown = ", ".join(named)
                self.findings.append(
                    web_schema.disagreement(schema.line, "reviewer", shown, name)
                    if shown
                    else web_schema.unshown(schema.line, "reviewer", name)
                )
        notes = [
            f"The page says that it was reviewed by {name}. That review is not carried over."
            for name in named
        ]
        day = schema.reviewed or schema.modified
        if day:
            what = "last reviewed" if schema.reviewed else "last changed"
            notes.append(f"The page's own data say that it was {what} on {day}.")
        return notes

    def _language(self, schema: Schema, title: str, parts: Sequence[Part]) -> str:
        html = self.root if self.root.tag == "html" else self.root.getroottree().getroot()
        for said in (html.get("lang"), html.get("xml:lang"), self.given.language, schema.language):
            code = (said or "").strip().replace("_", "-")
            if _LANGUAGE.fullmatch(code):
                return code
        shown = " ".join([title, *(plain(text) for part in parts[:5] for text, _ in texts(part.blocks))])
        if told := language_of(shown[:5000]):
            message = f"The page does not say its language; by its script it was taken as '{told}'. Check it."
            self.findings.append(Finding(LANGUAGE_RULE, Severity.C, 0, shown[:80], message))
            return told
        return "en-GB"

    def _compare_questions(
        self, faq: Sequence[Question], sections: Sequence[Section], schema: Schema
    ) -> None:
        """A finding for each question of the data that the page does not ask, or answers with other words."""
        shown = {letters(q.question): q.answer for q in faq} | {
            letters(s.heading): s.blocks for s in sections
        }
        for question, answer in schema.questions:
            blocks = shown.get(letters(question))
            if blocks is None:
                self.findings.append(web_schema.unshown(schema.line, "question", question))
                continue
            words = letters(" ".join(plain(text) for text, _ in texts(blocks)))
            said = letters(answer)
            if said and said[:200] not in words and words[:200] not in said:
                message = f"The page's own data answer '{cut(question)}' with other words. The page was kept."
                self.findings.append(Finding(web_schema.RULE, Severity.C, schema.line, cut(answer), message))

    def _ask_about_glued(self, article: Article) -> None:
        """Digits at the end of a word that may be a mark which lost its raise. They are left as they stand."""
        groups = [section.blocks for section in article.sections] + [
            question.answer for question in article.faq
        ]
        everything = " ".join(plain(text) for blocks in groups for text, _ in texts(blocks))
        lifter = Lifter(article.references, word_counts(everything))
        for blocks in groups:
            for text, line in texts(blocks):
                self.findings += lifter.doubts(plain(text), line) if article.references else ()


def _is_whole(url: str) -> bool:
    return url.startswith("https://") and link_fault(url) is None


def _without_site(title: str, site: str) -> str:
    parts = _SITE.split(title)
    if len(parts) > 1 and (not site or letters(parts[-1]) == letters(site) or len(parts[-1]) < len(parts[0])):
        parts = parts[:-1]
    return " – ".join(parts)


def _marked_questions(main: Element) -> frozenset[str]:
    """Questions that the page marks up as such in place: by schema.org's microdata, or by the names of FAQ blocks."""
    found: set[str] = set()
    for element in main.iter():
        if element.get("itemprop") == "name":
            scope = next((e for e in element.iterancestors() if e.get("itemtype")), None)
            if scope is not None and scope.get("itemtype").endswith("/Question"):
                found.add(letters(words_of(element, 300)))
        elif _QUESTION.search(element.get("class") or ""):
            found.add(letters(words_of(element, 300)))
    return frozenset(found - {""})
