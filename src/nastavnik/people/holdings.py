"""What the roster and the accounts keep of a person."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from nastavnik.core.dates import today
from nastavnik.core.hooks.holdings import NAMELESS, Aside, Holding, Mention, Wiping
from nastavnik.core.models import SignIn
from nastavnik.people.models import (
    ClassTransfer,
    Enrolment,
    Membership,
    Person,
    PersonMerge,
    RosterImport,
    SecondStep,
    SlipHalf,
    StudyGroup,
    User,
)


def wipe_card(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Give the card a number for a name and take it off the roster."""
    for person in rows:
        person.last_name, person.first_name = "Стёрто", f"№ {wiping.person_id}"
        person.left_on = person.left_on or today()
        person.patronymic = ""
        person.save()


def end_sessions(rows: QuerySet[Any], _wiping: Wiping) -> None:
    """End the sessions of an account, with what was typed in them."""
    keys = {str(key) for key in rows.values_list("pk", flat=True)}
    for session in Session.objects.all():
        if session.get_decoded().get(SESSION_KEY) in keys:
            session.delete()


def cut_lists(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Empty the rows of loaded lists that name a person: at their places, for others are counted by them."""
    for draft in rows:
        draft.rows = [
            ["" for _cell in row] if wiping.names(" ".join(map(str, row))) else row
            for row in draft.rows
        ]
        draft.summary = _without(draft.summary, wiping)
        draft.answers = _without(draft.answers, wiping)
        draft.file_name = "" if wiping.names(draft.file_name) else draft.file_name
        draft.save(update_fields=["rows", "summary", "answers", "file_name"])


def _without(value: Any, wiping: Wiping) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return JSON without the parts that name a person."""
    if isinstance(value, dict):
        return {key: _without(one, wiping) for key, one in value.items()}
    if isinstance(value, list):
        return [
            _without(one, wiping)
            for one in value
            if not (isinstance(one, dict) and wiping.names(one))
        ]
    return "" if isinstance(value, str) and wiping.names(value) else value


def wipe_merged(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Wipe the empty cards that were merged into the one of a person, and into those: the name stands on them too."""
    merges = rows.model._base_manager.all()  # noqa: SLF001 - those of the cards in between as well
    keys: set[int] = set()
    last = {wiping.person_id}
    while last:
        found = merges.filter(kept__in=last, undone_at=None).values_list("gone", flat=True)
        last = set(found) - keys - {wiping.person_id}
        keys |= last
    for card in Person.objects.filter(pk__in=keys):
        for name in CARD_TEXTS:
            setattr(card, name, "")
        card.birth_date = card.work_started_on = card.partner = card.household = None
        card.last_name, card.first_name = "Стёрто", f"№ {card.pk}"
        card.save()
    Enrolment.objects.filter(person__in=keys).delete()
    merges.filter(Q(kept__in=keys) | Q(gone__in=keys)).delete()


CARD_TEXTS = (
    "patronymic", "gender", "position", "subject", "genitive", "dative", "instrumental",
)  # fmt: skip

HELD = (
    Holding(
        Person,
        "Карточка",
        ("pk",),
        told={
            "partner": lambda row, _asking: row.partner and row.partner.name,
            "household": lambda row, _asking: "отмечена" if row.household_id else "",
        },
        words={"household": "семья в школе"},
        left_out={"search_name": "то же ФИО в нижнем регистре, для поиска"},
        wipe=wipe_card,
        wiped=("last_name", "first_name", "search_name"),
        clears=(
            "patronymic",
            "gender",
            "birth_date",
            "position",
            "subject",
            "work_started_on",
            "partner",
            "household",
            "genitive",
            "dative",
            "instrumental",
        ),
        stays={"kind": NAMELESS, "left_on": NAMELESS},
    ),
    Holding(
        Enrolment,
        "Классы и группы",
        ("person",),
        told={
            "study_group": lambda row, _asking: f"{row.study_group.name}, {row.study_group.year}"
        },
        words={"study_group": "класс", "starts_on": "с", "ends_on": "по"},
        deletes=True,
    ),
    Holding(
        StudyGroup,
        "Классное руководство",
        ("class_teacher",),
        told={"name": lambda row, _asking: f"{row.name}, {row.year}"},
        words={"name": "класс"},
        clears=("class_teacher",),
    ),
    Holding(
        User,
        "Учётная запись",
        ("person",),
        told={"last_login": lambda row, _asking: row.last_login},
        words={"full_name": "ФИО", "last_login": "последний вход"},
        wipe=end_sessions,
        deletes=True,
    ),
    Holding(
        Membership,
        "Роли на сайте",
        ("user__person",),
        told={"form_codes": lambda row, _asking: ", ".join(row.form_codes)},
        left_out={"user": "сам человек"},
        words={"form_codes": "по формам", "starts_on": "с", "ends_on": "по"},
        deletes=True,
    ),
    Holding(
        SecondStep,
        "Второй шаг при входе",
        ("user__person",),
        told={"confirmed_at": lambda row, _asking: row.confirmed_at},
        left_out={"user": "сам человек", "ended_by": "кто выключил: в журнале"},
        words={"confirmed_at": "включён"},
        deletes=True,
    ),
    Holding(
        SignIn,
        "Входы на сайт",
        (),
        find=lambda key: Q(user_id__in=User.objects.filter(person_id=key).values("pk")),
        words={"at": "когда", "kind": "чем кончилось", "n": "попыток"},
        left_out={"user_id": "сам человек"},
        deletes=True,
    ),
    Aside(
        SlipHalf, "половина одноразового пароля: её видит только второй человек, до первого входа"
    ),
    Aside(ClassTransfer, "кто переведён на новый год, ключами; сами классы перечислены выше"),
    Holding(
        PersonMerge,
        "Объединения карточек",
        ("kept", "gone"),
        told={"made_at": lambda row, _asking: row.made_at},
        words={"made_at": "когда"},
        left_out={
            "moves": "какие записи перешли, ключами",
            "before": "прежние значения двух карточек, чтобы разъединить",
            "after": "значения после объединения; они же в карточке",
        },
        wipe=wipe_merged,
        deletes=True,
    ),
    Mention(
        RosterImport,
        "присланный список людей",
        ("file_name", "rows", "answers", "summary"),
        wipe=cut_lists,
    ),
)
