"""Forms of people and accounts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.validators import MaxValueValidator
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Role, SignedIn
from nastavnik.core.hooks import role_scopes
from nastavnik.core.text import fold
from nastavnik.core.ui.forms import DateInput, FilesField, FilesInput, offer, offer_rows
from nastavnik.organisations.models import Organisation, Partner
from nastavnik.people.access import roles_given
from nastavnik.people.adapter import Answers, Field, SheetLayout, Understanding, WaitingRow
from nastavnik.people.choices import (
    LEARNERS,
    MAY_BE_MINORS,
    ROLE_TITLES,
    ColumnMeaning,
    PersonKind,
    RosterKind,
)
from nastavnik.people.models import Person, StudyGroup, User
from nastavnik.people.queries import GRADUATES, MERGED_FIELDS, ClassRow, has_login

#: From the least to the most: what nobody looked at is the least.
FROM_THE_LEAST = (
    Role.MENTEE,
    Role.MENTOR,
    Role.CLASS_TEACHER,
    Role.SOCIAL_TEACHER,
    Role.PSYCHOLOGIST,
    Role.DEPUTY_DIRECTOR,
    Role.DIRECTOR,
    Role.CURATOR,
)
GIVEN_TO_MANY = (Role.MENTEE, Role.MENTOR, Role.CLASS_TEACHER)


class SignInForm(forms.Form):
    not_yet = _("Not signed in yet")

    login = forms.CharField(
        label=_("Mail address or login"),
        max_length=150,  # as of an account; failures are counted under it in a column with an end
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        """Check the pair of login and password; never say which of the two was wrong."""
        data = super().clean() or {}
        if data.get("login") and data.get("password"):
            user = authenticate(
                self.request, username=data["login"].strip().lower(), password=data["password"]
            )
            if not isinstance(user, User):
                raise forms.ValidationError(
                    _(
                        "The address and the password do not go together. Check the keyboard layout and Caps Lock; "
                        "the address is kept, type the password once more."
                    )
                )
            if user.one_time_until and user.one_time_until < timezone.now():
                # the password was right, so this tells nobody else anything
                raise forms.ValidationError(
                    _(
                        "The time of this one-time password is over: the curator or the director gives a new slip."
                    )
                )
            self.user = user
        return data


class NewLoginForm(forms.Form):
    """A login nobody has yet."""

    login = forms.CharField(
        label=_("Login"), max_length=150, help_text=_("A mail address or a short word.")
    )

    def clean_login(self) -> str:
        login = str(self.cleaned_data["login"]).strip().lower()
        if has_login(login):
            raise forms.ValidationError(_("This login is taken: add a figure or a dot."))
        return login


class NewAccountForm(NewLoginForm):
    """A new login and a first password, which somebody gives in person and which is changed at first use."""

    password = forms.CharField(
        label=_("First password"),
        min_length=10,
        strip=False,
        help_text=_(
            "At least 10 characters; give it in person, it is changed at the first sign-in."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, User(login=self.cleaned_data.get("login", "")))
        return password


class AccountForm(NewLoginForm):
    """A new account with a role, or a role for somebody of the roster."""

    field_order = ("person", "full_name", "role", "login", "form_codes")

    person = forms.ModelChoiceField(
        Person.objects.none(),
        required=False,
        label=_("Person of the roster"),
        help_text=_(
            "For a class teacher, a mentor and a mentee it says whose class and whose pairs."
        ),
    )
    full_name = forms.CharField(
        label=_("Full name"), max_length=320, required=False, help_text=_("If not on the roster.")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, ROLE_TITLES[role]) for role in FROM_THE_LEAST]
    )
    form_codes = forms.MultipleChoiceField(
        label=_("Only these forms"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a curator of one direction; nothing ticked means all forms."),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = set(roles_given(user, user.workplace))
        offer(
            self, "role", [(one.value, ROLE_TITLES[one]) for one in FROM_THE_LEAST if one in given]
        )
        choices = role_scopes.role_scopes_of(user) if Role.CURATOR in given else []
        offer(self, "form_codes", choices)
        if not choices:
            del self.fields["form_codes"]
        offer_rows(self, "person", Person.objects.visible_to(user).present().filter(account=None))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("person") and not data.get("full_name"):
            self.add_error("full_name", _("Choose a person of the roster or write the full name."))
        if data.get("role") in (Role.MENTOR, Role.MENTEE, Role.CLASS_TEACHER) and not data.get(
            "person"
        ):
            self.add_error("person", _("For this role choose a person of the roster."))
        if data.get("form_codes") and data.get("role") != Role.CURATOR:
            self.add_error("form_codes", _("Only a curator can be narrowed to some forms."))
        return data


class PasswordForm(forms.Form):
    """A password of one's own; the old one is asked for, unless it is a one-time one just typed at sign-in."""

    not_yet = _("Not changed yet")

    old = forms.CharField(
        label=_("The password of now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        min_length=10,
        strip=False,
        help_text=_("At least 10 characters: three or four words are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, request: HttpRequest, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user
        if user.must_change_password:
            del self.fields["old"]

    def clean_old(self) -> str:
        """Ask as sign-in does, so that wrong tries are counted here too."""
        old = str(self.cleaned_data["old"])
        if authenticate(self.request, username=self.user.login, password=old) is None:
            raise forms.ValidationError(
                _("This is not the password of now. Check the keyboard layout and Caps Lock.")
            )
        return old

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        if self.user.check_password(password):
            raise forms.ValidationError(_("This is the password of before: choose another one."))
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two passwords differ: type the same twice."))
        return data


class CodeForm(forms.Form):
    """The code of the second step of a sign-in."""

    not_yet = _("Not signed in yet")

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six figures from the telephone, or a recovery code from paper."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class SecondStepForm(forms.Form):
    """What is asked before the second step is switched on, off, or its recovery codes are made anew."""

    not_yet = _("Nothing is changed yet")

    password = forms.CharField(
        label=_("The password of now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six figures from the telephone."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def __init__(
        self, request: HttpRequest, user: User, *args: Any, is_on: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user
        if is_on:
            self.fields["code"].help_text = CodeForm.base_fields["code"].help_text

    def clean_password(self) -> str:
        """Ask as sign-in does, so that wrong tries are counted here too."""
        password = str(self.cleaned_data["password"])
        if authenticate(self.request, username=self.user.login, password=password) is None:
            raise forms.ValidationError(
                _("This is not the password of now. Check the keyboard layout and Caps Lock.")
            )
        return password


class SlipsForm(forms.Form):
    """For whom slips are made: those who sign in already, a class, or the staff."""

    STAFF = "staff"

    group = forms.ChoiceField(label=_("Who"), required=False)
    role = forms.ChoiceField(
        label=_("Role of those who have no account yet"),
        required=False,
        choices=[(role.value, ROLE_TITLES[role]) for role in GIVEN_TO_MANY],
    )

    def __init__(self, groups: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(f"={name}", name) for name in groups]
        offer(self, "group", [("", _("Those who sign in")), (self.STAFF, _("All staff")), *own])

    @property
    def chosen(self) -> Role:
        """Return the role of the newcomers, the least one where none is named."""
        return Role(self.cleaned_data.get("role") or GIVEN_TO_MANY[0])


class PersonFilter(forms.Form):
    q = forms.CharField(
        label=_("Name"),
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or part of it")}),
    )
    group = forms.ChoiceField(label=_("Class"), required=False)
    kind = forms.ChoiceField(
        label=_("Who"), required=False, choices=[("", _("Everybody")), *PersonKind.choices]
    )

    def __init__(self, groups: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "group", [("", _("All classes")), *((name, name) for name in groups)])


CASES = ("genitive", "dative", "instrumental")


class PersonForm(forms.ModelForm[Person]):
    template_name = "people/person_fields.html"
    group = forms.CharField(
        label=_("Class or group"),
        required=False,
        max_length=30,
        help_text=_("For pupils and students."),
    )

    class Meta:
        model = Person
        fields = [
            "kind", "last_name", "first_name", "patronymic", "gender", "birth_date", "position", "subject",
            "work_started_on", "partner", "genitive", "dative", "instrumental",
        ]  # fmt: skip
        widgets = {"birth_date": DateInput(), "work_started_on": DateInput()}
        help_texts = {"position": _("As it should stand in the order.")}

    def __init__(
        self, user: SignedIn, organisation: Organisation, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        partners = Partner.objects.visible_to(user).filter(organisation=organisation)
        offer_rows(self, "partner", partners)

    @property
    def has_own_cases(self) -> bool:
        """Whether a case of the name was written by hand or is written wrongly: then it is not folded away."""
        return any(self[name].value() or self[name].errors for name in CASES)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if kind in MAY_BE_MINORS and not data.get("birth_date"):
            self.add_error("birth_date", _("Without it nobody knows who signs the consent."))
        if kind in LEARNERS and not data.get("group"):
            self.add_error("group", _("A pupil needs a class."))
        if kind == PersonKind.EMPLOYER and not data.get("partner"):
            self.add_error(
                "partner", _("Choose the enterprise; a new one is added in the settings.")
            )
        return data


class ListUploadForm(forms.Form):
    """Files or a pasted table: one of the two."""

    not_yet = _("No list is read yet")

    kind = forms.ChoiceField(
        label=_("Who is in the list"),
        required=False,
        choices=[("", _("The list itself shows it")), *RosterKind.choices],
    )
    file = FilesField(
        label=_("Files .xlsx or .csv"),
        required=False,
        help_text=_(
            "As they come from the electronic journal, from 1C or from your own tables; several classes at once as well."
        ),
        widget=FilesInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv,.tsv,.txt,.html,.htm"}),
    )
    pasted = forms.CharField(
        label=_("Or paste a table here"),
        required=False,
        help_text=_("Select the cells in Excel or Word, copy, and paste."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def clean_kind(self) -> RosterKind | None:
        kind = self.cleaned_data["kind"]
        return RosterKind(kind) if kind else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("file") and not (data.get("pasted") or "").strip():
            raise forms.ValidationError(_("Choose a file or paste a table."))
        return data


class ColumnsForm(forms.Form):
    """How a draft is read: every guess, open to change."""

    kind = forms.ChoiceField(label=_("Who is in the list"), choices=RosterKind.choices)
    header_row = forms.IntegerField(
        label=_("Row of the header"),
        required=False,
        min_value=1,
        help_text=_("Its last line, as Excel numbers rows; leave blank if there is none."),
    )
    group = forms.CharField(
        label=_("Class, where the list names none"), required=False, max_length=30
    )

    def __init__(
        self, found: Understanding, n_columns: int, *args: Any, n_rows: int, **kwargs: Any
    ) -> None:
        layout = found.layout
        initial = {
            "kind": found.kind,
            "header_row": None if layout.header_row is None else layout.header_row + 1,
            "group": found.group,
        }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.found = found
        for column in range(n_columns):
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=_("Column %(n)s") % {"n": column + 1},
                choices=ColumnMeaning.choices,
                initial=str(layout.columns.get(column, Field.IGNORE)),
            )
        cast("forms.IntegerField", self.fields["header_row"]).validators.append(
            MaxValueValidator(n_rows, _("The list has only %(limit_value)s rows."))
        )
        self.columns = [self[f"column_{column}"] for column in range(n_columns)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        seen: set[str] = {ColumnMeaning.IGNORE, ColumnMeaning.NUMBER}
        for column in self.columns:
            meaning = data.get(column.name, "")
            if meaning and meaning in seen - {ColumnMeaning.IGNORE, ColumnMeaning.NUMBER}:
                words = ColumnMeaning(meaning).label
                self.add_error(column.name, _("Two columns cannot both be “%s”.") % words)
            seen.add(meaning)
        return data

    def understanding(self) -> Understanding:
        """Return how the list is to be read now; columns too far to the right stay as guessed."""
        data = self.cleaned_data
        before = self.found.layout
        row = data["header_row"]
        header_row = None if row is None else row - 1
        columns = dict(before.columns)
        for number, column in enumerate(self.columns):
            if number in columns or data[column.name] != ColumnMeaning.IGNORE:
                columns[number] = Field(data[column.name])
        n_lines = before.n_header_rows if header_row == before.header_row else 1
        return replace(
            self.found,
            kind=RosterKind(data["kind"]),
            layout=SheetLayout(header_row, columns, n_lines),
            group=data["group"],
        )


@dataclass(frozen=True)
class WaitingLine:
    """A row that waits as the curator corrects it.

    Attributes:
        row: its number in the list.
        reasons: what is wrong or asked.
        fields: its controls, one a value.
        take: the box that takes it in spite of a question; None where nothing is asked.
    """

    row: int
    reasons: tuple[str, ...]
    fields: tuple[BoundField, ...]
    take: BoundField | None


class WaitingRowsForm(forms.Form):
    """Rows of a list that wait: corrected in place, or taken in spite of a question.

    The controls lie inside a table and belong to the form of the columns, so that one press keeps both.
    """

    def __init__(
        self,
        kind: RosterKind,
        waiting: Mapping[int, WaitingRow],
        reasons: Mapping[int, tuple[str, ...]],
        asked: Iterable[int],
        answers: Answers,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data)
        self.answers = answers
        self.kind = kind
        names = _PUPIL_FIELDS if kind is RosterKind.PUPILS else _STAFF_FIELDS
        self.asked = sorted(asked)
        wanted = set(self.asked)
        self.lines = [
            WaitingLine(
                row,
                reasons[row],
                tuple(self._add_value(row, str(name), getattr(one, name)) for name in names),
                self._add_box(row) if row in wanted else None,
            )
            for row, one in sorted(waiting.items())
        ]

    def _add_value(self, row: int, name: str, initial: str) -> BoundField:
        label = ColumnMeaning(name).label
        self.fields[f"row_{row}_{name}"] = forms.CharField(
            label=label,
            required=False,
            max_length=200,
            initial=initial,
            widget=forms.TextInput(attrs={"form": "columns"}),
        )
        return self[f"row_{row}_{name}"]

    def _add_box(self, row: int) -> BoundField:
        self.fields[f"take_{row}"] = forms.BooleanField(
            label=_("take row %(row)s") % {"row": row},
            required=False,
            widget=forms.CheckboxInput(attrs={"form": "columns"}),
        )
        return self[f"take_{row}"]

    def taken(self) -> list[int]:
        """Return the rows ticked, or all that are asked about."""
        if "take_all" in self.data:
            return self.asked
        return [line.row for line in self.lines if line.take and self.cleaned_data[line.take.name]]

    def corrected(self) -> dict[int, dict[str, str]]:
        """Return the rows in which something was typed, with all their values."""
        found = {}
        for line in self.lines:
            sent = {field.name: field for field in line.fields if field.name in self.data}
            typed = {name: str(self.cleaned_data[name]).strip() for name in sent}
            if any(typed[name] != (field.initial or "") for name, field in sent.items()):
                found[line.row] = {name.split("_", 2)[2]: text for name, text in typed.items()}
        return found

    def returned(self) -> list[int]:
        """Return the answered rows that are to wait again."""
        answered = self.answers.taken | set(self.answers.corrected)
        return [row for row in sorted(answered) if f"back_{row}" in self.data]


_NAME_FIELDS = (Field.LAST_NAME, Field.FIRST_NAME, Field.PATRONYMIC, Field.BIRTH_DATE)
_PUPIL_FIELDS = (*_NAME_FIELDS, Field.GROUP)
_STAFF_FIELDS = (*_NAME_FIELDS, Field.POSITION, Field.SUBJECT)


class NextYearForm(forms.Form):
    """What becomes of each class of a year: its name next year, the end of school, or nothing yet."""

    GO, FINISH, SKIP = "go", "finish", "skip"

    def __init__(self, rows: Iterable[ClassRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        choices = [
            (self.GO, _("goes on as")),
            (self.FINISH, _("has finished school")),
            (self.SKIP, _("not yet")),
        ]
        for row in self.rows:
            what, name = self._names(row)
            usual = self.FINISH if row.is_last else self.GO
            self.fields[what] = forms.ChoiceField(
                label=row.group.name, choices=choices, initial=usual
            )
            self.fields[name] = forms.CharField(
                label=_("Name next year"),
                max_length=30,
                required=False,
                initial="" if row.is_last else row.next_name,
            )

    @staticmethod
    def _names(row: ClassRow) -> tuple[str, str]:
        return f"what_{row.group.pk}", f"name_{row.group.pk}"

    @property
    def lines(self) -> list[tuple[ClassRow, forms.BoundField, forms.BoundField]]:
        """Return each class with its two fields."""
        return [(row, self[self._names(row)[0]], self[self._names(row)[1]]) for row in self.rows]

    def clean(self) -> dict[str, Any]:
        """See that whoever goes on has a name, and no two the same."""
        data = super().clean() or {}
        seen: dict[str, str] = {}
        for row in self.rows:
            what, name = self._names(row)
            given = " ".join((data.get(name) or "").split())
            data[name] = given
            if data.get(what) != self.GO:
                continue
            if not given:
                self.add_error(name, _("Write what the class is called next year."))
            elif fold(given) in seen:
                self.add_error(
                    name, _("%(other)s has this name already.") % {"other": seen[fold(given)]}
                )
            seen.setdefault(fold(given), row.group.name)
        return data

    @property
    def plan(self) -> dict[StudyGroup, str]:
        """Return class → its name next year, `GRADUATES` for who has finished; those left for later are not in it."""
        said = {row.group: self._names(row) for row in self.rows}
        data = self.cleaned_data
        return {
            group: data[name] if data[what] == self.GO else GRADUATES
            for group, (what, name) in said.items()
            if data[what] != self.SKIP
        }


class ClassTeacherForm(forms.Form):
    teacher = forms.ModelChoiceField(
        Person.objects.none(), required=False, label=_("Class teacher")
    )

    def __init__(self, user: SignedIn, group: StudyGroup, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("teacher", group.class_teacher_id)
        offer_rows(
            self,
            "teacher",
            Person.objects.visible_to(user).filter(
                organisation_id=group.organisation_id, kind=PersonKind.TEACHER, left_on=None
            ),
        )


class MergeForm(forms.Form):
    """Of two cards: which stays, and for each field that differs whose words are kept."""

    stays = forms.ChoiceField(label=_("Which card stays"), widget=forms.RadioSelect)

    def __init__(self, one: Person, other: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "stays", [(str(card.pk), card.full_name) for card in (one, other)])
        self.fields["stays"].initial = str(one.pk)
        self.differing = []
        for name in MERGED_FIELDS:
            ours, theirs = (shown_field(card, name) for card in (one, other))
            if ours == theirs:
                continue
            field = Person._meta.get_field(name)
            label = str(getattr(field, "verbose_name", name))
            choice = forms.ChoiceField(label=label, widget=forms.RadioSelect)
            self.fields[name] = choice
            offer(self, name, [(str(one.pk), ours or "—"), (str(other.pk), theirs or "—")])
            choice.initial = str(one.pk if ours else other.pk)
            self.differing.append(name)

    def taken(self, gone: Person) -> dict[str, bool]:
        """Return for each field that differs whether its words come from the card that goes."""
        return {name: self.cleaned_data[name] == str(gone.pk) for name in self.differing}


def shown_field(person: Person, name: str) -> str:
    """Return what a card says in a field, as a page shows it."""
    value = getattr(person, name)
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    display = getattr(person, f"get_{name}_display", None)
    return str(display() if display else value or "")
