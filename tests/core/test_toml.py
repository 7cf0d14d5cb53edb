"""TOML that cannot be read names its line, whatever file it is of."""

from __future__ import annotations

import pytest

from pipeline.core.errors import BadInput
from pipeline.core.toml import parsed, text_of


@pytest.mark.parametrize(
    ("text", "line"), [('a = 1\nb = "x', 2), ("a = 1\n[b\n", 2), ("a = 1\na = 2\n", 2), ("\n\na", 3)]
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BadInput, match=rf"^a\.toml:{line}: This is not valid TOML: [^()]+\.$"):
        parsed("a.toml", text)


def test_other_encodings_are_refused_with_their_line() -> None:
    assert text_of("a.toml", b"\xef\xbb\xbfa = 1\n") == "a = 1\n"
    with pytest.raises(BadInput, match=r"^a\.toml:2: This is not UTF-8"):
        text_of("a.toml", b"a = 1\nb = '\xff'\n")
