"""Tags of the look: icons, navigation, states, addresses. Built in, so templates need no `load`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django_stubs_ext import StrOrPromise

from nastavnik.core import condition, taking_out
from nastavnik.core.access import Perm
from nastavnik.core.hooks import howtos, navigation, search
from nastavnik.core.ui import components
from nastavnik.core.ui.forms import FormFault, fault_of
from nastavnik.core.ui.keys import keys_on
from nastavnik.core.ui.theme import theme_of

register = template.Library()


register.simple_tag(components.icon, name="icon")
register.simple_tag(components.state, name="state")
register.simple_tag(components.duo, name="duo")
register.simple_tag(components.tokens, name="tokens")


@register.simple_tag
def machine_trouble() -> str:
    """Return what keeps the site from writing, in words; the database is not asked."""
    trouble = condition.of_storage()
    return condition.sentence(trouble) if trouble else ""


@register.simple_tag
def chip(
    person: components.Shown,
    pick: object = "",
    pick_name: str = "",
    pick_form: str = "",
    **about: Any,
) -> SafeString:
    """Return a person as `components.chip`; `pick` is the value of a box to pick the person by."""
    box = components.NOTHING
    if pick:
        box = components.pick(pick_name, pick, person.short_name, form=pick_form)
    return components.chip(person, box=box, **about)


class Slot(SafeString):
    """The place of a value in the markup of a row; whether it is empty is not known yet."""

    def __bool__(self) -> bool:
        raise TypeError("what depends on the row is decided where the rows are made")


class _Places:
    def __getitem__(self, name: str) -> Slot:
        return Slot(f"\0{name}\0")


class RowsNode(template.Node):
    """The markup of a row, rendered once and filled for every row."""

    def __init__(
        self, rows: template.base.FilterExpression, name: str, nodelist: template.NodeList
    ) -> None:
        self.rows, self.name, self.nodelist = rows, name, nodelist

    def render(self, context: Context) -> SafeString:
        """Return the rows; a value that is no markup is escaped."""
        with context.push(**{self.name: _Places()}):
            parts = self.nodelist.render(context).split("\0")
        between, names = parts[::2], parts[1::2]
        filled = []
        for row in self.rows.resolve(context):
            filled.append(between[0])
            for name, after in zip(names, between[1:], strict=True):
                filled += conditional_escape(row[name]), after
        return mark_safe("".join(filled))  # noqa: S308 - rendered by Django, the values escaped above


@register.tag("rows")
def rows_tag(parser: template.base.Parser, token: template.base.Token) -> RowsNode:
    """Draw rows that look alike: `{% rows lines as line %}<tr><td>{{ line.name }}</td></tr>{% endrows %}`.

    What stands inside is rendered once, whatever the number of rows, so nothing in it may depend on a row but the
    values: each row is a mapping of name → text (escaped) or markup of `core.ui.components`.
    """
    _tag, rows, _as, name = token.split_contents()
    nodelist = parser.parse(("endrows",))
    parser.delete_first_token()
    return RowsNode(parser.compile_filter(rows), name, nodelist)


@register.simple_tag
def filled(line: _Places, name: str) -> Slot:
    """Return the value of a row whose name is worked out, inside of `rows`."""
    return line[name]


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


@register.simple_tag(takes_context=True)
def howto(context: Context) -> str:
    """Return the address of the how-to of the page, empty where it has none."""
    match = context["request"].resolver_match
    name, hash_, anchor = howtos.target_of(match.view_name if match else "").partition("#")
    return f"{reverse('cabinet:how-to', args=[name])}{hash_}{anchor}" if name else ""


@register.simple_tag(takes_context=True)
def trail(context: Context, label: str, key: int) -> str:
    """Return the address of the history of a thing, empty for who may not read it."""
    if not context["request"].user.viewer.answers_for(Perm.TRAIL_VIEW):
        return ""
    return f"{reverse('cabinet:trail')}?{urlencode({'of': f'{label}:{key}'})}"


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Return the languages of the interface, each by its own name."""
    return list(settings.LANGUAGES)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section on the cover and whether its page is open."""

    label: StrOrPromise
    address: str
    is_open: bool
    key: str


@register.simple_tag(takes_context=True)
def sections(context: Context) -> list[list[ShownSection]]:
    """Return the groups of sections for the person who looks; the longest matching address is open."""
    request = context["request"]
    groups = navigation.groups_for(request.user)
    addresses = {s.url_name: components.address(s.url_name) for group in groups for s in group}
    here = request.path
    fitting = [
        address
        for address in addresses.values()
        if here == address or (address != "/" and here.startswith(address))
    ]
    opened = max(fitting, key=len, default="")
    return [
        [
            ShownSection(s.label, addresses[s.url_name], addresses[s.url_name] == opened, s.key)
            for s in group
        ]
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


@register.simple_tag(takes_context=True)
def way_out(context: Context, address: str) -> str:
    """Return where a link to a file with people leads: to the file, or first to the question what it is for."""
    return taking_out.way_out(context["request"], address)


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


@register.simple_tag
def form_fault(form: forms.BaseForm, asked: Iterable[BoundField] | str = "") -> FormFault | None:
    """Return what to say at the head of a form; of some fields only where a page shows only some."""
    return fault_of(form, None if isinstance(asked, str) else asked)


@register.filter
def at(mapping: Mapping[Any, Any], key: object) -> object:
    """Return the value of a mapping at a key, empty where there is none."""
    return mapping.get(key, "")
