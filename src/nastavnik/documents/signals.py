"""Facts the register announces."""

from django.dispatch import Signal

document_opened = Signal()
"""A draft is about to be shown, downloaded or registered: whoever makes its kind may draw it anew.

Arguments: `document`, `by` (None when it is only shown)."""

document_registered = Signal()
"""A draft got its number and date. Arguments: `document`, `by`."""
