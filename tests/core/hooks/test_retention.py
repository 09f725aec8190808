"""Nothing is kept that nobody needs: at its term everything goes, the first time and the second, also after a kill."""

import datetime as dt
import os
import sqlite3
import time
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from tests.guards.world import read_roadmap
from tests.jobs.working import counted
from tests.pages import signed_in, text

from nastavnik.blanks.models import Intake, PrintRun
from nastavnik.closing.models import ClosingTalk
from nastavnik.config.databases import SQLITE_PRAGMAS
from nastavnik.core.dates import today
from nastavnik.core.hooks import retention
from nastavnik.core.models import AuditEntry, SignIn, SignInKind, Tries
from nastavnik.dossiers.models import Erasure
from nastavnik.files.checkpointing import checkpoint, open_for_checkpoints
from nastavnik.jobs.actions import cancel_job
from nastavnik.mentorships.actions import keep_base_draft
from nastavnik.pairpapers.models import PaperFile
from nastavnik.people.actions import accept_import, merge_people, register_person, start_import
from nastavnik.people.choices import PersonKind, RosterKind
from nastavnik.people.models import Person, RosterImport
from nastavnik.programmes.choices import Side
from nastavnik.roadmaps.models import RoadmapDraft

pytestmark = pytest.mark.django_db

LIST = [
    ["Список учеников 8А класса", "", "", "", ""],
    ["№", "ФИО", "Дата рождения", "СНИЛС", "Диагноз"],
    ["1", "Хранимова Анна Петровна", "01.03.2012", "112-233-445 95", "астма-канарейка"],
    ["2", "Хранимова", "02.03.2012", "998-877-665 44", "грипп-канарейка"],
    ["3", "Хранимов Пётр Ильич", "03.03.2012", "555-666-777 88", "сколиоз-канарейка"],
]
SECRETS = ("112-233-445 95", "998-877-665 44", "555-666-777 88", "канарейка", "Диагноз")


def load(cast, rows=LIST):
    return start_import(
        cast.school.organisation,
        kind=RosterKind.PUPILS,
        file_name="Весь класс.xlsx",
        text="\n".join("\t".join(row) for row in rows),
        by=cast.anna,
    )[0]


@pytest.mark.both
def test_an_accepted_list_keeps_the_rows_that_wait_and_only_the_columns_in_use(cast):
    draft = load(cast)
    assert all(word in str(draft.rows) for word in SECRETS)  # control: they were there
    accept_import(draft, by=cast.anna)
    draft.refresh_from_db()
    kept = str(draft.rows) + str(draft.summary) + str(draft.answers)
    assert not [word for word in SECRETS if word in kept]
    assert "Хранимов Пётр" not in kept
    assert draft.rows[3][1] == "Хранимова"  # at its place, to be corrected
    assert Person.objects.filter(last_name="Хранимов").exists()
    page = signed_in(cast.anna)
    assert page.get(f"/people/import/{draft.pk}/errors.xlsx").status_code == 200
    assert "Весь класс" in text(page.get(f"/people/import/{draft.pk}/"))


def test_the_rows_to_correct_load_again_with_their_class(cast):
    rows = [["ФИО", "Дата рождения", "Телефон"], ["8А", "", ""], *([one[1], one[2], "8-999"] for one in LIST[2:])]  # fmt: skip
    draft = accept_import(load(cast, rows), by=cast.anna)
    assert draft.summary["errors"]
    assert draft.rows[1][0] == "8А"
    assert "8-999" not in str(draft.rows)


def test_a_list_of_which_no_row_waits_keeps_none(cast):
    draft = accept_import(load(cast, [one for one in LIST if one[0] != "2"]), by=cast.anna)
    assert draft.rows == []


def test_lists_accepted_by_older_versions_are_cut_down(cast):
    migration = import_module("nastavnik.people.migrations.0005_keep_less_of_accepted_lists")
    draft = load(cast)
    before = draft.rows
    accept_import(draft, by=cast.anna)
    RosterImport.objects.filter(pk=draft.pk).update(rows=before)
    waiting = load(cast)
    migration.keep_less(apps, None)
    draft.refresh_from_db()
    waiting.refresh_from_db()
    assert not [word for word in SECRETS if word in str(draft.rows)]
    assert draft.rows[3][1] == "Хранимова"
    assert waiting.rows == before


def made_now(path):
    """Give a file the time of the test's clock: the disk has one of its own."""
    os.utime(path, (time.time(), time.time()))


def two_cards(cast):
    """A second card of somebody."""
    return register_person(
        cast.school.organisation, group="", kind=PersonKind.TEACHER, last_name="Двойникова",
        first_name="Дарья", patronymic="", birth_date=None, position="", subject="", by=cast.anna,
    )  # fmt: skip


def everything(cast, tmp_path, settings):
    """Make one of each sort of thing that is forgotten."""
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()
    (tmp_path / ".nastavnik-killed").mkdir()
    (tmp_path / ".nastavnik-killed" / "database.sqlite3").write_text("канарейка")
    (tmp_path / ".copy.tar.gz.1.part").touch()
    (settings.MEDIA_ROOT / ".under-way").touch()
    (settings.MEDIA_ROOT / "приказ.docx").touch()
    for path in tmp_path.rglob("*"):
        made_now(path)
    load(cast)
    accept_import(load(cast), by=cast.anna)
    RoadmapDraft.objects.all().delete()
    read_roadmap(cast.school)
    merge_people(cast.school.people["teacher"], two_cards(cast), taken={}, by=cast.anna)
    keep_base_draft(cast.school.programme, Side.MENTEE, [], file_name="база.xlsx", by=cast.anna)
    Session.objects.all().delete()
    signed_in(cast.anna).get(f"/people/{cast.school.people['younger'].pk}/")
    cancel_job(counted(cast), by=cast.anna)
    Tries.objects.create(key="0" * 64, free_at=timezone.now())
    of_a_wave = {"organisation": cast.school.organisation, "kind": "wave", "subject_id": 1}
    PrintRun.objects.create(**of_a_wave, layout=[], n_personal=1, n_spare=0, pdf=b"%PDF")
    Intake.objects.create(**of_a_wave, n_files=1, n_pages=0)
    PaperFile.objects.create(
        organisation=cast.school.organisation,
        title="Листы",
        file_name="1.pdf",
        n_papers=1,
        data=b"%PDF",
    )
    ClosingTalk.objects.create(
        organisation=cast.school.organisation,
        record=cast.school.records["younger"],
        held_on=today(),
        held_by="Директорова",
        words="канарейка",
    )
    Erasure.objects.create(
        organisation=cast.school.organisation, person=cast.school.people["younger"], ground="term", asked_on=today(),
        due_on=today(), done_at=timezone.now(), kept_name="Хранимова", kept_until=timezone.now() + dt.timedelta(minutes=1),
    )  # fmt: skip
    SignIn.objects.create(
        organisation_id=cast.school.organisation.pk,
        user_id=cast.anna.pk,
        at=timezone.now(),
        kind=SignInKind.RIGHT,
        n=1,
    )


def numbers(done):
    return {rule.name: number for rule, number in done if number}


@pytest.mark.both
def test_at_its_term_everything_goes_and_the_second_time_there_is_nothing(cast, tmp_path, settings):
    everything(cast, tmp_path, settings)
    assert numbers(retention.due()) == {}
    assert numbers(retention.forget_all()) == {}
    after_every_term = timezone.now() + dt.timedelta(days=max(retention.terms().values()) + 1)
    with time_machine.travel(after_every_term):
        found = numbers(retention.due())
        assert set(found) == set(retention.terms())
        assert found["lists"] == 2  # one never loaded, one with a row that waits
        assert numbers(retention.due()) == found  # a look forgets nothing
        assert numbers(retention.forget_all()) == found
        assert numbers(retention.forget_all()) == {}
    assert not Session.objects.exists()
    assert not RoadmapDraft.objects.exists()
    assert [one.rows for one in RosterImport.objects.all()] == [[]]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["files", "приказ.docx"]
    trail = AuditEntry.objects.filter(actor_id=None).values_list("action", flat=True)
    assert {"waiting-rows-forgotten", "deleted"} <= set(trail)


def test_each_sort_goes_at_its_own_term_and_not_a_day_before(cast, tmp_path, settings):
    everything(cast, tmp_path, settings)
    settings_age = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    now = timezone.now()
    for rule, _number in retention.due():
        term = dt.timedelta(days=retention.terms()[rule.name])
        term += settings_age if rule.name == "sessions" else dt.timedelta()
        with time_machine.travel(now + term - dt.timedelta(hours=1)):
            assert rule.count(retention._before(rule)) == 0, rule.name
        with time_machine.travel(now + term + dt.timedelta(hours=1)):
            assert rule.count(retention._before(rule)) > 0, rule.name


def test_killed_in_the_middle_it_goes_on_the_next_time(cast, tmp_path, settings, monkeypatch):
    everything(cast, tmp_path, settings)

    def killed(_before):
        raise KeyboardInterrupt

    rules = list(retention._rules.values())
    middle = retention.RetentionRule("lists", "", rules[2].count, killed)
    with time_machine.travel(timezone.now() + dt.timedelta(days=60)):
        with monkeypatch.context() as patch:
            patch.setattr(retention, "_rules", dict(enumerate([*rules[:2], middle, *rules[2:]])))
            with pytest.raises(KeyboardInterrupt):
                retention.forget_all()
        assert numbers(retention.due())
        retention.forget_all()
        assert numbers(retention.due()) == {}


def test_the_command_says_how_much_and_with_a_dry_run_forgets_nothing(
    cast, tmp_path, settings, capsys
):
    everything(cast, tmp_path, settings)
    with time_machine.travel(timezone.now() + dt.timedelta(days=60)):
        call_command("retention", dry_run=True)
        assert "это проба" in capsys.readouterr().out
        assert RosterImport.objects.count() == 2
        call_command("retention")
        assert "(срок 30 дн.): 2" in capsys.readouterr().out
        assert RosterImport.objects.count() == 1


def test_a_forgotten_row_says_so_on_the_page_of_the_list(cast, tmp_path, settings):
    everything(cast, tmp_path, settings)
    with time_machine.travel(timezone.now() + dt.timedelta(days=60)):
        retention.forget_all()
        page = text(signed_in(cast.anna).get(f"/people/import/{RosterImport.objects.get().pk}/"))
    assert "load the list again" in page


def test_a_young_leftover_may_still_be_at_work(tmp_path, settings):
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    old, young = tmp_path / ".nastavnik-old", tmp_path / ".nastavnik-young"
    for folder in (old, young):
        folder.mkdir()
        made_now(folder)
    long_ago = time.time() - 3 * 86400
    os.utime(old, (long_ago, long_ago))
    retention.forget_all()
    assert not old.exists()
    assert young.exists()


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_is_erased_is_not_left_in_the_file(tmp_path, is_ours):
    """`secure_delete`, with a control: without it the words would stay in free pages."""
    path = tmp_path / "site.sqlite3"
    opened = sqlite3.connect(path, isolation_level=None)
    for pragma in SQLITE_PRAGMAS.split(";"):
        opened.execute(pragma if is_ours or "secure" not in pragma else "PRAGMA secure_delete=OFF")
    opened.execute("CREATE TABLE kept (words TEXT)")
    opened.executemany(
        "INSERT INTO kept VALUES (?)", [(f"канарейка {n} " * 40,) for n in range(99)]
    )
    checkpoints = open_for_checkpoints(path)
    checkpoint(checkpoints, truncate=True)
    assert "канарейка".encode() in path.read_bytes()
    opened.execute("DELETE FROM kept")
    checkpoint(checkpoints, truncate=True)
    found = (
        "канарейка".encode() in path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    )
    assert found is not is_ours
    checkpoints.close()
    opened.close()
