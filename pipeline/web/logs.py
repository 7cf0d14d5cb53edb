"""Keeps tokens and query strings out of the logs (S-04)."""

from __future__ import annotations

import logging
import re

_TOKEN_PATH = re.compile(r"(/(?:[ucnpawo]|you|renew)/)[^\s/?\"']+")
# Looked for where a word begins, and a word is read once: a path of 60,000 slashes, each of which might begin a path
# anew, kept a thread busy for half a minute.
_QUERY = re.compile(r"(?<![^\s?\"'])(?=[^\s?\"']*/)([^\s?\"']*+)\?[^\s\"']+")


def masked(line: str) -> str:
    """The line with `/u/<token>`, and its kin, as `/u/…` and every query string as `?…`."""
    return _QUERY.sub(r"\1?…", _TOKEN_PATH.sub(r"\1…", line))


class MaskTokens(logging.Filter):
    """A filter for handlers: what a record says is masked before it is written. It never drops a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), None
        return True
