"""Whether something stands in a place to write in: only told apart from an empty one, never read."""

import numpy as np
import numpy.typing as npt

from nastavnik.engine.blanks.inks import thin
from nastavnik.engine.blanks.layout import SHOWN, WritingFrame

_INSIDE = 1.6  # mm from the outline in: a bent sheet brings the line itself so far
_STROKE = 1.2  # mm: half of the widest stroke; the edge of a shadow is wider
_SQUARE = 2.0  # mm
_DARKER = 0.12  # than the paper beside it: pencil in a pale photo is
_SHARE = 0.08  # of a square, in two squares: a grain of the paper is dark in one pixel, a stroke in a row of them


def is_written(page: npt.NDArray[np.uint8], frame: WritingFrame) -> bool:
    """Tell whether a frame of a straightened page shows ink; in doubt it does, for a person looks then.

    Args:
        page: grey, `SHOWN` px a mm, the sheet's corner at its own.
        frame: the place, mm.
    """
    left, right = (round(at * SHOWN) for at in (frame.x + _INSIDE, frame.x + frame.w - _INSIDE))
    top, bottom = (round(at * SHOWN) for at in (frame.y + _INSIDE, frame.y + frame.h - _INSIDE))
    inside = page[top:bottom, left:right].astype(np.float32)
    side = round(_SQUARE * SHOWN)
    rows, columns = inside.shape[0] // side, inside.shape[1] // side
    if not rows or not columns:
        return True
    darkness = (1 - inside[None] / 255).astype(np.float32)
    dark = thin(darkness, round(_STROKE * SHOWN))[0] > _DARKER
    squares = dark[: rows * side, : columns * side].reshape(rows, side, columns, side)
    inked = np.sort(squares.mean((1, 3)), axis=None)
    return bool(inked[-2:].min() > _SHARE)
