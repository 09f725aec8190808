"""What every page carries: language, zone, no copies, sections, forms, error pages."""

import datetime as dt

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import render
from django.template import engines
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timezone import get_current_timezone_name
from tests.pages import guest, signed_in, text

from nastavnik.core.access import Grant, Perm, Role, Viewer
from nastavnik.core.dates import today
from nastavnik.core.hooks import attention, consent_needs, navigation
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.middleware import choose_zone, keep_private
from nastavnik.core.ui.forms import DateInput
from nastavnik.organisations.actions import change_organisation


def user_with(*roles):
    return type(
        "U",
        (),
        {
            "is_authenticated": True,
            "viewer": Viewer(1, None, tuple(Grant(role, 1) for role in roles)),
        },
    )()


@pytest.mark.parametrize(
    ("cookie", "language"),
    [(None, "ru"), ("ru", "ru"), ("en", "en"), ("de", "ru"), ("../../x", "ru"), ("", "ru")],
)
def test_the_language_follows_the_cookie_alone(db, cookie, language):
    client = Client(headers={"Accept-Language": "de,en;q=0.9"})
    if cookie is not None:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    response = client.get("/sign-in/")
    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in text(response)
    assert translation.get_language() == "ru"  # nothing leaks out of the request


def test_times_are_shown_in_the_zone_of_the_organisation(cast):
    change_organisation(cast.school.organisation, by=cast.anna, time_zone="Asia/Kamchatka")
    seen = []
    middleware = choose_zone(lambda _request: seen.append(get_current_timezone_name()))
    for user in (type(cast.anna).objects.get(pk=cast.anna.pk), cast.vera, AnonymousUser()):
        request = RequestFactory().get("/")
        request.user = user
        middleware(request)
    assert seen == ["Asia/Kamchatka", "Europe/Moscow", "Europe/Moscow"]


def test_today_is_the_day_where_the_organisation_stands():
    with timezone.override("Asia/Kamchatka"):
        east = today()
    with timezone.override("Europe/Kaliningrad"):
        west = today()
    now = timezone.now()
    assert east == (now + dt.timedelta(hours=12)).date()
    assert west == (now + dt.timedelta(hours=2)).date()


def test_no_cache_keeps_what_a_signed_in_person_saw():
    def answer(user, **headers):
        request = RequestFactory().get("/")
        request.user = user
        return keep_private(lambda _request: HttpResponse(headers=headers))(request)

    assert answer(user_with(Role.CURATOR))["Cache-Control"] == "no-store"
    assert answer(user_with(Role.CURATOR), **{"Cache-Control": "private"})["Cache-Control"] == (
        "private"
    )
    assert "Cache-Control" not in answer(AnonymousUser())


def test_a_page_of_the_school_is_not_kept(cast):
    assert signed_in(cast.anna).get("/mentees/")["Cache-Control"] == "no-store"


def test_the_cover_shows_the_sections_of_the_role():
    def names(*roles):
        return [
            [one.url_name for one in group] for group in navigation.groups_for(user_with(*roles))
        ]

    assert names(Role.MENTOR) == [
        ["cabinet:home"],
        ["mentorships:own", "programmes:choices", "events:own"],
    ]
    assert names(Role.COORDINATOR) == [
        ["cabinet:home"],
        ["districts:table", "roadmaps:overview"],
        ["cabinet:district", "oversight:indicators", "oversight:recommendations"],
    ]
    flat = [name for group in names(Role.CURATOR) for name in group]
    assert (
        flat.index("people:list")
        < flat.index("matching:workspace")
        < flat.index("documents:register")
    )
    assert flat[-1] == "organisations:settings"
    assert "mentorships:own" not in flat


def test_a_second_section_for_a_page_replaces_the_first():
    kept = dict(navigation._sections)
    try:
        first = navigation.Section(77, "One", "cabinet:home", Perm.HOME)
        navigation.register(first)
        navigation.register(navigation.Section(78, "Two", "cabinet:home", Perm.HOME))
        found = [s for g in navigation.groups_for(user_with(Role.MENTOR)) for s in g]
        assert [s.label for s in found if s.url_name == "cabinet:home"] == ["Two"]
    finally:
        navigation._sections.clear()
        navigation._sections.update(kept)


def test_the_open_section_is_the_longest_that_fits(cast):
    page = text(
        signed_in(cast.anna).get(
            reverse("programmes:record", args=[cast.school.records["older"].pk])
        )
    )
    assert 'aria-current="page"' not in page.split("</nav>")[0]  # base/… is under no section
    page = text(signed_in(cast.anna).get(reverse("organisations:edit")))
    assert f'<a href="{reverse("organisations:settings")}" aria-current="page"' in page
    assert page.count('aria-current="page"') == 1


def test_the_most_urgent_comes_first_and_the_list_is_short():
    def item(urgency, title, place=0):
        return AttentionItem(urgency, "go", "", title, "", "", "/", place=place)

    kept = dict(attention._providers)
    try:
        attention._providers.clear()
        attention.register(
            "a", lambda _user: [item(Urgency.LATER, "late"), item(Urgency.WEEK, "б")]
        )
        attention.register(
            "b", lambda _user: [item(Urgency.WEEK, "а"), item(Urgency.WEEK, "я", -1)]
        )
        assert [one.title for one in attention.items_for(user_with())] == ["я", "а", "б", "late"]
        attention.register("b", lambda _user: [item(Urgency.NEXT, str(n), n) for n in range(20)])
        assert len(attention.items_for(user_with(), at_most=4)) == 4
    finally:
        attention._providers.clear()
        attention._providers.update(kept)


def test_people_concerned_are_the_union_of_providers():
    kept = dict(consent_needs._providers)
    try:
        consent_needs._providers.clear()
        consent_needs.register("a", lambda _user: [1, 2])
        consent_needs.register("b", lambda _user: [2, 3])
        assert consent_needs.people_needing_consent(user_with()) == {1, 2, 3}
    finally:
        consent_needs._providers.clear()
        consent_needs._providers.update(kept)


class Sample(forms.Form):
    name = forms.CharField(label="Название", help_text="Как в уставе.")
    day = forms.DateField(widget=DateInput(), required=False)
    kind = forms.ChoiceField(choices=[("a", "А")], required=False)
    agreed = forms.BooleanField(label="Согласен", required=False)
    many = forms.MultipleChoiceField(
        choices=[("x", "Икс"), ("y", "Игрек")], widget=forms.CheckboxSelectMultiple, required=False
    )
    hidden = forms.CharField(widget=forms.HiddenInput(), required=False)


def test_a_field_to_look_at_again_says_so_to_eyes_and_ears():
    form = Sample({"name": "", "day": "2026-09-01"})
    page = str(form)
    field = page[page.index('id="id_name"') - 200 : page.index('id="id_name"') + 200]
    assert "is-invalid" in field
    assert 'aria-invalid="true"' in field
    assert "id_name_helptext" in field
    assert "id_name_error" in field
    assert 'id="id_name_error"' in page
    assert 'id="id_name_helptext"' in page
    assert 'role="alert"' in page


def test_a_whole_form_is_drawn_without_marks_of_trouble():
    page = str(Sample(initial={"day": dt.date(2026, 9, 1)}))
    assert "is-invalid" not in page
    assert 'role="alert"' not in page
    assert 'value="2026-09-01"' in page  # ISO, whatever the language
    assert 'type="date"' in page
    assert "form-select" in page
    assert page.count("form-check-input") == 3
    assert page.count("<fieldset") == 1
    assert 'type="hidden"' in page


def test_a_fault_of_the_whole_form_is_said_on_top():
    form = Sample({"name": "x"})
    form.add_error(None, "Двое под одним именем.")
    page = str(form)
    assert page.index("Двое под одним именем.") < page.index("id_name")


def django(source, **context):
    return engines["django"].from_string(source).render(context, context.pop("request", None))


def test_tags():
    request = RequestFactory().get("/mentees/?q=ё&page=2")
    request.user = AnonymousUser()
    assert django("{% query page=3 %}", request=request) == "?q=%D1%91&amp;page=3"
    assert django("{% query page='' %}", request=request) == "?q=%D1%91"
    assert django("{% address 'people:card' 7 back='да' %}") == ("/people/7/?back=%D0%B4%D0%B0")
    assert django("{{ words|at:1 }}/{{ words|at:2 }}", words={1: "есть"}) == "есть/"
    drawn = django("{% icon 'lock' %}")
    assert drawn.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawn
    assert drawn.count("<svg") == drawn.count("</svg>") == 1


@pytest.mark.parametrize(
    ("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("x", "light")]
)
def test_the_theme_follows_the_cookie(db, cookie, theme):
    client = guest()
    client.cookies["theme"] = cookie
    assert f'data-bs-theme="{theme}"' in text(client.get("/sign-in/"))


def test_a_page_without_a_request_is_light():
    assert django("{% theme %}") == "light"


def test_an_address_of_a_button_opened_as_a_page_says_so(cast):
    client = signed_in(cast.anna)
    answer = client.get("/theme/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert 'href="/"' in text(answer)
    for said in (client.put("/theme/"), client.get("/health"), client.get("/today/")):
        assert b"leaf-brand" not in said.content


@pytest.mark.parametrize(
    "name", ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html"]
)
def test_pages_of_trouble_stand_without_a_request(name):
    page = render_to_string(name)
    assert "<h1>" in page
    assert 'href="/"' in page


def test_a_stranger_gets_the_page_of_nothing_in_russian(cast):
    card = reverse("people:card", args=[cast.other.people["older"].pk])
    response = signed_in(cast.anna, language="").get(card)
    assert response.status_code == 404
    page = text(response)
    assert '<html lang="ru"' in page
    with translation.override("ru"):
        assert translation.gettext("There is no such page") in page
    assert "Старшов" not in page


def test_a_role_without_the_right_gets_the_page_that_says_whom_to_ask(cast):
    response = signed_in(cast.users[Role.MENTOR]).get("/people/")
    assert response.status_code == 403
    assert "not for your role" in text(response)


def test_a_forged_form_is_stopped_with_a_page_that_says_what_to_do(db):
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.post("/sign-in/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "grown old" in text(response)


def test_forms_render_through_the_site(rf):
    """A form inside a template is the same as by itself."""
    response = render(rf.get("/"), "components/form.html", Sample().get_context())
    assert "id_name_helptext" in text(response)
