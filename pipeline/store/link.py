"""A sender's own connections to PostgreSQL: asyncio beside Django's, to the same database."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import connection

# A sender runs a handful of statements, each of which finds few rows by their keys, in the order in which it names the
# tables. Its plans must not depend on what the tables looked like when statistics were last taken: of a list that has
# just grown these know nothing yet, and one plan that starts from the mailing reads a million rows to find twenty.
# Nor is a plan made twice: to plan one of these costs more than to run it.
_SESSION = """
SELECT set_config('synchronous_commit', 'on', false), set_config('jit', 'off', false),
       set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false), set_config('enable_bitmapscan', 'off', false),
       set_config('join_collapse_limit', '1', false), set_config('from_collapse_limit', '1', false),
       set_config('plan_cache_mode', 'force_generic_plan', false), set_config('lock_timeout', '5s', false),
       set_config('statement_timeout', '30s', false),
       set_config('idle_in_transaction_session_timeout', '60s', false)
"""


# A database host that vanishes says nothing: without these the kernel waits a quarter of an hour, and so would we.
_PATIENCE = {
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


async def connect(*, durable: bool = True) -> psycopg.AsyncConnection[Any]:
    """A connection that commits each statement by itself, and waits for the disk when it does (delivery.md, fact 6).

    Not `durable`: it does not wait. Good for claims alone: one that a crash of the database takes back is refused by
    the intent, and the delivery is in the queue again.
    """
    wanted: dict[str, Any] = dict(connection.get_connection_params())
    for ours in ("cursor_factory", "context", "prepare_threshold"):
        wanted.pop(ours, None)
    link: psycopg.AsyncConnection[Any] = await psycopg.AsyncConnection.connect(
        **(_PATIENCE | wanted), autocommit=True, prepare_threshold=1
    )
    await link.execute(_SESSION)
    if not durable:
        await link.execute("SET synchronous_commit = off")
    return link
