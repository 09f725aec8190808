"""How every form of the site is drawn: Django's own rendering with our templates and classes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from nastavnik.core.ui.components import NOTHING

_CLASSES: dict[type, str] = {
    forms.CheckboxInput: "form-check-input",
    forms.CheckboxSelectMultiple: "form-check-input",
    forms.RadioSelect: "form-check-input",
    forms.Select: "form-select",
    forms.SelectMultiple: "form-select",
}

# What Django says of a value: in our catalogue too, so that every form says it in the words of the site.
SAID_BY_DJANGO = (
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Enter a valid date."),
)


class StyledField(BoundField):
    """A field whose control carries the class of the theme and shows that it needs another look."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Add the class of the control."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        css = _CLASSES.get(type(widget), "form-control")
        built["class"] = f"{css} is-invalid" if self.errors else css
        return built


class Renderer(TemplatesSetting):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    bound_field_class = StyledField

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        """Draw a widget by its template; a list to choose from by Python, since Django opens a template an option."""
        if template_name == forms.Select.template_name:
            return _drawn_select(context["widget"])
        return super().render(template_name, context, request)


def _drawn_select(widget: dict[str, Any]) -> SafeString:
    """Return what `django/forms/widgets/select.html` draws."""
    groups = (
        (_drawn_group(title, options) if title else _drawn_options(options),)
        for title, options, _index in widget["optgroups"]
    )
    return format_html(
        '<select name="{}"{}>{}\n</select>',
        widget["name"],
        _drawn_attributes(widget["attrs"]),
        format_html_join("", "{}", groups),
    )


def _drawn_group(title: str, options: Iterable[dict[str, Any]]) -> SafeString:
    return format_html('\n  <optgroup label="{}">{}\n  </optgroup>', title, _drawn_options(options))


def _drawn_options(options: Iterable[dict[str, Any]]) -> SafeString:
    return format_html_join(
        "",
        '\n  <option value="{}"{}>{}</option>\n',
        ((str(o["value"]), _drawn_attributes(o["attrs"]), o["label"]) for o in options),
    )


def _drawn_attributes(attributes: Mapping[str, Any]) -> SafeString:
    if not attributes:  # as almost every option
        return NOTHING
    kept = ((name, value) for name, value in attributes.items() if value is not False)
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", n) if v is True else format_html(' {}="{}"', n, str(v)),)
            for n, v in kept
        ),
    )


class RowsField(forms.ModelMultipleChoiceField[Any]):
    """Rows picked by their keys; a key no database holds is a wrong choice, not a failure of the page."""

    def clean(self, value: Any) -> QuerySet[Any]:  # noqa: ANN401 - as Django has it
        """Return the picked rows."""
        try:
            return super().clean(value)
        except OverflowError as error:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value},
            ) from error


class FilesInput(forms.ClearableFileInput):
    """The browser's own choice of several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; cleans to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:  # noqa: ANN401 - as Django has it
        """Return the files, each checked as a file of its own."""
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(FilesField, self).clean(one, initial) for one in given]
        return [file for file in files if file]


class DateInput(forms.DateInput):
    """The browser's own calendar; the value travels as ISO whatever the language."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


def offer(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, Any]]) -> None:
    """Set the choices of a field that are known only when the form is made."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def offer_rows(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Set the rows of a field that are known only when the form is made."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


#: What has not happened when a form comes back; a form that saves nothing says its own (`not_yet`).
NOT_SAVED_YET = gettext_lazy("Not saved yet")
_MOST_NAMED = 5  # errors at the head of a form; each stands at its field too


@dataclass(frozen=True, slots=True)
class FormFault:
    """What stands at the head of a form that came back: the error by its own name, then what to look at."""

    heading: str
    sentences: tuple[str, ...] = ()


def fault_of(form: forms.BaseForm, asked: Iterable[BoundField] | None = None) -> FormFault | None:
    """Return what to say at the head of a form, None when nothing is wrong.

    An error of the whole form is the heading itself; «something is missing» is said only when that is all.

    Args:
        form: the form.
        asked: the fields on the page, where it shows only some of them.
    """
    of_all = [str(error) for error in form.non_field_errors()]
    shown = [field for field in asked or form if field.errors]
    named = [f"{field.label}: {error}" for field in shown for error in field.errors]
    if of_all:
        more = (_("Look at the marked fields below too."),) if named else ()
        return FormFault(of_all[0], (*of_all[1:], *more, *_kept(form)))
    if not named:
        return None
    codes = {error.code for field in shown for error in form.errors.as_data()[field.name]}
    words = {"not_yet": getattr(form, "not_yet", NOT_SAVED_YET)}
    if codes == {"required"}:
        fields = ", ".join(dict.fromkeys(str(field.label) for field in shown))
        return FormFault(
            _("%(not_yet)s: something is missing.") % words, (f"{fields}.", *_kept(form))
        )
    heading = _("%(not_yet)s: look at what is marked.") % words
    return FormFault(heading, (*named[:_MOST_NAMED], *_kept(form)))


def _kept(form: forms.BaseForm) -> Iterator[str]:
    """Say what of the typed is still on the page: browsers send neither a password nor a file back."""
    widgets = [field.widget for field in form.fields.values()]
    secret = [w for w in widgets if isinstance(w, forms.PasswordInput) and not w.render_value]
    if secret:
        yield _("Type the password anew.")
    elif any(isinstance(widget, forms.FileInput) for widget in widgets) and form.files:
        yield _("Choose the file anew.")
    else:
        yield _("What you have typed is still here.")
