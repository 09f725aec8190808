"""Ticks over the pages of a list, pressed as a browser without JavaScript presses."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse
from tests.cast import CANARY
from tests.pages import said, signed_in, text, years_ago

from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.text import fold
from nastavnik.core.ui.ticks import AT_MOST_LISTS, KEPT
from nastavnik.people.actions import mark_left, open_group
from nastavnik.people.actions.roster import enrol_all
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Person
from nastavnik.programmes.actions import add_to_base, set_participation_status
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation

pytestmark = pytest.mark.django_db
LEDGER = "/consents/"
N = 110  # three pages


@pytest.fixture
def crowd(cast):
    """Pupils of a class of their own, in the base of mentees, without papers."""
    school = cast.school
    people = Person.objects.bulk_create(
        Person(
            organisation=school.organisation,
            kind=PersonKind.PUPIL,
            last_name="Многов",
            first_name=f"Пётр{n:03}",
            search_name=fold(f"Многов Пётр{n:03}"),
            birth_date=years_ago(13),
        )
        for n in range(N)
    )
    group = open_group(school.year, "7В", by=cast.anna)
    enrol_all([(one, group, None) for one in people], starts_on=school.year.starts_on, by=cast.anna)
    add_to_base(school.programme, people, Side.MENTEE, by=cast.anna)
    return people


class Window:
    """A window of a browser without JavaScript, with one list open in it."""

    def __init__(self, user, address, name="people"):
        self.client, self.name = signed_in(user), name
        self.open(address)

    def open(self, address):
        self.address, self.page = address, text(self.client.get(address))

    def boxes(self, *, checked=False):
        found = re.findall(
            rf'<input class="form-check-input" type="checkbox"[^>]*name="{self.name}"[^>]*>',
            self.page,
        )
        return [
            int(re.search(r'value="(\d+)"', box)[1])
            for box in found
            if not checked or " checked" in box
        ]

    def hidden(self, name):
        return unescape(re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.page)[1])  # fmt: skip

    def press(self, *, on=None, address="", **data):
        """Send the form of the list with some boxes ticked, by default those that are, and follow where it leads."""
        sent = {
            self.name: self.boxes(checked=True) if on is None else list(on),
            "shown": self.hidden("shown"),
            "ticked-elsewhere": self.hidden("ticked-elsewhere"),
            **data,
        }
        response = self.client.post(address or self.address, sent)
        if response.status_code == 302:
            self.address = response["Location"]
            response = self.client.get(self.address)
        self.page = text(response)
        return response

    def go(self, word, **data):
        (value,) = {
            unescape(one)
            for one in re.findall(r'name="go" value="([^"]+)"', self.page)
            if unescape(one) == word or word in unescape(one)
        }
        return self.press(go=value, **data)

    def counted(self):
        return tuple(
            int(number)
            for number in re.findall(r"<output data-ticked(?:-pages)?\s*>(\d+)<", self.page)
        )


def signed():
    return set(Consent.objects.filter(purpose=Purpose.PUBLICATION).values_list("person", flat=True))


def off(window, **data):
    """Press «Tick off», and yes where the page asks first."""
    response = window.press(purposes=[Purpose.PUBLICATION], signed_on=today().isoformat(), **data)
    asked = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', window.page)
    if ("sure", "1") not in asked:
        return response
    sent = {}
    for name, value in asked:
        sent.setdefault(name, []).append(value)
    return window.client.post(window.address, sent)


def test_ticks_go_from_page_to_page_and_all_of_them_are_acted_on(cast, crowd):
    window = Window(cast.anna, f"{LEDGER}?group=7В")
    first = window.boxes()[:3]
    window.go("page=2", on=first)
    assert "page 2" in window.page
    assert (window.boxes(checked=True), window.counted()) == ([], (3, 1))
    second = window.boxes()[5:7]
    window.go("page=1", on=second)
    assert (window.boxes(checked=True), window.counted()) == (first, (5, 2))
    window.go("page=2", on=first[1:])  # one is unticked on the way
    off(window)
    assert signed() == {*first[1:], *second}
    window.open(f"{LEDGER}?group=7В")
    assert window.counted() == (0, 0)  # what is done is not done again


def test_all_that_is_found_is_ticked_and_unticked(cast, crowd):
    window = Window(cast.anna, f"{LEDGER}?group=7В")
    assert f"Tick all {N} found" in window.page
    window.go("all")
    assert window.counted() == (N, 3)
    window.go("none")
    assert window.counted() == (0, 0)
    window.go("all")
    window.go("page=2")
    left_out = window.boxes()[0]
    off(window, on=window.boxes()[1:])
    assert signed() == {one.pk for one in crowd} - {left_out}


def test_a_filter_keeps_the_ticks_and_says_whom_it_does_not_show(cast, crowd):
    window = Window(cast.anna, LEDGER)
    chosen = window.boxes()[-2:]
    window.go("filter", on=chosen, q="Ждунов", group="", kind="", show="")
    assert window.address == f"{LEDGER}?q=%D0%96%D0%B4%D1%83%D0%BD%D0%BE%D0%B2"
    assert window.counted()[0] == 2
    assert "2 of them the filter does not show" in window.page
    (third,) = window.boxes()
    off(window, on=[third])
    assert signed() == {*chosen, third}


def test_what_another_window_has_changed_is_not_acted_on_unseen(cast, crowd):
    window = Window(cast.anna, f"{LEDGER}?group=7В&page=2")
    other = Window(cast.anna, f"{LEDGER}?group=7В")
    other.client = window.client  # the same browser
    other.go("page=2", on=other.boxes()[:4])
    own = window.boxes()[:1]
    response = off(window, on=own)
    assert signed() == set()
    assert "Nothing is done yet" in said(response)[0]
    assert window.counted() == (5, 2)  # the own tick is kept, the others are seen now
    off(window)
    assert len(signed()) == 5


def test_who_is_gone_meanwhile_is_not_counted(cast, crowd):
    window = Window(cast.anna, f"{LEDGER}?group=7В")
    gone, *rest = window.boxes()[:3]
    window.go("page=2", on=[gone, *rest])
    record = Participation.objects.get(person=gone)
    set_participation_status(record, ParticipationStatus.LEFT, by=cast.anna)
    window.open(f"{LEDGER}?group=7В&page=2")
    assert window.counted() == (2, 1)
    off(window)
    assert signed() == set(rest)


def test_a_key_of_another_school_is_refused(cast, crowd):
    window = Window(cast.anna, LEDGER)
    stranger = cast.other.people["waiting"].pk
    window.go("page=2", on=[stranger])
    off(window, on=[])
    assert signed() == set()
    assert CANARY not in window.page


def test_people_of_several_pages_are_taken_into_a_base(cast, crowd):
    Participation.objects.filter(person__in=crowd).delete()
    window = Window(cast.anna, f"{reverse('programmes:add-to-base', args=['mentee'])}?group=7В")
    window.go("all")
    window.go("page=2", on=window.boxes()[1:])
    window.press()
    assert Participation.objects.filter(person__in=crowd).count() == N - 1


def test_the_base_suggests_only_what_was_not_answered(cast, crowd):
    """Who has everything is ticked at first; unticked, it stays so on the way back, and no page unseen is acted on."""
    from nastavnik.consents.actions import record_consents
    from nastavnik.consents.choices import NEEDED_FOR_BASE
    from nastavnik.programmes.actions import change_participation

    record_consents(crowd, NEEDED_FOR_BASE, signed_on=today(), by=cast.anna)
    records = list(Participation.objects.filter(person__in=crowd))
    for record in records:
        change_participation(record, areas=["maths"], by=cast.anna)
    window = Window(cast.anna, "/mentees/?group=7В", name="records")
    assert len(window.boxes(checked=True)) == 50
    assert window.counted() == (50, 1)
    unticked = window.boxes()[0]
    window.go("page=2", on=window.boxes()[1:])
    assert window.counted() == (99, 2)
    window.go("page=1")
    assert unticked not in window.boxes(checked=True)
    assert window.counted() == (99, 2)
    window.press(address=reverse("programmes:make-ready", args=["mentee"]))
    ready = Participation.objects.filter(person__in=crowd, status="ready")
    assert ready.count() == 99
    assert not ready.filter(pk=unticked).exists()


def test_what_a_reader_may_not_do_has_no_ticks(cast, crowd):
    page = text(signed_in(cast.users[Role.DIRECTOR]).get("/mentees/"))
    assert 'name="records"' not in page
    assert 'name="go"' not in page
    assert "page=2" in page
    assert page.count("<form") == page.count("</form>")


def test_only_the_last_lists_are_kept(cast, crowd):
    window = Window(cast.anna, LEDGER)
    session = window.client.session
    session[KEPT] = {f"/{n}/": {"keys": [n], "seen": []} for n in range(AT_MOST_LISTS)}
    session.save()
    window.go("page=2", on=window.boxes()[:1])
    kept = window.client.session[KEPT]
    assert (len(kept), list(kept)[-1], "/0/" in kept) == (AT_MOST_LISTS, LEDGER, False)


@pytest.mark.parametrize("shown", ["", "x,y", "9" * 40, ",".join(["1"] * 9)])
def test_a_forged_page_harms_nothing(cast, crowd, shown):
    window = Window(cast.anna, LEDGER)
    response = window.client.post(LEDGER, {"go": "?page=2", "people": "x", "shown": shown})
    assert response["Location"] == f"{LEDGER}?page=2"
    assert window.client.post(LEDGER, {"go": "//elsewhere", "shown": ""}).status_code == 422


@pytest.mark.parametrize(
    ("address", "name"), [(LEDGER, "people"), ("/mentees/", "records"), ("/people/", "")]
)
def test_lists_are_narrowed_by_kind_and_class(cast, address, name):
    client = signed_in(cast.anna)

    def names(**wanted):
        page = text(client.get(address, wanted))
        return {one.last_name for one in Person.objects.all() if one.full_name in page}

    assert "Новикова" in names(kind="teacher")
    assert "Ждунов" not in names(kind="teacher")
    assert "Ждунов" in names(group="6Б")
    assert "Новикова" not in names(group="6Б")
    assert names(group="6Б", kind="teacher") == set()


def test_who_has_left_the_roster_is_not_taken(cast, crowd):
    Participation.objects.filter(person__in=crowd).delete()
    window = Window(cast.anna, f"{reverse('programmes:add-to-base', args=['mentee'])}?group=7В")
    gone = window.boxes()[0]
    window.go("page=2", on=[gone, window.boxes()[1]])
    mark_left(Person.objects.get(pk=gone), by=cast.anna)
    window.open(window.address)
    window.press()
    assert Participation.objects.filter(person__in=crowd).count() == 1


def test_what_is_entered_for_the_ticked_goes_along(cast, crowd):
    window = Window(cast.anna, f"{LEDGER}?group=7В")
    day = (today() - dt.timedelta(days=3)).isoformat()
    window.go("page=2", on=window.boxes()[:1], purposes=[Purpose.PUBLICATION], signed_on=day)
    assert f'value="{day}"' in window.page
    marked = re.findall(r'name="purposes" value="(\w+)"[^>]* checked', window.page)
    assert marked == [Purpose.PUBLICATION]
    off(window)
    window.open(LEDGER)
    assert f'value="{day}"' not in window.page  # what is done is not suggested again
    assert len(re.findall(r'name="purposes" value="(\w+)"[^>]* checked', window.page)) == 2


def test_areas_and_places_go_from_page_to_page(cast, crowd):
    window = Window(cast.anna, reverse("programmes:describe", args=["mentee"]), "records")
    window.go("page=2", on=window.boxes()[:2], areas=["maths"])
    assert re.findall(r'name="areas" value="(\w+)"[^>]* checked', window.page) == ["maths"]
    assert window.client.session[KEPT][window.address.partition("?")[0]]["said"]["areas"] == ["maths"]  # fmt: skip
    third = window.boxes()[0]
    window.press(on=[third], areas=["maths"])
    records = Participation.objects.filter(person__last_name="Многов")
    assert sum("maths" in areas for (areas,) in records.values_list("areas")) == 3


def test_a_forged_field_does_not_fill_the_session(cast, crowd):
    window = Window(cast.anna, LEDGER)
    window.go("page=2", on=[], purposes=["x" * 500] * 300, signed_on="y" * 9000)
    assert len(str(window.client.session[KEPT])) < 30000
