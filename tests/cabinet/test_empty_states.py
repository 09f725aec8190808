"""A sentence over an empty list is shown only when it is true: nothing there, nothing left to do, or only the filter."""

import pytest
from tests.pages import signed_in, text

from nastavnik.consents.actions import record_consents
from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.core.access import Role
from nastavnik.people.models import Person, StudyGroup
from nastavnik.programmes.actions import add_to_base
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db
LISTS = (
    "/people/", "/consents/", "/mentees/", "/mentors/", "/base/mentee/areas/", "/base/mentee/add/",
    "/base/mentor/add/", "/pairs/",
)  # fmt: skip
# What would be false while there is somebody, only not of that name.
NOTHING_AT_ALL = (
    "The roster is empty so far.", "Nobody is in the bases yet", "Nobody is in the base yet.",
    "Nobody on the roster fits the forms", "Every record of this base says something.", "All papers are signed.",
    "There are no pairs yet", "is in the base already", "of those you see",
)  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
def test_a_filter_that_leaves_nobody_is_called_a_filter(cast, address):
    from tests.cast import approve_pairs

    if "areas" in address:
        Participation.objects.filter(side=Side.MENTEE).update(areas=[], request="")
    elif "pairs" in address:
        approve_pairs(cast.school)
    elif "add" in address:
        cast.school.programme.participations.all().delete()
    page = text(signed_in(cast.anna).get(address, {"q": "ъъъ"}))
    assert "the filter" in page
    assert [one for one in NOTHING_AT_ALL if one in page] == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/consents/", "Nobody is in the bases yet"),
        ("/consents/?show=missing", "Nobody is in the bases yet"),
        ("/mentees/", "Nobody is in the base yet."),
        ("/base/mentee/areas/", "Nobody is in the base yet."),
        ("/pairs/", "There are no pairs yet"),
    ],
)
def test_where_nobody_is_that_is_said(cast, address, said):
    cast.school.programme.participations.all().delete()
    page = text(signed_in(cast.anna).get(address))
    assert said in page
    assert "the filter" not in page


def test_when_no_paper_is_missing_nobody_is_said_to_be_missing(cast):
    """The ledger of a base whose papers are all signed, asked for what is missing."""
    record_consents(
        [cast.school.people["waiting"]],
        NEEDED_FOR_BASE,
        signed_on=cast.school.year.starts_on,
        by=cast.anna,
    )
    page = text(signed_in(cast.anna).get("/consents/", {"show": "missing"}))
    assert "All papers are signed." in page
    assert "Nobody lacks a paper" in page
    assert "Nobody is in the bases yet" not in page
    assert "Nobody fits" not in page
    narrowed = text(signed_in(cast.anna).get("/consents/", {"show": "missing", "group": "5А"}))
    assert "Nobody here lacks a paper." in narrowed
    assert "All papers are signed." not in narrowed


def test_whom_to_take_says_why_there_is_nobody(cast):
    client, programme = signed_in(cast.anna), cast.school.programme
    people = Person.objects.filter(organisation=cast.school.organisation)
    add_to_base(programme, people, Side.MENTEE, by=cast.anna)
    assert "is in the base already" in text(client.get("/base/mentee/add/"))
    programme.participations.all().delete()
    programme.forms.clear()
    assert "Nobody on the roster fits the forms" in text(client.get("/base/mentee/add/"))
    people.update(left_on=cast.school.year.starts_on)
    assert "The roster is empty so far." in text(client.get("/base/mentee/add/"))


@pytest.mark.parametrize("address", ["/people/", "/consents/", "/mentees/", "/mentors/", "/pairs/"])
def test_whoever_sees_a_part_is_not_told_of_the_whole(cast, address):
    """A class teacher without a class: the school has people, bases and papers nevertheless."""
    StudyGroup.objects.filter(organisation=cast.school.organisation).update(class_teacher=None)
    page = text(signed_in(cast.users[Role.CLASS_TEACHER]).get(address))
    assert [one for one in NOTHING_AT_ALL[:-1] if one in page] in ([], ["There are no pairs yet"])
    assert "of those you see" in page or "You lead no class" in page


def test_whoever_sees_the_whole_is_told_of_the_whole(cast):
    assert not cast.anna.viewer.sees_part("base_view")
    assert cast.staff_curator.viewer.sees_part("base_view")
    assert cast.users[Role.CLASS_TEACHER].viewer.sees_part("base_view")
