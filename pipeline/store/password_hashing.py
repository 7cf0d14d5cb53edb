"""How passwords are kept: Argon2id."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """With the second set of parameters that RFC 9106 4 recommends: 64 MiB, three passes, four lanes.

    Django's own asks for 100 MiB, which is dear where many try to sign in at once. An older hash is made anew when
    its owner signs in.
    """

    time_cost = 3
    memory_cost = 64 * 1024  # KiB
    parallelism = 4
