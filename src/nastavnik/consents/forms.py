"""Forms of the ledger."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from nastavnik.consents.choices import Purpose
from nastavnik.core.dates import today
from nastavnik.core.forms import DateInput, RowsField, offer_rows
from nastavnik.people.forms import PersonFilter
from nastavnik.people.models import Person


class LedgerFilter(PersonFilter):
    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[("", _("Everybody in the bases")), ("missing", _("Something is missing"))],
    )


class RecordForm(forms.Form):
    """Papers that lie on the desk: whose, what for, of which day."""

    people = RowsField(
        Person.objects.none(), error_messages={"required": _("Tick at least one person.")}
    )
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
