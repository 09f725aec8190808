"""Forms of recommendations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.ui.forms import DateInput, offer
from nastavnik.monitoring.catalogues import indicator_rules
from nastavnik.organisations.models import Organisation
from nastavnik.oversight.choices import MOST_WORDS


class RecommendationForm(forms.Form):
    """What is recommended to which school until when."""

    school = forms.ChoiceField(label=_("School"))
    indicator = forms.ChoiceField(label=_("By which indicator"), required=False)
    words = forms.CharField(
        label=_("What is recommended"),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    due_on = forms.DateField(label=_("Answer until"), widget=DateInput())

    def __init__(self, schools: list[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "school", [(str(one.pk), one.short_name) for one in schools])
        codes = [(one.code, f"{one.code}. {one.title}"[:90]) for one in indicator_rules()]
        offer(self, "indicator", [("", _("none")), *codes])


class WordsForm(forms.Form):
    """An answer or a decision, in words."""

    words = forms.CharField(
        label=_("In words"),
        help_text=_("Without names of pupils."),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
