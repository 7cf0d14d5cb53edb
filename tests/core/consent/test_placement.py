import pytest

from pipeline.core.consent.placement import read_placement
from pipeline.core.errors import BadInput


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://www.example.org/news/", "https://www.example.org"),
        ("https://WWW.Example.org:443/", "https://www.example.org"),
        ("https://example.org:8443/a", "https://example.org:8443"),
        ("http://blog.test:80/", "http://blog.test"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_the_origin_is_what_a_browser_says(url, origin):
    assert read_placement("blog", url).origin == origin


@pytest.mark.parametrize("name", ["", "Blog", "a b", "-a", "a-", "x" * 41, "é", "a/b", "signup-page"])
def test_a_name_that_cannot_be_in_a_path_or_is_ours_is_refused(name):
    with pytest.raises(BadInput):
        read_placement(name, "https://www.example.org/")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "www.example.org",
        "ftp://example.org/",
        "https://",
        "https://user@example.org/",
        "https://example.org:0/",
        "https://example.org:x/",
        "https://example.org/?a=1",
        "https://example.org/#a",
        "https://exa mple.org/",
        "https://b\u00fccher.example/",
        "javascript:alert(1)",
        "https://example.org/" + "a" * 300,
    ],
)
def test_what_is_no_page_is_refused(url):
    with pytest.raises(BadInput):
        read_placement("blog", url)
