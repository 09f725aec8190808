"""The order on pairs as a paper: what it says, what it lacks, that nothing breaks it."""

import datetime as dt
from io import BytesIO
from urllib.parse import quote

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from docx import Document as read_docx  # noqa: N813 - a function, whatever its name
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import CANARY, approve_pairs
from tests.pages import said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import (
    draft_document,
    redraw_document,
    register_document,
    set_requisites,
)
from nastavnik.documents.choices import DocumentKind, DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.queries import findings
from nastavnik.documents.rendering import clean, render_order
from nastavnik.documents.texts import BLANK, fill, points
from nastavnik.mentorships.actions import refresh_order, set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.documents import pair_order_content
from nastavnik.mentorships.models import Mentorship
from nastavnik.organisations.actions import change_organisation
from nastavnik.organisations.models import Partner
from nastavnik.people.actions import change_person, end_role
from nastavnik.people.models import Membership
from nastavnik.programmes.actions import change_form, change_programme
from nastavnik.programmes.choices import ApprovingBody

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
    docx = read_docx(BytesIO(render_order(document.content)))
    cells = [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
    whole = "\n".join([*(paragraph.text for paragraph in docx.paragraphs), *cells])
    return whole.replace("\u00a0", " ")


def annex_lines(document):
    """Return the rows of pairs of the annex: mentor, mentee, term."""
    docx = read_docx(BytesIO(render_order(document.content)))
    rows = [
        [cell.text.replace("\u00a0", " ") for cell in row.cells] for row in docx.tables[-1].rows
    ]
    return [row[1:] for row in rows if row[0].isdigit()]


def with_everything(cast, order):
    programme = cast.school.programme
    change_programme(programme, forms=programme.forms.all(), acts=ACTS, by=cast.anna)
    set_requisites(order, number="12-о", dated_on=DAY, by=cast.anna)
    refresh_order(order, by=cast.anna)
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


def test_the_annex_says_who_leads_whom_in_the_right_case(cast, order):
    lines = {row[0]: row[1] for row in annex_lines(with_everything(cast, order))}
    mentees = {
        "Старшов Олег Петрович, ученик 9А класса",
        "Старшова Ольга Петровна, ученица 10А класса",
        "Учителева Ульяна Юрьевна, учитель математики",
    }
    assert set(lines) == mentees
    assert set(lines.values()) == {
        "Младшовым Мишей Ильичом, учеником 5А класса",
        "Младшовой Машей Ильиничной, ученицей 5А класса",
        "Новиковой Ниной Юрьевной, учителем физики",
    }
    terms = {row[2] for row in annex_lines(order)}
    assert len(terms) == 1


def test_the_curator_is_charged_in_the_dative(cast, order):
    assert "Кураторовой Анне Ивановне, куратору программы" in paper(order)


STAFF_POINT, COUNCIL_POINT = "351.8", "методического совета"


def test_points_follow_from_whom_the_pairs_are_of(cast, order):
    whole = paper(order)
    assert STAFF_POINT in whole
    assert COUNCIL_POINT in whole
    assert "учитель – учитель" in whole
    pair = Mentorship.objects.get(form__code="teacher_teacher")
    set_pair_status(pair, MentorshipStatus.CANCELLED, reason="конец", by=cast.anna)
    refresh_order(order, by=cast.anna)
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
    refresh_order(order, by=cast.anna)
    order.refresh_from_db()
    assert "цикловой комиссии" in paper(order)


def test_only_grown_up_mentors_sign_as_acquainted(cast, order):
    assert order.content["acquainted"] == ["Учителева Ульяна Юрьевна"]


def test_an_order_without_anything_still_comes_out_and_says_what_is_missing(cast, order):
    change_organisation(
        cast.school.organisation, by=cast.anna, head_name="", head_position="", town=""
    )
    for row in Membership.objects.filter(organisation=cast.school.organisation, role="curator"):
        end_role(row, by=None)
    for pair in Mentorship.objects.all():
        set_pair_status(pair, MentorshipStatus.CANCELLED, reason="конец", by=cast.anna)
    refresh_order(order, by=None)
    order.refresh_from_db()
    assert len(findings(order)) == 4  # number and date, acts, head, no pair
    whole = paper(order)
    assert "ПРИКАЗ" in whole
    assert BLANK in whole
    assert "куратору программы" not in whole
    assert "None" not in whole
    assert "{" not in whole


def test_a_place_left_to_write_on_is_found(order):
    order.content["points"][0] = fill("Закрепить {nothing}.", {})
    assert BLANK in order.content["points"][0]
    n_before = len(findings(Document(content=order.content | {"points": []})))
    assert len(findings(Document(content=order.content))) == n_before + 1


def test_a_paper_from_nothing_has_no_document_yet(cast):
    content = pair_order_content(None, cast.school.programme, [])
    assert content["number"] == BLANK
    assert read_docx(BytesIO(render_order(content)))


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


@given(st.text(max_size=60))
def test_any_text_can_be_drawn(words):
    cell = {"title": words, "rows": [[words, words, words]]}
    content = {
        **dict.fromkeys(
            ("organisation", "word", "date", "number", "town", "title", "preamble", "order_word"),
            words,
        ),
        **dict.fromkeys(("head_position", "head_name", "acquainted_word"), words),
        "points": [words],
        "acquainted": [words],
        "annex": {
            "caption": [words],
            "title": words,
            "columns": [words] * 4,
            "parts": [cell],
        },
    }
    docx = read_docx(BytesIO(render_order(content)))
    shown = docx.tables[-1].rows[-1].cells[1].text
    assert [c for c in shown if not c.isspace()] == [c for c in clean(words) if not c.isspace()]


def test_two_hundred_pairs_are_two_hundred_lines(order):
    row = ["Наставник", "Наставляемым", "до конца года"]
    content = order.content
    content["annex"]["parts"] = [
        {"title": "Форма", "rows": [row] * 120},
        {"title": "Вторая", "rows": [row] * 80},
    ]
    lines = annex_lines(Document(content=content))
    assert len(lines) == 200
    docx = read_docx(BytesIO(render_order(content)))
    numbers = [r.cells[0].text for r in docx.tables[-1].rows if r.cells[0].text.isdigit()]
    assert numbers == [str(n) for n in range(1, 201)]


def test_a_partner_stands_beside_the_position(cast, order):
    partner = Partner.objects.get(organisation=cast.school.organisation)
    change_person(cast.school.people["teacher"], partner=partner, by=cast.anna)
    refresh_order(order, by=None)
    order.refresh_from_db()
    assert "учитель математики, Завод" in paper(order)


def test_the_gender_of_the_card_wins(cast, order):
    change_person(
        cast.school.people["younger"],
        first_name="Саша",
        patronymic="",
        gender="female",
        by=cast.anna,
    )
    refresh_order(order, by=None)
    order.refresh_from_db()
    assert "ученицей 5А класса" in paper(order)
    assert "учеником 5А класса" not in paper(order)


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
    assert "Меньшовым" in text(client.get(url))
    set_requisites(order, number="12-о", dated_on=DAY, by=cast.anna)
    registered = register_document(order, by=cast.anna)
    assert "№ 12-о" in paper(registered)  # the number it was registered under
    change_person(cast.school.people["younger"], last_name="Большов", by=cast.anna)
    page = text(client.get(url))
    assert "Меньшовым" in page
    assert "Большовым" not in page
    download = client.get(reverse("documents:download", args=[order.pk]))
    assert "Меньшовым" in "".join(
        cell.text
        for row in read_docx(BytesIO(download.content)).tables[-1].rows
        for cell in row.cells
    )
    registered.refresh_from_db()
    with pytest.raises(RefusedError):
        redraw_document(registered, {}, by=cast.anna)
    with pytest.raises(RefusedError):
        set_requisites(registered, number="13", dated_on=DAY, by=cast.anna)
    with pytest.raises(RefusedError):
        register_document(registered, by=cast.anna)
    assert refresh_order(registered, by=None) == registered
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
        DocumentKind.PAIR_ORDER,
        title="Ещё один",
        subject_id=order.subject_id,
        content=order.content,
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
    assert len(response.context["findings"]) == 2
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
