"""The rows ticked on a list of several pages: kept from page to page until something is done with them.

Paging, narrowing and sorting of such a list are buttons of its form, so the ticks travel to the server, also without
JavaScript. They are kept in the session, by the address of the list; who acts acts on what the page said: when the ticks
on other pages have changed meanwhile in another window, nothing is done and the page is shown anew.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from nastavnik.core.http import LONGEST_KEY, ticked

#: The keys of the rows a filter leaves, in their order; None where a row has no box.
Found = Callable[[], Sequence[int | None]]
KEPT = "ticks"  # in the session: address → keys ticked and keys shown so far
AT_MOST_LISTS = 6
AT_MOST_VALUES, LONGEST_VALUE = 100, 100
SHOWN, ELSEWHERE, GO = "shown", "ticked-elsewhere", "go"


def _short(values: Sequence[str]) -> list[str]:
    """Return the values of a field as far as they are worth keeping: nobody fills the session."""
    return [value[:LONGEST_VALUE] for value in values[:AT_MOST_VALUES]]


def _mark(keys: Iterable[int]) -> str:
    """Return a short word that stands for a set of keys."""
    return hashlib.sha256(",".join(map(str, sorted(keys))).encode()).hexdigest()[:16]


@dataclass(slots=True)
class Ticks:
    """What is ticked on one list.

    Attributes:
        request: of the person who ticks.
        name: the name of the boxes.
        place: the address of the list.
        keys: all ticked keys, on whatever page.
        seen: the keys that stood on a page this person has sent; what is suggested is ticked only until then.
        shown: the keys with a box on the page that was sent, or is going to be shown.
        said: what is entered for the ticked, by the name of the field, as it was sent.
        n_found, n_pages, n_outside: rows that the filter leaves; pages with a tick; ticks the filter does not show.
    """

    request: HttpRequest
    name: str
    place: str
    keys: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    shown: frozenset[int] = frozenset()
    said: dict[str, list[str]] = field(default_factory=dict)
    n_found: int = 0
    n_pages: int = 0
    n_outside: int = 0

    @classmethod
    def of(
        cls, request: HttpRequest, name: str, *, place: str = "", also: Collection[str] = ()
    ) -> "Ticks":
        """Return the ticks of the list at a place, by default this page, with what was sent laid over what was kept.

        Args:
            request: of the person who ticks.
            name: the name of the boxes.
            place: the address of the list.
            also: fields of the same form that go along from page to page.
        """
        place = place or request.path
        kept = request.session.get(KEPT, {}).get(place, {})
        ticks = cls(request, name, place, set(kept.get("keys", ())), set(kept.get("seen", ())))
        ticks.said = {field: kept["said"][field] for field in also if field in kept.get("said", {})}
        if request.method == "POST":
            ticks._take_over()
            if SHOWN in request.POST:
                ticks.said = {field: _short(request.POST.getlist(field)) for field in also}
        return ticks

    def fill(self, form: forms.Form) -> None:
        """Let a form that nobody has sent begin with what was entered on another page of the list."""
        for name, values in self.said.items():
            given = form.fields.get(name)
            if isinstance(given, forms.MultipleChoiceField):
                form.initial[name] = values
            elif given is not None and values:
                form.initial[name] = values[0]

    def _take_over(self) -> None:
        given = set(ticked(self.request, self.name))
        if SHOWN not in self.request.POST:  # a form of one page: nothing is carried from another
            self.keys = given
            return
        sent = self.request.POST[SHOWN].split(",")
        self.shown = frozenset(
            int(key) for key in sent if key.isdecimal() and len(key) <= LONGEST_KEY
        )
        self.keys = (self.keys - self.shown) | given
        self.seen |= self.shown

    @property
    def elsewhere(self) -> set[int]:
        """Return what is ticked on other pages."""
        return self.keys - self.shown

    @property
    def n(self) -> int:
        """Return how many rows are ticked."""
        return len(self.keys)

    @property
    def n_elsewhere(self) -> int:
        """Return how many of them are not on this page."""
        return len(self.elsewhere)

    @property
    def n_pages_elsewhere(self) -> int:
        """Return on how many other pages rows are ticked."""
        return self.n_pages - bool(self.keys & self.shown)

    @property
    def mark(self) -> str:
        """Return what the form says of the ticks on other pages."""
        return _mark(self.elsewhere)

    def moved(self, filters: forms.Form, found: Found) -> HttpResponseRedirect | None:
        """Keep the ticks and go where a button of the list leads; None when something is to be done with them.

        Args:
            filters: the filter of the list, whose fields stand in its form.
            found: what the filter leaves.
        """
        go = self.request.POST.get(GO, "")
        query = self.request.GET.urlencode()
        if go == "filter":
            query = _query_of(self.request, filters)
        elif go.startswith("?"):
            query = go[1:]
        elif go == "all":
            every = {key for key in found() if key is not None}
            self.keys |= every
            self.seen |= every
        elif go == "none":
            self.seen |= self.keys
            self.keys = set()
        elif self._has_changed():
            messages.error(
                self.request,
                _("Nothing is done yet: what is ticked on other pages was changed in another window. Look once more and press again."),
            )  # fmt: skip
        else:
            return None
        self.keep()
        return HttpResponseRedirect(f"{self.place}?{query}" if query else self.place)

    def _has_changed(self) -> bool:
        said = self.request.POST.get(ELSEWHERE)
        return SHOWN in self.request.POST and said is not None and said != self.mark

    def sent(self) -> QueryDict | None:
        """Return what was sent, with the ticks of all pages in it; None where the page was only asked for."""
        if self.request.method != "POST":
            return None
        given = self.request.POST.copy()
        given.setlist(self.name, [str(key) for key in sorted(self.keys)])
        return given

    def keep(self) -> None:
        """Keep the ticks for the next page of the list."""
        kept = dict(self.request.session.get(KEPT, {}))
        kept.pop(self.place, None)
        if self.keys or self.seen or self.said:
            kept[self.place] = {"keys": sorted(self.keys), "seen": sorted(self.seen)}
        if self.said:
            kept[self.place]["said"] = self.said
        self.request.session[KEPT] = dict(list(kept.items())[-AT_MOST_LISTS:])

    def drop(self) -> None:
        """Forget the ticks: what was to be done with them is done."""
        self.keys, self.seen, self.said = set(), set(), {}
        self.keep()

    def laid_on(
        self,
        page: "Page[Any]",
        found: Found,
        boxes: Collection[int],
        *,
        suggested: Collection[int] = (),
        there: Callable[[], Iterable[int]] | None = None,
    ) -> "Ticks":
        """Return the ticks as a page shows them.

        Args:
            page: the page.
            found: what the filter leaves.
            boxes: the rows of the page that have a box.
            suggested: those of them that are ticked until the person says otherwise.
            there: the keys of all rows of the list, whatever the filter; a tick of a row that is gone is dropped.
        """
        if self.keys and there is not None and (gone := self.keys - set(there())):
            self.keys -= gone
            self.keep()
        self.keys |= set(suggested) - self.seen
        self.shown = frozenset(boxes)
        size = page.paginator.per_page
        places = {key: n // size for n, key in enumerate(found()) if key is not None}
        self.n_found = len(places)
        self.n_pages = len({places[key] for key in self.keys if key in places})
        self.n_outside = sum(key not in places for key in self.keys)
        return self


def _query_of(request: HttpRequest, filters: forms.Form) -> str:
    """Return the query of a list narrowed anew: the fields of its filter, and the order it stood in."""
    query = QueryDict(mutable=True)
    for name in filters.fields:
        if value := request.POST.get(name, ""):
            query[name] = value
    if sort := request.GET.get("sort"):
        query["sort"] = sort
    return query.urlencode()
