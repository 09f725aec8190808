"""What matching keeps of a person; of the other one in a proposal nothing is told."""

from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import NAMELESS, Aside, Holding
from nastavnik.matching.models import MatchingRun, Opinion, PairRuling, Proposal

_OTHER = "другой человек: о нём здесь не говорится"
_BOTH = ("mentor__person", "mentee__person")

HELD = (
    Holding(
        Proposal,
        "Предложения подбора",
        _BOTH,
        told={
            "run": lambda row, _asking: row.run.number,
            "form": lambda row, _asking: row.form.title if row.form else "пара не нашлась",
        },
        left_out={
            "mentor": _OTHER,
            "mentee": _OTHER,
            "explanation": "сравнение с чужими ответами; основания показаны на странице подбора",
        },
        words={
            "run": "номер подбора",
            "form": "форма",
            "score": "баллы",
            "is_locked": "закреплено куратором",
        },
        clears=("explanation",),
        stays=dict.fromkeys(("score", "is_locked"), NAMELESS),
    ),
    Holding(
        PairRuling,
        "Решения «вместе» и «не вместе»",
        _BOTH,
        left_out={
            "mentor": _OTHER,
            "mentee": _OTHER,
            "reason": "слова куратора о двоих; куратор решает сам, что из них сообщить",
        },
        words={"ruling": "решение"},
        deletes=True,
    ),
    Holding(
        Opinion,
        "Заключения психолога",
        _BOTH,
        perm=Perm.OPINION_VIEW,
        left_out={"mentor": _OTHER, "mentee": _OTHER},
        words={"outcome": "заключение", "discussed_on": "обсуждено"},
        deletes=True,
    ),
    Aside(MatchingRun, "вход подбора: ключи и признаки без имён, по которым итог считают заново"),
)
