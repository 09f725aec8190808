import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from nastavnik.closing.choices import MOST_TALK_WORDS, ThanksKind
from nastavnik.closing.queries import usual_last_day
from nastavnik.core.dates import today
from nastavnik.core.ui.forms import DateInput
from nastavnik.programmes.choices import AfterEnd
from nastavnik.programmes.models import Participation, Programme


class FinalMeetingsForm(forms.Form):
    """The day on which pairs have held their final meeting."""

    on = forms.DateField(
        label=_("Held on"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: each on the day it was planned for."),
    )

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        self.programme = programme
        super().__init__(*args, **kwargs)

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day and not self.programme.starts_on <= day <= today():
            raise forms.ValidationError(
                _("The day is to lie between the first day of the programme and today.")
            )
        return day


class LastWordsForm(forms.Form):
    """Until when both sides may say their last word."""

    closes_on = forms.DateField(label=_("Answers until"), widget=DateInput())

    def __init__(self, programme: Programme, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"closes_on": usual_last_day(programme)})
        super().__init__(*args, **kwargs)

    def clean_closes_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["closes_on"]
        if day < today():
            raise forms.ValidationError(_("The last day is before anybody could answer."))
        return day


class TalksForm(forms.Form):
    """When the head has spoken with mentees, and what was said with each."""

    held_on = forms.DateField(label=_("Day of the talks"), widget=DateInput())
    held_by = forms.CharField(label=_("Who spoke"), max_length=200)

    def __init__(
        self, records: Sequence[Participation], head: str, *args: Any, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"held_by": head})
        super().__init__(*args, **kwargs)
        self.records = records
        for record in records:
            self.fields[f"words-{record.pk}"] = forms.CharField(
                label=record.person.full_name, max_length=MOST_TALK_WORDS, required=False
            )

    def clean_held_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["held_on"]
        if day > today():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def rows(self, groups: Mapping[int, str]) -> Iterator[tuple[Participation, str, BoundField]]:
        """Yield each record with class or post and the field of its words."""
        for record in self.records:
            group = groups.get(record.person_id, "") or record.person.position
            yield record, group, self[f"words-{record.pk}"]

    def said_with(self, keys: Collection[int]) -> dict[Participation, str]:
        """Return record → words of those ticked."""
        return {one: self.cleaned_data[f"words-{one.pk}"] for one in self.records if one.pk in keys}


class ResultsForm(forms.Form):
    """By what the mentors who have finished are thanked."""

    kind = forms.ChoiceField(
        label=_("Thank the mentors who are not thanked yet by"),
        choices=[("", _("nobody is thanked now")), *ThanksKind.choices],
        required=False,
        initial=ThanksKind.GRATITUDE,
    )


class YearEndForm(forms.Form):
    """What becomes of each person after the year; an empty answer leaves the person as is."""

    rest = forms.BooleanField(
        label=_(
            "Of everybody left empty: the participation has ended, not asked about next year yet"
        ),
        required=False,
    )

    def __init__(
        self,
        records: Sequence[Participation],
        said: Mapping[tuple[int, str], bool],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.records, self.said = records, said
        choices = [
            ("", "–"),
            (AfterEnd.GOES_ON.value, AfterEnd.GOES_ON.label),
            (AfterEnd.STOPS.value, AfterEnd.STOPS.label),
        ]
        for record in records:
            answer = said.get((record.person_id, record.side))
            self.fields[f"after-{record.pk}"] = forms.ChoiceField(
                label=record.person.full_name,
                choices=choices,
                required=False,
                initial="" if answer is None else AfterEnd.GOES_ON if answer else AfterEnd.STOPS,
            )

    def rows(
        self, groups: Mapping[int, str]
    ) -> Iterator[tuple[Participation, str, BoundField, bool | None]]:
        """Yield each record with class or post, its field, and what the person has answered in a questionnaire."""
        for record in self.records:
            answer = self.said.get((record.person_id, record.side))
            group = groups.get(record.person_id, "") or record.person.position
            yield record, group, self[f"after-{record.pk}"], answer

    @property
    def answers(self) -> dict[Participation, AfterEnd]:
        """What is kept of whom; of somebody who was not on the page nothing."""
        data, found = self.cleaned_data, {}
        for record in self.records:
            if after := data[f"after-{record.pk}"]:
                found[record] = AfterEnd(after)
            elif data["rest"] and record.ends_on is None and f"after-{record.pk}" in self.data:
                found[record] = AfterEnd.LATER
        return found
