"""Write `pipeline/core/message/client_support.py` anew from caniemail's data: `make caniemail`.

    python tools/caniemail.py FOLDER

FOLDER is the npm package `caniemail` unpacked: its `data/caniemail.json` is what caniemail.com publishes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
GOAL = PROJECT / "pipeline" / "core" / "message" / "client_support.py"
CLIENTS = (
    ("gmail", "desktop-webmail"),
    ("gmail", "ios"),
    ("gmail", "android"),
    ("gmail", "mobile-webmail"),
    ("apple-mail", "macos"),
    ("apple-mail", "ios"),
    ("outlook", "windows"),
    ("outlook", "macos"),
    ("outlook", "outlook-com"),
    ("outlook", "ios"),
    ("outlook", "android"),
    ("yahoo", "desktop-webmail"),
    ("yahoo", "ios"),
    ("yahoo", "android"),
    ("samsung-email", "android"),
)
KINDS = ("css-", "html-", "image-")


def main() -> None:
    folder = Path(sys.argv[1])
    version = json.loads((folder / "package.json").read_text())["version"]
    found = json.loads((folder / "data" / "caniemail.json").read_text())
    day = found["last_update_date"][:10]
    rows = {
        feature["slug"]: "".join(_newest(feature["stats"], *client) for client in CLIENTS)
        for feature in found["data"]
        if feature["slug"].startswith(KINDS)
    }
    names = "".join(f'    "{family} {platform}",\n' for family, platform in CLIENTS)
    lines = "".join(f'    "{slug}": "{row}",\n' for slug, row in sorted(rows.items()))
    GOAL.write_text(
        '"""What each mail client makes of each feature of HTML and CSS. Written by `make caniemail`: do not edit.\n\n'
        f"The facts are caniemail.com's (Rémi Parmentier and contributors, MIT), of {day}, by way of the\n"
        f"npm package caniemail {version}. A letter for each client, in the order of `CLIENTS`, of its newest version\n"
        "that was tested: y yes, a in part, n no, u unknown.\n"
        '"""\n\n'
        "from __future__ import annotations\n\n"
        f'DATE = "{day}"\n\n'
        f"CLIENTS = (\n{names})\n\n"
        f"SUPPORT = {{\n{lines}}}\n",
        encoding="utf-8",
    )
    print(f"{GOAL.relative_to(PROJECT)}: {len(rows)} features, {len(CLIENTS)} clients.")


def _newest(stats: dict[str, dict[str, dict[str, str]]], family: str, platform: str) -> str:
    """The letter of the newest version: caniemail lists versions from the oldest on."""
    versions = list(stats.get(family, {}).get(platform, {}).values())
    return versions[-1].split()[0] if versions else "u"


if __name__ == "__main__":
    main()
