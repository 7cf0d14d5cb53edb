"""Tokens of the Markdown parser to blocks and inlines of an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from markdown_it.token import Token

from pipeline.core.content.article import (
    Block,
    Callout,
    Cite,
    Figure,
    Finding,
    Inline,
    Inlines,
    LeftOut,
    Listing,
    ListItem,
    Paragraph,
    Reference,
    Run,
    Severity,
    Table,
)
from pipeline.core.content.citations import MissingReferenceError, ids_for, numbers_in
from pipeline.core.content.importers.own.allowances import Allowances
from pipeline.core.content.inlines import tidy, tidy_text
from pipeline.core.content.links import link_fault
from pipeline.core.content.pictures import (
    ALT_NEEDED,
    DECORATIVE,
    PICTURE_LEFT_OUT,
    PICTURE_WITHOUT_WORDS,
    picture_name,
)
from pipeline.core.errors import BadInput


def words_of(image: Token) -> str:
    """What stands in the square brackets of a picture, without its marks."""
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content for child in image.children or ()
    )


@dataclass(slots=True)
class BlockReader:
    """Walks a list of tokens once. `at` is the next token; what is noticed on the way collects in the lists."""

    name: str
    first_line: int
    references: Sequence[Reference]
    tokens: Sequence[Token]
    lines: Sequence[str]  # of the body, for what the parser does not tell
    at: int = 0
    findings: list[Finding] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    allowances: Allowances = field(init=False)

    def __post_init__(self) -> None:
        self.allowances = Allowances(self.name)

    def blocks_until(self, closing: str | None = None) -> tuple[Block, ...]:
        """Blocks up to the token `closing`, which is passed; without one, up to a heading, which is not."""
        blocks: list[Block] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.type == closing:
                self.allowances.nothing_follows()
                self.at += 1
                break
            if token.type == "heading_open":
                if closing is None:
                    break
                self.bad(
                    token, "A heading stands inside a list or a callout. Move it out, or make it **strong**."
                )
            self.at += 1
            before = self.allowances.take()
            made = self._block(token)
            self.allowances.place(made[0] if made else None, before)
            blocks.extend(made)
        return tuple(blocks)

    def heading(self) -> tuple[Token, Token]:
        """The opening and the inline token of the heading at `at`, which is passed."""
        opening, inline = self.tokens[self.at], self.tokens[self.at + 1]
        self.at += 3
        return opening, inline

    def line(self, token: Token) -> int:
        return self.first_line + (token.map[0] if token.map else 0)

    def bad(self, token: Token, message: str) -> NoReturn:
        raise self._error(token, message)

    def _error(self, token: Token, message: str) -> BadInput:
        return BadInput(message, place=self.name, line=self.line(token))

    def _block(self, token: Token) -> tuple[Block, ...]:
        match token.type:
            case "paragraph_open":
                inline = self.tokens[self.at]
                if figure := self._figure(inline):
                    self.at += 2
                    return (figure,)
                text = self.inlines(inline)
                self.at += 2
                return (Paragraph(text, self.line(token)),) if text else ()
            case "bullet_list_open" | "ordered_list_open":
                return (self._listing(token),)
            case "callout_open":
                opening = token.meta["opening"]
                blocks = self.blocks_until("callout_close")
                return (Callout(opening.urgency, tidy_text(opening.title), blocks, self.line(token)),)
            case "table_open":
                return (self._table(token),)
            case "blockquote_open":
                self._notice(token, "block-quote", "A block quote is read as ordinary paragraphs.")
                return self.blocks_until("blockquote_close")
            case "hr":
                self.left_out.append(
                    LeftOut(self.line(token), token.markup[:3], "a dividing line: headings divide")
                )
                return ()
            case "fence":
                raise self._error(
                    token, "A block of code has no place in an article. Remove the fence around it."
                )
            case _:
                raise self._error(token, f"'{token.type}' has no place in an article.")

    def _figure(self, inline: Token) -> Figure | None:
        """The picture that a paragraph consists of, if it is one of ours. One that says nothing to those who cannot see
        it is left out, with a finding that blocks.
        """
        parts = [child for child in inline.children or () if child.type != "comment"]
        if len(parts) != 1 or parts[0].type != "image":
            return None
        name = picture_name(str(parts[0].attrGet("src") or ""))
        if name is None:
            return None
        line, alt = self.line(inline), tidy_text(words_of(parts[0]))
        caption = tidy_text(str(parts[0].attrGet("title") or ""))
        if not alt:
            self.findings.append(Finding(PICTURE_WITHOUT_WORDS, Severity.B, line, name, ALT_NEEDED))
        return Figure(name, "" if alt.lower() == DECORATIVE else alt, caption, line) if alt else None

    def _listing(self, token: Token) -> Listing:
        ordered = token.type == "ordered_list_open"
        if ordered and token.attrGet("start") is not None:
            self._notice(
                token, "list-start", "A numbered list counts from 1 in the email, whatever it starts at here."
            )
        items = []
        while self.tokens[self.at].type == "list_item_open":
            opening = self.tokens[self.at]
            self.at += 1
            blocks = self.blocks_until("list_item_close")
            first = blocks[0] if blocks else None
            text, rest = (first.text, blocks[1:]) if isinstance(first, Paragraph) else ((), blocks)
            items.append(ListItem(text, rest, self.line(opening)))
            if isinstance(first, Paragraph):
                self.allowances.move(first, items[-1])
        self.at += 1
        return Listing(tuple(items), ordered, self.line(token))

    def _table(self, token: Token) -> Table:
        rows: list[tuple[Inlines, ...]] = []
        cells: list[Inlines] = []
        while (part := self.tokens[self.at]).type != "table_close":
            self.at += 1
            if part.type == "tr_open":
                cells = []
            elif part.type == "inline":
                cells.append(self.inlines(part, self.line(token)))
            elif part.type == "tr_close":
                rows.append(tuple(cells))
                self._check_width(token, len(rows) - 1, len(rows[0]))
        self.at += 1
        return Table(rows[0], tuple(rows[1:]), self.line(token))

    def _check_width(self, token: Token, row: int, width: int) -> None:
        """Markdown drops the cells that a row has beyond its header, and words with them: refuse them instead."""
        at = token.map[0] + (row + 1 if row else 0) if token.map else 0
        source = self.lines[at].strip().lstrip("> ").removeprefix("|") if at < len(self.lines) else ""
        cells = re.sub(r"\\.", "", source).rstrip().removesuffix("|").count("|") + 1
        if row and cells > width:
            raise BadInput(
                f"This row has {cells} cells and its table has {width}. Write a bar that is a word as \\|.",
                place=self.name,
                line=self.first_line + at,
            )

    def inlines(self, token: Token, line: int | None = None) -> Inlines:
        """Tidy text of an inline token."""
        parts: list[Inline] = []
        style = Run("")
        at = self.line(token) if line is None else line
        for child in token.children or ():
            match child.type:
                case "text" | "code_inline" | "text_special":
                    parts.append(replace(style, text=child.content))
                case "softbreak" | "hardbreak":
                    parts.append(replace(style, text=" "))
                    at += 1 if line is None else 0
                case "strong_open" | "strong_close":
                    style = replace(style, strong=child.nesting > 0)
                case "em_open" | "em_close":
                    style = replace(style, emphasis=child.nesting > 0)
                case "link_open":
                    style = replace(style, href=self._href(str(child.attrGet("href") or ""), at))
                case "link_close":
                    style = replace(style, href=None)
                case "citation":
                    parts.append(self._cite(child.content, at))
                case "comment":
                    if not self.allowances.notice(child.content, at):
                        self.left_out.append(LeftOut(at, child.content, "a comment"))
                case "image":
                    self.left_out.append(LeftOut(at, child.content, PICTURE_LEFT_OUT))
                case _:
                    raise BadInput(f"'{child.type}' has no place in an article.", place=self.name, line=at)
        return tidy(parts)

    def plain_heading(self, token: Token) -> str:
        """Words of a heading, which carries no marks."""
        text = self.inlines(token)
        if any(isinstance(part, Cite) for part in text):
            self.bad(token, "A heading carries no citation. Put it after the sentence that it supports.")
        return tidy_text("".join(part.text for part in text if isinstance(part, Run)))

    def _href(self, url: str, line: int) -> str:
        if fault := link_fault(url):
            raise BadInput(f"The link '{url[:80]}' {fault}.", place=self.name, line=line)
        return url

    def _cite(self, mark: str, line: int) -> Cite:
        try:
            return Cite(ids_for(numbers_in(mark), self.references))
        except MissingReferenceError as error:
            raise BadInput(
                f"In [{mark[:40]}] {error}. Add it to `references`, mend the number, or write \\[{mark[:40]}\\] "
                "if this is not a citation.",
                place=self.name,
                line=line,
            ) from error
        except ValueError as error:
            raise BadInput(
                f"In [{mark[:40]}] {error}: write it as [3-5].", place=self.name, line=line
            ) from error

    def _notice(self, token: Token, rule: str, message: str) -> None:
        self.findings.append(Finding(rule, Severity.C, self.line(token), "", message))
