"""Pages of roadmaps: made three ways, changed, ticked, given out and taken in again."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document as ReadDocx
from openpyxl import load_workbook
from tests.cast import approve_pairs

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.engine.roadmaps.blocks import SourceParagraph
from nastavnik.engine.roadmaps.reading import read_roadmap
from nastavnik.organisations.models import Organisation
from nastavnik.readers.documents import read_document
from nastavnik.roadmaps.actions import (
    add_activity,
    add_evidence,
    change_activity,
    change_roadmap,
    make_from_catalogue,
    set_activity_status,
)
from nastavnik.roadmaps.catalogues import layouts
from nastavnik.roadmaps.choices import ActivityStatus, RoadmapLevel
from nastavnik.roadmaps.models import Activity, Evidence, Roadmap, RoadmapDraft

pytestmark = pytest.mark.django_db
S = ActivityStatus

SOURCE = """Дорожная карта наставничества школы № 7 города Примерска
№\tМероприятие\tСроки\tОтветственный
1\tПедсовет о наставничестве\tсентябрь {year}\tДиректор
2\tВстреча с родителями\tкак-нибудь потом\tКлассные руководители
3\tФормирование базы наставников\tоктябрь {year} – ноябрь {year}\t
4\tПраздник наставников\tмай {next}\tЗаместитель директора по ВР; Куратор программы
Исполнитель: Образцова В. С.
"""


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def made(cast):
    return make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)


def source(year):
    return SOURCE.format(year=year, next=year + 1)


def body(response):
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def test_without_a_roadmap_the_page_offers_the_ways(browser):
    text = body(browser.get("/roadmap/"))
    assert reverse("roadmaps:make") in text
    assert reverse("roadmaps:read") in text


def test_three_questions_make_it(browser, cast):
    year = cast.school.year
    form = cast.school.programme.forms.get(code="pupil_pupil")
    answers = {"level": "school", "start": year.starts_on.isoformat(), "forms": [form.pk]}
    response = browser.post("/roadmap/make/", answers)
    roadmap = Roadmap.objects.get()
    assert response.headers["Location"] == reverse("roadmaps:show", args=[roadmap.pk])
    assert roadmap.activities.count() == 35
    again = body(browser.post("/roadmap/make/", answers))
    assert "уже есть" in again
    late = {**answers, "start": year.ends_on.replace(year=year.ends_on.year + 1).isoformat()}
    assert "этого учебного года" in body(browser.post("/roadmap/make/", late))
    assert Roadmap.objects.count() == 1


def test_the_page_shows_states_parts_and_the_picture(browser, cast, made):
    made.activities.update(starts_on=None, ends_on=None)
    lines = list(made.activities.all())
    change_activity(
        lines[0], term_text=f"до {today() - dt.timedelta(days=3):%d.%m.%Y}", by=cast.anna
    )
    change_activity(
        lines[1], starts_on=today(), ends_on=today() + dt.timedelta(days=30), by=cast.anna
    )
    change_activity(lines[2], term_text="октябрь", by=cast.anna)
    set_activity_status(lines[2], S.DONE, by=cast.anna)
    set_activity_status(lines[3], S.SKIPPED, by=cast.anna)
    text = body(browser.get("/roadmap/"))
    assert "просрочено на 3 дня" in text
    assert "нет бумаги" in text
    assert 'class="bar-late"' in text
    assert 'class="bar-done"' in text
    assert 'class="today"' in text
    assert "1. Подготовка условий для запуска программы" in text
    only = body(browser.get("/roadmap/", {"state": "risk"}))
    assert lines[0].title in only
    assert lines[1].title not in only.split("<tbody>")[1].split("</tbody>")[0]
    shown = body(browser.get("/roadmap/", {"q": "родительск", "owner": "Директор"}))
    assert lines[1].title in shown
    assert browser.get("/roadmap/", {"state": "no such"}).status_code == 200
    home = body(browser.get("/today/"))
    assert lines[0].title in home


def test_several_late_lines_are_one_thing_to_do(browser, cast, made):
    for line in made.activities.all()[:2]:
        change_activity(line, ends_on=today() - dt.timedelta(days=1), starts_on=None, by=cast.anna)
    soon = made.activities.all()[5]
    change_activity(soon, starts_on=today(), ends_on=today() + dt.timedelta(days=2), by=cast.anna)
    text = body(browser.get("/today/"))
    assert f"{reverse('roadmaps:show', args=[made.pk])}?state=risk" in text
    assert soon.title[:60] in text


def test_a_registered_order_ticks_its_line_for_everybody(browser, cast, client, made):
    order = approve_pairs(cast.school)
    set_requisites(order, number="118-о", dated_on=today(), by=cast.anna)
    register_document(order, by=cast.anna)
    line = made.activities.get(catalogue_code="A45")
    text = body(browser.get("/roadmap/"))
    words = f"приказ № 118-о от {today():%d.%m.%Y}"
    assert f'<a href="{reverse("documents:card", args=[order.pk])}">{words}</a>' in text
    assert words in body(browser.get(reverse("roadmaps:activity", args=[line.pk])))
    # who may not open the order reads of it all the same, without the link
    client.force_login(cast.users[Role.SOCIAL_TEACHER])
    text = body(client.get("/roadmap/"))
    assert words in text
    assert reverse("documents:card", args=[order.pk]) not in text
    assert 'name="do"' not in body(client.get(reverse("roadmaps:activity", args=[line.pk])))


def fields(line, **changes):
    names = ("number", "section", "title", "term_text", "responsible", "result", "document_text")
    given = {name: getattr(line, name) for name in names}
    for name in ("starts_on", "ends_on"):
        day = getattr(line, name)
        given[name] = day.isoformat() if day else ""
    return given | changes


def test_a_line_is_changed_in_one_form(browser, made):
    line = made.activities.first()
    page = reverse("roadmaps:activity", args=[line.pk])
    year = made.year.starts_on.year
    browser.post(page, fields(line, term_text="10 октября", responsible="Директор"))
    line.refresh_from_db()
    assert line.starts_on == line.ends_on == dt.date(year, 10, 10)
    browser.post(page, fields(line, starts_on="", ends_on=f"{year}-12-20"))
    line.refresh_from_db()
    assert line.term_text == f"до 20 декабря {year} г."
    wrong = fields(line, starts_on=f"{year}-12-25")
    assert "раньше первого" in body(browser.post(page, wrong))
    assert browser.post(page, fields(line, title="")).status_code == 200
    line.refresh_from_db()
    assert (line.starts_on, line.responsible) == (None, "Директор")


def test_steps_of_a_line(browser, made):
    line = made.activities.first()
    page = reverse("roadmaps:state", args=[line.pk])

    def status():
        line.refresh_from_db()
        return line.status

    for do in ("going", "done", "planned", "skipped"):
        browser.post(page, {"do": do})
        assert status() == do
    assert "перейти отсюда" in body(browser.post(page, {"do": "done"}, follow=True))
    browser.post(page, {"do": "planned"})
    ahead = (today() + dt.timedelta(days=1)).isoformat()
    assert "впереди" in body(browser.post(page, {"do": "done", "done_on": ahead}, follow=True))
    for wrong in ({"do": "done", "done_on": "x"}, {"do": "fly"}):
        browser.post(page, wrong)
        assert status() == "planned"
    browser.post(page, {"do": "remove"})
    assert not Activity.objects.filter(pk=line.pk).exists()


def test_proofs_come_and_go(browser, cast, made):
    order = approve_pairs(cast.school)
    line = made.activities.first()
    page = reverse("roadmaps:evidence", args=[line.pk])
    assert browser.post(page, {}).status_code == 422
    assert browser.post(page, {"link": "javascript:1"}).status_code == 422
    browser.post(page, {"document": order.pk})
    browser.post(page, {"note": "протокол педсовета"})
    browser.post(page, {"link": "https://example.invalid/a"})
    set_activity_status(line, S.DONE, by=cast.anna)
    text = body(browser.get(reverse("roadmaps:activity", args=[line.pk])))
    for words in (order.title, "протокол педсовета", "https://example.invalid/a"):
        assert words in text
    assert "протокол педсовета" in body(browser.get("/roadmap/"))
    for proof in Evidence.objects.all():
        browser.post(reverse("roadmaps:remove-evidence", args=[proof.pk]))
    assert not Evidence.objects.exists()


def test_a_line_is_added_to_its_section(browser, made):
    last = made.activities.last()
    given = {"title": "Слёт наставников", "section": last.section, "term_text": "май"}
    browser.post(reverse("roadmaps:add", args=[made.pk]), given)
    line = Activity.objects.get(title="Слёт наставников")
    assert (line.stage, line.position) == (7, last.position + 1)
    assert line.ends_on == dt.date(made.year.starts_on.year + 1, 5, 31)
    assert "Слёт наставников" in body(browser.get("/roadmap/"))
    assert browser.post(reverse("roadmaps:add", args=[made.pk]), {}).status_code == 200


def upload(browser, address, data, name="karta.docx"):
    return browser.post(address, {"file": SimpleUploadedFile(name, data)}, follow=True)


def test_a_document_is_looked_over_and_taken(browser, cast):
    year = cast.school.year.starts_on.year - 1
    text = body(browser.post("/roadmap/read/", {"pasted": source(year)}, follow=True))
    for words in ("Педсовет о наставничестве", "как-нибудь потом", "посмотрите", "Исполнитель"):
        assert words in text
    draft = RoadmapDraft.objects.get()
    assert reverse("roadmaps:draft", args=[draft.pk]) in body(browser.get("/roadmap/read/"))
    page = reverse("roadmaps:draft", args=[draft.pk])
    given = {"title": "Наша карта", "begins_in": year, "level": "school"}
    assert "хотя бы одно" in body(browser.post(page, given | {"do": "open"}))
    # last year is not in the settings: nobody adds it unasked
    text = body(browser.post(page, given | {"take": [0, 2, 3]}))
    words = f"{year}/{(year + 1) % 100:02d}"
    assert f"Учебного года {words} в настройках нет" in text
    assert [f'id="t{n}" checked' in text for n in range(4)] == [True, False, True, True]
    assert not cast.school.organisation.years.filter(starts_on__year=year).exists()
    browser.post(page, given | {"take": [0, 2, 3], "do": "open"})
    roadmap = Roadmap.objects.get()
    titles = list(roadmap.activities.values_list("title", flat=True))
    assert titles == [
        "Педсовет о наставничестве", "Формирование базы наставников", "Праздник наставников",
    ]  # fmt: skip
    known = roadmap.activities.get(catalogue_code="A35")
    assert (known.stage, known.starts_on) == (3, dt.date(year, 10, 1))
    assert not RoadmapDraft.objects.exists()
    # last year's becomes this year's
    shift = reverse("roadmaps:shift", args=[roadmap.pk])
    this = cast.school.year
    browser.post(shift, {"year": this.pk})
    new = Roadmap.objects.get(year=this)
    assert [a.title for a in new.activities.all()] == titles
    assert new.activities.last().term_text == f"май {this.starts_on.year + 1} г."
    assert "уже есть" in body(browser.post(shift, {"year": this.pk}, follow=True))
    assert browser.post(shift, {"year": "x"}).status_code == 404
    assert reverse("roadmaps:show", args=[roadmap.pk]) in body(browser.get("/roadmap/"))
    # and the year that has one takes no second
    browser.post("/roadmap/read/", {"pasted": source(year)})
    page = reverse("roadmaps:draft", args=[RoadmapDraft.objects.get().pk])
    assert "карта уже есть" in body(browser.post(page, given | {"take": [0]}))
    assert Roadmap.objects.filter(year=roadmap.year).count() == 1
    browser.post(f"{page}discard/")
    assert not RoadmapDraft.objects.exists()


def test_what_is_no_roadmap_is_refused_in_words(browser):
    assert "вставьте таблицу" in body(browser.post("/roadmap/read/", {}))
    assert "не найдена" in body(browser.post("/roadmap/read/", {"pasted": "Просто письмо."}))
    assert "не документ" in body(upload(browser, "/roadmap/read/", b"\x89PNG...", "a.png"))
    assert not RoadmapDraft.objects.exists()


def test_the_table_comes_back_without_difference(browser, made):
    data = browser.get(reverse("roadmaps:table", args=[made.pk])).content
    page = upload(browser, reverse("roadmaps:again", args=[made.pk]), data, "a.xlsx")
    assert "Различий нет" in body(page)


@pytest.mark.parametrize("name", ["paper", "pdf"])
@pytest.mark.parametrize("layout", layouts())
def test_what_is_given_out_comes_back_without_difference(browser, cast, made, layout, name):
    add_activity(
        made, title="Слёт: «Наставник — это я», 10–12 мая", term_text="10–12 мая, ежегодно",
        responsible="Управление образования; Директор", section=made.activities.last().section,
        number="36", by=cast.anna,
    )  # fmt: skip
    response = browser.get(reverse(f"roadmaps:{name}", args=[made.pk]), {"layout": layout})
    again = reverse("roadmaps:again", args=[made.pk])
    file_name = f"karta.{'pdf' if name == 'pdf' else 'docx'}"
    assert "Различий нет" in body(upload(browser, again, response.content, file_name))
    draft = RoadmapDraft.objects.get()
    browser.post(reverse("roadmaps:discard", args=[draft.pk]))
    assert not RoadmapDraft.objects.exists()


def test_an_edited_copy_shows_what_differs_and_is_taken(browser, made):
    response = browser.get(reverse("roadmaps:paper", args=[made.pk]), {"layout": "none such"})
    docx = ReadDocx(io.BytesIO(response.content))
    [table] = docx.tables
    table.rows[1].cells[2].text = "до 15 октября"
    table.rows[2].cells[3].text = "Директор. Куратор программы"
    gone = table.rows[3]
    table._tbl.remove(gone._tr)
    fresh = table.add_row().cells
    for cell, text in zip(fresh, ("36", "Поход наставников", "июнь", "Наставники"), strict=True):
        cell.text = text
    stream = io.BytesIO()
    docx.save(stream)
    again = reverse("roadmaps:again", args=[made.pk])
    lines = list(made.activities.all())
    text = body(upload(browser, again, stream.getvalue()))
    assert "Добавлено: 1, изменено: 2, исчезло: 1" in text
    page = reverse("roadmaps:draft", args=[RoadmapDraft.objects.get().pk])
    browser.post(
        page, {"remove": [lines[2].pk], "add": [0], "change": [one.pk for one in lines[:2]]}
    )
    for line in lines[:2]:
        line.refresh_from_db()
    assert lines[0].ends_on == dt.date(made.year.starts_on.year, 10, 15)
    assert "Куратор программы" in lines[1].responsible
    assert made.activities.count() == 35
    assert made.activities.filter(title="Поход наставников").exists()
    assert not made.activities.filter(pk=lines[2].pk).exists()
    assert not RoadmapDraft.objects.exists()
    assert browser.post(again, {}).status_code == 200


def test_a_table_and_a_calendar(browser, cast, made):
    line = made.activities.first()
    add_evidence(line, note="=протокол", by=cast.anna)
    set_activity_status(made.activities.all()[1], S.SKIPPED, by=cast.anna)
    book = load_workbook(io.BytesIO(browser.get(reverse("roadmaps:table", args=[made.pk])).content))
    rows = list(book.active.values)
    assert len(rows) == 3 + 7 + 35  # the titles, the stages and the lines
    assert rows[3][1] == line.section
    assert rows[4][1] == line.title
    assert rows[4][8] == "=протокол"
    response = browser.get(reverse("roadmaps:calendar", args=[made.pk]))
    text = response.content.decode()
    assert text.count("BEGIN:VEVENT") == 34
    assert f"DTSTART;VALUE=DATE:{made.year.starts_on:%Y%m%d}" in text


def test_sixty_lines_ask_as_few_queries_as_three(
    browser, cast, made, django_assert_max_num_queries
):
    for number in range(25):
        line = add_activity(made, title=f"Дело {number}", term_text="май", by=cast.anna)
        add_evidence(line, note="есть", by=cast.anna)
    for address in (
        "/roadmap/", reverse("roadmaps:table", args=[made.pk]), reverse("roadmaps:paper", args=[made.pk]),
    ):  # fmt: skip
        with django_assert_max_num_queries(24):
            body_of = browser.get(address)
        assert body_of.status_code == 200


@pytest.mark.parametrize("name", ["paper", "pdf"])
def test_the_paper_has_the_block_of_approval(browser, cast, made, name):
    def lines():
        response = browser.get(reverse(f"roadmaps:{name}", args=[made.pk]))
        found = read_document(response.content, f"karta.{'pdf' if name == 'pdf' else 'docx'}")
        texts = [" ".join(one.text.split()) for one in found if isinstance(one, SourceParagraph)]
        return texts, read_roadmap(found)

    texts, read = lines()
    year = made.year.starts_on.year
    assert texts[:4] == [
        "УТВЕРЖДАЮ",
        "Директор",
        "____________ Д. Д. Директорова",
        f"«___» ____________ {year} г.",
    ]
    assert (read.approved_on, read.title) == (None, made.title)
    assert any("дата утверждения" in one for one in read.warnings)
    # what the head has signed is written, and read again
    change_roadmap(made, title=made.title, approved_on=dt.date(year, 9, 3), by=cast.anna)
    texts, read = lines()
    assert texts[3] == f"03.09.{year}"
    assert read.approved_on == dt.date(year, 9, 3)


def test_without_a_head_the_block_is_left_to_be_filled_in(browser, cast, made):
    Organisation.objects.filter(pk=made.organisation_id).update(head_name="", head_position="")
    response = browser.get(reverse("roadmaps:paper", args=[made.pk]))
    texts = [one.text for one in ReadDocx(io.BytesIO(response.content)).paragraphs]
    assert texts[1:3] == ["____________", "____________ ____________"]
