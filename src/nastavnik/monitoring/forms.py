"""Forms of monitoring."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.monitoring.actions import Scored
from nastavnik.monitoring.catalogues import scorecard_rules
from nastavnik.monitoring.choices import MOST_CONCLUSION, MOST_SWOT_WORDS, MOST_WHY, SwotField
from nastavnik.monitoring.models import ScoreMark
from nastavnik.people.models import User

CANNOT = "none"


class ScoreForm(forms.Form):
    """Points of every indicator, or why it cannot be scored; one that is left open is «not said yet»."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, marks: Iterable[ScoreMark] = ()
    ) -> None:
        rules = scorecard_rules()
        initial: dict[str, str] = {}
        for mark in marks:
            said = CANNOT if mark.points is None else str(mark.points)
            initial |= {f"points_{mark.indicator}": said, f"why_{mark.indicator}": mark.why}
        super().__init__(data, initial=initial)
        choices = [(str(points), f"{points} — {words}") for points, words in rules.points.items()]
        choices.append((CANNOT, str(_("cannot be scored"))))
        for one in rules.indicators:
            self.fields[f"points_{one.code}"] = forms.ChoiceField(
                label=f"{one.code}. {one.title}",
                choices=choices,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"why_{one.code}"] = forms.CharField(
                label=_("Why it cannot be scored, or a remark"), max_length=MOST_WHY, required=False
            )

    def said(self) -> dict[str, Scored]:
        """Return what is said of each indicator that is not left open."""
        found = {}
        for one in scorecard_rules().indicators:
            points = self.cleaned_data[f"points_{one.code}"]
            if points:
                why = self.cleaned_data[f"why_{one.code}"]
                found[one.code] = Scored(None if points == CANNOT else int(points), why)
        return found


class ScorerForm(forms.Form):
    """Whom to invite."""

    scorer = forms.ChoiceField(label=_("Who scores besides"))

    def __init__(self, people: Iterable[User], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        field = self.fields["scorer"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = [("", "—"), *((str(one.pk), one.full_name) for one in people)]


class ConclusionForm(forms.Form):
    conclusion = forms.CharField(
        label=_("What follows from it, in your own words"),
        max_length=MOST_CONCLUSION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class SnapshotForm(forms.Form):
    assessment = forms.CharField(
        label=_("Your own assessment, in your own words"),
        max_length=MOST_CONCLUSION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SwotNoteForm(forms.Form):
    field = forms.ChoiceField(label=_("Field"), choices=SwotField.choices)
    words = forms.CharField(
        label=_("Your own words"),
        max_length=MOST_SWOT_WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandCountForm(forms.Form):
    value = forms.IntegerField(label=_("How many there are"), min_value=1, max_value=10_000_000)
    basis = forms.CharField(
        label=_("Where the number is from"),
        max_length=300,
        help_text=_("For example: form ОО-1 of 20 September, the list of the district."),
    )


class TargetForm(forms.Form):
    value = forms.FloatField(
        label=_("Planned, %"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("Blank: what the roadmap plans holds, if it plans something."),
    )
