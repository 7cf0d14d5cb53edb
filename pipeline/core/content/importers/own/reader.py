"""Reads an article in the documented Markdown form (docs/writing.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from markdown_it.token import Token

from pipeline.core.content.article import (
    Article,
    Block,
    Finding,
    Grade,
    Person,
    Question,
    Reading,
    Reference,
    Section,
    SectionKind,
    Severity,
)
from pipeline.core.content.found_on_import import still_noted
from pipeline.core.content.importers import file_names, languages, reading_size
from pipeline.core.content.importers.citing.habits import habits, word_counts
from pipeline.core.content.importers.citing.lifter import Lifter
from pipeline.core.content.importers.front_matter import strict as front_matter
from pipeline.core.content.importers.front_matter.strict import Fields
from pipeline.core.content.importers.list_scope import still_open
from pipeline.core.content.importers.notes import controls_removed
from pipeline.core.content.importers.outline import introduction, suggested_heading
from pipeline.core.content.importers.own import grammar as markdown_grammar
from pipeline.core.content.importers.own.blocks import BlockReader
from pipeline.core.content.inlines import tidy_text
from pipeline.core.content.kinds import guess_kind
from pipeline.core.content.links import link_fault
from pipeline.core.content.references import identifiers
from pipeline.core.content.slug import Slugs, is_slug, slug
from pipeline.core.content.words import plain, texts
from pipeline.core.errors import BadInput

FIELDS = frozenset(
    {
        "title",
        "slug",
        "language",
        "topic",
        "authors",
        "reviewer",
        "reviewed",
        "next_review",
        "disclaimer",
        "references",
        "notes_for_reviewer",
        "allow",
    }
)
_PERSON = frozenset({"name", "credentials", "role"})
_REFERENCE = frozenset({"id", "text", "url", "doi", "pmid", "accessed", "grade"})
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")  # the usual part of BCP 47

_ATTRIBUTES = re.compile(r"(?<!\\)\{([^{}\\]*)\}\s*$")


def recognises(name: str, text: str) -> bool:
    return name.lower().endswith(file_names.OURS) or text.startswith("---\n")


def read(name: str, text: str) -> Reading:
    """Raises `BadInput` with the line for anything that docs/writing.md does not allow."""
    reading_size.require_markdown(name, text)
    split = front_matter.split(name, text)
    fields = split.fields
    fields.only(FIELDS, "The front matter")
    references = _references(fields)
    title = fields.needed("title", "The article")
    tokens = markdown_grammar.parse(name, split.body, split.body_line)
    reader = BlockReader(name, split.body_line, references, tokens, split.body.split("\n"))
    sections, faq = _body(reader, title)
    if not sections and not faq:
        raise BadInput(
            "The article has no section. Begin one with `## Heading`.", place=name, line=split.body_line
        )
    article = Article(
        title=title,
        slug=_slug(fields, title),
        sections=sections,
        authors=tuple(_person(row) for row in fields.rows("authors")),
        reviewer=_person(reviewer) if (reviewer := fields.fields("reviewer")) else None,
        reviewed_on=fields.day("reviewed"),
        next_review_on=fields.day("next_review"),
        language=_language(fields),
        topic=fields.text("topic"),
        disclaimer=fields.long_text("disclaimer"),
        faq=faq,
        references=references,
        notes_for_reviewer=fields.texts("notes_for_reviewer"),
    )
    article = replace(article, allowances=reader.allowances.resolved(article, fields))
    findings = [
        *reader.findings,
        *(controls_removed(line, "The front matter") for line in split.cleaned),
        *_glued(text, article),
        *still_open(article),
        *(
            introduction(s.line, s.heading)
            if s is sections[0] and s.kind is SectionKind.INTRODUCTION
            else suggested_heading(s.heading, s.line)
            for s in sections
            if s.suggested
        ),
        *still_noted(article),
        *_other_words(fields, split.body),
    ]
    return Reading(article, tuple(sorted(findings, key=lambda f: f.line)), tuple(reader.left_out), own=True)


def _glued(text: str, article: Article) -> Iterator[Finding]:
    """Digits that an author may have left glued to a word. A warning here: the file is in the author's hands."""
    lifter = Lifter(article.references, word_counts(text), habits(text, len(article.references)))
    groups = [section.blocks for section in article.sections] + [question.answer for question in article.faq]
    for blocks in groups:
        for inlines, line in texts(blocks):
            yield from (replace(f, severity=Severity.C) for f in lifter.doubts(plain(inlines), line))


def _slug(fields: Fields, title: str) -> str:
    given = fields.text("slug")
    if given and not is_slug(given):
        raise BadInput(
            f"The slug '{given[:60]}' is not small letters, digits and hyphens, at most 80. Try '{slug(given)}'.",
            place=fields.place,
            line=fields.line_of("slug"),
        )
    return given or slug(title)


def _language(fields: Fields) -> str:
    language = fields.text("language") or "en-GB"
    if not _LANGUAGE.fullmatch(language):
        raise BadInput(
            f"'{language[:40]}' is not a language code such as en-GB.",
            place=fields.place,
            line=fields.line_of("language"),
        )
    return language


def _other_words(fields: Fields, body: str) -> Iterator[Finding]:
    """A language that is not that of the words: the rules that read the words would not be asked."""
    said = fields.text("language")
    _, disagrees = languages.settled(said, body) if said else ("", None)
    if disagrees:
        message = (
            f"The file says `language: {said}`, and its words are of another language, it seems, so that the rules for"
            " those are not asked. Correct `language`."
        )
        yield replace(disagrees, line=fields.line_of("language") or 1, message=message)


def _person(fields: Fields) -> Person:
    fields.only(_PERSON, "A person")
    return Person(fields.needed("name", "A person"), fields.text("credentials"), fields.text("role"))


def _references(fields: Fields) -> tuple[Reference, ...]:
    references: list[Reference] = []
    rows = fields.rows("references")
    slugs = Slugs(row.text("id") for row in rows)
    taken: set[str] = set()
    for number, row in enumerate(rows, 1):
        row.only(_REFERENCE, "A reference")
        text = row.needed("text", f"Reference {number}")
        ref_id = row.text("id") or slugs.make(text[:40])
        if not is_slug(ref_id):
            raise BadInput(
                f"The id '{ref_id[:60]}' of reference {number} is not small letters, digits and hyphens.",
                place=row.place,
                line=row.line_of("id"),
            )
        if ref_id in taken:
            raise BadInput(f"Two references have the id '{ref_id}'.", place=row.place, line=row.line_of("id"))
        url = row.text("url") or None
        if url and (fault := link_fault(url)):
            raise BadInput(
                f"The address '{url[:80]}' of reference {number} {fault}.",
                place=row.place,
                line=row.line_of("url"),
            )
        taken.add(ref_id)
        references.append(
            Reference(
                ref_id,
                number,
                text,
                url,
                row.line,
                doi=_identifier(row, "doi", identifiers.doi, "10.1136/bmj.n71", number),
                pmid=_identifier(row, "pmid", identifiers.pmid, "32491499", number),
                accessed=row.day("accessed"),
                grade=_grade(row, number),
            )
        )
    return tuple(references)


def _identifier(
    row: Fields, name: str, spelt: Callable[[str], str | None], example: str, number: int
) -> str | None:
    """A DOI or a PubMed number in its one spelling."""
    given = row.text(name)
    found = spelt(given) if given else None
    if given and not found:
        raise BadInput(
            f"'{given[:60]}' is no {name} of reference {number}. Write it as {example}.",
            place=row.place,
            line=row.line_of(name),
        )
    return found


def _grade(row: Fields, number: int) -> Grade | None:
    given = row.text("grade")
    if given and given not in list(Grade):
        raise BadInput(
            f"'{given[:60]}' is no grade of reference {number}. The grades are {', '.join(Grade)}.",
            place=row.place,
            line=row.line_of("grade"),
        )
    return Grade(given) if given else None


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading of the body with its attributes, and the blocks under it."""

    token: Token
    level: int
    text: str
    id: str
    kind: SectionKind
    suggested: bool
    line: int
    blocks: tuple[Block, ...]


def _body(reader: BlockReader, title: str) -> tuple[tuple[Section, ...], tuple[Question, ...]]:
    sections: list[Section] = []
    faq: list[Question] = []
    ids: dict[str, int] = {}
    in_questions = False
    for heading in _headings(reader, title):
        if heading.level == 2:
            in_questions = heading.kind is SectionKind.QUESTIONS
            if in_questions:
                if heading.blocks:
                    reader.bad(
                        heading.token,
                        "Text stands between this heading and its first `###` question. Move it.",
                    )
                continue
        if first := ids.get(heading.id):
            reader.bad(
                heading.token,
                f"The id '{heading.id}' is taken by the heading on line {first}. Add another: {{#{heading.id}-2}}.",
            )
        ids[heading.id] = heading.line
        if not in_questions:
            sections.append(
                Section(
                    heading.id,
                    heading.text,
                    heading.level,
                    heading.kind,
                    heading.blocks,
                    heading.suggested,
                    heading.line,
                )
            )
            continue
        if heading.level != 3:
            reader.bad(heading.token, "A question is a `###` heading, with no smaller heading under it.")
        if not heading.blocks:
            reader.bad(heading.token, "This question has no answer. Write one under it.")
        faq.append(Question(heading.id, heading.text, heading.blocks, heading.line))
    return tuple(sections), tuple(faq)


def _headings(reader: BlockReader, title: str) -> Iterator[_Heading]:
    before = reader.blocks_until()
    seen_title = False
    while reader.at < len(reader.tokens):
        token, inline = reader.heading()
        level = int(token.tag[1])
        if level == 1:
            text = reader.plain_heading(inline)
            if text != title or seen_title or before:
                reader.bad(token, "The title stands in the front matter. Begin a section with `## Heading`.")
            seen_title = True
            before = reader.blocks_until()
            continue
        if before:
            break
        yield _heading(reader, token, inline, level)
    if before:
        line = before[0].line
        raise BadInput(
            "Text stands before the first heading. Begin it with `## Heading`.", place=reader.name, line=line
        )


def _heading(reader: BlockReader, token: Token, inline: Token, level: int) -> _Heading:
    attributes = _Attributes()
    if match := _ATTRIBUTES.search(inline.content):
        attributes = _attributes(reader, token, match.group(1))
        _drop_tail(inline, match.group(0))
    text = reader.plain_heading(inline)
    if not text:
        reader.bad(token, "This heading has no words.")
    heading_id = attributes.id or slug(text)
    reader.allowances.place(heading_id)
    return _Heading(
        token=token,
        level=level,
        text=text,
        id=heading_id,
        kind=attributes.kind or guess_kind(text),
        suggested=attributes.suggested,
        line=reader.line(token),
        blocks=reader.blocks_until(),
    )


@dataclass(slots=True)
class _Attributes:
    id: str = ""
    kind: SectionKind | None = None
    suggested: bool = False


def _attributes(reader: BlockReader, token: Token, words: str) -> _Attributes:
    attributes = _Attributes()
    for word in words.split():
        if word == "suggested":
            attributes.suggested = True
        elif word.startswith("#") and is_slug(word[1:]):
            attributes.id = word[1:]
        elif word.startswith("kind=") and word[5:] in list(SectionKind):
            attributes.kind = SectionKind(word[5:])
        else:
            kinds = ", ".join(kind.value for kind in SectionKind)
            reader.bad(
                token,
                f"'{word[:60]}' is not known after a heading. Write {{#small-letters kind=types suggested}}, each as "
                f"needed; kinds are {kinds}. Braces that are words are written \\{{ and \\}}.",
            )
    return attributes


def _drop_tail(inline: Token, tail: str) -> None:
    """Takes the attributes off the last text of a heading; they hold no character that Markdown marks up."""
    children = inline.children or []
    last = children[-1] if children else None
    if last is not None and last.type == "text":
        last.content = tidy_text(last.content.removesuffix(tail.rstrip()))
    inline.content = inline.content.removesuffix(tail)
