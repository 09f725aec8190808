"""Who said to go on begins the next year in the bases, with what is still true of them and without last year's request."""

import datetime as dt

import pytest
from django.urls import reverse
from tests.pages import signed_in, text

from nastavnik.core.dates import today
from nastavnik.core.hooks import attention
from nastavnik.organisations.actions import open_year
from nastavnik.people.actions import mark_left
from nastavnik.programmes.actions import change_participation, open_programme
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation, Programme
from nastavnik.programmes.queries import going_on, years_to_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(cast):
    """A school whose people have all finished and go on, but for one mentor."""
    change_participation(cast.school.records["older"], capacity=2, experience_years=4, by=cast.anna)
    Participation.objects.filter(programme=cast.school.programme).update(
        status=ParticipationStatus.FINISHED, ends_on=today(), goes_on=True, active_count=0
    )
    Participation.objects.filter(pk=cast.school.records["oldest"].pk).update(goes_on=False)
    return cast


def year_after(cast):
    first = cast.school.year.ends_on + dt.timedelta(1)
    last = first.replace(year=first.year + 1) - dt.timedelta(1)
    return open_year(cast.school.organisation, starts_on=first, ends_on=last, by=cast.anna)


def next_programme(cast):
    year = year_after(cast)
    return open_programme(
        year,
        title="Следующий год",
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        forms=cast.school.programme.forms.all(),
        by=cast.anna,
    )


def test_who_goes_on_stands_in_the_bases_with_what_is_still_true(closed):
    programme = next_programme(closed)
    url = reverse("programmes:go-on", args=[programme.pk])
    client = signed_in(closed.anna)
    n = going_on(closed.anna, programme).count()
    assert n >= 3
    page = text(client.get(url))
    assert closed.school.people["older"].full_name in page
    assert closed.school.people["oldest"].full_name not in page
    keys = list(going_on(closed.anna, programme).values_list("pk", flat=True))
    client.post(url, {"records": keys})
    new = Participation.objects.filter(programme=programme)
    assert new.count() == n
    assert set(new.values_list("status", flat=True)) == {ParticipationStatus.CANDIDATE}
    before = Participation.objects.get(pk=closed.school.records["older"].pk)
    mentor = new.get(person=before.person)
    assert (mentor.areas, mentor.capacity, mentor.experience_years) == (before.areas, 2, 4)
    assert list(mentor.forms.all()) == list(before.forms.all())
    mentees = new.filter(side=Side.MENTEE)
    assert set(mentees.values_list("request", flat=True)) == {""}
    assert all(one.time_slots == [] for one in new)
    assert not going_on(closed.anna, programme).exists()
    client.post(url, {"records": keys})
    assert new.count() == n


def test_nothing_ticked_says_so_and_writes_nothing(closed):
    programme = next_programme(closed)
    page = signed_in(closed.anna, "ru").post(
        reverse("programmes:go-on", args=[programme.pk]), follow=True
    )
    assert "никто не отмечен" in text(page)
    assert not Participation.objects.filter(programme=programme).exists()


def test_who_has_left_or_was_taken_out_does_not_come_again(closed):
    programme = next_programme(closed)
    mark_left(closed.school.people["older"], by=closed.anna)
    keys = set(going_on(closed.anna, programme).values_list("person", flat=True))
    assert closed.school.people["older"].pk not in keys
    one = going_on(closed.anna, programme).first()
    url = reverse("programmes:go-on", args=[programme.pk])
    signed_in(closed.anna).post(url, {"records": [one.pk]})
    Participation.objects.filter(programme=programme).update(
        status=ParticipationStatus.LEFT, ends_on=today()
    )
    assert one not in going_on(closed.anna, programme)


def test_the_stranger_finds_nothing(closed):
    programme = next_programme(closed)
    url = reverse("programmes:go-on", args=[programme.pk])
    assert signed_in(closed.vera).get(url).status_code == 404
    keys = list(going_on(closed.anna, programme).values_list("pk", flat=True))
    assert signed_in(closed.vera).post(url, {"records": keys}).status_code == 404
    assert not Participation.objects.filter(programme=programme).exists()


def test_today_leads_there_while_the_programme_is_young(closed):
    programme = next_programme(closed)
    url = reverse("programmes:go-on", args=[programme.pk])

    def told(starts_on):
        Programme.objects.filter(pk=programme.pk).update(
            starts_on=starts_on, ends_on=today() + dt.timedelta(200)
        )
        Programme.objects.filter(pk=closed.school.programme.pk).update(
            ends_on=today() - dt.timedelta(1), starts_on=today() - dt.timedelta(200)
        )
        return url in [one.url for one in attention.items_for(closed.anna, at_most=None)]

    assert told(today())
    assert not told(today() - dt.timedelta(100))


def test_a_new_programme_is_offered_for_the_next_year_with_forms_and_acts_of_the_last(closed):
    Programme.objects.filter(pk=closed.school.programme.pk).update(acts="Положение от 1 сентября")
    year = year_after(closed)
    assert years_to_open(closed.school.organisation)[0] == year
    client = signed_in(closed.anna)
    form = client.get("/programme/add/").context["form"]
    assert form.initial["acts"] == "Положение от 1 сентября"
    assert str(year) in form.initial["title"]
    codes = set(closed.school.programme.forms.values_list("code", flat=True))
    ticked = form.fields["forms"].queryset.filter(pk__in=form.initial["forms"])
    assert set(ticked.values_list("code", flat=True)) == codes
    sent = {
        "title": "Новая",
        "starts_on": year.starts_on.isoformat(),
        "ends_on": year.ends_on.isoformat(),
        "forms": form.initial["forms"],
        "acts": "",
    }
    response = client.post("/programme/add/", sent)
    made = Programme.objects.get(title="Новая")
    assert made.year == year
    assert response["Location"] == reverse("programmes:go-on", args=[made.pk])
    present = closed.school.year
    other = client.get(f"/programme/add/?year={present.pk}").context["form"]
    assert str(present) in other.initial["title"]
