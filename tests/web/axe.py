"""What axe is asked for: WCAG 2.2 level AA and its own best practice, and again only what hangs on the colours."""

from __future__ import annotations

PHONE = {"width": 320, "height": 844}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Half a second, without this, for each letter in a frame: axe is not in there, and waits for an answer.
ASKED = {"resultTypes": ["violations"], "pingWaitTime": 10}
WHOLE = {**ASKED, "runOnly": {"type": "tag", "values": TAGS}}
MAIN = "main"  # of an answer, all that the pages around it do not show as well
BY_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
COLOURS = {**ASKED, "runOnly": BY_COLOUR}


def faults(path: str, answer) -> list[str]:
    """One line for each thing that axe found, with its place."""
    return [
        f"{path}: {one['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for one in answer["violations"]
        for node in one["nodes"][:3]
    ]
