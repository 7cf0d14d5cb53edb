"""Asks whether the page of a reference is still there, by the one door to the web (`gateways.fetch`, S-12).

HEAD is asked first, and GET where a server does not know it; of neither is a body read.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.content.references import identifiers
from pipeline.core.content.references.links import LinkAnswer, LinkState, of_status
from pipeline.core.errors import BadInput, Unavailable
from pipeline.gateways import fetch
from pipeline.gateways.fetch import Answer, NoSuchSite, Outside

SECONDS = 10.0  # for one address with all its redirects


def status_of(url: str, outside: Outside | None = None) -> LinkAnswer:
    """What became of asking for `url`. Nothing is raised: what goes wrong is an answer."""
    door = outside or replace(fetch.the_world(), seconds=SECONDS)
    try:
        answer = _asked(url, door)
    except NoSuchSite:
        return LinkAnswer(LinkState.NO_HOST, "is at a host that does not exist")
    except BadInput as error:
        return LinkAnswer(LinkState.UNSURE, f"was not asked for: {_reason(error)}")
    except Unavailable as error:
        return LinkAnswer(LinkState.UNSURE, f"gave no answer: {_reason(error)}")
    state, why = of_status(answer.status)
    same = identifiers.address_key(answer.url) == identifiers.address_key(url)
    if state is LinkState.LIVE and answer.moved and not same:
        return LinkAnswer(LinkState.MOVED, f"has moved to {answer.url[:200]}", answer.status, answer.url)
    return LinkAnswer(state, why, answer.status, answer.url)


def _asked(url: str, door: Outside) -> Answer:
    answer = fetch.ask(url, method="HEAD", outside=door)
    if answer.status >= 400:  # some servers answer HEAD as they please
        answer = fetch.ask(url, whole=False, outside=door)
    return answer


def _reason(error: BadInput | Unavailable) -> str:
    """The sentence without the address before it, and without its full stop: it ends another sentence."""
    told = str(error)
    return told.partition(": ")[2].rstrip(".") if ": " in told else told.rstrip(".")
