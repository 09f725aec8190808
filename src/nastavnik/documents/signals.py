"""Facts the register announces."""

from django.dispatch import Signal

document_opened = Signal()
"""A draft is about to be shown or downloaded: whoever makes its kind may draw it anew. Argument: `document`."""

document_registered = Signal()
"""A draft got its number and date. Arguments: `document`, `by`."""
