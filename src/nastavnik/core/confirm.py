"""One page before what cannot be undone: it says what will happen; the same address does it by POST."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def ask(
    request: HttpRequest, *, heading: str, sentence: str, action: str, back: str
) -> HttpResponse:
    """Return the page that asks.

    Args:
        request: the GET being answered.
        heading: the question.
        sentence: what will happen, and what stays.
        action: the words on the button.
        back: where «no» leads.
    """
    asked = {"question": heading, "sentence": sentence, "action": action, "back": back}
    return render(request, "confirm.html", asked)
