"""What printed sheets and their pictures keep of a person."""

from nastavnik.blanks.models import Blank, Intake, PrintRun, ScannedPage
from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import Aside, Holding, Mention

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
    ),
    Aside(PrintRun, "файл для печати на весь класс; хранится 30 дней"),
    Mention(Intake, "загрузка листов", ("refusals",)),
)
