"""What is read from a page, without the arrays it was read by."""

from enum import StrEnum

Value = str | int
Given = Value | tuple[Value, ...] | None


class MarkDoubt(StrEnum):
    """Why a person has to look at an item."""

    TWO_MARKS = "two_marks"
    WEAK_MARK = "weak_mark"
    MARK_BESIDE = "mark_beside"
    FILLED_AMONG_CROSSED = "filled_among_crossed"
    PALE_SHEET = "pale_sheet"
    BOX_NOT_SEEN = "box_not_seen"
    POOR_PICTURE = "poor_picture"
