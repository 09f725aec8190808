"""The plane of the paper in a picture: from millimetres of the sheet to pixels and back to arrays of darkness."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from nastavnik.engine.blanks.layout import CODE, CORNER_PLACES, HEIGHT, WIDTH

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

_MIDDLE = np.array([WIDTH / 2, HEIGHT / 2])
_SCALE = 100.0


def code_points(corner: str) -> Floats:
    """Return the four points of a printed code, mm: top left, top right, bottom right, bottom left."""
    square: Floats = np.array([(0.0, 0.0), (CODE, 0.0), (CODE, CODE), (0.0, CODE)])
    square += np.array(CORNER_PLACES[corner])
    return square


def plane_of(codes: Mapping[str, Floats]) -> Floats:
    """Return the homography mm → px by least squares over the points of the codes found.

    Args:
        codes: by corner the four points of its code, px, in the order of `code_points`.
    """
    mm = (np.concatenate([code_points(corner) for corner in codes]) - _MIDDLE) / _SCALE
    px = np.concatenate(list(codes.values()))
    middle, spread = px.mean(0), float(px.std()) or 1.0
    rows = []
    for (x, y), (u, v) in zip(mm, (px - middle) / spread, strict=True):
        rows += [
            (x, y, 1, 0, 0, 0, -u * x, -u * y, -u),
            (0, 0, 0, x, y, 1, -v * x, -v * y, -v),
        ]
    h = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    shrink = np.array([(1, 0, -_MIDDLE[0]), (0, 1, -_MIDDLE[1]), (0, 0, _SCALE)]) / _SCALE
    grow = np.array([(spread, 0, middle[0]), (0, spread, middle[1]), (0, 0, 1)])
    found: Floats = grow @ h @ shrink
    found /= found[2, 2]
    return found


def to_pixels(plane: Floats, x: Floats | float, y: Floats | float) -> tuple[Floats, Floats]:
    """Return where points of the sheet stand in the picture."""
    down = plane[2, 0] * x + plane[2, 1] * y + plane[2, 2]
    u = (plane[0, 0] * x + plane[0, 1] * y + plane[0, 2]) / down
    v = (plane[1, 0] * x + plane[1, 1] * y + plane[1, 2]) / down
    return np.asarray(u), np.asarray(v)


def pixels_in_mm(plane: Floats) -> float:
    """Return how many pixels a millimetre in the middle of the sheet has, the smaller of both ways."""
    (x, y), step = _MIDDLE, 5.0
    u0, v0 = to_pixels(plane, x, y)
    across = to_pixels(plane, x + step, y)
    down = to_pixels(plane, x, y + step)
    ways = [float(np.hypot(u - u0, v - v0)) / step for u, v in (across, down)]
    return min(ways)


def is_sound(plane: Floats, width: int, height: int) -> bool:
    """Tell whether a sheet can lie so: upright to the camera and not much larger than the picture."""
    x = np.array([0.0, WIDTH, WIDTH, 0.0])
    y = np.array([0.0, 0.0, HEIGHT, HEIGHT])
    down = plane[2, 0] * x + plane[2, 1] * y + plane[2, 2]
    if (down <= 0).any():
        return False
    u, v = to_pixels(plane, x, y)
    turned = np.sum(u * np.roll(v, -1) - np.roll(u, -1) * v) / 2
    return bool(0 < turned < 4 * width * height)  # a mirrored sheet turns the other way


def sample(grey: Singles, plane: Floats, x: Floats, y: Floats) -> Singles:
    """Return the values of a picture at points given in mm, between its pixels; NaN outside it."""
    u, v = to_pixels(plane, x, y)
    outside = ~((u >= 0) & (v >= 0) & (u < grey.shape[1] - 1) & (v < grey.shape[0] - 1))
    u, v = np.where(outside, 0, u), np.where(outside, 0, v)
    left, top = u.astype(np.int32), v.astype(np.int32)
    across, down = (u - left).astype(np.float32), (v - top).astype(np.float32)
    flat, width = grey.ravel(), grey.shape[1]
    at = top * width + left
    above = flat[at] * (1 - across) + flat[at + 1] * across
    below = flat[at + width] * (1 - across) + flat[at + width + 1] * across
    found: Singles = above * (1 - down) + below * down
    found[outside] = np.nan
    return found
