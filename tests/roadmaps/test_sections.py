"""What a document says beside its activities is kept: of sections themselves, planned values of indicators."""

import datetime as dt

import pytest
from django.urls import reverse

from nastavnik.organisations.actions import open_year
from nastavnik.roadmaps.actions import make_from_document, start_reading, take_copy
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import IndicatorTarget, Roadmap, RoadmapSection

DOCUMENT = """Дорожная карта наставничества

№\tМероприятие\tСроки\tОтветственный\tДокумент
1\tПодготовка условий\tМай-октябрь {year} г.\tСпециалисты управления\tБаза данных наставляемых
1.1\tИздать приказ\tмай {year}\tДиректор\tПриказ
1.2\tСобрать согласия\tиюнь {year}\tКуратор\t
2\tОтбор\t\t\t
2.1\tАнкеты\tиюнь {year}\tКуратор\t

Плановые значения

Показатель\t{year}\t{next}
Доля наставляемых, %\t10\t
"""


def body(response):
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


@pytest.fixture
def made(cast):
    year = cast.school.year.starts_on.year
    text = DOCUMENT.format(year=year, next=year + 1)
    draft = start_reading(cast.school.organisation, file_name="", text=text, by=cast.anna)
    return make_from_document(draft, begins_in=year, level=RoadmapLevel.SCHOOL, by=cast.anna)


@pytest.mark.both
def test_a_section_keeps_its_term_owner_and_paper(made, cast, client):
    year = made.year.starts_on.year
    (section,) = RoadmapSection.objects.all()  # nothing is said of the second
    assert section.title == made.activities.first().section == "1. Подготовка условий"
    assert section.term_text == f"Май-октябрь {year} г."
    assert section.responsible == "Специалисты управления"
    assert section.document_text == "База данных наставляемых"
    client.force_login(cast.anna)
    text = body(client.get(reverse("roadmaps:show", args=[made.pk])))
    assert f"Май-октябрь {year} г. · Специалисты управления · База данных наставляемых" in text


@pytest.mark.both
def test_planned_values_are_kept_and_a_blank_is_no_data(made, cast, client):
    year = made.year.starts_on.year
    rows = IndicatorTarget.objects.values_list("name", "unit", "year", "value", "source_line")
    assert list(rows) == [
        ("Доля наставляемых, %", "%", year, 10.0, 13),
        ("Доля наставляемых, %", "%", year + 1, None, 13),
    ]
    client.force_login(cast.anna)
    text = body(client.get(reverse("roadmaps:show", args=[made.pk])))
    assert f"{year}: 10 %; {year + 1}: нет данных; строка 13 документа" in text


@pytest.mark.both
def test_sections_and_coming_targets_go_along_to_another_year(made, cast, client):
    """A planned value of a year that is over then is not carried over, and the page says so."""
    before = made.year.starts_on.year
    days = (dt.date(before + 1, 9, 1), dt.date(before + 2, 8, 31))
    year = open_year(cast.school.organisation, starts_on=days[0], ends_on=days[1], by=cast.anna)
    client.force_login(cast.anna)
    answer = client.post(reverse("roadmaps:shift", args=[made.pk]), {"year": year.pk}, follow=True)
    assert "Плановые значения прошлых лет не перенесены" in body(answer)
    after = Roadmap.objects.get(year=year)
    (section,) = after.sections.all()
    assert section.term_text == f"май – октябрь {before + 1} г."
    assert section.responsible == "Специалисты управления"
    assert list(after.targets.values_list("year", "value")) == [(before + 1, None)]
    assert made.targets.count() == 2  # and the other keeps all


@pytest.mark.both
def test_the_archive_keeps_its_own_and_what_replaces_it_has_what_it_says(made, cast, client):
    year = made.year.starts_on.year
    text = DOCUMENT.format(year=year, next=year + 1).replace("\t10\t", "\t20\t")
    text = text.replace("Специалисты управления", "Завуч")
    draft = start_reading(cast.school.organisation, file_name="", text=text, by=cast.anna)
    new = make_from_document(
        draft, begins_in=year, level=RoadmapLevel.SCHOOL, instead_of=made, by=cast.anna
    )
    assert new.sections.get().responsible == "Завуч"
    assert new.targets.get(year=year).value == 20
    client.force_login(cast.anna)
    text = body(client.get(reverse("roadmaps:archived", args=[made.pk])))
    assert "Специалисты управления" in text
    assert f"{year}: 10 %" in text


@pytest.mark.both
def test_what_is_added_to_takes_the_new_sections_and_targets_that_are_ticked(made, cast, client):
    year = made.year.starts_on.year
    text = DOCUMENT.format(year=year, next=year + 1).replace("\t10\t", "\t20\t15")
    text = text.replace("2\tОтбор\t\t\t", "2\tОтбор\tиюнь\tКуратор\t")
    draft = start_reading(cast.school.organisation, file_name="", text=text, by=cast.anna)
    client.force_login(cast.anna)
    address = f"{reverse('roadmaps:draft', args=[draft.pk])}?into={made.pk}"
    page = body(client.get(address))
    assert "О разделах: 1." in page
    assert (
        f"<del>{year}: 10 %; {year + 1}: нет данных</del> <ins>{year}: 20 %; {year + 1}: 15 %</ins>"
        in page
    )
    client.post(address, {"sections": [1], "targets": [0]})
    assert {one.title: one.responsible for one in made.sections.all()} == {
        "1. Подготовка условий": "Специалисты управления", "2. Отбор": "Куратор",
    }  # fmt: skip
    assert list(made.targets.values_list("year", "value")) == [(year, 20), (year + 1, 15)]


def test_what_is_not_ticked_stays_as_it_was(made, cast, client):
    year = made.year.starts_on.year
    text = DOCUMENT.format(year=year, next=year + 1).replace("\t10\t", "\t20\t15")
    draft = start_reading(cast.school.organisation, file_name="", text=text, by=cast.anna)
    client.force_login(cast.anna)
    client.post(f"{reverse('roadmaps:draft', args=[draft.pk])}?into={made.pk}", {})
    assert list(made.targets.values_list("year", "value")) == [(year, 10), (year + 1, None)]


@pytest.mark.both
def test_goals_in_sentences_are_shown_before_and_kept(cast, client):
    year = cast.school.year.starts_on.year
    text = (
        "Дорожная карта программы наставничества\n\n"
        f"Цель: к концу {year} года не менее 10% обучающихся вовлечены в наставничество\n\n"
        f"к концу {year + 4} года не менее 70% обучающихся вовлечены в наставничество\n\n"
        "№\tМероприятие\tСроки\tОтветственный\n1\tСлёт\tмай\tКуратор\n"
    )
    draft = start_reading(cast.school.organisation, file_name="", text=text, by=cast.anna)
    client.force_login(cast.anna)
    said = f"{year}: 10 %; {year + 4}: 70 %"
    assert said in body(client.get(reverse("roadmaps:draft", args=[draft.pk])))
    made = make_from_document(draft, begins_in=year, level=RoadmapLevel.SCHOOL, by=cast.anna)
    assert said in body(client.get(reverse("roadmaps:show", args=[made.pk])))


def test_the_draft_shows_what_is_said_of_a_section(cast, client):
    year = cast.school.year.starts_on.year
    text = DOCUMENT.format(year=year, next=year + 1)
    draft = start_reading(cast.school.organisation, file_name="", text=text, by=cast.anna)
    client.force_login(cast.anna)
    page = body(client.get(reverse("roadmaps:draft", args=[draft.pk])))
    assert f"Май-октябрь {year} г. · Специалисты управления · База данных наставляемых" in page


WORDS = "\tМай-октябрь {year} г.\tСпециалисты управления\tБаза данных наставляемых"


@pytest.mark.both
@pytest.mark.parametrize(
    ("without", "left"), [(WORDS, ""), ("Специалисты управления", "Май-октябрь")]
)
def test_a_copy_that_takes_words_off_a_section_is_seen(made, cast, client, without, left):
    """Also where no word is left of it; taken only where ticked, and the history says from what to what."""
    year = made.year.starts_on.year
    text = DOCUMENT.format(year=year, next=year + 1)
    tabs = "\t" * without.count("\t")
    text = text.replace(without.format(year=year), tabs)
    draft = start_reading(
        cast.school.organisation, file_name="", text=text, roadmap=made, by=cast.anna
    )
    client.force_login(cast.anna)
    address = reverse("roadmaps:draft", args=[draft.pk])
    page = body(client.get(address))
    assert "О разделах: 1." in page
    assert "<del>Май-октябрь" in page
    assert page.count("checked") == (1 if left else 0)  # what only takes away is not ticked
    place = page.split('name="sections" value="')[1].split('"')[0]
    client.post(address, {"sections": [place]})
    kept = made.sections.first()
    assert (kept.term_text if kept else "").startswith(left)
    assert not kept or not kept.responsible
    told = made.changes.filter(line="1. Подготовка условий").values_list("field", "before", "after")
    assert ("responsible", "Специалисты управления", "") in told
    history = body(client.get(reverse("roadmaps:show", args=[made.pk]) + "?view=history"))
    assert "Traceback" not in history


@pytest.mark.both
def test_the_history_says_from_what_to_what_a_planned_value_went(made, cast):
    year = made.year.starts_on.year
    text = DOCUMENT.format(year=year, next=year + 1).replace("\t10\t", "\t20\t15")
    draft = start_reading(
        cast.school.organisation, file_name="", text=text, roadmap=made, by=cast.anna
    )
    take_copy(draft, by=cast.anna)
    told = made.changes.get(line="Доля наставляемых, %")
    assert (told.field, told.before) == ("", f"{year}: 10 %; {year + 1}: нет данных")
    assert told.after == f"{year}: 20 %; {year + 1}: 15 %"


def test_the_draft_says_which_rows_look_like_activities_and_are_in_none(cast, client):
    year = cast.school.year.starts_on.year
    text = DOCUMENT.format(year=year, next=year + 1)
    client.force_login(cast.anna)
    draft = start_reading(cast.school.organisation, file_name="", text=text, by=cast.anna)
    assert "похож" not in body(client.get(reverse("roadmaps:draft", args=[draft.pk])))
    text += "\nКто что делает\n\nКто\tЧто делает\tКогда\nДиректор\tПодписать все договоры\tиюнь\n"
    draft = start_reading(cast.school.organisation, file_name="", text=text, by=cast.anna)
    page = body(client.get(reverse("roadmaps:draft", args=[draft.pk])))
    assert "Из них 1 похожа на мероприятие: она под таблицей." in page
    assert "столбцы этой таблицы нам незнакомы" in page
    rest = page.split('id="rest"')[1]
    assert rest.index("Подписать все договоры") < rest.index(
        "Что делает"
    )  # what may be one comes first
