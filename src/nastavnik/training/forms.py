"""What comes in from the pages of training."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from nastavnik.core.ui.forms import DateInput, RowsField, offer_rows
from nastavnik.people.models import Person
from nastavnik.training.models import Trainee, TrainingCourse, TrainingMaterial, TrainingSession
from nastavnik.training.queries import RegisterRow

MOST_IN_SEQUENCE = 10**9


class CourseForm(forms.ModelForm[TrainingCourse]):
    class Meta:
        model = TrainingCourse
        fields = ["title", "audience", "hours", "provider", "themes"]
        widgets = {
            "themes": forms.Textarea(attrs={"rows": 8}),
            "audience": forms.Select,
        }
        help_texts = {
            "provider": _("For courses outside: the institute or centre. Empty: your own school."),
            "themes": _("For example: «Active listening – 1 h». They become the schedule."),
        }


class SessionForm(forms.ModelForm[TrainingSession]):
    class Meta:
        model = TrainingSession
        fields = ["held_on", "theme", "place", "leader"]
        widgets = {"held_on": DateInput()}


class MaterialForm(forms.ModelForm[TrainingMaterial]):
    class Meta:
        model = TrainingMaterial
        fields = ["file", "title", "source"]
        help_texts = {
            "file": _("PDF, Word, Excel, OpenDocument or a picture, up to 10 MB."),
            "source": _("Whose it is, so that the author's rights are kept."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Empty: the name of the file.")


class PeopleForm(forms.Form):
    """Whom to put on the list."""

    people = RowsField(
        queryset=Person.objects.none(),
        error_messages={"required": _("Tick at least one person.")},
    )

    def __init__(self, people: QuerySet[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "people", people)


class ResultForm(forms.ModelForm[Trainee]):
    """The result of one person, a row of the register."""

    class Meta:
        model = Trainee
        fields = ["finished_on", "certificate_number"]
        widgets = {"finished_on": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["finished_on"].required = False
        name = self.instance.person.short_name
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{field.label}: {name}"

    # the database and the action see to the rest: a row is not saved by the form
    def _post_clean(self) -> None:
        return


class FinishForm(forms.Form):
    """The result of everybody who was at all sessions, at once."""

    finish_on = forms.DateField(label=_("Day of the result"), widget=DateInput())
    first_number = forms.IntegerField(
        label=_("Certificates from No."),
        required=False,
        min_value=1,
        max_value=MOST_IN_SEQUENCE,
        help_text=_("Each gets the next number; empty: without numbers."),
    )


def result_forms(rows: Sequence[RegisterRow], data: Any = None) -> list[ResultForm]:  # noqa: ANN401 - as Django has it
    """Return a form for each row of a register."""
    return [
        ResultForm(
            data, instance=row.trainee, prefix=str(row.trainee.pk), use_required_attribute=False
        )
        for row in rows
    ]
