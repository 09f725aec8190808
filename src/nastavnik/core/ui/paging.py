"""One page of many rows."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], per_page: int) -> Page[Any]:
    """Return the page the address asks for by `page`: the first one for nonsense, the last one beyond the end."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))
