"""Tags of the look: icons, navigation, states, addresses. Built in, so templates need no `load`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_stubs_ext import StrOrPromise
from lucide.templatetags.lucide import lucide

from nastavnik.core import navigation, search
from nastavnik.core.keys import keys_on
from nastavnik.core.theme import theme_of

register = template.Library()


@cache
def _icon(name: str) -> SafeString:
    svg = lucide(name, size=None)
    inner = re.sub(r"\s+", " ", re.sub(r"^<svg[^>]*>|</svg>$", "", svg.strip())).strip()
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{inner}</svg>')  # noqa: S308 - a shipped file


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a lucide icon as inline SVG; decoration, the word stands beside it."""
    return _icon(name)


#: State → the icon beside its word; a state of no other kind is still to come.
STATE_ICONS = {
    "done": "circle-check",
    "go": "circle-dot",
    "wait": "clock",
    "risk": "triangle-alert",
    "sos": "life-buoy",
    "stop": "circle-pause",
}


@register.simple_tag
def state(name: str, words: StrOrPromise) -> SafeString:
    """Return a state as icon and word: a tag, since a list shows it in every row."""
    return format_html(
        '<span class="st st-{}">{}{}</span>',
        name,
        _icon(STATE_ICONS.get(name, "circle-dashed")),
        words,
    )


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """Return the theme of the page: light or dark."""
    request = context.get("request")
    return "light" if request is None else theme_of(request)


@register.simple_tag(takes_context=True)
def keys(context: Context) -> bool:
    """Tell whether the page listens to keys."""
    return keys_on(context["request"])


@register.simple_tag(takes_context=True)
def searchable(context: Context) -> bool:
    """Tell whether there is anything this person may look for."""
    return bool(search.sources_for(context["request"].user))


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Return the languages of the interface, each by its own name."""
    return list(settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section on the cover and whether its page is open."""

    label: StrOrPromise
    url_name: str
    is_open: bool
    key: str


@register.simple_tag(takes_context=True)
def sections(context: Context) -> list[list[ShownSection]]:
    """Return the groups of sections for the person who looks; the longest matching address is open."""
    request = context["request"]
    groups = navigation.groups_for(request.user)
    here = request.path
    addresses = [reverse(section.url_name) for group in groups for section in group]
    fitting = [
        address
        for address in addresses
        if here == address or (address != "/" and here.startswith(address))
    ]
    opened = max(fitting, key=len, default="")
    return [
        [ShownSection(s.label, s.url_name, reverse(s.url_name) == opened, s.key) for s in group]
        for group in groups
    ]


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return this page's query string with some values changed; an empty value drops its key."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value in ("", None):
            params.pop(key, None)
        else:
            params[key] = value
    return f"?{params.urlencode()}"


@register.simple_tag
def address(name: str, *args: Any, **params: Any) -> str:
    """Return the address of a page with a query string."""
    return f"{reverse(name, args=args)}?{urlencode(params)}"


@register.simple_tag
def widget_kind(field: BoundField) -> str:
    """Return how a field is laid out: check (one box), checks (a list of boxes) or line."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "checks"
    return "line"


@register.filter
def at(mapping: Mapping[Any, Any], key: object) -> object:
    """Return the value of a mapping at a key, empty where there is none."""
    return mapping.get(key, "")
