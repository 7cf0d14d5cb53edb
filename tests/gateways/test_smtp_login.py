"""Encryption and login: the certificate is verified, and a secret never travels in the clear."""

from __future__ import annotations

import ipaddress
import ssl
import time
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.core.delivery.relay import Relay, Tls
from pipeline.core.delivery.replies import Cause, Outcome, Stage, Verdict
from pipeline.core.message.wire import Wire
from pipeline.gateways.smtp import RouteFailed
from tests.blocking_smtp import QUICK, BlockingConnection
from tests.scripted_smtp import Cut, Deed, ScriptedSmtp, Step, Wait

OFFER = b"250-relay\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"
MESSAGE = b"Subject: Hello\r\n\r\nHello\r\n"
BIG = Wire(b"Subject: Big\r\n\r\n", *[(b"x" * 70 + b"\r\n") * 1000] * 15)
SENDER = "b+x@bounces.example"
ADA = "ada@subscriber.example"
GROUPS = b"250-relay\r\n250 PIPELINING\r\n"
CHUNKS = b"250-relay\r\n250-CHUNKING\r\n250 PIPELINING\r\n"


class Certificate:
    """A certificate for 127.0.0.1 that signs itself, as a server shows it and as a client may trust it."""

    def __init__(self, folder: Path, *, expired: bool = False, host: str = "127.0.0.1") -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.example")])
        start = datetime.now(UTC) - timedelta(days=10)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=1 if expired else 20))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.path = folder / "relay.pem"
        self.path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )

    @property
    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context

    @property
    def trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.path))


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return Certificate(tmp_path)


def connect(
    server: ScriptedSmtp, tls: Tls, trust: ssl.SSLContext | None = None, **login: str
) -> BlockingConnection:
    relay = Relay("127.0.0.1", server.port, tls, **login)
    return BlockingConnection(relay, QUICK, tls_context=trust)


def send(connection: BlockingConnection) -> Verdict:
    return connection.send(SENDER, ADA, MESSAGE).verdict


def test_starttls_greets_again_and_sends_many_messages(certificate: Certificate) -> None:
    with (
        ScriptedSmtp(tls=certificate.server, ehlo=[OFFER, b"250 relay\r\n"]) as server,
        connect(server, Tls.STARTTLS, certificate.trusted) as connection,
    ):
        for _ in range(3):
            assert connection.usable
            assert send(connection) is Verdict.ACCEPTED
        assert "STARTTLS" not in connection.connection.extensions
    assert server.stages[:3] == ["ehlo", "starttls", "ehlo"]
    assert len(server.messages) == 3


def test_implicit_tls_encrypts_before_the_greeting(certificate: Certificate) -> None:
    with (
        ScriptedSmtp(tls=certificate.server, implicit=True) as server,
        connect(server, Tls.IMPLICIT, certificate.trusted) as connection,
    ):
        assert send(connection) is Verdict.ACCEPTED


@pytest.mark.parametrize("ehlo", [b"250 relay\r\n", GROUPS, CHUNKS], ids=["one by one", "groups", "chunks"])
def test_a_big_message_arrives_whole_under_encryption(certificate: Certificate, ehlo: bytes) -> None:
    with (
        ScriptedSmtp(tls=certificate.server, implicit=True, ehlo=ehlo, receive_buffer=65536) as server,
        connect(server, Tls.IMPLICIT, certificate.trusted) as connection,
    ):
        for _ in range(2):
            assert connection.send(SENDER, ADA, BIG).verdict is Verdict.ACCEPTED
    assert [each.data for each in server.messages] == [bytes(BIG)] * 2
    assert server.early == [b""] * 2, "nothing may come with the dot"


@pytest.mark.parametrize("heard", [True, False], ids=["heard by the loop", "unread in the kernel"])
def test_a_stray_reply_under_encryption_is_not_read_as_the_answer_to_the_dot(
    certificate: Certificate, heard: bool
) -> None:
    stray = Cut(len(MESSAGE), (Wait(0.1), b"250 stray\r\n"))
    with (
        ScriptedSmtp(tls=certificate.server, implicit=True, ehlo=GROUPS, body=stray) as server,
        connect(server, Tls.IMPLICIT, certificate.trusted) as connection,
    ):
        assert connection.offer(SENDER, ADA, MESSAGE) is None
        (connection.listen if heard else time.sleep)(0.4)
        assert connection.dot() == Outcome(Verdict.NOT_SENT, Stage.BODY, None, Cause.DESYNC)
    assert server.messages == []


@pytest.mark.parametrize("deed", [Deed.DROP, Deed.RESET], ids=str)
def test_a_line_cut_after_the_dot_under_encryption_is_unknown(certificate: Certificate, deed: Deed) -> None:
    with (
        ScriptedSmtp(tls=certificate.server, implicit=True, dot=deed) as server,
        connect(server, Tls.IMPLICIT, certificate.trusted) as connection,
    ):
        outcome = connection.send(SENDER, ADA, MESSAGE)
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.REPLY_LOST)


@pytest.mark.parametrize("deed", [Deed.DROP, Deed.FAREWELL], ids=str)
def test_an_acceptance_counts_though_the_line_ends_with_it(certificate: Certificate, deed: Deed) -> None:
    """The end of the encryption may come in the same segment as the reply."""
    with (
        ScriptedSmtp(tls=certificate.server, implicit=True, dot=(b"250 kept\r\n", deed)) as server,
        connect(server, Tls.IMPLICIT, certificate.trusted) as connection,
    ):
        assert connection.send(SENDER, ADA, MESSAGE).verdict is Verdict.ACCEPTED
        time.sleep(0.1)
        assert not connection.usable


def test_a_handshake_that_never_ends_is_given_up() -> None:
    with (
        ScriptedSmtp(ehlo=OFFER, starttls=(b"220 go\r\n", Deed.STALL)) as server,
        pytest.raises(RouteFailed) as failed,
    ):
        BlockingConnection(Relay("127.0.0.1", server.port, Tls.STARTTLS), replace(QUICK, starttls=0.3))
    assert failed.value.outcome.stage is Stage.STARTTLS
    assert failed.value.outcome.cause is Cause.ROUTE


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
@pytest.mark.parametrize("flaw", ["nobody vouches", "expired", "another host"])
def test_a_certificate_that_does_not_verify_ends_the_conversation(
    tmp_path: Path, tls: Tls, flaw: str
) -> None:
    certificate = Certificate(
        tmp_path, expired=flaw == "expired", host="127.0.0.2" if flaw == "another host" else "127.0.0.1"
    )
    trust = None if flaw == "nobody vouches" else certificate.trusted
    with (
        ScriptedSmtp(tls=certificate.server, ehlo=OFFER, implicit=tls is Tls.IMPLICIT) as server,
        pytest.raises(RouteFailed, match="certificate verify failed") as failed,
    ):
        connect(server, tls, trust, user="rounds", secret="hush")
    assert failed.value.outcome.stage is Stage.STARTTLS
    assert failed.value.outcome.cause is Cause.TLS
    assert "auth" not in server.stages


def test_a_relay_without_starttls_gets_nothing_in_the_clear() -> None:
    with (
        ScriptedSmtp(ehlo=b"250 relay\r\n") as server,
        pytest.raises(RouteFailed, match="no STARTTLS") as failed,
    ):
        connect(server, Tls.STARTTLS, user="rounds", secret="hush")
    assert failed.value.outcome.cause is Cause.TLS
    assert server.stages == ["ehlo"]


@pytest.mark.parametrize(
    ("step", "cause"),
    [
        (b"454 4.7.0 not now\r\n", Cause.ROUTE),
        (b"502 what\r\n", Cause.TLS),
        (Deed.DROP, Cause.ROUTE),
        ((b"220 go\r\n", Deed.DROP), Cause.ROUTE),
        ((b"220 go\r\n", b"not tls at all\r\n"), Cause.ROUTE),
    ],
    ids=range(5),
)
def test_a_starttls_that_fails_is_the_routes_fault(step: Step, cause: Cause) -> None:
    with ScriptedSmtp(ehlo=OFFER, starttls=step) as server, pytest.raises(RouteFailed) as failed:
        connect(server, Tls.STARTTLS)
    assert failed.value.outcome.stage is Stage.STARTTLS
    assert failed.value.outcome.verdict is Verdict.NOT_SENT
    assert failed.value.outcome.cause in {cause, Cause.TLS}
    assert server.stages == ["ehlo", "starttls"]


def test_words_injected_before_the_handshake_are_not_taken_as_said_under_encryption(
    certificate: Certificate,
) -> None:
    injected = (b"220 go\r\n250 AUTH PLAIN\r\n", Deed.ENCRYPT)
    with (
        ScriptedSmtp(tls=certificate.server, ehlo=OFFER, starttls=injected) as server,
        pytest.raises(RouteFailed, match="went on speaking") as failed,
    ):
        connect(server, Tls.STARTTLS, certificate.trusted, user="rounds", secret="hush")
    assert failed.value.outcome.stage is Stage.STARTTLS
    assert server.stages == ["ehlo", "starttls"]


def test_a_login_by_plain() -> None:
    with (
        ScriptedSmtp(ehlo=OFFER) as server,
        connect(server, Tls.NONE, user="rounds", secret="hush") as connection,
    ):
        assert send(connection) is Verdict.ACCEPTED
    assert server.said_at("auth") == [b"AUTH PLAIN " + b64encode(b"\0rounds\0hush")]


def test_a_login_by_login() -> None:
    steps: list[Step] = [b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n", b"235 in\r\n"]
    with (
        ScriptedSmtp(ehlo=b"250-relay\r\n250 AUTH LOGIN\r\n", auth=steps) as server,
        connect(server, Tls.NONE, user="rounds", secret="hush") as connection,
    ):
        assert send(connection) is Verdict.ACCEPTED
    assert server.said_at("auth") == [b"AUTH LOGIN", b64encode(b"rounds"), b64encode(b"hush")]


@pytest.mark.parametrize(
    ("auth", "cause"),
    [
        (b"535 5.7.8 wrong\r\n", Cause.LOGIN),
        (b"454 4.7.0 not now\r\n", Cause.ROUTE),
        (Deed.DROP, Cause.ROUTE),
        (b"334 more\r\n", Cause.ROUTE),
    ],
    ids=range(4),
)
def test_a_login_that_fails_is_tried_once_and_keeps_its_secret(auth: Step, cause: Cause) -> None:
    with ScriptedSmtp(ehlo=OFFER, auth=auth) as server, pytest.raises(RouteFailed) as failed:
        connect(server, Tls.NONE, user="rounds", secret="hush")
    assert failed.value.outcome.stage is Stage.AUTH
    assert failed.value.outcome.cause is cause
    assert len(server.said_at("auth")) == 1
    assert "hush" not in str(failed.value)


@pytest.mark.parametrize("auth", [b"535 no\r\n", b"235 already in\r\n", Deed.DROP], ids=str)
def test_a_login_by_login_may_fail_at_its_first_step(auth: Step) -> None:
    with (
        ScriptedSmtp(ehlo=b"250-relay\r\n250 AUTH LOGIN\r\n", auth=auth) as server,
        pytest.raises(RouteFailed),
    ):
        connect(server, Tls.NONE, user="rounds", secret="hush")
    assert server.said_at("auth") == [b"AUTH LOGIN"]


def test_a_relay_that_knows_no_login_of_ours_is_named() -> None:
    with (
        ScriptedSmtp(ehlo=b"250-relay\r\n250 AUTH CRAM-MD5\r\n") as server,
        pytest.raises(RouteFailed, match="neither AUTH PLAIN nor AUTH LOGIN"),
    ):
        connect(server, Tls.NONE, user="rounds", secret="hush")


def test_a_secret_is_sent_in_the_clear_only_within_this_machine() -> None:
    # The resolver reads 127.1 as this machine; we do not know that name for it, so it counts as another.
    with ScriptedSmtp(ehlo=OFFER) as server, pytest.raises(RouteFailed, match="under TLS") as failed:
        BlockingConnection(Relay("127.1", server.port, Tls.NONE, "rounds", "hush"))
    assert failed.value.outcome.cause is Cause.LOGIN
    assert server.stages == ["ehlo"]
