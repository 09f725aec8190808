"""What people upload or paste is looked into by the other process only: every reader and every decoder goes through one door."""

import ast
from functools import cache
from pathlib import Path

import pytest

import nastavnik

ROOT = Path(nastavnik.__file__).parent
# the readers themselves, and the words of the command line: what they are given stands on the reader's own machine
BEHIND_THE_DOOR = ("readers/", "cli/")
# modules that open the door; of the other readers only names of limits, records and refusals are known outside
DOORS = {"bounded", "piles", "refusals"}
# what takes a foreign file apart: a module, or a name of one
DECODERS = {
    "PIL.Image", "PIL.ImageOps", "PIL.ImageFile", "pdfplumber", "pypdfium2", "zxingcpp.read_barcodes", "openpyxl.load_workbook",
    "openpyxl.reader", "zipfile", "tarfile", "lxml", "xml", "defusedxml", "docx.Document", "html.parser",
}  # fmt: skip
# module → what it decodes here, and why
HERE = {
    "blanks/adapter.py": {"PIL.Image"},  # cuts a place out of a page the other process has drawn anew
    "writers/wordfiles.py": {"docx.Document"},  # begins a document that is empty
    "core/ui/downloads.py": {"zipfile"},  # packs what goes out, and pictures on their way to the other process
    "questionnaires/tasks.py": {"zipfile"},  # takes apart what the site has packed
    "dossiers/adapter.py": {"zipfile"},  # packs what is given out about one person
    "interchange/adapter/files.py": {"zipfile"},  # packs a package, and takes one apart for a command
    "writers/awards.py": {"docx.Document", "zipfile", "xml"},  # begins a document that is empty and draws a frame into it
    "writers/pictures.py": {"pypdfium2"},  # shows pages of papers the site has drawn
    "files/archive.py": {"tarfile"},  # packs a backup, and takes one apart for a command
}  # fmt: skip


def taken(tree):
    """Yield the full names a module imports, and those of attributes of modules it imports: `openpyxl.load_workbook`."""
    modules = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for one in node.names:
                modules[one.asname or one.name] = one.name
                yield one.name
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                modules[one.asname or one.name] = f"{node.module}.{one.name}"
                yield f"{node.module}.{one.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (name := ast.unparse(node.value)) in modules:
            yield f"{modules[name]}.{node.attr}"


def decoders(tree):
    return {one for name in taken(tree) for one in DECODERS if f"{name}.".startswith(f"{one}.")}


def readers_called(tree):
    """Return what of a reader a module knows that is neither a limit (CAPITALS) nor a record or a refusal (a Class)."""
    prefix = "nastavnik.readers."
    parts = [
        name.removeprefix(prefix).split(".") for name in taken(tree) if name.startswith(prefix)
    ]
    return {
        ".".join(words)
        for words in parts
        if words[0] not in DOORS and len(words) > 1 and words[1][0].islower()
    }


@cache
def modules():
    paths = {str(path.relative_to(ROOT)): path for path in sorted(ROOT.rglob("*.py"))}
    return {
        name: ast.parse(path.read_text())
        for name, path in paths.items()
        if not name.startswith(BEHIND_THE_DOOR)
    }


def told_of(judge):
    assert len(modules()) > 100
    return {name: found for name, tree in modules().items() if (found := judge(tree))}


# loads the words the site ships, and reads nothing of a stranger
LOADED = {"documents/adapter.py": {"linting.shipped_lexicon"}}


def test_no_reader_is_called_where_requests_are_answered():
    assert told_of(readers_called) == LOADED


def test_no_decoder_of_strangers_files_is_used_where_requests_are_answered():
    assert told_of(decoders) == HERE


# ---------------------------------------------------------------- planted violations


@pytest.mark.parametrize(
    ("judge", "planted"),
    [
        (readers_called, "from nastavnik.readers.sheets import read_sheets"),
        (readers_called, "from nastavnik.readers.sheets import MOST_BYTES, read_pasted"),
        (readers_called, "from nastavnik.readers import pictures\npictures.redraw(data, name)"),
        (readers_called, "import nastavnik.readers.documents as d\nd.read_document(data, name)"),
        (decoders, "from PIL import Image"),
        (decoders, "import PIL.Image"),
        (decoders, "import pdfplumber"),
        (decoders, "import openpyxl\nopenpyxl.load_workbook(file)"),
        (decoders, "from openpyxl import load_workbook"),
        (decoders, "import zxingcpp\nzxingcpp.read_barcodes(picture)"),
        (decoders, "from docx import Document\nDocument(file)"),
        (decoders, "from zipfile import ZipFile"),
        (decoders, "import zipfile"),
        (decoders, "from xml.etree import ElementTree"),
        (decoders, "def read(data):\n    import pypdfium2 as pdfium"),
    ],
)
def test_a_planted_one_is_seen(judge, planted):
    assert judge(ast.parse(planted))


def test_what_goes_through_the_door_or_draws_passes():
    tree = ast.parse(
        "from nastavnik.readers.bounded import read_bounded\nfrom nastavnik.readers.sheets import MOST_BYTES, Sheet\n"
        "from nastavnik.readers import pictures\npictures.KINDS\nfrom openpyxl import Workbook\nimport zxingcpp\n"
        "zxingcpp.create_barcode(text)"
    )
    assert readers_called(tree) == decoders(tree) == set()
