"""Tags of the look: icons, navigation, states, names. Built in, so templates need no `load`."""

import re
from functools import cache
from typing import Any
from urllib.parse import urlencode

from lucide.templatetags.lucide import lucide
from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from nastavnik.core import navigation

register = template.Library()


@cache
def _icon(name: str) -> SafeString:
    svg = lucide._render_icon(name, None)
    inner = re.sub(r"\s+", " ", re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)[1].strip())
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>')


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a lucide icon as inline SVG; decoration, the word stands beside it."""
    return _icon(name)
