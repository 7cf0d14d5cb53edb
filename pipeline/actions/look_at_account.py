"""What a member sees of their own account."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.core.accounts.member import Who
from pipeline.core.accounts.second_factor import SecondFactor
from pipeline.core.accounts.session import Session
from pipeline.settings import current
from pipeline.store import identities, second_factors, sessions


@dataclass(frozen=True, slots=True)
class AccountView:
    """`here` is the id of the session that asks. `linked` is None where there is no identity provider."""

    sessions: list[Session]
    here: str
    factors: list[SecondFactor]
    codes_left: int
    linked: bool | None


def look_at_account(who: Who, session_key: str | None) -> AccountView:
    provider = current().identity_provider
    return AccountView(
        sessions=sessions.of_member(who.id),
        here=sessions.id_of(session_key),
        factors=second_factors.of_member(who.id),
        codes_left=second_factors.codes_left(who.id),
        linked=identities.is_linked(who.id, provider.issuer) if provider else None,
    )
