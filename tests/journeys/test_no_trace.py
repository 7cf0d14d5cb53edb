"""Ada signs up, reads, complains, is looked up, leaves and is forgotten: no log names her, a link or a topic."""

from __future__ import annotations

import http.cookiejar
import json
import os
import quopri
import re
import signal
import subprocess
import sys
import time
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from pipeline.gateways import embedded_binaries, visitor
from pipeline.gateways.ports import free_port
from pipeline.gateways.puzzles import solve_puzzle
from pipeline.settings import PROJECT, socket_folder
from tests.commands_at_once import run_all
from tests.scripted_smtp import ScriptedSmtp

ADA = "Ada.Lovelace@readers.test"
COUNTESS = "Countess.Byron@ockham.test"
NAMES = (ADA, COUNTESS, "Lovelace", "Countess", "Augusta")
PASSWORD = "calm words for maya and nobody else"
ENOUGH = 8  # characters of base64 that do not come about by chance
READS_FOR = 2.2  # seconds: quicker, and a page takes her for a machine
TOPICS = ("breast", "calcification")
LOGS = ("out", "logs/*", "journal/**/*", "spool/**/*", "ledger/**/*", "noes/**/*", "audit/*")


class Service:
    """`rounds run` with a relay that keeps what it gets."""

    def __init__(self, folder: Path, relay: ScriptedSmtp) -> None:
        self.folder, self.relay, port = folder, relay, free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ROUNDS_")},
            "ROUNDS_DATA_DIR": str(folder),
            "ROUNDS_BASE_URL": self.url,
            "ROUNDS_SMTP_URL": f"smtp://127.0.0.1:{relay.port}?tls=none",
            "ROUNDS_SECRET_KEY": "a secret of this test, and of nobody else",
            "ROUNDS_RELAY_SIGNS": "1",
            "ROUNDS_TICK_SECONDS": "1",
            "ROUNDS_SENDERS": "1",
            "ROUNDS_WEB_PROCESSES": "1",
            "ROUNDS_SECOND_FACTOR": "off",
            "ROUNDS_FOUR_EYES": "off",
            "PYTHONUNBUFFERED": "1",
        }
        self.links: set[str] = set()

    def command(self, *arguments: str, stdin: str = "") -> str:
        whole = [sys.executable, "-m", "pipeline.cli", *arguments]
        done = subprocess.run(
            whole, cwd=PROJECT, env=self.environment, capture_output=True, text=True, timeout=60, input=stdin
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def link(self, door: str, nth: int = 0) -> str:
        """The link to a door in the letters that Ada got; waits for it."""

        def found() -> list[str]:
            letters = [quopri.decodestring(m.data).decode() for m in self.relay.messages]
            urls = [url for letter in letters for url in re.findall(rf"{self.url}/[^\s<>\"]+", letter)]
            self.links |= {url.rpartition("/")[2] for url in urls if len(url.rpartition("/")[2]) == 36}
            return list(dict.fromkeys(url for url in urls if url.startswith(f"{self.url}/{door}/")))

        until(lambda: len(found()) > nth, f"a letter with a link to /{door}/")
        return found()[nth]


def until(true: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.2)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with ScriptedSmtp() as relay:
        service = Service(tmp_path / "data", relay)
        service.folder.mkdir()
        with (service.folder / "out").open("w") as output:
            run = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", "run"],
                cwd=PROJECT,
                env=service.environment,
                stdout=output,
                stderr=output,
            )
        try:
            until(
                lambda: f"Rounds is at {service.url}." in (service.folder / "out").read_text(), "the service"
            )
            yield service
        finally:
            run.send_signal(signal.SIGINT)
            run.wait(30)


def pressed(page: visitor.Page, *filled: tuple[str, str]) -> visitor.Page:
    answer = visitor.press(page, filled)
    assert answer.status == 200, (answer.status, page.url[:30])
    return answer


def desk(service: Service) -> None:
    """Maya signs in, and finds Ada by her address."""
    service.command("member", "add", "maya", "--admin", "--password-stdin", stdin=PASSWORD)
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def post(path: str, **fields: str) -> str:
        page = browser.open(f"{service.url}{path}", timeout=20).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, path
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        request = urllib.request.Request(f"{service.url}{path}", data, {"Origin": service.url})
        with browser.open(request, timeout=20) as answer:
            return str(answer.url)

    assert post("/studio/sign-in/", name="maya", password=PASSWORD).endswith("/studio/")
    found = post("/studio/people/", address=ADA)
    assert "/studio/people/" in found
    assert "ada" not in found.lower()


def change_address(service: Service, you: visitor.Page) -> None:
    """Behind the link to what is held of her; the new mailbox confirms."""
    form = re.search(r'name="form" value="([^"]+)"', you.text)
    assert form
    asked = visitor.send(f"{you.url}/address", [("form", form[1]), ("address", COUNTESS)])
    assert asked.status == 200
    page = visitor.visit(service.link("a"))
    time.sleep(READS_FOR)
    pressed(page)
    service.link("w")  # the old mailbox is told


def dump(service: Service) -> bytes:
    """The whole database, as a backup has it."""
    binary = Path(embedded_binaries.postgres_home(None)) / "bin" / "pg_dump"
    where = ["--host", str(socket_folder(service.folder)), "--username", "rounds", "rounds"]
    done = subprocess.run([binary, *where], capture_output=True, timeout=60, check=True)
    return done.stdout


def hints(service: Service) -> dict[str, bytes]:
    """Every key of Redis with its value, whatever its type."""
    server = redis.Redis(unix_socket_path=str(socket_folder(service.folder) / "redis.sock"))
    read: dict[bytes, Callable[[bytes], object]] = {
        b"string": server.get,
        b"hash": server.hgetall,
        b"set": server.smembers,
        b"list": lambda key: server.lrange(key, 0, -1),
        b"zset": lambda key: server.zrange(key, 0, -1),
        b"stream": server.xrange,
    }
    return {
        f"redis {database} {key!r}": key + repr(read[server.type(key)](key)).encode()
        for database in range(2)
        if server.select(database)
        for key in server.scan_iter()
    }


def in_every_form(text: str) -> set[bytes]:
    """Plain, hexadecimal, quoted-printable, and base64 at each of its three places; in a dump also those as hex."""
    plain = {text.encode(), text.lower().encode()}
    forms = (
        plain
        | {each.replace(b"@", b"=40") for each in plain}
        | {each.replace(b"@", b"%40") for each in plain}
    )
    for each in plain:
        for before in range(3):
            inner = b64encode(bytes(before) + each + bytes(3))[4 * (before > 0) : -8]
            forms |= {inner} if len(inner) >= ENOUGH else set()
    return {form.lower() for form in forms | {form.hex().encode() for form in forms}}


def places(service: Service, forms: set[bytes]) -> list[str]:
    """Where any of them is: the dump, Redis, and every file of the data folder but PostgreSQL's own."""
    held = {"dump": dump(service), **hints(service)}
    own = service.folder / "postgres"
    for path in service.folder.rglob("*"):
        if path.is_file() and own not in path.parents:
            held[str(path.relative_to(service.folder))] = path.read_bytes()
    assert b"consent_event" in held["dump"]
    return [f"{name}: {form!r}" for name, said in held.items() for form in forms if form in said.lower()]


@pytest.mark.holds("S-04", "C-28", "C-18", "C-07", "S-17")
def test_nothing_names_her_when_she_is_forgotten_and_no_log_ever_did(service: Service) -> None:
    form = visitor.visit(f"{service.url}/signup/")
    early = visitor.visit(f"{service.url}/privacy/complaint/")
    time.sleep(READS_FOR)
    puzzle = solve_puzzle(visitor.data_of(form, "rounds-puzzle"))
    pressed(early, ("address", ADA), ("words", "Who are you?"))  # nobody knows her yet
    pressed(form, ("purpose", "weekly_health_email"), ("address", ADA), ("puzzle", puzzle))
    asked = visitor.visit(service.link("c"))
    see = visitor.visit(f"{service.url}/privacy/see/")
    complain = visitor.visit(f"{service.url}/privacy/complaint/")
    time.sleep(READS_FOR)
    pressed(asked)
    pressed(see, ("address", ADA))
    pressed(complain, ("address", ADA), ("words", f"You wrote to {ADA}, who is Augusta."))
    who = ("--reviewer", "Dr Demo", "--profession", "none", "--registration", "none", "--demonstration")
    commands = [
        ["import", "content/articles/breast-calcifications.md"],
        ["approve", "breast-calcifications", *who],
        ["campaign", "create", "breast-calcifications", "--start", "now"],
    ]
    run_all(commands, service.environment)
    leave, prefs, you = (
        service.link("u"),
        visitor.visit(service.link("p")),
        visitor.visit(service.link("you")),
    )
    assert (prefs.status, you.status) == (200, 200)
    assert visitor.visit(f"{service.url}/u/forged-by-ada.lovelace@readers.test?to={ADA}").status == 404
    desk(service)
    encoded = b64encode(f"I am {ADA}, and write to you.".encode()).decode()
    letter = f"From: {ADA}\nContent-Transfer-Encoding: base64\n\n{encoded}\n"
    assert "quarantined" in service.command("reports", "read", stdin=letter)
    change_address(service, you)
    service.command("reports", "read", stdin=letter.replace(ADA, COUNTESS))
    assert visitor.send(leave, [("List-Unsubscribe", "One-Click")]).status == 200
    traces = set[bytes]().union(*map(in_every_form, NAMES))
    assert {place.partition(":")[0] for place in places(service, traces)} == {"dump"}
    service.command("subscribers", "erase", COUNTESS)
    time.sleep(1.5)  # a tick, and what it says

    files = [path for pattern in LOGS for path in service.folder.glob(pattern) if path.is_file()]
    assert {path.parent.name for path in files} >= {"data", "logs", "audit", "ledger"}
    address = ADA.encode()
    forms = [
        address,
        address.lower(),
        b"lovelace",
        address.hex().encode(),
        b64encode(address).rstrip(b"="),
    ]
    forms += [token.encode() for token in service.links]
    # Confirm, not me, unsubscribe, preferences, what is held of her, another address, and its undo.
    assert len(service.links) == 7
    for path in files:
        said = path.read_bytes().lower()
        assert not [each for each in forms if each.lower() in said], path
    for path in (service.folder / "out", *service.folder.glob("logs/*")):
        said = path.read_text(errors="replace").lower()
        assert not [line for line in said.splitlines() if any(topic in line for topic in TOPICS)], path
    urls = [quopri.decodestring(m.data).decode().partition("\r\n\r\n")[0] for m in service.relay.messages]
    fields = "\n".join(
        line for head in urls for line in head.splitlines() if not line.startswith(("Subject", "To"))
    )
    assert not [topic for topic in (*TOPICS, "lovelace") if topic in fields.lower()]

    assert places(service, traces) == []
    assert b"\terased\t" in dump(service), "that she said no stays, by a keyed hash"
    comes_back_to_nothing(service)
    assert places(service, traces) == []


def comes_back_to_nothing(service: Service) -> None:
    """A list brings her, and a form is told her address: neither is taken, and no letter is written."""
    letters = len(service.relay.messages)
    people = service.folder.parent / "people.csv"
    people.write_text(f"email,given_name\n{COUNTESS},Augusta\n")
    asked = ("--purpose", "weekly_health_email", "--evidence", "On paper", "--decision", "We answer for it.")
    report = json.loads(service.command("subscribers", "import", str(people), *asked, "--json"))
    assert (report["imported"], report["refused"]) == (0, {"suppressed": 1})
    forms = [visitor.visit(f"{service.url}/signup/") for _ in range(2)]
    time.sleep(READS_FOR)
    answers = []
    for address, form in zip((COUNTESS, "ben@readers.test"), forms, strict=True):
        fields = [("purpose", "weekly_health_email"), ("address", address)]
        fields += [("puzzle", solve_puzzle(visitor.data_of(form, "rounds-puzzle")))]
        answers.append(pressed(form, *fields))
    assert answers[0].text == answers[1].text
    until(lambda: len(service.relay.messages) > letters, "the letter to ben")
    written = [message.rcpt_to for message in service.relay.messages[letters:]]
    assert len(written) == 1
    assert b"ben@readers.test" in written[0]
