"""A small OpenID provider on a free port, which can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "rounds of ours", "a secret: with signs"


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """`subject` and `email` are who signs in there. `lie` changes the claims of the next tokens."""

    issuer: str = ""
    subject: str = "subject-of-maya"
    email: str = "maya@clinic.test"
    email_verified: bool = True
    lie: Callable[[dict[str, Any]], dict[str, Any]] = dict
    sign: Callable[[dict[str, Any]], str] | None = None  # in place of our key
    key: rsa.RSAPrivateKey = field(default_factory=_key)
    pending: dict[str, dict[str, str]] = field(default_factory=dict)  # by code: what was asked
    asked: list[str] = field(default_factory=list)  # every path

    def be_honest(self) -> None:
        """Forget what the last test made of it."""
        self.subject, self.email, self.email_verified = "subject-of-maya", "maya@clinic.test", True
        self.lie, self.sign = dict, None
        self.asked.clear()

    def authorise(self, address: str) -> dict[str, str]:
        """Somebody signs in at the page that `address` is of. Returns the query of the way back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.pending[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def exchange(self, form: dict[str, str], header: str) -> tuple[int, dict[str, Any]]:
        asked = self.pending.pop(form.get("code", ""), None)
        pair = base64.b64decode(header.removeprefix("Basic ")).decode()
        if [unquote(part) for part in pair.split(":")] != [CLIENT, SECRET]:
            return 401, {"error": "invalid_client"}
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proved = (
            asked and asked["code_challenge"] == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        )
        if not asked or not proved or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": self.email,
            "email_verified": self.email_verified,
        }
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self.token(self.lie(claims))}

    def token(self, claims: dict[str, Any]) -> str:
        if self.sign is not None:
            return self.sign(claims)
        return jwt.encode(claims, self.key, "RS256", {"kid": "one"})

    def published(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def described(self) -> dict[str, Any]:
        doors = {"authorization_endpoint": "authorise", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in doors.items()}}


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            if parts.path == "/authorise":
                back = provider.authorise(self.path)
                [to] = parse_qs(parts.query)["redirect_uri"]
                self.send_response(302)
                self.send_header("Location", f"{to}?{urlencode(back)}")
                self.end_headers()
            elif parts.path == "/.well-known/openid-configuration":
                self._answer(200, provider.described())
            elif parts.path == "/keys":
                self._answer(200, provider.published())
            else:
                self._answer(404, {})

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(*provider.exchange(dict(parse_qsl(body)), self.headers.get("Authorization", "")))

        def _answer(self, status: int, value: dict[str, Any]) -> None:
            text = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
