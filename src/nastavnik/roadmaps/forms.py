"""Forms of roadmaps."""

from typing import Any

from django import forms
from django.forms import CheckboxSelectMultiple, DateField, Textarea
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from nastavnik.core.access import SignedIn
from nastavnik.core.ui.forms import DateInput, RowsField, offer, offer_rows
from nastavnik.documents.models import Document
from nastavnik.organisations.models import AcademicYear
from nastavnik.programmes.models import MentoringForm
from nastavnik.roadmaps.catalogues import stages
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Activity, Roadmap
from nastavnik.roadmaps.queries import DONE, GOING, LATE, NEXT, SKIPPED, SOON


class QuestionsForm(forms.Form):
    """Three questions, and a roadmap is there."""

    level = forms.ChoiceField(label=_("Whose roadmap is it?"), choices=RoadmapLevel.choices)
    forms = RowsField(
        MentoringForm.objects.none(),
        label=_("Which forms do you run?"),
        required=False,
        widget=CheckboxSelectMultiple,
        help_text=_("Not known yet: tick none."),
    )
    start = DateField(label=_("When does the work begin?"), widget=DateInput())

    def __init__(self, user: SignedIn, year: AcademicYear, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        offer_rows(self, "forms", MentoringForm.objects.visible_to(user))

    def clean_start(self) -> Any:  # noqa: ANN401 - the value as it came
        start = self.cleaned_data["start"]
        if not self.year.starts_on <= start <= self.year.ends_on:
            raise forms.ValidationError(_("Choose a day of this academic year."))
        return start


class DocumentForm(forms.Form):
    """A file or a pasted table: one of the two."""

    not_yet = _("Nothing is read yet")

    file = forms.FileField(
        label=_("File: Word, Excel, PDF, OpenDocument, a page of a site"),
        required=False,
        help_text=_("Your own roadmap, that of last year, or that of another school."),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".docx,.xlsx,.odt,.ods,.pdf,.html,.htm,.csv,.tsv,.txt"}
        ),
    )
    pasted = forms.CharField(
        label=_("Or paste the table here"),
        required=False,
        help_text=_("Select the table in Word or on the site, copy, and paste."),
        widget=Textarea(attrs={"rows": 6}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("file") and not (data.get("pasted") or "").strip():
            raise forms.ValidationError(_("Choose a file or paste a table."))
        return data


class AcceptForm(forms.Form):
    """What a document itself does not say for certain."""

    title = forms.CharField(label=_("Title"), max_length=500, required=False)
    begins_in = forms.IntegerField(
        label=_("The academic year begins in"), min_value=2000, max_value=2099
    )
    level = forms.ChoiceField(label=_("Level"), choices=RoadmapLevel.choices)


class RoadmapForm(forms.ModelForm[Roadmap]):
    class Meta:
        model = Roadmap
        fields = ["title", "approved_on"]
        widgets = {"title": Textarea(attrs={"rows": 2}), "approved_on": DateInput()}
        help_texts = {"approved_on": _("Empty while it is not approved.")}


class ActivityForm(forms.ModelForm[Activity]):
    class Meta:
        model = Activity
        fields = [
            "number", "section", "title", "term_text", "starts_on", "ends_on", "responsible", "result", "document_text",
        ]  # fmt: skip
        widgets = {
            "title": Textarea(attrs={"rows": 2}),
            "starts_on": DateInput(),
            "ends_on": DateInput(),
        }
        help_texts = {
            "term_text": _("As in the paper; the days follow from it by themselves."),
            "responsible": _("Several: with a semicolon between them."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("section", "title", "responsible"):
            self.fields[name].wide = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error(
                "ends_on", _("The last day comes before the first: swap or correct them.")
            )
        return data


class NewActivityForm(forms.ModelForm[Activity]):
    class Meta:
        model = Activity
        fields = ["number", "section", "title", "term_text", "responsible", "result"]
        widgets = {"title": Textarea(attrs={"rows": 2}), "section": forms.Select()}
        help_texts = {"responsible": _("Several: with a semicolon between them.")}

    def __init__(self, sections: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].widget.choices = [(one, one or "—") for one in sections]


class InlineForm(forms.ModelForm[Activity]):
    """What is changed most often, in the row itself."""

    class Meta:
        model = Activity
        fields = ["title", "term_text", "responsible"]
        widgets = {
            "title": Textarea(attrs={"rows": 2, "form": "inline"}),
            "term_text": forms.TextInput(attrs={"form": "inline"}),
            "responsible": Textarea(attrs={"rows": 2, "form": "inline"}),
        }


class BulkForm(forms.Form):
    """What is done with the ticked lines at once; each button needs its own field."""

    done_on = forms.DateField(label=_("Done on"), required=False, widget=DateInput())
    n_days = forms.IntegerField(
        label=_("By how many days"),
        required=False,
        min_value=-366,
        max_value=366,
        initial=7,
        widget=forms.NumberInput(attrs={"class": "narrow"}),
    )
    responsible = forms.CharField(
        label=_("Who answers"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": _("Who answers"), "size": 14}),
    )

    @property
    def steps(self) -> list[tuple[str, forms.BoundField, StrOrPromise]]:
        """Return what each button does: its value, its field, its words."""
        return [
            ("done", self["done_on"], _("Done")),
            ("move", self["n_days"], _("Move by days")),
            ("owner", self["responsible"], _("Appoint")),
        ]


class DoneForm(forms.Form):
    done_on = forms.DateField(label=_("Done on"), required=False, widget=DateInput())


class PaperField(forms.ModelChoiceField[Document]):
    """A paper by its key; a key no database holds is a wrong choice, not a failure of the page."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - as Django has it
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value},
            ) from error


class EvidenceForm(forms.Form):
    document = PaperField(Document.objects.none(), label=_("Paper of the register"), required=False)
    file = forms.FileField(
        label=_("File: scan, photo, Word, Excel"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.odt,.ods"}),
        help_text=_("Up to 10 MB. A photo is kept without the place where it was taken."),
    )
    link = forms.URLField(
        label=_("Address of a page"), required=False, max_length=500, assume_scheme="https"
    )
    note = forms.CharField(label=_("What proves it"), required=False, max_length=500)

    def __init__(self, user: SignedIn, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "document", Document.objects.visible_to(user).defer("content"))


class LinesFilter(forms.Form):
    q = forms.CharField(label=_("Word or number"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Any state")),
            ("open", _("Not done, or without proof")),
            (LATE, _("Late")),
            (SOON, _("Due within two weeks")),
            (GOING, _("Going on")),
            (NEXT, _("Ahead")),
            (DONE, _("Done")),
            (SKIPPED, _("Not held")),
        ],
    )
    owner = forms.ChoiceField(label=_("Who answers"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)

    def __init__(self, owners: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages_known = [(str(n), one.heading) for n, one in stages().items()]
        offer(self, "stage", [("", _("Any stage")), *stages_known])
        self.fields["q"].widget.attrs["placeholder"] = self.fields["q"].label
        offer(self, "owner", [("", _("Anybody answers")), *((one, one) for one in owners)])
