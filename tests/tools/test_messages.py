"""The catalogue tool finds strings without gettext and sees what a translation lacks."""

import gettext
import subprocess
import sys

import polib
import pytest

from tools import messages

PYTHON = """
from django.utils.translation import gettext as _, ngettext, pgettext
def f(n):
    return _("plain"), _("two " "parts"), ngettext("%(n)d pair", "%(n)d pairs", n), pgettext("c", "x")
"""
TEMPLATE = """<p>{% translate "in a tag" %} {% if a %}
{% blocktranslate count n=n trimmed %}
    one {{ n }} thing
  {% plural %}
    {{ n }} things
{% endblocktranslate %}{% endif %}
<a title="{% trans 'single' context 'button' %}">it's "quoted"</a>
"""


@pytest.fixture
def package(tmp_path):
    root = tmp_path / "package"
    (root / "app" / "templates").mkdir(parents=True)
    (root / "app" / "migrations").mkdir()
    (root / "app" / "views.py").write_text(PYTHON)
    (root / "app" / "migrations" / "0001.py").write_text("_('never')")
    (root / "app" / "templates" / "page.html").write_text(TEMPLATE)
    return root


def test_strings_of_code_and_templates(package):
    assert messages.strings(package) == {
        (None, "plain", None),
        (None, "two parts", None),
        (None, "%(n)d pair", "%(n)d pairs"),
        ("c", "x", None),
        (None, "in a tag", None),
        (None, "one %(n)s thing", "%(n)s things"),
        ("button", "single", None),
    }


def translate(path):
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = dict.fromkeys(range(3), entry.msgid_plural)
        else:
            entry.msgstr = entry.msgid.upper()
    catalogue.save()
    return catalogue


def test_update_keeps_translations_and_changes_nothing_twice(package, tmp_path):
    path = tmp_path / "ru" / "django.po"
    messages.update(path, package)
    assert len(messages.complaints(path, package)) == 7
    translate(path)
    messages.update(path, package)
    first = path.read_text()
    messages.update(path, package)
    assert path.read_text() == first
    assert messages.complaints(path, package) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda e: setattr(e, "msgstr", ""), "untranslated"),
        (lambda e: setattr(e, "flags", ["fuzzy"]), "fuzzy"),
        (lambda e: setattr(e, "msgid", "gone"), "no longer"),
        (lambda e: setattr(e, "msgstr", "with %(extra)s"), "placeholders"),
        (lambda e: setattr(e, "obsolete", True), "no longer"),
    ],
)
def test_a_planted_fault_is_seen(package, tmp_path, change, complaint):
    path = tmp_path / "django.po"
    messages.update(path, package)
    catalogue = translate(path)
    change(catalogue.find("plain"))
    catalogue.save()
    assert complaint in "\n".join(messages.complaints(path, package))


def test_no_catalogue_lacks_everything(package, tmp_path):
    assert len(messages.complaints(tmp_path / "none.po", package)) == 7


def test_compiled_plurals_are_russian(tmp_path):
    path = tmp_path / "ru" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = messages.HEADER
    entry = messages.fresh((None, "%(n)d pair", "%(n)d pairs"))
    entry.msgstr_plural = {0: "пара", 1: "пары", 2: "пар"}
    catalogue.append(entry)
    catalogue.save(str(path))
    messages.compile_all(tmp_path)
    with path.with_suffix(".mo").open("rb") as stream:
        read = gettext.GNUTranslations(stream)
    said = [read.ngettext("%(n)d pair", "%(n)d pairs", n) for n in (1, 2, 5, 11, 21, 104)]
    assert said == ["пара", "пары", "пар", "пар", "пара", "пары"]


def test_compiling_needs_no_tool_of_development():
    """A start compiles the catalogue, and the environment of the site has no Babel."""
    code = (
        "import sys; sys.modules['babel'] = None; sys.path.insert(0, '.');"
        "from tools import messages; sys.exit(messages.main(['compile']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
