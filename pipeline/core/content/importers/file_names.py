"""How the names of files end, by what they hold. What a folder is searched for is all of them."""

from __future__ import annotations

OURS = (".md", ".markdown")
MARKDOWN = (*OURS, ".mdown", ".mkd", ".mdx", ".qmd", ".rmd")
PAGES = (".html", ".htm", ".xhtml", ".xht")
TEXT = (".txt", ".text")
MANY = (".xml", ".json")  # exports and feeds
ARTICLES = frozenset((*MARKDOWN, *PAGES, *TEXT))
EVERY = frozenset((*ARTICLES, *MANY))
