"""A published questionnaire keeps its body: the database itself refuses another one.

A later migration that makes SQLite rebuild this table has to lay the trigger anew: it goes with the old table.
"""

from collections.abc import Callable
from typing import Any

from django.db import migrations

TABLE = "questionnaires_instrumentversion"
LAY = {
    "sqlite": [
        f"CREATE TRIGGER version_stays BEFORE UPDATE OF body, sha256 ON {TABLE}"
        " WHEN OLD.status <> 'draft' AND (OLD.sha256 <> NEW.sha256 OR OLD.body <> NEW.body)"
        " BEGIN SELECT RAISE(ABORT, 'a published questionnaire keeps its body'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION version_stays() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE integrity_constraint_violation USING MESSAGE = 'a published questionnaire keeps its body'; END$$",
        f"CREATE TRIGGER version_stays BEFORE UPDATE OF body, sha256 ON {TABLE} FOR EACH ROW"
        " WHEN (OLD.status <> 'draft' AND (OLD.sha256 <> NEW.sha256 OR OLD.body <> NEW.body))"
        " EXECUTE FUNCTION version_stays()",
    ],
}
TAKE = {
    "sqlite": ["DROP TRIGGER IF EXISTS version_stays"],
    "postgresql": [
        f"DROP TRIGGER IF EXISTS version_stays ON {TABLE}",
        "DROP FUNCTION IF EXISTS version_stays()",
    ],
}


def _run(statements: dict[str, list[str]]) -> Callable[[Any, Any], None]:
    def run(_apps: Any, schema_editor: Any) -> None:
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):

    dependencies = [("questionnaires", "0001_waves")]

    operations = [migrations.RunPython(_run(LAY), _run(TAKE))]
