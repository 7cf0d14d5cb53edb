"""Environment to typed settings, and the settings module of Django.

`current()` gives the frozen `Settings` that Rounds reads; the capital names at the foot are for Django. Importing
this module starts no server, opens no connection and writes no file. The secret key is made in the data folder when it
is first asked for, if `ROUNDS_SECRET_KEY` is not set; those that were replaced stay beside it.

Every setting, with its range and its default, is listed in `docs/settings.md`.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import structlog
from django.utils.functional import SimpleLazyObject
from environs import Env, EnvValidationError
from marshmallow import ValidationError
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from pipeline.core.consent.secret_keys import SecretKeys, parse_old, secret_keys
from pipeline.core.delivery.backoff import STEPS, parse_steps
from pipeline.core.delivery.quiet_hours import QuietHours, parse_quiet_hours
from pipeline.core.delivery.relay import parse_route_url
from pipeline.core.delivery.route import Route, routes
from pipeline.core.delivery.throttle import parse_rates
from pipeline.core.delivery.warm_up import WarmUp, parse_plans
from pipeline.core.errors import BadInput
from pipeline.core.feedback.mailbox_url import ReportMailbox, parse_mailbox_url
from pipeline.core.message.brand_file import BrandFile, poor_contrast
from pipeline.core.message.brand_file import read as read_brand
from pipeline.core.message.dkim import SELECTOR
from pipeline.core.message.headers import may_be_plain_http
from pipeline.core.message.sender_name import check_sender_name

PROJECT = Path(__file__).resolve().parent.parent

# A Unix socket's name may have 103 bytes on macOS and 107 on Linux, and 33 of ours follow the folder.
LONGEST_TEMPORARY_FOLDER = 65

DKIM_VARIABLE = "ROUNDS_DKIM_KEY_"

# Providers whose webhooks we read, as in the path /hooks/sendgrid/. True: the secret is `user:password`.
HOOKS = {
    "amazon_ses": True,
    "brevo": True,
    "mailersend": False,
    "mailgun": False,
    "mailjet": True,
    "mailtrap": False,
    "postmark": True,
    "resend": False,
    "sendgrid": False,
    "sparkpost": True,
}
SHORTEST_HOOK_SECRET = 16  # characters

REQUIRED = "required"
LOOPBACK = ("127.0.0.1", "::1", "localhost")

SWITCH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "": False,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


@dataclass(frozen=True)
class Controller:
    """Who answers for the personal data, as the footers and notices name them."""

    name: str
    address: str
    email: str
    number: str


@dataclass(frozen=True)
class IdentityProvider:
    """Where members may sign in instead of typing a password (OpenID Connect Core 1.0)."""

    issuer: str  # as its own documents write it, without a slash at the end unless they have one
    client_id: str
    client_secret: str = field(repr=False)
    name: str  # on the button


@dataclass(frozen=True)
class DkimKey:
    """Where a signing key is: in the file `path`, or as PEM text in the environment."""

    selector: str
    path: Path | None
    pem: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """What the environment says. URLs are complete: an unset one already points at the embedded server."""

    # Addresses and keys hold secrets, so that they stay out of `repr` and of every log.
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    smtp_url: str = field(repr=False)  # one relay, or several with spaces between
    letters_url: str = field(repr=False)
    embedded_database: bool
    embedded_redis: bool
    local_inbox: bool
    base_url: str
    given_secret_key: str = field(repr=False)
    data_dir: Path
    content_dir: Path
    sender_name: str
    sender_address: str
    return_path_domain: str
    controller: Controller
    owner_address: str  # who is sent the seals of the ledger
    tick_seconds: int
    connections: int
    senders: int
    web_processes: int
    web_threads: int  # of each process
    patience: float
    demo: bool
    four_eyes: bool  # what nobody does alone needs a second person
    trusted_proxies: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    dkim_keys: tuple[DkimKey, ...] = ()
    relay_signs: bool = False
    letters_address: str = ""  # From of the letters that somebody waits for; empty: `sender_address`
    letters_dkim_keys: tuple[DkimKey, ...] = ()  # empty: `dkim_keys`
    bounce_mailbox: ReportMailbox | None = field(default=None, repr=False)
    bounce_maildir: Path | None = None
    retractions: Path | None = None  # a table of retracted papers, as Retraction Watch has it
    hooks: Mapping[str, str] = field(default_factory=dict, repr=False)  # provider: the secret of its webhook
    rates: Mapping[str, float] = field(default_factory=dict)  # messages a second by route; "" for the others
    domain_rates: Mapping[str, float] = field(default_factory=dict)  # messages a second by recipient domain
    warm_up: Mapping[str, WarmUp] = field(default_factory=dict)  # by route; "" for the others
    quiet_hours: QuietHours | None = None
    retry_steps: tuple[timedelta, ...] = (
        STEPS  # the waits after the first failed attempt, the second and so on
    )
    keep_months: int = 24  # deliveries of older months are put away; 0: never
    lease_seconds: int = 660
    evidence_minutes: int = 15
    postfix_log: Path | None = None
    second_factor: bool = True  # a password alone lets nobody in (S-13)
    session_minutes: int = 30  # a session that is not used for so long is over
    identity_provider: IdentityProvider | None = None
    import_mb: int = 200  # the largest list that may be uploaded
    measure_opens: bool = False  # of those who say yes to it, and of nobody else (C-30, C-31)
    given_old_secret_keys: tuple[tuple[int, str], ...] = field(default=(), repr=False)  # (number, secret)
    egress_proxy: str = field(
        default="", repr=False
    )  # for what is fetched from the internet, such as articles
    brand_file: Path | None = None  # where the brand was read from; None: there is no such file
    brand: BrandFile = field(default_factory=BrandFile)

    @property
    def brings_evidence(self) -> bool:
        """Whether anything could tell us, afterwards, what became of a message."""
        mailbox = self.bounce_mailbox is not None or self.bounce_maildir is not None
        return self.postfix_log is not None or mailbox or bool(self.hooks)

    def warm_up_of(self, route: str) -> WarmUp | None:
        """The warm-up plan of a route, if it has one."""
        return self.warm_up.get(route, self.warm_up.get(""))

    @property
    def secret_key(self) -> str:
        """The secret in force. Made and kept in the data folder on first use where none is given."""
        return self.secret_keys.in_force

    @property
    def secret_keys(self) -> SecretKeys:
        """The secret in force, and those before it: from the environment, and from the data folder."""
        return _secret_keys(self.given_secret_key, self.given_old_secret_keys, self.data_dir)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways by which mail leaves."""
        return routes(self.smtp_url, self.letters_url)

    @property
    def host(self) -> str:
        """The host name of the base URL, without the port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def port(self) -> int:
        """The port that the base URL names, or 8000 when it names none and a proxy is in front."""
        return urlsplit(self.base_url).port or 8000

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https:")


def socket_folder(data_dir: Path) -> Path:
    """Where the embedded servers of this data folder keep their sockets.

    Not inside the data folder: that may be too deep for a socket's name, or closed to the server's user.
    The name is made from the folder's path, so that two clones never meet.
    """
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    temporary = Path(tempfile.gettempdir()).absolute()
    if len(os.fsencode(temporary)) > LONGEST_TEMPORARY_FOLDER or (
        os.geteuid() == 0 and not _open_to_all(temporary)
    ):
        temporary = Path("/tmp")  # noqa: S108 - the one folder that is short and open on every machine
    return temporary / f"rounds-{digest}"


def _open_to_all(folder: Path) -> bool:
    """May any user walk into the folder? A server that root starts runs as another user."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.parents))


def demonstration_file(data_dir: Path) -> Path:
    """Lines `NAME=value`: the settings of the demonstration whose data is in the folder."""
    return data_dir / "demonstration.env"


def _take_up_demonstration(env: Env, data_dir: Path) -> None:
    """A folder that holds the demonstration's data stays a demonstration, for every command, until `make reset`.

    What the environment says goes before; and with `DATABASE_URL` the data is elsewhere, so the file says nothing.
    """
    kept = demonstration_file(data_dir)
    if kept.is_file():
        env.read_env(str(kept), recurse=False, override=False)


def inbox_port_file(data_dir: Path) -> Path:
    """Holds the port on which the local inbox listens for mail, as decimal digits."""
    return data_dir / "inbox-port"


@lru_cache(maxsize=1)
def current() -> Settings:
    """The settings of this process, read once."""
    return load()


def load() -> Settings:
    """Read the environment. Raises `BadInput` with a line for every bad setting at once."""
    env = Env(eager=False)
    data_dir = (
        Path(env.str("ROUNDS_DATA_DIR", "", validate=_check_data_dir) or PROJECT / ".data")
        .expanduser()
        .absolute()
    )
    if not os.environ.get("DATABASE_URL"):
        _take_up_demonstration(env, data_dir)
    database_url = env.str("DATABASE_URL", "", validate=_check_database_url)
    redis_url = env.str("REDIS_URL", "", validate=_check_redis_url)
    smtp_url = env.str("ROUNDS_SMTP_URL", "", validate=_check_smtp_url)
    base_url = env.str("ROUNDS_BASE_URL", "http://127.0.0.1:8000", validate=_check_base_url) or ""
    host = _host(base_url)
    secret_key = env.str("ROUNDS_SECRET_KEY", "", validate=_check_secret_key)
    old_secret_keys = env.str("ROUNDS_OLD_SECRET_KEYS", "", validate=_readable(parse_old))
    content_dir = (
        Path(env.str("ROUNDS_CONTENT_DIR", "", validate=_check_content_dir) or PROJECT / "content")
        .expanduser()
        .absolute()
    )
    brand_file = env.str("ROUNDS_BRAND_FILE", "", validate=_empty_or(_check_brand_file))
    brand_path, brand = _brand(Path(brand_file).expanduser().absolute() if brand_file else None, content_dir)
    sender_name = env.str(
        "ROUNDS_SENDER_NAME", brand.name or "Rounds", validate=[_one_line, _readable(check_sender_name)]
    )
    sender_address = env.str("ROUNDS_SENDER_ADDRESS", f"rounds@{_mail_domain(host)}", validate=_check_address)
    return_path = env.str("ROUNDS_RETURN_PATH_DOMAIN", "", validate=_check_domain)
    controller_name = env.str(
        "ROUNDS_CONTROLLER_NAME", brand.organisation or "Example Health", validate=_one_line
    )
    controller_address = env.str(
        "ROUNDS_CONTROLLER_ADDRESS", brand.address or "1 Example Street, Exampletown", validate=_one_line
    )
    controller_email = env.str(
        "ROUNDS_CONTROLLER_EMAIL", brand.email or f"privacy@{_mail_domain(host)}", validate=_check_address
    )
    controller_number = env.str("ROUNDS_CONTROLLER_NUMBER", brand.company_number, validate=_one_line)
    owner = env.str("ROUNDS_OWNER", "", validate=_check_owner)
    tick_seconds = env.str("ROUNDS_TICK_SECONDS", "5", validate=_between(1, 60))
    connections = env.str("ROUNDS_CONNECTIONS", "20", validate=_between(1, 64))
    senders = env.str("ROUNDS_SENDERS", str(min(os.cpu_count() or 1, 16)), validate=_between(1, 64))
    patience = env.str("ROUNDS_SMTP_PATIENCE", "1", validate=_check_patience)
    letters_url = env.str("ROUNDS_LETTERS_URL", "", validate=_check_smtp_url)
    demo = env.str("ROUNDS_DEMO", "0", validate=_check_switch)
    processes = "1" if demo == "1" else str(min(os.cpu_count() or 1, 4))
    web_processes = env.str("ROUNDS_WEB_PROCESSES", processes, validate=_between(1, 32))
    web_threads = env.str("ROUNDS_WEB_THREADS", "24", validate=_between(1, 64))
    four_eyes = env.str("ROUNDS_FOUR_EYES", REQUIRED, validate=_check_four_eyes(base_url, demo or ""))
    trusted_proxies = tuple(_words(env.str("ROUNDS_TRUSTED_PROXIES", "", validate=_check_networks)))
    allowed_hosts = tuple(_words(env.str("ROUNDS_ALLOWED_HOSTS", "")))
    dkim_keys = env.str("ROUNDS_DKIM_KEYS", "", validate=_check_dkim_keys)
    letters_address = env.str("ROUNDS_LETTERS_ADDRESS", "", validate=_empty_or(_check_address))
    letters_dkim_keys = env.str("ROUNDS_LETTERS_DKIM_KEYS", "", validate=_check_dkim_keys)
    relay_signs = env.str("ROUNDS_RELAY_SIGNS", "0", validate=_check_switch)
    bounce_url = env.str("ROUNDS_BOUNCE_URL", "", validate=_check_bounce_url)
    bounce_maildir = env.str("ROUNDS_BOUNCE_MAILDIR", "", validate=_check_maildir)
    retractions = env.str("ROUNDS_RETRACTIONS", "", validate=_check_table)
    hooks = {
        name: env.str(f"ROUNDS_HOOK_{name.upper()}", "", validate=_check_hook(with_user))
        for name, with_user in HOOKS.items()
    }
    for name in _dkim_variables():
        env.str(name, "", validate=_check_pem)
    rates = env.str("ROUNDS_RATE", "", validate=_readable(parse_rates))
    domain_rates = env.str("ROUNDS_DOMAIN_RATES", "", validate=_readable(_parse_domain_rates))
    warm_up = env.str("ROUNDS_WARM_UP", "", validate=_readable(_parse_warm_up))
    retry_minutes = env.str("ROUNDS_RETRY_MINUTES", "", validate=_readable(parse_steps))
    quiet_hours = env.str("ROUNDS_QUIET_HOURS", "", validate=_readable(parse_quiet_hours))
    lease_seconds = env.str("ROUNDS_LEASE_SECONDS", "660", validate=_between(2, 3600))
    evidence_minutes = env.str("ROUNDS_EVIDENCE_MINUTES", "15", validate=_between(0, 1440))
    measure_opens = env.str("ROUNDS_MEASURE_OPENS", "0", validate=_check_switch)
    postfix_log = env.str("ROUNDS_POSTFIX_LOG", "", validate=_check_log)
    import_mb = env.str("ROUNDS_IMPORT_MB", "200", validate=_between(1, 1024))
    egress_proxy = env.str("ROUNDS_EGRESS_PROXY", "", validate=_check_proxy)
    keep_months = env.str("ROUNDS_KEEP_MONTHS", "24", validate=_between(0, 1200))
    second_factor = env.str("ROUNDS_SECOND_FACTOR", "required", validate=_check_second_factor)
    session_minutes = env.str("ROUNDS_SESSION_MINUTES", "30", validate=_between(1, 480))
    oidc = {
        "issuer": env.str("ROUNDS_OIDC_ISSUER", "", validate=_check_issuer),
        "client_id": env.str("ROUNDS_OIDC_CLIENT_ID", "", validate=_one_line),
        "client_secret": env.str("ROUNDS_OIDC_CLIENT_SECRET", "", validate=_one_line),
    }
    oidc_name = env.str("ROUNDS_OIDC_NAME", "your organisation", validate=_one_line)
    try:
        env.seal()
    except EnvValidationError as error:
        raise BadInput(_sentences(error.error_messages)) from error
    _refuse_poor_brand(brand_path, brand)
    _refuse_half_a_provider(oidc)
    if second_factor == "off":
        _refuse_to_go_without_second_factor(base_url, demo=SWITCH[demo.lower()])
    sockets = socket_folder(data_dir)
    return Settings(
        database_url=database_url or f"postgresql://rounds@/rounds?host={quote(str(sockets), safe='')}",
        redis_url=redis_url or f"unix://{sockets}/redis.sock",
        smtp_url=smtp_url or f"smtp://127.0.0.1:{_inbox_port(data_dir)}?tls=none",
        letters_url=letters_url,
        embedded_database=not database_url,
        embedded_redis=not redis_url,
        local_inbox=not smtp_url,
        base_url=base_url.rstrip("/"),
        given_secret_key=secret_key or "",
        given_old_secret_keys=tuple(parse_old(old_secret_keys or "").items()),
        data_dir=data_dir,
        content_dir=content_dir,
        sender_name=sender_name,
        sender_address=sender_address,
        return_path_domain=return_path or sender_address.rpartition("@")[2],
        controller=Controller(controller_name, controller_address, controller_email, controller_number),
        owner_address=owner or controller_email,
        tick_seconds=int(tick_seconds),
        connections=int(connections),
        senders=int(senders),
        web_processes=int(web_processes),
        web_threads=int(web_threads),
        patience=float(patience),
        demo=SWITCH[demo.lower()],
        four_eyes=four_eyes == REQUIRED,
        trusted_proxies=trusted_proxies,
        allowed_hosts=allowed_hosts,
        dkim_keys=(*_dkim_files(dkim_keys or ""), *_dkim_texts()),
        letters_address=letters_address or "",
        letters_dkim_keys=_dkim_files(letters_dkim_keys or ""),
        relay_signs=SWITCH[relay_signs.lower()],
        bounce_mailbox=parse_mailbox_url(bounce_url) if bounce_url else None,
        bounce_maildir=Path(bounce_maildir).expanduser().absolute() if bounce_maildir else None,
        retractions=Path(retractions).expanduser().absolute() if retractions else None,
        hooks={name: secret for name, secret in hooks.items() if secret},
        rates=parse_rates(rates or ""),
        domain_rates=_parse_domain_rates(domain_rates or ""),
        warm_up=_parse_warm_up(warm_up or ""),
        quiet_hours=parse_quiet_hours(quiet_hours or ""),
        retry_steps=parse_steps(retry_minutes or ""),
        keep_months=int(keep_months),
        lease_seconds=int(lease_seconds),
        evidence_minutes=int(evidence_minutes),
        import_mb=int(import_mb),
        measure_opens=SWITCH[measure_opens.lower()],
        egress_proxy=egress_proxy or "",
        postfix_log=Path(postfix_log).expanduser().absolute() if postfix_log else None,
        second_factor=second_factor != "off",
        session_minutes=int(session_minutes),
        identity_provider=IdentityProvider(**oidc, name=oidc_name or "") if oidc["issuer"] else None,
        brand_file=brand_path,
        brand=brand,
    )


def _sentences(messages: Any) -> str:
    """One line for each bad setting: its name, then what to write instead."""
    return "\n".join(
        f"{name}: {' '.join(str(part) for part in parts)}" for name, parts in sorted(messages.items())
    )


def _check_proxy(value: str) -> None:
    if not value:
        return
    parts = urlsplit(value)
    if parts.scheme != "http" or not parts.hostname or parts.username or parts.path not in ("", "/"):
        raise ValidationError(
            "takes the address of a proxy that knows CONNECT, such as http://proxy.internal:3128."
        )


def _between(low: int, high: int) -> Callable[[str], None]:
    def check(value: str) -> None:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ValidationError(f"{value!r} is out of range. Write a whole number from {low} to {high}.")

    return check


def _empty_or(check: Callable[[str], None]) -> Callable[[str], None]:
    return lambda value: check(value) if value else None


def _readable(read: Callable[[str], object]) -> Callable[[str], None]:
    """What `read` takes is good; its sentence says what is not."""

    def check(value: str) -> None:
        try:
            read(value)
        except BadInput as error:
            raise ValidationError(str(error)) from error

    return check


def _parse_domain_rates(value: str) -> Mapping[str, float]:
    rates = parse_rates(value)
    if "" in rates:
        raise BadInput(
            "A rate names no domain. Write gmail.com=20/s; ROUNDS_RATE is for all mail of a route."
        )
    return rates


def _parse_warm_up(value: str) -> Mapping[str, WarmUp]:
    """A plan, or the path of a file that holds one."""
    path = Path(value.strip()).expanduser()
    if not value.strip() or not (value.strip().startswith(("/", "~", ".")) or path.suffix == ".txt"):
        return parse_plans(value)
    try:
        return parse_plans(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadInput(
            f"The file {value.strip()} cannot be read. Write the path of a text file, or a plan."
        ) from None


def _check_patience(value: str) -> None:
    try:
        good = 0.001 <= float(value) <= 10
    except ValueError:
        good = False
    if not good:
        raise ValidationError(
            f"{value!r} is no factor. Write a number from 0.001 to 10; 1 is what RFC 5321 asks for."
        )


def _check_data_dir(value: str) -> None:
    """It may not be there yet; what is there may not be a file, on the way or at the end."""
    path = Path(value).expanduser().absolute()
    there = next(step for step in (path, *path.parents) if step.exists())
    if not there.is_dir():
        raise ValidationError(f"{there} is not a folder. Write the path of one that you may write to.")


def _check_content_dir(value: str) -> None:
    if not Path(value).expanduser().is_dir():
        raise ValidationError(f"{value!r} is not a folder. Write the path of the one that holds `articles`.")


def _check_brand_file(value: str) -> None:
    if not Path(value).expanduser().is_file():
        raise ValidationError(
            f"{value!r} is not a file. Write the path of a brand file such as content/brand.toml."
        )


def _brand(given: Path | None, content_dir: Path) -> tuple[Path | None, BrandFile]:
    """The brand file and what it says; an empty brand where there is none. BadInput names the file and the line."""
    path = given or content_dir / "brand.toml"
    try:
        return path, read_brand(str(path), path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None, BrandFile()
    except OSError as error:
        raise BadInput(f"The brand file cannot be read ({error.strerror}).", place=str(path)) from error


def _refuse_poor_brand(path: Path | None, brand: BrandFile) -> None:
    """Letters that cannot be read are not sent (H-06)."""
    if faults := list(poor_contrast(brand)):
        raise BadInput("\n".join(f"{path}: {fault}" for fault in faults))


def _check_log(value: str) -> None:
    """It may not be there yet, or be put aside just now; a file that we may not read brings no evidence."""
    path = Path(value).expanduser()
    if value and path.exists() and not (path.is_file() and os.access(path, os.R_OK)):
        raise ValidationError(
            f"{value!r} cannot be read as a file. Name the relay's log, and let us read it."
        )


def _check_switch(value: str) -> None:
    if value.lower() not in SWITCH:
        raise ValidationError(f"{value!r} is neither on nor off. Write 1 or 0.")


def _check_four_eyes(base_url: str, demo: str) -> Callable[[str], None]:
    """Off is for one person on one machine: with readers out there, nobody mails or exports them alone (S-14)."""

    def check(value: str) -> None:
        if value not in (REQUIRED, "off"):
            raise ValidationError(f"{value!r} is neither. Write required or off.")
        if value == "off" and not SWITCH.get(demo.lower()) and _host(base_url) not in LOOPBACK:
            raise ValidationError(
                "off is for the demonstration, and for a base URL on this machine such as http://127.0.0.1:8000. "
                "Leave it out: a second person approves."
            )

    return check


def _check_database_url(value: str) -> None:
    if not value:
        return
    if urlsplit(value).scheme not in {"postgres", "postgresql"}:
        raise ValidationError(
            "this is not a PostgreSQL address. Write postgresql://user:password@host:5432/name."
        )
    try:
        name = conninfo_to_dict(value).get("dbname")
    except ProgrammingError as error:
        raise ValidationError(
            f"this address cannot be read ({str(error).strip()}). Write postgresql://user:password@host:5432/name."
        ) from error
    if not name:
        raise ValidationError("the address names no database. End it with /name.")


def _check_redis_url(value: str) -> None:
    if value and urlsplit(value).scheme not in {"redis", "rediss", "unix"}:
        raise ValidationError(
            "this is not a Redis address. Write redis://host:6379/0, rediss://... or unix:///path."
        )


def _check_smtp_url(value: str) -> None:
    try:
        for url in value.split():
            parse_route_url(url)
    except BadInput as error:
        raise ValidationError(str(error).removeprefix("ROUNDS_SMTP_URL: ")) from error


def _check_bounce_url(value: str) -> None:
    try:
        if value:
            parse_mailbox_url(value)
    except BadInput as error:
        raise ValidationError(str(error).removeprefix("ROUNDS_BOUNCE_URL: ")) from error


def _check_maildir(value: str) -> None:
    if value and not (Path(value).expanduser() / "new").is_dir():
        raise ValidationError(
            f"{value!r} is not a Maildir: it has no folder `new`. Make it, or let the mail system."
        )


def _check_table(value: str) -> None:
    if value and not Path(value).expanduser().is_file():
        raise ValidationError(
            f"{value!r} is not a file. Name the CSV file of retractions that you downloaded."
        )


def _check_hook(with_user: bool) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value and len(value) < SHORTEST_HOOK_SECRET:
            raise ValidationError(
                f"it has {len(value)} characters. A secret has {SHORTEST_HOOK_SECRET} or more."
            )
        if value and with_user and not all(value.partition(":")):
            raise ValidationError("this provider sends a user and a password. Write user:password.")

    return check


def _check_second_factor(value: str) -> None:
    if value not in {"required", "off"}:
        raise ValidationError(f"{value!r} is neither. Write required, or off on a machine of your own.")


def _refuse_to_go_without_second_factor(base_url: str, *, demo: bool) -> None:
    if not demo and not is_loopback(_host(base_url)):
        raise BadInput(
            "ROUNDS_SECOND_FACTOR: off is for the demonstration, or for a ROUNDS_BASE_URL on this machine. "
            "Write required, or leave it unset."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host (RFC 6761 keeps `localhost` for that)."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check_issuer(value: str) -> None:
    parts = urlsplit(value)
    if value and (parts.query or parts.fragment or not parts.hostname):
        raise ValidationError("this is no issuer. Write https://login.example.org, as the provider says it.")
    if value and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(_host(value))):
        raise ValidationError("an issuer is reached by https. Write https://login.example.org.")


def _refuse_half_a_provider(oidc: Mapping[str, str | None]) -> None:
    """All three of them, or none."""
    missing = [f"ROUNDS_OIDC_{name.upper()}" for name, value in oidc.items() if not value]
    if 0 < len(missing) < len(oidc):
        raise BadInput(
            "\n".join(f"{name}: it is not set, but other ROUNDS_OIDC_ settings are." for name in missing)
        )


def _check_base_url(value: str) -> None:
    advice = "Write the public address of the site, such as https://letters.example.org."
    parts = urlsplit(value)
    try:
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        port_is_good = False
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_good:
        raise ValidationError(f"this is not a web address. {advice}")
    if parts.query or parts.fragment or parts.path.strip("/"):
        raise ValidationError(f"the address has a path or a question mark. {advice}")
    if parts.scheme == "http" and not may_be_plain_http(parts.hostname):
        raise ValidationError(
            f"mail to real people needs https, or no unsubscribe link would be valid. {advice}"
        )


def _check_secret_key(value: str) -> None:
    if value and len(value) < 32:
        raise ValidationError(
            f"it has {len(value)} characters. Use 32 or more, for example from `openssl rand -base64 48`, "
            "or leave it unset: one is then made and kept in the data folder."
        )


def _check_owner(value: str) -> None:
    if value:
        _check_address(value)


def _check_address(value: str) -> None:
    local, _, domain = value.rpartition("@")
    if not local or not domain or any(mark.isspace() for mark in value):
        raise ValidationError(f"{value!r} is not an email address. Write name@example.org.")


def _check_domain(value: str) -> None:
    if value and ("@" in value or "/" in value or any(mark.isspace() for mark in value)):
        raise ValidationError(f"{value!r} is not a domain. Write bounces.example.org.")


def _check_networks(value: str) -> None:
    for word in _words(value):
        try:
            ipaddress.ip_network(word)
        except ValueError as error:
            raise ValidationError(
                f"{word!r} is not a network. Write 10.0.0.0/8, or several with commas."
            ) from error


def _check_dkim_keys(value: str) -> None:
    for word in re.split(r"[\s,]+", value.strip()) if value.strip() else ():
        selector, colon, path = word.partition(":")
        if not colon or not path or not SELECTOR.fullmatch(selector):
            raise ValidationError(
                f"{word!r} names no key. Write selector:file, such as r202611:/etc/rounds/r202611.pem, and several "
                "with spaces."
            )


def _check_pem(value: str) -> None:
    if "-----BEGIN" not in value:
        raise ValidationError(
            "it holds no key. Use the whole text of a PEM file, from its BEGIN to its END line."
        )


def _dkim_files(value: str) -> tuple[DkimKey, ...]:
    words = [word.partition(":") for word in re.split(r"[\s,]+", value) if word]
    return tuple(DkimKey(selector, Path(path).expanduser().absolute()) for selector, _, path in words)


def _dkim_variables() -> list[str]:
    return sorted(name for name in os.environ if name.startswith(DKIM_VARIABLE) and os.environ[name])


def _dkim_texts() -> tuple[DkimKey, ...]:
    """A name of the environment holds no hyphen: `ROUNDS_DKIM_KEY_MAIL_2026` is the selector `mail-2026`."""
    return tuple(
        DkimKey(name.removeprefix(DKIM_VARIABLE).lower().replace("_", "-"), None, os.environ[name])
        for name in _dkim_variables()
    )


def _one_line(value: str) -> None:
    if any(ord(mark) < 32 or ord(mark) == 127 for mark in value):
        raise ValidationError("it holds a line break or a control character. Write it on one line.")


def _words(value: str | None) -> list[str]:
    return [word.strip() for word in (value or "").split(",") if word.strip()]


def _host(base_url: str) -> str:
    try:
        return urlsplit(base_url).hostname or ""
    except ValueError:
        return ""


def _mail_domain(host: str) -> str:
    """The domain of default addresses: the site's own, or a reserved one (RFC 2606) until there is one."""
    return host if "." in host and not host.replace(".", "").isdigit() else "rounds.example"


def _inbox_port(data_dir: Path) -> int:
    """The port that the local inbox recorded, or 1025 while none has: nothing is listening there then."""
    try:
        return int(inbox_port_file(data_dir).read_text().strip())
    except (FileNotFoundError, ValueError):
        return 1025


def secret_key_file(data_dir: Path) -> Path:
    """The secret in force, where the environment has none."""
    return data_dir / "secret-key"


def old_secret_keys_file(data_dir: Path) -> Path:
    """Lines `number:secret` of those that were replaced."""
    return data_dir / "old-secret-keys"


@lru_cache(maxsize=4)
def _secret_keys(given: str, given_old: tuple[tuple[int, str], ...], data_dir: Path) -> SecretKeys:
    """Read once by a process. First the one in force: whoever changes it writes the older ones first."""
    in_force = given or _kept_secret_key(data_dir)
    old = _kept_old_secret_keys(data_dir)
    for kid, secret in given_old:
        if old.setdefault(kid, secret) != secret:
            raise BadInput(
                f"secret {kid} is another in ROUNDS_OLD_SECRET_KEYS than in this file. Keep the one that fits.",
                place=str(old_secret_keys_file(data_dir)),
            )
    try:
        return secret_keys(in_force, old)
    except BadInput as error:
        raise BadInput(str(error), place="ROUNDS_OLD_SECRET_KEYS" if given_old else str(data_dir)) from None


def read_secret_keys_anew() -> None:
    """After this process has changed the files."""
    _secret_keys.cache_clear()


def _kept_old_secret_keys(data_dir: Path) -> dict[int, str]:
    kept = old_secret_keys_file(data_dir)
    try:
        return parse_old(kept.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except BadInput as error:
        raise BadInput(str(error), place=str(kept)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"the older secrets cannot be read ({error}).", place=str(kept)) from error


def _kept_secret_key(data_dir: Path) -> str:
    """The key in `<data>/secret-key`, made on first use. Of two first uses at once, `link` lets one win."""
    kept = secret_key_file(data_dir)
    try:
        if not kept.exists():
            if old_secret_keys_file(data_dir).exists():
                raise BadInput(
                    "the secret in force is gone, and older ones are beside it. Put it back from your copy, or set"
                    " ROUNDS_SECRET_KEY.",
                    place=str(kept),
                )
            data_dir.mkdir(parents=True, exist_ok=True)
            fresh = data_dir / f".secret-key-{os.getpid()}-{secrets.token_hex(4)}"
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
            try:
                os.link(fresh, kept)
            except FileExistsError:
                pass  # Another process was first; its key is the one that counts.
            finally:
                fresh.unlink()
        key = kept.read_text().strip()
    except OSError as error:
        raise BadInput(
            f"the secret key cannot be kept there ({error.strerror}). Set ROUNDS_DATA_DIR to a folder that "
            "you may write to, or set ROUNDS_SECRET_KEY.",
            place=str(kept),
        ) from error
    if len(key) < 32:
        raise BadInput("the secret key is too short. Delete the file and start again.", place=str(kept))
    return key


def _django_database(url: str) -> dict[str, Any]:
    """A connection address as Django's dictionary. What Django has no name for goes to `OPTIONS`."""
    parts = conninfo_to_dict(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    database: dict[str, Any] = {names[key]: str(value) for key, value in parts.items() if key in names}
    options = {key: value for key, value in parts.items() if key not in names}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **database,
        # A server that is gone must be noticed: nobody waits for the kernel's own two minutes.
        # Only what asks for it is prepared (`store.prepared`): the ORM's statements are each another's.
        "OPTIONS": {"connect_timeout": 5, "prepare_threshold": 1 << 30, **options},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _hosts(settings: Settings) -> list[str]:
    own = ["127.0.0.1", "localhost", "[::1]"] if not settings.https else []
    return list(dict.fromkeys([unquote(settings.host), *settings.allowed_hosts, *own]))


# What Django reads.

_settings = current()

# Asked for by Django when it signs something, so that a command which only reads leaves no file behind.
SECRET_KEY = SimpleLazyObject(lambda: _settings.secret_key)
DEBUG = False
ALLOWED_HOSTS = _hosts(_settings)
DATABASES = {"default": _django_database(_settings.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pipeline.store",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "pipeline.web.security.SecurityHeaders",  # inside the one above, whose headers only fill gaps
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "pipeline.web.member_session.MemberSession",  # in place of Django's: a password alone makes no member
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pipeline.web.asked_from.AskedFrom",
    "pipeline.web.errors.ErrorPages",
]
ROOT_URLCONF = "pipeline.web.urls"
WSGI_APPLICATION = "pipeline.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PROJECT / "templates" / "web"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "pipeline.web.jinja.environment", "autoescape": True},
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [PROJECT / "static"] if (PROJECT / "static").is_dir() else []
# Files are served straight from `static/`, so that a start needs no collecting step.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False  # a script or a style may be used elsewhere without that (S-19)

# Said aloud, because Django's default zone is in America and would date the log with it.
TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en-gb"

PASSWORD_HASHERS = [
    "pipeline.store.password_hashing.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email")},
    },
]
# Rows that tell whose session it is, under a hash of the key. How long one lives is said there, and not by the cookie.
SESSION_ENGINE = "pipeline.store.session_engine"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# `__Host-`: no other host of the domain can set it, and no plain http either (RFC 6265bis 4.1.3.2).
SESSION_COOKIE_NAME = "__Host-sessionid" if _settings.https else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if _settings.https else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _settings.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [_settings.base_url]
CSRF_FAILURE_VIEW = "pipeline.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _settings.https else 0
X_FRAME_OPTIONS = "DENY"
if _settings.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# No page but that of imports takes a file, and it says so itself; a form of ours has a few hundred octets.
FILE_UPLOAD_HANDLERS: list[str] = []
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"tokens": {"()": "pipeline.web.logs.MaskTokens"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # fido2 would name the passkeys of members.
    "loggers": {"django.server": {"level": "WARNING"}, "fido2": {"level": "WARNING"}},
}

# Left alone, structlog prints on standard output, amid the JSON of a command, and past the filter that masks tokens.
structlog.configure(
    processors=[
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["event"]),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)
