"""The cells of the district's table: thousands of them, so they are joined from ready pieces, not drawn by a template."""

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

# state → class and sign; the words are in the legend and on the page of the school
SIGNS = {
    "done": ("c-done", "✓"),
    "due": ("c-due", "·"),
    "late": ("c-late", "!"),
    "absent": ("c-no", "–"),
    "skipped": ("c-no", "×"),
}
_READY = {state: f"<td class={name}>{sign}" for state, (name, sign) in SIGNS.items()}


def render_cells(cells: Iterable[tuple[str, int]]) -> SafeString:
    """Return the cells of one school as HTML: state and days late."""
    return mark_safe(  # noqa: S308 - constants and whole numbers
        "".join(
            [
                f"<td class=c-late>{SIGNS[state][1]}{days:d}" if days else _READY[state]
                for state, days in cells
            ]
        )
    )
