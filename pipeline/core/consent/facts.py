"""Facts read from a table of TOML: each key checked, and each complaint naming the file and the key."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from pipeline.core.consent.duration import Duration, parse
from pipeline.core.errors import BadInput


class Facts:
    """The table `name` of the file `place`. It has every key of `wanted`, none but these and those of `may`."""

    def __init__(
        self,
        table: object,
        name: str,
        wanted: Collection[str],
        *,
        may: Collection[str] = (),
        place: str = "",
    ) -> None:
        if not isinstance(table, Mapping):
            raise BadInput(f"`{name}` must be a table: a line `[{name}]`, and its keys below.", place=place)
        self._table, self._name, self._place = table, name, place
        known = sorted({*wanted, *may})
        if unknown := sorted(set(table) - set(known)):
            raise self.bad(unknown[0], f"is no key here. The keys are {', '.join(known)}")
        if missing := sorted(set(wanted) - set(table)):
            raise self.bad(missing[0], f"is missing. Add a line `{missing[0]} = ...` below `[{name}]`")

    def bad(self, key: str, says: str) -> BadInput:
        """A complaint about one key."""
        return BadInput(f"`{key}` of [{self._name}] {says}.", place=self._place)

    def text(self, key: str, *, may_be_empty: bool = False) -> str:
        value = self._table.get(key, "")
        if not isinstance(value, str) or not (value.strip() or may_be_empty):
            raise self.bad(key, f'must be words in quotes, such as `{key} = "..."`')
        return " ".join(value.split())

    def one_of(self, key: str, choices: Collection[str]) -> str:
        value = self.text(key)
        if value not in choices:
            raise self.bad(key, f"is {value!r}, and may be {' or '.join(sorted(choices))}")
        return value

    def flag(self, key: str) -> bool:
        value = self._table.get(key, False)
        if not isinstance(value, bool):
            raise self.bad(key, "must be true or false, without quotes")
        return value

    def number(self, key: str) -> int:
        value = self._table[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.bad(key, f"must be a whole number from 1, such as `{key} = 1`")
        return value

    def texts(
        self, key: str, form: re.Pattern[str] | None = None, like: str = "", *, least: int = 0
    ) -> tuple[str, ...]:
        """A list of words, each of a form that `like` is an example of. Their order says nothing: they come sorted."""
        value: Any = self._table[key]
        if not isinstance(value, list) or len(value) < least:
            some = f", with {least} or more in it" if least else ""
            raise self.bad(key, f'must be a list in square brackets{some}, such as `{key} = ["{like}"]`')
        for one in value:
            if not isinstance(one, str) or not one.strip() or (form and not form.fullmatch(one)):
                raise self.bad(key, f"has {one!r}, and each must be like {like!r}")
        return tuple(sorted(set(value)))

    def duration(self, key: str) -> Duration:
        try:
            return parse(self.text(key))
        except ValueError:
            raise self.bad(
                key, "must be a duration as ISO 8601 writes it, such as P24M for 24 months"
            ) from None
