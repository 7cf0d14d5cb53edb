"""Text on its way through several readers, each of which takes something out and none of which may lose the count of
lines.

Three marks stand for what a file cannot hold, since `source.decode` refuses control characters. Line ends of the file
stay where they are, so that any reader can tell a place by counting them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

GONE = "\x1d"  # something stood here; a line that holds nothing else goes too
BREAK = "\x1e"  # a line end that the file does not have
JOIN = "\x1f"  # before a line end of the file: the two lines are one


@dataclass(frozen=True, slots=True)
class Numbered:
    """Text without marks; `lines[n]` is the line of the file that its line `n` came from."""

    text: str
    lines: tuple[int, ...]


def gone(stretch: str) -> str:
    """What stands in for `stretch` when it is taken out."""
    return GONE + f"\n{GONE}" * stretch.count("\n")


def joined(stretch: str) -> str:
    """`stretch` on one line."""
    return stretch.replace("\n", f"{JOIN}\n")


def apart(line: str) -> str:
    """`line` on a line of its own, with blank ones around it."""
    return f"{BREAK}{BREAK}{line}{BREAK}{BREAK}"


def rewrite(
    text: str, first_line: int, pattern: re.Pattern[str], answer: Callable[[re.Match[str], int], str]
) -> str:
    """`text` with each match replaced; `answer` is told the line on which the match begins."""
    pieces: list[str] = []
    at, counted, line = 0, 0, first_line
    for match in pattern.finditer(text):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        pieces += [text[at : match.start()], answer(match, line)]
        at = match.end()
    return "".join([*pieces, text[at:]])


def numbered(text: str, first_line: int) -> Numbered:
    lines: list[str] = []
    numbers: list[int] = []
    number = first_line
    carried: list[str] = []
    for source in text.split("\n"):
        carried.append(source)
        if not source.endswith(JOIN):
            whole = (
                " ".join(part.removesuffix(JOIN).strip(" \t") for part in carried) if carried[1:] else source
            )
            for piece in whole.split(BREAK):
                bare = piece.replace(GONE, "")
                if bare.strip() or bare == piece:
                    lines.append(bare)
                    numbers.append(number - len(carried) + 1)
            carried = []
        number += 1
    if carried:
        lines.append(" ".join(part.removesuffix(JOIN).strip(" \t") for part in carried))
        numbers.append(number - len(carried))
    return Numbered("\n".join(lines), tuple(numbers))
