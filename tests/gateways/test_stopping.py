"""A service that is asked to stop stops, whatever it was doing at that moment."""

from __future__ import annotations

import signal
import subprocess
import sys

# Signals as fast as they can be had, while the main thread does nothing but wait.
UNDER_FIRE = """
import signal, time
from pipeline.gateways.stopping import Stop, stop_on_signals
rings = Stop()
signal.signal(signal.SIGALRM, lambda *_: rings.set())
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
waiting = Stop()
end = time.monotonic() + 0.7
while time.monotonic() < end:
    waiting.wait(0.0001)
    rings.wait(0.0001)
    waiting.is_set()
signal.setitimer(signal.ITIMER_REAL, 0)
assert rings.is_set() and not waiting.is_set()
stopped = stop_on_signals()
print("ready", flush=True)
stopped.wait(30)
print("stopped", flush=True)
"""


def test_a_signal_at_any_moment_is_heard_and_holds_nobody() -> None:
    with subprocess.Popen([sys.executable, "-c", UNDER_FIRE], stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout
            assert program.stdout.readline() == "ready\n"
            program.send_signal(signal.SIGTERM)
            assert program.communicate(timeout=20)[0] == "stopped\n"
        finally:
            program.kill()
