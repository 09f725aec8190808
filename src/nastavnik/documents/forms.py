"""Forms of the register."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.forms import DateInput


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the registration is taken back"),
        max_length=300,
        help_text=_("One line in neutral words: it stays with the paper."),
        error_messages={
            "required": _("Write why the registration is taken back: one line is enough.")
        },
    )


class RequisitesForm(forms.Form):
    number = forms.CharField(label=_("Number of the order"), max_length=40, required=False)
    dated_on = forms.DateField(label=_("Date of the order"), required=False, widget=DateInput())
