"""Write the golden letters anew: `make golden`. The difference in git is what a reviewer reads.

Run as `python -m tests.golden.rewrite`.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.core.message.context import confirm_context, issue_context, note_context
from pipeline.core.message.correction import correction_context
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

FOLDER = Path(__file__).parent / "letters"


def golden_letters() -> dict[str, RenderedLetter]:
    return {
        "issue": render_letter("issue", issue_context(sample_issue(), BRAND, "Weekly health email")),
        "confirm": render_letter("confirm", confirm_context(BRAND, NOTICES, "Example Health Ltd")),
        "correction": render_letter(
            "correction", correction_context(sample_correction(), BRAND, "Weekly health email")
        ),
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


def _note(kind: NoteKind, values: dict[str, str]) -> RenderedLetter:
    return render_letter("note", note_context(note_of(kind, values), BRAND))


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
