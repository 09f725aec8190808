"""Forms of pairs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.forms import offer
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.programmes.models import Programme


class PairFilter(forms.Form):
    q = forms.CharField(
        label=_("Name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or part of it")}),
    )
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), *MentorshipStatus.choices],
    )
    form = forms.ChoiceField(label=_("Form"), required=False)

    def __init__(self, programme: Programme | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = programme.forms.all() if programme else ()
        offer(self, "form", [("", _("All forms")), *((form.code, form.title) for form in codes)])


class EndForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it ends"),
        max_length=300,
        help_text=_("In neutral words; an early end needs a reason."),
        required=False,
    )
