"""Forms of the ledger."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from nastavnik.consents.choices import Purpose
from nastavnik.core.dates import today
from nastavnik.core.forms import DateInput, RowsField, offer, offer_rows
from nastavnik.people.models import Person


class LedgerFilter(forms.Form):
    q = forms.CharField(
        label=_("Name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or part of it")}),
    )
    group = forms.ChoiceField(label=_("Class"), required=False)
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("Everybody in the bases")), ("missing", _("Something is missing"))],
    )

    def __init__(self, groups: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "group", [("", _("All classes")), *((name, name) for name in groups)])


class RecordForm(forms.Form):
    """Papers that lie on the desk: whose, what for, of which day."""

    people = RowsField(Person.objects.none(), required=False)
    everyone = forms.BooleanField(label=_("everybody shown"), required=False)
    purposes = forms.MultipleChoiceField(
        choices=Purpose.choices,
        label=_("Signed:"),
        widget=forms.CheckboxSelectMultiple,
        initial=[Purpose.DATA, Purpose.PARTICIPATION],
        error_messages={"required": _("Mark which papers are signed.")},
    )
    signed_on = forms.DateField(label=_("Date"), widget=DateInput())

    def __init__(self, people: QuerySet[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "people", people)
        self.initial.setdefault("signed_on", today())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "people" in data and not data["people"] and not data.get("everyone"):
            self.add_error("people", _("Tick at least one person."))
        return data
