"""What a document says beside its activities is kept: of sections themselves, planned values of indicators."""

import pytest
from django.urls import reverse

from nastavnik.roadmaps.actions import make_from_document, start_reading
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import IndicatorTarget, RoadmapSection

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
