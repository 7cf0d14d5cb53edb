"""RFC 2047 encoded-words: at most 75 characters each, whole characters only, utf-8 (M-05)."""

from __future__ import annotations

from base64 import b64encode

WORD_LIMIT = 75  # RFC 2047 section 2
_OVERHEAD = len("=?utf-8?q??=")
# RFC 2047 section 5 (3): the only characters that may stand for themselves in a phrase; kept to everywhere.
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def encoded_words(text: str, first_room: int = WORD_LIMIT) -> list[str]:
    """`text` as encoded-words; the first is at most `first_room` characters, if one character fits there at
    all.

    Readers join neighbouring encoded-words without the space between them, so every space of `text` is inside
    one. Q or B, whichever is shorter for the whole text.
    """
    data = text.encode("utf-8")
    as_q = sum(_q_length(byte) for byte in data) <= 4 * ((len(data) + 2) // 3)
    words: list[str] = []
    room, chunk = max(first_room, 0), ""
    for character in text:
        if chunk and _length(chunk + character, as_q) > min(room, WORD_LIMIT):
            words.append(_word(chunk, as_q))
            chunk, room = "", WORD_LIMIT
        chunk += character
    return [*words, _word(chunk, as_q)]


def _q_length(byte: int) -> int:
    return 1 if byte in _Q_SAFE or byte == 0x20 else 3


def _length(chunk: str, as_q: bool) -> int:
    data = chunk.encode("utf-8")
    return _OVERHEAD + (sum(map(_q_length, data)) if as_q else 4 * ((len(data) + 2) // 3))


def _word(chunk: str, as_q: bool) -> str:
    data = chunk.encode("utf-8")
    if not as_q:
        return f"=?utf-8?b?{b64encode(data).decode('ascii')}?="
    return "=?utf-8?q?" + "".join(_q(byte) for byte in data) + "?="


def _q(byte: int) -> str:
    if byte == 0x20:
        return "_"
    return chr(byte) if byte in _Q_SAFE else f"={byte:02X}"
