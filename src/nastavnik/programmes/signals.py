"""Facts the bases announce."""

from django.dispatch import Signal

base_entered = Signal()
"""People have entered a base. Arguments: `records` (list of Participation), `by` (User or None)."""
