"""Templates compile, are used, carry no inline code, and say everything through translation."""

import ast
import fnmatch
import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.base import Lexer, TokenType
from django.template.exceptions import TemplateSyntaxError
from django.template.loader import get_template

import nastavnik

ROOT = Path(nastavnik.__file__).parent
FOLDERS = sorted(ROOT.glob("*/templates"))
TEMPLATES = {
    str(path.relative_to(folder)): path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.html"))
}
# Template → reason.
SAFE: dict[str, str] = {}
CYRILLIC = {"500.html": "shown when nothing works, translation included"}
# Found by Django under these names.
BY_NAME = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
SHOWN = ("alt", "aria-label", "placeholder", "title", "content", "value")
# names of acts stay as they are in every language
OFFICIAL = re.compile(r"Р-145")
# Latin letters that are no language: file formats, the names of keys
WORDS_OF_ALL = re.compile(r"&[a-z]+;|\.(docx|xlsx|csv|ics|pdf)\b|^Esc$")
LONGEST = 140  # characters of a line
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<(?:iframe|object|embed|base)\b", re.IGNORECASE
)  # fmt: skip
QUOTED = re.compile(r"""["']([\w/.-]+\.html)["']""")


def compiles(source):
    """Return the fault of a template, empty when it compiles."""
    try:
        engines["django"].from_string(source)
    except TemplateSyntaxError as error:
        return str(error)
    return ""


def inline(source):
    """Return the inline code of a template."""
    return [found.group().strip() for found in INLINE.finditer(source)]


def unescaped(source):
    """Return the places where a template switches escaping off."""
    return re.findall(r"\|\s*safe(?:seq)?\b|{%\s*autoescape\s+off", source)


def bare(source):
    """Return the text of a template without tags, comments, variables and what is translated."""
    kept, depth = [], 0
    for token in Lexer(source).tokenize():
        word = token.contents.split()[0] if token.contents.strip() else ""
        if token.token_type == TokenType.BLOCK and word in {
            "blocktranslate",
            "blocktrans",
            "comment",
        }:
            depth += 1
        elif token.token_type == TokenType.BLOCK and word in {
            "endblocktranslate",
            "endblocktrans",
            "endcomment",
        }:
            depth -= 1
        elif token.token_type == TokenType.TEXT and not depth:
            kept.append(token.contents)
        else:
            kept.append("\x00")  # a tag or a variable stood here
    return "".join(kept)


def untranslated(source):
    """Return visible text in Latin letters that does not go through translation."""
    text = bare(source)
    found = re.findall(
        rf"""\s(?:{"|".join(SHOWN)})=["']([^"'\x00]*[A-Za-z]{{2}}[^"'\x00]*)["']""", _plain(text)
    )
    for node in re.split(r"<[^>]*>", text.replace("\x00", "")):
        if re.search(r"[A-Za-z]{2}", WORDS_OF_ALL.sub("", node)):
            found.append(node.strip())
    return found


def _plain(text):
    """Drop what has `content=` and `value=` for machines."""
    text = re.sub(r"<meta[^>]*>", "", text)
    return re.sub(
        r"<(?:input|button|option)[^>]*>", lambda m: re.sub(r"\svalue=\S+", "", m[0]), text
    )


def cyrillic(source):
    """Return Russian text outside of tags: it belongs into the catalogue."""
    return re.findall(r"[А-Яа-яЁё][А-Яа-яЁё ]*", OFFICIAL.sub("", bare(source)))


def without_key(source):
    """Return the forms that send something without the key of the page: pressed twice they would write twice."""
    return [
        form[0]
        for form in re.finditer(
            r"""<form\b[^>]*\bmethod=["']post["'][^>]*>(?=(.{0,40}))""", source, re.DOTALL
        )
        if not form[1].lstrip().startswith("{% csrf_token %}")
    ]


def composed(node):
    """Return the templates a name with places in it may mean: f"blocks/{code}.html"."""
    pattern = "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
    return set(fnmatch.filter(TEMPLATES, pattern)) if pattern.endswith(".html") else set()


def references(root=ROOT):
    """Return every template named in templates and in code."""
    named = set(BY_NAME)
    for path in root.rglob("*.html"):
        named |= set(QUOTED.findall(path.read_text())) - {path.name}
    for path in root.rglob("*.py"):
        if "templates" not in path.parts:
            nodes = list(ast.walk(ast.parse(path.read_text())))
            parts = [one for one in nodes if isinstance(one, ast.JoinedStr)]
            named |= set().union(*map(composed, parts))
            named |= {
                node.value
                for node in nodes
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.endswith(".html")
                and node.value != ".html"
            }
    return named


def test_the_templates_are_found():
    assert len(TEMPLATES) > 35


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_keeps_the_rules(name):
    source = TEMPLATES[name].read_text()
    assert get_template(name).origin.name == str(TEMPLATES[name])
    assert compiles(source) == ""
    assert inline(source) == []
    assert without_key(source) == []
    assert indented(source) == []
    assert name in SAFE or unescaped(source) == []
    if name not in CYRILLIC:
        assert cyrillic(source) == []
        assert untranslated(source) == []


def indented(source):
    """Return where the layout of a template would be typed into a field or kept in a text that is set as it stands."""
    return re.findall(r"<(?:textarea|pre)\b[^>]*>\s", source)


@pytest.mark.parametrize(
    "planted", ["<textarea>\n  {{ text }}</textarea>", "<pre class='a'> {{ text }}</pre>"]
)
def test_layout_within_a_field_is_seen(planted):
    assert indented(planted)
    assert not indented("<textarea\n  rows='5'>{{ text }}</textarea>")


def too_long(source):
    """Return the lines of a template with more than one thought: nobody reads them, and every merge conflicts in them."""
    return [line.strip()[:60] for line in source.splitlines() if len(line) > LONGEST]


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_line_is_one_thought(name):
    assert too_long(TEMPLATES[name].read_text()) == []


def test_a_line_of_two_thoughts_is_seen():
    assert too_long(f"<p>\n{'а' * LONGEST}\n</p>") == []
    assert too_long(f"<p>\n {'а' * LONGEST}\n</p>") == [("а" * 60)]


def test_every_template_is_used():
    assert set(TEMPLATES) - references() == set()


def test_every_template_named_is_there():
    ours = {name for name in references() if not name.startswith(("django/", "admin/"))}
    assert ours - set(TEMPLATES) == set()


def test_exceptions_are_still_needed():
    assert set(SAFE) | set(CYRILLIC) <= set(TEMPLATES)
    assert all(unescaped(TEMPLATES[name].read_text()) for name in SAFE)
    assert all(cyrillic(TEMPLATES[name].read_text()) for name in CYRILLIC)


def test_safe_strings_in_code_are_few_and_known():
    """`mark_safe` and its kin switch escaping off from Python."""
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if re.search(r"\bmark_safe\(|\bSafeString\(|\.__html__\b", path.read_text())
    }
    # an icon from a shipped file and words of markup; rows of a list, each value escaped; cells: constants and numbers
    # and how-tos: our own files, read without HTML
    assert found == {
        "cabinet/rendering.py",
        "core/ui/components.py",
        "core/templatetags/ui.py",
        "districts/rendering.py",
    }


# ---------------------------------------------------------------- planted violations


@pytest.mark.parametrize(
    "planted",
    [
        "<script>alert(1)</script>",
        "<style>p { color: red }</style>",
        '<p style="color: red">',
        "<a href='#' onclick='go()'>",
        '<a href="javascript:go()">',
        '<iframe src="/">',
        '<input {% if a %}onfocus="x()"{% endif %} onblur = "y()">',
    ],
)
def test_inline_code_is_seen(planted):
    assert inline(planted)


def test_a_script_from_a_file_passes():
    assert (
        inline('<script type="module" src="{% static \'a.js\' %}"></script><p data-on="x">') == []
    )


@pytest.mark.parametrize(
    "planted", ["{{ a|safe }}", "{{ a| safe|b }}", "{% autoescape off %}", "{{ a|safeseq }}"]
)
def test_a_text_let_through_unescaped_is_seen(planted):
    assert unescaped(planted)


@pytest.mark.parametrize("planted", ["{% if a %}", "{% nonsense %}", "{{ a|nonsense }}"])
def test_a_template_that_does_not_compile_is_seen(planted):
    assert compiles(planted)


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Save</p>",
        "{% if a %}Save{% endif %}",
        '<button aria-label="Save">{{ a }}</button>',
        '<input placeholder="Name">',
        '{% translate "Save" %} it',
        "<p>{{ a }} of {{ b }}</p>",
    ],
)
def test_a_text_past_translation_is_seen(planted):
    assert untranslated(planted)


@pytest.mark.parametrize(
    "planted",
    [
        '<p class="note">{% translate "Save" %}</p>',
        '<p aria-label="{% translate "Save" %}">{{ name }}</p>',
        "{% blocktranslate %}Save{% endblocktranslate %}&nbsp;№ {{ n }}",
        "{# a comment #}{% comment %}more{% endcomment %}",
    ],
)
def test_translated_text_passes(planted):
    assert untranslated(planted) == []


def test_russian_in_a_template_is_seen():
    assert cyrillic("<p>Сохранить</p>") == ["Сохранить"]


def test_a_template_nobody_uses_is_seen(tmp_path):
    (tmp_path / "alone.html").write_text("{% extends 'base.html' %}")
    (tmp_path / "views.py").write_text('render(request, "used.html")')
    named = references(tmp_path)
    assert {"base.html", "used.html"} <= named
    assert "alone.html" not in named


def test_a_form_without_the_key_of_its_page_is_seen():
    planted = '<form method="get"></form><form class="a" method="post">{% csrf_token %}</form><form method="post"><p>'
    assert without_key(planted) == ['<form method="post">']


WHOLE = re.compile(r"""<button\b[^>]*\b(?:name|value)=["']all["'][^>]*>""")
# it only ticks, and stands after the buttons of a filter
TICKING = {"components/ticks.html"}


def whole_by_enter(source):
    """Return the buttons for all rows that Enter on a tick would press: the first of a form with ticks, or of a form elsewhere."""
    found = []
    for button in WHOLE.finditer(source):
        before = source[: button.start()].rpartition("<form")[2]
        is_first = "checkbox" in before and "<button" not in before
        if is_first or " form=" in button.group():
            found.append(button.group())
    return found


def test_enter_on_a_tick_does_no_more_than_what_is_ticked():
    names = TEMPLATES.keys() - TICKING
    assert not {name for name in names if whole_by_enter(TEMPLATES[name].read_text())}


@pytest.mark.parametrize("planted", ["<button name='all'>", "<button name='do' value='all'>"])
def test_a_button_for_all_as_the_first_of_ticks_is_seen(planted):
    ticks = "<form method='post'><input type='checkbox' name='pairs'>"
    assert whole_by_enter(ticks + planted) == [planted]
    assert whole_by_enter(f"{ticks}<button>Only the ticked</button>{planted}") == []
    assert whole_by_enter(f"<form method='post'>{planted}") == []
    assert whole_by_enter("<button form='far' name='all'>")


def test_only_the_search_fills_the_field_of_the_search():
    """Another page's word of the same name once stood in the field as what was searched for."""
    named = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if '"searched_for"' in path.read_text()
    }
    assert named == {"cabinet/views.py"}
    assert "searched_for" in TEMPLATES["components/find.html"].read_text()
