"""Refusals in words the user can act on."""

from collections.abc import Iterable


class RefusedError(Exception):
    """An action that may not be done now; carries sentences that say what, where and what to do.

    Attributes:
        reasons: translated sentences, the most important first; never empty.
    """

    def __init__(self, reasons: str | Iterable[str]) -> None:
        self.reasons = (reasons,) if isinstance(reasons, str) else tuple(reasons)
        super().__init__(" ".join(str(reason) for reason in self.reasons))
