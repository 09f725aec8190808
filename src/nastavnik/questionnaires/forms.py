import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.ui.forms import DateInput, FilesField, FilesInput, offer
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm, Programme
from nastavnik.questionnaires.choices import USUAL_DAYS, Mode
from nastavnik.questionnaires.models import InstrumentVersion, Wave
from nastavnik.questionnaires.queries import AudienceRule, PaperQueue

_BOTH = "both"


class WaveForm(forms.Form):
    """A wave: what is asked, whom, until when."""

    version = forms.ChoiceField(label=_("Questionnaire"))
    audience = forms.ChoiceField(label=_("Who is asked"))
    title = forms.CharField(
        label=_("Name of the wave"),
        max_length=200,
        required=False,
        help_text=_("Empty: the name of the questionnaire. People who answer see it."),
    )
    opens_on = forms.DateField(label=_("First day"), widget=DateInput())
    closes_on = forms.DateField(label=_("Last day"), widget=DateInput())
    mode = forms.ChoiceField(
        label=_("Names"),
        choices=Mode.choices,
        initial=Mode.NAMED,
        help_text=_(
            "In a confidential wave you see who has answered, never what; results are shown after the close and from five answers up."
        ),
    )

    def __init__(
        self, user: SignedIn, programme: Programme, *args: Any, code: str = "", **kwargs: Any
    ) -> None:
        self.versions = {
            str(one.pk): one
            for one in InstrumentVersion.objects.visible_to(user)
            .in_use()
            .filter(role__in=Side.values)
            .order_by("title")
        }
        own = user.viewer.own_form_codes(programme.organisation_id)
        forms_there = MentoringForm.objects.visible_to(user).filter(programmes=programme)
        self.forms_there = {
            str(one.pk): one for one in forms_there.distinct() if not own or one.code in own
        }
        asked = next((one for one in self.versions.values() if one.code == code), None)
        kwargs.setdefault("initial", self._usual(asked))
        super().__init__(*args, **kwargs)
        offer(self, "version", [(key, one.title) for key, one in self.versions.items()])
        offer(self, "audience", self._audiences(may_all=not own))

    def _usual(self, asked: InstrumentVersion | None) -> dict[str, Any]:
        initial: dict[str, Any] = {
            "opens_on": today(),
            "closes_on": today() + dt.timedelta(days=USUAL_DAYS),
        }
        if asked is not None:
            initial["version"] = str(asked.pk)
            if asked.role in Side.values:
                fitting = [key for key, one in self.forms_there.items() if one.code in asked.forms]
                initial["audience"] = f"{asked.role}:{fitting[0] if len(fitting) == 1 else ''}"
        return initial

    def _audiences(self, *, may_all: bool) -> list[tuple[str, Any]]:
        sides = {Side.MENTEE.value: _("All mentees"), Side.MENTOR.value: _("All mentors")}
        found: list[tuple[str, Any]] = []
        for side, words in sides.items():
            if may_all:
                found.append((f"{side}:", words))
            found += [
                (f"{side}:{key}", f"{Side(side).label}: {form.title}")
                for key, form in self.forms_there.items()
            ]
        if may_all:
            found.append((f"{_BOTH}:", _("Everybody in both bases")))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("opens_on"), data.get("closes_on")
        if first and last and last < max(first, today()):
            self.add_error("closes_on", _("The last day is before anybody could answer."))
        return data

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        side, _colon, key = data["audience"].partition(":")
        return {
            "version": self.versions[data["version"]],
            "rule": AudienceRule("" if side == _BOTH else side, self.forms_there.get(key)),
            "title": data["title"],
            "opens_on": data["opens_on"],
            "closes_on": data["closes_on"],
            "mode": data["mode"],
        }


class LastDayForm(forms.Form):
    """Until when answers are taken."""

    closes_on = forms.DateField(label=_("Last day"), widget=DateInput())


class InstrumentFileForm(forms.Form):
    """A file that holds a questionnaire."""

    file = forms.FileField(
        label=_("File .yaml or .xlsx (XLSForm)"),
        max_length=255,
        help_text=_("One that was saved from here, or a form of ODK, Kobo or another school."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,.json,.xlsx"}),
    )


#: Sheets for whoever is asked, also for who has answered.
EVERYBODY = "all"
MOST_SPARE = 300
_USUAL_SPARE = 2


class PrintForm(forms.Form):
    """Whom sheets are printed for, and how many without a name beside them."""

    who = forms.ChoiceField(label=_("For whom"), required=False, widget=forms.RadioSelect())
    spare = forms.IntegerField(label=_("Sheets without a name"), min_value=0, max_value=MOST_SPARE)

    def __init__(self, wave: Wave, queue: PaperQueue, *args: Any, **kwargs: Any) -> None:
        n = len(queue.rows)
        kwargs.setdefault(
            "initial", {"who": "", "spare": n if wave.is_confidential else _USUAL_SPARE}
        )
        super().__init__(*args, **kwargs)
        if wave.is_confidential:
            del self.fields["who"]
            return
        self.fields["spare"].help_text = _(
            "For who has spoilt the own sheet: whose it is, you say when it comes back."
        )
        classes = [
            (
                f"={group}",
                _("%(group)s: %(n)s") % {"group": group or _("Without a class"), "n": len(rows)},
            )
            for group, rows in queue.groups
        ]
        offer(
            self,
            "who",
            [
                ("", _("Everybody who has not answered: %(n)s") % {"n": n}),
                *(classes if len(classes) > 1 else ()),
                (EVERYBODY, _("Everybody who is asked, answered or not")),
            ],
        )

    @property
    def n_spare(self) -> int:
        """How many sheets without a name."""
        return int(self.cleaned_data["spare"])


#: Of one press: sixty pages of a scanner, some twenty photos as they come from a phone.
MOST_MEGABYTES = 60
MOST_FILES = 300


class PileForm(forms.Form):
    """Scans and photos of sheets."""

    scans = FilesField(
        label=_("Scans and photos: .pdf, .jpg, .png, several at once"),
        max_length=255,
        widget=FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png", "multiple": True}),
    )

    def clean_scans(self) -> list[Any]:
        """Refuse more files than one press takes.

        Raises:
            forms.ValidationError: there are.
        """
        files: list[Any] = self.cleaned_data["scans"]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                _("At most %(n)s files at once: load the rest afterwards.") % {"n": MOST_FILES}
            )
        return files
