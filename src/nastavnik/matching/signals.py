"""Facts matching announces."""

from django.dispatch import Signal

obstacles_asked = Signal()
"""The approval of a matching may be about to be taken back: receivers return why not, in sentences. Arguments: `run`."""
