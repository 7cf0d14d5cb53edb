"""An article as a Markdown file that reads back equal: the inverse of `importers.markdown`.

Words are escaped no more than they need, so that a person may go on writing in the file. Attributes of a heading are
written only where they differ from what the reader would guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml

from pipeline.core.content.article import (
    Allowance,
    Article,
    Block,
    Callout,
    Cite,
    Figure,
    Inline,
    Inlines,
    Listing,
    ListItem,
    Paragraph,
    Person,
    Question,
    Reference,
    Run,
    Section,
    Table,
)
from pipeline.core.content.citations import mark_for
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.kinds import guess_kind
from pipeline.core.content.pictures import DECORATIVE, FOLDER
from pipeline.core.content.slug import slug
from pipeline.core.errors import BadInput

QUESTIONS = "Questions and answers"

_SPECIAL = re.compile(r"[\\`*_\[\]<]|&(?=#?\w+;)|!(?=$)")
_AT_START = re.compile(r"(?:[#>|+~=-]|:::)")
_NUMBER_AT_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_NOTHING = "<!-- -->"  # keeps two marks apart that would otherwise be read as one


@dataclass(frozen=True, slots=True)
class _Known:
    """What blocks need of their article: numbers of references, and allowances by the place that they are at."""

    numbers: Mapping[str, int]
    allowed: Mapping[str, list[Allowance]]

    def before(self, at: str) -> str:
        """The allowances of the block or heading `at`, as a paragraph of their own; empty where it has none."""
        return "\n".join(_allowance(allowance) for allowance in self.allowed.get(at, ()))


def write(article: Article) -> str:
    """The whole file, ending in a line end. Raises `BadInput` for a citation of a reference that is not listed."""
    known = _Known({r.id: r.number for r in article.references}, _by_place(article.allowances))
    parts = ["---\n" + _front_matter(article) + "---"]
    for section in article.sections:
        parts.append(known.before(section.id))
        parts.append(_heading(section.level, section.heading, _section_attributes(section)))
        parts.extend(_blocks(section.blocks, known, section.id))
    if article.faq:
        parts.append(_heading(2, QUESTIONS, []))
    for question in article.faq:
        parts.append(known.before(question.id))
        parts.append(_heading(3, question.question, _question_attributes(question)))
        parts.extend(_blocks(question.answer, known, question.id))
    return "\n\n".join(part for part in parts if part) + "\n"


def _by_place(allowances: Iterable[Allowance]) -> dict[str, list[Allowance]]:
    places: dict[str, list[Allowance]] = {}
    for allowance in allowances:
        places.setdefault(allowance.at, []).append(allowance)
    return places


def _allowance(allowance: Allowance) -> str:
    return f"<!-- allow {allowance.rule}: {allowance.reason} -->"


def _front_matter(article: Article) -> str:
    fields: dict[str, object] = {
        "title": article.title,
        "slug": article.slug,
        "language": article.language,
        "topic": article.topic,
        "authors": [_person(person) for person in article.authors],
        "reviewer": _person(article.reviewer) if article.reviewer else None,
        "reviewed": article.reviewed_on,
        "next_review": article.next_review_on,
        "disclaimer": article.disclaimer,
        "references": [_reference(reference) for reference in article.references],
        "notes_for_reviewer": list(article.notes_for_reviewer),
    }
    if whole := [{"rule": a.rule, "reason": a.reason} for a in article.allowances if not a.at]:
        fields["allow"] = whole
    text: str = yaml.dump(fields, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return text


class _Dumper(yaml.SafeDumper):
    """Empty fields stay empty and lists are indented, as a person would write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""))


def _person(person: Person) -> dict[str, str]:
    return {"name": person.name, "credentials": person.credentials, "role": person.role}


def _reference(reference: Reference) -> dict[str, object]:
    """The fields that the reference has; digests are signed, so that a new one must not show where it is not given."""
    fields = {
        "id": reference.id,
        "text": reference.text,
        "url": reference.url,
        "doi": reference.doi,
        "pmid": reference.pmid,
        "accessed": reference.accessed,
        "grade": reference.grade.value if reference.grade else None,
    }
    return {name: value for name, value in fields.items() if value is not None or name in ("id", "text")}


def _section_attributes(section: Section) -> list[str]:
    attributes = [f"#{section.id}"] if section.id != slug(section.heading) else []
    if section.kind is not guess_kind(section.heading):
        attributes.append(f"kind={section.kind.value}")
    if section.suggested:
        attributes.append("suggested")
    return attributes


def _question_attributes(question: Question) -> list[str]:
    return [f"#{question.id}"] if question.id != slug(question.question) else []


def _heading(level: int, text: str, attributes: list[str]) -> str:
    words = re.sub(r"[#{}]", r"\\\g<0>", _escaped(tidy_text(text)))
    return f"{'#' * level} {words}" + (f" {{{' '.join(attributes)}}}" if attributes else "")


def _blocks(blocks: Iterable[Block], known: _Known, at: str) -> Iterator[str]:
    """Each block as text. A list right after a list takes the other marker, so that the two stay two."""
    other = False
    last: Block | None = None
    for n, block in enumerate(blocks):
        here = f"{at}/{n}"
        if allowed := known.before(here):
            yield allowed
        if isinstance(block, Listing):
            follows = isinstance(last, Listing) and last.ordered == block.ordered
            other = follows and not other
            yield _listing(block, other, known, here)
        elif isinstance(block, Paragraph):
            yield _paragraph(block.text, known.numbers)
        elif isinstance(block, Callout):
            yield _callout(block, known, here)
        elif isinstance(block, Figure):
            yield _figure(block)
        else:
            yield _table(block, known.numbers)
        last = block


def _paragraph(text: Inlines, numbers: Mapping[str, int]) -> str:
    return _safe_start(_inlines(text, numbers))


def _safe_start(text: str) -> str:
    """`text` with a start that would open a list, a heading or a table made plain."""
    if _AT_START.match(text):
        return "\\" + text
    return _NUMBER_AT_START.sub(r"\1\\\2", text, count=1) if _NUMBER_AT_START.match(text) else text


def _listing(listing: Listing, other: bool, known: _Known, at: str) -> str:
    lines = []
    for count, item in enumerate(listing.items, 1):
        marker = f"{count}{')' if other else '.'} " if listing.ordered else "* " if other else "- "
        lines.append((marker + _item(item, " " * len(marker), known, f"{at}/{count - 1}")).rstrip(" "))
    loose = any("\n\n" in line for line in lines)
    return ("\n\n" if loose else "\n").join(lines)


def _item(item: ListItem, indent: str, known: _Known, at: str) -> str:
    text = _paragraph(item.text, known.numbers)
    text += "".join(f" {_allowance(allowance)}" for allowance in known.allowed.get(at, ()))
    alone = len(item.blocks) == 1 and isinstance(item.blocks[0], Listing) and not known.before(f"{at}/0")
    if not text or alone:
        text += "\n"
    elif item.blocks:
        text += "\n\n"
    text += "\n\n".join(_blocks(item.blocks, known, at))
    return "\n".join(
        indent + line if n and line else line for n, line in enumerate(text.rstrip().split("\n"))
    )


def _callout(callout: Callout, known: _Known, at: str) -> str:
    title = re.sub(r'[\\"]', r"\\\g<0>", tidy_text(callout.title))
    opening = f"::: {callout.urgency.value}" + (f' "{title}"' if title else "")
    return "\n".join([opening, "\n\n".join(_blocks(callout.blocks, known, at)), ":::"])


def _figure(figure: Figure) -> str:
    caption = re.sub(r'[\\"]', r"\\\g<0>", _escaped_entities(tidy_text(figure.caption)))
    alt = _escaped(tidy_text(figure.alt)) or DECORATIVE
    return f"![{alt}]({FOLDER}{figure.src}" + (f' "{caption}")' if caption else ")")


def _table(table: Table, numbers: Mapping[str, int]) -> str:
    rows = [table.header, *table.rows]
    lines = [
        "| " + " | ".join(_inlines(cell, numbers).replace("|", "\\|") for cell in row) + " |" for row in rows
    ]
    lines.insert(1, "|" + " --- |" * len(table.header))
    return "\n".join(lines)


def _inlines(text: Inlines, numbers: Mapping[str, int]) -> str:
    out: list[str] = []
    last: Inline | None = None
    parts = tidy(text)
    for at, part in enumerate(parts):
        if last is not None and (_would_merge(last, part) or _would_be_range(parts[at - 1 : at + 2])):
            out.append(_NOTHING)
        if isinstance(part, Cite):
            out.append(mark_for([_number(ref, numbers) for ref in part.refs]))
        else:
            words = _run(part)
            out.append("\\" + words if isinstance(last, Cite) and words.startswith("(") else words)
        last = part
    return "".join(out)


def _number(ref: str, numbers: Mapping[str, int]) -> int:
    if ref not in numbers:
        raise BadInput(f"The article cites '{ref}', which is not among its references.")
    return numbers[ref]


def _would_merge(left: Inline, right: Inline) -> bool:
    """Whether marks of emphasis need something neutral between them and what stands beside them.

    CommonMark 6.2 lets `*` open or close by the characters around it: a letter outside and a sign inside will not do.
    """
    styled_left, styled_right = _is_styled(left), _is_styled(right)
    if styled_left and styled_right:
        return True
    if styled_right and isinstance(left, Run) and isinstance(right, Run):
        return not left.text[-1].isspace() and not right.text[0].isalnum()
    if styled_left and isinstance(left, Run) and isinstance(right, Run):
        return not right.text[0].isspace() and not left.text[-1].isalnum()
    return False


def _would_be_range(parts: Inlines) -> bool:
    """Whether a dash between two marks would make one mark of them."""
    match parts:
        case (Cite(), Run(text=words), Cite()):
            return words.strip() in ("–", "-")
    return False


def _is_styled(part: Inline) -> bool:
    return isinstance(part, Run) and (part.strong or part.emphasis) and not part.href


def _run(run: Run) -> str:
    marks = ("**" if run.strong else "") + ("*" if run.emphasis else "")
    words = f"{marks}{_escaped(run.text)}{marks}"
    return f"[{words}]({_destination(run.href)})" if run.href else words


def _escaped_entities(text: str) -> str:
    return re.sub(r"&(?=#?\w+;)", "&amp;", text)


def _destination(url: str) -> str:
    """`url` between pointed brackets where its own round ones would close the link."""
    url = _escaped_entities(url)
    return f"<{url}>" if "(" in url or ")" in url else url


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda match: "&amp;" if match.group() == "&" else "\\" + match.group(), text)
