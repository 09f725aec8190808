"""What is chosen on the page of sheets of thanks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.text import fold
from nastavnik.pairpapers.choices import AwardKind
from nastavnik.pairpapers.documents import AwardLine
from nastavnik.programmes.choices import Side


class AwardFilter(forms.Form):
    """Which sheets, of whom."""

    kind = forms.ChoiceField(label=_("Which sheets"), choices=AwardKind, required=False)
    side = forms.ChoiceField(
        label=_("Side"), choices=[("", _("both")), *Side.choices], required=False
    )
    q = forms.CharField(
        label=_("Part of a name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Part of a name")}),
    )

    @property
    def chosen(self) -> AwardKind:
        """Return the kind of sheets asked for, certificates where none is."""
        return AwardKind(self.cleaned_data.get("kind") or AwardKind.CERTIFICATE)

    def left_of(self, lines: list[AwardLine]) -> list[AwardLine]:
        """Return the lines the filter leaves."""
        side, words = self.cleaned_data.get("side"), fold(self.cleaned_data.get("q", ""))
        return [
            one
            for one in lines
            if side in ("", None, one.record.side) and words in one.record.person.search_name
        ]
