"""Write the golden letters anew: `make golden`. The difference in git is what a reviewer reads.

Run as `python -m tests.golden.rewrite`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pipeline.core.message.context import confirm_context, issue_context, note_context
from pipeline.core.message.correction import correction_context
from pipeline.core.message.kit_sample import kit_issue
from pipeline.core.message.note import NoteKind, note_of
from pipeline.core.message.rendered import RenderedLetter
from pipeline.gateways.templates import render_letter
from tests.golden.sample import (
    ASK_AGAIN,
    BRAND,
    COMPLAINT,
    NOTICE_CHANGED,
    NOTICES,
    RECONFIRM,
    SEAL,
    sample_correction,
    sample_issue,
)
from tests.golden.scripts import ARABIC_BRAND, arabic_issue, japanese_issue

FOLDER = Path(__file__).parent / "letters"


def golden_contexts() -> dict[str, tuple[str, dict[str, Any]]]:
    """Each letter: its template, and what that is given."""
    weekly = "Weekly health email"
    return {
        "issue": ("issue", issue_context(sample_issue(), BRAND, weekly)),
        "kit": ("issue", issue_context(kit_issue(), BRAND, weekly)),
        "kit-arabic": ("issue", issue_context(arabic_issue(), ARABIC_BRAND, "رسالة الصحة الأسبوعية")),
        "kit-japanese": ("issue", issue_context(japanese_issue(), BRAND, "週に一度の健康の手紙")),
        "confirm": ("confirm", confirm_context(BRAND, NOTICES, "Example Health Ltd")),
        "correction": ("correction", correction_context(sample_correction(), BRAND, weekly)),
        "note": _note(NoteKind.SEAL, SEAL),
        "note-ask-again": _note(NoteKind.ASK_AGAIN, ASK_AGAIN),
        "note-notice-changed": _note(NoteKind.NOTICE_CHANGED, NOTICE_CHANGED),
        "note-reconfirm": _note(NoteKind.RECONFIRM, RECONFIRM),
        **{
            kind.value: _note(kind, COMPLAINT)
            for kind in (
                NoteKind.ACCESS_LINK,
                NoteKind.ADDRESS_CONFIRM,
                NoteKind.ADDRESS_CHANGED,
                NoteKind.COMPLAINT_RECEIVED,
            )
        },
    }


def _note(kind: NoteKind, values: dict[str, str]) -> tuple[str, dict[str, Any]]:
    return "note", note_context(note_of(kind, values), BRAND)


@cache
def golden_letters() -> dict[str, RenderedLetter]:
    return {name: render_letter(letter, context) for name, (letter, context) in golden_contexts().items()}


def golden_files() -> dict[str, str]:
    """File name to its content. A tag a line, so that a change of one word is a change of one line."""
    files = {}
    for name, letter in golden_letters().items():
        files[f"{name}.html"] = letter.html.replace("><", ">\n<")
        files[f"{name}.txt"] = f"Subject: {letter.subject}\n\n{letter.text}"
    return files


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in golden_files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
