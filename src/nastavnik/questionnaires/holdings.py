"""What questionnaires keep of a person; of confidential waves only that somebody was asked."""

from typing import Any

from django.db.models import QuerySet

from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import Aside, Asking, Holding, Wiping
from nastavnik.questionnaires.adapter import ReadingRights, answer_to, in_words, instrument_of
from nastavnik.questionnaires.choices import Mode
from nastavnik.questionnaires.models import Draft, Invitation, Response, Wave
from nastavnik.questionnaires.queries import names_of


def _rights(asking: Asking) -> ReadingRights:
    return ReadingRights(
        texts=True, curator=asking.may(Perm.WAVE_EDIT), guarded=asking.may(Perm.ANSWER_GUARDED)
    )


def _answers(row: Any, asking: Asking) -> dict[str, Any]:  # noqa: ANN401 - a response
    """Return question → answer in words, of the questions this asker reads, and how many there are besides."""
    instrument, rights = instrument_of(row.wave.version), _rights(asking)
    names = names_of([row], [item.code for item in instrument.asked if item.of])
    told: dict[str, Any] = {}
    n_closed = 0
    for item in instrument.asked:
        answer = answer_to(row, item)
        if answer is None:
            continue
        if rights.read(item):
            told[item.text] = in_words(item, answer, names)
        else:
            n_closed += 1
    if n_closed:
        told["ещё ответов, которые читает только психолог или куратор"] = n_closed
    return told


def unname_answers(rows: QuerySet[Any], _wiping: Wiping) -> None:
    """Make the answers of a person nobody's: what was marked stays for the counts, texts and names go."""
    answered = Response.objects.filter(invitation__in=rows).select_related("wave__version")
    for row in answered:
        named = {item.code for item in instrument_of(row.wave.version).asked if item.of}
        row.answers = {code: said for code, said in row.answers.items() if code not in named}
        row.texts, row.guarded = {}, {}
        row.mode, row.invitation, row.submitted_at, row.source = Mode.CONFIDENTIAL, None, None, ""
        row.save()


HELD = (
    Holding(
        Invitation,
        "Кого просили ответить",
        ("person",),
        told={"wave": lambda row, _asking: row.wave.title},
        words={
            "wave": "опрос",
            "about": "о ком",
            "state": "состояние",
            "answered_on": "день ответа",
        },
        wipe=unname_answers,
        deletes=True,
    ),
    Holding(
        Response,
        "Ответы",
        ("invitation__person",),
        perm=Perm.ANSWER_VIEW,
        told={"wave": lambda row, _asking: row.wave.title, "answers": _answers},
        left_out={
            "invitation": "сам человек",
            "texts": "стоят среди ответов",
            "guarded": "стоят среди ответов у того, кто их читает",
        },
        words={"wave": "опрос", "answers": "ответы", "submitted_at": "когда"},
        wiped=("texts", "guarded", "submitted_at"),
        stays={"answers": "закрытые ответы без имени, для счёта"},
    ),
    Aside(Draft, "начатый и не отправленный ответ: зашифрован, его не читает никто"),
    Aside(Wave, "ключ общей ссылки на опрос; людей в нём нет"),
)
