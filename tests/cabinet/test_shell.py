"""The shell: set-up of an empty installation, the first page of each role, the district, own choices."""

import pytest
from django.urls import reverse
from django.utils import translation
from tests.cast import CANARY, approve_pairs
from tests.organisations.test_tree import node
from tests.pages import counts, guest, signed_in, text

from nastavnik.cabinet.actions import set_up
from nastavnik.cabinet.forms import QUESTIONS, SetUpForm
from nastavnik.cabinet.queries import district, gate_of, stages
from nastavnik.consents.actions import withdraw_consent
from nastavnik.consents.models import Consent
from nastavnik.core import audit
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.attention import Urgency
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.mentorships.actions import set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Mentorship
from nastavnik.organisations.actions import open_year
from nastavnik.organisations.models import Organisation
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.actions import add_account, grant_role
from nastavnik.people.models import User
from nastavnik.programmes.models import Participation, Programme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_folder")]

SHEET = {
    "full_name": "МБОУ «Школа № 7»",
    "short_name": "Школа № 7",
    "kind": "school",
    "town": "г. Образцово",
    "time_zone": "Asia/Omsk",
    "head_name": "Директорова Дина Дмитриевна",
    "head_position": "директор",
    "municipality": "Образцовский район",
    "year_starts_on": "2026-09-01",
    "year_ends_on": "2027-08-31",
    "curator_name": "Кураторова Анна Ивановна",
    "login": " Anna@Example.RU ",
    "password": "три слова и 7",
}


def test_an_empty_installation_leads_to_the_set_up_and_then_to_the_forms():
    client = guest()
    assert client.get("/", follow=True).redirect_chain == [("/setup/", 302)]
    response = client.post("/setup/", SHEET)
    assert response["Location"] == "/programme/add/"
    page = client.get("/programme/add/")  # she is signed in already
    assert page.status_code == 200
    school = Organisation.objects.get(short_name="Школа № 7")
    assert school.parent.short_name == "Образцовский район"
    assert school.years.get().starts_on.isoformat() == "2026-09-01"
    curator = User.objects.get()
    assert curator.login == "anna@example.ru"
    assert [grant.role for grant in curator.viewer.grants] == [Role.CURATOR]
    assert curator.workplace == school


def test_the_municipality_may_stay_empty():
    guest().post("/setup/", SHEET | {"municipality": ""})
    assert Organisation.objects.get().parent is None


def test_a_gap_keeps_what_was_typed_and_writes_nothing():
    before = counts()
    response = guest().post("/setup/", SHEET | {"head_name": "", "year_ends_on": "2026-08-01"})
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {"head_name", "year_ends_on"}
    page = text(response)
    for typed in (
        "МБОУ «Школа № 7»",
        "г. Образцово",
        "Образцовский район",
        "Кураторова Анна Ивановна",
    ):
        assert f'value="{typed}"' in page
    assert counts() == before


@pytest.mark.parametrize("wrong", [{"password": "коротко"}, {"login": ""}, {"kind": "office"}])
def test_a_wrong_answer_is_shown_at_its_field(wrong):
    response = guest().post("/setup/", SHEET | wrong)
    assert set(response.context["form"].errors) == set(wrong)
    assert not User.objects.exists()


def test_the_conversation_asks_one_thing_after_another_and_offers_this_year():
    """Four questions; each carries what was said before, and nothing is written before the last answer."""
    client, said = guest(), {}
    response = client.get("/setup/")
    for number, question in enumerate(QUESTIONS):
        assert [field.name for field in response.context["asked"]] == list(question.fields)
        assert not User.objects.exists()
        page = text(response)
        assert all(f'value="{value}"' in page for value in said.values())
        said |= {name: SHEET[name] for name in question.fields}
        response = client.post("/setup/", said | {"question": number})
    assert response["Location"] == "/programme/add/"
    assert form_of(guest(), {}).initial["year_starts_on"].month == 9


def form_of(client, answers):
    return SetUpForm(initial=answers)


def test_a_gap_holds_the_conversation_where_it_is():
    response = guest().post("/setup/", {"question": "0", "full_name": " ", "kind": "school"})
    assert response.context["number"] == 0
    assert set(response.context["form"].errors) >= {"full_name"}
    assert [f.name for f in response.context["asked"] if f.errors] == ["full_name"]


def test_the_way_back_loses_nothing_and_never_sends_the_password_back():
    response = guest().post("/setup/", SHEET | {"question": "3", "back": "1"})
    assert response.context["number"] == 2
    page = text(response)
    assert 'value="МБОУ «Школа № 7»"' in page
    assert 'value=" Anna@Example.RU "' in page
    assert SHEET["password"] not in page


@pytest.mark.parametrize("number", ["-1", "99", "x"])
def test_a_strange_question_number_is_answered_all_the_same(number):
    assert guest().post("/setup/", {"question": number}).status_code == 200


def test_an_empty_short_name_is_filled_in():
    full = "Муниципальное бюджетное общеобразовательное учреждение «Школа № 7» города Н"
    guest().post("/setup/", SHEET | {"full_name": full, "short_name": ""})
    assert Organisation.objects.get(parent__isnull=False).short_name == "МБОУ «Школа №\u00a07»"


def test_a_short_name_no_rule_makes_is_asked_for_and_a_typed_one_stays():
    odd = "Муниципальное странное учреждение «Семь»"
    response = guest().post("/setup/", SHEET | {"full_name": odd, "short_name": ""})
    assert response.context["number"] == 0
    assert "type how you call yourselves" in text(response)
    guest().post("/setup/", SHEET | {"full_name": odd, "short_name": "Семёрка"})
    assert Organisation.objects.get(parent__isnull=False).short_name == "Семёрка"


def test_the_paper_shows_the_answers_so_far():
    response = guest().post("/setup/", SHEET | {"question": "1"})
    page = text(response)
    assert "Д. Д. Директорова".replace(" ", "\N{NO-BREAK SPACE}") in page
    assert "г. Образцово" in page


def test_a_site_that_is_set_up_is_not_set_up_again(cast):
    before = counts()
    assert guest().get("/setup/").status_code == 404
    assert guest().post("/setup/", SHEET).status_code == 404
    with pytest.raises(RefusedError):
        set_up(
            municipality="",
            year_starts_on=cast.school.year.starts_on,
            year_ends_on=cast.school.year.ends_on,
            curator_name="Вторая",
            login="second",
            password="три слова и 7",
            by=None,
            kind="school",
            town="г. Х",
        )
    assert counts() == before


def test_who_comes_second_to_the_set_up_reads_why(db, monkeypatch):
    """Two browsers send the sheet at once: the later one finds an account."""
    from nastavnik.cabinet import views

    monkeypatch.setattr(views, "has_any_account", lambda: False)
    add_account("first", None, full_name="Первая", by=None)
    response = guest().post("/setup/", SHEET)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    assert not Organisation.objects.exists()


def test_a_guest_of_a_site_in_work_goes_to_sign_in(cast):
    chain = guest().get("/", follow=True).redirect_chain
    assert [url for url, _status in chain] == ["/today/", "/sign-in/?next=%2Ftoday%2F"]


@pytest.mark.parametrize("role", list(Role))
def test_each_role_lands_on_the_page_of_its_work(cast, role):
    client = signed_in(cast.users[role])
    response = client.get("/today/", follow=True)
    assert response.status_code == 200
    path = response.request["PATH_INFO"]
    if role in (Role.MENTOR, Role.MENTEE):
        assert path == "/today/"
        assert reverse("mentorships:own") in response.content.decode()
    elif role == Role.COORDINATOR:
        assert path == reverse("cabinet:district")
    else:
        assert path == "/today/"
        assert response.context["programme"] == cast.school.programme
        assert bool(response.context["items"]) == (role == Role.CURATOR)
    if role != Role.COORDINATOR:  # who sees the other school's name and numbers
        assert CANARY not in text(response)


def test_an_account_without_a_role_opens_nothing(db):
    user = add_account("nobody", "три слова и 7", full_name="Никто", by=None)
    assert signed_in(user).get("/today/").status_code == 403


def test_what_waits_for_the_curator_follows_the_work(cast):
    client = signed_in(cast.anna)

    def urls():
        return [item.url for item in client.get("/today/").context["items"]]

    assert reverse("matching:workspace") in urls()  # three mentees wait for a mentor
    assert f"{reverse('consents:ledger')}?show=missing-prepared" in urls()  # and one has not signed
    order = approve_pairs(cast.school)
    assert urls()[0] == reverse("documents:card", args=[order.pk])
    assert reverse("matching:workspace") not in urls()
    set_requisites(order, number="1", dated_on=cast.school.year.starts_on, by=cast.anna)
    register_document(order, by=cast.anna)
    assert reverse("documents:card", args=[order.pk]) not in urls()
    withdraw_consent(Consent.objects.filter(person=cast.school.people["younger"])[0], by=cast.anna)
    assert urls()[0] == f"{reverse('mentorships:list')}?status=suspended"


def test_a_proposal_that_is_not_approved_waits(cast):
    client = signed_in(cast.anna)
    client.post(reverse("matching:run"))
    items = client.get("/today/").context["items"]
    workspace = [i for i in items if i.url == reverse("matching:workspace")]
    assert [(i.urgency, i.place) for i in workspace] == [(Urgency.NEXT, 5)]


def test_the_first_steps_of_a_new_school():
    school = node(None, "Школа")
    first, last = year_bounds(today())
    open_year(school, starts_on=first, ends_on=last, by=None)
    user = add_account("anna", None, full_name="Анна", by=None)
    grant_role(user, school, Role.CURATOR, by=None)
    client = signed_in(user)
    response = client.get("/today/")
    assert response.context["programme"] is None
    assert response.context["items"] == []
    assert reverse("programmes:add") in text(response)
    directory = client.get("/programme/add/").context["form"].fields["forms"].queryset
    client.post(
        "/programme/add/",
        {
            "title": "Программа",
            "starts_on": first.isoformat(),
            "ends_on": last.isoformat(),
            "forms": [directory.get(code="pupil_pupil").pk],
            "acts": "",
        },
    )
    assert [i.url for i in client.get("/today/").context["items"]] == [reverse("people:import")]


def test_empty_bases_are_the_next_step(cast):
    cast.school.programme.participations.all().delete()
    urls = [item.url for item in signed_in(cast.anna).get("/today/").context["items"]]
    assert urls == [
        reverse("programmes:add-to-base", args=["mentee"]),
        reverse("programmes:add-to-base", args=["mentor"]),
    ]


def test_records_that_may_go_on_are_named(cast):
    from nastavnik.programmes.actions import set_participation_status
    from nastavnik.programmes.choices import ParticipationStatus as S

    set_participation_status(cast.school.records["older"], S.CANDIDATE, by=cast.anna)
    urls = [item.url for item in signed_in(cast.anna).get("/today/").context["items"]]
    assert reverse("programmes:mentors") in urls


def gate(cast, programme=None, user=None):
    programme = programme or cast.school.programme
    user = user or cast.anna
    with translation.override("en"):
        return gate_of(user, programme, stages(user, programme))


def test_the_gate_says_what_the_next_stage_needs_and_one_action(cast):
    found = gate(cast)
    assert (found.stage, found.action, found.url) == (
        "Course of the programme", "Match", reverse("matching:workspace"),
    )  # fmt: skip
    assert found.sentence == "There is no pair yet. Ready: 3 mentees, 3 mentors."
    teacher = signed_in(cast.users[Role.CLASS_TEACHER]).get("/today/")
    assert (teacher.context["stages"], teacher.context["gate"]) == ([], None)  # sees the own class
    social = gate(cast, user=cast.users[Role.SOCIAL_TEACHER])
    assert (social.action, social.url) == ("", "")
    Participation.objects.filter(side="mentor").update(status="candidate")
    assert gate(cast).url == reverse("programmes:mentors")
    assert "Of 3 mentors none is ready" in gate(cast).sentence
    Participation.objects.filter(side="mentor").delete()
    assert gate(cast).url == reverse("programmes:add-to-base", args=["mentor"])
    Participation.objects.filter(side="mentee").delete()
    assert gate(cast).url == reverse("programmes:add-to-base", args=["mentee"])


def test_the_last_gates_wait_for_the_pairs(cast):
    order = approve_pairs(cast.school)
    set_requisites(order, number="1", dated_on=cast.school.year.starts_on, by=cast.anna)
    register_document(order, by=cast.anna)
    assert gate(cast).url == reverse("mentorships:list")
    for pair in Mentorship.objects.filter(ties__order=order):
        set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    assert gate(cast) is None


def now_stage(cast):
    rows = stages(cast.anna, cast.school.programme)
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6, 7]
    states = [row.state for row in rows]
    place = states.index("now")
    assert states == ["done"] * place + ["now"] + ["next"] * (6 - place)
    return place + 1


def test_the_seven_stages_move_with_the_work(cast):
    assert now_stage(cast) == 5
    order = approve_pairs(cast.school)
    set_requisites(order, number="1", dated_on=cast.school.year.starts_on, by=cast.anna)
    register_document(order, by=cast.anna)
    assert now_stage(cast) == 6
    for pair in Mentorship.objects.filter(ties__order=order):
        set_pair_status(pair, MentorshipStatus.COMPLETED, by=cast.anna)
    assert now_stage(cast) == 7
    empty = Programme.objects.create(
        organisation=cast.school.organisation,
        year=cast.school.year,
        title="Новая",
        starts_on=cast.school.year.starts_on,
        ends_on=cast.school.year.ends_on,
    )
    assert [row.state for row in stages(cast.anna, empty)][:3] == ["done", "now", "next"]


def test_the_district_sees_numbers_and_no_names(cast):
    approve_pairs(cast.school)
    response = signed_in(cast.coordinator).get("/district/")
    rows = {row.pk: (row.n_mentors, row.n_mentees, row.n_pairs) for row in response.context["rows"]}
    assert rows == {
        cast.school.organisation.pk: (3, 4, 3),
        cast.other.organisation.pk: (3, 4, 0),
    }
    assert response.context["n_without"] == 1
    page = text(response)
    assert page.count("less than 5") == 5  # of one to four people no more is told; nought is
    for school in (cast.school, cast.other):
        for person in school.people.values():
            assert person.last_name not in page
            assert person.first_name not in page


def test_only_a_coordinator_has_a_district(cast):
    assert signed_in(cast.anna).get("/district/").status_code == 403
    assert not district(cast.anna).exists()


@pytest.mark.parametrize(("name", "value"), [("language", "en"), ("theme", "dark")])
def test_a_choice_is_kept_in_a_cookie_and_leads_back(db, name, value):
    response = guest().post(f"/{name}/", {name: value, "next": "/sign-in/?next=/people/"})
    assert response["Location"] == "/sign-in/?next=/people/"
    cookie = response.cookies["django_language" if name == "language" else "theme"]
    assert cookie.value == value
    assert cookie["httponly"]
    assert int(cookie["max-age"]) > 300 * 24 * 3600


@pytest.mark.parametrize("name", ["language", "theme"])
@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "/\\evil.example"],
)
def test_nobody_is_led_to_another_site(db, name, onward):
    response = guest().post(f"/{name}/", {name: "???", "next": onward})
    assert response["Location"] == "/"
    assert not response.cookies


def test_choices_are_made_by_a_form_only(db):
    assert guest().get("/language/").status_code == 405
    assert guest().get("/theme/").status_code == 405


def test_the_trail_of_the_set_up_verifies(db):
    guest().post("/setup/", SHEET)
    for organisation in audit.organisations_with_open_entries():
        audit.seal(organisation)
        assert audit.verify(organisation) is None
