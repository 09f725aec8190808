"""From ink to answers: what is sure, and what a person has to look at.

The measure is the picture's own: its blank boxes say what no ink looks like, the writer's usual mark what ink does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nastavnik.engine.blanks.answers import Given, MarkDoubt
from nastavnik.engine.blanks.inks import BoxInks
from nastavnik.engine.blanks.layout import SheetBox
from nastavnik.engine.blanks.planes import Floats


@dataclass(frozen=True, slots=True)
class MarkRules:
    """From where on ink is what.

    Attributes:
        least: ink that may be a mark at all.
        spreads: the same in spreads of the blank boxes of the page.
        proven: the same in terms of what reference boxes show.
        alike: a mark weaker than this share of the writer's usual one is shown.
        hint: a box with that share of the ink of a mark is not believed blank where nothing else is marked.
        slip: a second mark weaker than this share of the first is a slip of the pen.
        full: share of a box that is dark from which it counts as filled.
        fill: how much darker than the usual mark a filled box is.
        crossed: how much lighter than a box filled to take it back the new mark is.
        beside: ink beside one box of an item without marks, over that beside another.
        sure: a blank is believed when the usual mark is so many times what may be a mark.
        seen: least contrast of an outline, as a share of the usual one of the page.
        outside: most of a box and its surroundings that may lie outside the picture.
        contrast: least usual contrast of the outlines of a page: of blurred ones it is 0.02 to 0.06, of others above 0.1.
        many: least number of doubtful items for the same.
        poor: share of doubtful items from which all of the page are shown.
    """

    least: float = 0.008
    spreads: float = 5.0
    proven: float = 1.5
    alike: float = 0.35
    hint: float = 0.55
    slip: float = 0.22
    full: float = 0.82
    fill: float = 1.3
    crossed: float = 0.8
    beside: float = 0.020
    sure: float = 8.0
    seen: float = 0.30
    outside: float = 0.02
    contrast: float = 0.06
    many: int = 3
    poor: float = 0.25


RULES = MarkRules()


@dataclass(frozen=True, slots=True)
class PageJudgement:
    """What one page says.

    Attributes:
        answers: value by item, values of an item of several, None where nothing is marked; of a doubtful item a guess.
        doubts: why by item.
    """

    answers: Mapping[str, Given]
    doubts: Mapping[str, MarkDoubt]


@dataclass(frozen=True, slots=True)
class _PageMeasure:
    """What the marks of a page are measured by."""

    low: float
    usual: float
    strong: float
    is_thick: bool


def judge(boxes: Sequence[SheetBox], inks: BoxInks, rules: MarkRules = RULES) -> PageJudgement:
    """Judge the items of a page.

    Args:
        boxes: those of the questionnaire; in `inks` they come first, the references after them.
        inks: what is seen.
        rules: from where on ink is what.
    """
    ink = inks.ink - np.median(inks.ink)
    around = inks.around - np.median(inks.around)
    items: dict[str, list[int]] = {}
    for place, box in enumerate(boxes):
        items.setdefault(box.item, []).append(place)
    page = _measured(list(items.values()), ink, inks.cover, ink[len(boxes) :], rules)
    usual_outline = float(np.median(inks.outline))
    answers: dict[str, Given] = {}
    doubts: dict[str, MarkDoubt] = {}
    for item, at in items.items():
        is_several = boxes[at[0]].is_several
        judge_item = _judge_several if is_several else _judge_one
        marked, doubt = judge_item(ink[at], inks.cover[at], around[at], page, rules)
        values = tuple(boxes[at[n]].value for n in sorted(marked))
        answers[item] = (values or None) if is_several else next(iter(values), None)
        is_seen = inks.outline[at].min() >= rules.seen * usual_outline
        if not is_seen or inks.outside[at].max() > rules.outside:
            doubt = MarkDoubt.BOX_NOT_SEEN
        if doubt:
            doubts[item] = doubt
    if len(doubts) >= max(rules.many, rules.poor * len(items)) or usual_outline < rules.contrast:
        doubts = {item: doubts.get(item, MarkDoubt.POOR_PICTURE) for item in items}
    return PageJudgement(answers, doubts)


def _measured(
    items: Sequence[list[int]], ink: Floats, cover: Floats, references: Floats, rules: MarkRules
) -> _PageMeasure:
    blank = ink[ink <= np.percentile(ink, 75)]
    low = max(rules.least, rules.spreads * 1.4826 * float(np.median(np.abs(blank))))
    if len(references) > 1:
        # what two boxes show that nobody wrote in may be seen in others too: a crease, a badly seen line
        low = max(low, rules.proven * float(np.sort(references)[-2]))
    strongest = [at[int(ink[at].argmax())] for at in items]
    marked = [place for place in strongest if ink[place] >= low]
    if not marked:
        return _PageMeasure(low, 0.0, 0.0, is_thick=False)
    is_thick = float(np.median(cover[marked])) > rules.full - 0.1
    usual = float(np.median(ink[marked]))
    # who fills boxes and once crosses one has made a mark none the less
    return _PageMeasure(low, usual, min(rules.alike * usual, rules.sure * low), is_thick)


_Verdict = tuple[list[int], MarkDoubt | None]


def _judge_several(
    ink: Floats, cover: Floats, around: Floats, page: _PageMeasure, rules: MarkRules
) -> _Verdict:
    marks = [n for n in range(len(ink)) if ink[n] >= page.low]
    strong = [n for n in marks if ink[n] >= page.strong]
    if not marks:
        return _nothing(ink, around, page, rules)
    if len(marks) > len(strong) or _is_hinted(ink, page, rules):
        return strong or marks, MarkDoubt.WEAK_MARK
    if not page.is_thick and cover[strong].max() >= rules.full and np.ptp(cover[strong]) > 0.3:  # noqa: PLR2004
        return strong, MarkDoubt.FILLED_AMONG_CROSSED
    return strong, None


def _nothing(ink: Floats, around: Floats, page: _PageMeasure, rules: MarkRules) -> _Verdict:
    if page.usual < rules.sure * page.low:
        return [], MarkDoubt.PALE_SHEET
    if _is_hinted(ink, page, rules):
        return [], MarkDoubt.WEAK_MARK
    return [], MarkDoubt.MARK_BESIDE if np.ptp(around) > rules.beside else None


def _is_hinted(ink: Floats, page: _PageMeasure, rules: MarkRules) -> bool:
    """Tell whether a box is neither marked nor as blank as blank boxes are: the pen may have run dry there."""
    return bool(((ink >= rules.hint * page.low) & (ink < page.low)).any())


def _judge_one(
    ink: Floats, cover: Floats, around: Floats, page: _PageMeasure, rules: MarkRules
) -> _Verdict:
    order = [int(n) for n in np.argsort(-ink)]
    marks = [n for n in order if ink[n] >= page.low]
    strong = [n for n in marks if ink[n] >= page.strong]
    if not marks:
        return _nothing(ink, around, page, rules)
    if not strong:
        return marks[:1], MarkDoubt.WEAK_MARK
    filled = [
        n
        for n in strong
        if cover[n] >= rules.full and ink[n] > rules.fill * page.usual and not page.is_thick
    ]
    if len(marks) == 1 or (not filled and ink[marks[1]] < rules.slip * ink[marks[0]]):
        return marks[:1], None
    crossed = [n for n in strong if n not in filled]
    is_plain = len(crossed) == 1 and len(marks) == len(strong)
    if is_plain and filled and ink[crossed[0]] < rules.crossed * ink[filled[-1]]:
        return crossed, None  # filled is taken back, crossed counts
    return (crossed or strong)[:1], MarkDoubt.TWO_MARKS
