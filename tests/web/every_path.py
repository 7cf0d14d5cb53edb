"""Every path that the resolver knows, by its name."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def every_path(patterns=None) -> Iterator[tuple[str, URLPattern]]:
    """(name, path); one without a name is called by what it calls."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(each, URLResolver):
            yield from every_path(each.url_patterns)
        elif isinstance(each, URLPattern):
            yield each.name or f"{each.callback.__module__}.{each.callback.__name__}", each


def takes_post(path: URLPattern) -> bool:
    """Whether a POST gets further than 405. A view that is a function takes whatever comes."""
    view = getattr(path.callback, "view_class", None)
    return view is None or (hasattr(view, "post") and "post" in view.http_method_names)
