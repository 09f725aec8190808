"""Keys of one letter: on until the person switches them off (WCAG 2.1.4), kept in a cookie."""

from django.http import HttpRequest

COOKIE = "keys"
OFF = "off"


def keys_on(request: HttpRequest) -> bool:
    """Tell whether the page listens to keys."""
    return request.COOKIES.get(COOKIE) != OFF
