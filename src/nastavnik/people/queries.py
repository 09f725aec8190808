"""Reads of people."""

import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks import holdings
from nastavnik.core.text import fold
from nastavnik.core.ui.components import few
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.organisations.queries import bounds_after
from nastavnik.people.access import may_switch_off, renewals
from nastavnik.people.choices import (
    LEARNERS,
    MERGE_UNDO_DAYS,
    SAID_AS,
    ImportStatus,
    PersonKind,
    RosterKind,
)
from nastavnik.people.models import (
    ClassTransfer,
    Enrolment,
    Membership,
    Person,
    PersonMerge,
    RosterImport,
    SecondStep,
    StudyGroup,
    User,
    holds_on,
)


def has_any_account() -> bool:
    """Tell whether anybody can sign in yet."""
    return User.objects.exists()


def has_login(login: str) -> bool:
    """Tell whether a login is taken, in whatever organisation: logins are of the installation."""
    return User.objects.filter(login=login).exists()


def second_step_of(user: User) -> SecondStep | None:
    """Return the second step of one's own account, whatever its state."""
    return SecondStep.objects.filter(user=user).select_related("ended_by").first()


def asks_code(user: User) -> bool:
    """Tell whether a code is asked when this account signs in."""
    return SecondStep.objects.filter(user=user).on().exists()


def steps_to_end(by: User, users: Iterable[User]) -> set[int]:
    """Return the accounts whose second step is on and may be ended by somebody else."""
    users = list(users)
    asked = set(SecondStep.objects.filter(user__in=users).on().values_list("user_id", flat=True))
    may = may_switch_off(by, users)
    return {key for key in asked if may[key]}


#: Letters of a login made of a name; no signs, for it is typed from paper.
_LETTERS = "а a б b в v г g д d е e ё e ж zh з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х h ц c ч ch ш sh щ sch ъ _ ы y ь _ э e ю u я ya"
_LATIN = dict(zip(_LETTERS.split()[::2], _LETTERS.split()[1::2], strict=True))


def free_login(full_name: str) -> str:
    """Return a login nobody has: «Младшова Мария» → «mladshova.m», with a figure where that is taken."""
    words = ["".join(_LATIN.get(sign, sign) for sign in word) for word in full_name.lower().split()]
    plain = ["".join(sign for sign in word if sign.isascii() and sign.isalnum()) for word in words]
    last, first, *_rest = [*[word for word in plain if word][:2], "", ""]
    last = last or "user"
    wanted = f"{last}.{first[:1]}".rstrip(".")
    taken = set(User.objects.filter(login__startswith=wanted).values_list("login", flat=True))
    numbers = (f"{wanted}{n}" for n in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(one for one in numbers if one not in taken)


def people_without_account(people: Iterable[Person]) -> list[Person]:
    """Return those of some people who have no account yet."""
    people = list(people)
    keys = [person.pk for person in people]
    known = set(User.objects.filter(person__in=keys).values_list("person_id", flat=True))
    return [person for person in people if person.pk not in known]


@dataclass(frozen=True)
class Entrant:
    """Somebody who can be given a slip: an account, or a person who has none yet.

    Attributes:
        user: the account, None for who has none.
        person: the person of the roster, None for an account without one.
        why_not: why this user may not renew the password, empty when nothing speaks against it.
    """

    user: User | None
    person: Person | None
    why_not: str = ""

    @property
    def key(self) -> str:
        """Return what a box of the page carries."""
        if self.user is not None:
            return f"u{self.user.pk}"
        return f"p{self.person.pk if self.person else 0}"

    @property
    def name(self) -> str:
        """Return the name of the roster, else of the account."""
        return str(self.person or self.user)


def entrants(user: User, *, only: int | None = None) -> list[Entrant]:
    """Return the accounts with a role of today that the user keeps, one of them if named."""
    rows = Membership.objects.visible_to(user).filter(holds_on(today()))
    if only is not None:
        rows = rows.filter(user_id=only)
    users = {row.user_id: row.user for row in rows.select_related("user__person")}
    return _with_reasons(user, [(one, one.person) for one in users.values()])


def entrants_of(user: User, people: Iterable[Person]) -> list[Entrant]:
    """Return people with their accounts, if any (fetched)."""
    return _with_reasons(user, [(getattr(one, "account", None), one) for one in people])


def _with_reasons(user: User, found: list[tuple[User | None, Person | None]]) -> list[Entrant]:
    may_renew = renewals(user, [one for one, _person in found if one])
    return [
        Entrant(one, person, " ".join(may_renew[one.pk].reasons) if one else "")
        for one, person in found
    ]


def enrolments_on(day: dt.date, people: Iterable[int]) -> QuerySet[Enrolment]:
    """Return the enrolments of some people that hold a day, with their classes."""
    return Enrolment.objects.filter(holds_on(day), person_id__in=people).select_related(
        "study_group"
    )


def group_names(people: Iterable[Person]) -> dict[int, str]:
    """Return person key → name of the class of today; those without a class are left out."""
    keys = [person.pk for person in people]
    return {row.person_id: row.study_group.name for row in enrolments_on(today(), keys)}


def class_names(user: SignedIn) -> list[str]:
    """Return the names of the classes of today that a user sees."""
    day = today()
    groups = StudyGroup.objects.visible_to(user)
    groups = groups.filter(year__starts_on__lte=day, year__ends_on__gte=day)
    return list(groups.values_list("name", flat=True))


def in_class(name: str) -> QuerySet[Enrolment]:
    """Return the enrolments of today in a class of this name."""
    return Enrolment.objects.filter(holds_on(today()), study_group__name=name)


def roster(user: SignedIn, *, q: str = "", group: str = "", kind: str = "") -> QuerySet[Person]:
    """Return the present people a user sees, narrowed by part of a name, class and kind."""
    people = Person.objects.visible_to(user).present()
    for word in fold(q).split():
        people = people.filter(search_name__contains=word)
    if kind:
        people = people.filter(kind=kind)
    if group:
        people = people.filter(pk__in=in_class(group).values("person_id"))
    return people


def kinds_of(people: QuerySet[Person]) -> dict[str, int]:
    """Return kind → how many of these people are of it."""
    return dict(people.order_by().values_list("kind").annotate(n=Count("pk")))


def family_of(user: SignedIn, person: Person) -> list[Person]:
    """Return the others of a person's family whom the user sees."""
    if person.household_id is None:
        return []
    seen = Person.objects.visible_to(user).filter(household=person.household_id)
    return list(seen.exclude(pk=person.pk))


#: Endings of women's last names and of men's; the others are the same for both.
_ENDINGS = (("ая", "ий"), ("ова", "ов"), ("ева", "ев"), ("ина", "ин"), ("ына", "ын"))


def surnames(last_name: str) -> frozenset[str]:
    """Return the parts of a last name in one form for men and women: «Орлова-Белая» → «орлов», «белий».

    To be compared, never to be shown; equal parts are a reason to ask, not to conclude.
    """
    return frozenset(_as_of_men(part) for part in fold(last_name).split("-") if part)


def _as_of_men(name: str) -> str:
    for ending, of_men in _ENDINGS:
        if name.endswith(ending):
            return name.removesuffix(ending) + of_men
    return name.removesuffix("ый") + "ий" if name.endswith("ый") else name


def namesakes_of(user: SignedIn, person: Person) -> list[Person]:
    """Return the present people of the roster with a last name of this person's, as far as the user sees them."""
    wanted = surnames(person.last_name)
    seen = Person.objects.visible_to(user).present().filter(organisation=person.organisation_id)
    some = seen.exclude(pk=person.pk).only(*_NAMED)
    return [one for one in some if wanted & surnames(one.last_name)]


_NAMED = ("pk", "kind", "last_name", "first_name", "patronymic", "position", "household")


def curator_account_of(organisation: Organisation) -> User | None:
    """Return the account of the organisation's curator of today, the first of several, with its person fetched."""
    membership = (
        Membership.objects.filter(holds_on(today()), organisation=organisation, role=Role.CURATOR)
        .select_related("user__person")
        .first()
    )
    return membership.user if membership else None


@dataclass(frozen=True)
class Known:
    """A person of the roster as a new list meets them.

    Attributes:
        person: the card.
        enrolment: the open enrolment with its class, None without one.
        is_this_year: whether that class belongs to the year the list is loaded into.
    """

    person: Person
    enrolment: Enrolment | None = None
    is_this_year: bool = False

    @property
    def group(self) -> str:
        """Return the name of the class, with its year when that is past; "" without a class."""
        if self.enrolment is None:
            return ""
        group = self.enrolment.study_group
        return group.name if self.is_this_year else f"{group.name} ({group.year})"


def known_people(
    organisation: Organisation, kind: RosterKind, year: AcademicYear | None
) -> list[Known]:
    """Return everybody a list of this kind may name, also those who left; two queries."""
    kinds: tuple[PersonKind, ...] = LEARNERS
    if kind != RosterKind.PUPILS:
        kinds = (PersonKind.TEACHER, *sorted(set(SAID_AS.values())))
    people = Person.objects.filter(organisation=organisation, kind__in=kinds).exclude(
        pk__in=PersonMerge.objects.standing().values("gone")
    )
    # the class of the day from which the list counts: that of the next year may be there already
    day = max(year.starts_on, min(today(), year.ends_on)) if year else today()
    enrolments = {
        row.person_id: row
        for row in Enrolment.objects.filter(
            holds_on(day),
            organisation=organisation,
            person__kind__in=kinds,
            person__left_on=None,
        ).select_related("study_group__year")
    }
    known = []
    for person in people:
        enrolment = enrolments.get(person.pk)
        holds = bool(enrolment and year and enrolment.study_group.year_id == year.pk)
        known.append(Known(person, enrolment, holds))
    return known


def old_lists(before: dt.datetime) -> QuerySet[RosterImport]:
    """Return lists never accepted that were loaded before a moment, and those accepted before it that still hold rows."""
    return RosterImport.objects.filter(
        Q(status=ImportStatus.DRAFT, loaded_at__lt=before)
        | Q(status=ImportStatus.ACCEPTED, accepted_at__lt=before) & ~Q(rows=[])
    ).order_by("pk")


def role_not_of_today(user: User) -> Membership | None:
    """Return the latest role of a user who has none today: it is over, or the clock of the machine lags."""
    if user.viewer.grants:
        return None
    return user.memberships.select_related("organisation").order_by("starts_on", "pk").last()


#: What becomes of a class whose pupils have finished school, instead of its name next year.
GRADUATES = ""
DAYS_TO_TAKE_BACK = 60
# how long before and after the end of a year its classes are asked about
DAYS_AROUND_END = 92
_LAST_CLASS = 11


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of a year that ends: how many are in it, what it would be called next year, whether they finish school."""

    group: StudyGroup
    n_pupils: int
    next_name: str
    is_last: bool


def next_year_bounds(year: AcademicYear) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the year after one: those entered, else from September to August."""
    after = AcademicYear.objects.filter(
        organisation_id=year.organisation_id, starts_on__gt=year.starts_on
    ).order_by("starts_on")
    if found := after.first():
        return found.starts_on, found.ends_on
    return bounds_after(year)


def year_to_leave(organisation: Organisation) -> AcademicYear | None:
    """Return the year in whose classes somebody still is for good: the last one first, then the present one; else None."""
    years = AcademicYear.objects.filter(organisation=organisation, starts_on__lte=today())
    for year in reversed(years.order_by("-starts_on")[:2]):
        there = Enrolment.objects.filter(study_group__year=year, ends_on=None, person__left_on=None)
        if there.exists():
            return year
    return None


def classes_to_take_over(user: SignedIn, year: AcademicYear) -> list[ClassRow]:
    """Return the classes of a year with somebody in them, the highest first."""
    groups = StudyGroup.objects.visible_to(user).filter(year=year).select_related("class_teacher")
    here = Q(ends_on=None, person__left_on=None)
    rows = Enrolment.objects.filter(here, study_group__in=groups).order_by()
    counts = dict(rows.values_list("study_group").annotate(n=Count("pk")))
    return [
        ClassRow(
            group,
            counts[group.pk],
            _next_name(group.name),
            group.grade is not None and group.grade >= _LAST_CLASS,
        )
        for group in sorted(groups, key=lambda one: (-(one.grade or 0), one.name))
        if group.pk in counts
    ]


def _next_name(name: str) -> str:
    """Return «6А» for «5А»; a group that has no step in its name keeps it."""
    found = re.match(r"\d{1,2}(?!\d)", name)
    return f"{int(found[0]) + 1}{name[found.end() :]}" if found else name


def last_transfer(user: SignedIn) -> ClassTransfer | None:
    """Return the last taking over of classes that may still be taken back."""
    standing = ClassTransfer.objects.visible_to(user).standing().select_related("to_year")
    found = standing.first()
    return found if found and not why_transfer_stays(found) else None


def why_transfer_stays(transfer: ClassTransfer) -> list[str]:
    """Return why a taking over of classes cannot be taken back; nothing where it can."""
    if transfer.taken_back_at:
        return [_("It was taken back already.")]
    if timezone.now() - transfer.made_at > dt.timedelta(DAYS_TO_TAKE_BACK):
        return [
            _("It was more than %(n)s days ago: correct single people on their cards.")
            % {"n": DAYS_TO_TAKE_BACK}
        ]
    if moved := _moved_since(transfer):
        return [
            _(
                "Somebody has changed the class since (%(names)s): correct single people on their cards."
            )
            % {"names": ", ".join(few([person.short_name for person in moved]))}
        ]
    return []


def _moved_since(transfer: ClassTransfer) -> list[Person]:
    """Return whose classes are no longer those a taking over has made; who has left since does not count."""
    moves = transfer.moves
    made = {int(key): person_id for key, person_id in moves["made"].items()}
    there = Enrolment.objects.filter(pk__in=made, ends_on=None).values_list("pk", flat=True)
    gone = {made[key] for key in set(made) - set(there)}
    # also a class of the old year: whoever was moved before the new one began has a row of a later key
    last = max([*moves["ended"], *made])
    people = Enrolment.objects.filter(pk__in=moves["ended"]).values("person_id")
    later = Enrolment.objects.filter(person_id__in=people, pk__gt=last)
    gone |= set(later.values_list("person_id", flat=True))
    return list(Person.objects.filter(pk__in=gone, left_on=None).order_by("search_name"))


# ---------------------------------------------------------------- two cards of one person

#: What is chosen of two cards that say different things.
MERGED_FIELDS = (
    "kind", "last_name", "first_name", "patronymic", "gender", "birth_date", "position", "subject", "work_started_on",
    "partner", "genitive", "dative", "instrumental",
)  # fmt: skip


def likely_doubles(user: SignedIn) -> list[tuple[Person, Person]]:
    """Return pairs of present cards that may be of one person, the surest first; one query.

    Last and first name agree; of birth date and patronymic neither says otherwise (an unknown one says nothing).
    """
    people = Person.objects.within(user, Perm.ROSTER_EDIT).present().select_related("partner")
    named: dict[str, list[Person]] = {}
    for person in people.order_by("search_name", "pk"):
        named.setdefault(fold(f"{person.last_name} {person.first_name}"), []).append(person)
    found = [
        pair
        for some in named.values()
        for pair in itertools.combinations(some, 2)
        if may_be_one(*pair)
    ]
    return sorted(
        found,
        key=lambda pair: pair[0].birth_date is None or pair[0].birth_date != pair[1].birth_date,
    )


def may_be_one(one: Person, other: Person) -> bool:
    """Tell whether nothing on two cards speaks against one person: an unknown birth date or patronymic says nothing."""
    if one.organisation_id != other.organisation_id:
        return False
    names = {fold(f"{card.last_name} {card.first_name}") for card in (one, other)}
    if len(names) > 1:
        return False
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        return False
    ours, theirs = fold(one.patronymic), fold(other.patronymic)
    return not ours or not theirs or ours == theirs


def recent_merges(user: SignedIn) -> QuerySet[PersonMerge]:
    """Return the cards made one that can still be taken apart, the last first."""
    since = timezone.now() - dt.timedelta(days=MERGE_UNDO_DAYS)
    seen = Person.objects.within(user, Perm.ROSTER_EDIT).values("pk")
    return (
        PersonMerge.objects.visible_to(user)
        .standing()
        .filter(made_at__gt=since, kept__in=seen)
        .select_related("kept", "gone")
    )


def merged_into(person: Person) -> Person | None:
    """Return the card to which everything of an emptied one has gone over; None of any other card."""
    if person.left_on is None:
        return None
    found = PersonMerge.objects.standing().filter(gone=person).select_related("kept").first()
    return found.kept if found else None


def old_merges(before: dt.datetime) -> QuerySet[PersonMerge]:
    """Return merges made before a moment."""
    return PersonMerge.objects.filter(made_at__lt=before).order_by("pk")


def merges_to_forget(merges: QuerySet[PersonMerge]) -> list[PersonMerge]:
    """Return of some merges, in the order they were made, those on whose emptied card nothing was put since but a class."""
    found, staying = [], set()
    for merge in merges.select_related("gone"):
        if merge.undone_at is None and (merge.gone_id in staying or _is_used(merge.gone)):
            staying.add(merge.kept_id)
        else:
            found.append(merge)
    return found


def _is_used(card: Person) -> bool:
    return any(
        rows.model is not Enrolment and rows.exists() for _key, _title, rows in rows_on(card)
    )


def held_of(person: Person) -> list[tuple[str, int]]:
    """Return what hangs on a card, by the words of `core.hooks.holdings`, and how many rows."""
    counted: dict[str, int] = {}
    for _key, title, rows in rows_on(person):
        if number := rows.count():
            counted[title] = counted.get(title, 0) + number
    return list(counted.items())


def rows_on(person: Person) -> Iterator[tuple[str, str, QuerySet[Any]]]:
    """Yield every table and field that leads to a card: its key, its words and the rows; merges themselves are left out."""
    titles = {one.model: one.title for one in holdings.holdings()}
    for relation in Person._meta.related_objects:
        model = relation.related_model
        assert not isinstance(model, str)  # noqa: S101 - all apps are loaded
        if model is PersonMerge:
            continue
        name = relation.field.name
        title = titles.get(model, str(model._meta.verbose_name))
        rows = model._base_manager.filter(**{name: person.pk}).order_by("pk")  # noqa: SLF001 - a row moves whoever sees it
        yield f"{model._meta.label}.{name}", title, rows
