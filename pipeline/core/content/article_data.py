"""An article as plain data for JSON storage, and back without loss.

Every block carries its `type`; a run of words is an object and a citation is `{"cite": [ids]}`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from pipeline.core.content.article import (
    Allowance,
    Article,
    Block,
    Callout,
    Cite,
    Figure,
    Finding,
    Grade,
    Inlines,
    Listing,
    ListItem,
    Paragraph,
    Person,
    Question,
    Reference,
    Run,
    Section,
    SectionKind,
    Severity,
    Table,
    Urgency,
)

Data = dict[str, Any]


def article_to_data(article: Article) -> Data:
    return {
        "title": article.title,
        "slug": article.slug,
        "language": article.language,
        "topic": article.topic,
        "disclaimer": article.disclaimer,
        "authors": [_person_to(person) for person in article.authors],
        "reviewer": _person_to(article.reviewer) if article.reviewer else None,
        "reviewed_on": _day_to(article.reviewed_on),
        "next_review_on": _day_to(article.next_review_on),
        "notes_for_reviewer": list(article.notes_for_reviewer),
        "sections": [
            {
                "id": s.id,
                "heading": s.heading,
                "level": s.level,
                "kind": s.kind.value,
                "suggested": s.suggested,
                "line": s.line,
                "blocks": _blocks_to(s.blocks),
            }
            for s in article.sections
        ],
        "faq": [
            {"id": q.id, "question": q.question, "line": q.line, "answer": _blocks_to(q.answer)}
            for q in article.faq
        ],
        "references": [_reference_to(reference) for reference in article.references],
        "allowances": [
            {"rule": a.rule, "reason": a.reason, "at": a.at, "line": a.line} for a in article.allowances
        ],
    }


def article_from_data(data: Data) -> Article:
    """The article that `article_to_data` was given. KeyError or ValueError on data that it did not make."""
    return Article(
        title=data["title"],
        slug=data["slug"],
        language=data["language"],
        topic=data["topic"],
        disclaimer=data["disclaimer"],
        authors=tuple(Person(**person) for person in data["authors"]),
        reviewer=Person(**data["reviewer"]) if data["reviewer"] else None,
        reviewed_on=_day_from(data["reviewed_on"]),
        next_review_on=_day_from(data["next_review_on"]),
        notes_for_reviewer=tuple(data["notes_for_reviewer"]),
        sections=tuple(
            Section(**s | {"kind": SectionKind(s["kind"]), "blocks": _blocks_from(s["blocks"])})
            for s in data["sections"]
        ),
        faq=tuple(Question(**q | {"answer": _blocks_from(q["answer"])}) for q in data["faq"]),
        references=tuple(_reference_from(r) for r in data["references"]),
        allowances=tuple(Allowance(**a) for a in data.get("allowances", ())),  # older data has none
    )


def finding_to_data(finding: Finding) -> Data:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "line": finding.line,
        "quote": finding.quote,
        "message": finding.message,
    } | ({"allowed": finding.allowed} if finding.allowed else {})


def finding_from_data(data: Data) -> Finding:
    return Finding(**data | {"severity": Severity(data["severity"])})


def _person_to(person: Person) -> Data:
    return {"name": person.name, "credentials": person.credentials, "role": person.role}


def _reference_to(r: Reference) -> Data:
    """A reference without the fields that its file does not give: most give none."""
    given = {
        "doi": r.doi,
        "pmid": r.pmid,
        "accessed": _day_to(r.accessed),
        "grade": r.grade and r.grade.value,
    }
    known = {name: value for name, value in given.items() if value}
    return {"id": r.id, "number": r.number, "text": r.text, "url": r.url, "line": r.line} | known


def _reference_from(data: Data) -> Reference:
    grade = data.get("grade")
    return Reference(
        **data | {"accessed": _day_from(data.get("accessed")), "grade": Grade(grade) if grade else None}
    )


def _day_to(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_from(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _blocks_to(blocks: tuple[Block, ...]) -> list[Data]:
    return [_block_to(block) for block in blocks]


def _block_to(block: Block) -> Data:
    match block:
        case Paragraph(text, line):
            return {"type": "paragraph", "text": _text_to(text), "line": line}
        case Listing(items, ordered, line):
            entries = [
                {"text": _text_to(i.text), "blocks": _blocks_to(i.blocks), "line": i.line} for i in items
            ]
            return {"type": "list", "ordered": ordered, "items": entries, "line": line}
        case Callout(urgency, title, blocks, line):
            return {
                "type": "callout",
                "urgency": urgency.value,
                "title": title,
                "blocks": _blocks_to(blocks),
                "line": line,
            }
        case Table(header, rows, line):
            return {
                "type": "table",
                "header": [_text_to(cell) for cell in header],
                "rows": [[_text_to(cell) for cell in row] for row in rows],
                "line": line,
            }
        case Figure():
            return {"type": "figure", **asdict(block)}


def _blocks_from(blocks: list[Data]) -> tuple[Block, ...]:
    return tuple(_block_from(block) for block in blocks)


def _block_from(data: Data) -> Block:
    line = data["line"]
    match data["type"]:
        case "paragraph":
            return Paragraph(_text_from(data["text"]), line)
        case "list":
            items = (
                ListItem(_text_from(i["text"]), _blocks_from(i["blocks"]), i["line"]) for i in data["items"]
            )
            return Listing(tuple(items), data["ordered"], line)
        case "callout":
            return Callout(Urgency(data["urgency"]), data["title"], _blocks_from(data["blocks"]), line)
        case "table":
            header = tuple(_text_from(cell) for cell in data["header"])
            return Table(header, tuple(tuple(_text_from(cell) for cell in row) for row in data["rows"]), line)
        case "figure":
            return Figure(**{name: value for name, value in data.items() if name != "type"})
        case other:
            raise ValueError(f"no block has the type {other!r}")


def _text_to(text: Inlines) -> list[Data]:
    return [{"cite": list(part.refs)} if isinstance(part, Cite) else _run_to(part) for part in text]


def _run_to(run: Run) -> Data:
    """A run without the styles it does not have: most have none."""
    styles = {"strong": run.strong, "emphasis": run.emphasis, "href": run.href}
    return {"text": run.text} | {name: value for name, value in styles.items() if value}


def _text_from(text: list[Data]) -> Inlines:
    return tuple(Cite(tuple(part["cite"])) if "cite" in part else Run(**part) for part in text)
