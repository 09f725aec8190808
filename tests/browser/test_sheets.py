"""A pile of photographed sheets in a real browser: loaded, looked through by keyboard alone, accepted."""

import pytest
from playwright.sync_api import expect
from tests.browser.test_pages import sign_in
from tests.questionnaires.asking import wave_of
from tests.questionnaires.marking import marked, pages_of, photographed

from nastavnik.blanks.models import Blank, PrintRun
from nastavnik.questionnaires.models import Response

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_pile_of_photos_becomes_answers(context, page, live_server, cast):
    wave = wave_of(cast.school)
    sign_in(context, live_server, cast.anna)
    page.goto(f"/questionnaires/{wave.pk}/")
    page.get_by_role("link", name="Бумажные листы").click()
    page.get_by_role("button", name="Сделать листы").click()
    expect(page.get_by_role("link", name="Сохранить .pdf")).to_be_visible()
    run = PrintRun.objects.get()
    drawn = pages_of(run)
    first, second = Blank.objects.filter(run=run, person__isnull=False)[:2]
    photos = [
        marked(run, drawn[first.pk, 1], comfort=7, before=["yes", "no"], mood=["calm", "none"]),
        marked(run, drawn[second.pk, 1], comfort=[2, 9], before="no", mood=["brave"]),
    ]
    page.get_by_label("Сканы и снимки").set_input_files(
        [
            {"name": f"IMG_{n}.jpg", "mimeType": "image/jpeg", "buffer": photographed(photo, n)}
            for n, photo in enumerate(photos)
        ]
    )
    page.get_by_role("button", name="Загрузить").click()
    page.get_by_role("link", name="Посмотреть сомнительное").click(timeout=30_000)
    expect(page.locator(".crop img").first).to_be_visible()
    # scale of the second sheet, then yes or no of the first: the figure goes on by itself, Enter notes the page
    for _ in range(2):
        keys = page.locator("[data-item]:focus-within [data-key='9']").count()
        page.keyboard.press("9" if keys else "2" if _two_keys(page) else " ")
    # several may be marked: a figure ticks, Space takes the tick off and puts it again, as in every form
    calm = page.locator("[data-item]").nth(2).locator("[data-key='1']")
    page.keyboard.press("1")
    expect(calm).to_be_checked()
    page.keyboard.press(" ")
    expect(calm).not_to_be_checked()
    page.keyboard.press(" ")
    expect(calm).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Сомнительное: ")).to_have_count(0)
    page.get_by_role("link", name="Принять: 2").click()
    page.get_by_role("button", name="Принять").click()
    expect(page.get_by_text("Приняты 2 листа.")).to_be_visible()
    answers = {row.invitation.person_id: row for row in Response.objects.all()}
    assert answers[first.person_id].answers == {"comfort": 7, "before": "no"}
    assert answers[first.person_id].guarded == {"mood": ["calm"]}
    assert answers[second.person_id].answers["comfort"] == 9


def _two_keys(page) -> bool:
    return page.locator("[data-item]:focus-within [data-key='2']").count() > 0
