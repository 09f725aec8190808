"""Classes are taken over in parts: more than one taking over a year; each keeps whose rows it made and what people were."""

from typing import Any

from django.db import migrations


def name_people(apps: Any, schema_editor: Any) -> None:
    """Hand each taking over kept as plain keys the persons of its rows; every graduate was a pupil."""
    Enrolment = apps.get_model("people", "Enrolment")
    for transfer in apps.get_model("people", "ClassTransfer").objects.all():
        made, graduates = transfer.moves["made"], transfer.moves["graduates"]
        if isinstance(made, list):
            rows = Enrolment.objects.filter(pk__in=made).values_list("pk", "person_id")
            transfer.moves["made"] = {str(pk): person for pk, person in rows}
        if isinstance(graduates, list):
            transfer.moves["graduates"] = {str(pk): "pupil" for pk in graduates}
        transfer.save(update_fields=["moves"])


class Migration(migrations.Migration):
    dependencies = [("people", "0010_class_transfers")]

    operations = [
        migrations.RemoveConstraint(model_name="classtransfer", name="classes_taken_over_once"),
        migrations.RunPython(name_people, migrations.RunPython.noop, elidable=True),
    ]
