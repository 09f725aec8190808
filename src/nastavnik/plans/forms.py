"""What comes in from the pages of plans."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from nastavnik.core.dates import today
from nastavnik.core.http import LONGEST_KEY
from nastavnik.core.ui.forms import DateInput, offer
from nastavnik.mentorships.models import Meeting, Tie
from nastavnik.plans.actions import DESCRIBED, GoalEntry, ItemEntry, PlanContent
from nastavnik.plans.choices import MOST_GOALS, MOST_ITEMS, Doer, kinds_for
from nastavnik.plans.models import IndividualPlan, LibraryItem, PlanGoal, PlanItem
from nastavnik.plans.queries import OfferedItem, is_staff_tie
from nastavnik.programmes.models import MentoringForm

MORE_GOALS = 2
MORE_ITEMS = 3
KEY = {"required": False, "min_value": 1, "max_value": 10**LONGEST_KEY}


class PlanFilter(forms.Form):
    q = forms.CharField(
        label=_("Name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or part of it")}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All states")),
            ("none", _("no plan yet")),
            ("work", _("being drawn up")),
            ("waiting", _("wait for approval")),
            ("late", _("overdue")),
            ("goes", _("approved, nothing overdue")),
        ],
    )


class PlanForm(forms.ModelForm[IndividualPlan]):
    """The words of a plan."""

    class Meta:
        model = IndividualPlan
        fields = DESCRIBED
        widgets = {
            "strengths": forms.Textarea(attrs={"rows": 2}),
            "growth": forms.Textarea(attrs={"rows": 2}),
            "notes": forms.Textarea(attrs={"rows": 2}),
            "variant": forms.Select,
        }
        help_texts = {
            "strengths": _("Neutral words both agree with; no diagnoses, nothing of the family or health."),
            "growth": _("What one wants to learn, not what is wrong with somebody."),
            "format": _("For example: meetings once a week, lessons of each other, a common project."),
            "notes": _("For the mentor and the curator only: neither printed nor shown to the mentee."),
        }  # fmt: skip

    version = forms.IntegerField(min_value=1, max_value=10**LONGEST_KEY, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = self.instance
        titles = [one.title for one in plan.tie.mentorship.form.variants.all()]
        if plan.variant and plan.variant not in titles:
            titles.append(plan.variant)
        self.fields["variant"] = forms.ChoiceField(
            label=_("Variant"),
            required=False,
            choices=[("", _("not chosen")), *((one, one) for one in titles)],
            help_text=_("The library offers what fits it."),
        )
        self.fields["version"].initial = plan.version

    def words(self) -> dict[str, str]:
        """Return what was written, by the names of the fields."""
        return {name: self.cleaned_data[name] for name in DESCRIBED}


class GoalForm(forms.Form):
    key = forms.IntegerField(widget=forms.HiddenInput, **KEY)
    text = forms.CharField(
        label=_("Goal"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    until = forms.DateField(label=_("Due by"), required=False, widget=DateInput())
    criterion = forms.CharField(label=_("By what it is seen"), max_length=300, required=False)


class ItemForm(forms.Form):
    key = forms.IntegerField(widget=forms.HiddenInput, **KEY)
    title = forms.CharField(
        label=_("What is to be done"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(label=_("Kind"))
    due_on = forms.DateField(label=_("Due by"), required=False, widget=DateInput())
    doer = forms.ChoiceField(label=_("Who"), choices=Doer)
    result = forms.CharField(label=_("Expected result"), max_length=300, required=False)

    def __init__(self, *args: Any, is_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_for(is_staff=is_staff)
        offer(self, "kind", [(kind.value, kind.label) for kind in kinds])
        # a row nobody has filled in comes back with these, and so is not taken for a new item
        self.fields["kind"].initial = kinds[-2 if is_staff else 1].value
        self.fields["doer"].initial = Doer.BOTH.value


class _NamedFields(forms.BaseFormSet[Any]):
    """Forms in the rows of a table: each control says its name itself, with the number of the row."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Add what Django adds, and the names."""
        super().add_fields(form, index)
        for name, label in (("ORDER", "№"), ("DELETE", _("Take out"))):
            if name in form.fields:
                form.fields[name].label = label
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs["aria-label"] = f"{field.label} {(index or 0) + 1}"
        if "result" in form.fields:
            form.fields["result"].widget.attrs["placeholder"] = str(form.fields["result"].label)
        if "ORDER" in form.fields:
            form.fields["ORDER"].widget.attrs |= {"size": 3, "min": 1}


GoalFormSet = forms.formset_factory(
    GoalForm,
    formset=_NamedFields,
    extra=MORE_GOALS,
    max_num=MOST_GOALS,
    absolute_max=MOST_GOALS + 5,
    can_delete=True,
)
ItemFormSet = forms.formset_factory(
    ItemForm,
    formset=_NamedFields,
    extra=MORE_ITEMS,
    max_num=MOST_ITEMS,
    absolute_max=MOST_ITEMS + 5,
    can_delete=True,
    can_order=True,
)


class PlanPage:
    """A plan as one page writes it: its words, its goals, its items and what is added from the library."""

    def __init__(
        self,
        plan: IndividualPlan,
        goals: Iterable[PlanGoal],
        items: Iterable[PlanItem],
        offered: Sequence[OfferedItem],
        data: QueryDict | None = None,
    ) -> None:
        self.offered = offered
        self.form = PlanForm(data, instance=plan)
        self.goals = GoalFormSet(
            data,
            prefix="goals",
            initial=[
                {"key": one.pk, "text": one.text, "until": one.until, "criterion": one.criterion}
                for one in goals
            ],
        )
        self.items = ItemFormSet(
            data,
            prefix="items",
            form_kwargs={"is_staff": is_staff_tie(plan.tie)},
            initial=[
                {
                    "key": one.pk, "title": one.title, "kind": one.kind, "due_on": one.due_on,
                    "doer": one.doer, "result": one.result,
                }
                for one in items
            ],
        )  # fmt: skip
        codes = {one.code: one for one in offered}
        self.taken = [
            codes[code] for code in (data.getlist("taken") if data else ()) if code in codes
        ]

    def is_valid(self) -> bool:
        """Check all of it, so that each part says what is wrong with it."""
        return all([self.form.is_valid(), self.goals.is_valid(), self.items.is_valid()])

    def content(self) -> PlanContent:
        """Return what was written; only after `is_valid`."""
        goals = [
            GoalEntry(
                " ".join(form.cleaned_data["text"].split()), form.cleaned_data["until"],
                form.cleaned_data["criterion"], form.cleaned_data["key"],
            )
            for form in self.goals.forms
            if form.cleaned_data.get("text") and not form.cleaned_data.get("DELETE")
        ]  # fmt: skip
        written = [form.cleaned_data for form in self.items.forms if form.cleaned_data.get("title")]
        # a number that was taken away puts the item last; new ones follow in their order
        written.sort(key=lambda one: one["ORDER"] if one["ORDER"] is not None else MOST_ITEMS * 10)
        items = [
            ItemEntry(
                " ".join(one["title"].split()), one["kind"], one["due_on"], one["doer"], one["result"],
                one["key"], bool(one["DELETE"]),
            )
            for one in written
            if one["key"] is not None or not one["DELETE"]
        ]  # fmt: skip
        version = self.form.cleaned_data["version"]
        return PlanContent(version, self.form.words(), goals, items, self.taken)


class PaperDayForm(forms.Form):
    """The day on which something was signed on paper."""

    on = forms.DateField(label=_("Signed on"), widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class ItemsDoneForm(forms.Form):
    """When something was done: at a meeting of the pair, or on a day."""

    meeting = forms.ChoiceField(label=_("At which meeting"), required=False)
    on = forms.DateField(label=_("Day, if not at a meeting"), required=False, widget=DateInput())
    words = forms.CharField(label=_("What came of it"), max_length=300, required=False)

    def __init__(self, meetings: Sequence[Meeting], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meetings = {str(one.pk): one for one in meetings}
        offer(
            self,
            "meeting",
            [
                ("", _("not at a meeting")),
                *(
                    (str(one.pk), f"{one.held_on:%d.%m.%Y} – {one.get_kind_display().lower()}")
                    for one in meetings
                ),
            ],
        )
        if meetings:
            self.fields["meeting"].initial = str(meetings[0].pk)
        else:
            self.fields["on"].initial = today

    def chosen(self) -> tuple[Meeting | None, dt.date | None]:
        """Return the meeting, or the day where it was none: a day that was written wins over the meeting offered."""
        if on := self.cleaned_data["on"]:
            return None, on
        return self.meetings.get(self.cleaned_data["meeting"]), None


class LibraryForm(forms.ModelForm[LibraryItem]):
    """An item of the organisation's own."""

    class Meta:
        model = LibraryItem
        fields = ["kind", "variant", "title", "result"]

    def __init__(self, form: MentoringForm, *args: Any, is_staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_for(is_staff=is_staff)
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), choices=[(kind.value, kind.label) for kind in kinds]
        )
        self.fields["variant"] = forms.ChoiceField(
            label=_("Variant"),
            required=False,
            choices=[("", _("all variants")), *((one.title, one.title) for one in form.variants.all())],
        )  # fmt: skip
        self.fields["title"].required = True


def ties_of(keys: Iterable[int], ties: Iterable[Tie]) -> list[Tie]:
    """Return the ticked mentees among those offered."""
    wanted = set(keys)
    return [tie for tie in ties if tie.pk in wanted]
