"""Every form that comes back names its error; «something is missing» stands only over what is missing."""

import re

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.html import escape
from django.utils.translation import override
from tests.guards.crawl import REFUSED_AS_SUCH, addresses_of, answer, may_open
from tests.guards.routes import all_routes, one_of_each_state

from nastavnik.core.ui.forms import fault_of

pytestmark = pytest.mark.django_db
MISSING = "something is missing"
ACTORS = ("curator", "coordinator", "mentee", "psychologist")
HEADING = re.compile(r'class="fault" role="alert">.*?<p><b>(.*?)</b></p>', re.DOTALL)
ROUTES = [route for route in all_routes() if route.name != "cabinet:components"]
# What is sent: nothing; what no field takes; an answer to every field that none of them can be.
GIVEN = {
    "nothing": lambda _fields: {},
    "blanks": lambda fields: dict.fromkeys(fields, " "),
    "nonsense": lambda fields: dict.fromkeys(fields, "999999999"),
    "long words": lambda fields: dict.fromkeys(fields, "ы" * 20_000),
}


def forms_of(response):
    """Return the bound forms of a page that have errors."""
    contexts = response.context or ()
    values = [value for one in contexts for value in one.flatten().values()]
    found = {id(value): value for value in values if isinstance(value, forms.BaseForm)}
    return [form for form in found.values() if form.is_bound and form.errors]


def codes_of(form):
    return {error.code for errors in form.errors.as_data().values() for error in errors}


def untrue(headings, wrong):
    """Return headings that do not fit the errors of the forms of a page."""
    only_missing = any(codes_of(form) == {"required"} for form in wrong)
    with override("en"):  # as the page was asked for
        said = {escape(str(one)) for form in wrong for one in form.non_field_errors()}
    return [
        heading
        for heading in headings
        if (MISSING in heading and not only_missing)
        or (said and heading not in said and len(wrong) == 1)
    ]


@pytest.fixture(scope="module")
def swept(world, request):
    """Send every page of the site what no form takes; collect what stands over the forms that come back.

    The first of the actors who may open a page sends it; in the long run each of them does.
    """
    found, sent, deep = [], set(), request.config.getoption("--deep")
    for actor in ACTORS:
        for route in ROUTES:
            if route.is_public or route.name in sent or not may_open(world, route, actor):
                continue
            if not deep:
                sent.add(route.name)
            for address in addresses_of(route, world.cast.school.organisation, one_of_each_state)[
                : 2 if deep else 1
            ]:
                if answer(world, actor, "POST", address).status_code == REFUSED_AS_SUCH:
                    break  # nothing is sent to this page
                found += [(route.name, *one) for one in answers(world, actor, address)]
    return found


def answers(world, actor, address):
    """Yield what was sent, the headings and the wrong forms of a page."""
    with transaction.atomic():
        page = world.browser(actor).get(address, headers={"accept-language": "en"})
        transaction.set_rollback(True)
    contexts = [one.flatten() for one in page.context or ()]
    asked = {
        form.add_prefix(name)
        for context in contexts
        for form in context.values()
        if isinstance(form, forms.BaseForm)
        for name in form.fields
    }
    for name, given in GIVEN.items():
        with transaction.atomic():
            browser = world.browser(actor)
            browser.cookies["django_language"] = "en"
            response = browser.post(address, given(sorted(asked)))
            transaction.set_rollback(True)
        if response.status_code == 200 and (wrong := forms_of(response)):
            yield name, HEADING.findall(response.content.decode()), wrong


def test_forms_come_back(swept):
    assert len({name for name, *_rest in swept}) > 12
    assert {name for _route, name, *_rest in swept} == set(GIVEN)


def test_every_heading_names_its_error(swept):
    false = {
        (route, name, *untrue(headings, wrong))
        for route, name, headings, wrong in swept
        if untrue(headings, wrong)
    }
    assert false == set()


def test_something_is_missing_is_still_said(swept):
    assert any(MISSING in heading for _r, _n, headings, _w in swept for heading in headings)


# ---------------------------------------------------------------- each kind, by itself


class Asked(forms.Form):
    name = forms.CharField(label="Name")
    number = forms.IntegerField(label="Number", max_value=9)

    def clean(self):
        if self.cleaned_data.get("name") == "both":
            raise forms.ValidationError("Both are named twice.")
        return self.cleaned_data


class Secret(forms.Form):
    not_yet = "Not signed in yet"
    password = forms.CharField(label="Password", widget=forms.PasswordInput)


class Files(forms.Form):
    file = forms.FileField(label="File")
    words = forms.CharField(label="Words")


@pytest.mark.parametrize(
    ("given", "heading", "sentences"),
    [
        (
            {},
            "Not saved yet: something is missing.",
            ("Name, Number.", "What you have typed is still here."),
        ),
        (
            {"name": "", "number": "10"},
            "Not saved yet: look at what is marked.",
            (
                "Name: This field is required.",
                "Number: Ensure this value is less than or equal to 9.",
                "What you have typed is still here.",
            ),
        ),
        (
            {"name": "both", "number": "1"},
            "Both are named twice.",
            ("What you have typed is still here.",),
        ),
        (
            {"name": "both", "number": "x"},
            "Both are named twice.",
            ("Look at the marked fields below too.", "What you have typed is still here."),
        ),
    ],
)
def test_the_head_of_a_form_says_what_is_wrong(given, heading, sentences):
    with override("en"):
        fault = fault_of(Asked(given))
    assert (fault.heading, fault.sentences) == (heading, sentences)


def test_a_form_without_errors_says_nothing():
    assert fault_of(Asked({"name": "a", "number": "1"})) is None
    assert fault_of(Asked()) is None


def test_only_the_fields_on_the_page_are_spoken_of():
    form = Asked({})
    assert "Number" not in fault_of(form, [form["name"]]).sentences[0]


def test_what_the_browser_does_not_send_back_is_not_said_to_be_there():
    with override("en"):
        fault = fault_of(Secret({}))
        assert fault.heading == "Not signed in yet: something is missing."
        assert fault.sentences[-1] == "Type the password anew."
        file = SimpleUploadedFile("a.txt", b"a")
        assert fault_of(Files({}, {"file": file})).sentences[-1] == "Choose the file anew."
        assert (
            fault_of(Files({"words": "a"}, {})).sentences[-1]
            == "What you have typed is still here."
        )


def test_a_false_heading_is_caught():
    wrong = Asked({"name": "both", "number": "1"})
    assert untrue(["Not saved yet: something is missing."], [wrong])
    assert not untrue(["Both are named twice."], [wrong])
    assert not untrue(["Not saved yet: something is missing."], [Asked({})])
