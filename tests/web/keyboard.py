"""The Tab key of a browser's window."""

from __future__ import annotations

TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
SHIFT = 8


class TabKey:
    """Pressed without being let go, which no page can tell apart and takes half the time."""

    def __init__(self) -> None:
        self._wires: dict[object, object] = {}

    def press(self, window, times: int, *, back: bool = False, slowly: bool = False) -> None:
        """Go on so many stops, or back. `slowly`: let the browser come to rest after each.

        Beyond the first and the last stop Chromium gives the focus away and gets it back some time later.
        """
        if window not in self._wires:
            self._wires[window] = window.context.new_cdp_session(window)
        for _ in range(times):
            self._wires[window].send("Input.dispatchKeyEvent", {**TAB, "modifiers": SHIFT if back else 0})
            if slowly:
                window.evaluate("0")
