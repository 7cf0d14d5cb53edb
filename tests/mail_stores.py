"""Small servers that hold mail, by IMAP (RFC 3501, RFC 6851) and POP3 (RFC 1939): as much as a reader of reports asks.

They keep what they are told in `folders` and `commands`, so that a test can see in which order things happened.
"""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, SECRET = "bounces@rounds.test", 'a "secret" with \\ in it'


class MailStore:
    """What a server holds. `folders` maps a name to its messages by uid."""

    def __init__(self, *messages: bytes, folder: str = "INBOX") -> None:
        self.folders: dict[str, dict[int, bytes]] = {folder: dict(enumerate(messages, start=1))}
        self.commands: list[str] = []
        self.port = 0
        self.dies_after: int | None = None  # commands, then it hangs up
        self.taken = ""  # INTERNALDATE of every message; empty: it gives none
        self.date_last = False  # behind the octets, as a server may

    def names(self, folder: str) -> list[int]:
        return sorted(self.folders.get(folder, {}))


class _Lines(socketserver.StreamRequestHandler):
    store: MailStore

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        with suppress(OSError, EOFError):
            self.converse()

    def read(self) -> str:
        line = self.rfile.readline(10_000)
        if not line or (
            self.store.dies_after is not None and len(self.store.commands) >= self.store.dies_after
        ):
            raise EOFError
        text = line.decode().rstrip("\r\n")
        self.store.commands.append(text)
        return text

    def converse(self) -> None:
        raise NotImplementedError


class _Imap(_Lines):
    def converse(self) -> None:
        self.folder = ""
        self.say("* OK ready")
        while True:
            tag, _, rest = self.read().partition(" ")
            word, _, tail = rest.partition(" ")
            if not getattr(self, f"do_{word.lower()}", self.unknown)(tag, tail):
                return

    def unknown(self, tag: str, tail: str) -> bool:
        self.say(f"{tag} BAD unknown")
        return True

    def done(self, tag: str, *lines: str) -> bool:
        for line in lines:
            self.say(f"* {line}")
        self.say(f"{tag} OK done")
        return True

    def do_capability(self, tag: str, tail: str) -> bool:
        return self.done(tag, "CAPABILITY IMAP4rev1 UIDPLUS MOVE")

    def do_login(self, tag: str, tail: str) -> bool:
        words = [
            w.replace('\\"', '"').replace("\\\\", "\\") for w in re.findall(r'"((?:[^"\\]|\\.)*)"', tail)
        ]
        if words == [USER, SECRET]:
            return self.done(tag)
        self.say(f"{tag} NO wrong user or secret")
        return True

    def do_select(self, tag: str, tail: str) -> bool:
        self.folder = tail.strip('"')
        if self.folder not in self.store.folders:
            self.say(f"{tag} NO no such folder")
            return True
        return self.done(tag, f"{len(self.store.folders[self.folder])} EXISTS", "0 RECENT", "FLAGS ()")

    def do_list(self, tag: str, tail: str) -> bool:
        asked = tail.split()[-1].strip('"')
        return self.done(
            tag, *(f'LIST () "/" "{name}"' for name in self.store.folders if asked in ("*", name))
        )

    def do_create(self, tag: str, tail: str) -> bool:
        self.store.folders[tail.strip('"')] = {}
        return self.done(tag)

    def do_noop(self, tag: str, tail: str) -> bool:
        return self.done(tag)

    do_expunge = do_noop

    def do_logout(self, tag: str, tail: str) -> bool:
        self.say("* BYE")
        self.done(tag)
        return False

    def do_uid(self, tag: str, tail: str) -> bool:
        word, _, rest = tail.partition(" ")
        return bool(getattr(self, f"uid_{word.lower()}", self.unknown)(tag, rest))

    def uid_search(self, tag: str, tail: str) -> bool:
        return self.done(tag, "SEARCH " + " ".join(str(uid) for uid in self.store.names(self.folder)))

    def uid_fetch(self, tag: str, tail: str) -> bool:
        uid, part = tail.split(" ", 1)
        limit = int(re.search(r"<0\.([0-9]+)>", part)[1])  # type: ignore[index]
        message = self.store.folders[self.folder][int(uid)][:limit]
        taken = f' INTERNALDATE "{self.store.taken}"' if self.store.taken and "INTERNALDATE" in part else ""
        before, after = ("", taken) if self.store.date_last else (taken, "")
        self.wfile.write(
            f"* 1 FETCH (UID {uid}{before} BODY[]<0> {{{len(message)}}}\r\n".encode()
            + message
            + f"{after})\r\n".encode()
        )
        return self.done(tag)

    def uid_copy(self, tag: str, tail: str) -> bool:
        uids, folder = tail.split(" ", 1)
        for uid in uids.split(","):
            self.store.folders[folder.strip('"')][int(uid)] = self.store.folders[self.folder][int(uid)]
        return self.done(tag)

    def uid_store(self, tag: str, tail: str) -> bool:
        uids, _, what = tail.partition(" ")
        if "Deleted" in what:
            for uid in uids.split(","):
                del self.store.folders[self.folder][int(uid)]
        return self.done(tag)

    def uid_move(self, tag: str, tail: str) -> bool:
        self.uid_copy("*", tail)
        for uid in tail.split(" ", 1)[0].split(","):
            del self.store.folders[self.folder][int(uid)]
        return self.done(tag)


class _Pop3(_Lines):
    def converse(self) -> None:
        inbox, gone = self.store.folders["INBOX"], set[int]()
        self.say("+OK ready")
        while True:
            word, _, tail = self.read().partition(" ")
            match word.upper():
                case "USER":
                    self.say("+OK" if tail == USER else "-ERR")
                case "PASS":
                    self.say("+OK" if tail == SECRET else "-ERR wrong secret")
                case "LIST":
                    self.say("+OK")
                    for uid in inbox:
                        self.say(f"{uid} {len(inbox[uid])}")
                    self.say(".")
                case "RETR":
                    self.say("+OK")
                    lines = inbox[int(tail)].replace(b"\r\n", b"\n").split(b"\n")
                    self.wfile.write(
                        b"".join((b"." if li[:1] == b"." else b"") + li + b"\r\n" for li in lines)
                    )
                    self.say(".")
                case "DELE":
                    gone.add(int(tail))
                    self.say("+OK")
                case "QUIT":
                    for uid in gone:
                        del inbox[uid]
                    self.say("+OK bye")
                    return
                case _:
                    self.say("-ERR unknown")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    context: ssl.SSLContext | None = None

    def get_request(self):  # type: ignore[no-untyped-def]
        sock, address = super().get_request()
        if self.context is not None:
            sock = self.context.wrap_socket(sock, server_side=True)
        return sock, address

    def handle_error(self, request: object, client_address: object) -> None:
        pass  # a client that does not trust us hangs up


@contextmanager
def serving(store: MailStore, protocol: str, certificate: Path | None = None) -> Iterator[MailStore]:
    """The store behind a port of this machine; with TLS where a certificate (and key, in one file) is given."""
    base = {"imap": _Imap, "pop3": _Pop3}[protocol]
    server = _Server(("127.0.0.1", 0), type("Handler", (base,), {"store": store}))
    if certificate is not None:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(certificate)
    store.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate(folder: Path, host: str = "localhost") -> Path:
    """A certificate for a host that signs itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path
