"""Printed sheets filled in by an invented hand, as pictures of a scanner."""

from io import BytesIO

import numpy as np
import pypdfium2
from PIL import Image
from tools.simulate_sheets import DOTS, PENS, Hand, photo, pictured, saved

from nastavnik.blanks.models import Blank, PrintRun
from nastavnik.engine.blanks.layout import SheetBox, WritingFrame


def pages_of(run: PrintRun) -> dict[tuple[int, int], Image.Image]:
    """Return (key of a sheet, its page) → the blank page of it."""
    n_pages = len(run.layout["pages"])
    blanks = list(Blank.objects.filter(run=run).order_by("pk"))
    with pypdfium2.PdfDocument(bytes(run.pdf)) as pdf:
        drawn = [page.render(scale=DOTS * 25.4 / 72).to_pil().convert("RGB") for page in pdf]
    return {(blanks[n // n_pages].pk, n % n_pages + 1): picture for n, picture in enumerate(drawn)}


def marked(run: PrintRun, page: Image.Image, number: int = 1, **answers: object) -> Image.Image:
    """Return a page with crosses: item=value, item=[values]; item=... writes into the frame of an item."""
    hand = Hand(page, PENS["gel"], np.random.default_rng(4))
    layout = run.layout["pages"][number - 1]
    for row in layout["boxes"]:
        box = SheetBox(*row)
        said = answers.get(box.item)
        if box.value in (said if isinstance(said, list) else [said]):
            hand.cross(box)
    for row in layout["frames"]:
        if answers.get(row[0]) is ...:
            frame = WritingFrame(*row)
            for n in range(12):
                x, y = frame.x + 6 + n * 4, frame.y + 4
                hand.line([(x, y - 1.5), (x + 2, y + 1.5), (x + 3, y - 1)])
    return hand.done()


def one_file(*pages: Image.Image) -> bytes:
    """Return pages as the .pdf of a scanner."""
    whole = BytesIO()
    pages[0].save(whole, "PDF", save_all=True, append_images=pages[1:], resolution=DOTS * 25.4)
    return whole.getvalue()


def photographed(page: Image.Image, seed: int) -> bytes:
    """Return a page as a photo of a phone: turned, tilted, in the shadow, packed."""
    chance = np.random.default_rng(seed)
    shot = photo(chance)
    return saved(pictured(page, shot, chance), shot.quality)
