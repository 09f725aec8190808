"""What views share: a refusal told on the next page, one page of many rows, a file to be saved."""

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.db.models import FileField
from django.db.models.fields.files import FieldFile
from django.http import Http404

from nastavnik.core.errors import RefusedError
from nastavnik.core.ui.downloads import download, download_stored
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told


@pytest.fixture
def request_of(rf):
    def make(query=""):
        request = rf.get(f"/{query}")
        request._messages = CookieStorage(request)
        return request

    return make


def test_a_refusal_is_told_and_the_view_goes_on(request_of):
    request, done = request_of(), []
    with refusals_told(request):
        done.append("before")
        raise RefusedError("No place is left.")
    assert done == ["before"]
    assert [str(one) for one in get_messages(request)] == ["No place is left."]


def test_what_is_no_refusal_is_not_swallowed(request_of):
    request = request_of()
    with pytest.raises(ValueError, match="a fault"), refusals_told(request):
        raise ValueError("a fault")
    assert list(get_messages(request)) == []


@pytest.mark.parametrize(
    ("query", "rows"),
    [("", [0, 1]), ("?page=2", [2, 3]), ("?page=x", [0, 1]), ("?page=99", [4])],
)
def test_a_page_is_the_one_asked_for_or_the_nearest(request_of, query, rows):
    assert list(page_of(request_of(query), range(5), 2)) == rows


def test_a_file_is_saved_under_its_name_in_any_alphabet():
    answer = download(b"1", "Список.xlsx")
    assert answer.content == b"1"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%D0%A1")


def test_a_kept_file_comes_back_and_one_that_is_gone_is_no_page():
    field = FileField(storage=InMemoryStorage())
    name = field.storage.save("a.pdf", ContentFile(b"%PDF"))
    assert download_stored(FieldFile(None, field, name), "Протокол.pdf").content == b"%PDF"
    for missing in ("", "gone.pdf"):
        with pytest.raises(Http404):
            download_stored(FieldFile(None, field, missing), "a.pdf")
