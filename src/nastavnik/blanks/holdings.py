"""What printed sheets and their pictures keep of a person."""

from typing import Any

from django.db.models import QuerySet

from nastavnik.blanks.models import Blank, Intake, PrintRun, ScannedPage
from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import Aside, Holding, Mention, Wiping


def forget_prints(rows: QuerySet[Any], _wiping: Wiping) -> None:
    """Forget the files of the prints a person has a sheet in: the sheets of others can be printed anew."""
    PrintRun.objects.filter(pk__in=rows.values("run")).update(pdf=None)


HELD = (
    Holding(
        Blank,
        "Напечатанные листы",
        ("person",),
        told={
            "number": lambda row, _asking: row.number,
            "printed_at": lambda row, _asking: row.run.printed_at,
        },
        words={"number": "номер листа", "printed_at": "напечатан"},
        wipe=forget_prints,
        deletes=True,
    ),
    Holding(
        ScannedPage,
        "Снимки листов, ещё не принятых",
        ("blank__person",),
        perm=Perm.ANSWER_GUARDED,
        left_out={
            "blank": "номер листа стоит выше",
            "answers": "прочитанное; принятые ответы стоят в разделе ответов",
            "doubts": "что прочитано с сомнением",
            "judged": "что рассмотрел человек",
            "written": "что дописано от руки, картинкой",
            "checked": "что проверено",
        },
        told={"picture": lambda _row, _asking: "есть: показывают на странице листов"},
        words={"file_name": "файл", "picture": "снимок"},
        deletes=True,
    ),
    Aside(PrintRun, "файл для печати на весь класс; хранится 30 дней"),
    Mention(Intake, "загрузка листов", ("refusals",)),
)
