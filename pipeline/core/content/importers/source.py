"""Bytes to text, or a sentence that says what is wrong with them."""

from __future__ import annotations

import re

from pipeline.core.errors import BadInput
from pipeline.core.unseen import CONTROL

LARGEST = 2 * 1024 * 1024  # bytes; the longest health article is a fiftieth of it

_HEAD = 4096  # bytes in which an encoding is declared
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{2,40})|<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""",
    re.IGNORECASE,
)
# Labels of the WHATWG Encoding standard: what pages call Latin-1 is Windows-1252, and so on.
_LABELS = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8", "utf-16", "utf-16le", "utf-16be"), "utf-8-sig"),
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "latin1", "l1", "ascii", "us-ascii", "windows-1252", "cp1252"), "cp1252"
    ),
    **{f"windows-125{n}": f"cp125{n}" for n in (0, 1, 3, 4, 5, 6, 7, 8)},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso-8859-9": "cp1254",
    "latin2": "iso8859-2",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("euc-jp", "x-euc-jp"), "euc-jp"),
    "iso-2022-jp": "iso-2022-jp",
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
}

_LETTER = re.compile(r"[^\W_]")


def decode(name: str, source: bytes) -> str:
    """`source` as text with `\\n` line ends and no byte-order mark. `name` is what a sentence calls the file."""
    return tidy_lines(name, _decoded(name, source, "utf-8-sig", "UTF-8"))


def decode_page(name: str, source: bytes) -> str:
    """The same for a page or a feed, which may declare another encoding: by a byte-order mark, in XML's first line, or
    in a `meta` of the first kilobytes (WHATWG HTML, 13.2.3.2). What is declared and not true is refused."""
    for mark, encoding in _MARKS:
        if source.startswith(mark):
            return tidy_lines(name, _decoded(name, source, encoding, encoding.upper()))
    declared = _DECLARED.search(source[:_HEAD])
    if declared is None:
        return decode(name, source)
    label = next(group for group in declared.groups() if group).decode("ascii").lower()
    encoding = _LABELS.get(label, "")
    if not encoding:
        raise BadInput(
            f"The page says that it is written in '{label}', which is not known here. Save the file as UTF-8.",
            place=name,
            line=source.count(b"\n", 0, declared.start()) + 1,
        )
    return tidy_lines(name, _decoded(name, source, encoding, label))


def known_encoding(label: str) -> str:
    """Python's name of an encoding that pages are written in; empty for any other, some of which take for ever."""
    return _LABELS.get(label.strip().lower(), "")


def _decoded(name: str, source: bytes, encoding: str, called: str) -> str:
    if len(source) > LARGEST:
        raise BadInput(
            "The file is larger than 2 MiB: an article is words only. Take out what is not.", place=name
        )
    try:
        return source.decode(encoding)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"This is not {called} text. Save the file as UTF-8 and try again.", place=name, line=line
        ) from error


def tidy_lines(name: str, text: str) -> str:
    """Text with `\\n` line ends; BadInput where it holds a control character, or no word."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n")
    if control := CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        code = f"U+{ord(control.group()):04X}"
        raise BadInput(
            f"The line holds the control character {code}, so this may not be a text file. Remove it or save as UTF-8.",
            place=name,
            line=line,
        )
    if not _LETTER.search(text):
        raise BadInput(
            "The file is empty: there is no word in it. Write the article, or name another file.", place=name
        )
    return text
