"""A refused action, told on the next page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from nastavnik.core.errors import RefusedError


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """Do the block up to a refusal; its reasons stand on top of the next page, and the view goes on behind the block."""
    try:
        yield
    except RefusedError as refusal:
        messages.error(request, str(refusal))
