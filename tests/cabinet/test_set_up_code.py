"""Who comes first to an empty site: where strangers could, only who sees the console."""

import pytest
from tests.cabinet.test_shell import SHEET
from tests.pages import guest, text

from nastavnik.cabinet import access
from nastavnik.config import launch
from nastavnik.people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_folder")]


@pytest.fixture
def reachable(settings):
    settings.IS_REACHABLE = True


def lost_database(folder):
    (folder / "files" / "evidence").mkdir(parents=True)
    (folder / "files" / "evidence" / "x.pdf").write_bytes(b"%PDF-")


def test_on_this_computer_alone_nothing_is_asked(capsys):
    launch.say_code()
    assert capsys.readouterr().err == ""
    assert b'name="full_name"' in guest().get("/setup/").content
    guest().post("/setup/", SHEET)
    assert User.objects.count() == 1


@pytest.mark.usefixtures("reachable")
def test_on_a_public_address_the_code_of_the_console_is_asked_for(capsys, empty_folder):
    launch.say_code()
    printed = capsys.readouterr().err
    assert access.word() in printed
    stranger = guest()
    for sheet in (
        SHEET,
        SHEET | {"word": ""},
        SHEET | {"word": "0000-0000-0000"},
        {"word": "²" * 12},
    ):
        assert stranger.post("/setup/", sheet).status_code == 200
    assert not User.objects.exists()
    ours = guest()
    assert ours.post("/setup/", {"word": access.word().replace("-", " ")})["Location"] == "/setup/"
    ours.post("/setup/", SHEET)
    assert User.objects.count() == 1
    assert not (empty_folder / access.WORD).exists()
    assert stranger.get("/setup/").status_code == 404
    launch.say_code()
    assert capsys.readouterr().err == ""


def test_an_empty_database_beside_leftovers_does_not_open_the_set_up(empty_folder, capsys):
    lost_database(empty_folder)
    launch.say_code()
    printed = capsys.readouterr().err
    assert "files" in printed
    assert "restore" in printed
    shown = text(guest().get("/setup/"))
    assert "files" in shown
    assert "restore" in shown
    guest().post("/setup/", SHEET)
    assert not User.objects.exists()


@pytest.mark.usefixtures("reachable")
def test_the_code_is_one_for_all_and_for_the_owner_only(empty_folder):
    assert access.word() == access.word()
    assert (empty_folder / access.WORD).stat().st_mode & 0o077 == 0
    (empty_folder / access.WORD).write_text("")
    assert not access.is_right("")
    assert access.is_right(access.word())
