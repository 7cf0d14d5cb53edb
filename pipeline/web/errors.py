"""Every error as a page that says what happened and what to do next. Never a trace, a path or a token (S-20)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.core.errors import BadInput, NotFound, Refused, RoundsError, Unavailable

log = logging.getLogger(__name__)
RETRY_AFTER = "60"  # seconds

PAGES: dict[int, tuple[str, str]] = {
    400: ("This request cannot be read", "Go back, check what you typed, and send it again."),
    403: (
        "This did not come from one of our pages",
        "Open the page itself and press its button there. If you came from a link in an email, open it again.",
    ),
    404: (
        "There is nothing here",
        "If you came from an email, open the link from the message again, since it may have been cut short. "
        "If that does not help, write to us and we will do it for you.",
    ),
    405: ("This page cannot do that", "Go back and use the button on the page."),
    409: ("This cannot be done here", "Nothing was changed."),
    413: ("That was too much at once", "Go back and send less."),
    500: (
        "Something went wrong on our side",
        "What you did may not have been saved. Please try again in a few minutes.",
    ),
    503: (
        "We cannot save this just now",
        "Nothing was changed. Please try again in a minute; the link keeps working.",
    ),
}


def error_page(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """The page of a status; `sentence` says more exactly what happened."""
    title, next_move = PAGES[status]
    context = {"title": title, "sentence": sentence, "next_move": next_move, "status": status}
    response = render(request, "error.html", context, status=status)
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A studio form without its token: from another site, or from a page that was open across a sign-in."""
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500)


class ErrorPages:
    """Turns the product's own exceptions, and a database that is away, into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            response.status_code == 405 and not response.content
        ):  # Django says nothing: a person sees a blank page
            page = error_page(request, 405)
            for name in {"Allow", "Cache-Control"} & set(response.headers):
                page.headers[name] = response.headers[name]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match exception:
            case NotFound():
                return error_page(request, 404)  # without its sentence: all look alike (U-24)
            case BadInput():
                return error_page(request, 400, str(exception))
            case Refused():
                return error_page(request, 409, str(exception))
            case Unavailable():
                return error_page(request, 503)
            case RoundsError():
                return error_page(request, 400, str(exception))
            case RequestDataTooBig():
                return error_page(request, 413)
            case DataError():
                return error_page(request, 400)  # a NUL, or a number that no column holds: nobody types those
            case OperationalError() | InterfaceError():
                log.error("database_unavailable", exc_info=exception)
                return error_page(request, 503)
            case _:
                return None  # a mistake of ours: Django logs it and shows the page of 500
