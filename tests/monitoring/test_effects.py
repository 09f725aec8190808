"""Stage 2: the same people at the entry and at the exit, who is satisfied, and what stays hidden from whom."""

import copy
import datetime as dt

import pytest
from django.utils import timezone
from tests.pages import signed_in, text
from tests.questionnaires.asking import BODY, crowd_of

from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.engine.instruments import digest
from nastavnik.engine.statistics.verdicts import EffectVerdict
from nastavnik.monitoring.catalogues import effect_rules
from nastavnik.monitoring.queries.effects import (
    Compared,
    WhyUnpaired,
    effects_of,
    published_effects,
)
from nastavnik.questionnaires.actions import open_wave
from nastavnik.questionnaires.choices import Mode, WaveStatus
from nastavnik.questionnaires.models import InstrumentVersion, Response
from nastavnik.questionnaires.queries import AudienceRule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("within_the_year")]

PAGE, SHARES = "/monitoring/effects/", "/monitoring/satisfaction/"


def scale(construct, words, **more):
    return {"code": construct, "kind": "scale", "min": 1, "max": 10, "construct": construct,
            "text": words, "ends": ["нет", "да"], **more}  # fmt: skip


FIRST = [
    scale("comfort", "Насколько, по-твоему, будет легко?"),
    scale("help", "Насколько нужна помощь?"),
    scale("will", "Хочется ли идти в школу?"),
    scale("calm", "Насколько ты спокоен?", **{"class": "psychological"}),
]
LAST = [
    scale("comfort", "Насколько было легко?"),
    scale("help", "Насколько полезна помощь?"),
    scale("will", "Хочется ли идти в школу?"),
    scale("calm", "Насколько ты спокоен?", **{"class": "psychological"}),
    scale("joint_work", "Насколько ты доволен работой?"),
]


def wave_of(school, stage, items, answers, *, mode=Mode.NAMED, status=WaveStatus.CLOSED):
    """Let people have answered a questionnaire of one stage: place of a person → code → answer."""
    body = copy.deepcopy(BODY) | {"code": f"sheet_{stage}", "stage": stage}
    body["sections"] = [{"title": "О встречах", "items": items}]
    version, _made = InstrumentVersion.objects.get_or_create(
        code=body["code"], number=1, organisation=school.organisation,
        defaults={"title": stage, "role": "mentee", "stage": stage, "body": body, "sha256": digest(body), "published_at": timezone.now()},
    )  # fmt: skip
    wave = open_wave(
        school.programme, version, title=f"Опрос {stage}", rule=AudienceRule("mentee"), mode=mode,
        opens_on=today() - dt.timedelta(9 if stage == "before" else 0), closes_on=today() + dt.timedelta(7), by=school.curator,
    )  # fmt: skip
    return give(wave, answers, status)


def give(wave, answers, status=WaveStatus.CLOSED):
    people = people_of(wave)
    for place, said in answers.items():
        calm = {"calm": said["calm"]} if "calm" in said else {}
        named = {"invitation": people[place], "submitted_at": timezone.now()}
        Response.objects.create(
            organisation=wave.organisation, wave=wave, version_sha256=wave.version.sha256, mode=wave.mode,
            answers={key: value for key, value in said.items() if key != "calm"}, guarded=calm,
            **(named if wave.mode == Mode.NAMED else {}),
        )  # fmt: skip
    wave.status, wave.closed_at = status, timezone.now() if status == WaveStatus.CLOSED else None
    wave.save()
    return wave


def people_of(wave):
    """Return the eight who are asked in every wave, their own invitations."""
    rows = list(wave.invitations.order_by("person__search_name", "person_id"))
    assert len(rows) >= 10
    return rows


@pytest.fixture
def school(cast):
    """Ten more pupils with their papers, in the base: every wave of mentees asks them."""
    from tests.questionnaires.asking import wave_of as trial

    from nastavnik.programmes.actions import add_to_base

    wave = trial(cast.school, title="Проба")
    crowd = [row.person for row in crowd_of(wave, cast.school, 10)][-10:]
    wave.delete()
    add_to_base(cast.school.programme, crowd, side="mentee", by=cast.anna)
    return cast.school


def both(n, *, rise=(2, 3, 1, 2, 3), lost=0):
    first = {place: {"comfort": 4, "help": 5, "will": 3, "calm": 4} for place in range(n + lost)}
    last = {
        place: {"comfort": 4, "help": 9, "will": 3 + rise[place % len(rise)], "calm": 4 + rise[place % len(rise)],
                "joint_work": 9 if place else 3}
        for place in range(n)
    }  # fmt: skip
    return first, last


def measured(school, n, **more):
    first, last = both(n, **more)
    return wave_of(school, "before", FIRST, first), wave_of(school, "after", LAST, last)


def test_the_same_people_are_compared_and_different_questions_are_not(cast, school):
    measured(school, 9, lost=1)
    (group,) = effects_of(cast.anna, school.programme).groups
    assert (group.n_entry, group.n_exit, group.n_both, group.n_lost) == (10, 9, 9, 1)
    assert (group.n_unlike, group.n_hidden) == (1, 1)  # help; calm is the psychologist's
    told = {one.after.code: one for one in group.parameters}
    assert set(told) == {"comfort", "will"}
    assert (told["will"].kind, told["will"].verdict) == (Compared.CHANGE, EffectVerdict.MORE)
    assert told["will"].change.n_only_before == 1
    assert told["will"].change.shift == 2
    assert told["will"].split == ()  # everybody rose: what each answered would be known
    assert (told["comfort"].kind, told["comfort"].verdict) == (Compared.EXPECTATION, EffectVerdict.NONE)  # fmt: skip
    page = text(signed_in(cast.anna, "ru").get(PAGE))
    assert "стало больше" in page
    assert "вышло примерно так, как ждали" in page
    assert "Насколько ты спокоен" not in page
    assert "Насколько полезна помощь" not in page


def test_sensitive_parameters_are_the_psychologists_alone(cast, school):
    measured(school, 9)
    psychologist = cast.users[Role.PSYCHOLOGIST]
    (group,) = effects_of(psychologist, school.programme).groups
    assert {one.after.code for one in group.parameters} == {"comfort", "will", "calm"}
    assert "Насколько ты спокоен" in text(signed_in(psychologist, "ru").get(PAGE))
    for user in (cast.users[Role.DIRECTOR], cast.anna):
        assert "спокоен" not in text(signed_in(user, "ru").get(PAGE, {"as": "print"}))
    printed = published_effects(school.programme)
    assert {one.after.code for one in printed.parameters} == {"comfort", "will"}


def test_under_eight_pairs_the_page_says_why_it_is_silent(cast, school):
    measured(school, 7)
    (group,) = effects_of(cast.anna, school.programme).groups
    assert {one.verdict for one in group.parameters} == {EffectVerdict.FEW}
    page = text(signed_in(cast.anna, "ru").get(PAGE))
    assert "По 7 парам измерений судить нельзя: нужно хотя бы 8" in page
    assert "chart-strip" not in signed_in(cast.anna, "ru").get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("mode", "status", "why"),
    [(Mode.CONFIDENTIAL, WaveStatus.CLOSED, WhyUnpaired.NAMELESS), (Mode.NAMED, WaveStatus.OPEN, WhyUnpaired.OPEN)],
)  # fmt: skip
def test_what_cannot_be_paired_says_why(cast, school, mode, status, why):
    first, last = both(9)
    wave_of(school, "before", FIRST, first)
    wave_of(school, "after", LAST, last, mode=mode, status=status)
    found = effects_of(cast.anna, school.programme)
    assert [group.why for group in found.groups] == [why]
    assert signed_in(cast.anna).get(PAGE).status_code == 200


def test_a_wave_of_four_and_a_withdrawn_consent_count_for_nothing(cast, school):
    first, last = both(9)
    entry = wave_of(school, "before", FIRST, first)
    wave_of(school, "after", LAST, {place: last[place] for place in range(4)})
    assert [one.why for one in effects_of(cast.anna, school.programme).groups] == [WhyUnpaired.FEW]
    Consent.objects.filter(person=people_of(entry)[0].person).delete()
    assert effects_of(cast.anna, school.programme).groups[0].n_uncovered == 2


def test_the_same_questionnaire_asked_twice_is_a_change(cast, school):
    first, last = both(9)
    wave_of(school, "quality", FIRST[2:3], {place: {"will": said["will"]} for place, said in first.items()})  # fmt: skip
    assert (
        effects_of(cast.anna, school.programme).groups == ()
    )  # asked once it is no half of anything
    wave_of(school, "quality", FIRST[2:3], {place: {"will": said["will"]} for place, said in last.items()})  # fmt: skip
    (group,) = effects_of(cast.anna, school.programme).groups
    assert [(one.kind, one.verdict) for one in group.parameters] == [(Compared.CHANGE, EffectVerdict.MORE)]  # fmt: skip


def test_the_satisfied_are_told_without_the_few_who_are_not(cast, school):
    _entry, last = measured(school, 9)
    (row,) = effects_of(cast.anna, school.programme).satisfaction
    assert (row.n_answered, row.n_from, row.n_to) == (9, 5, 9)  # eight in truth: one would be known
    assert row.n_asked == last.invitations.count() > 9
    assert row.of_asked[0] < row.of_answered[0]
    page = text(signed_in(cast.users[Role.DIRECTOR], "ru").get(SHARES))
    assert "5 или больше из 9" in page
    assert "8 из 9" not in page
    Response.objects.filter(wave=last).update(answers={"joint_work": 2})
    five = list(Response.objects.filter(wave=last))[:4]
    Response.objects.filter(pk__in=[one.pk for one in five]).update(answers={"joint_work": 8})
    (row,) = effects_of(cast.anna, school.programme).satisfaction
    assert (row.n_from, row.n_to) == (0, 4)


def test_a_count_that_hides_nobody_is_told(cast, school):
    _entry, last = measured(school, 10)
    for place, one in enumerate(Response.objects.filter(wave=last)):
        Response.objects.filter(pk=one.pk).update(answers={"joint_work": 7 if place % 2 else 6})
    (row,) = effects_of(cast.anna, school.programme).satisfaction
    assert (row.n_from, row.n_to) == (5, 5)


def test_the_other_school_and_who_leads_a_part_see_nothing(cast, school):
    Response.objects.all().delete()
    measured(school, 9)
    school.programme.waves.update(title="Тайный опрос")
    for address in (PAGE, SHARES):
        assert "Тайный опрос" in text(signed_in(cast.anna).get(address))
        assert "Тайный опрос" not in text(signed_in(cast.other.curator).get(address))
        assert signed_in(cast.users[Role.MENTEE]).get(address).status_code in {403, 404}


def test_pages_without_waves_say_what_to_do(cast):
    assert "Спросите с именами" in text(signed_in(cast.anna, "ru").get(PAGE))
    assert "Закройте такой опрос" in text(signed_in(cast.anna, "ru").get(SHARES))


def test_every_verdict_has_its_words():
    for words in effect_rules().words.values():
        assert set(words) == {str(one) for one in EffectVerdict}
