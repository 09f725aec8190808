"""Sheets printed, filled in by invented hands, damaged and read: how often the reading is right, by kind of damage.

python tools/simulate_sheets.py [--sheets 200] [--seed 1] [--keep FOLDER] [--only KIND]

The picture of paper is simulated and ours, so its figures are an upper bound of what real paper gives.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw, ImageFilter

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from nastavnik.engine.blanks.codes import token_of
from nastavnik.engine.blanks.layout import (
    PrintedOption,
    PrintedPage,
    PrintedQuestion,
    SheetBox,
    lay_out,
)
from nastavnik.readers.blanks import read_blanks
from nastavnik.readers.piles import PageRead, enclose
from nastavnik.writers.blanks import PrintedBlank, draw_blanks, measure

DOTS = 7.0  # px a mm of a drawn page: 178 dots an inch
NUMBERS = (4071835, 1, 9999999, 1234567, 5550123, 8080808)
Chance = np.random.Generator
Given = Any


def specimen() -> list[PrintedQuestion]:
    """Return an invented questionnaire of the usual kinds: 12 scales, 4 of yes or no, 2 choices, 2 of several."""
    scale = tuple(PrintedOption(n, str(n)) for n in range(1, 11))
    yes_no = (PrintedOption("yes", "да"), PrintedOption("no", "нет"))
    often = tuple(
        PrintedOption(f"o{n}", text)
        for n, text in enumerate(("часто", "иногда", "редко", "никогда"))
    )
    did = tuple(
        PrintedOption(f"d{n}", text)
        for n, text in enumerate(
            ("учёба", "спорт", "свой проект", "долгие разговоры обо всём", "поход", "другое")
        )
    )
    made = [
        PrintedQuestion(
            f"s{n}", "Насколько полезными для тебя были личные встречи с наставником?", scale
        )
        for n in range(12)
    ]
    made += [
        PrintedQuestion(f"y{n}", "Хочешь ли ты продолжить участие в программе?", yes_no)
        for n in range(4)
    ]
    made += [PrintedQuestion(f"c{n}", "Как часто проходили ваши встречи?", often) for n in range(2)]
    made += [
        PrintedQuestion(
            "v0", "Что вы делали вместе? Можно отметить несколько.", did, is_several=True
        )
    ]
    made += [PrintedQuestion("v1", "Что ещё? Можно несколько.", often, is_several=True)]
    return made


@dataclass(frozen=True)
class Pen:
    """How a writer's pen looks: width in mm, darkness of red, green and blue, how even its line is."""

    width: float
    ink: tuple[float, float, float]
    even: float = 1.0


PENS = {
    "ball": Pen(0.45, (0.85, 0.75, 0.35), 0.9),
    "gel": Pen(0.7, (0.9, 0.9, 0.9)),
    "felt": Pen(1.3, (0.8, 0.7, 0.3)),
    "red": Pen(0.5, (0.15, 0.8, 0.75), 0.9),
    "pencil": Pen(0.6, (0.42, 0.42, 0.42), 0.6),
    "faint": Pen(0.5, (0.26, 0.26, 0.26), 0.6),
    "dry": Pen(0.4, (0.5, 0.45, 0.25), 0.35),
}
PEN_SHARES = {
    "ball": 0.4,
    "gel": 0.2,
    "felt": 0.08,
    "red": 0.07,
    "pencil": 0.15,
    "faint": 0.05,
    "dry": 0.05,
}


class Hand:
    """Draws marks on a page with one pen."""

    def __init__(self, page: Image.Image, pen: Pen, chance: Chance) -> None:
        self.page, self.pen, self.chance = page, pen, chance
        self.size = (page.width * 2, page.height * 2)
        self.layer = Image.new("L", self.size, 0)
        self.draw = ImageDraw.Draw(self.layer)

    def line(self, points: Sequence[tuple[float, float]], width: float = 1.0) -> None:
        """Draw a line through points, mm, by an unsteady hand."""
        px = 2 * DOTS
        shaky = [
            (x * px + self.chance.normal(0, 1.0), y * px + self.chance.normal(0, 1.0))
            for x, y in points
        ]
        wide = max(1, round(self.pen.width * width * px))
        self.draw.line(shaky, fill=255, width=wide, joint="curve")
        for x, y in (shaky[0], shaky[-1]):
            self.draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=255)

    def cross(self, box: SheetBox) -> None:
        (x, y), c = box.centre, self.chance
        x, y = x + c.normal(0, 0.35), y + c.normal(0, 0.35)
        r, s = c.uniform(1.5, 3.0, 2)
        turn = c.normal(0, 0.12)
        for way in (1, -1):
            dx, dy = r * np.cos(np.pi / 4 * way + turn), s * np.sin(np.pi / 4 * way + turn)
            self.line(
                [(x - dx, y - dy), (x + c.normal(0, 0.15), y + c.normal(0, 0.15)), (x + dx, y + dy)]
            )

    def tick(self, box: SheetBox) -> None:
        (x, y), c = box.centre, self.chance
        x, y = x + c.normal(0, 0.4), y + c.normal(0, 0.4)
        up = c.uniform(1.8, 4.2)
        self.line([(x - 1.7, y - 0.4), (x - 0.4, y + 1.6), (x + up * 0.7, y - up)])

    def slash(self, box: SheetBox) -> None:
        (x, y), c = box.centre, self.chance
        r = c.uniform(1.6, 2.8)
        self.line([(x - r, y + r), (x + r, y - r)])

    def fill(self, box: SheetBox) -> None:
        (x, y), c = box.centre, self.chance
        for t in np.arange(-2.1, 2.2, self.pen.width * 0.75):
            self.line(
                [
                    (x - 2.2 + c.normal(0, 0.15), y + t),
                    (x + 2.2 + c.normal(0, 0.15), y + t + c.normal(0, 0.2)),
                ],
                1.15,
            )

    def scribble(self, box: SheetBox) -> None:
        (x, y), c = box.centre, self.chance
        points = [
            (x + side * c.uniform(1.8, 2.6), y - 2.3 + 4.6 * n / 11)
            for n, side in enumerate([1, -1] * 6)
        ]
        self.line(points, 1.2)
        self.line([(px, 2 * y - py) for px, py in points], 1.2)

    def dot(self, box: SheetBox) -> None:
        (x, y), c = box.centre, self.chance
        for _ in range(4):
            a = c.uniform(0, 7)
            self.line([(x, y), (x + 0.7 * np.cos(a), y + 0.7 * np.sin(a))], 1.4)

    def circle(self, box: SheetBox) -> None:
        (x, y), c = box.centre, self.chance
        a = np.linspace(0, 2 * np.pi + 0.4, 24) + c.uniform(0, 6)
        r = c.uniform(3.4, 4.6)
        self.line([(x + r * np.cos(t), y + r * 0.9 * np.sin(t)) for t in a])

    def slip(self, box: SheetBox) -> None:
        x, y = box.centre
        self.line([(x + 1.2, y + 1.5), (x + 1.6, y + 1.1)], 0.6)

    def done(self) -> Image.Image:
        """Return the page with the ink on it."""
        ink = (
            np.asarray(self.layer.resize(self.page.size, Image.Resampling.BOX)).astype(np.float32)
            / 255
        )
        if self.pen.even < 1:
            rough = self.chance.random(
                (self.page.height // 3 + 1, self.page.width // 3 + 1)
            ).astype(np.float32)
            wide = Image.fromarray((rough * 255).astype(np.uint8)).resize(
                self.page.size, Image.Resampling.BILINEAR
            )
            ink = ink * (
                self.pen.even + (1 - self.pen.even) * np.asarray(wide).astype(np.float32) / 160
            ).clip(0, 1)
        paper = np.asarray(self.page.convert("RGB")).astype(np.float32)
        return Image.fromarray(
            (paper * (1 - ink[..., None] * np.array(self.pen.ink, np.float32)))
            .clip(0, 255)
            .astype(np.uint8)
        )


MARKS = {
    "cross": 0.70,
    "tick": 0.12,
    "fill": 0.04,
    "slash": 0.05,
    "dot": 0.02,
    "circle": 0.005,
    "corrected": 0.04,
    "slipped": 0.025,
}


def fill_in(
    page: Image.Image, boxes: Sequence[SheetBox], pen: str, chance: Chance
) -> tuple[Image.Image, dict[str, Given]]:
    """Answer a drawn page by an invented hand; return it and what was meant."""
    hand = Hand(page, PENS[pen], chance)
    habit = str(chance.choice(["cross", "cross", "cross", "cross", "tick", "fill"]))
    items: dict[str, list[SheetBox]] = {}
    for box in boxes:
        items.setdefault(box.item, []).append(box)
    meant: dict[str, Given] = {}
    for item, row in items.items():
        if chance.random() < 0.05:
            meant[item] = None
            continue
        if row[0].is_several:
            taken = [box for box in row if chance.random() < 0.35]
            meant[item] = tuple(box.value for box in taken) or None
            for box in taken:
                getattr(hand, habit)(box)
            continue
        box = row[int(chance.integers(len(row)))]
        meant[item] = box.value
        kind = (
            habit
            if chance.random() < 0.85
            else str(
                chance.choice(list(MARKS), p=np.array(list(MARKS.values())) / sum(MARKS.values()))
            )
        )
        other = row[int(chance.integers(len(row)))]
        if kind == "corrected":
            if other is not box:
                hand.cross(other)
                (hand.fill if chance.random() < 0.6 else hand.scribble)(other)
            hand.cross(box)
        elif kind == "slipped":
            hand.cross(box)
            if other is not box:
                hand.slip(other)
        else:
            getattr(hand, kind)(box)
    return hand.done(), meant


# --- what happens to paper -------------------------------------------------------------------------------------------


@dataclass
class Shot:
    """How a sheet is pictured: size of the picture, the corners of the sheet in it, bends and light."""

    size: tuple[int, int]
    corners: np.ndarray
    bend: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]] | None = None
    light: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
    ground: float = 90.0
    blur: float = 0.0
    noise: float = 2.0
    quality: int = 85
    tint: tuple[float, float, float] = (1, 1, 1)
    motion: int = 0


def homography(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y), (0, 0, 0, x, y, 1, -v * x, -v * y)]
        right += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1).reshape(3, 3)


def pictured(page: Image.Image, shot: Shot, chance: Chance) -> Image.Image:
    """Return the picture taken of a page."""
    width, height = shot.size
    sheet = np.array([(0, 0), (210, 0), (210, 297), (0, 297)], float)
    h = homography(shot.corners, sheet)
    zoom = float(np.hypot(*(shot.corners[1] - shot.corners[0]))) / 210
    if zoom < DOTS / 1.3:  # what a lens cannot tell apart it averages
        page = page.filter(ImageFilter.GaussianBlur(round(0.45 * DOTS / zoom, 2)))
    cell = 20
    mesh = mesh_of(shot, h, cell)
    image = page.transform(shot.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)
    inside = Image.new("L", page.size, 255).transform(shot.size, Image.Transform.MESH, mesh)
    grain = chance.normal(shot.ground, 12, (height // 8 + 1, width // 8 + 1)).clip(0, 255)
    ground = Image.fromarray(grain.astype(np.uint8)).resize(shot.size).convert("RGB")
    image = Image.composite(image, ground, inside)
    if shot.light:
        u, v = np.meshgrid(np.arange(0, width, 4) / width, np.arange(0, height, 4) / height)
        tone = Image.fromarray((255 * shot.light(u, v)).clip(0, 255).astype(np.uint8))
        tone = tone.resize(shot.size, Image.Resampling.BILINEAR)
        image = ImageChops.multiply(image, tone.convert("RGB"))
    if shot.tint != (1, 1, 1):
        image = ImageChops.multiply(
            image, Image.new("RGB", shot.size, tuple(round(255 * t) for t in shot.tint))
        )
    if shot.blur:
        image = image.filter(ImageFilter.GaussianBlur(shot.blur))
    if shot.motion:
        kernel = image
        for n in range(1, shot.motion):
            kernel = Image.blend(kernel, ImageChops.offset(image, n, 0), 1 / (n + 1))
        image = kernel
    if shot.noise:
        tile = chance.normal(0, shot.noise, (256, 256, 1)) + chance.normal(
            0, shot.noise / 2, (256, 256, 3)
        )
        rough = Image.fromarray((128 + tile).clip(0, 255).astype(np.uint8))
        wide = Image.new("RGB", shot.size)
        for x in range(0, width, 256):
            for y in range(0, height, 256):
                wide.paste(rough, (x, y))
        image = ImageChops.add(image, wide, 1, -128)
    return image


def mesh_of(
    shot: Shot, h: np.ndarray, cell: int
) -> list[tuple[tuple[int, ...], tuple[float, ...]]]:
    """Return which piece of the page is seen in each small square of the picture."""
    us, vs = np.arange(0, shot.size[0] + cell, cell), np.arange(0, shot.size[1] + cell, cell)
    u, v = np.meshgrid(us, vs)
    down = h[2, 0] * u + h[2, 1] * v + h[2, 2]
    x, y = (
        (h[0, 0] * u + h[0, 1] * v + h[0, 2]) / down,
        (h[1, 0] * u + h[1, 1] * v + h[1, 2]) / down,
    )
    if shot.bend:
        x, y = shot.bend(x, y)
    x, y = x * DOTS, y * DOTS
    mesh = []
    for j in range(len(vs) - 1):
        for i in range(len(us) - 1):
            quad = (
                x[j, i],
                y[j, i],
                x[j + 1, i],
                y[j + 1, i],
                x[j + 1, i + 1],
                y[j + 1, i + 1],
                x[j, i + 1],
                y[j, i + 1],
            )
            if (
                max(quad[::2]) > 0
                and max(quad[1::2]) > 0
                and min(quad[::2]) < 210 * DOTS
                and min(quad[1::2]) < 297 * DOTS
            ):
                mesh.append(((int(us[i]), int(vs[j]), int(us[i + 1]), int(vs[j + 1])), quad))
    return mesh


def upright(
    size: tuple[int, int], chance: Chance, *, turn: float, tilt: float, fills: float
) -> np.ndarray:
    """Return the corners of a sheet turned by degrees and tilted in space, in px."""
    width, height = size
    a, bx, by = (
        np.radians(turn),
        np.radians(chance.uniform(-tilt, tilt)),
        np.radians(chance.uniform(-tilt, tilt)),
    )
    points = np.array([(-105, -148.5, 0), (105, -148.5, 0), (105, 148.5, 0), (-105, 148.5, 0)])
    rz = np.array([(np.cos(a), -np.sin(a), 0), (np.sin(a), np.cos(a), 0), (0, 0, 1)])
    rx = np.array([(1, 0, 0), (0, np.cos(bx), -np.sin(bx)), (0, np.sin(bx), np.cos(bx))])
    ry = np.array([(np.cos(by), 0, np.sin(by)), (0, 1, 0), (-np.sin(by), 0, np.cos(by))])
    p = points @ (ry @ rx @ rz).T
    flat = p[:, :2] * 500 / (500 + p[:, 2:])
    low, high = flat.min(0), flat.max(0)
    k = fills * min(width / (high[0] - low[0]), height / (high[1] - low[1]))
    return (
        (flat - (low + high) / 2) * k
        + np.array([width / 2, height / 2])
        + chance.normal(0, 0.01 * width, 2)
    )


def waves(chance: Chance, most: float, n: int = 6) -> Callable:
    """Return a bend of so many mm at most: a sum of soft waves."""
    parts = [
        (
            chance.uniform(0, most) / n * 2,
            *chance.uniform(0.008, 0.05, 2),
            *chance.uniform(0, 6, 2),
            chance.uniform(0, 6.3),
        )
        for _ in range(n)
    ]

    def bend(x, y):
        dx, dy = np.zeros_like(x), np.zeros_like(y)
        for size, fx, fy, p, _q, way in parts:
            wave = np.sin(fx * x * 2 + fy * y * 2 + p).astype(np.float32) * size
            dx, dy = dx + wave * np.cos(way), dy + wave * np.sin(way)
        return x + dx.astype(np.float32), y + dy.astype(np.float32)

    return bend


def folded(chance: Chance) -> tuple[Callable, Callable]:
    """Return the bend and the light of a sheet folded in four: steps at the folds."""
    sx, sy = chance.uniform(-1.8, 1.8, 2)
    more = waves(chance, 1.2)

    def bend(x, y):
        x, y = more(x, y)
        return x + sx * np.maximum(0, 1 - abs(x - 105) / 60), y + sy * np.maximum(
            0, 1 - abs(y - 148.5) / 80
        )

    tones = chance.uniform(0.75, 1.0, 4)

    def light(u, v):
        return np.where(
            u < 0.5, np.where(v < 0.5, tones[0], tones[1]), np.where(v < 0.5, tones[2], tones[3])
        ).astype(np.float32)

    return bend, light


def shade(chance: Chance, *, hard: bool) -> Callable:
    """Return light that falls from one side, with the edge of a shadow."""
    a, b = chance.uniform(0, 6.3), chance.uniform(0.2, 0.8)
    depth = chance.uniform(0.35, 0.75)
    soft = chance.uniform(0.01, 0.03) if hard else chance.uniform(0.1, 0.4)
    slope = chance.uniform(0, 0.35)

    def light(u, v):
        along = (u - 0.5) * np.cos(a) + (v - 0.5) * np.sin(a) + 0.5
        edge = 1 / (1 + np.exp(-(along - b) / soft * 4))
        return ((1 - slope * along) * (depth + (1 - depth) * edge)).astype(np.float32)

    return light


def scan(chance: Chance) -> Shot:
    dots = float(chance.choice([150, 200, 300])) / 25.4
    size = (round(210 * dots), round(297 * dots))
    turn = float(chance.choice([0, 0, 0, 180])) + chance.normal(0, 1.2)
    corners = upright(size, chance, turn=turn, tilt=0, fills=float(chance.uniform(0.95, 1.03)))
    return Shot(
        size,
        corners,
        ground=float(chance.choice([250, 20])),
        blur=float(chance.uniform(0, 0.8)),
        noise=float(chance.uniform(0, 4)),
        quality=int(chance.integers(60, 95)),
    )


def photo(chance: Chance) -> Shot:
    size = (1350, 1800) if chance.random() < 0.7 else (1950, 2600)
    corners = upright(
        size,
        chance,
        turn=float(chance.uniform(0, 360)),
        tilt=22,
        fills=float(chance.uniform(0.85, 0.98)),
    )
    return Shot(
        size,
        corners,
        waves(chance, 1.0),
        shade(chance, hard=chance.random() < 0.4),
        float(chance.uniform(30, 150)),
        float(chance.uniform(0.3, 1.4)),
        float(chance.uniform(1, 6)),
        int(chance.integers(50, 90)),
        (1, float(chance.uniform(0.88, 1)), float(chance.uniform(0.75, 1))),
    )


def messenger(chance: Chance) -> Shot:
    corners = upright(
        (960, 1280),
        chance,
        turn=float(chance.choice([0, 90, 180, 270])) + chance.normal(0, 6),
        tilt=15,
        fills=float(chance.uniform(0.88, 0.98)),
    )
    return Shot(
        (960, 1280),
        corners,
        waves(chance, 0.8),
        shade(chance, hard=False),
        float(chance.uniform(30, 150)),
        float(chance.uniform(0.2, 0.8)),
        float(chance.uniform(1, 4)),
        int(chance.integers(50, 80)),
        (1, 0.97, float(chance.uniform(0.8, 1))),
    )


def fold(chance: Chance) -> Shot:
    shot = photo(chance)
    shot.bend, shot.light = folded(chance)
    shot.blur = float(chance.uniform(0.6, 2.2)) * shot.size[0] / 1500
    return shot


def crumple(chance: Chance) -> Shot:
    shot = photo(chance)
    fine, large = waves(chance, 2.0, 14), waves(chance, 4.0, 4)
    shot.bend = lambda x, y: fine(*large(x, y))
    dents = [
        (chance.uniform(0, 1, 2), chance.uniform(0.02, 0.2), chance.uniform(-0.25, 0.1))
        for _ in range(25)
    ]
    before = shot.light

    def light(u, v):
        tone = before(u, v)
        for (x, y), wide, deep in dents:
            tone = tone * (1 + deep * np.exp(-((u - x) ** 2 + (v - y) ** 2) / wide**2))
        return tone

    shot.light = light
    return shot


def blurred(chance: Chance) -> Shot:
    shot = photo(chance)
    if chance.random() < 0.5:
        shot.motion = int(chance.integers(4, 9) * shot.size[0] / 1500)
    else:
        shot.blur = float(chance.uniform(1.5, 3.0)) * shot.size[0] / 1500
    return shot


DAMAGES: dict[str, tuple[Callable[[Chance], Shot], float]] = {
    "scan": (scan, 0.30),
    "photo": (photo, 0.35),
    "messenger": (messenger, 0.15),
    "fold": (fold, 0.07),
    "crumple": (crumple, 0.07),
    "blurred": (blurred, 0.06),
}
HARSH = frozenset({"fold", "crumple", "blurred"})


@dataclass
class Tally:
    """Counts of one kind of damage."""

    sheets: int = 0
    lost: int = 0
    items: int = 0
    shown: int = 0
    wrong: int = 0
    seconds: float = 0.0
    wrongs: list[str] = field(default_factory=list)


@cache
def drawn(number: int) -> list[Image.Image]:
    """Return a blank of the specimen as pictures of its pages."""
    return drawn_pages(lay_out(specimen(), measure()), number)


def drawn_pages(pages: Sequence[PrintedPage], number: int) -> list[Image.Image]:
    """Return a blank printed and drawn as pictures of its pages."""
    document = pdfium.PdfDocument(
        draw_blanks(
            "Анкета наставляемого: в конце года", pages, [PrintedBlank(number, "Ольхин Артём, 7А")]
        )
    )
    return [page.render(scale=DOTS * 25.4 / 72).to_pil().convert("RGB") for page in document]


def saved(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def simulate(n_sheets: int, seed: int, only: str | None, keep: Path | None) -> dict[str, Tally]:
    """Print, fill, damage and read so many sheets."""
    pages = lay_out(specimen(), measure())
    kinds = [only] if only else list(DAMAGES)
    shares = np.array([DAMAGES[kind][1] for kind in kinds])
    tallies = {kind: Tally() for kind in kinds}
    reasons: Counter[str] = Counter()
    for n in range(n_sheets):
        chance = np.random.default_rng([seed, n])
        kind = str(chance.choice(kinds, p=shares / shares.sum()))
        pen = str(chance.choice(list(PEN_SHARES), p=list(PEN_SHARES.values())))
        number = NUMBERS[int(chance.integers(len(NUMBERS)))]
        page_number = int(chance.integers(len(pages)))
        boxes, token = pages[page_number].boxes, token_of(number, page_number + 1)
        filled, meant = fill_in(drawn(number)[page_number], boxes, pen, chance)
        shot = DAMAGES[kind][0](chance)
        data = saved(pictured(filled, shot, chance), shot.quality)
        if keep:
            (keep / f"{n:03}-{kind}-{pen}.jpg").write_bytes(data)
            truth = {"token": token, "meant": meant, "page": page_number}
            (keep / f"{n:03}-{kind}-{pen}.json").write_text(json.dumps(truth, ensure_ascii=False))
        began = time.process_time()
        read = read_blanks(enclose({token: boxes}, 1, 1, data), "x.jpg").pages[0]
        _count(
            tallies[kind], read, token, meant, time.process_time() - began, f"{n} {pen}", reasons
        )
    print(dict(reasons))
    return tallies


def _count(
    tally: Tally,
    read: PageRead,
    token: str,
    meant: dict[str, Given],
    seconds: float,
    which: str,
    reasons: Counter[str],
) -> None:
    tally.sheets += 1
    tally.seconds += seconds
    tally.items += len(meant)
    if read.token != token or read.trouble:
        tally.lost += 1
        tally.shown += len(meant)
        tally.wrongs.append(f"{which}: {read.trouble}")
        return
    for item, value in meant.items():
        if item in read.doubts:
            tally.shown += 1
            reasons[str(read.doubts[item])] += 1
        elif read.answers.get(item) != value:
            tally.wrong += 1
            tally.wrongs.append(f"{which} {item}: {value} read {read.answers.get(item)}")


def main() -> int:
    """Print the figures; 1 when they are not good enough."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sheets", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=list(DAMAGES))
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    tallies = simulate(options.sheets, options.seed, options.only, options.keep)
    print("kind       sheets lost  items  shown      wrong of sure   s a page")
    for kind, one in tallies.items():
        sure = one.items - one.shown
        print(
            f"{kind:10} {one.sheets:5} {one.lost:5} {one.items:6} {one.shown:5} {one.shown / max(1, one.items):6.1%}"
            f" {one.wrong:4} {one.wrong / max(1, sure):7.2%}   {one.seconds / max(1, one.sheets):6.2f}"
        )
        for line in one.wrongs:
            print("    ", line)
    usual = [one for kind, one in tallies.items() if kind not in HARSH]
    harsh = [one for kind, one in tallies.items() if kind in HARSH]
    is_good = error(usual) <= 0.005 and error(harsh) <= 0.005
    return (
        0
        if is_good and sum(one.shown for one in usual) <= 0.05 * sum(one.items for one in usual)
        else 1
    )


def error(tallies: Sequence[Tally]) -> float:
    """Return which share of the items that nobody is asked about is wrong."""
    sure = sum(one.items - one.shown for one in tallies)
    return sum(one.wrong for one in tallies) / max(1, sure)


if __name__ == "__main__":
    sys.exit(main())
