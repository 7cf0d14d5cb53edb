"""Write `pipeline/core/message/client_support.py` anew from caniemail's data: `make caniemail`.

    python tools/caniemail.py VERSION

The npm package `caniemail` of that version is fetched and unpacked into a temporary folder, and nothing of it is run:
its `data/caniemail.json` is what caniemail.com publishes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

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
    version = sys.argv[1]
    found = _fetched(version)
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


def _fetched(version: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        pack = ["npm", "pack", f"caniemail@{version}", "--silent", "--pack-destination", folder]
        subprocess.run(pack, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            data = package.extractfile("package/data/caniemail.json")
            assert data is not None
            return dict(json.load(data))


def _newest(stats: dict[str, dict[str, dict[str, str]]], family: str, platform: str) -> str:
    """The letter of the newest version: caniemail lists versions from the oldest on."""
    versions = list(stats.get(family, {}).get(platform, {}).values())
    return versions[-1].split()[0] if versions else "u"


if __name__ == "__main__":
    main()
