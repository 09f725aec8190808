"""Forms of pairs."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.http import LONGEST_KEY
from nastavnik.core.ui.forms import DateInput, offer, offer_rows
from nastavnik.mentorships.choices import (
    GONE,
    EndCause,
    ExtensionCause,
    Mark,
    MeetingStatus,
    MentorshipStatus,
    SpokenWith,
)
from nastavnik.mentorships.models import Mentorship, OrderLine
from nastavnik.mentorships.queries import LONGEST_EXTENSION_DAYS, NOT_OF_MEETINGS, Voice
from nastavnik.programmes.catalogues import pair_rules
from nastavnik.programmes.choices import AfterEnd, Side
from nastavnik.programmes.models import Participation, Programme

# What a button says → what became of the meeting and the mark.
SAYINGS: dict[str, tuple[MeetingStatus | None, Mark]] = {
    "held": (MeetingStatus.HELD, Mark.NONE),
    "good": (MeetingStatus.HELD, Mark.GOOD),
    "plain": (MeetingStatus.HELD, Mark.PLAIN),
    "hard": (MeetingStatus.HELD, Mark.HARD),
    "postponed": (MeetingStatus.POSTPONED, Mark.NONE),
    "missed": (MeetingStatus.MISSED, Mark.NONE),
    "help": (None, Mark.HELP),
}
_NEED_A_SIDE = ("good", "plain", "hard", "help")
OUTCOMES = (MeetingStatus.HELD, MeetingStatus.POSTPONED, MeetingStatus.MISSED)
_CELL = re.compile(r"meeting-(\d{1,18})-([a-z]{1,10})-(\d{4}-\d{2}-\d{2})")


class PairFilter(forms.Form):
    q = forms.CharField(
        label=_("Name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or part of it")}),
    )
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All states")),
            *MentorshipStatus.choices,
            ("made", _("all but those that ended early")),
            ("met", _("have met")),
            ("unmet", _("run and have not met yet")),
            ("ending", _("to be completed")),
        ],
    )
    programme = forms.IntegerField(
        required=False, min_value=1, max_value=10**LONGEST_KEY, widget=forms.HiddenInput
    )
    form = forms.ChoiceField(label=_("Form"), required=False)
    risk = forms.ChoiceField(label=_("What needs you"), required=False)

    def __init__(
        self, programme: Programme | None, *args: Any, may_read: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        risks = [
            (rule.code, rule.title)
            for rule in pair_rules().values()
            if rule.code not in NOT_OF_MEETINGS and (may_read or not rule.marks)
        ]
        offer(self, "risk", [("", _("All pairs")), *risks])
        codes = programme.forms.all() if programme else ()
        offer(self, "form", [("", _("All forms")), *((form.code, form.title) for form in codes)])


class BaseFilesFilter(forms.Form):
    """Of which programme and of which form the bases are taken out."""

    programme = forms.ChoiceField(label=_("Programme"), required=False)
    form = forms.ChoiceField(label=_("Form"), required=False)

    def __init__(
        self, programmes: Iterable[Programme], chosen: Programme, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.pk), f"{one.title}, {one.year}") for one in programmes]
        offer(self, "programme", named)
        titles = [(form.code, form.title) for form in chosen.forms.all()]
        offer(self, "form", [("", _("All forms")), *titles])


class BaseFileForm(forms.Form):
    """A file of a base that comes back."""

    not_yet = _("Nothing is read yet")

    file = forms.FileField(
        label=_("File: .xlsx or .docx in the columns of the base"),
        error_messages={"required": _("Choose a file.")},
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.xlsx"}),
    )


class ContactForm(forms.Form):
    """What was said with a pair that needed a look."""

    rule = forms.CharField(max_length=40, widget=forms.HiddenInput)
    spoken_with = forms.ChoiceField(label=_("Whom you spoke with"), choices=SpokenWith.choices)
    spoken_on = forms.DateField(label=_("Day of the conversation"), widget=DateInput())
    words = forms.CharField(
        label=_("What was agreed"),
        max_length=300,
        help_text=_("One line in neutral words."),
        error_messages={"required": _("Write what was agreed: one line is enough.")},
    )


def contact_form(rule: str, *, of: int = 0) -> ContactForm:
    """Return an empty form of a conversation about one reason; `of` tells the pairs of one page apart."""
    return ContactForm(
        initial={"rule": rule, "spoken_on": today(), "spoken_with": SpokenWith.MENTOR},
        auto_id=f"{rule}_{of}_%s",
    )


class EndForm(forms.Form):
    """How a pair ends: why, where it is before the time, and what each of its people says of the next year."""

    reason = forms.CharField(
        label=_("Why it ends"),
        max_length=300,
        help_text=_("One line in neutral words."),
        error_messages={"required": _("Write why the pair ends early: one line is enough.")},
    )

    def __init__(
        self, how: MentorshipStatus, last: Iterable[Participation], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked: dict[str, int] = {}
        if how == MentorshipStatus.CANCELLED:
            return
        self.fields["reason"].required = False
        self.fields["reason"].label = _("A word on it, if you like")
        self.fields["reason"].help_text = _("In neutral words.")
        for record in last:
            name = f"after_{record.pk}"
            self.asked[name] = record.pk
            self.fields[name] = forms.ChoiceField(
                label=record.person.full_name,
                choices=AfterEnd.choices,
                initial=AfterEnd.LATER,
                required=False,
            )

    @property
    def after(self) -> dict[int, AfterEnd]:
        """Return record → what was said."""
        data = self.cleaned_data
        return {key: AfterEnd(data[name] or AfterEnd.LATER) for name, key in self.asked.items()}

    @property
    def people(self) -> list[forms.BoundField]:
        """Return the fields of the people."""
        return [self[name] for name in self.asked]


class PauseForm(forms.Form):
    """From when to when a pair pauses, and why (method.md §3.4)."""

    first = forms.DateField(label=_("First day without meetings"), widget=DateInput())
    last = forms.DateField(label=_("Last day without meetings"), widget=DateInput())
    cause = forms.ChoiceField(
        label=_("Why"),
        choices=[("", "…"), *ExtensionCause.choices],
        help_text=_("Whose absence and which illness is not written anywhere."),
    )

    def __init__(self, waiting: OrderLine | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if waiting is not None:
            self.initial = {
                "first": waiting.pause_from,
                "last": waiting.pause_until,
                "cause": waiting.cause,
            }


class ExtendForm(forms.Form):
    """How much more time a pair gets, and why (method.md §3.4)."""

    ends_on = forms.DateField(label=_("New last day"), widget=DateInput())
    cause = forms.ChoiceField(
        label=_("Why"),
        choices=[("", "…"), *ExtensionCause.choices],
        help_text=_("Whose absence and which illness is not written anywhere."),
    )

    def __init__(
        self, pair: Mentorship, waiting: OrderLine | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.pair = pair
        if waiting is not None:
            self.initial = {"ends_on": waiting.ends_on, "cause": waiting.cause}

    def clean_ends_on(self) -> dt.date:
        """See that the day gives time, at most a year."""
        day: dt.date = self.cleaned_data["ends_on"]
        if day <= self.pair.ends_on:
            raise forms.ValidationError(
                _("It has to be after %(day)s, the present last day."),
                params={"day": f"{self.pair.ends_on:%d.%m.%Y}"},
            )
        if day > self.pair.ends_on + dt.timedelta(LONGEST_EXTENSION_DAYS):
            raise forms.ValidationError(
                _("At most one year more at a time: look at the year again.")
            )
        return day


class MenteeForm(forms.Form):
    """What becomes of one mentee of a group."""

    tie = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    step = forms.ChoiceField(choices=[(step, step) for step in ("leave", "pause", "resume")])
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)


class ReplaceForm(forms.Form):
    """Who leads the pair from now on, and why; `leads_on` says that the moves give the old mentor somebody else."""

    mentor = forms.ModelChoiceField(Participation.objects.none(), widget=forms.HiddenInput)
    cause = forms.ChoiceField(label=_("Why"), choices=[("", "…"), *EndCause.choices])
    words = forms.CharField(
        label=_("In your own words"),
        max_length=300,
        help_text=_("In neutral words; needed only where «something else» is chosen."),
        required=False,
    )

    def __init__(
        self,
        user: SignedIn,
        mentors: Iterable[Participation],
        *args: Any,
        leads_on: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.leads_on = leads_on
        keys = [row.pk for row in mentors]
        if not keys:
            # others move along: who goes where is on the page, and is looked up anew
            del self.fields["mentor"]
            return
        rows = Participation.objects.visible_to(user).filter(pk__in=keys)
        offer_rows(self, "mentor", rows.select_related("person"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("cause") == EndCause.OTHER and not data.get("words"):
            self.add_error("words", _("Write in a few words why the mentor is replaced."))
        if self.leads_on and data.get("cause") in GONE:
            self.add_error(
                "cause",
                _(
                    "With this cause the mentor cannot lead anybody else, and the moves below need it. Put another mentor into the base or raise the limit of one."
                ),
            )
        return data


class MonthFilter(forms.Form):
    """Which pairs stand on the screen of a month."""

    q = forms.CharField(
        label=_("Name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or part of it")}),
    )
    form = forms.ChoiceField(label=_("Form"), required=False)

    def __init__(self, programme: Programme | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = programme.forms.all() if programme else ()
        offer(self, "form", [("", _("All forms")), *((form.code, form.title) for form in codes)])


class NoteForm(forms.Form):
    """One press about one meeting: what was seen, what is said, whose word it is."""

    meeting = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    seen_status = forms.ChoiceField(choices=MeetingStatus, widget=forms.HiddenInput)
    seen_on = forms.DateField(widget=forms.HiddenInput)
    say = forms.ChoiceField(choices=[(word, word) for word in SAYINGS])
    side = forms.ChoiceField(choices=[("", ""), *Side.choices], required=False)
    tie = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    on = forms.DateField(label=_("Another day"), required=False, widget=DateInput())
    words = forms.CharField(
        label=_("Note in neutral words"),
        max_length=300,
        required=False,
        help_text=_("The school reads it, the pair does not."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # the buttons for a side carry it with the word: good-mentor, in a group help-mentee-12
        if data.get("say") in _NEED_A_SIDE and not data.get("side"):
            raise forms.ValidationError(_("Say whose mark it is."))
        return data

    @property
    def voice(self) -> Voice | None:
        """Return whose mark it is."""
        data = self.cleaned_data
        return Voice(Side(data["side"]), data["tie"]) if data["side"] else None


def said(data: Mapping[str, Any], own: Voice | None) -> dict[str, Any]:
    """Return a pressed button as the data of `NoteForm`: «good-mentee» is a word and a side, an own voice goes before."""
    word, _dash, whose = str(data.get("press", "")).partition("-")
    side, _dash, tie = whose.partition("-")
    fields = ("meeting", "seen_status", "seen_on") if own else (
        "meeting", "seen_status", "seen_on", "on", "words",
    )  # fmt: skip
    return {
        **{name: data.get(name, "") for name in fields},
        "say": word,
        "side": own.side.value if own else side,
        "tie": own.tie or "" if own else tie,
    }


def picked(data: Mapping[str, Any]) -> dict[tuple[int, MeetingStatus, dt.date], MeetingStatus]:
    """Return what was picked on the screen of a month: meeting as it was seen → what became of it."""
    found = {}
    for name, value in data.items():
        if (cell := _CELL.fullmatch(name)) and value in OUTCOMES:
            key, status, day = cell.groups()
            try:
                seen = (int(key), MeetingStatus(status), dt.date.fromisoformat(day))
            except ValueError:
                continue
            found[seen] = MeetingStatus(value)
    return found
