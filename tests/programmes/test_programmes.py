"""Forms of mentoring and programmes: the directory stays as shipped, limits are the school's own."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.cast import CANARY
from tests.organisations.test_tree import node
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.organisations.choices import OrganisationKind
from nastavnik.people.actions import add_account, grant_role
from nastavnik.people.choices import PersonKind
from nastavnik.programmes import catalogues
from nastavnik.programmes.actions import (
    adopt_form,
    change_form,
    change_programme,
    load_directory,
    open_programme,
)
from nastavnik.programmes.models import MentoringForm, Programme
from nastavnik.programmes.queries import area_titles, current_programme, people_in_bases

pytestmark = pytest.mark.django_db


def directory(code):
    return MentoringForm.objects.directory().get(code=code)


def shape(form):
    skipped = ("id", "organisation")
    fields = [f.attname for f in form._meta.concrete_fields if f.name not in skipped]
    return {name: getattr(form, name) for name in fields} | {
        "variants": [variant.title for variant in form.variants.all()]
    }


def test_the_directory_is_loaded_with_the_site_and_once(db):
    assert load_directory(by=None) == 0
    forms = MentoringForm.objects.directory()
    assert forms.count() == len(catalogues.read("forms.yaml"))
    assert forms.filter(in_r145=True).count() == 5
    assert directory("pupil_pupil").variants.first().title == "успевающий – неуспевающий"


def test_a_new_version_replaces_the_record_of_the_directory_alone(cast):
    shipped = shape(directory("pupil_pupil"))
    own = cast.school.programme.forms.get(code="pupil_pupil")
    change_form(own, by=cast.anna, max_mentees=1)
    stale = directory("pupil_pupil")
    stale.version, stale.title = 0, "старое"
    stale.save()
    stale.variants.all().delete()
    assert load_directory(by=None) == 1
    assert shape(directory("pupil_pupil")) == shipped
    own.refresh_from_db()
    assert own.max_mentees == 1


def test_a_newer_record_than_the_shipped_one_stays(db):
    MentoringForm.objects.directory().filter(code="pupil_pupil").update(version=99, title="новое")
    assert load_directory(by=None) == 0
    assert directory("pupil_pupil").title == "новое"


def test_an_adopted_form_is_a_copy_with_its_variants(cast):
    form = directory("employer_pupil")
    before = shape(form)
    own = adopt_form(cast.school.organisation, form, by=cast.anna)
    assert own.pk != form.pk
    assert own.organisation == cast.school.organisation
    assert shape(own) == before
    change_form(own, by=cast.anna, mentee_min_age=16)
    assert shape(directory("employer_pupil")) == before
    assert adopt_form(cast.school.organisation, form, by=cast.anna) == own


def test_the_directory_itself_is_not_changed(db):
    with pytest.raises(RefusedError):
        change_form(directory("pupil_pupil"), by=None, max_mentees=9)
    assert directory("pupil_pupil").max_mentees == 3


@pytest.mark.both
def test_the_database_keeps_a_form_once_and_with_a_place(cast):
    own = cast.school.programme.forms.get(code="pupil_pupil")
    for organisation in (cast.school.organisation, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            MentoringForm.objects.create(organisation=organisation, code="pupil_pupil", title="д")
    with pytest.raises(IntegrityError), transaction.atomic():
        MentoringForm.objects.filter(pk=own.pk).update(max_mentees=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=cast.school.programme.pk).update(ends_on="2000-01-01")


def test_a_programme_needs_a_form_and_days_the_right_way_round(cast):
    year = cast.school.year
    days = {"starts_on": year.starts_on, "ends_on": year.ends_on}
    n_programmes = Programme.objects.count()
    with pytest.raises(RefusedError):
        open_programme(year, title="П", forms=[], by=cast.anna, **days)
    with pytest.raises(RefusedError):
        open_programme(
            year,
            title="П",
            forms=[directory("pupil_pupil")],
            starts_on=year.ends_on,
            ends_on=year.starts_on,
            by=cast.anna,
        )
    assert Programme.objects.count() == n_programmes


def test_a_form_that_people_hold_is_not_dropped(cast):
    programme = cast.school.programme
    with pytest.raises(RefusedError) as refusal:
        change_programme(programme, forms=[directory("teacher_teacher")], by=cast.anna)
    assert directory("pupil_pupil").title in str(refusal.value)
    assert programme.forms.count() == 2
    with pytest.raises(RefusedError):
        change_programme(programme, forms=[], by=cast.anna)
    empty = open_programme(
        cast.school.year,
        title="Пустая",
        starts_on=cast.school.year.starts_on,
        ends_on=cast.school.year.ends_on,
        forms=[directory("pupil_pupil")],
        by=cast.anna,
    )
    with pytest.raises(RefusedError):
        change_programme(empty, forms=[], by=cast.anna)
    change_programme(empty, forms=[directory("teacher_pupil")], title="Другая", by=cast.anna)
    assert [form.code for form in empty.forms.all()] == ["teacher_pupil"]
    assert str(empty) == "Другая"


def answers(cast, **changes):
    programme = cast.school.programme
    return {
        "title": programme.title,
        "starts_on": programme.starts_on.isoformat(),
        "ends_on": programme.ends_on.isoformat(),
        "forms": [directory("pupil_pupil").pk, directory("teacher_teacher").pk],
        "acts": "",
    } | changes


def test_a_programme_is_changed_on_its_page(cast):
    client = signed_in(cast.anna)
    url = reverse("programmes:edit", args=[cast.school.programme.pk])
    form = client.get(url).context["form"]
    assert set(form.initial["forms"]) == set(answers(cast)["forms"])
    forms = [*answers(cast)["forms"], directory("employer_pupil").pk]
    acts = "Положение о наставничестве, утверждённое приказом от 01.09.2026 № 1"
    response = client.post(url, answers(cast, forms=forms, acts=acts))
    assert response["Location"] == "/programme/"
    cast.school.programme.refresh_from_db()
    assert cast.school.programme.acts == acts
    assert cast.school.programme.forms.count() == 3
    assert {f.organisation_id for f in cast.school.programme.forms.all()} == {
        cast.school.organisation.pk
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"forms": []}, "forms"),
        ({"ends_on": "2000-01-01"}, "ends_on"),
        ({"title": ""}, "title"),
        ({"starts_on": "вчера"}, "starts_on"),
    ],
)
def test_a_slip_in_a_programme_is_shown_at_its_field(cast, wrong, field):
    client = signed_in(cast.anna)
    for url in (
        reverse("programmes:add"),
        reverse("programmes:edit", args=[cast.school.programme.pk]),
    ):
        response = client.post(url, answers(cast) | wrong)
        assert field in response.context["form"].errors
    assert Programme.objects.filter(organisation=cast.school.organisation).count() == 1


def test_dropping_a_used_form_on_the_page_is_said_at_the_forms(cast):
    url = reverse("programmes:edit", args=[cast.school.programme.pk])
    response = signed_in(cast.anna).post(url, answers(cast, forms=answers(cast)["forms"][:1]))
    assert response.context["form"].errors["forms"]


def test_a_programme_is_opened_with_its_acts(cast):
    client = signed_in(cast.anna)
    page = client.get("/programme/add/")
    assert "учебный год" in page.context["form"].initial["title"]
    client.post("/programme/add/", answers(cast, title="Вторая", acts="Положение"))
    programme = Programme.objects.get(title="Вторая")
    assert programme.acts == "Положение"
    overview = client.get("/programme/")
    both = {overview.context["programme"], *overview.context["others"]}
    assert both == {programme, cast.school.programme}


def test_only_forms_of_this_kind_of_organisation_are_offered(cast):
    fields = signed_in(cast.anna).get("/programme/add/").context["form"].fields
    codes = {form.code for form in fields["forms"].queryset}
    assert "pupil_pupil" in codes
    assert "employer_student" not in codes
    assert "(Р-145)" in fields["forms"].label_from_instance(directory("pupil_pupil"))
    assert "(Р-145)" not in fields["forms"].label_from_instance(directory("teacher_pupil"))
    assert OrganisationKind.COLLEGE in directory("employer_student").organisation_kinds


def test_a_school_without_a_year_opens_one_first():
    user = add_account("bare", None, full_name="Анна", by=None)
    grant_role(user, node(None, "Без года"), Role.CURATOR, by=None)
    client = signed_in(user)
    assert client.get("/programme/add/")["Location"] == "/settings/"
    overview = client.get("/programme/")
    assert overview.context["programme"] is None
    for url in ("/mentees/", "/mentors/", "/matching/", "/pairs/", "/consents/"):
        assert client.get(url).status_code == 200
    assert client.get("/base/mentee/add/")["Location"] == "/programme/add/"
    assert client.post("/matching/run/")["Location"] == "/matching/"
    assert client.post("/matching/rule/")["Location"] == "/matching/"
    assert people_in_bases(user) == []


def test_limits_are_changed_for_the_own_school(cast):
    client = signed_in(cast.anna)
    own = cast.school.programme.forms.get(code="pupil_pupil")
    url = reverse("programmes:limits", args=[own.pk])
    assert client.get(url).status_code == 200
    limits = {
        "mentor_kinds": ["pupil", "volunteer"],
        "mentee_kinds": ["pupil"],
        "max_mentees": 5,
        "mentee_min_age": 11,
        "mentor_min_years": "",
        "min_grade_gap": 1,
        "approving_body": "curator",
    }
    assert client.post(url, limits)["Location"] == "/programme/"
    own.refresh_from_db()
    assert (own.max_mentees, own.mentee_min_age, own.mentor_min_years) == (5, 11, None)
    assert own.mentor_kinds == ["pupil", "volunteer"]
    assert client.post(url, limits | {"mentor_kinds": []}).context["form"].errors["mentor_kinds"]
    assert client.post(url, limits | {"mentor_kinds": ["king"]}).context["form"].errors
    assert client.post(url, limits | {"max_mentees": 0}).context["form"].errors["max_mentees"]
    for foreign in (directory("pupil_pupil"), cast.other.programme.forms.first()):
        assert client.get(reverse("programmes:limits", args=[foreign.pk])).status_code == 404


def test_the_programme_of_the_day_is_the_current_one(cast):
    import datetime as dt

    programme = cast.school.programme
    assert current_programme(cast.anna) == programme
    later = open_programme(
        cast.school.year,
        title="Летняя",
        starts_on=dt.date(2090, 1, 1),
        ends_on=dt.date(2090, 2, 1),
        forms=[directory("pupil_pupil")],
        by=cast.anna,
    )
    assert current_programme(cast.anna) == programme
    assert current_programme(cast.anna, dt.date(2090, 1, 1)) == later
    assert current_programme(cast.anna, dt.date(2095, 1, 1)) == later  # none holds: the latest
    assert current_programme(cast.coordinator) is None


def test_a_reader_sees_the_programme_without_buttons(cast):
    response = signed_in(cast.users[Role.PSYCHOLOGIST]).get("/programme/")
    assert response.status_code == 200
    page = text(response)
    assert "/programme/forms/" not in page
    assert CANARY not in page


def test_words_of_areas():
    code = next(iter(catalogues.areas()))
    assert area_titles([code, "gone"]) == (catalogues.areas()[code].title,)
    learners = {code for code, _title in catalogues.area_choices(learner=True)}
    staff = {code for code, _title in catalogues.area_choices(learner=False)}
    assert learners | staff == set(catalogues.areas())
    assert learners != staff


def test_names(cast):
    form = directory("pupil_pupil")
    assert str(form) == form.title
    assert str(form.variants.first()) == form.variants.first().title


@pytest.mark.django_db
def test_every_kind_of_people_is_taken_by_a_form():
    taken = {
        kind for form in MentoringForm.objects.directory() for kind in (*form.mentor_kinds, *form.mentee_kinds)
    }  # fmt: skip
    assert taken == set(PersonKind.values)
