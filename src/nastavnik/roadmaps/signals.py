"""Facts the roadmaps announce."""

from django.dispatch import Signal

roadmap_replaced = Signal()
"""Another roadmap of the same year holds from now on.

Arguments: `before` (Roadmap, in the archive now), `after` (Roadmap), `by` (User or None)."""
