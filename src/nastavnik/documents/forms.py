"""Forms of the register."""

import datetime as dt
from typing import Any
from zlib import crc32

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from nastavnik.core.ui.forms import DateInput
from nastavnik.documents.choices import MINUTES, Ask
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import PaperQuestion, Reply, kind_of

_CASES = {
    "genitive": _("of whom? (genitive)"),
    "dative": _("to whom? (dative)"),
    "accusative": _("whom? (accusative)"),
    "instrumental": _("by whom? (instrumental)"),
}
_MOST = 200
_MOST_LINES = 4000


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the registration is taken back"),
        max_length=300,
        help_text=_("One line in neutral words: it stays with the paper."),
        error_messages={
            "required": _("Write why the registration is taken back: one line is enough.")
        },
    )


class CheckForm(forms.Form):
    """A file to look through."""

    not_yet = _("Nothing is checked yet")

    file = forms.FileField(
        label=_("File: Word, PDF, OpenDocument, Excel, text"),
        max_length=255,
        help_text=_("Up to 10 MB. It is read and forgotten: nothing of it stays on the site."),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".docx,.pdf,.odt,.xlsx,.ods,.html,.htm,.txt"}),
    )


class RequisitesForm(forms.Form):
    number = forms.CharField(label=_("Number of the order"), max_length=40, required=False)
    dated_on = forms.DateField(label=_("Date of the order"), required=False, widget=DateInput())


def _text(label: Any) -> forms.CharField:  # noqa: ANN401 - a lazy text
    return forms.CharField(label=label, max_length=_MOST, required=False)


def _day(label: Any) -> forms.DateField:  # noqa: ANN401 - a lazy text
    return forms.DateField(label=label, required=False, widget=DateInput())


def _tick(label: Any) -> forms.BooleanField:  # noqa: ANN401 - a lazy text
    return forms.BooleanField(label=label, required=False)


def _field_of(doubt: dict[str, str]) -> str:
    """Name the field by what it asks, so that a draft drawn anew meanwhile mixes up nothing."""
    return f"word{crc32(doubt['key'].encode()):x}"


def _minutes(ask: Ask, absent: Any) -> dict[str, forms.Field]:  # noqa: ANN401 - a lazy text
    return {
        f"{ask.value}_number": _text(_("Number")),
        f"{ask.value}_on": _day(_("Date")),
        f"{ask.value}_absent": _tick(absent),
    }


def _question(one: PaperQuestion, document: Document) -> forms.Field:
    if one.choices is not None:
        choices = [("", "—"), *one.choices(document)]
        return forms.ChoiceField(
            label=one.label, required=False, choices=choices, help_text=one.hint
        )
    if one.reply == Reply.DAY:
        return forms.DateField(
            label=one.label, required=False, widget=DateInput(), help_text=one.hint
        )
    is_long = one.reply == Reply.LINES
    field = forms.CharField(
        label=one.label,
        max_length=_MOST_LINES if is_long else _MOST,
        required=False,
        help_text=one.hint,
        widget=forms.Textarea({"rows": 4}) if is_long else forms.TextInput(),
    )
    field.wide = is_long  # type: ignore[attr-defined]
    return field


class ParticularsForm(forms.Form):
    """What a draft asks, as its content says; every answer may be left out, then a line is printed to fill by hand.

    A value kept in `Document.entered` is a text, true or false; a day is its ISO text.
    """

    def __init__(self, document: Document, data: Any = None) -> None:  # noqa: ANN401 - a QueryDict
        self.document = document
        self.doubts: list[dict[str, str]] = document.content.get("doubts", [])
        entered = document.entered
        words = entered.get("words", {})
        super().__init__(data, initial=entered)
        for ask in document.content.get("asks", []):
            self.fields.update(_FIELDS[Ask(ask)]())
        self.questions = kind_of(document).questions
        self.fields.update({one.name: _question(one, document) for one in self.questions})
        if "curator_post" in self.fields and not entered.get("curator_post"):
            self.initial["curator_post"] = document.content.get("curator_post", "")
        for one in self.doubts:
            name = _field_of(one)
            field = _text(f"{one['given']}: {_CASES[one['case']]}")
            self.fields |= {name: field, f"{name}_ok": _tick(_("Checked: print it so"))}
            self.initial[name] = one["made"]
            self.initial[f"{name}_ok"] = one["key"] in words

    def clean(self) -> dict[str, Any]:
        """See that a paper has its minutes whole, and that they are not there and absent at once."""
        cleaned = super().clean() or {}
        for ask in MINUTES:
            named = bool(cleaned.get(f"{ask}_number") or cleaned.get(f"{ask}_on"))
            if named and cleaned.get(f"{ask}_absent"):
                self.add_error(
                    f"{ask}_absent", ValidationError(_("Minutes are named, and there are none?"))
                )
        return cleaned

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the questions with their fields, as the page shows them."""
        found = []
        for ask in self.document.content.get("asks", []):
            names = [name for name in self.fields if name.startswith(ask)]
            found.append((str(Ask(ask).label), [self[name] for name in names]))
        if self.questions:
            names = [one.name for one in self.questions]
            found.append((str(_("what only you can tell")), [self[name] for name in names]))
        if self.doubts:
            names = [
                name for one in self.doubts for name in (_field_of(one), f"{_field_of(one)}_ok")
            ]
            found.append(
                (str(_("names whose form is not certain")), [self[name] for name in names])
            )
        return found

    def entered(self) -> dict[str, Any]:
        """Return the answers as they are kept; a form is settled by a tick or by another text, never by saving alone."""
        asked = {name: value for name, value in self.cleaned_data.items() if name[:4] != "word"}
        words = dict(self.document.entered.get("words", {}))
        for one in self.doubts:
            said = self.cleaned_data.get(_field_of(one), "").strip()
            words.pop(one["key"], None)
            if said and (said != one["made"] or self.cleaned_data.get(f"{_field_of(one)}_ok")):
                words[one["key"]] = said
        plain = {
            name: value.isoformat() if isinstance(value, dt.date) else value or ""
            for name, value in asked.items()
        }
        return {**plain, "words": words}


_FIELDS: dict[Ask, Any] = {
    Ask.CURATOR_POST: lambda: {"curator_post": _text(_("Position, as in «who?»"))},
    Ask.METHOD_COUNCIL: lambda: _minutes(
        Ask.METHOD_COUNCIL, _("There was no recommendation: the order does not mention it")
    ),
    Ask.CYCLE_COMMISSION: lambda: _minutes(
        Ask.CYCLE_COMMISSION, _("There was no recommendation: the order does not mention it")
    ),
    Ask.AGREEMENTS: lambda: {
        "agreements_by": _text(_("Full name of who draws them up")),
        "agreements_post": _text(_("Position, as in «who?»")),
        "agreements_until": _day(_("Until which day")),
    },
    Ask.GROUND: lambda: {
        "ground": _text(
            _("A statement, memo or decision with its date and number; empty is not printed")
        )
    },
}
