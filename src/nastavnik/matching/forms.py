"""Forms of the workspace."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import SignedIn
from nastavnik.core.ui.forms import offer, offer_rows
from nastavnik.matching.catalogues import RuleValues, shipped_rules
from nastavnik.matching.choices import OpinionOutcome, Ruling
from nastavnik.matching.models import MatchingRun
from nastavnik.matching.queries import past_runs
from nastavnik.programmes.choices import MATCHED, ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme


class NamedRecord(forms.ModelChoiceField[Participation]):
    """A record of a base by the name of its person."""

    def label_from_instance(self, obj: Participation) -> str:
        return obj.person.full_name


#: What is usually said of two people; offered, never put in by itself.
USUAL_REASONS = {
    Ruling.LOCK: (
        _("they asked for it"),
        _("they know each other well"),
        _("their timetables meet"),
        _("the class teacher advises it"),
    ),
    Ruling.FORBID: (
        _("one of them asked for it"),
        _("they were a pair before"),
        _("their timetables do not meet"),
        _("the class teacher advises it"),
    ),
}


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
            self, "mentee", records.filter(side=Side.MENTEE, status__in=MATCHED[Side.MENTEE])
        )
        offer_rows(
            self,
            "mentor",
            records.filter(side=Side.MENTOR, status__in=MATCHED[Side.MENTOR]),
        )


#: The outcomes as the psychologist says them.
OWN_WORDS = (
    (OpinionOutcome.FOR, _("I recommend it")),
    (OpinionOutcome.DISCUSS, _("let us discuss it")),
    (OpinionOutcome.AGAINST, _("I do not recommend it")),
)


class OpinionForm(forms.Form):
    """A pair or one person, and the psychologist's outcome; there is no field for the reason on purpose."""

    mentee = NamedRecord(Participation.objects.none(), label=_("Mentee"), required=False)
    mentor = NamedRecord(Participation.objects.none(), label=_("Mentor"), required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[*OWN_WORDS, ("", _("no opinion"))],
        initial=OpinionOutcome.DISCUSS,
        required=False,
    )

    def __init__(self, user: SignedIn, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        records = (
            Participation.objects.visible_to(user)
            .filter(
                programme=programme,
                status__in=[ParticipationStatus.READY, ParticipationStatus.PAIRED],
            )
            .select_related("person")
        )
        offer_rows(self, "mentee", records.filter(side=Side.MENTEE))
        offer_rows(self, "mentor", records.filter(side=Side.MENTOR))


#: How much a choice made after the group meeting weighs, in points a step.
ABOVE_ALL, BESIDE, NOT = 1_000_000, 20, 0
MOST = 1000


class RulesForm(forms.Form):
    """What a school may set of the rules, in words and points."""

    area = forms.IntegerField(
        label=_("For each thing asked for that the mentor offers"), min_value=0, max_value=MOST
    )
    subject = forms.IntegerField(
        label=_("For teaching the same subject"), min_value=0, max_value=MOST
    )
    interest = forms.IntegerField(
        label=_("For each interest in common"), min_value=0, max_value=MOST
    )
    schedule = forms.IntegerField(
        label=_("For each time of the week when both are free, three at most"),
        min_value=0,
        max_value=MOST,
    )
    place = forms.IntegerField(
        label=_("For a place or a way to meet that suits both"), min_value=0, max_value=MOST
    )
    language = forms.IntegerField(
        label=_("For a language in common besides Russian"), min_value=0, max_value=MOST
    )
    grade_near = forms.IntegerField(
        label=_("For classes that are close, for each step"), min_value=0, max_value=MOST
    )
    organisation = forms.IntegerField(
        label=_("For being of one organisation"), min_value=0, max_value=MOST
    )
    load_cost = forms.IntegerField(
        label=_("Taken off for each further mentee of one mentor"),
        help_text=_("The more, the more evenly mentees are shared out."),
        min_value=0,
        max_value=MOST,
    )
    rank_weight = forms.TypedChoiceField(
        label=_("Choices after the group meeting"),
        coerce=int,
        choices=[
            (ABOVE_ALL, _("stand above the fit")),
            (BESIDE, _("count beside the fit")),
            (NOT, _("do not count")),
        ],
    )

    def __init__(self, values: RuleValues, *args: Any, **kwargs: Any) -> None:
        self.values = values
        super().__init__(*args, **kwargs)
        self.initial.update(
            values.weights, load_cost=values.load_cost, rank_weight=values.rank_weight
        )

    def chosen(self) -> RuleValues:
        """Return the values of a valid form."""
        data = dict(self.cleaned_data)
        return replace(
            self.values,
            load_cost=data.pop("load_cost"),
            rank_weight=data.pop("rank_weight"),
            weights=data,
        )

    @property
    def is_shipped(self) -> bool:
        """Tell whether the rules in force are those shipped."""
        return self.values == shipped_rules()


#: What of a matching may be looked at alone: by the choices of the people, by what was decided, by the psychologist's word.
BY_CHOICE = (
    ("both", _("chose each other")),
    ("one", _("one has chosen")),
    ("fit", _("nobody has chosen")),
)
BY_STATE = (("alone", _("without a mentor")), ("ruled", _("decided by hand")))
BY_OPINION = (("advised", _("with a word of the psychologist")),)


class ResultFilter(forms.Form):
    """What of a matching stands on the page."""

    name = forms.CharField(
        label=_("Name or class"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Name or class")}),
    )
    form = forms.ChoiceField(label=_("Form"), required=False)
    kind = forms.ChoiceField(label=_("Which pairs"), required=False)

    def __init__(
        self,
        mentoring_forms: Iterable[MentoringForm],
        *args: Any,
        with_choices: bool,
        with_opinions: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        codes = [(one.code, one.title) for one in mentoring_forms]
        offer(self, "form", [("", _("All forms")), *codes])
        kinds = (
            *(BY_CHOICE if with_choices else ()),
            *BY_STATE,
            *(BY_OPINION if with_opinions else ()),
        )
        offer(self, "kind", [("", _("All pairs")), *kinds])

    def chosen(self) -> dict[str, str]:
        """Return what is asked for; what is not on offer is as if not asked for."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}


class ComparisonForm(forms.Form):
    """Two runs of one programme."""

    before = forms.ModelChoiceField(MatchingRun.objects.none(), label=_("Compare"))
    after = forms.ModelChoiceField(MatchingRun.objects.none(), label=_("with"))

    def __init__(self, user: SignedIn, programme: Programme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("before", "after"):
            offer_rows(self, name, past_runs(user, programme))
