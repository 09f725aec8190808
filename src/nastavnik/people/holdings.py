"""What the roster and the accounts keep of a person."""

from django.db.models import Q

from nastavnik.core.hooks.holdings import Aside, Holding, Mention
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
    ),
    Holding(
        Enrolment,
        "Классы и группы",
        ("person",),
        told={
            "study_group": lambda row, _asking: f"{row.study_group.name}, {row.study_group.year}"
        },
        words={"study_group": "класс", "starts_on": "с", "ends_on": "по"},
    ),
    Holding(
        StudyGroup,
        "Классное руководство",
        ("class_teacher",),
        told={"name": lambda row, _asking: f"{row.name}, {row.year}"},
        words={"name": "класс"},
    ),
    Holding(
        User,
        "Учётная запись",
        ("person",),
        told={"last_login": lambda row, _asking: row.last_login},
        words={"full_name": "ФИО", "last_login": "последний вход"},
    ),
    Holding(
        Membership,
        "Роли на сайте",
        ("user__person",),
        told={"form_codes": lambda row, _asking: ", ".join(row.form_codes)},
        left_out={"user": "сам человек"},
        words={"form_codes": "по формам", "starts_on": "с", "ends_on": "по"},
    ),
    Holding(
        SecondStep,
        "Второй шаг при входе",
        ("user__person",),
        told={"confirmed_at": lambda row, _asking: row.confirmed_at},
        left_out={"user": "сам человек", "ended_by": "кто выключил: в журнале"},
        words={"confirmed_at": "включён"},
    ),
    Holding(
        SignIn,
        "Входы на сайт",
        (),
        find=lambda key: Q(user_id__in=User.objects.filter(person_id=key).values("pk")),
        words={"at": "когда", "kind": "чем кончилось", "n": "попыток"},
        left_out={"user_id": "сам человек"},
    ),
    Aside(
        SlipHalf, "половина одноразового пароля: её видит только второй человек, до первого входа"
    ),
    Aside(ClassTransfer, "кто переведён на новый год, ключами; сами классы перечислены выше"),
    Mention(PersonMerge, "объединение карточек, которое ещё можно отменить", ("before", "after")),
    Mention(RosterImport, "присланный список людей", ("file_name", "rows", "answers", "summary")),
)
