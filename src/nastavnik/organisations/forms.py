"""Forms of the organisation's card."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.forms import DateInput, offer
from nastavnik.engine.wording.organisations import short_name
from nastavnik.organisations.choices import Kind
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
            self, "kind", [(value, label) for value, label in Kind.choices if value != Kind.OFFICE]
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


class YearForm(forms.ModelForm[AcademicYear]):
    class Meta:
        model = AcademicYear
        fields = ["starts_on", "ends_on"]
        widgets = {"starts_on": DateInput(), "ends_on": DateInput()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] <= data["starts_on"]:
            self.add_error(
                "ends_on", _("The last day comes before the first: swap or correct them.")
            )
        return data


class PartnerForm(forms.ModelForm[Partner]):
    class Meta:
        model = Partner
        fields = ["name"]
        labels = {"name": _("Enterprise or institution")}
