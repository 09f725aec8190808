"""Lists that were accepted kept every column they came with, also those nobody used (СНИЛС, a telephone)."""

from typing import Any

from django.db import migrations


def keep_less(apps: Any, _schema_editor: Any) -> None:
    """Keep of an accepted list only its header and the rows that wait, and of these only the columns in use."""
    lists = apps.get_model("people", "RosterImport").objects
    for one in lists.filter(status="accepted").iterator(chunk_size=20):
        used = {int(column) for column, field in one.columns["fields"].items() if field != "ignore"}
        waiting = {error["row"] for error in one.summary.get("errors", [])}
        top = 0 if one.header_row is None else one.header_row + 1
        wanted = {*range(1, top + 1), *waiting} if waiting else set()
        one.rows = [
            [cell if column in used else None for column, cell in enumerate(row)]
            if number in wanted
            else []
            for number, row in enumerate(one.rows[: max(wanted, default=0)], 1)
        ]
        one.answers = {}
        one.save(update_fields=["rows", "answers"])


class Migration(migrations.Migration):
    dependencies = [("people", "0004_answers_about_rows")]

    # what is forgotten does not come back
    operations = [migrations.RunPython(keep_less, migrations.RunPython.noop, elidable=True)]
