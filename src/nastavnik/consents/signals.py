"""Facts the ledger announces."""

from django.dispatch import Signal

consent_withdrawn = Signal()
"""A consent was withdrawn. Arguments: `consent` (Consent), `by` (User or None)."""

consents_mistaken = Signal()
"""Lines of the ledger were ticked by mistake and have never held; nobody has withdrawn anything.

Arguments: `people` (keys of Person), `by` (User or None)."""
