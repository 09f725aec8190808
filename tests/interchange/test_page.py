"""Who takes all data of a school out, and what is left out for whom."""

import csv
import io
import zipfile

import pytest
from django.urls import reverse
from tests.cast import CANARY, approve_pairs
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.models import AuditEntry, Look
from nastavnik.mentorships.choices import MeetingStatus
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.people.models import Person, User

pytestmark = pytest.mark.django_db
PAGE, FILE = "interchange:package", "interchange:archive"


def tables(response):
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def words(response):
    """Return what mentors said, by pair."""
    rows = csv.DictReader(io.StringIO(tables(response)["meetings.csv"], newline=""))
    found = {}
    for row in rows:
        found.setdefault(row["pair"], set()).add(row["word_of_mentor"])
    return found


@pytest.fixture
def held(cast):
    """Every pair of the first school has met, and its mentor found it hard."""
    approve_pairs(cast.school)
    for pair in Mentorship.objects.filter(organisation=cast.school.organisation):
        Meeting.objects.create(
            organisation=pair.organisation, mentorship=pair, kind="trial", status=MeetingStatus.HELD,
            planned_on=pair.starts_on, held_on=pair.starts_on, mentor_mark="hard",
        )  # fmt: skip
    return cast


def test_only_who_answers_for_the_whole_school_takes_it_out(cast):
    may = {role for role, user in cast.users.items() if signed_in(user).get(reverse(FILE)).status_code == 200}  # fmt: skip
    assert may == {Role.CURATOR, Role.DIRECTOR}
    browser = signed_in(cast.staff_curator)
    assert browser.get(reverse(FILE)).status_code == browser.get(reverse(PAGE)).status_code == 404
    link = reverse(PAGE)
    assert link not in text(browser.get(reverse("organisations:settings")))
    assert link in text(signed_in(cast.anna).get(reverse("organisations:settings")))


def test_the_archive_is_of_the_own_school_and_leaves_a_line(cast):
    own = cast.school.organisation
    response = signed_in(cast.anna).get(reverse(FILE))
    whole = "".join(tables(response).values())
    assert own.full_name in whole
    assert CANARY not in whole
    entry = AuditEntry.objects.get(action="package-exported")
    assert (entry.organisation_id, entry.actor_id) == (own.pk, cast.anna.pk)
    people = set(Person.objects.filter(organisation=own).values_list("pk", flat=True))
    assert set(Look.objects.filter(page="package").values_list("person_id", flat=True)) == people


def test_marks_are_left_out_for_who_may_not_read_them(held):
    seen = words(signed_in(held.anna).get(reverse(FILE)))
    assert set().union(*seen.values()) == {"hard"}
    assert set().union(
        *words(signed_in(held.users[Role.DIRECTOR]).get(reverse(FILE))).values()
    ) == {""}
    # a curator who leads a pair does not read its marks
    pair = Mentorship.objects.filter(organisation=held.school.organisation).first()
    User.objects.filter(person=pair.mentor.person).update(person=None)
    held.anna.person = pair.mentor.person
    held.anna.save()
    now = words(signed_in(held.anna).get(reverse(FILE)))
    own = {str(one.pk) for one in Mentorship.objects.filter(mentor__person=pair.mentor.person)}
    assert {key: said for key, said in now.items() if key in own} == {key: {""} for key in own}
    assert all(said == {"hard"} for key, said in now.items() if key not in own)
    assert "may not read them" in text(signed_in(held.anna).get(reverse(PAGE)))


def test_as_many_queries_whatever_the_number_of_people(cast):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = signed_in(cast.anna)
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse(FILE))
    Person.objects.bulk_create(
        Person(organisation=cast.school.organisation, kind="teacher", last_name=f"Новый{n}", search_name=f"новый{n}")
        for n in range(30)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        browser.get(reverse(FILE))
    assert len(many) <= len(few)
