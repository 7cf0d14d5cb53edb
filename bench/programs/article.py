"""Take one article through the river: read, check, plan, render every issue.

python -m bench.programs.article FORM WORDS

FORM is markdown or html. Prints the CPU seconds of each step, medians of five.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import django

django.setup()

from bench.prose import html, markdown, prose  # noqa: E402
from pipeline.actions.render_series import render_unsaved  # noqa: E402
from pipeline.core.content.importers import read  # noqa: E402
from pipeline.core.content.words import plain, texts  # noqa: E402
from pipeline.core.editorial import check  # noqa: E402
from pipeline.core.series.propose import propose  # noqa: E402

TIMES = 5
PURPOSE = "weekly_health_email"


def main(form: str, words: int) -> None:
    made = prose(words)
    name, source = ("a.md", markdown(made)) if form == "markdown" else ("a.html", html(made))
    reading = read(name, source.encode())
    article = reading.article
    planned = propose(article, PURPOSE)
    letters = render_unsaved(
        planned, article, "Weekly health email"
    )  # warm: templates and word lists are loaded
    blocks = [block for section in article.sections for block in section.blocks]
    blocks += [block for question in article.faq for block in question.answer]
    facts = {
        "words": sum(len(plain(text).split()) for text, _ in texts(blocks)),
        "issues": len(letters),
        "read": _cpu(lambda: read(name, source.encode())),
        "check": _cpu(lambda: check(article)),
        "plan": _cpu(lambda: propose(article, PURPOSE)),
        "render": _cpu(lambda: render_unsaved(planned, article, "Weekly health email")),
    }
    print(json.dumps(facts))


def _cpu(act: Callable[[], Any]) -> float:
    found = []
    for _ in range(TIMES):
        began = time.process_time()
        act()
        found.append(time.process_time() - began)
    return median(found)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
