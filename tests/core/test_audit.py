"""The trail: what was changed after sealing is found, and nothing else is."""

import json
import re
import stat
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import F

from nastavnik.core import anchors, audit
from nastavnik.core.audit import ChainFault, ChainFinding
from nastavnik.core.models import AuditEntry, AuditSeal
from nastavnik.organisations.actions import add_organisation, add_partner, change_organisation
from nastavnik.organisations.choices import Level, OrganisationKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    """A folder of data of one's own: the key and the anchors are kept there."""
    settings.DATA = tmp_path / "data"
    return settings.DATA


@pytest.fixture
def school():
    return add_organisation(
        None,
        level=Level.ORGANISATION,
        kind=OrganisationKind.SCHOOL,
        full_name="Школа",
        short_name="Школа",
        town="г. Примерск",
        by=None,
    )


@pytest.fixture
def sealed(school, django_capture_on_commit_callbacks):
    """A school with two seals of two entries each, anchored."""
    AuditEntry.objects.filter(organisation_id=school.pk).delete()
    for first in (1, 3):
        for number in (first, first + 1):
            add_partner(school, name=f"Завод {number}", by=None)
        with django_capture_on_commit_callbacks(execute=True):
            audit.seal(school.pk)
    return school


def test_a_write_leaves_who_what_and_which_fields_but_no_values(school):
    change_organisation(school, by=None, town="г. Тайный", short_name="Секрет")
    entry = AuditEntry.objects.latest("pk")
    assert (entry.organisation_id, entry.subject, entry.subject_id) == (
        school.pk,
        "organisations.organisation",
        school.pk,
    )
    assert entry.fields == ["short_name", "town"]
    stored = str(AuditEntry.objects.filter(pk=entry.pk).values().get())
    assert "Тайный" not in stored
    assert "Секрет" not in stored


def test_the_actor_is_kept(cast):
    add_partner(cast.school.organisation, name="Новый завод", by=cast.anna)
    assert AuditEntry.objects.latest("pk").actor_id == cast.anna.pk


def test_an_untouched_chain_verifies(sealed):
    assert audit.verify(sealed.pk) is None
    assert list(AuditSeal.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_chain_without_seals_verifies():
    assert audit.verify(12345) is None


def test_nothing_open_means_no_new_seal(sealed):
    assert audit.seal(sealed.pk) is None
    assert AuditSeal.objects.count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"action": "forged"},
        {"actor_id": 77},
        {"subject_id": 77},
        {"fields": ["other"]},
        {"organisation_id": None},
    ],
)
@pytest.mark.parametrize("number", [1, 2])
def test_a_changed_entry_is_found_in_its_seal(sealed, change, number):
    entry = AuditEntry.objects.filter(seal=number, organisation_id=sealed.pk).last()
    AuditEntry.objects.filter(pk=entry.pk).update(**change)
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.CHANGED, number)


def test_a_changed_moment_is_found(sealed):
    entry = AuditEntry.objects.filter(seal=1).first()
    other = AuditEntry.objects.filter(seal=2).last()
    AuditEntry.objects.filter(pk=entry.pk).update(at=other.at)
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.CHANGED, 1)


def test_a_deleted_entry_is_found(sealed):
    AuditEntry.objects.filter(seal=2).first().delete()
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.CHANGED, 2)


def test_an_entry_slipped_in_is_found(sealed):
    entry = AuditEntry.objects.filter(seal=2).first()
    entry.pk = None
    entry.save(force_insert=True)
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.CHANGED, 2)


def test_a_changed_digest_is_found(sealed):
    AuditSeal.objects.filter(number=1).update(digest="f" * 64)
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.CHANGED, 1)


def test_a_seal_taken_out_of_the_middle_is_found(sealed):
    AuditSeal.objects.filter(number=1).delete()
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.MISSING, 1)


def test_resealing_a_forged_entry_is_found_by_the_key(sealed):
    """And without the key whoever recomputes one seal would have to recompute all that follow."""
    entries = AuditEntry.objects.filter(seal=1).order_by("pk")
    entries.filter(pk=entries.first().pk).update(action="forged")
    digest = audit._digest(audit.GENESIS, entries.all())
    AuditSeal.objects.filter(number=1).update(digest=digest)
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.FORGED, 1)
    assert audit._first_fault(sealed.pk, secret=None) == ChainFinding(ChainFault.CHANGED, 2)


def test_later_entries_are_sealed_on_top(sealed):
    add_partner(sealed, name="Завод 5", by=None)
    assert audit.verify(sealed.pk) is None  # the open entry is nobody's yet
    assert sealed.pk in audit.organisations_with_open_entries()
    assert audit.seal(sealed.pk).number == 3
    assert audit.verify(sealed.pk) is None
    assert sealed.pk not in audit.organisations_with_open_entries()


def test_each_organisation_has_its_own_chain(sealed):
    other = add_organisation(
        None,
        level=Level.ORGANISATION,
        kind=OrganisationKind.SCHOOL,
        full_name="Вторая",
        short_name="Вторая",
        town="г. Примерск",
        by=None,
    )
    assert audit.seal(other.pk).number == 1
    AuditEntry.objects.filter(organisation_id=sealed.pk, seal=1).first().delete()
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.CHANGED, 1)
    assert audit.verify(other.pk) is None


def test_writes_of_the_installation_itself_have_a_chain_too(db):
    assert None in audit.organisations_with_open_entries()  # the directory of forms was loaded
    assert audit.seal(None).number == 1
    AuditEntry.objects.filter(organisation_id=None).first().delete()
    assert audit.verify(None) == ChainFinding(ChainFault.CHANGED, 1)


def forge(organisation_id, *, with_key=None):
    """Compute all digests of a chain anew, as whoever changed the database by hand could."""
    previous = audit.GENESIS
    for link in AuditSeal.objects.filter(organisation_id=organisation_id).order_by("number"):
        entries = AuditEntry.objects.filter(organisation_id=organisation_id, seal=link.number)
        link.n_entries, link.digest = entries.count(), audit._digest(previous, entries.order_by("pk"))  # fmt: skip
        if with_key:
            link.mac = audit._mac(with_key, link)
        link.save()
        previous = link.digest


def swap(one, other):
    """Let two entries tell each other's story."""
    names = ("action", "subject", "subject_id", "fields", "at")
    first, second = AuditEntry.objects.get(pk=one), AuditEntry.objects.get(pk=other)
    for name in names:
        kept = getattr(first, name)
        setattr(first, name, getattr(second, name))
        setattr(second, name, kept)
    first.save()
    second.save()


def entries_of(sealed, number):
    return AuditEntry.objects.filter(organisation_id=sealed.pk, seal=number).order_by("pk")


def change_one(sealed):
    entries_of(sealed, 1).filter(pk=entries_of(sealed, 1).first().pk).update(action="forged")


def remove_one(sealed):
    entries_of(sealed, 1).first().delete()


def insert_one(sealed):
    entry = entries_of(sealed, 1).first()
    entry.pk = None
    entry.save(force_insert=True)


def reorder(sealed):
    swap(*entries_of(sealed, 1).values_list("pk", flat=True))


def remove_tail(sealed):
    entries_of(sealed, 2).delete()
    AuditSeal.objects.filter(organisation_id=sealed.pk, number=2).delete()


def remove_all(sealed):
    AuditEntry.objects.all().delete()
    AuditSeal.objects.all().delete()


def open_again(sealed):
    """Say that the last link never was and change what it held: the next seal would swallow it."""
    entries_of(sealed, 2).update(seal=None, action="forged")
    AuditSeal.objects.filter(organisation_id=sealed.pk, number=2).delete()
    audit.seal(sealed.pk)


def append_link(sealed):
    """Put a link of one's own on top, for things that never happened."""
    link = AuditSeal.objects.filter(organisation_id=sealed.pk).latest("number")
    entry = entries_of(sealed, 2).last()
    entry.pk, entry.seal = None, 3
    entry.save(force_insert=True)
    link.pk, link.number = None, 3
    link.save(force_insert=True)


ATTACKS = [
    (change_one, ChainFault.FORGED), (remove_one, ChainFault.FORGED), (insert_one, ChainFault.FORGED), (reorder, ChainFault.FORGED),
    (remove_tail, ChainFault.CUT), (remove_all, ChainFault.CUT), (open_again, ChainFault.CUT), (append_link, ChainFault.FORGED),
]  # fmt: skip


@pytest.mark.both
@pytest.mark.parametrize(
    ("attack", "fault"), ATTACKS, ids=lambda one: getattr(one, "__name__", None)
)
def test_who_computes_the_digests_anew_is_found(sealed, attack, fault):
    assert audit.verify(sealed.pk) is None
    attack(sealed)
    forge(sealed.pk)
    assert audit.verify(sealed.pk).fault == fault


@pytest.mark.parametrize("attack", [change_one, remove_one, insert_one, reorder])
def test_control_with_the_key_and_without_anchors_nobody_would_be_found(sealed, attack):
    """The proof stands on the key and on the anchors, and on nothing else."""
    attack(sealed)
    forge(sealed.pk, with_key=anchors.key())
    anchors.forget()
    assert audit.verify(sealed.pk) is None


@pytest.mark.parametrize("attack", [remove_tail, remove_all])
def test_control_without_anchors_the_end_could_be_cut(sealed, attack):
    anchors.forget()
    attack(sealed)
    assert audit.verify(sealed.pk) is None


def test_the_whole_journal_gone_is_found_though_no_row_names_it(sealed):
    remove_all(sealed)
    assert audit.verify_all() == {sealed.pk: ChainFinding(ChainFault.CUT, 1)}


def test_entries_of_a_link_that_never_was_are_found(sealed):
    add_partner(sealed, name="Завод 5", by=None)
    AuditEntry.objects.filter(seal=None, organisation_id=sealed.pk).update(seal=77)
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.STRAY, 2)


def test_the_key_and_the_anchors_are_private_and_outside_the_database(sealed, data):
    for name in (anchors.KEY, anchors.ANCHORS):
        assert stat.S_IMODE((data / name).stat().st_mode) == 0o600
    secret = (data / anchors.KEY).read_text()
    assert len(secret) == 64
    assert secret not in str(list(AuditSeal.objects.values()))
    assert secret not in (data / anchors.ANCHORS).read_text()


def test_the_key_may_come_from_the_environment(sealed, monkeypatch):
    monkeypatch.setenv("NASTAVNIK_AUDIT_KEY", "quite another")
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.FORGED, 1)


def test_links_of_before_there_was_a_key_are_closed_with_it_once(sealed):
    AuditSeal.objects.update(mac="", key="")
    anchors.forget()
    audit.seal_all()
    assert audit.verify_all() == {}
    assert not AuditSeal.objects.filter(mac="").exists()
    # whoever takes the keys off later is found: that happens once
    AuditSeal.objects.filter(organisation_id=sealed.pk).update(mac="", key="")
    audit.seal_all()
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.FORGED, 1)


def test_what_did_not_fit_before_the_key_is_not_made_good_by_it(sealed):
    AuditSeal.objects.update(mac="", key="")
    anchors.forget()
    change_one(sealed)
    audit.seal_all()
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.BEFORE, 1)


def test_a_forged_copy_brought_back_where_the_key_is_is_found(sealed):
    change_one(sealed)
    forge(sealed.pk)
    anchors.forget()  # as `restore` does
    audit.seal_all()
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.BEFORE, 1)


def test_a_lost_key_is_said_in_words_and_what_follows_is_proven(sealed, data, capsys):
    link = audit.last_link(sealed.pk)
    code = audit.code_of(link)
    (data / anchors.KEY).unlink()
    call_command("verify_audit")
    said = capsys.readouterr().out
    assert "Звенья до 2 закрыты ключом, которого здесь нет" in said
    # the code of the safe needs no key
    call_command("verify_audit", code=code)
    assert "Код сходится" in capsys.readouterr().out
    change_one(sealed)
    forge(sealed.pk)
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.FORGED, 1)
    with pytest.raises(CommandError, match="Код не сходится"):
        call_command("verify_audit", code=code)


def test_the_code_for_the_safe_holds_while_the_journal_goes_on(sealed, capsys):
    call_command("verify_audit")
    (code,) = re.findall(rf"организация {sealed.pk}: .*Код для сейфа: (\S+)", capsys.readouterr().out)  # fmt: skip
    add_partner(sealed, name="Завод 5", by=None)
    audit.seal_all()
    call_command("verify_audit", code=code.lower())
    assert "Код сходится" in capsys.readouterr().out
    with pytest.raises(CommandError) as refusal:
        call_command("verify_audit", code="57")
    assert refusal.value.returncode == 2


def test_many_entries_are_sealed_in_several_links(school, monkeypatch):
    monkeypatch.setattr(audit, "MOST_ENTRIES", 2)
    AuditEntry.objects.filter(organisation_id=school.pk).delete()
    for number in range(5):
        add_partner(school, name=f"Завод {number}", by=None)
    audit.seal_all()
    links = AuditSeal.objects.filter(organisation_id=school.pk).order_by("number")
    assert list(links.values_list("n_entries", flat=True)) == [2, 2, 1]
    assert audit.verify(school.pk) is None


def test_anchors_that_cannot_be_written_stop_nothing(
    sealed, data, django_capture_on_commit_callbacks
):
    before = (data / anchors.ANCHORS).read_text()
    (data / anchors.ANCHORS).unlink()
    (data / anchors.ANCHORS).mkdir()  # a rename onto it fails
    add_partner(sealed, name="Завод 5", by=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert audit.seal(sealed.pk).number == 3
    assert not list(data.glob(".audit-anchors*"))
    (data / anchors.ANCHORS).rmdir()
    (data / anchors.ANCHORS).write_text(before)
    # the anchor is behind, and what was sealed since is proven by the key
    assert audit.verify(sealed.pk) is None


def test_the_rows_of_an_export_are_parted_and_the_old_seals_still_hold(sealed):
    migration = import_module("nastavnik.core.migrations.0002_keyed_links_and_rows_of_exports")
    entry = audit.record("list-exported", sealed, by=None, fields=["people", "xlsx", "rows:12"])
    audit.seal(sealed.pk)
    migration.part_exports(apps, None)
    entry.refresh_from_db()
    assert (entry.what, entry.n_rows, entry.fields) == ("people xlsx", 12, [])
    assert audit.verify(sealed.pk) is None
    migration.join_exports(apps, None)
    entry.refresh_from_db()
    assert entry.fields == ["people", "rows:12", "xlsx"]
    AuditEntry.objects.filter(pk=entry.pk).update(n_rows=F("n_rows") + 1)
    assert audit.verify(sealed.pk) == ChainFinding(ChainFault.CHANGED, 3)


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"key": "x"}), '{"chains": 5}'])
def test_anchors_that_are_none_are_as_if_there_were_none(data, text):
    data.mkdir(exist_ok=True)
    (data / anchors.ANCHORS).write_text(text)
    assert anchors.read() == anchors.Anchors()


def test_the_commands_seal_every_chain_and_name_the_broken_link(cast, capsys):
    assert AuditEntry.objects.filter(seal=None).exists()
    call_command("seal_audit")
    assert not AuditEntry.objects.filter(seal=None).exists()
    call_command("verify_audit")
    school = cast.school.organisation
    AuditEntry.objects.filter(organisation_id=school.pk).first().delete()
    capsys.readouterr()
    with pytest.raises(CommandError) as refusal:
        call_command("verify_audit")
    assert f"{school.pk}: звено 1" in str(refusal.value)
    assert refusal.value.returncode == 1
    assert f"{cast.other.organisation.pk}: звено" not in str(refusal.value)
    capsys.readouterr()
