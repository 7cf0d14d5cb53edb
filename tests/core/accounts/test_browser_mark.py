"""What a browser carries is the member's only as we signed it."""

from __future__ import annotations

from pipeline.core.accounts.browser_mark import MOST_IN_A_BROWSER, Mark, is_of, make_mark, read, write

KEY, OTHER = bytes(32), bytes([1]) * 32


def test_a_mark_is_of_the_member_it_was_made_for_and_of_nobody_else():
    mark = make_mark(b"n" * 16, 7, KEY)
    assert is_of(mark, 7, KEY)
    assert not is_of(mark, 8, KEY)
    assert not is_of(mark, 7, OTHER)
    assert not is_of(Mark(b"m" * 16, mark.signature), 7, KEY)


def test_what_is_written_is_read_and_what_is_no_mark_is_passed_over():
    marks = tuple(make_mark(bytes([n]) * 16, n, KEY) for n in range(MOST_IN_A_BROWSER))
    assert read(write(marks)) == marks
    for torn in ("", ".", "x", "ä", "=" * 64, write(marks)[:40], "AAAA" * 10, "\n" + write(marks[:1])):
        assert read(torn) == ()
    assert read(write(marks * 9)) == marks
