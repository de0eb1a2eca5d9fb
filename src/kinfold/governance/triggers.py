"""
The database's own refusal to change the audit trail, and the trigger that moves its head.

The model refuses too, but a database is reached by other ways than the model.
"""

from __future__ import annotations

from typing import Any

TABLE, HEAD = "governance_auditentry", "governance_audithead"

SQLITE = {
    "audit_not_changed": f"""
        CREATE TRIGGER audit_not_changed BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END""",
    "audit_not_shortened": f"""
        CREATE TRIGGER audit_not_shortened BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the audit trail is never shortened'); END""",
    "audit_moves_head": f"""
        CREATE TRIGGER audit_moves_head AFTER INSERT ON {TABLE}
        BEGIN UPDATE {HEAD} SET number = NEW.number, hash = NEW.hash WHERE id = 1; END""",
}

POSTGRES_FUNCTIONS = f"""
    CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit trail is never changed or shortened'; END $$;
    CREATE OR REPLACE FUNCTION audit_moves_head() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN UPDATE {HEAD} SET number = NEW.number, hash = NEW.hash WHERE id = 1; RETURN NEW; END $$;
"""
POSTGRES = {
    "audit_not_changed": f"""
        CREATE TRIGGER audit_not_changed BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION audit_refuses()""",
    "audit_not_emptied": f"""
        CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()""",
    "audit_moves_head": f"""
        CREATE TRIGGER audit_moves_head AFTER INSERT ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION audit_moves_head()""",
}


def put(connection: Any) -> None:
    """Put the triggers in place."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTIONS)
        for statement in _of(connection).values():
            cursor.execute(statement)


def lift(connection: Any) -> None:
    """Take them away: for a migration back, and for tests that empty the database."""
    with connection.cursor() as cursor:
        for name in _of(connection):
            on = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _of(connection: Any) -> dict[str, str]:
    return POSTGRES if connection.vendor == "postgresql" else SQLITE
