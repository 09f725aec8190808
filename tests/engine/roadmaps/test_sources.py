"""Five real roadmaps, read against what a person read in them.

Their texts are not kept here: expected files hold numbers, terms, owners, the first letters of a
title and a digest of the whole. NASTAVNIK_SEEDS names the folder with the documents.
"""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from tests.readers import rebuilding

from nastavnik.engine.periods.payload import read_term_json
from nastavnik.engine.roadmaps.payload import read_roadmap_json
from nastavnik.readers.documents import read_document

EXPECTED = Path(__file__).parent / "expected"
TERMS = Path(__file__).parents[1] / "periods" / "seeds.yaml"
PARTED_TERMS = {  # two terms of one cell of 000, each with its own activity
    "декабрь 2022 г": ["range", "2022-12-01", "2022-12-31", None, ""],
    "С 15.06.2021 по 30.12.2021": ["range", "2021-06-15", "2021-12-30", None, ""],
}
SOURCES = sorted(path.stem for path in EXPECTED.glob("00*.yaml"))
FOLDER = os.environ.get("NASTAVNIK_SEEDS", "")

needs_sources = pytest.mark.skipif(
    not FOLDER, reason="NASTAVNIK_SEEDS names no folder with the five documents"
)


def read_term(text, year):
    return read_term_json({"text": text, "year": year})


def terms_of(name):
    """Return what a person read in the terms of a source (tests/engine/periods/seeds.yaml)."""
    said = yaml.safe_load(TERMS.read_text(encoding="utf-8"))[f"S{int(name)}"]
    terms = {}
    for text, _, kind, start, end, recurs, rest in said["cells"]:
        days = [day.isoformat() if day else None for day in (start, end)]
        plain = " ".join(re.sub("<[^>]*>", " ", text).split())
        terms[plain] = [kind, *days, recurs, rest]
    return terms | PARTED_TERMS


def source(name):
    path = next(Path(FOLDER).glob(f"{name}_*.txt"))
    return path.read_bytes()


def answer(data, filename):
    return read_roadmap_json(read_document(data, filename), read_term=read_term)


def expected(name):
    return yaml.safe_load((EXPECTED / f"{name}.yaml").read_text(encoding="utf-8"))


def digest(text):
    return hashlib.sha256("".join(text.split()).lower().encode()).hexdigest()[:16]


def brief(answered):
    return [
        {
            "number": one["number"],
            "section": one["section"].partition(".")[0] if one["section"] else None,
            "starts": one["title"][:40].strip(),
            "sha": digest(one["title"]),
            "term_text": one["term_text"],
            "responsible": one["responsible"],
        }
        for one in answered["activities"]
    ]


@needs_sources
@pytest.mark.parametrize("name", SOURCES)
def test_a_source_is_read_as_it_is(name):
    said, want = answer(source(name), f"{name}.txt"), expected(name)
    assert brief(said) == want["activities"]
    assert said["title"].startswith(want["title_starts"])
    assert said["organisation"] == want["organisation"]
    assert said["approved_on"] == want["approved_on"]
    if "left_over_lines" in want:
        assert [left["line"] for left in said["left_over"]] == want["left_over_lines"]
    read = [
        {"starts": i["name"][:40].strip(), "sha": digest(i["name"]), "targets": i["targets"]}
        for i in said["indicators"]
    ]
    assert read == want.get("indicators", [])


@needs_sources
@pytest.mark.parametrize("name", SOURCES)
def test_the_terms_of_a_source_are_understood(name):
    terms = terms_of(name)
    for one in answer(source(name), f"{name}.txt")["activities"]:
        meaning = [one["term"][key] for key in ("kind", "start", "end", "recurs", "rest")]
        assert (one["term_text"], meaning) == (one["term_text"], terms[one["term_text"]])


@needs_sources
@pytest.mark.parametrize("kind", ["docx", "xlsx", "html", "odt"])
@pytest.mark.parametrize("name", SOURCES)
def test_a_source_rebuilt_gives_the_same(name, kind):
    parts = rebuilding.parts_of(read_document(source(name), "a.txt"))
    said = answer(getattr(rebuilding, f"as_{kind}")(parts), f"a.{kind}")
    assert brief(said) == expected(name)["activities"]
    assert said["organisation"] == expected(name)["organisation"]


@needs_sources
@pytest.mark.parametrize("name", SOURCES)
def test_a_source_rebuilt_as_pdf_gives_the_same(name):
    """As below, with a PDF of our own making: it needs no LibreOffice."""
    parts = rebuilding.parts_of(read_document(source(name), "a.txt"))
    said = answer(rebuilding.as_pdf(parts), "a.pdf")
    assert _tight(brief(said)) == _tight(expected(name)["activities"])


@needs_sources
@pytest.mark.deep
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice makes the PDF")
@pytest.mark.parametrize("name", SOURCES)
def test_a_source_as_pdf_gives_the_same(name, tmp_path):
    """A page end inside a word of a PDF cannot be told from a space, so spaces do not count."""
    parts = rebuilding.parts_of(read_document(source(name), "a.txt"))
    (tmp_path / "a.docx").write_bytes(rebuilding.as_docx(parts))
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "a.docx"], check=True, capture_output=True, timeout=120)
    said = answer((tmp_path / "a.pdf").read_bytes(), "a.pdf")
    assert _tight(brief(said)) == _tight(expected(name)["activities"])


def _tight(activities):
    return [
        (
            one["number"],
            "".join(one["term_text"].split()),
            ["".join(owner.split()) for owner in one["responsible"]],
        )
        for one in activities
    ]
