"""Forms about everything kept of one person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.dossiers.choices import EraseGround, Ground


class GroundForm(forms.Form):
    """On whose word everything is taken out."""

    ground = forms.ChoiceField(label=_("Who has asked"), choices=Ground)


class EraseForm(forms.Form):
    """On whose word a person is erased."""

    ground = forms.ChoiceField(label=_("Why"), choices=EraseGround)
