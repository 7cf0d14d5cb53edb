"""What providers post, in the form that their pages describe. Written for the tests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

USER = "hooks:correct horse battery"
KEY = "a key that the provider shows, once"
_SENDGRID = ec.derive_private_key(4711, ec.SECP256R1())
SENDGRID_KEY = base64.b64encode(
    _SENDGRID.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
).decode()
RESEND_KEY = "whsec_" + base64.b64encode(b"a key of resend, 24 octets or more").decode()
SAID = "550 5.1.1 <ada@readers.test>: no such user"
FULL = "452 4.2.2 mailbox full"


@dataclass(frozen=True)
class Post:
    """A body, and the headers that prove it (of WSGI, so `HTTP_`)."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def basic(payload: object) -> Post:
    return Post(json.dumps(payload).encode(), {"HTTP_AUTHORIZATION": _basic(USER)})


def _basic(user: str) -> str:
    return "Basic " + base64.b64encode(user.encode()).decode()


def mailgun(payload: dict, token: str = "t" * 50) -> Post:
    moment = "1795510800"
    signed = hmac.new(KEY.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    block = {"timestamp": moment, "token": token, "signature": signed}
    return Post(json.dumps({"signature": block, "event-data": payload}).encode())


def _hex(header: str) -> Callable[[object], Post]:
    def post(payload: object) -> Post:
        body = json.dumps(payload).encode()
        return Post(body, {header: hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()})

    return post


mailersend, mailtrap = _hex("HTTP_SIGNATURE"), _hex("HTTP_MAILTRAP_SIGNATURE")


def sendgrid(payload: object) -> Post:
    body, moment = json.dumps(payload).encode(), "1795510800"
    signed = _SENDGRID.sign(moment.encode() + body, ec.ECDSA(hashes.SHA256()))
    name = "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_"
    return Post(body, {f"{name}SIGNATURE": base64.b64encode(signed).decode(), f"{name}TIMESTAMP": moment})


def resend(payload: object) -> Post:
    body = json.dumps(payload).encode()
    key = base64.b64decode(RESEND_KEY.removeprefix("whsec_"))
    signed = base64.b64encode(hmac.digest(key, b"msg_1.1795510800." + body, "sha256")).decode()
    return Post(
        body,
        {
            "HTTP_SVIX_ID": "msg_1",
            "HTTP_SVIX_TIMESTAMP": "1795510800",
            "HTTP_SVIX_SIGNATURE": f"v1,c29tZXRoaW5n v1,{signed}",
        },
    )


def sns(event: object) -> Post:
    message = {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:eu-west-2:1:ses",
        "Timestamp": "2026-11-24T09:00:00.000Z",
        "Message": json.dumps(event),
    }
    found = basic(message)
    types = {"HTTP_X_AMZ_SNS_MESSAGE_TYPE": "Notification", "HTTP_X_AMZ_SNS_MESSAGE_ID": "sns-1"}
    return Post(found.body, {**found.headers, **types})


SECRETS = {
    "amazon_ses": USER,
    "brevo": USER,
    "mailersend": KEY,
    "mailgun": KEY,
    "mailjet": USER,
    "mailtrap": KEY,
    "postmark": USER,
    "resend": RESEND_KEY,
    "sendgrid": SENDGRID_KEY,
    "sparkpost": USER,
}


def _ses(kind: str, detail: dict, message_id: str) -> dict:
    headers = [{"name": "Message-ID", "value": message_id}]
    mail = {"messageId": "ses-1", "destination": ["ada@readers.test"], "headers": headers}
    return {"eventType": kind, "mail": mail, kind.lower(): detail}


def hard(provider: str, uid: str, message_id: str) -> Post:
    """A permanent bounce: no such mailbox."""
    match provider:
        case "amazon_ses":
            who = [{"emailAddress": "ada@readers.test", "status": "5.1.1", "diagnosticCode": f"smtp; {SAID}"}]
            detail = {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": who}
            return sns(_ses("Bounce", detail, message_id))
        case "brevo":
            return basic(
                {"event": "hard_bounce", "message-id": message_id, "reason": SAID, "ts_epoch": 1795510800000}
            )
        case "mailersend":
            mail = {
                "message": {"id": "m1"},
                "recipient": {"email": "ada@readers.test"},
                "headers": {"id": message_id},
            }
            data = {"type": "hard_bounced", "morph": {"reason": SAID}, "email": mail}
            return mailersend(
                {"type": "activity.hard_bounced", "created_at": "2026-11-24T09:00:00Z", "data": data}
            )
        case "mailgun":
            status = {"code": 550, "message": SAID, "description": ""}
            headers = {"message-id": message_id.strip("<>")}
            return mailgun(
                {
                    "event": "failed",
                    "severity": "permanent",
                    "reason": "bounce",
                    "id": "mg-1",
                    "timestamp": 1795510800.5,
                    "delivery-status": status,
                    "message": {"headers": headers},
                    "recipient": "ada@readers.test",
                }
            )
        case "mailjet":
            payload = json.dumps({"delivery": uid})
            event = {"event": "bounce", "time": 1795510800, "hard_bounce": True, "error": "user unknown"}
            return basic(
                [{**event, "error_related_to": "recipient", "Payload": payload, "email": "ada@readers.test"}]
            )
        case "mailtrap":
            event = {"event": "bounce", "event_id": "mt-1", "timestamp": 1795510800, "response": SAID}
            more = {"message_id": "x", "email": "ada@readers.test", "custom_variables": {"delivery": uid}}
            return mailtrap({"events": [{**event, **more}]})
        case "postmark":
            event = {"RecordType": "Bounce", "Type": "HardBounce", "ID": 42, "Details": f"smtp;{SAID}"}
            more = {
                "Metadata": {"delivery": uid},
                "Email": "ada@readers.test",
                "BouncedAt": "2026-11-24T09:00:00Z",
            }
            return basic({**event, **more, "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483"})
        case "resend":
            bounce = {
                "message": "The host sent a hard bounce message.",
                "type": "Permanent",
                "subType": "General",
            }
            headers = [{"name": "Message-ID", "value": message_id}]
            data = {"email_id": "r1", "to": ["ada@readers.test"], "bounce": bounce, "headers": headers}
            return resend({"type": "email.bounced", "created_at": "2026-11-24T09:00:00.000Z", "data": data})
        case "sendgrid":
            event = {"event": "bounce", "type": "bounce", "sg_event_id": "sg-1", "timestamp": 1795510800}
            more = {"reason": SAID, "status": "5.1.1", "smtp-id": message_id, "email": "ada@readers.test"}
            return sendgrid([{**event, **more}])
        case "sparkpost":
            event = {"type": "bounce", "bounce_class": "10", "event_id": "sp-1", "timestamp": "1795510800"}
            more = {"raw_reason": SAID, "reason": SAID, "rcpt_meta": {"delivery": uid}, "message_id": "sp-m"}
            return basic([{"msys": {"message_event": {**event, **more}}}])
    raise AssertionError(provider)
