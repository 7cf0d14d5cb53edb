"""Notes who asks, so that the audit log can say from which network and in which request something was done (S-15)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from pipeline.core.consent.limits import network_of
from pipeline.gateways.asking import asked_from
from pipeline.web.client import client_ip


class AskedFrom:
    """The answer to a page for members names its request, as the log does: `X-Request-Id`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with asked_from(lambda: network_of(client_ip(request))) as request_id:
            response = self.get_response(request)
            if request.path.startswith(("/studio/", "/inbox/")):
                response.headers["X-Request-Id"] = request_id
            return response
