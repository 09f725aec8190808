"""Forms of the ledger."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.models import BlankSheet, ConsentText, Guardian
from nastavnik.core.dates import today
from nastavnik.core.hooks import consent_needs
from nastavnik.core.ui.forms import DateInput, RowsField, offer, offer_rows
from nastavnik.people.forms import PersonFilter
from nastavnik.people.models import Person


class LedgerFilter(PersonFilter):
    """Whose papers are shown: everybody's, or those of whom something is missing, in one part of the bases or in all."""

    show = forms.ChoiceField(label=_("Show"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = [("missing", _("Something is missing"))]
        of_parts = [
            (f"missing-{code}", _("Something is missing %(who)s") % {"who": part.label})
            for code, part in consent_needs.parts().items()
        ]
        offer(self, "show", [("", _("Everybody in the bases")), *missing, *of_parts])

    @property
    def part(self) -> consent_needs.LedgerPart | None:
        """Return the part of the bases a valid filter is narrowed to."""
        return consent_needs.parts().get(self.cleaned_data.get("show", "").removeprefix("missing-"))


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


class DayForm(forms.Form):
    """A past day one asks about."""

    day = forms.DateField(label=_("What was covered on"), widget=DateInput(), required=False)

    def clean_day(self) -> dt.date | None:
        """Refuse a day that lies ahead: nobody knows what will be withdrawn by then."""
        day: dt.date | None = self.cleaned_data["day"]
        if day is not None and day > today():
            raise forms.ValidationError(_("This day is still ahead."))
        return day


class BlanksForm(forms.Form):
    """Which blanks are to be printed, for whom."""

    group = forms.ChoiceField(label=_("For whom"), required=False)
    who = forms.ChoiceField(
        label=_("Which blanks"),
        widget=forms.RadioSelect,
        choices=[("missing", _("Only those that are missing")), ("all", _("All of them anew"))],
        initial="missing",
    )
    purposes = forms.MultipleChoiceField(
        choices=Purpose.choices,
        label=_("Consents"),
        widget=forms.CheckboxSelectMultiple,
        initial=[purpose.value for purpose in NEEDED_FOR_BASE],
        error_messages={"required": _("Mark which blanks to print.")},
    )

    def __init__(self, groups: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self, "group", [("", _("Everybody in the bases")), *((name, name) for name in groups)]
        )


class ReturnedForm(forms.Form):
    """Which blanks of a pack have come back signed, of which day."""

    sheets = RowsField(
        BlankSheet.objects.none(), error_messages={"required": _("Tick at least one blank.")}
    )
    signed_on = forms.DateField(label=_("Date"), widget=DateInput())

    def __init__(self, sheets: QuerySet[BlankSheet], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "sheets", sheets)
        self.initial.setdefault("signed_on", today())


class TextForm(forms.ModelForm[ConsentText]):
    """The text of a consent."""

    class Meta:
        model = ConsentText
        fields = ("title", "body")
        widgets = {"body": forms.Textarea(attrs={"rows": 18})}


class PurposeForm(forms.Form):
    """What is missing of whom."""

    purpose = forms.ChoiceField(label=_("Consent"), choices=Purpose.choices)


class GuardianForm(forms.ModelForm[Guardian]):
    """A legal representative."""

    may_sign = forms.MultipleChoiceField(
        choices=Purpose.choices,
        label=_("May sign"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Mark at least one: who signs nothing need not be noted.")},
    )

    class Meta:
        model = Guardian
        fields = ("full_name", "relation", "basis", "may_sign", "ended_on")
        widgets = {"ended_on": DateInput()}


class SignedForm(forms.Form):
    """Papers of one person that lie on the desk."""

    purposes = forms.MultipleChoiceField(
        choices=Purpose.choices,
        label=_("Signed:"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Mark which papers are signed.")},
    )
    guardian = forms.ModelChoiceField(
        Guardian.objects.none(), label=_("Which representative signed"), required=False
    )
    conditions = forms.CharField(
        label=_("What may be shown"),
        max_length=500,
        required=False,
        help_text=_(
            "Of a consent to publication: what is crossed on the blank, and other conditions."
        ),
    )
    signed_on = forms.DateField(label=_("Date"), widget=DateInput())

    def __init__(
        self,
        missing: Iterable[Purpose],
        guardians: QuerySet[Guardian],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        missing = list(missing)
        offer(self, "purposes", [(one.value, one.label) for one in missing])
        if Purpose.PUBLICATION not in missing:
            del self.fields["conditions"]
        if guardians:
            offer_rows(self, "guardian", guardians)
        else:
            del self.fields["guardian"]
        self.initial.setdefault("signed_on", today())


class LinksForm(forms.Form):
    """For whom links are made, and which consents they ask for."""

    group = forms.ChoiceField(label=_("For whom"), required=False)
    purposes = forms.MultipleChoiceField(
        choices=Purpose.choices,
        label=_("Consents"),
        widget=forms.CheckboxSelectMultiple,
        initial=[purpose.value for purpose in NEEDED_FOR_BASE],
        error_messages={"required": _("Mark which consents to ask for.")},
    )

    def __init__(
        self, groups: list[str], purposes: Iterable[Purpose], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "purposes", [(one.value, one.label) for one in purposes])
        offer(
            self, "group", [("", _("Everybody in the bases")), *((name, name) for name in groups)]
        )


class ScanForm(forms.Form):
    """A signed paper as a file."""

    file = forms.FileField(
        label=_("Scan or photo"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        help_text=_("Up to 10 MB. A photo is kept without the place where it was taken."),
    )
