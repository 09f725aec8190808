"""Lines changed in the list, many at once; what became of them; files that prove them."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.files import proofs
from nastavnik.roadmaps.actions import (
    add_evidence,
    change_activity,
    make_from_catalogue,
    remove_activity,
    set_activity_status,
    shift_from,
)
from nastavnik.roadmaps.adapter.checks import loads_of
from nastavnik.roadmaps.choices import ActivityStatus, ChangeKind, RoadmapLevel
from nastavnik.roadmaps.models import Evidence, RoadmapChange
from nastavnik.roadmaps.queries import lines_of

pytestmark = pytest.mark.django_db
S = ActivityStatus
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.anna)
    return client


@pytest.fixture
def made(cast):
    return make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)


@pytest.fixture
def kept(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def stored(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def body(response):
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def picture(kind="JPEG", mode="RGB", size=(8, 4), **more):
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, kind, **more)
    return stream.getvalue()


# ---------------------------------------------------------------- in the list


def test_a_line_is_changed_in_its_row(browser, made):
    line = made.activities.first()
    text = body(browser.get("/roadmap/", {"edit": line.pk}))
    assert reverse("roadmaps:inline", args=[line.pk]) in text
    assert 'form="inline"' in text
    page = reverse("roadmaps:inline", args=[line.pk])
    response = browser.post(page, {"title": line.title, "term_text": "10 октября", "responsible": "Завуч"})  # fmt: skip
    assert response.headers["Location"].endswith(f"#line-{line.pk}")
    line.refresh_from_db()
    assert (line.ends_on, line.responsible) == (dt.date(made.year.starts_on.year, 10, 10), "Завуч")
    assert "не сохранена" in body(browser.post(page, {"title": ""}, follow=True))
    line.refresh_from_db()
    assert line.title
    assert "inline" not in body(browser.get("/roadmap/", {"edit": "x"}))


def test_many_lines_at_once(browser, made):
    page = reverse("roadmaps:bulk", args=[made.pk])
    lines = list(made.activities.all()[:4])
    keys = [line.pk for line in lines]
    before = [(line.starts_on, line.ends_on) for line in lines]

    def send(**given):
        return body(browser.post(page, given, follow=True))

    assert "хотя бы одно" in send(do="done")
    assert "поле рядом" in send(do="owner", lines=keys)
    assert "поле рядом" in send(do="move", lines=keys, n_days="")
    assert "поле рядом" in send(do="fly", lines=keys)
    assert "цифрами" in send(do="move", lines=keys, n_days="x")
    ahead = (today() + dt.timedelta(days=1)).isoformat()
    assert "впереди" in send(do="done", lines=keys, done_on=ahead)
    assert made.activities.filter(status=S.DONE).count() == 0
    assert "Сдвинуто 4 дела" in send(do="move", lines=keys, n_days=7)
    week = dt.timedelta(days=7)
    for line, (first, last) in zip(lines, before, strict=True):
        line.refresh_from_db()
        assert (line.starts_on, line.ends_on) == (first + week, last + week)
        assert str(line.ends_on.day) in line.term_text
    assert "Изменено 4 дела" in send(do="owner", lines=keys, responsible="Завуч")
    assert "Изменено 0 дел" in send(do="owner", lines=keys, responsible="Завуч")
    day = today() - dt.timedelta(days=2)
    assert "Отмечено сделанными 4 дела" in send(do="done", lines=keys, done_on=day.isoformat())
    assert set(made.activities.filter(pk__in=keys).values_list("status", "done_on")) == {
        ("done", day)
    }
    assert "Отмечено сделанными 0 дел" in send(do="done", lines=keys)


def test_lines_of_another_roadmap_are_not_touched(browser, cast, made):
    other = make_from_catalogue(cast.other.year, RoadmapLevel.SCHOOL, by=cast.vera)
    foreign = other.activities.first()
    page = reverse("roadmaps:bulk", args=[made.pk])
    text = body(browser.post(page, {"do": "done", "lines": [foreign.pk]}, follow=True))
    assert "хотя бы одно" in text
    foreign.refresh_from_db()
    assert foreign.status == S.PLANNED


def test_a_line_without_days_stays_where_it_is(browser, cast, made):
    line = made.activities.first()
    change_activity(line, term_text="постоянно", by=cast.anna)
    page = reverse("roadmaps:bulk", args=[made.pk])
    text = body(browser.post(page, {"do": "move", "lines": [line.pk], "n_days": 7}, follow=True))
    assert "Сдвинуто 0 дел" in text
    line.refresh_from_db()
    assert line.term_text == "постоянно"


def test_whose_turn_it_is(browser, cast, made):
    made.activities.update(starts_on=None, ends_on=None)
    late, soon, owned = made.activities.all()[:3]
    change_activity(late, ends_on=today() - dt.timedelta(days=1), responsible="Завуч; Куратор", by=cast.anna)  # fmt: skip
    change_activity(
        soon, ends_on=today() + dt.timedelta(days=14), responsible="завуч", by=cast.anna
    )
    change_activity(owned, responsible="Завуч", by=cast.anna)
    set_activity_status(owned, S.DONE, by=cast.anna)
    loads = {one.owner: one for one in loads_of(lines_of(cast.anna, made, today()))}
    first = next(iter(loads.values()))
    assert (first.owner, first.still_open, first.late, first.soon) == ("Завуч", 2, 1, 1)
    assert loads["Куратор"].late == 1
    text = body(browser.get("/roadmap/", {"state": "soon", "owner": "Завуч"}))
    table = text.split("<tbody>")[1].split("</tbody>")[0]
    assert soon.title in table
    assert late.title not in table
    staged = body(browser.get("/roadmap/", {"stage": "7"}))
    assert late.title not in staged.split("<tbody>")[1].split("</tbody>")[0]


def test_each_is_told_of_what_they_answer_for(client, cast, made):
    made.activities.update(starts_on=None, ends_on=None)
    psychologist = cast.users[Role.PSYCHOLOGIST]
    surname = psychologist.full_name.split()[0]
    late, soon, named, foreign = made.activities.all()[:4]
    day = today()
    for line, days, owner in (
        (late, -1, "Педагог-психолог; Директор"), (soon, 3, "психолог"), (named, 2, f"{surname} А. Б."),
        (foreign, -2, "Директор"),
    ):  # fmt: skip
        change_activity(
            line, ends_on=day + dt.timedelta(days=days), responsible=owner, by=cast.anna
        )
    client.force_login(psychologist)
    text = body(client.get("/today/"))
    for line in (late, soon, named):
        assert line.title[:60] in text
    assert foreign.title[:60] not in text
    assert "скажите куратору" in text
    # a stranger to these posts is told nothing, the curator is told of both
    client.force_login(cast.users[Role.SOCIAL_TEACHER])
    assert late.title[:60] not in body(client.get("/today/"))
    client.force_login(cast.anna)
    assert "state=risk" in body(client.get("/today/"))


def test_the_calendar_reminds_a_week_before_of_what_is_not_done(browser, cast, made):
    made.activities.exclude(pk__in=made.activities.all()[:2].values("pk")).delete()
    done, ahead = made.activities.all()
    set_activity_status(done, S.DONE, by=cast.anna)
    change_activity(ahead, starts_on=None, ends_on=today() + dt.timedelta(days=30), by=cast.anna)
    text = browser.get(reverse("roadmaps:calendar", args=[made.pk])).content.decode()
    assert text.count("BEGIN:VEVENT") == 2
    assert text.count("BEGIN:VALARM") == text.count("TRIGGER;RELATED=END:-P8D") == 1
    assert text.index(f"UID:activity-{ahead.pk}.{made.calendar_key}@") < text.index("BEGIN:VALARM")


def test_a_sign_the_face_lacks_is_a_dot_in_the_pdf(browser, cast, made, caplog):
    from nastavnik.readers.documents import read_document

    change_activity(made.activities.first(), title="➤ Слёт 🙂 наставников", by=cast.anna)
    data = browser.get(reverse("roadmaps:pdf", args=[made.pk]), {"layout": "documents"}).content
    cells = [c for block in read_document(data, "a.pdf") for row in getattr(block, "rows", ()) for c in row.cells]  # fmt: skip
    assert any("• Слёт • наставников" in cell for cell in cells)
    assert not [one for one in caplog.records if "glyph" in one.getMessage()]


# ---------------------------------------------------------------- history


def test_who_changed_what_from_what_to_what(browser, cast, made):
    line = made.activities.first()
    change_activity(line, term_text="до 15 октября", responsible="Завуч", by=cast.anna)
    set_activity_status(line, S.DONE, done_on=today(), by=cast.anna)
    proof = add_evidence(line, note="протокол № 3", by=cast.anna)
    browser.post(reverse("roadmaps:remove-evidence", args=[proof.pk]))
    text = body(browser.get(reverse("roadmaps:activity", args=[line.pk])))
    for words in (
        "<ins>до 15 октября</ins>", "<ins>Завуч</ins>", "<ins>Сделано</ins>", cast.anna.full_name,
        "протокол № 3",
    ):  # fmt: skip
        assert words in text
    assert f"<ins>{today():%d.%m.%Y}</ins>" in text
    gone = made.activities.last()
    remove_activity(gone, by=None)
    whole = body(browser.get(reverse("roadmaps:history", args=[made.pk])))
    assert gone.title[:50] in whole
    assert "сама программа" in whole
    assert "карта сделана" in whole
    assert RoadmapChange.objects.get(kind=ChangeKind.REMOVED).activity is None
    # nothing changed, nothing told
    before = RoadmapChange.objects.count()
    change_activity(line, responsible="Завуч", by=cast.anna)
    assert RoadmapChange.objects.count() == before


def test_history_of_a_shifted_roadmap_begins_anew(browser, cast, made):
    from nastavnik.organisations.actions import open_year

    year = made.year.starts_on.year + 1
    after = open_year(
        made.organisation, starts_on=dt.date(year, 9, 1), ends_on=dt.date(year + 1, 8, 31), by=cast.anna
    )  # fmt: skip
    new = shift_from(made, after, by=cast.anna)
    assert [one.kind for one in new.changes.all()] == [ChangeKind.MADE]


@pytest.mark.parametrize("n", [5, 120])
def test_history_asks_as_few_queries_whatever_its_length(
    browser, made, django_assert_max_num_queries, n
):
    line = made.activities.first()
    RoadmapChange.objects.bulk_create(
        RoadmapChange(
            organisation=made.organisation, roadmap=made, activity=line, kind="changed", line="Дело",
            field="term_text", after=str(number),
        )
        for number in range(n)
    )  # fmt: skip
    with django_assert_max_num_queries(10):
        text = body(browser.get(reverse("roadmaps:history", args=[made.pk])))
    assert text.count("<ins>") == min(n, 50)


# ---------------------------------------------------------------- files


def send_file(browser, line, data, name="акт.pdf", **more):
    page = reverse("roadmaps:evidence", args=[line.pk])
    return browser.post(page, {"file": SimpleUploadedFile(name, data), **more})


def test_a_file_proves_a_line_and_goes_with_it(
    browser, cast, client, made, kept, django_capture_on_commit_callbacks
):
    line = made.activities.first()
    assert send_file(browser, line, PDF, name="Акт № 1.PDF").status_code == 302
    [proof] = Evidence.objects.all()
    [path] = stored(kept)
    assert path.suffix == ".pdf"
    assert "Акт" not in path.name
    assert path.stat().st_mode & 0o077 == 0
    page = reverse("roadmaps:evidence-file", args=[proof.pk])
    assert page in body(browser.get(reverse("roadmaps:activity", args=[line.pk])))
    assert page in body(browser.get("/roadmap/"))
    response = browser.get(page)
    assert response.content == PDF
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    # a stranger finds nothing
    client.force_login(cast.vera)
    assert client.get(page).status_code == 404
    client.force_login(cast.users[Role.SOCIAL_TEACHER])
    assert client.get(page).content == PDF
    client.force_login(cast.anna)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("roadmaps:remove-evidence", args=[proof.pk]))
    assert not stored(kept)
    send_file(browser, line, PDF)
    with django_capture_on_commit_callbacks(execute=True):
        remove_activity(line, by=cast.anna)
    assert not stored(kept)


def test_a_file_lost_from_the_disk_is_no_failure_of_the_page(browser, made, kept):
    line = made.activities.first()
    send_file(browser, line, PDF)
    stored(kept)[0].unlink()
    proof = Evidence.objects.get()
    assert browser.get(reverse("roadmaps:evidence-file", args=[proof.pk])).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("страница.html", b"<script>1</script>", "Принимаются файлы"),
        ("рисунок.svg", b"<svg/>", "Принимаются файлы"),
        ("программа", b"MZ", "Принимаются файлы"),
        ("акт.pdf", b"MZ", "не то, что говорит его имя"),
        ("фото.jpg", b"\xff\xd8\xff rubbish", "не открывается"),
        ("фото.png", b"\x89PNG\r\n rubbish", "не открывается"),
        ("акт.pdf", b"", "пуст"),
    ],
)
def test_what_is_not_kept(browser, made, kept, name, data, words):
    response = send_file(browser, made.activities.first(), data, name=name)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Evidence.objects.exists()
    assert not stored(kept)


def test_large_files_are_refused(monkeypatch):
    monkeypatch.setattr(proofs, "MOST_BYTES", 40)
    with pytest.raises(RefusedError, match="10 МБ"):
        proofs.kept("a.pdf", SimpleUploadedFile("a.pdf", PDF + b"x" * 40))


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P")])  # fmt: skip
def test_a_photo_is_kept_without_its_place_and_the_right_way_up(kind, mode):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "КАНАРЕЙКА"  # who made the camera
    suffix = "jpg" if kind == "JPEG" else "png"
    data = picture(kind, mode, exif=exif)
    assert b"Exif" in data or b"eXIf" in data
    kept_data = proofs.kept(f"a.{suffix}", SimpleUploadedFile("a", data))
    again = Image.open(io.BytesIO(kept_data))
    assert again.size == (4, 8)
    assert not again.getexif()
    assert b"Exif" not in kept_data
    assert b"eXIf" not in kept_data
