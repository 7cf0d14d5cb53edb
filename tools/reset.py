"""Clear the data folder: `make reset`. Refuses while somebody uses it, and any folder that is not our own `.data`."""

import fcntl
import os
import shutil
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / ".data"


def main() -> None:
    if os.environ.get("ROUNDS_DATA_DIR"):
        give_up(
            "ROUNDS_DATA_DIR is set. `make reset` clears only .data; delete a folder of your own yourself."
        )
    if not DATA.exists():
        print("There is nothing to clear.")
        return
    for users in DATA.glob(".*-users"):
        with users.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                give_up("Rounds is running on this data. Stop it first, with Ctrl-C where it runs.")
    stop_leftovers()
    shutil.rmtree(DATA)
    print("The data is cleared. `make demo` starts afresh.")


def stop_leftovers() -> None:
    """Servers that outlived a killed Rounds."""
    try:
        from pipeline.gateways.embedded import stop_servers
        from pipeline.settings import socket_folder
    except ImportError:
        return  # Nothing is installed, so that nothing of ours can be running.
    stop_servers(DATA)
    shutil.rmtree(socket_folder(DATA), ignore_errors=True)


def give_up(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    main()
