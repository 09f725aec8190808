"""Light or dark: the person's choice, kept in a cookie, so it works without a script and without an account."""

from django.http import HttpRequest

COOKIE = "theme"
THEMES = ("light", "dark")


def theme_of(request: HttpRequest) -> str:
    """Return the chosen theme; light until somebody chooses."""
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in THEMES else "light"
