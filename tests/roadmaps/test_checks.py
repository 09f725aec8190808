"""A roadmap held against the catalogue, on the page and behind it."""

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.engine.roadmaps.checking import CheckRule, Plan, PlanLine, check_plan
from nastavnik.programmes.models import MentoringForm
from nastavnik.roadmaps import catalogues
from nastavnik.roadmaps.actions import (
    add_activity,
    add_usual,
    change_activity,
    change_roadmap,
    make_from_catalogue,
    remove_activity,
    set_activity_status,
)
from nastavnik.roadmaps.adapter import usual_days
from nastavnik.roadmaps.adapter.checks import check_roadmap, needs_of_lines, usual
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.models import Roadmap, RoadmapDraft
from nastavnik.roadmaps.queries import has_learners, lines_of


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def made(cast):
    return make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)


def body(response):
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def checked(cast, roadmap, *, with_learners=True):
    roadmap = Roadmap.objects.select_related("year").get(pk=roadmap.pk)
    return check_roadmap(
        roadmap, lines_of(cast.anna, roadmap, today()), with_learners=with_learners
    )


@given(st.sampled_from(RoadmapLevel.values), st.integers(0, 11), st.integers(1, 28))
def test_a_fresh_roadmap_contradicts_nothing_whenever_it_begins(level, month, day):
    more, month = divmod(8 + month, 12)
    start = dt.date(2026 + more, month + 1, day)
    lines = []
    for key, entry in enumerate(catalogues.chosen(level, with_learners=True)):
        days = usual_days(entry, 2026, start)
        lines.append(PlanLine(key, (entry.code,), entry.title, days.starts_on, days.ends_on))
    found = check_plan(Plan(tuple(lines), "", 2026), usual())
    # what others want by a day is late when work begins after it, and no plan can help that
    assert {one.rule for one in found} <= {CheckRule.AFTER_DEADLINE}


@pytest.mark.django_db
@pytest.mark.parametrize("level", RoadmapLevel)
def test_a_roadmap_of_any_level_lacks_nothing(cast, level):
    roadmap = make_from_catalogue(cast.school.year, level, by=cast.anna)
    assert checked(cast, roadmap).total == 0


@pytest.mark.django_db
def test_staff_alone_lack_no_lines_on_pupils(cast):
    forms = MentoringForm.objects.filter(code="teacher_teacher")
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, forms=forms, by=cast.anna)
    assert {one.code for one in checked(cast, roadmap).missing} == {"A20", "A21", "A30"}
    assert not checked(cast, roadmap, with_learners=False).missing
    assert has_learners(cast.anna, roadmap)
    programme = cast.school.programme
    programme.forms.set(programme.forms.filter(code="teacher_teacher"))
    assert has_learners(cast.anna, roadmap) is not programme.forms.exists()


@pytest.mark.django_db
def test_a_missing_line_is_added_where_it_belongs(browser, cast, made):
    for code in ("A31", "A62.1"):
        remove_activity(made.activities.get(catalogue_code=code), by=cast.anna)
    set_activity_status(
        made.activities.get(catalogue_code="A19"), ActivityStatus.SKIPPED, by=cast.anna
    )
    page = reverse("roadmaps:check", args=[made.pk])
    assert "Не хватает 2 обычных дел" in body(browser.get("/roadmap/"))
    text = body(browser.get(page))
    assert catalogues.entries()["A31"].title in text
    assert catalogues.entries()["A19"].title not in text
    add = reverse("roadmaps:add-usual", args=[made.pk])
    assert "хотя бы одно" in body(browser.post(add, follow=True))
    assert "хотя бы одно" in body(browser.post(add, {"code": ["A19", "X"]}, follow=True))
    assert "Добавлено 2 дела" in body(browser.post(add, {"code": ["A31", "A62.1"]}, follow=True))
    assert checked(cast, made).total == 0
    stages = list(made.activities.values_list("stage", flat=True))
    assert stages.count(2) == 4
    line = made.activities.get(catalogue_code="A31")
    assert (line.stage, line.ends_on) == (2, dt.date(made.year.starts_on.year, 11, 30))
    neighbours = [one.pk for one in made.activities.all() if one.stage == 2]
    assert neighbours[-1] == line.pk


@pytest.mark.django_db
def test_a_roadmap_of_other_words_takes_usual_lines_too(cast, made):
    Roadmap.objects.all().delete()
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    roadmap.activities.all().delete()
    add_activity(
        roadmap, title="Формирование базы наставников школы", term_text="май", by=cast.anna
    )
    codes = {one.code for one in checked(cast, roadmap).missing}
    assert "A35" not in codes
    assert len(codes) == 34
    [line] = add_usual(roadmap, {"A35", "A44"}, by=cast.anna)
    assert (line.catalogue_code, line.section) == ("A44", catalogues.stages()[5].heading)
    [remark] = [one for one in checked(cast, roadmap).remarks if one.rule == CheckRule.OUT_OF_ORDER]
    assert remark.activity == line
    assert "31.05" in remark.words
    roadmap.activities.all().delete()
    assert add_usual(roadmap, {"A44"}, by=cast.anna)[0].position == 1


@pytest.mark.django_db
def test_each_remark_is_a_sentence_with_a_way_to_its_line(browser, cast, made):
    year = made.year.starts_on.year
    lines = {one.catalogue_code: one for one in made.activities.all()}
    change_activity(lines["A27"], term_text=f"декабрь {year} – август {year + 1}", by=cast.anna)
    change_activity(lines["A32"], term_text="", responsible="", by=cast.anna)
    change_activity(lines["A35"], result="к концу 2020 года вовлечено 10 %", by=cast.anna)
    change_activity(lines["A38"], document_text="перечень (приложение 2)", by=cast.anna)
    set_activity_status(lines["A38"], ActivityStatus.DONE, by=cast.anna)
    add_activity(made, title="Формы ФСН", term_text=f"февраль {year + 1}", responsible="Директор", by=cast.anna)  # fmt: skip
    add_activity(made, title="Формирование базы наставляемых", term_text=f"май {year + 1}", responsible="Директор", by=cast.anna)  # fmt: skip
    add_activity(made, title="Перечень партнёров", term_text=f"до 1 октября {year}", responsible="Директор", by=cast.anna)  # fmt: skip
    add_activity(made, title="Соглашения с партнёрами", term_text=f"июнь {year + 1}", responsible="Директор", by=cast.anna)  # fmt: skip
    add_activity(made, title="Внутренний мониторинг", term_text=f"сентябрь {year} – июнь {year + 1}", responsible="Директор", by=cast.anna)  # fmt: skip
    change_activity(lines["A44"], term_text=f"до 30 ноября {year}", by=cast.anna)
    for code, word in (("A44", "методический"), ("A45", "организационный")):
        change_activity(lines[code], responsible=f"информационно-{word} отдел", by=cast.anna)
    change_roadmap(made, title="Карта на 2020–2021 годы", approved_on=dt.date(year, 10, 20), by=cast.anna)  # fmt: skip
    found = checked(cast, made)
    assert {one.rule for one in found.remarks} == set(CheckRule) - {CheckRule.MISSING}
    text = body(browser.get(reverse("roadmaps:check", args=[made.pk])))
    for remark in found.remarks:
        assert "%(" not in remark.words
        if remark.activity:
            assert reverse("roadmaps:activity", args=[remark.activity.pk]) in text
    assert reverse("roadmaps:edit", args=[made.pk]) in text
    for words in ("только 31.08", "больше полугода", "утвердили", "приложение", "сделать нужно до"):
        assert words in text
    assert found.lines
    # who only looks sees the same without the buttons
    browser.force_login(cast.users[Role.SOCIAL_TEACHER])
    text = body(browser.get(reverse("roadmaps:check", args=[made.pk])))
    assert "больше полугода" in text
    assert reverse("roadmaps:edit", args=[made.pk]) not in text
    assert 'name="code"' not in text


@pytest.mark.django_db
def test_the_title_and_the_day_of_approval_are_changed(browser, cast, made):
    page = reverse("roadmaps:edit", args=[made.pk])
    assert made.title in body(browser.get(page))
    given_fields = {"title": "Наша карта", "approved_on": "2026-10-01"}
    text = body(browser.post(page, given_fields, follow=True))
    assert "Наша карта" in text
    assert "01.10.2026" in text
    assert browser.post(page, {"title": ""}).status_code == 200
    made.refresh_from_db()
    assert (made.title, made.approved_on) == ("Наша карта", dt.date(2026, 10, 1))
    same = change_roadmap(made, title="Наша карта", approved_on=made.approved_on, by=cast.anna)
    assert same.title == "Наша карта"


@pytest.mark.django_db
def test_a_document_says_when_it_was_approved_and_what_it_promises(browser, cast):
    year = cast.school.year.starts_on.year
    text = (
        f"УТВЕРЖДЕНО\nприказом от 27.10.{year} № 5\nДорожная карта наставничества\n"
        f"Цель: к концу {year - 2} года не менее 10% обучающихся вовлечены\n"
        f"№\tМероприятие\tСроки\tОтветственный\n1\tПедсовет\tсентябрь {year}\tДиректор\n"
        f"2\tПраздник\tмай {year + 1}\tДиректор\n"
    )
    shown = body(browser.post("/roadmap/read/", {"pasted": text}, follow=True))
    assert "Обещано на прошедшее" in shown
    draft = RoadmapDraft.objects.get()
    page = reverse("roadmaps:draft", args=[draft.pk])
    browser.post(page, {"title": "Карта", "begins_in": year, "level": "school", "take": [0, 1]})
    roadmap = Roadmap.objects.get()
    assert roadmap.approved_on == dt.date(year, 10, 27)
    [remark] = [
        one for one in checked(cast, roadmap).remarks if one.rule == CheckRule.BEFORE_APPROVAL
    ]
    assert remark.activity.title == "Педсовет"


@pytest.mark.django_db
def test_lines_know_what_they_need(made):
    lines = {one.catalogue_code: one for one in made.activities.all()}
    needs = needs_of_lines(list(made.activities.all()))
    assert [one.catalogue_code for one in needs[lines["A45"].pk]] == ["A44"]
    assert lines["A19"].pk not in needs
