"""Which secrets there are, what is sealed under each, and what the older ones are still needed for (S-16)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from pipeline.actions.set_up_app import seal_use
from pipeline.core.consent.secret_keys import FIRST
from pipeline.gateways import keys
from pipeline.settings import current
from pipeline.store import reseal, seals, second_factors, secret_kids


@dataclass(frozen=True, slots=True)
class Secret:
    """One of them: `people` are the keys of subjects that it wraps, `apps` the secrets of authenticator apps under it,
    `words` what is written in requests of nobody known, `signed_days` the days of the ledger that it signed.
    """

    kid: int
    since: datetime
    in_force: bool
    people: int
    apps: int
    words: int
    signed_days: int

    @property
    def opens(self) -> bool:
        """Whether anything is sealed under it that could be under the one in force."""
        return not self.in_force and bool(self.people or self.apps or self.words)

    @property
    def needed_for(self) -> tuple[str, ...]:
        """Why nobody may throw it away, as ends of sentences; the one in force is needed for everything."""
        if self.in_force:
            return ()
        what = (
            [
                f"opening {self.people:,} people's addresses, {self.apps} second factors and {self.words:,} texts of"
                " requests, until `rounds keys reseal` is done"
            ]
            if self.opens
            else []
        )
        what.append("letting people leave by the links of letters that were sent under it")
        if self.kid == FIRST:
            what.append("finding people by their addresses, also those who said no or were erased")
        if self.signed_days:
            what.append(f"checking the ledger's signatures of {self.signed_days} days")
        return tuple(what)


@dataclass(frozen=True, slots=True)
class Secrets:
    """`unknown`: keys of subjects that no secret of this host opens. `old_codes`: recovery codes of members that were
    made before the secret in force was; they work on, under the secret of their time.
    """

    of: tuple[Secret, ...]
    unknown: int
    old_codes: int

    @property
    def kid(self) -> int:
        return self.of[-1].kid


def look_at_secrets() -> Secrets:
    """As it is now. It reads the row of every subscriber once."""
    people = reseal.subjects_by_secret()
    found = (keys.unseal_kept(sealed, seal_use(member)) for _, member, sealed in reseal.apps())
    apps = Counter(kid_and_secret[0] for kid_and_secret in found if kid_and_secret)
    words = reseal.words_by_secret()
    numbers = keys.ledger_kids()
    days = Counter(numbers.get(anchor.key_id) for anchor in seals.anchors())
    known = secret_kids.every_kid()
    in_force = current().secret_keys.kid
    return Secrets(
        tuple(
            Secret(
                each.kid,
                each.since,
                each.kid == in_force,
                people.get(each.kid, 0),
                apps[each.kid],
                words[each.kid],
                days[each.kid],
            )
            for each in known
        ),
        people.get(None, 0),
        second_factors.codes_made_before(known[-1].since) if len(known) > 1 else 0,
    )
