"""A roadmap of the year replaced by another, brought back, or added to; what is lost is said before."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.facts import facts_of
from nastavnik.districts.actions import adopt_lines, make_municipal, send_roadmap
from nastavnik.districts.models import Adoption, DistrictLine
from nastavnik.districts.queries import news_for, school_side, table_of
from nastavnik.roadmaps.actions import (
    add_evidence,
    change_roadmap,
    make_from_catalogue,
    make_from_document,
    restore_roadmap,
    set_activity_status,
    start_reading,
)
from nastavnik.roadmaps.choices import ActivityStatus, ChangeKind, RoadmapLevel
from nastavnik.roadmaps.models import Activity, Evidence, Roadmap, RoadmapChange, RoadmapDraft

pytestmark = pytest.mark.django_db
S = ActivityStatus

FRESH = """Дорожная карта наставничества
№\tМероприятие\tСрок\tОтветственный
1\tФормирование базы наставников\tдекабрь\tКуратор программы
2\tСлёт наставников\tмай\tДиректор
Председатель совета Советова С. С.
"""


def body(response):
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def made(cast):
    """A roadmap in use: two lines are ticked off, one of them is proved."""
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    first, second = roadmap.activities.all()[:2]
    for line in (first, second):
        set_activity_status(line, S.DONE, by=cast.anna)
    add_evidence(first, note="протокол педсовета № 1", by=cast.anna)
    return roadmap


@pytest.fixture
def draft(cast):
    return start_reading(cast.school.organisation, file_name="", text=FRESH, by=cast.anna)


@pytest.fixture
def given(cast):
    year = cast.school.year.starts_on.year
    return {"title": "Новая карта", "begins_in": year, "level": "school", "take": [0, 1]}


def replace(cast, draft, roadmap):
    return make_from_document(
        draft,
        begins_in=cast.school.year.starts_on.year,
        level=RoadmapLevel.SCHOOL,
        instead_of=roadmap,
        by=cast.anna,
    )


def test_what_is_lost_is_said_before_and_nothing_happens_yet(browser, made, draft, given):
    page = reverse("roadmaps:draft", args=[draft.pk])
    for text in (body(browser.get(page)), body(browser.post(page, given))):
        for words in ("35 строк", "отмечены 2", "1 подтверждение", "уйдёт в архив"):
            assert words in text
        assert "Дополнить" in text
        assert "Заменить" in text
        # the plain button would not say which of the two it means
        assert "Взять отмеченные" not in text
    assert Roadmap.objects.get() == made
    assert made.activities.count() == 35


def test_a_roadmap_is_replaced_and_brought_back(browser, cast, made, draft, given):
    page = reverse("roadmaps:draft", args=[draft.pk])
    response = browser.post(page, given | {"do": "replace", "there": made.pk})
    fresh = Roadmap.objects.live().get()
    assert response.headers["Location"] == reverse("roadmaps:show", args=[fresh.pk])
    assert [line.title for line in fresh.activities.all()] == [
        "Формирование базы наставников",
        "Слёт наставников",
    ]
    assert not RoadmapDraft.objects.exists()
    # the old one is whole, off the pages, and in the archive
    shown = body(browser.get("/roadmap/"))
    archived = reverse("roadmaps:archived", args=[made.pk])
    assert archived in shown
    assert "Слёт наставников" in shown
    for name in ("show", "edit", "add", "check", "paper", "calendar"):
        assert browser.get(reverse(f"roadmaps:{name}", args=[made.pk])).status_code == 404
    line = made.activities.first()
    assert browser.get(reverse("roadmaps:activity", args=[line.pk])).status_code == 404
    text = body(browser.get(archived))
    for words in ("протокол педсовета № 1", line.title, "Вернуть эту карту", "Нынешняя уйдёт"):
        assert words in text
    browser.post(reverse("roadmaps:restore", args=[made.pk]))
    assert Roadmap.objects.live().get() == made
    assert made.activities.filter(status=S.DONE).count() == 2
    assert Evidence.objects.count() == 1
    assert reverse("roadmaps:archived", args=[fresh.pk]) in body(browser.get("/roadmap/"))
    kinds = RoadmapChange.objects.filter(roadmap=made).values_list("kind", flat=True)
    assert {ChangeKind.ARCHIVED, ChangeKind.RESTORED} <= set(kinds)
    assert "возвращена из архива" in body(browser.get(reverse("roadmaps:history", args=[made.pk])))


def test_a_press_on_a_page_that_told_of_another_roadmap_asks_again(
    browser, cast, made, draft, given
):
    page = reverse("roadmaps:draft", args=[draft.pk])
    for there in ("", "0", str(made.pk + 99)):
        assert "карта уже есть" in body(
            browser.post(page, given | {"do": "replace", "there": there})
        )
    assert Roadmap.objects.get() == made


def test_lines_are_added_changed_and_taken_out_as_ticked(browser, cast, made, draft, given):
    page = reverse("roadmaps:draft", args=[draft.pk])
    response = browser.post(page, given | {"do": "merge", "there": made.pk})
    into = response.headers["Location"]
    assert into == f"{page}?into={made.pk}"
    base = made.activities.get(title="Формирование базы наставников")
    text = " ".join(body(browser.get(into)).split())
    assert "Новых строк: 1, сказано иначе: 1. Остальные (34) остаются как есть" in text
    assert 'name="add" value="0" id="a0" checked' in text
    assert f'name="change" value="{base.pk}" id="c{base.pk}" checked' in text
    # nothing is ticked: nothing is taken
    draft_again = RoadmapDraft.objects.get()
    gone = made.activities.last()
    browser.post(into, {"add": [0], "remove": [gone.pk]})
    assert not RoadmapDraft.objects.filter(pk=draft_again.pk).exists()
    assert made.activities.filter(title="Слёт наставников").exists()
    assert not Activity.objects.filter(pk=gone.pk).exists()
    was = base.term_text
    base.refresh_from_db()
    assert base.term_text == was
    # marks and proofs stay
    assert made.activities.filter(status=S.DONE).count() == 2
    assert Evidence.objects.count() == 1


def test_a_document_is_not_taken_into_a_roadmap_of_another_school(browser, cast, draft):
    other = make_from_catalogue(cast.other.year, RoadmapLevel.SCHOOL, by=cast.vera)
    page = reverse("roadmaps:draft", args=[draft.pk])
    for key in (other.pk, "x", "9" * 30, ""):
        assert browser.get(page, {"into": key}).status_code == 404
    assert browser.post(f"{page}?into={other.pk}", {"add": [0]}).status_code == 404


def test_every_line_outside_the_activities_is_shown(browser, draft):
    text = body(browser.get(reverse("roadmaps:draft", args=[draft.pk])))
    n = len(draft.content["left_over"])
    assert n == 3
    listed = text.split('id="rest"')[1].split("</ul>")[0]
    assert listed.count("<li>") == n
    for words in ("Председатель совета", "шапка таблицы", "название"):
        assert words in listed


def test_an_academic_year_is_never_added_unasked(cast, draft):
    with pytest.raises(RefusedError, match="2021/22"):
        make_from_document(draft, begins_in=2021, level=RoadmapLevel.SCHOOL, by=cast.anna)
    assert not cast.school.organisation.years.filter(starts_on__year=2021).exists()


def test_the_archive_reminds_ticks_and_tells_nothing(browser, cast, made, draft):
    change_roadmap(made, title=made.title, approved_on=today(), by=cast.anna)
    title = made.activities.filter(status=S.PLANNED).first().title
    made.activities.update(starts_on=None, ends_on=today())
    assert title in body(browser.get("/today/"))
    replace(cast, draft, made)
    assert title not in body(browser.get("/today/"))
    year = cast.school.year
    known = facts_of(cast.school.organisation.pk, year.starts_on, year.ends_on)
    assert "roadmap_approved" not in known
    assert news_for(cast.anna, today()).roadmap_id == Roadmap.objects.live().get().pk


def test_only_those_who_edit_bring_a_roadmap_back(client, cast, made, draft):
    replace(cast, draft, made)
    client.force_login(cast.users[Role.DIRECTOR])
    assert "Вернуть эту карту" not in body(client.get(reverse("roadmaps:archived", args=[made.pk])))
    assert client.post(reverse("roadmaps:restore", args=[made.pk])).status_code == 403
    client.force_login(cast.vera)
    assert client.get(reverse("roadmaps:archived", args=[made.pk])).status_code == 404


@pytest.mark.both
def test_a_year_has_one_roadmap_that_holds(cast, made, draft):
    fresh = replace(cast, draft, made)
    with pytest.raises(IntegrityError), transaction.atomic():
        Roadmap.objects.filter(pk=made.pk).update(archived_at=None)
    restore_roadmap(made, by=cast.anna)
    with pytest.raises(RefusedError):
        restore_roadmap(made, by=cast.anna)
    assert Roadmap.objects.live().get() == made
    assert Roadmap.objects.exclude(archived_at=None).get() == fresh


def test_lines_of_the_district_go_on_in_the_new_roadmap(cast, made, draft):
    make_municipal(cast.district, by=cast.coordinator)
    lines = list(DistrictLine.objects.filter(activity__catalogue_code__in=["A35", "A31"]))
    assert len(adopt_lines(made, lines, by=cast.anna)) == 2
    before = {one.line_id: one.activity_id for one in Adoption.objects.all()}
    agreement = send_roadmap(made, by=cast.anna)
    fresh = replace(cast, draft, made)
    # the one that is there is linked, the other is copied behind: the district still waits for both
    assert {one.activity.roadmap_id for one in Adoption.objects.all()} == {fresh.pk}
    assert fresh.activities.count() == 3
    side = school_side(fresh)
    assert (len(side.taken), side.agreement) == (2, None)
    [row] = [r for r in table_of(cast.coordinator, today()).rows if r.pk == made.organisation_id]
    assert row.status == "draft"
    # and back
    restore_roadmap(made, by=cast.anna)
    assert {one.line_id: one.activity_id for one in Adoption.objects.all()} == before
    assert school_side(made).agreement == agreement


def test_lines_set_for_schools_go_on_in_the_new_municipal_roadmap(cast):
    town = make_municipal(cast.district, by=cast.coordinator)
    n = DistrictLine.objects.standing().count()
    draft = start_reading(cast.district, file_name="", text=FRESH, by=cast.coordinator)
    fresh = make_from_document(
        draft,
        begins_in=town.year.starts_on.year,
        level=RoadmapLevel.MUNICIPALITY,
        instead_of=town,
        by=cast.coordinator,
    )
    [line] = DistrictLine.objects.standing()
    assert line.activity.roadmap_id == fresh.pk
    restore_roadmap(town, by=cast.coordinator)
    assert DistrictLine.objects.standing().count() == n


OF_ANOTHER_YEAR = """УТВЕРЖДАЮ
Директор ____________ Директорова Д. Д.
20 августа 2021 г.
Дорожная карта наставничества на 2021/2022 учебный год
№\tМероприятие\tСрок\tОтветственный
1\tФормирование базы наставников\tсентябрь 2021\tКуратор программы
2\tСлёт наставников\tдо 15 марта 2022 г.\tДиректор
3\tВстречи пар\tдекабрь\tНаставники
4\tСопровождение пар\tпостоянно\tКуратор программы
"""


@pytest.fixture
def old(cast):
    return start_reading(cast.school.organisation, file_name="", text=OF_ANOTHER_YEAR, by=cast.anna)


def test_a_document_of_another_year_brings_its_terms_into_this_one(browser, cast, old):
    """Terms left in their own year would all be overdue from the first minute."""
    year = cast.school.year
    given = {"title": "Наша карта", "begins_in": year.starts_on.year, "level": "school"}
    page = reverse("roadmaps:draft", args=[old.pk])
    assert "сроки переехали" not in body(browser.get(page))  # first as the document says it
    browser.post(page, given | {"take": [0, 1, 2, 3]})
    made = Roadmap.objects.live().get()
    lines = list(made.activities.all())
    assert [line.starts_on and (line.starts_on.year, line.starts_on.month) for line in lines] == [
        (year.starts_on.year, 9),
        None,
        (year.starts_on.year, 12),
        None,
    ]
    assert (lines[1].ends_on.year, lines[1].ends_on.month) == (year.starts_on.year + 1, 3)
    assert [lines[place].term_text for place in (2, 3)] == ["декабрь", "постоянно"]
    assert made.approved_on is None


def test_what_moves_is_said_before_it_is_taken(browser, made, old):
    page = reverse("roadmaps:draft", args=[old.pk])
    begins_in = made.year.starts_on.year
    given = {"title": "Наша карта", "begins_in": begins_in, "level": "school", "take": [0]}
    asked = body(browser.post(page, given))
    merged = body(browser.get(page, {"into": made.pk}))
    for text in (asked, merged):
        assert "Документ на 2021/22" in text
        assert "сентябрь 2021" not in text
