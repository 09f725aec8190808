"""Printed, filled in, damaged and read back: what is sure is right; what is no sheet or made to harm is told in words."""

import io

import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nastavnik.engine.blanks import inks
from nastavnik.engine.blanks.codes import token_of
from nastavnik.engine.blanks.layout import PrintedOption, PrintedQuestion, lay_out
from nastavnik.readers import blanks as reader
from nastavnik.readers import piles
from nastavnik.readers.bounded import Bounds
from nastavnik.readers.piles import PageTrouble, enclose, read_pile
from nastavnik.readers.refusals import ReaderError
from nastavnik.writers.blanks import PrintedBlank, draw_blanks, measure
from tools import simulate_sheets as simulated

NUMBER = 4071835
TOKEN = token_of(NUMBER, 1)
WIDTHS = measure()


@pytest.fixture(scope="module")
def pages():
    return lay_out(simulated.specimen(), measure())


@pytest.fixture(scope="module")
def filled(pages):
    """Return the first page answered by a gel pen, and what was meant."""
    chance = np.random.default_rng(20)
    page = simulated.drawn_pages(pages, NUMBER)[0]
    return simulated.fill_in(page, pages[0].boxes, "gel", chance)


def packed(image, kind="JPEG"):
    out = io.BytesIO()
    image.save(out, kind, **({"quality": 85} if kind == "JPEG" else {}))
    return out.getvalue()


def read(data, boxes, token=TOKEN):
    (page,) = reader.read_blanks(enclose({token: boxes}, 1, 1, data), "x").pages
    return page


def agrees(page, meant):
    """Tell whether every item that is not doubtful is as it was meant, and most are not doubtful."""
    wrong = [i for i, v in meant.items() if i not in page.doubts and page.answers[i] != v]
    return not wrong and len(page.doubts) <= len(meant) / 4


@settings(max_examples=20)
@given(st.data())
def test_what_is_printed_and_marked_is_read(data):
    """Any questionnaire, any number, any answers: clean scan, upright or upside down."""
    asked = []
    for n in range(data.draw(st.integers(2, 9), label="items")):
        size = data.draw(st.sampled_from([2, 4, 5, 7, 10, 11]), label="boxes")
        word = data.draw(st.sampled_from(["", "очень длинный ответ номер "]), label="words")
        options = tuple(PrintedOption(k, f"{word}{k}") for k in range(size))
        asked.append(PrintedQuestion(f"q{n}", "Как?", options, is_several=data.draw(st.booleans())))
    number = data.draw(st.integers(0, 9_999_999), label="number")
    printed = lay_out(asked, WIDTHS)
    boxes = printed[0].boxes
    meant = {}
    chance = np.random.default_rng(data.draw(st.integers(0, 999), label="hand"))
    hand = simulated.Hand(simulated.drawn_pages(printed, number)[0], simulated.PENS["gel"], chance)
    for item in dict.fromkeys(box.item for box in boxes):
        row = [box for box in boxes if box.item == item]
        most = len(row) if row[0].is_several else 1
        places = st.sets(st.integers(0, len(row) - 1), min_size=1, max_size=most)
        marked = sorted(data.draw(places, label=item))
        for place in marked:
            hand.cross(row[place])
        values = tuple(row[place].value for place in marked)
        meant[item] = values if row[0].is_several else values[0]
    image = hand.done().rotate(data.draw(st.sampled_from([0, 180])))
    page = read(packed(image), boxes, token_of(number, 1))
    assert page.token == token_of(number, 1)
    assert {i: page.answers[i] for i in meant if i not in page.doubts} == {
        i: v for i, v in meant.items() if i not in page.doubts
    }
    assert not page.doubts


@pytest.mark.parametrize("kind", ["scan", "photo", "messenger", "fold"])
def test_damaged_paper_is_read_right_or_shown(pages, filled, kind):
    image, meant = filled
    chance = np.random.default_rng(8)
    shot = simulated.DAMAGES[kind][0](chance)
    page = read(packed(simulated.pictured(image, shot, chance)), pages[0].boxes)
    assert page.token == TOKEN
    assert not [i for i, v in meant.items() if i not in page.doubts and page.answers[i] != v]
    if kind != "fold":
        assert len(page.doubts) <= len(meant) / 4


def test_without_the_alignment_the_same_paper_is_not_read(pages, filled, monkeypatch):
    """The boxes of a bent sheet do not stand where the plane says: what brings them there is needed."""
    image, meant = filled
    chance = np.random.default_rng(11)
    shot = simulated.DAMAGES["photo"][0](chance)
    shot.bend = simulated.waves(np.random.default_rng(5), 3.0)
    data = packed(simulated.pictured(image, shot, chance))
    assert agrees(read(data, pages[0].boxes), meant)
    measured = inks.measure_inks
    monkeypatch.setattr(
        reader, "measure_inks", lambda grey, plane, at: measured(grey, plane, at, align=False)
    )
    assert not agrees(read(data, pages[0].boxes), meant)


def test_a_page_nobody_wrote_on_is_never_read_as_sure_answers(pages):
    page = read(packed(simulated.drawn_pages(pages, NUMBER)[0]), pages[0].boxes)
    assert set(page.doubts) == {box.item for box in pages[0].boxes}
    assert not any(page.answers.values())


def test_a_sheet_of_another_print_is_foreign(pages, filled):
    assert (
        read(packed(filled[0]), pages[0].boxes, token_of(NUMBER + 1, 1)).trouble
        == PageTrouble.FOREIGN
    )


def test_a_picture_without_a_sheet_has_none(pages):
    rough = np.random.default_rng(1).integers(0, 255, (700, 500), dtype=np.uint8)
    assert read(packed(Image.fromarray(rough)), pages[0].boxes).trouble == PageTrouble.NO_SHEET


def test_two_colours_are_refused_and_grey_is_not(pages, filled):
    image = filled[0].convert("L")
    two = image.point(lambda value: 255 * (value > 128))
    for data in (packed(two.convert("1"), "PNG"), packed(two, "PNG")):
        assert read(data, pages[0].boxes).trouble == PageTrouble.TWO_COLOURS
    assert read(packed(image, "PNG"), pages[0].boxes).trouble is None


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "CMYK"])
def test_pictures_of_every_kind_are_read(pages, filled, mode):
    image, meant = filled
    data = packed(image.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    assert agrees(read(data, pages[0].boxes), meant)


def test_the_pages_of_a_pdf_are_read_in_any_order_and_turn(pages, filled):
    image, meant = filled
    blank = Image.new("RGB", image.size, "white")
    out = io.BytesIO()
    turned = image.rotate(90, expand=True)
    blank.save(out, "PDF", save_all=True, append_images=[turned, image], resolution=178)
    found = list(read_pile(out.getvalue(), "пачка.pdf", {TOKEN: pages[0].boxes}))
    assert [page.page for page in found] == [1, 2, 3]
    assert [page.token for page in found] == [None, TOKEN, TOKEN]
    assert all(agrees(page, meant) for page in found[1:])


def test_a_picture_of_41_million_dots_is_refused_before_it_is_drawn(pages):
    data = packed(Image.new("L", (8200, 5000)), "PNG")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(piles, "BOUNDS", Bounds(seconds=20, megabytes=120))
        (page,) = read_pile(data, "x.png", {TOKEN: pages[0].boxes})
    assert page.trouble == PageTrouble.TOO_LARGE


@pytest.mark.deep
@pytest.mark.parametrize("n_hard", [2, 4])
def test_first_pages_that_cannot_be_read_hide_no_others(pages, filled, monkeypatch, n_hard):
    monkeypatch.setattr(piles, "_AT_ONCE", 2)
    monkeypatch.setattr(piles, "BOUNDS", Bounds(seconds=20, megabytes=200))
    image, _meant = filled
    hard = Image.new("RGB", (6000, 6000), "white")
    whole = io.BytesIO()
    more = [*[hard] * (n_hard - 1), image]
    hard.save(whole, "PDF", save_all=True, append_images=more, resolution=178)
    found = []
    told = ""
    try:
        found.extend(read_pile(whole.getvalue(), "x.pdf", {TOKEN: pages[0].boxes}))
    except ReaderError as error:
        told = str(error)
    assert {page.trouble for page in found[:n_hard]} == {PageTrouble.TOO_HARD}
    if told:  # where it gives up, it says so
        assert (n_hard, len(found), "5-й" in told) == (4, 4, True)
    else:
        assert [page.page for page in found] == [1, 2, 3]


def test_a_file_that_asks_for_too_much_costs_only_its_own_page(pages, monkeypatch):
    monkeypatch.setattr(piles, "BOUNDS", Bounds(seconds=20, megabytes=60))
    data = packed(Image.new("RGB", (6000, 6000)), "PNG")
    (page,) = read_pile(data, "x.png", {TOKEN: pages[0].boxes})
    assert page.trouble == PageTrouble.TOO_HARD


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04", "не скан"),
        (b"\x00\x00\x00\x18ftypheic\x00", "heic"),
        (b"\xff\xd8\xff\xe0 broken", "повреждён"),
        (b"%PDF-1.7 broken", "повреждён"),
    ],
)
def test_other_files_are_refused_in_words(pages, data, said):
    with pytest.raises(ReaderError, match=said):
        list(read_pile(data, "x", {TOKEN: pages[0].boxes}))


def test_a_pdf_of_two_colours_is_refused(pages, filled):
    out = io.BytesIO()
    large = filled[0].convert("L").resize((2480, 3508)).point(lambda value: 255 * (value > 128))
    large.convert("1").save(out, "PDF", resolution=300)
    (page,) = read_pile(out.getvalue(), "x.pdf", {TOKEN: pages[0].boxes})
    assert page.trouble == PageTrouble.TWO_COLOURS


def test_the_face_of_the_sheets_lacks_no_letter():
    data = draw_blanks(
        "Анкета — «до»", lay_out(simulated.specimen(), measure()), [PrintedBlank(1, "Ё")]
    )
    assert len(pdfium.PdfDocument(data)) == 2
