"""Forms of the organisation's card."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.ui.forms import DateInput, offer
from nastavnik.engine.wording.organisations import short_name
from nastavnik.organisations.choices import OrganisationKind
from nastavnik.organisations.models import AcademicYear, Organisation, Partner


class OrganisationForm(forms.ModelForm[Organisation]):
    class Meta:
        model = Organisation
        fields = [
            "full_name",
            "short_name",
            "kind",
            "town",
            "time_zone",
            "head_name",
            "head_position",
        ]
        labels = {"kind": _("What it is"), "town": _("Town, as at the top of an order")}
        help_texts = {
            "full_name": _("As in the charter: it stands at the head of every order."),
            "short_name": _(
                "As in everyday papers. Leave it empty, and it is made from the full one."
            ),
            "head_name": _("Surname, name, patronymic: signs the orders."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["short_name"].required = False
        self.fields["head_name"].required = True
        self.fields["head_position"].required = True
        if not self.initial.get("head_position"):
            self.initial["head_position"] = "директор"
        offer(
            self,
            "kind",
            [
                (value, label)
                for value, label in OrganisationKind.choices
                if value != OrganisationKind.OFFICE
            ],
        )

    def clean(self) -> dict[str, Any]:
        """Make the short name by rule where none is typed; what is typed stays."""
        data = super().clean() or {}
        if data.get("full_name") and "short_name" in data and not data["short_name"]:
            data["short_name"] = short_name(data["full_name"])
            if not data["short_name"]:
                self.add_error(
                    "short_name",
                    _("No rule makes a short name of this full one: type how you call yourselves."),
                )
        return data


EARLIEST, LATEST = 2000, 2100  # a year beyond is a slip of the hand, and no calendar goes past 9999
LONGEST_YEAR = dt.timedelta(days=2 * 366)


def check_year(form: forms.BaseForm, first_name: str, last_name: str) -> None:
    """Add what is wrong with the first and the last day of an academic year to the fields of a form."""
    first, last = form.cleaned_data.get(first_name), form.cleaned_data.get(last_name)
    if not first or not last:
        return
    if not EARLIEST <= first.year <= LATEST:
        form.add_error(first_name, _("Is the year right? It is to be from 2000 to 2100."))
    elif last <= first:
        form.add_error(last_name, _("The last day comes before the first: swap or correct them."))
    elif last - first > LONGEST_YEAR:
        form.add_error(last_name, _("This is longer than two years: look at the last day."))


class YearForm(forms.ModelForm[AcademicYear]):
    class Meta:
        model = AcademicYear
        fields = ["starts_on", "ends_on"]
        widgets = {"starts_on": DateInput(), "ends_on": DateInput()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_year(self, "starts_on", "ends_on")
        return data


class PartnerForm(forms.ModelForm[Partner]):
    class Meta:
        model = Partner
        fields = ["name"]
        labels = {"name": _("Enterprise or institution")}
