"""Forms of programmes and bases."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MinValueValidator
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple, Textarea
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from nastavnik.core.dates import today
from nastavnik.core.ui.forms import DateInput, RowsField, offer, offer_rows
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.choices import PersonKind
from nastavnik.people.forms import PersonFilter
from nastavnik.programmes import catalogues
from nastavnik.programmes.access import capacity_refusal, is_outsider
from nastavnik.programmes.adapter import read_areas
from nastavnik.programmes.choices import (
    MINUTES_SUFFIXES,
    MOST_CHOICES,
    MOST_COMMENT,
    AfterEnd,
    InterviewOutcome,
    ParticipationStatus,
    Side,
)
from nastavnik.programmes.models import (
    GroupMeeting,
    MentoringForm,
    Participation,
    Programme,
)
from nastavnik.programmes.queries import areas_offered

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class FormChoice(RowsField):
    """Forms of the directory, the five of order Р-145 marked."""

    def label_from_instance(self, obj: MentoringForm) -> str:
        return f"{obj.title} (Р-145)" if obj.in_r145 else str(obj.title)


class ProgrammeForm(forms.ModelForm[Programme]):
    forms = FormChoice(
        MentoringForm.objects.none(),
        label=_("Forms of mentoring"),
        widget=CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one form of mentoring.")},
    )

    class Meta:
        model = Programme
        fields = ["title", "starts_on", "ends_on", "forms", "acts"]
        widgets = {
            "starts_on": DateInput(),
            "ends_on": DateInput(),
            "acts": Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "acts": _(
                "One a line, with date and number, as orders cite them: the regulation on mentoring, the order on its "
                "introduction, the order on the curator. Can be written later."
            )
        }

    def __init__(
        self,
        organisation: Organisation,
        year: AcademicYear | None,
        *args: Any,
        before: Programme | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer the forms of the directory; a new programme begins with the forms and acts of the one before."""
        super().__init__(*args, **kwargs)
        directory = MentoringForm.objects.directory().prefetch_related("variants")
        fitting = [form.pk for form in directory if organisation.kind in form.organisation_kinds]
        offer_rows(self, "forms", MentoringForm.objects.directory().filter(pk__in=fitting))
        if copied := self.instance if self.instance.pk else before:
            codes = copied.forms.values_list("code", flat=True)
            self.initial["forms"] = list(
                directory.filter(code__in=codes).values_list("pk", flat=True)
            )
        if before is not None:
            self.initial["acts"] = before.acts
        if year is not None and not self.instance.pk:
            self.initial = {
                **self.initial,
                "title": f"Программа наставничества на {year} учебный год",
                "starts_on": max(today(), year.starts_on),
                "ends_on": year.ends_on.replace(month=5, day=25),
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error(
                "ends_on", _("The last day comes before the first: swap or correct them.")
            )
        return data


def _kinds_field(label: "StrOrPromise") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=PersonKind.choices,
        widget=CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one kind of people.")},
    )


class LimitsForm(forms.ModelForm[MentoringForm]):
    mentor_kinds = _kinds_field(_("Who may be a mentor"))
    mentee_kinds = _kinds_field(_("Who may be a mentee"))

    class Meta:
        model = MentoringForm
        fields = [
            "mentor_kinds", "mentee_kinds", "max_mentees", "is_group", "mentee_min_age", "mentor_min_years", "min_grade_gap", "same_subject",
            "approving_body",
        ]  # fmt: skip
        help_texts = {
            "max_mentees": _("Three in most local rules; order Р-145 itself names no number."),
            "is_group": _(
                "The number above is then how many a group may hold. A mentor who leads a group is best in this form alone: "
                "of several forms the smallest number counts."
            ),
            "mentee_min_age": _("Leave empty if age does not matter."),
            "mentor_min_years": _("Five for a mentor from an enterprise."),
            "min_grade_gap": _(
                "1: a pupil of grade 8 may lead grade 7 and below. 0: the same grade too."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # said at the field, before the database refuses it in its own words
        self.fields["max_mentees"].validators.append(MinValueValidator(1))
        self.fields["max_mentees"].widget.attrs["min"] = 1
        self.rules = {
            f"limit_{rule.code}": rule
            for rule in catalogues.pair_rules().values()
            if rule.has_limit
        }
        own = self.instance.attention_limits
        for name, rule in self.rules.items():
            self.fields[name] = forms.IntegerField(
                label=rule.label,
                min_value=rule.least,
                max_value=rule.most,
                required=False,
                initial=own.get(rule.code),
                help_text=_("As shipped: %(n)s. From %(least)s to %(most)s.")
                % {"n": rule.limit, "least": rule.least, "most": rule.most},
            )

    @property
    def of_form(self) -> list[forms.BoundField]:
        """Return the fields of the form itself."""
        return [field for field in self if field.name not in self.rules]

    @property
    def of_rules(self) -> list[forms.BoundField]:
        """Return the fields that say when a pair needs a look."""
        return [self[name] for name in self.rules]

    def clean(self) -> dict[str, Any]:
        """Put the limits of the rules together: an empty one is as shipped."""
        data = super().clean() or self.cleaned_data
        given = {rule.code: data.pop(name, None) for name, rule in self.rules.items()}
        data["attention_limits"] = {code: n for code, n in given.items() if n is not None}
        return data


class AddToBaseForm(forms.Form):
    """People picked on the roster; which forms take them is found by the forms themselves."""

    people = RowsField(
        queryset=Participation.objects.none(),
        error_messages={"required": _("Tick at least one person.")},
    )

    def __init__(self, people: QuerySet[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "people", people)


#: What may be said of meetings and need not be: folded away until somebody has.
FOLDED = ("time_slots", "meeting_places", "languages")
#: What the file of a base holds besides (method.md §7.3).
OF_FILE = ("contacts", "achievements", "wanted_ages", "results", "case_link")


class ParticipationForm(forms.ModelForm[Participation]):
    template_name = "programmes/record_form.html"

    areas = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    interests = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label=_("Interests")
    )

    time_slots = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("When there is time to meet"),
    )
    meeting_places = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Where or how to meet"),
    )
    languages = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Languages besides Russian"),
        help_text=_(
            "Only those in which the person would like to talk with the other. Nationality and mother tongue are not asked."
        ),
    )

    class Meta:
        model = Participation
        fields = [
            "forms", "request", "areas", "interests", "time_slots", "meeting_places", "languages", "capacity",
            "experience_years", "trained_on", "interviewed_on", "interviewer", "interview_outcome",
            "cleared_on", "cleared_until", "contacts", "achievements", "wanted_ages", "results", "case_link",
        ]  # fmt: skip
        field_classes = {"forms": RowsField}
        widgets = {
            "forms": forms.CheckboxSelectMultiple,
            "request": forms.Textarea(attrs={"rows": 3}),
            "achievements": forms.Textarea(attrs={"rows": 2}),
            "results": forms.Textarea(attrs={"rows": 2}),
            "trained_on": DateInput(),
            "interviewed_on": DateInput(),
            "cleared_on": DateInput(),
            "cleared_until": DateInput(),
        }
        help_texts = {
            "request": _(
                "What the person wants to get better at. No diagnoses, no family circumstances: they are not needed."
            ),
            "interviewer": _(
                "For example: curator, psychologist. What was said is not written down."
            ),
            "cleared_until": _("If your rules set a term; it is asked for anew a month before."),
            "cleared_on": _("Only the day when you saw it; the paper itself is not kept here."),
            "contacts": _("A telephone or an address, of a child those of the representative."),
            "results": _(
                "What came of it, in neutral words: it stands in the base and in its file."
            ),
            "case_link": _("Where the case or review stands on the site, if it was published."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        record = self.instance
        offered = list(record.programme.forms.all())
        kinds_of = "mentor_kinds" if record.is_mentor else "mentee_kinds"
        fitting = [form.pk for form in offered if record.person.kind in getattr(form, kinds_of)]
        offer_rows(self, "forms", record.programme.forms.filter(pk__in=fitting))
        own_forms = [form for form in offered if form.pk in fitting]
        offer(self, "areas", areas_offered(record, own_forms))
        for name, known in (
            ("interests", catalogues.interests()),
            ("time_slots", catalogues.time_slots()),
            ("meeting_places", catalogues.meeting_places()),
            ("languages", catalogues.languages()),
        ):
            offer(self, name, [(entry.code, entry.title) for entry in known.values()])
        self.fields["areas"].label = (
            _("Can help with") if record.is_mentor else _("Areas of the request")
        )
        for name in self._needless():
            del self.fields[name]

    @property
    def asked(self) -> list[tuple[forms.BoundField, ErrorList]]:
        """The fields that stand open, with what is wrong with them."""
        return [(field, field.errors) for field in self if field.name not in (*FOLDED, *OF_FILE)]

    @property
    def folded(self) -> list[tuple[forms.BoundField, ErrorList]]:
        """The fields folded away."""
        return [(self[name], self[name].errors) for name in FOLDED]

    @property
    def of_file(self) -> list[tuple[forms.BoundField, ErrorList]]:
        """The fields of the file of a base, folded away too."""
        return [(self[name], self[name].errors) for name in OF_FILE if name in self.fields]

    @property
    def is_unfolded(self) -> bool:
        """Tell whether something is written in what is folded away."""
        return any(field.value() or errors for field, errors in self.folded)

    @property
    def is_file_unfolded(self) -> bool:
        """Tell whether something is written in the fields of the file."""
        return any(field.value() or errors for field, errors in self.of_file)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = data.get("interview_outcome") or data.get("interviewer")
        if said and not data.get("interviewed_on") and "interviewed_on" not in self.errors:
            self.add_error("interviewed_on", _("Say on which day the interview was."))
        seen, until = data.get("cleared_on"), data.get("cleared_until")
        if until and (seen is None or until < seen) and "cleared_on" not in self.errors:
            self.add_error(
                "cleared_until", _("The end comes after the day the certificate was seen.")
            )
        return data

    def _needless(self) -> list[str]:
        if not self.instance.is_mentor:
            return [
                "capacity", "experience_years", "trained_on", "interviewed_on", "interviewer", "interview_outcome",
                "cleared_on", "cleared_until", "achievements", "wanted_ages",
            ]  # fmt: skip
        needless = ["request"]
        if not is_outsider(self.instance.person):
            needless += ["cleared_on", "cleared_until"]
        if self.instance.person.is_learner:
            needless.append("experience_years")
        return needless


#: What a class teacher writes of a mentee: in neutral words, nothing of forms, places and papers.
OF_REQUEST = ("request", "areas", "interests", *FOLDED)


class RequestForm(ParticipationForm):
    """The request of a mentee, as the class teacher heard it."""

    def _needless(self) -> list[str]:
        return [name for name in self.fields if name not in OF_REQUEST]


class DescribeForm(forms.Form):
    """What many records ask or offer at once: the ticked areas are added to those each already has."""

    records = RowsField(
        queryset=Participation.objects.none(),
        error_messages={"required": _("Tick at least one person.")},
    )
    areas = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one area.")},
    )
    capacity = forms.IntegerField(
        label=_("Takes mentees, at most"), required=False, min_value=1, max_value=99
    )

    def __init__(
        self,
        side: Side,
        records: Iterable[Participation],
        rows: QuerySet[Any],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "records", rows)
        offered: dict[str, str] = {}
        for record in records:
            offered |= dict(areas_offered(record, record.forms.all()))
        offer(self, "areas", list(offered.items()))
        self.fields["areas"].label = (
            _("Can help with") if side == Side.MENTOR else _("Areas of the request")
        )
        if side == Side.MENTEE:
            del self.fields["capacity"]


class BaseFilter(PersonFilter):
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All states")),
            *ParticipationStatus.choices,
            ("admitted", _("through the gate, all")),
            ("told", _("request or areas are there")),
            ("untold", _("no request and no areas")),
            ("trained", _("with a day of training")),
            ("untrained", _("mentors who are not trained")),
            ("uninterviewed", _("mentors not interviewed")),
            ("uncleared", _("from outside, no certificate that holds")),
            ("clearance_ends", _("the certificate ends soon")),
            ("waiting", _("in no pair, not finished")),
            ("unasked", _("finished, not asked about next year")),
            ("goes_on", _("goes on next year")),
            ("stops", _("does not go on")),
        ],
    )
    form = forms.ChoiceField(label=_("Form"), required=False)

    def __init__(self, programme: Programme, groups: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(groups, *args, **kwargs)
        offer(
            self,
            "form",
            [("", _("All forms")), *((form.code, form.title) for form in programme.forms.all())],
        )


class ClosingFilter(PersonFilter):
    """Whom to show at the close of a year."""

    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Everybody")),
            ("waiting", _("in no pair, not finished")),
            ("unasked", _("finished, not asked about next year")),
            ("goes_on", _("goes on next year")),
            ("stops", _("does not go on")),
        ],
    )


class ClosingForm(forms.Form):
    """What becomes of the ticked people after the year."""

    records = RowsField(
        queryset=Participation.objects.none(),
        error_messages={"required": _("Tick at least one person.")},
    )
    after = forms.ChoiceField(
        label=_("What is said of the ticked"),
        choices=[
            (AfterEnd.GOES_ON, _("finished, goes on next year")),
            (AfterEnd.STOPS, _("finished, does not go on")),
            (AfterEnd.LATER, _("finished, not asked yet")),
            (AfterEnd.AGAIN, _("back into the base of this year")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is said of the ticked people.")},
    )

    def __init__(self, records: QuerySet[Participation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, "records", records)


class GroupMeetingForm(forms.ModelForm[GroupMeeting]):
    people = RowsField(
        queryset=Participation.objects.none(),
        error_messages={"required": _("Tick at least one mentor and one mentee.")},
    )

    class Meta:
        model = GroupMeeting
        fields = ["held_on", "place"]
        widgets = {"held_on": DateInput()}
        help_texts = {"place": _("For example: assembly hall, after the sixth lesson.")}

    def __init__(self, people: QuerySet[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("held_on", today())
        offer_rows(self, "people", people)


class MinutesForm(forms.Form):
    """Minutes as words, as a file, or as both."""

    text = forms.CharField(
        label=_("Minutes in words"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    file = forms.FileField(
        label=_("Minutes as a file"),
        required=False,
        help_text=_("Word, PDF or a photo of the sheet, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(MINUTES_SUFFIXES)}),
    )


ORDINALS = (_("First of all"), _("Or else"), _("Or else, third"))


class ChoiceForm(forms.Form):
    """Whom one person would like, in order, and with whom not: only people who came to the same meeting."""

    refused = forms.TypedMultipleChoiceField(
        label=_("Not with"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody of them will hear of it. No reason is asked."),
    )
    comment = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=MOST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("If there is something else to say. Only the curator reads it."),
    )

    def __init__(
        self,
        offered: list[tuple[int, str]],
        given: tuple[list[int], list[int]],
        *args: Any,
        comment: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        ranked, refused = given
        self.ranks = [f"rank_{number}" for number in range(1, MOST_CHOICES + 1)]
        for number, (name, label) in enumerate(zip(self.ranks, ORDINALS, strict=True)):
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                coerce=int,
                empty_value=None,
                required=False,
                choices=[("", "—"), *offered],
                initial=ranked[number] if number < len(ranked) else "",
            )
        self.order_fields([*self.ranks, "refused", "comment"])
        offer(self, "refused", [(str(key), name) for key, name in offered])
        self.initial.update(refused=refused, comment=comment)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ranked = self.ranked()
        if len(ranked) != len(set(ranked)):
            self.add_error(None, _("One person is named twice: leave them in one place."))
        if set(ranked) & set(data.get("refused", ())):
            self.add_error(
                "refused", _("The same person is chosen above: leave them in one place.")
            )
        return data

    def ranked(self) -> tuple[int, ...]:
        """Return whom the person chose, the dearest first; an empty place is closed up."""
        values = [self.cleaned_data.get(name) for name in self.ranks]
        return tuple(value for value in values if value is not None)


class RowForm(forms.Form):
    """A row of a grid: what was shown is sent along, so that only what somebody changed is written.

    A row that nobody touched stays as it is, whatever others have written meanwhile; one that both have is asked about.
    """

    was = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.data, QueryDict):
            self.data = self.data.dict()

    def _lay(self, shown: Mapping[str, Any], label: str) -> None:
        """Fill the cells in, and name each after the person and its column; called when all fields are there."""
        self.initial = dict(shown)
        self.initial["was"] = self._told(self.initial)
        for name in self.cells:
            self.fields[name].widget.attrs["aria-label"] = f"{label}: {self.fields[name].label}"

    @property
    def cells(self) -> list[str]:
        """The names of the fields that are shown, in their order."""
        return [name for name in self.fields if name != "was"]

    def shown_cells(self) -> list[forms.BoundField]:
        """Return the fields that are shown."""
        return [self[name] for name in self.cells]

    @property
    def is_sent(self) -> bool:
        """Tell whether the row stood on the page that was sent."""
        return self.add_prefix("was") in self.data

    @property
    def is_touched(self) -> bool:
        """Tell whether somebody changed something in the row."""
        return self.is_sent and self._sent() != self.data[self.add_prefix("was")]

    def _words(self, name: str) -> str:
        """Return what stands in a cell now: of a choice its name."""
        value = self.initial.get(name) or "—"
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))

    def _sent(self) -> str:
        return self._told({name: self[name].data for name in self.cells})

    def _told(self, values: Mapping[str, Any]) -> str:
        """Return the row as it is read, in a few letters."""
        cells = [" ".join(str(values.get(name) or "").split()) for name in self.cells]
        return blake2b("\0".join(cells).encode(), digest_size=12).hexdigest()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.data.get(self.add_prefix("was")) != self.initial["was"]:
            shown = "; ".join(self._words(name) for name in self.cells)
            self.add_error(
                None,
                _(
                    "Somebody has changed this row meanwhile, it is now: %(now)s. Check it and save again."
                )
                % {"now": shown},
            )
            # asked once: what is sent next has been seen
            self.data = {**self.data, self.add_prefix("was"): self.initial["was"]}
        return data


class RecordRow(RowForm):
    """What one person of a base asks or offers, in words."""

    request = forms.CharField(
        label=_("request, in neutral words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    areas = forms.CharField(
        required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    capacity = forms.IntegerField(label=_("Takes mentees, at most"), min_value=1, max_value=99)
    interviewed_on = forms.DateField(label=_("interview on"), required=False, widget=DateInput())
    interviewer = forms.CharField(label=_("who held the interview"), required=False, max_length=200)
    interview_outcome = forms.ChoiceField(
        label=_("outcome of the interview"),
        required=False,
        choices=[("", "—"), *InterviewOutcome.choices],
    )

    def __init__(self, record: Participation, *args: Any, label: str, **kwargs: Any) -> None:
        self.record, own_forms = record, list(record.forms.all())
        self.offered = areas_offered(record, own_forms)
        titles = {code: entry.title for code, entry in catalogues.areas().items()}
        shown = {
            "request": record.request,
            "areas": "; ".join(titles.get(code, code) for code in record.areas),
            "capacity": record.capacity,
            "interviewed_on": record.interviewed_on,
            "interviewer": record.interviewer,
            "interview_outcome": record.interview_outcome,
        }
        super().__init__(*args, **kwargs)
        self.fields["areas"].label = (
            _("Can help with") if record.is_mentor else _("Areas of the request")
        )
        of_mentor = ("capacity", "interviewed_on", "interviewer", "interview_outcome")
        for name in ("request",) if record.is_mentor else of_mentor:
            del self.fields[name]
        self._lay(shown, label)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        said = data.get("interview_outcome") or data.get("interviewer")
        if said and not data.get("interviewed_on") and "interviewed_on" not in self.errors:
            self.add_error("interviewed_on", _("Say on which day the interview was."))
        return data

    def clean_areas(self) -> list[str]:
        read = read_areas(self.cleaned_data["areas"], self.offered)
        if read.unknown:
            raise forms.ValidationError([self._unknown(*one) for one in read.unknown])
        return list(read.codes)

    def _unknown(self, word: str, near: str) -> str:
        if near:
            return _("«%(word)s» is not in the list. Perhaps: %(near)s.") % {
                "word": word,
                "near": near,
            }
        return _("«%(word)s» is not in the list of areas.") % {"word": word}

    def clean_capacity(self) -> int:
        places: int = self.cleaned_data["capacity"]
        if refusal := capacity_refusal(self.record, places, list(self.record.forms.all())):
            raise forms.ValidationError(refusal)
        return places

    def changes(self) -> dict[str, Any]:
        """Return the fields that are other than before."""
        said = {name: self.cleaned_data[name] for name in self.cells}
        return {name: value for name, value in said.items() if value != getattr(self.record, name)}


class ChoiceRow(RowForm):
    """Whom one person chose after a meeting, from a slip."""

    none = forms.BooleanField(label=_("no wishes"), required=False)

    def __init__(
        self,
        offered: list[tuple[int, str]],
        given: tuple[list[int], list[int]],
        *args: Any,
        has_answered: bool,
        label: str,
        **kwargs: Any,
    ) -> None:
        ranked, refused = given
        self.ranks = [f"rank_{number}" for number in range(1, MOST_CHOICES + 1)]
        self.noes = [f"no_{number}" for number in range(1, len(refused) + 2)]
        shown: dict[str, Any] = dict(zip(self.ranks, ranked, strict=False))
        shown |= dict(zip(self.noes, refused, strict=False))
        shown["none"] = has_answered and not ranked and not refused
        labels = dict(zip(self.ranks, ORDINALS, strict=True)) | dict.fromkeys(
            self.noes, _("Not with")
        )
        super().__init__(*args, **kwargs)
        for name, title in labels.items():
            self.fields[name] = forms.TypedChoiceField(
                label=title,
                coerce=int,
                empty_value=None,
                required=False,
                choices=[("", "—"), *offered],
            )
        self.order_fields([*self.ranks, *self.noes, "none"])
        self._lay(shown, label)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        named = [*self.ranked(), *self.refused()]
        if len(named) != len(set(named)):
            self.add_error(None, _("One person is named twice: leave them in one place."))
        if named and data.get("none"):
            self.add_error(None, _("There is a name and «no wishes»: leave one of the two."))
        return data

    def rank_cells(self) -> list[forms.BoundField]:
        """Return the fields of choices."""
        return [self[name] for name in self.ranks]

    def no_cells(self) -> list[forms.BoundField]:
        """Return the fields of «not with», one of them empty."""
        return [self[name] for name in self.noes]

    def ranked(self) -> tuple[int, ...]:
        """Return whom the person chose, the dearest first; an empty place is closed up."""
        return tuple(one for name in self.ranks if (one := self.cleaned_data.get(name)))

    def refused(self) -> frozenset[int]:
        """Return with whom not."""
        return frozenset(one for name in self.noes if (one := self.cleaned_data.get(name)))
