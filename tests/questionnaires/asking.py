"""A small questionnaire of every kind that matters, and a wave of it."""

import datetime as dt

from tests.cast import School

from nastavnik.consents.actions import record_consents
from nastavnik.consents.choices import Purpose
from nastavnik.core.dates import today
from nastavnik.engine.instruments import digest
from nastavnik.people.actions import register_person
from nastavnik.people.choices import PersonKind
from nastavnik.questionnaires.actions import make_links, open_wave
from nastavnik.questionnaires.choices import Mode
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Wave
from nastavnik.questionnaires.queries import AudienceRule

BODY = {
    "code": "trial_sheet",
    "title": "Пробная анкета",
    "forms": ["pupil_pupil"],
    "role": "mentee",
    "stage": "after",
    "source": "для проверок",
    "sections": [
        {
            "title": "О встречах",
            "items": [
                {
                    "code": "comfort",
                    "kind": "scale",
                    "min": 1,
                    "max": 10,
                    "construct": "comfort",
                    "text": "Насколько было комфортно?",
                    "ends": ["совсем нет", "очень"],
                },
                {
                    "code": "before",
                    "kind": "yes_no",
                    "construct": "experience",
                    "text": "Был ли наставник раньше?",
                    "required": True,
                },
                {
                    "code": "where",
                    "kind": "text",
                    "construct": "place",
                    "when": [{"item": "before", "is": ["yes"]}],
                    "text": "Где?",
                },
            ],
        },
        {
            "title": "О себе",
            "items": [
                {
                    "code": "mood",
                    "kind": "several",
                    "construct": "mood",
                    "class": "psychological",
                    "text": "Что изменилось?",
                    "options": [
                        {"code": "calm", "text": "стало спокойнее"},
                        {"code": "brave", "text": "стало смелее"},
                        {"code": "none", "text": "ничего из этого", "exclusive": True},
                    ],
                },
                {
                    "code": "words",
                    "kind": "story",
                    "construct": "words",
                    "text": "Что запомнилось?",
                },
            ],
        },
    ],
}
WHOLE = {"comfort": "7", "before": "yes", "where": "в лагере", "mood": ["calm"], "words": "Поход."}


def version() -> InstrumentVersion:
    """Return the questionnaire, as though it had come with the program."""
    from django.utils import timezone

    return InstrumentVersion.objects.get_or_create(
        code=BODY["code"],
        number=1,
        organisation=None,
        defaults={
            "title": BODY["title"],
            "role": BODY["role"],
            "stage": BODY["stage"],
            "forms": BODY["forms"],
            "body": BODY,
            "sha256": digest(BODY),
            "published_at": timezone.now(),
        },
    )[0]


def wave_of(
    school: School, *, side: str = "mentee", mode: Mode = Mode.NAMED, days: int = 7, title: str = ""
) -> Wave:
    """Return an open wave of the questionnaire in a school."""
    return open_wave(
        school.programme,
        version(),
        title=title,
        rule=AudienceRule(side),
        opens_on=today(),
        closes_on=today() + dt.timedelta(days=days),
        mode=mode,
        by=school.curator,
    )


def invitation_of(wave: Wave, school: School, key: str) -> Invitation:
    """Return who is asked."""
    return Invitation.objects.get(wave=wave, person=school.people[key])


def crowd_of(wave: Wave, school: School, n: int = 6) -> list[Invitation]:
    """Ask more people in a wave, their papers signed; return who is asked, the oldest first."""
    for number in range(n):
        person = register_person(
            school.organisation,
            kind=PersonKind.PUPIL,
            last_name=f"Толпин{'абвгдежзик'[number]}",
            first_name="Тит",
            birth_date=dt.date(today().year - 12, 1, 1),
            by=school.curator,
        )
        record_consents([person], [Purpose.DATA], signed_on=today(), by=school.curator)
        Invitation.objects.create(organisation=wave.organisation, wave=wave, person=person)
    return list(Invitation.objects.filter(wave=wave).select_related("person").order_by("pk"))


def link_of(wave: Wave, school: School, key: str) -> str:
    """Return the address of a fresh link of somebody."""
    (link,) = make_links(wave, [invitation_of(wave, school, key)], by=school.curator)
    return f"/a/{link.token}/"


def sent(key: str = "one", **answers: object) -> dict[str, object]:
    """Return what a page with these answers sends."""
    return {"go": "send", "key": key, **{f"a-{code}": value for code, value in answers.items()}}
