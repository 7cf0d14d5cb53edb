"""A Postfix of our own in a folder of its own, on a free port of this machine: the real thing to speak to.

Mail to `@subscriber.example` goes into a file for each message, `nobody@` is refused, `later@` is put off; nothing
leaves the machine. It needs root, as Postfix changes users, and Debian's `postfix`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

MISSING = (
    "Postfix is not installed"
    if not shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    else "a private Postfix needs root"
    if os.geteuid() != 0
    else ""
)
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
mail_owner = postfix
myhostname = relay.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
virtual_mailbox_domains = subscriber.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
default_transport = discard:
smtpd_recipient_restrictions = check_recipient_access inline:{{
    {{ nobody@subscriber.example = 550 5.1.1 no such mailbox }}, {{ later@subscriber.example = 451 4.7.1 later }} }},
    permit_mynetworks, reject
smtputf8_enable = yes
{more}
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
virtual unix - n n - - virtual
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class PrivatePostfix:
    """Runs while the `with` lasts. `more` is added to its main.cf."""

    def __init__(self, more: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rounds-postfix-"))
        self.folder.chmod(0o755)  # its parts run as other users
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        nobody = pwd.getpwnam("nobody")
        for name, owner in (("etc", 0), ("spool", 0), ("data", pwd.getpwnam("postfix").pw_uid)):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, owner, -1)
        (self.folder / "mail").mkdir()
        os.chown(self.folder / "mail", nobody.pw_uid, nobody.pw_gid)
        main = _MAIN.format(folder=self.folder, uid=nobody.pw_uid, gid=nobody.pw_gid, more=more)
        (self.folder / "etc/main.cf").write_text(main)
        (self.folder / "etc/master.cf").write_text(_MASTER.format(port=self.port))

    def __enter__(self) -> Self:
        self._postfix("start")
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError(f"Postfix did not start: {self.log}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._postfix("abort")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> str:
        log = self.folder / "log"
        return log.read_text() if log.exists() else ""

    def delivered(self, count: int) -> list[bytes]:
        """The messages in the inbox, once there are `count`, without the fields that Postfix put in front."""
        inbox = self.folder / "mail/inbox/new"
        until = time.monotonic() + 20
        while time.monotonic() < until and (not inbox.exists() or len(list(inbox.iterdir())) < count):
            time.sleep(0.05)
        return [each.read_bytes().partition(b"Subject:")[2] for each in sorted(inbox.iterdir())]

    def empty(self) -> None:
        for each in self.folder.glob("mail/inbox/new/*"):
            each.unlink()

    def _postfix(self, verb: str) -> None:
        done = subprocess.run(
            ["postfix", "-c", str(self.folder / "etc"), verb],
            env={**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr + self.log
