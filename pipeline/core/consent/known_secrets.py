"""Whether the secrets of a host are those that a database was used under (S-16)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

OTHER = (
    "Secret number {kid} of this host is not the one of the database, which was used under another ROUNDS_SECRET_KEY."
    " With this one nobody would be found by their address, nor anybody who said no. Set the one that fits: from a host"
    " that works, or from your copy. To change the secret on purpose, keep the old one beside the new:"
    " `rounds keys rotate` says how."
)
BEHIND = (
    "The secret was changed: number {kid} is in force, and this host has only those before it. Give it the new"
    " ROUNDS_SECRET_KEY, with the one that it has now among ROUNDS_OLD_SECRET_KEYS; or copy secret-key and"
    " old-secret-keys from the data folder of the host where it was changed. Then start everything here anew."
)
MISSING = (
    "An older secret is missing: number {kid}. Links in letters that were sent under it would not let anybody leave."
    " Put it back into ROUNDS_OLD_SECRET_KEYS, as {kid}:SECRET, or into old-secret-keys in the data folder."
)
NEVER = (
    "Secret number {kid} was never in force in this database, which knows newer ones. Take it out of"
    " ROUNDS_OLD_SECRET_KEYS, or give it the number that it had."
)


def misfit(ours: Mapping[int, bytes], known: Mapping[int, bytes]) -> str | None:
    """Why a host may not work on a database, as a sentence; None where it may. Both map numbers to check values.

    A number above all that the database knows is a change of the secret, which it has still to learn of.
    """
    for kid, value in known.items():
        if kid in ours and not hmac.compare_digest(ours[kid], value):
            moved = (
                ours[kid] in known.values()
            )  # it is one of ours: it has this number because that one is left out
            return (MISSING if moved else OTHER).format(kid=kid)
    newest = max(known, default=0)
    if newest > max(ours):
        return BEHIND.format(kid=newest)
    for kid in sorted(known.keys() - ours.keys()):
        return MISSING.format(kid=kid)
    for kid in sorted(ours.keys() - known.keys()):
        if kid < newest:
            return NEVER.format(kid=kid)
    return None
