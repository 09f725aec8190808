"""What comes in from the pages of events."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import SignedIn
from nastavnik.core.ui.forms import DateInput, RowsField, offer, offer_rows
from nastavnik.events.catalogues import kind_choices
from nastavnik.events.choices import MOST_OTHERS
from nastavnik.events.models import ProgrammeEvent
from nastavnik.events.queries import Circle, classes_of_today, named_people
from nastavnik.people.models import Person, StudyGroup

MOST_NAMES = 30  # typed one a line


class EventForm(forms.ModelForm[ProgrammeEvent]):
    kind = forms.ChoiceField(label=_("Kind of event"), choices=kind_choices)

    class Meta:
        model = ProgrammeEvent
        fields = ["kind", "title", "held_on", "starts_at", "place", "agenda", "invited_others"]
        widgets = {
            "held_on": DateInput(),
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "agenda": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "title": _("As it stands on the invitation. Empty: what it is."),
            "invited_others": _("For example: the district, partners, other schools."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False

    def clean(self) -> dict[str, Any]:
        """Name an event without a title by its kind."""
        data = super().clean() or {}
        if not data.get("title") and data.get("kind"):
            data["title"] = dict(kind_choices()).get(data["kind"], "")
        return data

    # the action writes, not the form
    def _post_clean(self) -> None:
        return


class InviteForm(forms.Form):
    """Whom to invite, in sets."""

    mentors = forms.BooleanField(label=_("Mentors of the base"), required=False)
    mentees = forms.BooleanField(label=_("Mentees of the base"), required=False)
    forms_only = forms.MultipleChoiceField(
        label=_("Of the bases these forms only"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    staff = forms.BooleanField(label=_("All the staff"), required=False)
    outsiders = forms.BooleanField(
        label=_("Alumni, partners' employees and parents of the roster"), required=False
    )
    classes = RowsField(
        label=_("Classes"),
        queryset=StudyGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    names = forms.CharField(
        label=_("Single people"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Last and first name, one person a line."),
    )
    is_family = forms.BooleanField(
        label=_("Invite the parents and other representatives of these pupils, not the pupils"),
        required=False,
    )

    def __init__(
        self, user: SignedIn, form_choices: Iterable[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        offer(self, "forms_only", form_choices)
        offer_rows(self, "classes", classes_of_today(user))

    def clean_names(self) -> list[int]:
        """Return the keys of the people named; each line has to mean one person."""
        lines = [line.strip() for line in self.cleaned_data["names"].splitlines() if line.strip()]
        if len(lines) > MOST_NAMES:
            raise forms.ValidationError(
                _("At most %(n)s lines at once: take a class or a base instead.")
                % {"n": MOST_NAMES}
            )
        return [self._one(line).pk for line in lines]

    def _one(self, line: str) -> Person:
        meant = named_people(self._user, line)
        if len(meant) == 1:
            return meant[0]
        words = (
            _("«%(line)s»: nobody of this name is in the roster.")
            if not meant
            else _("«%(line)s»: there are several; write the name in full.")
        )
        raise forms.ValidationError(words % {"line": line})

    def circle(self) -> Circle:
        """Return whom the form means."""
        data = self.cleaned_data
        return Circle(
            mentors=data["mentors"],
            mentees=data["mentees"],
            staff=data["staff"],
            outsiders=data["outsiders"],
            forms=tuple(data["forms_only"]),
            classes=tuple(data["classes"].values_list("pk", flat=True)),
            people=tuple(data["names"]),
        )


class OthersForm(forms.Form):
    """How many came who are on no list."""

    n_others = forms.IntegerField(
        label=_("How many others came"),
        required=False,
        min_value=0,
        max_value=MOST_OTHERS,
        help_text=_("Guests and whoever is on no list here. Empty: not counted."),
    )


class GivenForm(forms.Form):
    invited_on = forms.DateField(
        label=_("Invitations given out on"), required=False, widget=DateInput()
    )


class EventMinutesForm(forms.ModelForm[ProgrammeEvent]):
    """What the minutes say."""

    class Meta:
        model = ProgrammeEvent
        fields = ["chair", "secretary", "heard", "decided"]
        widgets = {
            "heard": forms.Textarea(attrs={"rows": 5}),
            "decided": forms.Textarea(attrs={"rows": 4}),
        }

    # the action writes, not the form
    def _post_clean(self) -> None:
        return


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why, as the invitation will say"), required=False, max_length=300
    )
