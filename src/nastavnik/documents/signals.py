"""What the register announces to apps that refer to its papers; whoever makes a kind is asked through `paper_kinds`."""

from django.dispatch import Signal

losses_asked = Signal()
"""A draft may be about to be thrown away: receivers return what goes with it, in sentences. Arguments: `document`."""

document_discarded = Signal()
"""A draft is thrown away, and is still there for the last time. Arguments: `document`, `by`."""

document_joined = Signal()
"""A draft goes back into the one it was split from, before it is thrown away. Arguments: `document`, `into`, `by`."""
