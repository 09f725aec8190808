"""What files of papers keep of a person."""

from typing import Any

from django.db.models import QuerySet

from nastavnik.core.hooks.holdings import Aside, Holding, Wiping
from nastavnik.pairpapers.models import NamedInFile, PaperFile


def forget_files(rows: QuerySet[Any], _wiping: Wiping) -> None:
    """Forget the files a person is named in: the papers of others can be drawn anew."""
    PaperFile.objects.filter(pk__in=rows.values("file")).delete()


HELD = (
    Holding(
        NamedInFile,
        "Файлы с бумагами для многих людей",
        ("person",),
        told={
            "file": lambda row, _asking: row.file.title,
            "made_at": lambda row, _asking: row.file.made_at,
        },
        words={"file": "файл", "made_at": "собран"},
        wipe=forget_files,
        deletes=True,
    ),
    Aside(PaperFile, "бумаги многих людей одним файлом; хранится неделю"),
)
