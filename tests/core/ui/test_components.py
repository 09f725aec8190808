"""Components drawn by Python, and the rows of lists that are rendered once and filled."""

import datetime as dt
import re

import pytest
from django.template import engines
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import override

from nastavnik.core.ui import components
from nastavnik.people.models import Person

EVIL = '<b a="1">&'
ESCAPED = "&lt;b a=&quot;1&quot;&gt;&amp;"


def drawn(source, **context):
    return engines["django"].from_string(source).render(context)


def test_rows_are_filled_and_escaped():
    source = "{% rows lines as line %}<tr title='{{ line.name }}'>{{ line.name }}|{{ line.mark }}</tr>{% endrows %}"
    lines = [{"name": EVIL, "mark": mark_safe("<i>1</i>")}, {"name": 7, "mark": ""}]
    assert (
        drawn(source, lines=lines)
        == f"<tr title='{ESCAPED}'>{ESCAPED}|<i>1</i></tr><tr title='7'>7|</tr>"
    )
    assert drawn(source, lines=[]) == ""


def test_what_is_the_same_in_every_row_is_worked_out_once():
    source = "{% rows lines as one %}{% if may %}{{ label }}{% endif %}{% filled one name %};{% endrows %}"
    lines = [{"a": 1}, {"a": 2}]
    assert drawn(source, lines=lines, may=True, label=EVIL, name="a") == f"{ESCAPED}1;{ESCAPED}2;"


@pytest.mark.parametrize("test", ["{% if line.a %}x{% endif %}", "{{ line.a|default:1 }}"])
def test_rows_decide_nothing_by_a_value(test):
    with pytest.raises(TypeError):
        drawn(f"{{% rows lines as line %}}{test}{{% endrows %}}", lines=[{"a": 1}])


def test_a_value_a_row_lacks_is_told():
    with pytest.raises(KeyError):
        drawn("{% rows lines as line %}{{ line.b }}{% endrows %}", lines=[{"a": 1}])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: components.state("done", EVIL),
        lambda: components.small(EVIL),
        lambda: components.link("", EVIL),
        lambda: components.link(f"/{EVIL}", EVIL),
        lambda: components.pick("people", EVIL, EVIL, form=EVIL, is_checked=True),
        lambda: components.chip(Person(kind="pupil", last_name=EVIL, first_name=EVIL)),
        lambda: components.chip(Person(last_name="Я"), note=EVIL, more=EVIL, url=EVIL),
        lambda: components.duo(Person(last_name="<"), [Person(last_name=">")]),
    ],
)
def test_what_is_given_is_escaped(draw):
    html = draw()
    assert EVIL not in html
    assert "&lt;" in html


def test_the_component_of_the_templates_is_the_same():
    person = Person(pk=5, kind="pupil", last_name="Глобусова", first_name="Ася")
    about = {"side": "a", "url": "/x/", "note": "5А", "more": "химия"}
    of_python = components.chip(person, **about, box=components.pick("who", 5, "Глобусова Ася"))
    of_template = render_to_string(
        "components/chip.html", {"person": person, "pick": 5, "pick_name": "who", **about}
    )
    assert of_template.strip() == of_python
    assert "<small>5А · химия</small>" in of_python


def test_days_and_blanks():
    assert components.day(dt.date(2026, 9, 1)) == '<time datetime="2026-09-01">01.09.2026</time>'
    assert components.day(None) == components.nodata()
    assert components.small("") == ""


def test_addresses_are_those_of_the_resolver(settings):
    assert components.address("people:list") == reverse("people:list")
    assert components.address_of("people:card", 17) == reverse("people:card", args=[17])
    assert components.address_of("people:end-role", 3) == reverse("people:end-role", args=[3])


@pytest.mark.parametrize(
    ("n", "names", "letters"),
    [
        (1, "Аа", ["А"]),
        (2, "Аа and Бб", ["А", "Б"]),
        (4, "Аа, Бб, Вв and Гг", ["А", "Б", "В", "Г"]),
        (5, "Аа, Бб, Вв and 2 more", ["А", "Б", "В", "+2"]),
        (6, "Аа, Бб, Вв and 3 more", ["А", "Б", "В", "+3"]),
    ],
)
def test_of_many_people_a_few_are_shown(n, names, letters):
    people = ["Аа", "Бб", "Вв", "Гг", "Дд", "Ее"][:n]
    with override("en"):
        assert components.listed(people) == names
    drawn_tokens = components.tokens([name[0] for name in people])
    assert re.findall(r'class="tok tok-[ab]">([^<]+)<', drawn_tokens) == letters
    assert drawn_tokens.count("tok-a") == 1
