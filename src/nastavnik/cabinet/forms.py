"""The set-up: a conversation of four questions about the organisation, the year and the first curator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from nastavnik.cabinet.access import is_right
from nastavnik.cabinet.catalogues import trail_words
from nastavnik.core.dates import today
from nastavnik.core.taking_out import OWN_WORDS_AT_MOST, TakenOutFor
from nastavnik.core.ui.forms import DateInput, offer
from nastavnik.documents.adapter import Case, name_of_text
from nastavnik.organisations.forms import OrganisationForm, check_year
from nastavnik.organisations.queries import year_bounds
from nastavnik.people.models import User


@dataclass(frozen=True, slots=True)
class Question:
    """One turn of the conversation: what is asked and the fields that answer it."""

    title: StrOrPromise
    words: StrOrPromise
    fields: tuple[str, ...]


QUESTIONS = (
    Question(
        _("What is your organisation called?"),
        _("The full name stands at the head of every order, the short one on every page."),
        ("full_name", "short_name", "kind"),
    ),
    Question(
        _("Where is it, and who signs the orders?"),
        _("From here the program takes the town and the signature of every paper."),
        ("town", "time_zone", "head_name", "head_position"),
    ),
    Question(
        _("Which year do we begin with?"),
        _("Usually nothing needs to be changed here."),
        ("year_starts_on", "year_ends_on", "municipality"),
    ),
    Question(
        _("And who are you?"),
        _("You will be the curator. Colleagues get accounts of their own later."),
        ("curator_name", "login", "password"),
    ),
)
LAST = len(QUESTIONS) - 1
SECRET = "password"  # noqa: S105 - the name of the field, whose answer is never sent back in a hidden one


class TakenOutForm(forms.Form):
    """For what lists with people are taken out in this sitting."""

    purpose = forms.ChoiceField(
        label=_("For what"), choices=TakenOutFor.choices, widget=forms.RadioSelect
    )
    own_words = forms.CharField(
        label=_("In own words"), max_length=OWN_WORDS_AT_MOST, required=False
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("purpose") == TakenOutFor.OTHER and not said.get("own_words"):
            self.add_error("own_words", _("Say in a word or two what it is for."))
        return said


class WordForm(forms.Form):
    """The code of the console, before the set-up of a site that others can reach."""

    word = forms.CharField(
        label=_("The code"),
        max_length=100,
        help_text=_("Twelve figures, with dashes or without."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_word(self) -> str:
        said = str(self.cleaned_data["word"])
        if not is_right(said):
            raise forms.ValidationError(
                _("This is not the code. Look at the console where the site was started.")
            )
        return said


class SetUpForm(OrganisationForm):
    """Everything the first evening needs to begin.

    The answers travel with the page: a question shows its own fields and carries the others hidden, so that nothing
    typed is lost on the way back and nothing is written before the last answer.
    """

    municipality = forms.CharField(
        label=_("Municipality or district"),
        max_length=200,
        required=False,
        help_text=_("If several schools of a district will work here."),
    )
    year_starts_on = forms.DateField(label=_("The academic year from"), widget=DateInput())
    year_ends_on = forms.DateField(label=_("until"), widget=DateInput())
    curator_name = forms.CharField(
        label=_("Curator of mentoring: full name"),
        max_length=320,
        help_text=_("It is you. More curators are added later."),
    )
    login = forms.CharField(
        label=_("Your login"),
        max_length=150,
        help_text=_("A mail address or a short word."),
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Your password"),
        min_length=10,
        strip=False,
        help_text=_("At least 10 characters: three or four words are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, last = year_bounds(today())
        self.initial.setdefault("year_starts_on", first)
        self.initial.setdefault("year_ends_on", last)

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        named = {"login": "login", "full_name": "curator_name"}
        about = {name: self.cleaned_data.get(field, "") for name, field in named.items()}
        validate_password(password, User(**about))
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_year(self, "year_starts_on", "year_ends_on")
        return data

    def first_gap(self) -> int | None:
        """Return the first question that is not answered well; of the last one where the whole is at fault."""
        for number, question in enumerate(QUESTIONS):
            if any(name in self.errors for name in question.fields):
                return number
        return LAST if self.errors else None

    def asked(self, number: int) -> list[forms.BoundField]:
        """Return the fields of a question."""
        return [self[name] for name in QUESTIONS[number].fields]

    def carried(self, number: int) -> list[forms.BoundField]:
        """Return the fields of the other questions, to travel hidden; never the password."""
        shown = {*QUESTIONS[number].fields, SECRET}
        return [self[name] for name in self.fields if name not in shown]


def conversation(answers: Mapping[str, Any]) -> tuple[SetUpForm, int, bool]:
    """Return the form, the number of the question to ask next, and whether everything is answered.

    Args:
        answers: what was posted. `question` is the number of the one just answered, by default the last, as where
            the whole sheet is sent at once; `back` asks for the one before.
    """
    number = min(int(given), LAST) if (given := str(answers.get("question", LAST))).isdigit() else 0
    if "back" in answers:
        return SetUpForm(initial=_typed(answers)), max(number - 1, 0), False
    form = SetUpForm(cast("dict[str, Any]", answers))
    gap = form.first_gap()
    if gap is not None and gap <= number:
        return form, gap, False
    if number == LAST:
        return form, LAST, True
    return SetUpForm(initial=_typed(answers)), number + 1, False


def _typed(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answers[name] for name in SetUpForm.base_fields if name in answers}


@dataclass(frozen=True, slots=True)
class OrderHead:
    """How an order will begin and end, from what has been answered so far; empty parts are still open."""

    organisation: str
    town: str
    position: str
    signature: str


def head_of_order(form: SetUpForm) -> OrderHead:
    """Return the head of an order as the answers make it."""
    said = {name: str(form[name].value() or "").strip() for name in form.fields}
    name = name_of_text(said["head_name"], Case.NOMINATIVE) if said["head_name"] else None
    return OrderHead(
        organisation=said["full_name"],
        town=said["town"],
        position=said["head_position"].capitalize(),
        signature=name.initials_and_last if name else "",
    )


def example_head() -> OrderHead:
    """Return the head of an order of an invented school, for the page of components."""
    return OrderHead("МБОУ «Школа № 0»", "Примерск", "Директор", "В. С. Образцова")


class ExampleForm(forms.Form):
    """Every kind of field, for the page of components."""

    name = forms.CharField(label=_("Name"), help_text=_("As it stands in papers."))
    day = forms.DateField(label=_("Date"), widget=DateInput())
    kind = forms.ChoiceField(label=_("Who"), choices=[("pupil", _("pupil")), ("staff", _("staff"))])
    areas = forms.MultipleChoiceField(
        label=_("Areas"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("maths", _("mathematics")), ("sport", _("sport"))],
    )
    agreed = forms.BooleanField(label=_("I have seen the paper"), required=False)
    words = forms.CharField(
        label=_("In your own words"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class ExampleFilter(forms.Form):
    """A filter, for the page of components."""

    who = forms.CharField(
        label=_("Name"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), ("go", _("goes on"))]
    )


class TrailFilter(forms.Form):
    q = forms.CharField(
        label=_("About whom"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("About whom")}),
    )
    kind = forms.ChoiceField(label=_("What"), required=False)
    actor = forms.ChoiceField(label=_("Who acted"), required=False)
    day = forms.DateField(label=_("Day"), required=False, widget=DateInput())
    of = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput())

    def __init__(self, actors: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = trail_words()["kind_words"]
        offer(self, "kind", [("", _("Everything")), *words.items()])
        offer(self, "actor", [("", _("Whoever did it")), *actors])
