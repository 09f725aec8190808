"""How every form of the site is drawn: Django's own rendering with our templates."""

from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


_BOOTSTRAP = {
    forms.CheckboxInput: "form-check-input",
    forms.CheckboxSelectMultiple: "form-check-input",
    forms.RadioSelect: "form-check-input",
    forms.Select: "form-select",
    forms.SelectMultiple: "form-select",
}


class StyledForm(forms.Form):
    """A form whose controls carry the theme's classes and point at their errors and hints."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        style(self)


def style(form: forms.BaseForm) -> None:
    """Give each control of a form its class of the theme."""
    for name, field in form.fields.items():
        widget = field.widget
        css = next(
            (css for kind, css in _BOOTSTRAP.items() if type(widget) is kind), "form-control"
        )
        if name in form.errors if form.is_bound else False:
            css += " is-invalid"
        widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()


class DateInput(forms.DateInput):
    """The browser's own calendar; the value travels as ISO whatever the language."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)
