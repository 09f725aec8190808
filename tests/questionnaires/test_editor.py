"""A school's own questionnaires: copied, changed, published, taken from a file; what is published stays."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.pages import signed_in
from tests.questionnaires.asking import version

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.questionnaires.actions import (
    change_draft,
    copy_instrument,
    delete_draft,
    publish_draft,
    take_instrument,
)
from nastavnik.questionnaires.adapter import instrument_of
from nastavnik.questionnaires.models import InstrumentVersion
from nastavnik.writers.questionnaires import as_xlsform, as_yaml

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast):
    return copy_instrument(version(), cast.school.organisation, by=cast.anna)


@pytest.fixture
def page(cast):
    return signed_in(cast.anna)


def at(name, row, **more):
    return reverse(f"questionnaires:{name}", kwargs={"pk": row.pk} | more)


def own(cast):
    return InstrumentVersion.objects.filter(organisation=cast.school.organisation)


def test_a_curator_makes_a_questionnaire_of_her_own(page, cast):
    page.post(at("copy", version()))
    row = own(cast).get()
    assert (row.code, row.number, row.status) == ("trial_sheet_own", 1, "draft")
    sent = {"title": "Наша анкета", "text-comfort": "Как вам?", "drop-words": "on",
            "new-kind-2": "choice", "new-text-2": "Что дальше?", "new-options-2": "ещё раз\r\nхватит"}  # fmt: skip
    assert page.post(at("draft", row), sent).status_code == 302
    shown = page.get(at("draft", row)).content.decode()
    assert "Что запомнилось?" in shown  # what is no longer compared
    assert "Что дальше?" in page.get(at("draft-preview", row)).content.decode()
    assert "Что запомнилось?" in page.get(at("publish", row)).content.decode()
    page.post(at("publish", row))
    row.refresh_from_db()
    asked = instrument_of(row)
    assert (row.status, row.title, asked.item("comfort").text) == ("published", "Наша анкета", "Как вам?")  # fmt: skip
    assert [option.text for option in asked.items[-1].options] == ["ещё раз", "хватит"]
    assert asked.item("comfort").construct == "comfort"
    assert version().body["title"] == "Пробная анкета"
    assert "Наша анкета" in page.get(reverse("questionnaires:instruments")).content.decode()


def test_a_published_one_stays_and_a_change_makes_the_next_version(cast, draft):
    by = cast.anna
    publish_draft(draft, by=by)
    for act in (lambda: change_draft(draft, draft.body, by=by), lambda: publish_draft(draft, by=by),
                lambda: delete_draft(draft, by=by)):  # fmt: skip
        with pytest.raises(RefusedError):
            act()
    draft.refresh_from_db()
    later = copy_instrument(draft, cast.school.organisation, by=by)
    assert (later.code, later.number) == (draft.code, 2)
    assert copy_instrument(draft, cast.school.organisation, by=by) == later
    publish_draft(later, by=by)
    draft.refresh_from_db()
    assert (draft.status, draft.body) == ("retired", later.body)


def test_what_is_wrong_is_said_and_what_was_typed_stays(page, draft):
    answer = page.post(at("draft", draft), {"title": "Иначе", "drop-before": "on", "max-comfort": "много"})  # fmt: skip
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "которого нет выше" in shown
    assert 'value="много"' in shown
    assert 'value="Иначе"' in shown
    draft.refresh_from_db()
    assert draft.title == "Пробная анкета"


def test_words_the_law_keeps_apart_are_shown(page, draft):
    page.post(at("draft", draft), {"text-comfort": "Какой у тебя диагноз?"})
    assert "«диагноз»" in page.get(at("draft", draft)).content.decode()


def test_a_second_copy_has_another_code_and_a_deleted_draft_is_gone(page, cast, draft):
    other = copy_instrument(version(), cast.school.organisation, by=cast.anna)
    assert other.code == "trial_sheet_own2"
    page.post(at("delete-draft", other))
    assert list(own(cast)) == [draft]


def test_another_school_sees_and_changes_nothing(cast, draft):
    client = signed_in(cast.vera)
    for name in ("draft", "draft-preview", "publish", "delete-draft"):
        assert client.get(at(name, draft)).status_code == 404
    assert client.get(at("file", draft, kind="yaml")).status_code == 404
    assert client.post(at("delete-draft", draft)).status_code == 404
    assert own(cast).exists()


@pytest.mark.parametrize(("write", "name"), [(as_yaml, "a.yaml"), (as_xlsform, "a.xlsx")])
def test_a_file_becomes_a_draft_and_goes_out_again(page, cast, write, name):
    asked = instrument_of(version())
    file = SimpleUploadedFile(name, write(asked))
    answer = page.post(reverse("questionnaires:take"), {"file": file})
    row = own(cast).get()
    assert answer.url == at("draft", row)
    assert instrument_of(row).sections == asked.sections
    again = page.get(at("file", row, kind=name[2:]))
    assert b"".join([again.content])[:2] == write(asked)[:2]
    assert page.get(at("file", row, kind="docx")).content.startswith(b"PK")
    assert page.get(at("file", row, kind="exe")).status_code == 404


def test_a_wrong_file_is_refused_in_words(page, cast):
    for data in (b"- 1", b"title: \xd1\x8f"):
        file = io.BytesIO(data)
        file.name = "a.yaml"
        answer = page.post(reverse("questionnaires:take"), {"file": file})
        assert answer.status_code == 422
    assert not own(cast).exists()


def test_a_file_of_a_questionnaire_with_a_draft_waits(cast, draft):
    with pytest.raises(RefusedError):
        take_instrument(cast.school.organisation, draft.body, by=cast.anna)


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.PSYCHOLOGIST, Role.CLASS_TEACHER])
def test_who_may_not_edit_may_not(cast, draft, role):
    client = signed_in(cast.users[role])
    assert client.get(at("draft", draft)).status_code in {403, 404}
    assert client.post(at("copy", version())).status_code == 403
