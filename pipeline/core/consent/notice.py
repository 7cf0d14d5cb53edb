"""The words that a person is shown before they say yes, each version for ever (C-03, C-10, C-40).

A notice is one file `content/notices/<id>.toml`. Who the controller is comes from the settings by
placeholders such as `{controller_name}`, filled once when the file is read: the registry keeps the words
as they were shown.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.core import toml
from pipeline.core.errors import BadInput

_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_TEXTS = (
    "notice_id",
    "purpose",
    "language",
    "title",
    "cadence",
    "consent_sentence",
    "button_label",
    "body",
    "policy_url",
)
_NUMBERS = ("version", "cadence_max_days")
_DATES = ("effective_from",)
_FIELDS = frozenset((*_TEXTS, *_NUMBERS, *_DATES))
# `[processing]` is read by `purpose.load_purpose`.
_MAY = frozenset(("asks_again", "processing"))
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class NoticeVersion:
    """One version. `cadence` is said to people ("once a week"); `cadence_max_days` is held to: one mail
    in so many days.

    `body` is plain text, paragraphs parted by empty lines. `asks_again`: whoever wrote it says that it changes what
    people said yes to, although no rule can see it (C-10).
    """

    notice_id: str
    version: int
    purpose: str
    language: str
    title: str
    cadence: str
    cadence_max_days: int
    consent_sentence: str
    button_label: str
    body: str
    policy_url: str
    effective_from: date
    asks_again: bool = False

    @property
    def body_sha256(self) -> str:
        return words_sha256(self.body)

    @property
    def consent_sentence_sha256(self) -> str:
        return words_sha256(self.consent_sentence)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        return paragraphs(self.body)


def paragraphs(body: str) -> tuple[str, ...]:
    """A notice's body for a page: each paragraph in one line."""
    return tuple(" ".join(p.split()) for p in re.split(r"\n\s*\n", body) if p.strip())


def words_sha256(text: str) -> str:
    """Hex SHA-256 of the words: NFC, every run of white space one space, ends trimmed, UTF-8 (standards
    2.6).
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(words.encode()).hexdigest()


def load(source: str, controller: Mapping[str, str], *, place: str = "") -> NoticeVersion:
    """Read a notice file. `controller` holds the values of the placeholders by name, e.g. `controller_name`.

    Raises `BadInput` that names the key and what to write there.
    """
    data = _table(source, place)
    texts = {key: _filled(key, _text(data, key, place), controller, place, source) for key in _TEXTS}
    _check_name(texts["notice_id"], "notice_id", place)
    _check_name(texts["purpose"], "purpose", place)
    return NoticeVersion(
        notice_id=texts["notice_id"],
        version=_number(data, "version", place),
        purpose=texts["purpose"],
        language=texts["language"],
        title=texts["title"],
        cadence=texts["cadence"],
        cadence_max_days=_number(data, "cadence_max_days", place),
        consent_sentence=texts["consent_sentence"],
        button_label=texts["button_label"],
        body=texts["body"],
        policy_url=texts["policy_url"],
        effective_from=_date(data, "effective_from", place),
        asks_again=_flag(data, "asks_again", place),
    )


def current(versions: tuple[NoticeVersion, ...], purpose: str, today: date) -> NoticeVersion | None:
    """The newest version in force for a purpose, or None: then nobody can sign up for it (C-43)."""
    in_force = [v for v in versions if v.purpose == purpose and v.effective_from <= today]
    return max(in_force, key=lambda v: v.version, default=None)


def _table(source: str, place: str) -> dict[str, object]:
    data: dict[str, object] = toml.parsed(place, source)
    if unknown := sorted(set(data) - _FIELDS - _MAY):
        keys = ", ".join(sorted(_FIELDS | _MAY))
        raise BadInput(f"A notice has no key `{unknown[0]}`. The keys are {keys}.", place=place)
    if missing := sorted(_FIELDS - set(data)):
        raise BadInput(f"The notice lacks `{missing[0]}`. Add a line `{missing[0]} = ...`.", place=place)
    return data


def _text(data: Mapping[str, object], key: str, place: str) -> str:
    value = data[key]
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f'`{key}` must be words in quotes, such as `{key} = "..."`.', place=place)
    return value.strip()


def _number(data: Mapping[str, object], key: str, place: str) -> int:
    value = data[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadInput(f"`{key}` must be a whole number from 1, such as `{key} = 1`.", place=place)
    return value


def _flag(data: Mapping[str, object], key: str, place: str) -> bool:
    value = data.get(key, False)
    if not isinstance(value, bool):
        raise BadInput(f"`{key}` must be true or false, without quotes.", place=place)
    return value


def _date(data: Mapping[str, object], key: str, place: str) -> date:
    value = data[key]
    if type(value) is not date:
        raise BadInput(f"`{key}` must be a date without quotes, such as `{key} = 2026-11-23`.", place=place)
    return value


def _filled(key: str, text: str, controller: Mapping[str, str], place: str, source: str) -> str:
    def value_of(match: re.Match[str]) -> str:
        name = match[1]
        if not controller.get(name, "").strip():
            known = ", ".join(f"{{{n}}}" for n in sorted(controller)) or "none"
            raise BadInput(
                f"`{key}` has the placeholder {{{name}}}, and no setting fills it. Known: {known}.",
                place=place,
                line=source.count("\n", 0, source.find(match[0])) + 1,
            )
        return controller[name]

    return _PLACEHOLDER.sub(value_of, text)


def _check_name(name: str, key: str, place: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"`{key}` may have small letters, digits, - and _, at most 60: `{name}` does not fit.",
            place=place,
        )
