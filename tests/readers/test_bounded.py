"""What people upload is read by another process: the same result, and an end to its time and memory."""

import io
import os
import pickle
import subprocess
import sys
import threading

import pytest
from PIL import Image

from nastavnik.engine.roadmaps.reading import read_roadmap
from nastavnik.readers import bounded, child
from nastavnik.readers.bounded import Bounds, ChildReply, read_bounded
from nastavnik.readers.documents import read_document
from nastavnik.readers.refusals import ReaderError
from nastavnik.readers.sheets import read_pasted, read_sheets

LIST = "ФИО;Класс\nОльхин Артём Сергеевич;7А\n".encode()
PLAN = "№\tМероприятие\tСрок\tОтветственный\n1\tПровести собрание\tдо 1 октября 2026\tкуратор\n".encode()
LEVELS = 40


def nested_forms(levels=LEVELS):
    """Return a PDF of a few kilobytes whose page draws a form twice, which draws another twice, and so on."""
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"]
    parts.append(
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R"
        b" /Resources << /XObject << /F 5 0 R >> >> >>"
    )
    parts.append(stream(b"/F Do /F Do"))
    for level in range(levels):
        inner = b" /Resources << /XObject << /F %d 0 R >> >>" % (6 + level)
        parts.append(
            stream(b"/F Do /F Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]" + inner)
        )
    parts.append(stream(b"0 0 m", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"))
    return assembled(parts)


def stream(content, more=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), more, content)


def assembled(parts):
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    begins = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        begins,
    )
    return bytes(out)


def picture(size, mode="1", kind="PNG"):
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind)
    return out.getvalue()


def test_it_says_what_the_readers_say():
    assert read_bounded("sheets", LIST, "список.csv") == read_sheets(LIST, "список.csv")
    pasted = LIST.decode().replace(";", "\t")
    assert read_bounded("pasted", pasted.encode(), "") == read_pasted(pasted)
    blocks = read_document(PLAN, "план.txt")
    assert read_bounded("document", PLAN, "план.txt") == blocks
    assert read_bounded("roadmap", PLAN, "план.txt") == read_roadmap(blocks)


def test_a_refusal_of_a_reader_is_told_in_its_words():
    with pytest.raises(ReaderError) as here:
        read_sheets(b"%PDF-1.4", "список.xlsx")
    with pytest.raises(ReaderError) as there:
        read_bounded("sheets", b"%PDF-1.4", "список.xlsx")
    assert str(there.value) == str(here.value)


def test_a_small_file_that_asks_for_hours_is_ended():
    data = nested_forms()
    assert len(data) < 12_000
    with pytest.raises(ReaderError) as refused:
        read_bounded("document", data, "план.pdf", Bounds(seconds=3))
    assert str(refused.value) in {bounded.TOO_LONG, bounded.TOO_MUCH}


def test_a_large_file_reaches_a_reader_that_is_slow_to_begin(monkeypatch):
    """More than a pipe holds, and many looks before the other side has begun to read."""
    monkeypatch.setattr(bounded, "LOOK_SECONDS", 0.001)
    rows = b"\n".join("Орлова;Анна;7А".encode() for _ in range(9000))
    assert len(rows) > 200_000
    read = read_bounded("sheets", rows, "список.csv", Bounds(clock_seconds=60))
    assert read == read_sheets(rows, "список.csv")


def test_a_busy_computer_is_not_blamed_on_the_file():
    with pytest.raises(ReaderError) as refused:
        read_bounded("document", nested_forms(), "план.pdf", Bounds(clock_seconds=1))
    assert str(refused.value) == bounded.TOO_SLOW


def test_the_same_file_with_few_levels_is_read_to_its_end():
    with pytest.raises(ReaderError) as refused:  # there is no text in it, and that is said
        read_bounded("document", nested_forms(2), "план.pdf")
    assert str(refused.value) not in {bounded.TOO_LONG, bounded.TOO_MUCH, bounded.FAILED}


def test_a_file_that_asks_for_memory_is_ended():
    data = picture((4400, 4400), "RGB")
    with pytest.raises(ReaderError) as refused:
        read_bounded("picture", data, "фото.png", Bounds(megabytes=100))
    assert str(refused.value) == bounded.TOO_MUCH
    assert read_bounded("picture", data, "фото.png").startswith(b"\x89PNG")


def test_a_text_loads_no_reader_of_books_and_prints():
    """What is pasted or typed costs a tenth of a second of processor, not a whole one."""
    asked = "import sys, nastavnik.readers.sheets, nastavnik.readers.plans; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, check=True, text=True
    )
    assert {"openpyxl", "pdfplumber", "numpy", "PIL"}.isdisjoint(loaded.stdout.split())


def fall(raised, cause=None):
    def read(_data, _filename):
        raise raised from cause

    return read


def test_a_parser_that_names_the_want_of_memory_otherwise_is_understood():
    hidden = child.answer_of(fall(ValueError("cannot decode"), MemoryError()), b"", "x")
    assert hidden.refusal == bounded.TOO_MUCH
    assert child.answer_of(fall(ValueError("cannot decode")), b"", "x").refusal == bounded.FAILED


def test_a_picture_of_too_many_dots_is_refused_before_it_is_drawn():
    with pytest.raises(ReaderError, match="слишком большая"):
        read_bounded("picture", picture((9000, 9000)), "фото.png", Bounds(megabytes=100))
    # of colours a PNG is four bytes a dot, and is decoded whole
    with pytest.raises(ReaderError, match="слишком большая"):
        read_bounded("picture", picture((6000, 6000), "RGB"), "фото.png", Bounds(megabytes=100))
    # what is transparent is copied while it is drawn smaller
    with pytest.raises(ReaderError, match="слишком большая"):
        read_bounded("picture", picture((4000, 4000), "RGBA"), "фото.png", Bounds(megabytes=100))
    assert read_bounded("picture", picture((3100, 3100), "RGBA"), "фото.png")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_large_picture_is_kept_as_large_as_a_sheet_needs(kind):
    suffix = {"JPEG": ".jpg", "PNG": ".png"}[kind]
    drawn = read_bounded("picture", picture((5000, 4000), "L", kind), "фото" + suffix)
    with Image.open(io.BytesIO(drawn)) as kept:
        assert kept.size == (3000, 2400)


class Program:
    """What a stranger's file would like to be done here."""

    def __reduce__(self):
        return os.system, ("true",)


@pytest.mark.parametrize(
    "printed",
    [
        b"",
        b"rubbish",
        pickle.dumps(Program()),
        pickle.dumps(ChildReply(Program())),
        pickle.dumps(os.getcwd),
        pickle.dumps(ReaderError("a class, but no record")),
        pickle.dumps("no answer"),
    ],
)
def test_an_answer_that_is_none_of_ours_is_not_believed(printed):
    assert bounded._answer_of(printed) == ChildReply(refusal=bounded.FAILED)


def test_an_answer_of_ours_is_believed():
    answer = ChildReply(read_document(PLAN, "план.txt"))
    assert bounded._answer_of(pickle.dumps(answer)) == answer


def test_a_third_file_at_once_is_put_off(monkeypatch):
    monkeypatch.setattr(bounded, "_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(bounded, "_PLACES", threading.BoundedSemaphore(1))
    with bounded._PLACES, pytest.raises(ReaderError, match="другие файлы"):
        read_bounded("sheets", LIST, "список.csv")
    assert read_bounded("sheets", LIST, "список.csv")
