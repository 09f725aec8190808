"""One page before what cannot be undone: it says what will happen; the same address does it by POST."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def ask(
    request: HttpRequest,
    *,
    heading: str,
    sentence: str,
    action: str,
    back: str,
    follows: Iterable[str] = (),
    fields: Iterable[tuple[str, object]] = (),
    is_mild: bool = False,
) -> HttpResponse:
    """Return the page that asks.

    Args:
        request: the GET being answered.
        heading: the question.
        sentence: what will happen, and what stays.
        action: the words on the button.
        back: where «no» leads.
        follows: what else follows, a sentence each.
        fields: what was chosen before and travels with the answer, by name, several of one name too.
        is_mild: it can be taken back, so the button does not warn.
    """
    asked = {
        "question": heading,
        "sentence": sentence,
        "action": action,
        "back": back,
        "follows": tuple(follows),
        "fields": tuple(fields),
        "is_mild": is_mild,
    }
    return render(request, "confirm.html", asked)
