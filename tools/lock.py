"""Write the lock files again from pyproject.toml: `make lock`. They hold hashes and no address of any index."""

import subprocess
from pathlib import Path

COMPILE = [
    ".venv/bin/uv", "pip", "compile", "--quiet", "--generate-hashes", "--universal", "--python-version", "3.11",
    "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header", "pyproject.toml",
]  # fmt: skip
LOCKS = {"requirements.lock": ["build"], "requirements-dev.lock": ["build", "dev"]}


def main() -> None:
    for lock, groups in LOCKS.items():
        chosen = [part for group in groups for part in ("--group", group)]
        subprocess.run([*COMPILE, *chosen, "--output-file", lock], check=True)
        lines = Path(lock).read_text().count("==")
        print(f"{lock}: {lines} packages")


if __name__ == "__main__":
    main()
