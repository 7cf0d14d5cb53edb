"""Install what a lock file names into `.venv`: `python tools/bootstrap.py LOCK STAMP`.

Written for the standard library alone, and for any Python 3, so that an old one is told what is missing. The lock
holds versions and hashes and no address: packages come from whatever index pip is set to use. uv, which the lock
names too, makes it a matter of seconds; where uv cannot, pip does the same more slowly.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)

# What pip is told by its own settings, and uv by its environment.
SETTINGS_OF_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


def main():
    lock, stamp = Path(sys.argv[1]), Path(sys.argv[2])
    refuse_old_python()
    make_venv()
    print(f"Installing {lock.name} into {VENV} ...", flush=True)
    install(lock)
    stamp.touch()


def refuse_old_python():
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:2])
        give_up(
            f"Rounds needs Python 3.11 or newer, and {sys.executable} is {found}. "
            "Install a newer one, and name it: make PYTHON=python3.12"
        )


def make_venv():
    """Make the virtual environment, or make it again when its Python is gone."""
    if PYTHON.exists() and run([PYTHON, "-c", "import pip"], quiet=True) == 0:
        return
    if run([sys.executable, "-m", "venv", "--clear", VENV], quiet=True) != 0:
        give_up(
            f"{sys.executable} cannot make a virtual environment. On Debian and Ubuntu install python3-venv; "
            "elsewhere install a complete Python and name it: make PYTHON=..."
        )


def install(lock):
    editable = ["--no-deps", "--no-build-isolation", "--editable", "."]
    if have_uv(lock):
        uv = [VENV / "bin" / "uv", "pip", "install", "--quiet", "--python", PYTHON]
        environment = {**settings_for_uv(), **os.environ}
        if (
            run([*uv, "--require-hashes", "-r", lock], environment) == 0
            and run([*uv, *editable], environment) == 0
        ):
            return
        print("uv did not manage; pip takes longer and tries again.", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if run([*pip, "--require-hashes", "-r", lock]) != 0 or run([*pip, *editable]) != 0:
        give_up("The packages could not be installed; the reason is above. Then run the same command again.")


def have_uv(lock):
    """Install the one uv that the lock names, with its hash."""
    block = re.search(r"^uv==.*?(?=^\S|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL)
    if not block:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(block.group())
        only_uv.flush()
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        return run([*pip, "--require-hashes", "-r", only_uv.name]) == 0


def settings_for_uv():
    """The user's own settings of pip, as uv wants them said."""
    told = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"],
        stdout=subprocess.PIPE,
        universal_newlines=True,
        check=False,
    ).stdout
    environment = {}
    for line in told.splitlines():
        name, _, value = line.partition("=")
        known = SETTINGS_OF_UV.get(name.split(".")[-1].lower().replace("_", "-"))
        if known:
            environment[known] = " ".join(value.strip("'\"").replace("\\n", " ").split())
    return environment


def run(command, environment=None, quiet=False):
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(
        [str(part) for part in command], env=environment, stdout=output, stderr=output, check=False
    ).returncode


def give_up(sentence):
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


if __name__ == "__main__":
    main()
