"""The set-up wizard: the organisation, the year and the first curator on one sheet."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from nastavnik.core.dates import today
from nastavnik.core.forms import DateInput
from nastavnik.organisations.forms import OrganisationForm
from nastavnik.organisations.queries import year_bounds


class SetUpForm(OrganisationForm):
    """Everything the first evening needs to begin: three short parts."""

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
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("year_starts_on"), data.get("year_ends_on")
        if first and last and last <= first:
            self.add_error(
                "year_ends_on", _("The last day comes before the first: swap or correct them.")
            )
        return data

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields in the three parts of the sheet."""
        names = [
            (_("The organisation"), [*(self._meta.fields or ()), "municipality"]),
            (_("The academic year"), ["year_starts_on", "year_ends_on"]),
            (_("You, the curator"), ["curator_name", "login", "password"]),
        ]
        return [(str(title), [self[name] for name in fields]) for title, fields in names]


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
