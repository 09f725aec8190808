"""Forms of the district."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.ui.forms import offer
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import DistrictLine
from nastavnik.organisations.forms import OrganisationForm
from nastavnik.people.forms import NewAccountForm


class DistrictAccountForm(NewAccountForm):
    """A new account: name, login, first password."""

    # not `full_name`: a school has one too, on the same sheet
    person_name = forms.CharField(label=_("Full name"), max_length=320)
    field_order = ("person_name", "login", "password")


class SchoolForm(OrganisationForm):
    """A school of the district; its first curator is asked for beside it (`AccountForm`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # the school itself fills in who signs its orders
        self.fields["head_name"].required = False


class TableFilter(forms.Form):
    """Which schools, which line."""

    q = forms.CharField(label=_("School"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All schools")),
            ("late", _("Late")),
            ("absent", _("Lines not taken over")),
            *((value, label) for value, label in AgreementStatus.choices),
            ("none", _("No roadmap")),
        ],
    )
    line = forms.ChoiceField(label=_("Line"), required=False)

    def __init__(self, lines: list[DistrictLine], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
        offer(
            self,
            "line",
            [
                ("", _("All lines")),
                *(
                    (str(one.pk), f"{one.activity.number} {one.activity.title}"[:70].strip())
                    for one in lines
                ),
            ],
        )


class AnswerForm(forms.Form):
    """The district's answer to a roadmap."""

    remark = forms.CharField(
        label=_("Remark"),
        required=False,
        max_length=2000,
        help_text=_("Needed to return it; without names."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sent_at = forms.DateTimeField(widget=forms.HiddenInput(), required=False)
