"""The order on pairs as a paper: what it says, what it lacks, that nothing breaks it."""

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from html import unescape
from io import BytesIO
from urllib.parse import quote

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document as read_docx  # noqa: N813 - a function, whatever its name
from docx.oxml.ns import qn
from docx.table import _Cell
from tests.cast import CANARY, approve_pairs
from tests.mentorships.test_groups import led_in_groups
from tests.pages import said, signed_in, text
from tests.papers import acquainted_with, annex_of, docx_of, of_kind, tables_of

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import (
    draft_document,
    enter_particulars,
    join_document,
    redraw_document,
    refresh_document,
    register_document,
    set_requisites,
    split_document,
)
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.queries import content_of, findings
from nastavnik.documents.texts import BLANK, TableFacts, fill, points
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import PAIR_ORDER, MentorshipStatus
from nastavnik.mentorships.documents import compose_pair_order, pair_order
from nastavnik.mentorships.models import Mentorship
from nastavnik.organisations.actions import change_organisation
from nastavnik.organisations.models import Partner
from nastavnik.people.actions import change_person, end_role
from nastavnik.people.models import Membership, User
from nastavnik.programmes.actions import change_form, change_programme
from nastavnik.programmes.choices import ApprovingBody
from nastavnik.writers.blocks import Paragraph, Requisites

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 9, 15)
ACTS = (
    "Положение о наставничестве (приказ от 01.09.2026 № 1);\nприказ о внедрении от 02.09.2026 № 2."
)


@pytest.fixture
def order(cast):
    return approve_pairs(cast.school)


def paper(document):
    """Return the whole text of the .docx of a paper, paragraphs and tables."""
    docx = docx_of(document)
    cells = [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
    whole = "\n".join([*(paragraph.text for paragraph in docx.paragraphs), *cells])
    return whole.replace("\u00a0", " ")


def preamble_of(document):
    """Return the words before «ПРИКАЗЫВАЮ»."""
    return of_kind(document, Paragraph)[0].text


def annex_tables(document):
    """Return the tables of the annex, one for each form."""
    docx = docx_of(document)
    return [table for table in docx.tables if table.rows[0].cells[0].text.startswith("№ п/п")]


def annex_lines(document):
    """Return the rows of pairs of the annex without their numbers; a joined cell stands in each of its rows."""
    rows = [
        [cell.text.replace("\u00a0", " ") for cell in row.cells]
        for table in annex_tables(document)
        for row in table.rows
    ]
    return [row[1:] for row in rows if row[0].isdigit()]


ANSWERS = {
    "curator_post": "заместитель директора по УВР",
    "method_council_number": "3",
    "method_council_on": "2026-09-10",
    "agreements_by": "Ткач Павел Ильич",
    "agreements_post": "специалист по кадрам",
    "agreements_until": "2026-10-01",
}


def with_everything(cast, order):
    programme = cast.school.programme
    change_programme(programme, forms=programme.forms.all(), acts=ACTS, by=cast.anna)
    set_requisites(order, number="12-о", dated_on=DAY, by=cast.anna)
    enter_particulars(order, ANSWERS, by=cast.anna)
    return drawn(order)


def drawn(order):
    order.refresh_from_db()
    refresh_document(order, by=None)
    order.refresh_from_db()
    return order


def test_with_all_data_nothing_is_left_to_fill_in(cast, order):
    order = with_everything(cast, order)
    assert findings(order) == []
    whole = paper(order)
    for trace in ("{", "}", "None", BLANK, "____ ", "«____»", "  "):
        lines = [line for line in whole.splitlines() if set(line) - set("_ ")]
        assert not any(trace in line for line in lines), trace
    assert "№ 12-о" in whole
    assert "15 сентября 2026" in whole
    assert "Положение о наставничестве (приказ от 01.09.2026 № 1); приказ о внедрении" in whole
    assert cast.school.organisation.full_name in whole
    assert "г. Примерск" in whole
    assert "Д. Д. Директорова" in whole


def test_the_annex_says_who_leads_whom_in_the_words_of_such_annexes(cast, order):
    order = with_everything(cast, order)
    heads = [[cell.text for cell in table.rows[0].cells] for table in annex_tables(order)]
    assert heads == [
        ["№ п/п", "ФИО наставника", "Должность (класс)", "ФИО наставляемого", "Класс (должность)", "Срок"]
    ] * 2  # fmt: skip
    lines = annex_lines(order)
    assert {tuple(row[:2]) for row in lines} == {
        ("Старшов Олег Петрович", "9А класс"),
        ("Старшова Ольга Петровна", "10А класс"),
        ("Учителева Ульяна Юрьевна", "учитель математики"),
    }
    assert {tuple(row[2:4]) for row in lines} == {
        ("Младшов Миша Ильич", "5А класс"),
        ("Младшова Маша Ильинична", "5А класс"),
        ("Новикова Нина Юрьевна", "учитель физики"),
    }
    assert len({row[4] for row in lines}) == 1
    assert "Форма наставничества «учитель – учитель»" in paper(order)


def test_the_rows_of_one_mentor_are_joined(cast):
    led_in_groups(cast)
    order = drawn(approve_pairs(cast.school))
    [rows] = [rows for rows in tables_of(order).values() if len(rows) == 2]
    first, second = rows
    assert None not in first
    assert (second[1], second[2]) == (None, None)
    [table] = [table for table in annex_tables(order) if len(table.rows) == 3]
    marks = [row._tr.tc_lst[1].vMerge for row in table.rows]
    assert marks == [None, "restart", "continue"]
    page = text(signed_in(cast.anna).get(reverse("documents:card", args=[order.pk])))
    assert 'rowspan="2"' in page


def test_the_preamble_has_its_comma_with_acts_and_without(cast, order):
    assert "№ Р-145, в целях организации" in preamble_of(order)
    order = with_everything(cast, order)
    assert "№ Р-145, и локальными актами организации (Положение" in preamble_of(order)
    assert ",," not in preamble_of(order)


def test_the_curator_is_charged_in_the_dative_with_the_position(cast, order):
    assert "Кураторовой Анне Ивановне, куратору программы" in paper(order)
    order = with_everything(cast, order)
    charged = "Кураторовой Анне Ивановне, заместителю директора по УВР, куратору программы"
    assert charged in paper(order)


def test_the_position_of_a_curator_on_the_roster_is_taken_from_the_card(cast, order):
    User.objects.filter(person=cast.school.people["teacher"]).update(person=None)
    cast.anna.person = cast.school.people["teacher"]
    cast.anna.save(update_fields=["person"])
    order = drawn(order)
    assert "Учителевой Ульяне Юрьевне, учителю математики, куратору программы" in paper(order)
    assert acquainted_with(order).count("Учителева Ульяна Юрьевна") == 1


def test_a_recommendation_is_cited_only_with_its_minutes(cast, order):
    blank = "рекомендации методического совета (протокол от «____» ______________ 20___ г. № ____________)"
    assert blank in paper(order)
    assert any("методического совета" in said for said in findings(order))
    order = with_everything(cast, order)
    cited = "методического совета (протокол от 10 сентября 2026 г. № 3)"
    assert cited in paper(order)
    enter_particulars(order, {"method_council_absent": True}, by=cast.anna)
    order = drawn(order)
    assert COUNCIL_POINT not in paper(order)
    assert "method_council" in order.content["asks"]  # it can be taken back


def test_who_draws_up_the_agreements_and_until_when_is_said(cast, order):
    blank = "____________ (ФИО, должность) оформить до «____» ______________ 20___ г."
    assert blank in paper(order)
    order = with_everything(cast, order)
    assert "Ткачу Павлу Ильичу, специалисту по кадрам, оформить до 1 октября 2026 г." in paper(
        order
    )


def test_a_doubtful_form_is_asked_and_the_answer_is_printed(cast, order):
    enter_particulars(order, {**ANSWERS, "agreements_by": "Заяц Павел Ильич"}, by=cast.anna)
    order = drawn(order)
    assert any("Заяц Павел Ильич" in said for said in findings(order))
    client = signed_in(cast.anna)
    url = reverse("documents:card", args=[order.pk])
    asked = client.get(url).context["particulars"]
    [name] = [name for name in asked.fields if name.startswith("word") and name[-3:] != "_ok"]
    assert asked.initial[name] == "Зайцу Павлу Ильичу"
    sent = {
        "number": "",
        "dated_on": "",
        "asked": "1",
        **ANSWERS,
        "agreements_by": "Заяц Павел Ильич",
    }
    # saving alone settles nothing: the doubt stays
    client.post(url, {**sent, name: "Зайцу Павлу Ильичу"})
    assert any("Заяц Павел Ильич" in said for said in findings(drawn(order)))
    client.post(url, {**sent, name: "Заяцу Павлу Ильичу"})
    order = drawn(order)
    assert "Заяцу Павлу Ильичу, специалисту" in paper(order)
    assert not any("Заяц" in said for said in findings(order))
    client.post(url, {**sent, name: "Заяцу Павлу Ильичу"})  # the tick is gone: a doubt again
    client.post(url, {**sent, name: "Зайцу Павлу Ильичу", f"{name}_ok": "on"})
    order = drawn(order)
    assert "Зайцу Павлу Ильичу" in paper(order)
    assert not any("Заяц" in said for said in findings(order))


def test_what_is_answered_in_the_press_that_registers_is_in_the_paper(cast, order):
    url = reverse("documents:card", args=[order.pk])
    sent = {"number": "12-о", "dated_on": "2026-09-15", "asked": "1", "register": "1", **ANSWERS}
    client = signed_in(cast.anna)
    asked = client.post(url, sent)
    client.post(asked["Location"])
    order.refresh_from_db()
    assert order.status == DocumentStatus.REGISTERED
    assert "Ткачу Павлу Ильичу, специалисту по кадрам" in paper(order)


def test_staff_get_an_order_of_their_own_and_back(cast, order):
    client = signed_in(cast.anna)
    order = drawn(order)
    assert order.content["is_mixed"]
    client.post(reverse("documents:split", args=[order.pk]))
    order = drawn(order)
    [made] = Document.objects.filter(split_from=order)
    staff, pupils = paper(made), paper(order)
    assert made.title == "О закреплении наставников за педагогическими работниками"
    assert "Новикова Нина" in staff
    assert "Младшов Миша" not in staff
    assert "В соответствии со статьёй 351.8 Трудового кодекса" in staff
    assert "Младшов Миша" in pupils
    assert "Новикова Нина" not in pupils
    assert "351.8" not in pupils
    with pytest.raises(RefusedError):
        split_document(made, by=cast.anna)  # staff only: nothing to part
    client.post(reverse("documents:join", args=[made.pk]))
    assert not Document.objects.filter(pk=made.pk).exists()
    assert {row[2] for row in annex_lines(drawn(order))} == {
        "Младшов Миша Ильич", "Младшова Маша Ильинична", "Новикова Нина Юрьевна",
    }  # fmt: skip


def test_parted_orders_start_their_own_pairs_and_stay_apart(cast, order):
    made = split_document(order, by=cast.anna)
    set_requisites(made, number="2", dated_on=DAY, by=cast.anna)
    register_document(made, by=cast.anna)
    states = {pair.form.code: pair.status for pair in Mentorship.objects.all()}
    assert states["teacher_teacher"] == MentorshipStatus.ACTIVE
    assert states["pupil_pupil"] == MentorshipStatus.APPROVED
    for refused in (join_document, split_document):
        with pytest.raises(RefusedError):
            refused(made, by=cast.anna)
    other = Document.objects.get(pk=order.pk)
    with pytest.raises(RefusedError):
        split_document(other, by=cast.anna)  # no staff left in it
    with pytest.raises(RefusedError):
        join_document(other, by=cast.anna)  # it was parted from nothing


def words_of(pieces):
    return Counter(" ".join(pieces).replace("\u00a0", " ").split())


def in_file(document):
    docx = docx_of(document)
    pieces = [paragraph.text for paragraph in docx.paragraphs]
    for table in docx.tables:
        for row in table.rows:
            whole = [tc for tc in row._tr.tc_lst if tc.vMerge != "continue"]
            pieces += [p.text for tc in whole for p in _Cell(tc, table).paragraphs]
    return words_of(pieces)


def on_page(page):
    inside = re.search(r'<article class="paper".*?</article>', page, re.DOTALL)[0]
    return words_of([unescape(re.sub(r"<[^>]+>", " ", inside))])


def test_the_page_shows_what_the_file_holds(cast, order):
    client = signed_in(cast.anna)
    url = reverse("documents:card", args=[order.pk])
    for made in (drawn(order), with_everything(cast, order)):
        page = client.get(url).content.decode()
        assert on_page(page) == in_file(made)


OLD = {
    "organisation": "Школа", "word": "ПРИКАЗ", "date": "1 сентября 2026 г.", "number": "5", "town": "г. Примерск",
    "title": "О закреплении", "preamble": "В соответствии", "order_word": "ПРИКАЗЫВАЮ", "points": ["Закрепить."],
    "head_position": "Директор", "head_name": "Д. Д. Директорова", "acquainted_word": "С приказом ознакомлены",
    "acquainted": ["Учителева Ульяна Юрьевна"],
    "annex": {
        "caption": ["Приложение", "к приказу"], "title": "Наставники и наставляемые",
        "columns": ["№", "Наставник", "закрепляется за (кем)", "Срок"],
        "parts": [
            {"title": "Форма «ученик – ученик»", "rows": [["Старшов Олег", "Младшовым Мишей", "год"]] * 2},
            {"title": "Форма «учитель – учитель»", "rows": [["Учителева", "Новиковой", "год"]]},
        ],
    },
    "unsure": [], "has_acts": True, "has_head": True,
}  # fmt: skip


def test_a_paper_registered_before_says_what_it_said(cast, order):
    Document.objects.filter(pk=order.pk).update(
        content=OLD, status=DocumentStatus.REGISTERED, number="5", dated_on=DAY
    )
    url = reverse("documents:card", args=[order.pk])
    page = signed_in(cast.anna).get(url).content.decode()
    order.refresh_from_db()
    assert order.content == OLD
    found = in_file(order)
    assert on_page(page) == found
    assert "подпись" not in found
    numbers = [row[0] for row in annex_of(order)]
    assert numbers == ["1", "2", "3"]


def test_pages_are_numbered_and_no_heading_stands_alone(cast, order):
    docx = docx_of(with_everything(cast, order))
    section = docx.sections[0]
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header.paragraphs[0]._p.xml
    for paragraph in docx.paragraphs:
        if paragraph.text.endswith(":") or paragraph.text.startswith(
            ("Форма наст", "Наставники и")
        ):
            assert paragraph.paragraph_format.keep_with_next, paragraph.text
    for table in docx.tables[1:]:
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    for table in annex_tables(order):
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    labels = [cell.text for cell in docx.tables[2].rows[0].cells]
    assert [label.split("\n")[-1] for label in labels[1:]] == ["подпись", "дата"]


STAFF_POINT, COUNCIL_POINT = "351.8", "методического совета"


def test_points_follow_from_whom_the_pairs_are_of(cast, order):
    whole = paper(order)
    assert STAFF_POINT in whole
    assert COUNCIL_POINT in whole
    assert "учитель – учитель" in whole
    pair = Mentorship.objects.get(form__code="teacher_teacher")
    set_pair_status(pair, MentorshipStatus.CANCELLED, reason="конец", by=cast.anna)
    refresh_document(order, by=cast.anna)
    order.refresh_from_db()
    whole = paper(order)
    assert STAFF_POINT not in whole  # pupils are nobody's employees
    assert COUNCIL_POINT not in whole
    assert "учитель – учитель" not in whole
    numbers = [p.split(".")[0] for p in whole.splitlines() if p[:2] in ("1.", "2.", "3.", "4.")]
    assert numbers == ["1", "2", "3", "4"]


def test_a_commission_is_cited_where_it_approves(cast, order):
    form = cast.school.programme.forms.get(code="pupil_pupil")
    change_form(form, approving_body=ApprovingBody.CYCLE_COMMISSION, by=cast.anna)
    refresh_document(order, by=cast.anna)
    order.refresh_from_db()
    assert "цикловой комиссии" in paper(order)


def test_who_is_charged_and_grown_up_people_sign_as_acquainted(cast, order):
    staff = ["Учителева Ульяна Юрьевна", "Новикова Нина Юрьевна"]
    assert acquainted_with(order) == ["Кураторова Анна Ивановна", *staff]
    order = with_everything(cast, order)
    assert acquainted_with(order) == ["Кураторова Анна Ивановна", "Ткач Павел Ильич", *staff]


def test_an_order_without_anything_still_comes_out_and_says_what_is_missing(cast, order):
    change_organisation(
        cast.school.organisation, by=cast.anna, head_name="", head_position="", town=""
    )
    for row in Membership.objects.filter(organisation=cast.school.organisation, role="curator"):
        end_role(row, by=None)
    for pair in Mentorship.objects.all():
        set_pair_status(pair, MentorshipStatus.CANCELLED, reason="конец", by=cast.anna)
    refresh_document(order, by=None)
    order.refresh_from_db()
    assert len(findings(order)) == 4  # number and date, acts, head, no pair
    whole = paper(order)
    assert "ПРИКАЗ" in whole
    assert BLANK in whole
    assert "куратору программы" not in whole
    assert "None" not in whole
    assert "{" not in whole


def test_a_place_left_to_write_on_is_found(order):
    composed = compose_pair_order(order)
    whole = {**composed.facts, "council_minutes": "№ 1", "agreements_until": "1 октября"}
    found = [
        findings(
            Document(
                kind=PAIR_ORDER,
                content=content_of(PAIR_ORDER, replace(composed, asks=[], facts=facts)),
            )
        )
        for facts in (whole | {"agreements_by": "Ткачу"}, whole | {"period": ""})
    ]
    assert len(found[1]) == len(found[0]) + 1


def test_a_paper_from_nothing_has_no_document_yet(cast):
    content = content_of(PAIR_ORDER, pair_order(None, cast.school.programme, []))
    document = Document(kind=PAIR_ORDER, content=content)
    assert of_kind(document, Requisites)[0].number == BLANK
    assert docx_of(document)


NASTY = [
    'О"Брайен <b>&amp; Ко</b>',
    "{curator_dative} {?acts} %(name)s",
    "Имя😀👩‍🏫",
    "Контроль\x07\x1b\ufffe\uffff",
    "я" * 100,
    "Слово\nна двух строках\tи табуляция",
]


@pytest.mark.parametrize("nasty", NASTY)
def test_no_name_and_no_title_breaks_the_file(cast, order, nasty):
    change_person(
        cast.school.people["teacher"],
        last_name=nasty[:100],
        position=(nasty * 300)[:200],
        by=cast.anna,
    )
    change_organisation(
        cast.school.organisation, by=cast.anna, full_name=(nasty * 300)[:500], head_name=nasty
    )
    change_programme(
        cast.school.programme,
        forms=cast.school.programme.forms.all(),
        title=nasty,
        acts=nasty,
        by=cast.anna,
    )
    order = with_everything(cast, order)
    whole = paper(order)
    assert "<w:" not in whole
    assert len(annex_lines(order)) == 3
    if "{" in nasty:
        assert "{curator_dative}" in whole  # a text is a text
    response = signed_in(cast.anna).get(reverse("documents:card", args=[order.pk]))
    assert response.status_code == 200
    assert "<b>&amp; Ко" not in text(response)


def test_two_hundred_pairs_are_two_hundred_lines(order):
    parts = [
        TableFacts(
            {"form": form},
            [[str(n), "Наставник", "учитель", "Наставляемый", "5А", "год"] for n in numbers],
        )
        for form, numbers in (("первая", range(1, 121)), ("вторая", range(121, 201)))
    ]
    composed = compose_pair_order(order)
    content = content_of(PAIR_ORDER, replace(composed, facts={**composed.facts, "parts": parts}))
    lines = annex_lines(Document(content=content))
    assert len(lines) == 200
    numbers = [
        row.cells[0].text for table in annex_tables(Document(content=content)) for row in table.rows
    ]
    assert [n for n in numbers if n.isdigit()] == [str(n) for n in range(1, 201)]


def test_a_partner_stands_beside_the_position(cast, order):
    partner = Partner.objects.get(organisation=cast.school.organisation)
    change_person(cast.school.people["teacher"], partner=partner, by=cast.anna)
    refresh_document(order, by=None)
    order.refresh_from_db()
    assert "учитель математики, Завод" in paper(order)


def test_kept_cases_win_over_the_engine(cast):
    from nastavnik.documents.adapter import Case, full_name

    person = cast.school.people["teacher"]
    person.genitive, person.dative = "Учителевой-Особой У. Ю.", "Учителевой-Иной У. Ю."
    assert full_name(person, Case.GENITIVE) == "Учителевой-Особой У. Ю."
    assert full_name(person, Case.DATIVE) == "Учителевой-Иной У. Ю."
    assert full_name(person, Case.NOMINATIVE) == "Учителева Ульяна Юрьевна"


def test_a_draft_follows_what_changes_and_a_registered_paper_stands(cast, order):
    client = signed_in(cast.anna)
    url = reverse("documents:card", args=[order.pk])
    change_person(cast.school.people["younger"], last_name="Меньшов", by=cast.anna)
    assert "Меньшов" in text(client.get(url))
    set_requisites(order, number="12-о", dated_on=DAY, by=cast.anna)
    registered = register_document(order, by=cast.anna)
    assert "№ 12-о" in paper(registered)  # the number it was registered under
    change_person(cast.school.people["younger"], last_name="Большов", by=cast.anna)
    page = text(client.get(url))
    assert "Меньшов" in page
    assert "Большов" not in page
    download = client.get(reverse("documents:download", args=[order.pk]))
    assert "Меньшов" in "".join(
        cell.text
        for table in read_docx(BytesIO(download.content)).tables
        for row in table.rows
        for cell in row.cells
    )
    registered.refresh_from_db()
    with pytest.raises(RefusedError):
        redraw_document(registered, {}, by=cast.anna)
    with pytest.raises(RefusedError):
        set_requisites(registered, number="13", dated_on=DAY, by=cast.anna)
    with pytest.raises(RefusedError):
        register_document(registered, by=cast.anna)
    assert refresh_document(registered, by=None) == registered
    assert findings(registered) == []


@pytest.mark.parametrize(("number", "day"), [("", DAY), ("12", None), ("  ", DAY)])
def test_without_number_and_date_nothing_is_registered(cast, order, number, day):
    set_requisites(order, number=number, dated_on=day, by=cast.anna)
    with pytest.raises(RefusedError):
        register_document(order, by=cast.anna)
    assert {pair.status for pair in Mentorship.objects.all()} == {MentorshipStatus.APPROVED}


def another(cast, order):
    return draft_document(
        cast.school.year,
        PAIR_ORDER,
        subject_id=order.subject_id,
        by=cast.anna,
    )


@pytest.mark.both
def test_a_number_is_given_once_a_year(cast, order):
    set_requisites(order, number="12-о", dated_on=DAY, by=cast.anna)
    second = another(cast, order)
    with pytest.raises(RefusedError) as refusal:
        set_requisites(second, number=" 12-о ", dated_on=DAY, by=cast.anna)
    assert "12-о" in str(refusal.value)
    second.refresh_from_db()
    assert second.number == ""
    foreign = approve_pairs(cast.other)
    set_requisites(foreign, number="12-о", dated_on=DAY, by=cast.vera)  # another school's own
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=second.pk).update(number="12-о")
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=second.pk).update(status=DocumentStatus.REGISTERED)


def test_the_register_and_the_card(cast, order):
    client = signed_in(cast.anna)
    page = client.get("/documents/")
    assert [document.pk for document in page.context["page"]] == [order.pk]
    url = reverse("documents:card", args=[order.pk])
    response = client.get(url)
    assert response.context["may_edit"]
    assert len(response.context["findings"]) == 5  # number and date, acts, three answers
    client.post(url, {"number": "12-о", "dated_on": "2026-09-15"})
    order.refresh_from_db()
    assert (order.number, order.dated_on, order.status) == ("12-о", DAY, DocumentStatus.DRAFT)
    second = another(cast, order)
    second_url = reverse("documents:card", args=[second.pk])
    taken = client.post(second_url, {"number": "12-о", "dated_on": "2026-09-15"})
    assert taken.context["form"].non_field_errors()
    bare = client.post(second_url, {"number": "", "dated_on": "", "register": "1"})
    assert bare.context["form"].non_field_errors()
    wrong = client.post(second_url, {"number": "1", "dated_on": "вчера"})
    assert wrong.context["form"].errors["dated_on"]
    answers = {"number": "12-о", "dated_on": "2026-09-15", "register": "1"}
    asked = client.post(url, answers)
    order.refresh_from_db()
    assert order.status == DocumentStatus.DRAFT  # first it is said what follows
    assert said(client.post(asked["Location"], follow=True))
    order.refresh_from_db()
    assert order.status == DocumentStatus.REGISTERED
    assert "№ 12-о" in paper(order)
    assert {pair.status for pair in Mentorship.objects.all()} == {MentorshipStatus.ACTIVE}
    client.post(url, {"number": "99", "dated_on": "2026-09-16"})
    order.refresh_from_db()
    assert order.number == "12-о"


def test_a_file_has_a_name_one_can_find(cast, order):
    set_requisites(order, number="12/о", dated_on=DAY, by=cast.anna)
    response = signed_in(cast.anna).get(reverse("documents:download", args=[order.pk]))
    assert response["Content-Type"].endswith("wordprocessingml.document")
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert quote("О_закреплении_наставников_за_наставляемыми_12о.docx") in disposition
    assert response["Cache-Control"] == "no-store"


def test_who_reads_does_not_write(cast, order):
    client = signed_in(cast.users[Role.DIRECTOR])
    url = reverse("documents:card", args=[order.pk])
    response = client.get(url)
    assert not response.context["may_edit"]
    client.post(url, {"number": "1", "dated_on": "2026-09-15", "register": "1"})
    order.refresh_from_db()
    assert (order.number, order.status) == ("", DocumentStatus.DRAFT)
    assert signed_in(cast.users[Role.PSYCHOLOGIST]).get(url).status_code == 403


def test_papers_of_another_school_are_out_of_reach(cast):
    order = approve_pairs(cast.other)
    client = signed_in(cast.anna)
    for name in ("card", "download"):
        assert client.get(reverse(f"documents:{name}", args=[order.pk])).status_code == 404
    assert CANARY not in text(client.get("/documents/"))
    assert str(order) == order.title


def test_facts_and_places():
    assert fill("{a} и {?b}.", {"a": "{b}", "b": ""}) == "{b} и ."
    assert fill("{a}", {}) == BLANK
    records = [{"text": "Всегда {a}."}, {"text": "Если {b}.", "when": ["b"]}]
    assert points(records, {"a": "1"}) == ["Всегда 1."]
    assert points(records, {"a": "1", "b": "2"}) == ["Всегда 1.", "Если 2."]
