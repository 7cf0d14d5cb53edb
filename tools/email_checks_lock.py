"""Write `tools/email-checks/package-lock.json` anew: `make email-lock`. It holds hashes and no address."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "email-checks"
LOCK = FOLDER / "package-lock.json"


def main() -> None:
    command = [
        "npm",
        "install",
        "--prefix",
        str(FOLDER),
        "--package-lock-only",
        "--ignore-scripts",
        "--no-audit",
    ]
    subprocess.run([*command, "--no-fund", "--omit-lockfile-registry-resolved=true"], check=True)
    lock = json.loads(LOCK.read_text())
    for package in lock["packages"].values():
        package.pop("funding", None)  # addresses, of no use here
        package["license"] = str(package.get("license", "")).partition(" (http")[0]
        if not package["license"]:
            del package["license"]
    LOCK.write_text(json.dumps(lock, indent=2) + "\n")
    print(f"{LOCK.name}: {len(lock['packages']) - 1} packages")


if __name__ == "__main__":
    main()
