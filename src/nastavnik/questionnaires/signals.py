"""Facts the questionnaires announce."""

from django.dispatch import Signal

#: Somebody has answered; `invitation` (None in a confidential wave), `wave`.
response_submitted = Signal()
#: A wave takes no more answers; `wave`, `by`.
wave_closed = Signal()
