"""Forms of the register."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.forms import DateInput


class RequisitesForm(forms.Form):
    number = forms.CharField(label=_("Number of the order"), max_length=40, required=False)
    dated_on = forms.DateField(label=_("Date of the order"), required=False, widget=DateInput())
