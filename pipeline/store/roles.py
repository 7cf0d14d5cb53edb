"""What the role that runs Rounds may do, which is less than the role that owns the tables (S-16, delivery.md G10).

It adds to the ledger and reads it. UPDATE, DELETE and TRUNCATE of an append-only table it does not have, so that the
guards are a second wall and not the only one; and it owns nothing, so that it cannot take a guard down.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import ProgrammingError, connection, transaction
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from pipeline.core.errors import Refused

# What the guards refuse to everybody (migrations 0002 and on), so that the role need not be allowed it either: the bits
# are those of pg_trigger.h. A guard of some columns leaves the others to be written.
_GUARDED = """
SELECT c.relname, bool_or(t.tgtype & 16 <> 0 AND t.tgattr = ''), bool_or(t.tgtype & 8 <> 0)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE NOT t.tgisinternal AND p.proname = 'refuse_change' AND c.relnamespace = current_schema()::regnamespace
 GROUP BY c.relname ORDER BY c.relname
"""
_ROLES = """
SELECT DISTINCT r.rolname FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
 WHERE c.oid = 'consent_event'::regclass AND a.privilege_type = 'INSERT' AND a.grantee <> c.relowner ORDER BY 1
"""
_ABOUT = """
SELECT r.rolsuper, pg_has_role(r.oid, c.relowner, 'MEMBER') FROM pg_roles r, pg_class c
 WHERE r.rolname = %s AND c.oid = 'consent_event'::regclass
"""


@dataclass(frozen=True, slots=True)
class Granted:
    """`made`: the role is new, and has no password yet. `append_only` names the tables it can only add to and read."""

    role: str
    made: bool
    append_only: tuple[str, ...]


def grant(role: str) -> Granted:
    """Let a role run Rounds on these tables, and no more. Makes it if it is missing. Safe to repeat.

    Refused for a role that owns the tables or is a superuser, which no grant binds; and where the role that is
    connected may not grant.
    """
    try:
        with transaction.atomic():
            made = _ensure(role)
            return Granted(role, made, tuple(_grant(role)))
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise Refused(
            f"The role that is connected may not do that ({str(error).strip()}). Connect as the role that owns the"
            " tables; and if it may not make roles, let an administrator of the server make this one first."
        ) from error


def grant_anew() -> None:
    """After a migration: what it added is granted, or held back, to the roles that run Rounds already."""
    for role in _names(_ROLES):
        grant(role)


def _ensure(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, [role])
        found = cursor.fetchone()
        if found is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            return True
    if any(found):
        raise Refused(
            f"{role} owns the tables or is a superuser, and nothing that is granted or withheld binds it. Name another"
            " role, for `rounds run` and `rounds web` to connect as."
        )
    return False


def _grant(role: str) -> list[str]:
    append_only = []
    name, schema = sql.Identifier(role), sql.Identifier(_names("SELECT current_schema()")[0])
    database = sql.Identifier(_names("SELECT current_database()")[0])
    statements = [
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "REVOKE CREATE ON SCHEMA {schema} FROM {role}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        "GRANT UPDATE ON SEQUENCE delivery_number TO {role}",
        "GRANT EXECUTE ON FUNCTION hold_ledger(), make_period(date) TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        "REVOKE DELETE ON suppression FROM {role}",  # a no is ended, and never removed (B-31)
        # What this role makes later, such as the table of a month. After a migration all is granted anew.
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    ]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(role=name, schema=schema, database=database))
        cursor.execute(_GUARDED)
        for table, update, delete in cursor.fetchall():
            refused = [*(["UPDATE"] if update else []), *(["DELETE"] if delete else []), "TRUNCATE"]
            withheld = sql.SQL(", ").join(map(sql.SQL, refused))
            cursor.execute(sql.SQL("REVOKE {} ON {} FROM {}").format(withheld, sql.Identifier(table), name))
            if update and delete:
                append_only.append(table)
    return append_only


def _names(statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]
