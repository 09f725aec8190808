"""Forms of the workspace."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.forms import offer_rows
from nastavnik.core.marks import SignedIn
from nastavnik.matching.choices import Ruling
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation, Programme


class NamedRecord(forms.ModelChoiceField[Participation]):
    """A record of a base by the name of its person."""

    def label_from_instance(self, obj: Participation) -> str:
        return obj.person.full_name


class RulingForm(forms.Form):
    """Two people and the curator's word on them."""

    mentee = NamedRecord(Participation.objects.none(), label=_("Mentee"))
    mentor = NamedRecord(Participation.objects.none(), label=_("Mentor"))
    ruling = forms.ChoiceField(label=_("How"), choices=Ruling.choices)
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        help_text=_("One line, kept beside the pair."),
    )

    def __init__(self, user: SignedIn, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        records = (
            Participation.objects.visible_to(user)
            .filter(programme=programme)
            .select_related("person")
        )
        offer_rows(
            self, "mentee", records.filter(side=Side.MENTEE, status=ParticipationStatus.READY)
        )
        offer_rows(
            self,
            "mentor",
            records.filter(
                side=Side.MENTOR, status__in=[ParticipationStatus.READY, ParticipationStatus.PAIRED]
            ),
        )
