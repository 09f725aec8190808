"""Facts the ledger announces."""

from django.dispatch import Signal

consent_withdrawn = Signal()
"""A consent was withdrawn. Arguments: `consent` (Consent), `by` (User or None)."""
