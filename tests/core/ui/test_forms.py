"""Forms speak as the site does, and a list to choose from is drawn as Django draws it."""

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

from nastavnik.core.ui.forms import Renderer


class Asked(forms.Form):
    points = forms.IntegerField(min_value=0, max_value=1000)
    day = forms.DateField()
    kind = forms.ChoiceField(choices=[("a", "А")])


@pytest.mark.parametrize(("points", "said"), [("1001", "Не больше 1000."), ("-1", "Не меньше 0.")])
def test_limits_are_said_shortly(points, said):
    with translation.override("ru"):
        form = Asked({"points": points, "day": "вчера", "kind": "b"})
        assert form.errors["points"] == [said]
        assert form.errors["day"] == ["Такой даты нет: нужны день, месяц и год."]
        assert form.errors["kind"] == ["Такого варианта в списке нет: b."]


@pytest.mark.parametrize(
    "widget",
    [
        forms.Select(choices=[("", "—"), (5, '<b>"5"</b>'), ("б", "Б")]),
        forms.Select(choices=[("Первые", [(1, "1"), (2, "2")]), ("x", "X")]),
        forms.SelectMultiple(choices=[(1, "1"), (2, "2 & 3")]),
        forms.Select(choices=[]),
    ],
)
@pytest.mark.parametrize("value", [None, 5, "б", [1, 2]])
def test_a_select_is_drawn_as_django_draws_it(widget, value):
    attrs = {"id": "id_kind", "required": True, "disabled": False, "data-about": 'a "b"'}
    context = widget.get_context("kind", value, attrs)
    drawn = Renderer().render(widget.template_name, context)
    by_django = render_to_string("django/forms/widgets/select.html", context)
    assert drawn.strip() == by_django.strip()
