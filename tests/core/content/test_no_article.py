"""What is refused as no article, and articles that only look like it."""

from __future__ import annotations

import pytest

from pipeline.core.content.importers import read
from pipeline.core.errors import BadInput

SENTENCE = "A cold is an infection of the nose and throat, and most people get better within ten days. "
LONG = SENTENCE * 12


def html(body: str, title: str = "Colds", head: str = "") -> bytes:
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()
    )


TEASER = "<article><h2><a href='/{0}'>Story {0}</a></h2><p>Words about it.</p><a href='/{0}'>Read more</a></article>"
NOT_FREE = (
    '<script type="application/ld+json">{"@type": "Article", "headline": "Colds", "isAccessibleForFree": '
    '"False"}</script>'
)
ABSTRACT = "".join(
    f"<h2>{part}</h2><p>{SENTENCE}</p>" for part in ("Background", "Methods", "Results", "Conclusions")
)
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>'

REFUSED = {
    "script alone": (
        "a.html",
        html("<div id=root></div><script src=app.js></script><script>start()</script>"),
        "script would fill: it holds 2 scripts",
    ),
    "a plea for script": (
        "a.html",
        html("<noscript>You need to enable JavaScript to run this app.</noscript>"),
        "script",
    ),
    "the same as text": (
        "a.txt",
        b"App\n\nPlease enable JavaScript to view this page.\n",
        "script would fill",
    ),
    "a guard": (
        "a.html",
        html("<h1>harbour.example</h1><p>Checking your browser before you go on.</p>", "Just a moment..."),
        "keeps robots out: it says 'Just a moment'",
    ),
    "a captcha as text": (
        "a.txt",
        b"One more step\n\nPlease complete the captcha to go on.\n",
        "keeps robots out",
    ),
    "not found": (
        "a.html",
        html("<h1>Page not found</h1><p>Try the menu.</p>", "404 | Harbour"),
        "an error page",
    ),
    "forbidden": ("a.html", html("<h1>Forbidden</h1><p>You may not see this.</p>", "403"), "an error page"),
    "a wall at the end": (
        "a.html",
        html(
            f"<article><h1>Colds</h1><p>{LONG}</p><p>Subscribe to continue reading this article.</p></article>"
        ),
        "behind a paywall: it says 'Subscribe to continue reading",
    ),
    "a wall beside a text that breaks off": (
        "a.html",
        html(
            f"<article><h1>Colds</h1><p>{LONG}</p><p>The treatment is</p></article><div class=subscribe>Log in to read "
            "the full story</div>"
        ),
        "behind a paywall",
    ),
    "data that say so": (
        "a.html",
        html(f"<article><h1>Colds</h1><p>{LONG}</p></article>", head=NOT_FREE),
        "not free to read",
    ),
    "a wall in plain text": (
        "a.txt",
        f"Colds\n\nWhat to do\n\n{LONG}\n\nSign in to read the full article.\n".encode(),
        "behind a paywall",
    ),
    "a teaser": (
        "a.html",
        html(f"<h1>Colds</h1><p>{SENTENCE} And then … Continue reading</p>"),
        "it breaks off at",
    ),
    "an abstract in headings": (
        "a.html",
        html(f"<h1>A trial of rest</h1>{ABSTRACT}"),
        "the abstract of a paper: its parts",
    ),
    "an abstract in labels": (
        "a.txt",
        f"A trial of rest\n\nAbstract\n\nBackground: {SENTENCE}\n\nMethods: {SENTENCE}\n\nResults: x.\n".encode(),
        "the abstract of a paper",
    ),
    "one page of five": (
        "a.html",
        html(f"<h1>Colds</h1><p>{LONG}</p><div class=pager>Page 1 of 5</div>"),
        "it says 'Page 1 of 5'",
    ),
    "a next page": (
        "a.html",
        html(
            f"<h1>Colds</h1><p>{LONG}</p>",
            head="<link rel=canonical href=https://x.test/colds><link rel=next href=https://x.test/colds/2/>",
        ),
        "one page of several",
    ),
    "one page of three as text": (
        "a.txt",
        f"Colds\n\nWhat to do\n\n{LONG}\n\nPage 2 of 3\n".encode(),
        "'Page 2 of 3'",
    ),
    "the pages of WordPress": (
        "a.html",
        html(f"<h1>Colds</h1><p>{LONG}</p><div class=page-links>Pages: <span>1</span> <a href=2>2</a></div>"),
        "it says 'Pages: 1 2'",
    ),
    "teasers": (
        "a.html",
        html("<main>" + "".join(TEASER.format(n) for n in range(6)) + "</main>", "News"),
        "lists articles: 6 of its parts",
    ),
    "links": (
        "a.html",
        html("<main><h1>A to Z</h1><ul>" + "<li><a href=/x>Aches and pains</a></li>" * 30 + "</ul></main>"),
        "% of its words are links",
    ),
    "a listing as text": (
        "a.txt",
        b"News\n\n" + b"A story\n\nWords about it.\n\nRead more\n\n" * 5,
        "lists articles",
    ),
    "a guard in Markdown": (
        "a.md",
        b"# Just a moment...\n\nChecking your browser before you go on.\n",
        "keeps robots out",
    ),
    "an error page in Markdown": (
        "a.md",
        b'---\ntitle: "404 Not Found"\ndate: 2026-01-01\n---\n\nTry the menu.\n',
        "an error page",
    ),
    "a plea for script in Markdown": (
        "a.md",
        b"# App\n\nYou need to **enable JavaScript** to run this app.\n".replace(b"**", b""),
        "script",
    ),
    "a wall in Markdown": (
        "a.md",
        f"# Colds\n\n{LONG}\n\n**Subscribe to continue reading this article.**\n".encode(),
        "behind a paywall",
    ),
    "a wall in our own form": (
        "a.md",
        f"---\ntitle: Colds\n---\n\n## What to do\n\n{LONG}\n\nSign in to read the full article.\n".encode(),
        "behind a paywall",
    ),
    "a teaser in Markdown": (
        "a.md",
        f"# Colds\n\n{SENTENCE} And then …\n\n[Continue reading](https://x.test/colds)\n".encode(),
        "it breaks off at",
    ),
    "an abstract in Markdown": (
        "a.md",
        f"# A trial of rest\n\n## Background\n\n{SENTENCE}\n\n## Methods\n\n{SENTENCE}\n\n## Results\n\nx.\n".encode(),
        "the abstract of a paper: its parts",
    ),
    "an abstract in bold labels": (
        "a.md",
        f"# Rest\n\n**Background:** {SENTENCE}\n\n**Methods:** {SENTENCE}\n\n**Results:** x.\n".encode(),
        "the abstract of a paper",
    ),
    "one page of five in Markdown": (
        "a.md",
        f"# Colds\n\n{LONG}\n\n*Page 1 of 5*\n".encode(),
        "'Page 1 of 5'",
    ),
    "a next page in Markdown": (
        "a.md",
        f"# Colds\n\n{LONG}\n\n[Next page](/colds/2)\n".encode(),
        "one page of several",
    ),
    "teasers in Markdown": (
        "a.md",
        b"# News\n\n" + b"## [A story](/a)\n\nWords about it.\n\n[Read more](/a)\n\n" * 5,
        "lists articles",
    ),
    "links in Markdown": (
        "a.md",
        b"# A to Z\n\n" + b"- [Aches and pains](/aches)\n" * 20,
        "lists articles: 20 of its lines",
    ),
    "a feed as a page": ("a.html", FEED, "a feed \\(RSS\\), which holds many articles"),
    "a feed as text": ("a.txt", FEED, "Import it as a feed"),
    "a JSON Feed": ("a.json", b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "a JSON Feed"),
    "an Atom feed": ("a.xml", b'<feed xmlns="http://www.w3.org/2005/Atom"></feed>', "an Atom feed"),
    "an export": (
        "a.xml",
        FEED.replace(b"><channel", b' xmlns:wp="http://wordpress.org/export/1.2/"><channel'),
        "a WordPress export",
    ),
    "no paragraph": ("a.html", html("<h1>Colds</h1><nav><a href=/>Home</a></nav>"), "no article on the page"),
    "no title": ("a.html", b"<p>Words without a title.</p>", "The page has no title"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_article_is_refused_with_its_sign_and_the_next_move(name: str) -> None:
    file, source, sign = REFUSED[name]
    with pytest.raises(BadInput, match=sign) as refusal:
        read(file, source)
    assert str(refusal.value).startswith(f"{file}:")
    assert str(refusal.value).count(". ") >= 1, "the next move is a sentence of its own"


ARTICLES = {
    "on captchas": html(
        f"<h1>Why captchas tire people out</h1><p>{LONG}</p><p>You verify you are human.</p>"
    ),
    "on a numbered error": html(f"<h1>404 children with asthma: a study</h1><p>{LONG * 3}</p>"),
    "with a promotion": html(
        f"<article><h1>Colds</h1><p>{LONG}</p>"
        "<p>Subscribe to our newsletter to read more articles like this.</p></article>"
    ),
    "of members": html(
        f"<h1>Family members</h1><p>{LONG}</p><p>Already a subscriber of one idea, read on.</p>"
        + f"<p>{LONG}</p>" * 4
    ),
    "with a log-in in its menu": html(f"<nav>Log in to read the full site</nav><h1>Colds</h1><p>{LONG}</p>"),
    "with one part named as in papers": html(
        f"<h1>Colds</h1><h2>Background</h2><p>{SENTENCE}</p><h2>Methods of blowing your nose</h2><p>{SENTENCE}</p>"
        f"<h2>Symptoms</h2><p>{SENTENCE}</p>"
    ),
    "a whole paper": html("<h1>A trial of rest</h1>" + ABSTRACT.replace("</p>", f"{LONG}</p>")),
    "with its pages counted": html(
        f"<h1>Colds</h1><p>{LONG}</p><p>See page 1 of 5 in the leaflet.</p><div>Page 1 of 1</div>"
    ),
    "with many links": html(
        f"<h1>Colds</h1><p>{LONG}</p>" + f"<p>{LONG}<a href=https://x.test/a>Read more</a></p>" * 5
    ),
    "that needs script for one thing": html(
        f"<h1>Colds</h1><noscript>Enable JavaScript for the map.</noscript><p>{LONG * 2}</p>"
    ),
    "that is free": html(f"<h1>Colds</h1><p>{LONG}</p>", head=NOT_FREE.replace("False", "True")),
}


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_that_only_looks_like_it_is_read(name: str) -> None:
    assert read("a.html", ARTICLES[name]).article.sections


IN_MARKDOWN = {
    "with many links": f"# Colds\n\n{LONG}\n\n" + f"{LONG} [Read more](https://x.test/a)\n\n" * 5,
    "with a table of contents": "# Colds\n\n" + "- [A part](#a-part)\n" * 14 + f"\n## A part\n\n{LONG}\n",
    "with linked sources": f"# Colds\n\n## A\n\n{LONG}\n\n{LONG}\n\n## References\n\n"
    + "- [Sample A. Colds. 2020.](https://x.test/a)\n" * 14,
    "with a promotion": f"# Colds\n\n{LONG}\n\nSubscribe to our newsletter to read more articles like this.\n",
    "on paywalls": f"# Why papers ask you to subscribe to continue reading\n\n{LONG}\n\n{LONG}\n",
}


@pytest.mark.parametrize("name", IN_MARKDOWN)
def test_an_article_in_markdown_that_only_looks_like_it_is_read(name: str) -> None:
    assert read("a.md", IN_MARKDOWN[name].encode()).article.sections
