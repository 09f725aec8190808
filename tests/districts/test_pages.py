"""Pages of both sides: set, take over, send, answer, see who is late; and no name anywhere on the district's."""

import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from tests.cast import CANARY, build_cast, build_school

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.districts import actions
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import Adoption, Agreement, DistrictLine
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Membership, User
from nastavnik.roadmaps.actions import (
    add_activity,
    add_evidence,
    change_activity,
    make_from_catalogue,
    set_activity_status,
)
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.models import Roadmap

pytestmark = pytest.mark.django_db
FEW, MANY, AT_MOST = 3, 50, 12
PLACE = "district/roadmaps/"


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def body(response, status=200):
    assert response.status_code == status
    return response.content.decode().replace("\xa0", " ")


@pytest.fixture
def town(cast):
    roadmap = actions.make_municipal(cast.district, by=cast.coordinator)
    roadmap.activities.filter(position__gt=3).delete()
    roadmap.activities.update(ends_on=today() + dt.timedelta(days=99))
    actions.set_lines(roadmap, roadmap.activities.all(), by=cast.coordinator)
    return roadmap


@pytest.fixture
def own(cast):
    roadmap = make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    roadmap.activities.filter(position__gt=2).delete()
    return roadmap


@pytest.fixture
def anna(cast):
    return signed_in(cast.anna)


@pytest.fixture
def rita(cast):
    return signed_in(cast.coordinator)


def asked_page(own):
    return reverse("districts:asked", args=[own.pk])


def test_the_coordinator_begins_with_nothing(rita, cast):
    assert reverse("districts:lines") in body(rita.get("/roadmap/"))
    assert "ещё нет" in body(rita.get("/district/lines/"))
    text = body(rita.post("/district/lines/", follow=True))
    roadmap = Roadmap.objects.get(organisation=cast.district)
    assert roadmap.level == "municipality"
    assert text.count("checked") == DistrictLine.objects.count() > 5
    keep = roadmap.activities.filter(district_line__isnull=False)[:2]
    rita.post("/district/lines/", {"line": [one.pk for one in keep]})
    assert DistrictLine.objects.standing().count() == 2
    assert reverse("districts:lines") in body(rita.get(f"/roadmap/{roadmap.pk}/"))
    text = body(rita.get(f"/roadmap/{roadmap.pk}/"))
    assert reverse("districts:table") in text
    # the pages of roadmaps are the coordinator's for the own office
    assert rita.get(reverse("roadmaps:add", args=[roadmap.pk])).status_code == 200
    assert rita.get(reverse("roadmaps:activity", args=[keep[0].pk])).status_code == 200


def test_a_school_takes_over_ticked_lines_or_all(anna, town, own):
    lines = list(DistrictLine.objects.all())
    page = asked_page(own)
    assert page in body(anna.get(f"/roadmap/{own.pk}/"))
    text = body(anna.get(page))
    for line in lines:
        assert line.activity.title in text
    adopt = reverse("districts:adopt", args=[own.pk])
    assert "Отметьте" in body(anna.post(adopt, {"do": "ticked", "line": "x"}, follow=True))
    anna.post(adopt, {"do": "ticked", "line": [lines[1].pk]})
    assert [one.line for one in Adoption.objects.all()] == [lines[1]]
    anna.post(adopt, {"do": "all"})
    assert Adoption.objects.count() == 3
    assert "есть в карте" in body(anna.get(page))


def test_one_tap_takes_a_change_over(anna, cast, town, own):
    actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna)
    for line in town.activities.all():
        change_activity(line, title=f"Иначе {line.number}", by=cast.coordinator)
    text = body(anna.get(asked_page(own)))
    assert text.count("<del>") == text.count("<ins>") == 3
    first, second, third = Adoption.objects.select_related("activity")
    anna.post(reverse("districts:adopted", args=[first.pk]), {"do": "take"})
    first.activity.refresh_from_db()
    assert first.activity.title.startswith("Иначе")
    anna.post(reverse("districts:adopted", args=[second.pk]), {"do": "keep"})
    second.activity.refresh_from_db()
    assert not second.activity.title.startswith("Иначе")
    anna.post(reverse("districts:adopt", args=[own.pk]), {"do": "all-changes"})
    third.activity.refresh_from_db()
    assert third.activity.title.startswith("Иначе")
    anna.post(reverse("districts:adopted", args=[third.pk]), {"do": "fly"})
    assert "<del>" not in body(anna.get(asked_page(own)))


@pytest.mark.usefixtures("within_the_year")
def test_a_later_term_is_said_with_its_reason_to_both(anna, rita, cast, town, own):
    [line, *_more] = town.activities.all()
    change_activity(line, ends_on=today() - dt.timedelta(days=4), by=cast.coordinator)
    [made, *_rest] = actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna)
    change_activity(made.activity, ends_on=today() + dt.timedelta(days=9), by=cast.anna)
    send = reverse("districts:send", args=[own.pk])
    assert "почему" in body(anna.post(send, {"do": "send"}, follow=True))
    assert not Agreement.objects.exists()
    page = reverse("districts:adopted", args=[made.pk])
    anna.post(page, {"do": "explain", "reason": "Ждём приказа управления"})
    assert "Ждём приказа" in body(anna.get(asked_page(own)))
    anna.post(send, {"do": "send"})
    own_page = body(anna.get(reverse("roadmaps:activity", args=[made.activity_id])))
    assert "позже, чем просит район" in own_page
    other = Adoption.objects.exclude(pk=made.pk).first().activity_id
    assert "позже, чем" not in body(anna.get(reverse("roadmaps:activity", args=[other])))
    school = reverse("districts:school", args=[cast.school.organisation.pk])
    text = body(rita.get(school))
    assert "Ждём приказа" in text
    assert made.activity.term_text in text
    assert "просрочено на 4 дня" in text
    # to keep it the school's own is refused while the district asks for it
    assert "ещё" in body(anna.post(page, {"do": "own"}, follow=True))


def test_the_whole_way(anna, rita, cast, town, own):
    actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna)
    send = reverse("districts:send", args=[own.pk])
    school = reverse("districts:school", args=[cast.school.organisation.pk])
    answer = reverse("districts:answer", args=[cast.school.organisation.pk])
    assert "отзывать нечего" in body(anna.post(send, {"do": "recall"}, follow=True))
    anna.post(send, {"do": "send"})
    assert "прислала" in body(rita.get("/district/"))
    assert 'value="agreed"' in body(rita.get(school))
    assert "Напишите" in body(rita.post(answer, {"do": "returned"}), 422)
    rita.post(answer, {"do": "returned", "remark": "Добавьте слёт"})
    home = body(anna.get("/today/"))
    assert "вернул" in home
    assert "Добавьте слёт" in home
    assert "Добавьте слёт" in body(anna.get(asked_page(own)))
    anna.post(send, {"do": "send"})
    for wrong in ({"do": "fly"}, {"do": "agreed", "sent_at": "x"}):
        rita.post(answer, wrong)
        assert Agreement.objects.get().status == AgreementStatus.SENT
    hidden = re.search(r'name="sent_at" value="([^"]+)"', body(rita.get(school)))[1]
    anna.post(send, {"do": "recall"})
    anna.post(send, {"do": "send"})
    assert "заново" in body(rita.post(answer, {"do": "agreed", "sent_at": hidden}), 422)
    hidden = re.search(r'name="sent_at" value="([^"]+)"', body(rita.get(school)))[1]
    rita.post(answer, {"do": "agreed", "sent_at": hidden})
    assert Agreement.objects.get().status == AgreementStatus.AGREED
    assert 'value="agreed"' not in body(rita.get(school))
    assert "согласована" in body(anna.get(asked_page(own)))
    add_activity(own, title="Новая затея", by=cast.anna)
    assert "Новая затея" in body(anna.get(asked_page(own)))
    assert "отличается от согласованного" in body(anna.get("/today/"))
    assert "изменена" in body(rita.get(school))
    assert "отправлена" in body(anna.post(send, {"do": "send"}, follow=True))


def test_new_lines_come_to_today(anna, town, own):
    text = body(anna.get("/today/"))
    assert "3 строки" in text
    assert asked_page(own) in text


@pytest.mark.usefixtures("within_the_year")
def test_who_is_late_comes_to_the_district_by_itself(rita, cast, town):
    change_activity(town.activities.first(), ends_on=today() - dt.timedelta(days=1), by=None)
    text = body(rita.get("/district/"))
    assert "2 школы" in text
    assert "state=late" in text


@pytest.mark.usefixtures("within_the_year")
def test_filters_of_the_table(rita, cast, town, own):
    line = town.activities.first()
    change_activity(line, ends_on=today() - dt.timedelta(days=7), by=cast.coordinator)
    actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna)
    set_activity_status(
        Adoption.objects.get(line__activity=line).activity, ActivityStatus.DONE, by=cast.anna
    )
    actions.send_roadmap(own, by=cast.anna)
    first, second = (school.organisation.short_name for school in (cast.school, cast.other))

    def shown(**query):
        text = body(rita.get("/district/roadmaps/", query)).split("<tbody>")[1]
        return [name for name in (first, second) if name in text.split("</table>")[0]]

    assert shown() == [first, second]
    assert shown(state="late") == shown(state="none") == shown(state="absent") == [second]
    assert shown(state="sent") == shown(q="школа № 1") == [first]
    assert shown(state="agreed") == []
    assert shown(state="no such") == [first, second]
    # the worst school is on top, and a line alone is told in words
    one = body(rita.get("/district/roadmaps/", {"line": line.district_line.pk}))
    assert one.index(second) < one.index(first)
    assert "не взята, просрочено на 7 дней" in one
    assert "class=c-late" in body(rita.get("/district/roadmaps/"))
    assert "class=c-late" not in one


@pytest.mark.usefixtures("within_the_year")
def test_the_table_as_xlsx_says_what_the_page_says(rita, cast, town, own):
    change_activity(
        town.activities.first(), ends_on=today() - dt.timedelta(days=7), by=cast.coordinator
    )
    actions.adopt_lines(own, DistrictLine.objects.all(), by=cast.anna)
    response = rita.get("/district/roadmaps/table.xlsx", {"state": "sent"})
    assert load_workbook(io.BytesIO(response.content)).active.max_row == 2
    response = rita.get("/district/roadmaps/table.xlsx")
    rows = list(load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[0][6].endswith(town.activities.first().title)
    said = {row[0]: row for row in rows[2:]}
    other = said[cast.other.organisation.short_name]
    assert other[:7] == (
        cast.other.organisation.short_name, "карты нет", 0, 1, 7, 3, "не взята, просрочено на 7 дней",
    )  # fmt: skip
    assert said[cast.school.organisation.short_name][6] == "просрочено на 7 дней"


def test_without_lines_the_table_says_what_to_do(rita):
    text = body(rita.get("/district/roadmaps/"))
    assert reverse("districts:lines") in text
    assert "<table" not in text
    assert rita.get("/district/roadmaps/table.xlsx").status_code == 200


def test_a_school_elsewhere_is_not_found(rita, cast, town):
    far = Organisation.objects.create(full_name="Д", short_name="Д", town="Д")
    assert rita.get(reverse("districts:school", args=[far.pk])).status_code == 404
    assert rita.get(reverse("districts:school", args=[cast.district.pk])).status_code == 404


def test_who_only_reads_changes_nothing(cast, town, own):
    reader = signed_in(cast.users[Role.DIRECTOR])
    text = body(reader.get(asked_page(own)))
    assert 'name="do"' not in text
    assert 'type="checkbox"' not in text
    assert reader.post(reverse("districts:send", args=[own.pk])).status_code == 403


def test_a_school_is_added_on_a_page(rita, cast):
    assert reverse("districts:add-school") in body(rita.get("/district/"))
    given = {
        "full_name": "Тестовая школа", "short_name": "Школа № 33", "kind": "school", "town": "г. Примерск",
        "time_zone": "Europe/Moscow", "head_position": "директор", "login": "curator1", "person_name": "Т", "password": "три слова и 7",
    }  # fmt: skip
    page = "/district/schools/add/"
    text = body(rita.post(page, given | {"town": ""}))
    assert "Такой логин уже есть" in text
    assert text.count("is-invalid") == 2
    assert not Organisation.objects.filter(short_name="Школа № 33").exists()
    given |= {"login": "third", "person_name": "Третья Тамара"}
    assert "Школа № 33 добавлена" in body(rita.post(page, given, follow=True))
    assert User.objects.get(login="third").organisation.full_name == "Тестовая школа"


def test_the_first_coordinator_is_named_by_a_school(anna, cast):
    page = "/district/coordinator/"
    assert "уже есть" in body(anna.get(page))
    assert '<form method="post" class' not in body(anna.get(page))
    Membership.objects.filter(organisation=cast.district).delete()
    assert page in body(anna.get("/settings/"))
    given = {"person_name": "Первая Полина", "login": "first", "password": "три слова и 7"}
    assert "10" in body(anna.post(page, given | {"password": "x"}))
    anna.post(page, given)
    first = User.objects.get(login="first")
    assert {(one.role, one.organisation_id) for one in first.viewer.grants} == {
        (Role.COORDINATOR, cast.district.pk)
    }
    # a second one is not the school's to name
    anna.post(page, given | {"login": "second"})
    assert not User.objects.filter(login="second").exists()
    Organisation.objects.filter(pk=cast.school.organisation.pk).update(
        parent=None, path=f"/{cast.school.organisation.pk}/"
    )
    assert "ни к какому" in body(anna.get(page))


# ---------------------------------------------------------------- nothing of children or people


def test_no_byte_of_a_school_but_its_lines_reaches_the_district():
    """Owners, proofs, reasons not sent, pairs and people carry a canary; the district's pages carry none."""
    cast = build_cast()
    roadmap = actions.make_municipal(cast.district, by=cast.coordinator)
    rita = signed_in(cast.coordinator)
    other = cast.other.organisation
    # the name of the school itself, its town and its head carry it in the cast: they are not what is looked for
    Organisation.objects.filter(pk=other.pk).update(
        short_name="Вторая школа", full_name="Вторая школа", town="г. Примерск"
    )
    own = make_from_catalogue(cast.other.year, RoadmapLevel.SCHOOL, by=cast.vera)
    own.activities.filter(position__gt=4).delete()
    own.activities.update(responsible=f"{CANARY} И. И.; Директор", document_text=CANARY)
    actions.adopt_lines(own, DistrictLine.objects.all()[:4], by=cast.vera)
    for line in own.activities.all():
        add_evidence(line, note=CANARY, by=cast.vera)
        add_evidence(line, link=f"https://example.invalid/{CANARY}", by=cast.vera)
    addresses = [
        "/district/", "/district/roadmaps/", "/district/roadmaps/table.xlsx", "/district/lines/",
        f"/district/roadmaps/{other.pk}/", f"/district/roadmaps/?line={DistrictLine.objects.first().pk}",
        f"/roadmap/{roadmap.pk}/", "/roadmap/",
    ]  # fmt: skip

    def found():
        return [one for one in addresses if CANARY.casefold() in text_of(rita.get(one))]

    assert found() == []
    Agreement.objects.all().delete()
    secret = add_activity(own, title=f"Беседа, {CANARY}", by=cast.vera)
    assert found() == [], "before it is sent the district reads nothing of the school's own lines"
    for one in Adoption.objects.filter(organisation=other):
        actions.explain_delay(one, "ремонт", by=cast.vera)
    actions.send_roadmap(own, by=cast.vera)
    # the title of a line of its own is what a school sends, and nothing else of it
    assert found() == [f"/district/roadmaps/{other.pk}/"]
    secret.delete()
    Agreement.objects.all().delete()
    actions.send_roadmap(own, by=cast.vera)
    assert found() == []
    assert "Директор" in text_of_page(rita, other).replace("&quot;", "")


def text_of(response):
    from tests.guards.test_scope import text_of as whole

    return whole(response)


def text_of_page(rita, school):
    return body(rita.get(f"/district/roadmaps/{school.pk}/"))


# ---------------------------------------------------------------- as many queries for fifty schools


def fill(cast, number, *, start):
    """Add schools with a roadmap and every line of the district taken over."""
    lines = list(DistrictLine.objects.all())
    for n in range(start, start + number):
        school = build_school(cast.district, 100 + n) if n == start else None
        organisation = school.organisation if school else _bare(cast, n)
        year = organisation.years.first()
        own = make_from_catalogue(year, RoadmapLevel.COLLEGE, by=None)
        own.activities.filter(position__gt=2).delete()
        actions.adopt_lines(own, lines, by=None)
        if n % 2:
            actions.send_roadmap(own, by=None)


def _bare(cast, number):
    return actions.add_school(
        cast.district, kind="school", curator_name="К", full_name=f"Школа {number}",
        short_name=f"Школа {number}", town="г. Примерск", login=f"k{number}", password=None, by=None,
    )  # fmt: skip


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [one["sql"] for one in captured.captured_queries]


def test_three_schools_and_fifty_cost_as_many_queries(rita, cast):
    roadmap = actions.make_municipal(cast.district, by=cast.coordinator)
    assert {line.activity.catalogue_code for line in DistrictLine.objects.all()} & {"A31", "A35"}
    fill(cast, FEW - 2, start=0)
    addresses = [
        "/district/roadmaps/",
        "/district/roadmaps/table.xlsx",
        f"/district/roadmaps/?line={roadmap.activities.last().pk}",
    ]
    few = {one: queries(rita, one) for one in addresses}
    fill(cast, MANY - FEW, start=1)
    assert len(Organisation.objects.below(cast.coordinator)) == MANY
    for address, asked in few.items():
        many = queries(rita, address)
        assert len(asked) == len(many) <= AT_MOST, many
    assert body(rita.get("/district/roadmaps/")).count("<td class=c-") == MANY * len(
        DistrictLine.objects.all()
    )
