"""Read a WordPress export of so many posts, each of 800 words.

python -m bench.programs.export POSTS

Prints how long it took, and the most memory that the process had.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import django

django.setup()

from bench.prose import export  # noqa: E402
from pipeline.actions.find_articles import find_articles  # noqa: E402
from pipeline.core.content.article import Reading  # noqa: E402

WORDS = 800
TODAY = date(2026, 11, 29)


def main(posts: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.xml")
        with path.open("w") as file:
            for piece in export(posts, WORDS):
                file.write(piece)
        size = path.stat().st_size
        told: list[tuple[int, int]] = []
        began = time.monotonic()
        read = sum(
            isinstance(found.outcome, Reading)
            for found in find_articles(str(path), TODAY, lambda done, total: told.append((done, total)))
        )
        seconds = time.monotonic() - began
    if read != posts or told[-1][0] < size * 0.9 or len(told) < posts:
        sys.exit(f"{read} of {posts} posts were read, and the bar stood at {told[-1:]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"posts": posts, "bytes": size, "seconds": seconds, "rss_mb": peak}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
