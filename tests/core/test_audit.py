"""The trail: what was changed after sealing is found, and nothing else is."""

import pytest
from django.core.management import CommandError, call_command

from nastavnik.core import audit
from nastavnik.core.models import AuditEntry, AuditSeal
from nastavnik.organisations.actions import add_organisation, add_partner, change_organisation
from nastavnik.organisations.choices import Kind, Level

pytestmark = pytest.mark.django_db


@pytest.fixture
def school():
    return add_organisation(
        None,
        level=Level.ORGANISATION,
        kind=Kind.SCHOOL,
        full_name="Школа",
        short_name="Школа",
        town="г. Примерск",
        by=None,
    )


@pytest.fixture
def sealed(school):
    """A school with two seals of two entries each."""
    for first in (1, 3):
        for number in (first, first + 1):
            add_partner(school, name=f"Завод {number}", by=None)
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
    assert audit.verify(sealed.pk) == number


def test_a_changed_moment_is_found(sealed):
    entry = AuditEntry.objects.filter(seal=1).first()
    other = AuditEntry.objects.filter(seal=2).last()
    AuditEntry.objects.filter(pk=entry.pk).update(at=other.at)
    assert audit.verify(sealed.pk) == 1


def test_a_deleted_entry_is_found(sealed):
    AuditEntry.objects.filter(seal=2).first().delete()
    assert audit.verify(sealed.pk) == 2


def test_an_entry_slipped_in_is_found(sealed):
    entry = AuditEntry.objects.filter(seal=2).first()
    entry.pk = None
    entry.save(force_insert=True)
    assert audit.verify(sealed.pk) == 2


def test_a_changed_digest_is_found(sealed):
    AuditSeal.objects.filter(number=1).update(digest="f" * 64)
    assert audit.verify(sealed.pk) == 1


def test_a_seal_taken_out_of_the_middle_is_found(sealed):
    AuditSeal.objects.filter(number=1).delete()
    assert audit.verify(sealed.pk) == 2


def test_resealing_a_forged_entry_breaks_the_next_link(sealed):
    """Whoever recomputes one seal has to recompute all that follow."""
    entries = AuditEntry.objects.filter(seal=1).order_by("pk")
    entries.filter(pk=entries.first().pk).update(action="forged")
    digest = audit._digest(audit.GENESIS, entries.all())
    AuditSeal.objects.filter(number=1).update(digest=digest)
    assert audit.verify(sealed.pk) == 2


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
        kind=Kind.SCHOOL,
        full_name="Вторая",
        short_name="Вторая",
        town="г. Примерск",
        by=None,
    )
    assert audit.seal(other.pk).number == 1
    AuditEntry.objects.filter(organisation_id=sealed.pk, seal=1).first().delete()
    assert audit.verify(sealed.pk) == 1
    assert audit.verify(other.pk) is None


def test_writes_of_the_installation_itself_have_a_chain_too(db):
    assert None in audit.organisations_with_open_entries()  # the directory of forms was loaded
    assert audit.seal(None).number == 1
    AuditEntry.objects.filter(organisation_id=None).first().delete()
    assert audit.verify(None) == 1


def test_the_commands_seal_every_chain_and_name_the_broken_link(cast, capsys):
    assert AuditEntry.objects.filter(seal=None).exists()
    call_command("seal_audit")
    assert not AuditEntry.objects.filter(seal=None).exists()
    call_command("verify_audit")
    school = cast.school.organisation
    AuditEntry.objects.filter(organisation_id=school.pk).first().delete()
    with pytest.raises(CommandError) as refusal:
        call_command("verify_audit")
    assert f"{school.pk}: звено 1" in str(refusal.value)
    assert refusal.value.returncode == 1
    assert f"{cast.other.organisation.pk}: звено" not in str(refusal.value)
    capsys.readouterr()
