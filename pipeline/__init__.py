"""Rounds: from a health article to a weekly email series, with proof of consent."""

__version__ = "0.1.0"
