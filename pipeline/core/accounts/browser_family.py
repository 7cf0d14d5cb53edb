"""A browser's own words, cut to what a member recognises: `Firefox on Linux`."""

from __future__ import annotations

# In this order: Edge calls itself Chrome too, Chrome calls itself Safari, and Android calls itself Linux.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def browser_family(user_agent: str) -> str:
    """Browser and system, without versions; `a browser` for words that we do not know. Never what was sent."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in user_agent), "a browser")
    system = next((name for mark, name in _SYSTEMS.items() if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser
