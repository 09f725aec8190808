"""The main job in a real browser: an empty database, three lists, pairs, the order on them."""

from io import BytesIO

import pytest
from docx import Document as ReadDocx
from tests.browser import lists

from nastavnik.documents.models import Document
from nastavnik.mentorships.models import Mentorship
from nastavnik.people.models import Enrolment, Person
from nastavnik.programmes.models import MentoringForm, Participation

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_folder")]

ANNEX = {
    "Тетрадкина Анна Ильинична",
    "Пеналов Роман Олегович",
    "Глобусова Дарья Петровна",
    "Запятых Лев Сергеевич",
    "Новикова Ольга Сергеевна",
}


def press(page, selector):
    """Press and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def set_up(page):
    page.goto("/")
    assert page.url.endswith("/setup/")
    for answers in (
        {
            "full_name": "Муниципальное бюджетное общеобразовательное учреждение «Школа № 7» города Примерска",
            "short_name": "Школа № 7 г. Примерска",
        },
        {
            "town": "г. Примерск",
            "head_name": "Образцова Вера Сергеевна",
            "head_position": "директор",
        },
        {},
        {
            "curator_name": "Кураторова Елена Викторовна",
            "login": "elena",
            "password": "три слова подряд",
        },
    ):
        for name, text in answers.items():
            page.fill(f"[name={name}]", text)
        press(page, "main form .btn-primary")
    assert page.url.endswith("/programme/add/")
    for code in ("pupil_pupil", "teacher_teacher"):
        key = MentoringForm.objects.directory().get(code=code).pk
        page.check(f"[name=forms][value='{key}']")
    page.fill("[name=acts]", "Положение о наставничестве от 01.09.2026 № 90")
    press(page, "main form .btn-primary")


def load_lists(page, *, changes=True):
    for kind, file in (
        ("pupils", ("klassy.xlsx", lists.workbook())),
        ("pupils", ("starshie.csv", lists.table())),
        ("staff", None),
    ):
        page.goto("/people/import/")
        page.select_option("[name=kind]", kind)
        if file:
            payload = {"name": file[0], "mimeType": "application/octet-stream", "buffer": file[1]}
            page.set_input_files("[name=file]", payload)
        else:
            page.fill("[name=pasted]", lists.pasted())
        press(page, "main form .btn-primary")
        if changes:
            press(page, "button[name=do][value=accept]")
        else:
            assert "ничего не меняется" in page.inner_text("main")
            assert not page.locator("button[name=do][value=accept]").count()


def fill_base(page, side, names):
    page.goto(f"/base/{side}/add/")
    for name in names:
        page.locator("tr", has_text=name).locator("[name=people]").check()
    press(page, ".bulk .btn-primary")
    assert Participation.objects.filter(side=side).count() == len(names)


def describe(page, side, areas):
    """Open every record of a base and mark what is asked or offered."""
    for key in Participation.objects.filter(side=side).values_list("pk", flat=True):
        page.goto(f"/base/{key}/")
        for area in areas:
            box = page.locator(f"[name=areas][value={area}]")
            if box.count():
                box.check()
        if page.locator("[name=capacity]").count():
            page.fill("[name=capacity]", "2")
        press(page, "main form .btn-primary")


def test_from_three_lists_to_a_registered_order(page):
    set_up(page)
    load_lists(page)
    assert Person.objects.filter(kind="pupil").count() == len(lists.YOUNGER) + len(lists.OLDER)
    assert {e.study_group.name for e in Enrolment.objects.all()} == {"5А", "5Б", "9А", "10А"}
    assert Person.objects.get(last_name="Дневникова-Журналова").birth_date == lists.OLDER[0][3]
    fill_base(page, "mentee", ["Тетрадкина", "Пеналов", "Глобусова", "Запятых", "Новикова"])
    fill_base(page, "mentor", ["Дневникова-Журналова", "Звонков", "Промокашко", "Учителева"])
    page.goto("/consents/")
    page.check("[data-tick-all]")
    press(page, ".bulk .btn-primary")
    press(page, "main form .btn-primary")  # the question: how many papers of how many people
    describe(page, "mentee", ["maths", "lesson"])
    describe(page, "mentor", ["maths", "lesson"])
    assert set(Participation.objects.values_list("status", flat=True)) == {"ready"}
    page.goto("/matching/")
    press(page, "form[action='/matching/run/'] button")
    assert page.locator(".leg").count() == len(ANNEX)
    press(page, ".leg .btn-icon[value=lock]")
    press(page, ".leg:has(.btn-icon[value=lock][aria-pressed=false]) .btn-icon[value=forbid]")
    page.fill("[name=reason]", "уже занимались вместе")
    press(page, "main form .btn-primary")
    press(page, "form[action='/matching/run/'] button")
    assert page.locator(".leg .btn-icon[value=lock][aria-pressed=true]").count() == 1
    page.locator(".asked > summary").click()
    press(page, "button[name=all]")
    assert Mentorship.objects.count() == len(ANNEX)
    page.fill("[name=number]", "118-о")
    page.fill("[name=dated_on]", "2026-11-20")
    page.fill("[name=curator_post]", "заместитель директора по УВР")
    page.fill("[name=method_council_number]", "3")
    page.fill("[name=method_council_on]", "2026-11-16")
    page.fill("[name=agreements_by]", "Ткач Павел Ильич")
    page.fill("[name=agreements_post]", "специалист по кадрам")
    page.fill("[name=agreements_until]", "2026-11-30")
    press(page, "button[name=register]")
    press(page, "main form .btn-primary")  # the question: what follows
    with page.expect_download() as download:
        page.locator("a[href$='file.docx']").first.click()
    check_order(download.value.path().read_bytes())
    assert set(Mentorship.objects.values_list("status", flat=True)) == {"active"}
    assert Document.objects.get().status == "registered"


def check_order(data):
    docx = ReadDocx(BytesIO(data))
    words = "\n".join(
        [p.text for p in docx.paragraphs]
        + [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
    )
    for line in ANNEX:
        assert line in words.replace("\u00a0", " ")
    for wanted in (
        "№ 118-о",
        "20 ноября 2026 г.",
        "Положение о наставничестве от 01.09.2026 № 90",
        "Кураторовой Елене Викторовне, заместителю директора по УВР",
        "методического совета (протокол от 16 ноября 2026 г. № 3)",
        "Ткачу Павлу Ильичу, специалисту по кадрам, оформить до 30 ноября 2026 г.",
        "351.8",
        "В. С. Образцова",
    ):
        assert wanted in words.replace("\u00a0", " "), words[:2600]
    for left in ("{", "}", "None", "____ ____"):
        assert left not in words


def test_the_same_list_again_doubles_nobody(page):
    set_up(page)
    load_lists(page)
    before = Person.objects.count()
    load_lists(page, changes=False)
    assert Person.objects.count() == before
