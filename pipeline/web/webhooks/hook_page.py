"""`/hooks/<provider>/`: what providers post. The signature is verified over the raw body, before all else (B-40)."""

from __future__ import annotations

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from structlog import get_logger

from pipeline.actions.hear_provider import hear_provider
from pipeline.core.feedback.provider_event import ProviderEvent
from pipeline.gateways import clock
from pipeline.settings import HOOKS, current
from pipeline.web.webhooks.doors import door

MOST_OF_A_BODY = 4 * 1024 * 1024  # octets: SendGrid and SparkPost post thousands of events at once

log = get_logger()


@method_decorator(csrf_exempt, name="dispatch")
class HookPage(View):
    """The answers are for machines: 200 taken, 403 did not prove itself, 5xx again later."""

    http_method_names = ("post", "head")

    def head(self, request: HttpRequest, provider: str) -> HttpResponse:
        """Some providers ask whether there is a door before they use it."""
        _secret(provider)
        return HttpResponse()

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        secret = _secret(provider)
        body = request.read(MOST_OF_A_BODY + 1)
        if len(body) > MOST_OF_A_BODY:
            return _plain("That was too much at once.", 413)
        request._body = body  # past the limit for forms, which is far lower
        if HOOKS[provider] and "Authorization" not in request.headers:
            # Amazon's SNS sends its password only when it is asked for it.
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="hooks"'})
        view = door(provider, secret)
        try:
            view.run_validators(request)
            events = [_event(event) for event in view.parse_events(request)]
        except AnymailWebhookValidationFailure:
            log.warning("hook.refused", provider=provider)
            return _plain("This did not prove that it is the provider's.", 403)
        except Exception as error:
            # Of whatever kind: providers change their words, and the message of the exception may hold them.
            log.error("hook.unreadable", provider=provider, error=type(error).__name__, octets=len(body))
            return _plain("This cannot be read.", 400)
        hear_provider(provider, events, clock.now())
        return _plain("Thank you.", 200)


def _secret(provider: str) -> str:
    """A provider that is not set up has no door."""
    secret = current().hooks.get(provider)
    if not secret:
        raise Http404
    return secret


def _event(event: AnymailTrackingEvent) -> ProviderEvent:
    said = event.mta_response or event.description or ""
    return ProviderEvent(
        happened=event.event_type or "",
        because=event.reject_reason or "",
        event_id=event.event_id or "",
        occurred_at=event.timestamp,
        said=said if isinstance(said, str) else str(said),
        payload=_plain_data(event.esp_event),
        metadata=event.metadata,
    )


def _plain_data(payload: object) -> object:
    """A form's fields as a mapping of lists; JSON as it is."""
    return dict(payload.lists()) if hasattr(payload, "lists") else payload


def _plain(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", content_type="text/plain; charset=utf-8", status=status)
