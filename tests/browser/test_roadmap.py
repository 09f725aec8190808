"""A roadmap in a real browser: last year's document becomes this year's, goes to Word and comes back."""

from io import BytesIO

import pytest
from django.test import Client
from docx import Document as NewDocx

from nastavnik.roadmaps.models import Roadmap, RoadmapDraft

pytestmark = pytest.mark.django_db(transaction=True)


def press(page, selector):
    """Press and wait for the page that follows."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def source(year):
    """Last year's roadmap of an invented school, as a .docx."""
    docx = NewDocx()
    docx.add_paragraph("Дорожная карта наставничества, Школа № 7 г. Примерска")
    rows = [
        ("№", "Мероприятие", "Сроки", "Ответственный"),
        ("1", "Педсовет о наставничестве", f"15.09.{year}", "Директор"),
        ("2", "Формирование базы наставников", f"октябрь {year} – ноябрь {year}", "Куратор"),
        ("3", "Встреча с родителями", "как получится", ""),
        ("4", "Праздник наставников", f"май {year + 1}", "Заместитель директора по ВР"),
    ]
    table = docx.add_table(0, 4)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    stream = BytesIO()
    docx.save(stream)
    return stream.getvalue()


def test_a_document_becomes_this_years_roadmap_and_comes_back(page, context, live_server, cast):
    client = Client()
    client.force_login(cast.anna)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    this = cast.school.year
    before = this.starts_on.year - 1
    page.goto("/roadmap/read/")
    docx = {"name": "karta.docx", "mimeType": "application/octet-stream", "buffer": source(before)}
    page.set_input_files("[name=file]", docx)
    press(page, "main form .btn-primary")
    doubted = page.locator("tr", has_text="посмотрите")
    assert doubted.count() == 1
    assert "как получится" in doubted.inner_text()
    press(page, ".bulk .btn-primary")
    # last year is not in the settings: nobody adds it unasked
    assert not Roadmap.objects.exists()
    press(page, "button[value=open]")
    old = Roadmap.objects.get()
    assert old.year.starts_on.year == before
    press(page, f"button[name=year][value='{this.pk}']")
    new = Roadmap.objects.get(year=this)
    page.locator("a", has_text="Встреча с родителями").first.click()
    page.fill("[name=term_text]", "до 20 октября")
    page.fill("[name=responsible]", "Классные руководители")
    press(page, "button:has-text('Сохранить')")
    assert new.activities.get(number="3").ends_on.isoformat() == f"{this.starts_on.year}-10-20"
    page.goto(f"/roadmap/{new.pk}/")
    # in the row itself, and two lines at once: what is done with them shows when they are ticked
    row = page.locator("tr", has_text="Праздник наставников")
    with page.expect_navigation():
        row.locator("a", has_text="изменить").click()
    page.fill("[name=responsible][form=inline]", "Завуч")
    press(page, "button[form=inline]")
    assert new.activities.get(number="4").responsible == "Завуч"
    assert page.locator("button[value=move]").is_hidden()
    for number in (0, 1):
        page.locator("[name=lines]").nth(number).check()
    page.fill("[name=n_days]", "3")
    press(page, "button[value=move]")
    moved = new.activities.get(title="Педсовет о наставничестве")
    assert moved.ends_on.isoformat() == f"{this.starts_on.year}-09-18"
    page.goto(f"/roadmap/{new.pk}/history/")
    told = page.locator("main .lines").inner_text()
    assert "Завуч" in told
    assert "до 20 октября" in told
    page.goto(f"/roadmap/{new.pk}/")
    with page.expect_download() as download:
        page.locator("a[href*='file.docx']").first.click()
    page.goto(f"/roadmap/{new.pk}/again/")
    page.set_input_files("[name=file]", download.value.path())
    press(page, "main form .btn-primary")
    assert "Различий нет" in page.locator(".answer").inner_text()
    assert RoadmapDraft.objects.count() == 1
    # on a phone the whole year is on the screen, today and what comes next, and nothing scrolls sideways
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/roadmap/")
    assert page.locator(".chart").nth(0).is_hidden()
    drawn = page.locator(".chart-narrow")
    today_x = drawn.locator(".today").bounding_box()["x"]
    bars = [
        drawn.locator("rect").nth(n).bounding_box() for n in range(drawn.locator("rect").count())
    ]
    assert 0 <= today_x <= 360
    assert any(bar["x"] > today_x for bar in bars)
    assert all(bar["x"] >= 0 and bar["x"] + bar["width"] <= 360 for bar in bars)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # and the filter stands in one row at the width of a school's screen
    page.set_viewport_size({"width": 1366, "height": 768})
    tops = page.locator(".filters > *:not(.visually-hidden)").evaluate_all(
        "fields => fields.map(f => Math.round(f.getBoundingClientRect().top))"
    )
    assert max(tops) - min(tops) < 24, tops
