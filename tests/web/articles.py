"""Articles of other people, as they are uploaded, named by an address, or brought by a feed."""

from __future__ import annotations


def body_of(name: str, more: str = "") -> str:
    return f"""<h2>What {name} is</h2><p>{name} is common in adults, and it has many causes that a doctor can find.
    Most people get better within some weeks, and some need treatment for longer than that. {more}</p>
    <h2>Treatment of {name}</h2><p>Rest helps most people with {name}. A pharmacist can say which medicine suits you,
    and a doctor can look for other causes where it does not get better in time.</p>
    <h2>When to get help</h2><p>See a GP if {name} lasts for more than two weeks, or if it gets worse each day.</p>
    <p>This article is for informational purposes only and does not replace medical advice from your doctor.</p>"""


def page_of(name: str, more: str = "") -> str:
    """An article as a web page, with what stands around it."""
    return (
        f"<!doctype html><html lang='en'><head><title>{name}</title></head><body>"
        f"<header><nav><a href='/'>Home</a></nav></header><main>"
        f"<article><h1>{name}</h1>{body_of(name, more)}</article></main>"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    )


def feed_of(*names: str, more: str = "") -> bytes:
    """A feed with whole articles. One that is called News has only a summary."""
    items = "".join(
        f"<item><title>{name}</title><link>https://press.test/{name.lower().replace(' ', '-')}</link>"
        f"<guid isPermaLink='false'>{name}</guid>"
        + (
            "<description>Read more on our site</description>"
            if name == "News"
            else f"<content:encoded><![CDATA[{body_of(name, more)}]]></content:encoded>"
        )
        + "</item>"
        for name in names
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>Press</title>"
        f"<link>https://press.test/</link><description>Health</description>{items}</channel></rss>"
    ).encode()


BACK_PAIN = page_of("Back pain", "The tablets are completely safe.")
