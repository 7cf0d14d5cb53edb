"""The webhooks of providers, read by django-anymail's views: which view, and how its secret is handed to it.

A provider without a secret in the settings has no door at all. What anymail leaves to others is added here: the SNS
events of Amazon without Amazon's library, and Resend's signatures without Svix's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from anymail.exceptions import AnymailNotSupportedWarning, AnymailWebhookValidationFailure
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailBasicAuthMixin
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailersend import MailerSendTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.mailtrap import MailtrapTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare


class Sns(AmazonSESTrackingWebhookView):  # type: ignore[misc]  # anymail has no types
    """Amazon's events without boto3. A subscription is confirmed by a person, in Amazon's console."""

    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)
        # Its password first, and only then what it says.
        self.validators = [
            AnymailBasicAuthMixin.validate_request,
            AmazonSESTrackingWebhookView.validate_request,
        ]

    def auto_confirm_sns_subscription(self, sns_message: Mapping[str, object]) -> None:
        """Fetch nothing: the address to fetch is in a message from outside (SSRF)."""


class Resend(ResendTrackingWebhookView):  # type: ignore[misc]
    """Signatures in the manner of Standard Webhooks: HMAC-SHA256 over id, time and body."""

    warn_if_no_basic_auth = False

    def __init__(self, signing_key: str) -> None:
        self._key = base64.b64decode(signing_key.removeprefix("whsec_"))
        AnymailBaseWebhookView.__init__(self, webhook_secret=[])
        # Svix's own check is the mixin's, and Basic authentication is not Resend's.
        self.validators = [Resend.verify]

    def verify(self, request: HttpRequest) -> None:
        try:
            name, moment = request.headers["svix-id"], request.headers["svix-timestamp"]
            given = request.headers["svix-signature"].split()
        except KeyError as error:
            raise AnymailWebhookValidationFailure("Resend webhook called without its signature") from error
        signed = f"{name}.{moment}.".encode() + request.body
        expected = base64.b64encode(hmac.digest(self._key, signed, hashlib.sha256)).decode()
        if not any(constant_time_compare(one.removeprefix("v1,"), expected) for one in given):
            raise AnymailWebhookValidationFailure("Resend webhook called with incorrect signature")


Door = Callable[[str], AnymailBaseWebhookView]


def _basic(view: type[AnymailBaseWebhookView]) -> Door:
    return lambda secret: view(webhook_secret=[secret])


def _signed(view: type[AnymailBaseWebhookView], name: str) -> Door:
    return lambda secret: view(webhook_secret=[], **{name: secret})


DOORS: Mapping[str, Door] = {
    "amazon_ses": _basic(Sns),
    "brevo": _basic(BrevoTrackingWebhookView),
    "mailersend": _signed(MailerSendTrackingWebhookView, "signing_secret"),
    "mailgun": _signed(MailgunTrackingWebhookView, "webhook_signing_key"),
    "mailjet": _basic(MailjetTrackingWebhookView),
    "mailtrap": _signed(MailtrapTrackingWebhookView, "tracking_secret"),
    "postmark": _basic(PostmarkTrackingWebhookView),
    "resend": Resend,
    "sendgrid": _signed(SendGridTrackingWebhookView, "tracking_webhook_verification_key"),
    "sparkpost": _basic(SparkPostTrackingWebhookView),
}


def door(provider: str, secret: str) -> AnymailBaseWebhookView:
    """The view that checks and reads what a provider posts. Raises ValueError for a secret that it cannot use."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AnymailNotSupportedWarning)  # of SendGrid: our tests stand for it
        try:
            return DOORS[provider](secret)
        except (ValueError, binascii.Error, TypeError) as error:
            raise ValueError(f"ROUNDS_HOOK_{provider.upper()} is not a secret of this provider") from error
