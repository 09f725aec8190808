"""Running pairs of the cast, whose meetings of the last weeks are due."""

import datetime as dt

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.documents.actions import register_document, set_requisites
from nastavnik.matching.actions import run_matching
from nastavnik.mentorships.actions import approve_run
from nastavnik.mentorships.models import Mentorship
from nastavnik.programmes.models import Programme

WEEKS = dt.timedelta(weeks=8)


def run_pairs(school, *, ago=WEEKS):
    """Approve and register the pairs of a school as if it had been some weeks ago; return the order."""
    Programme.objects.filter(pk=school.programme.pk).update(
        starts_on=today() - dt.timedelta(days=200), ends_on=today() + dt.timedelta(days=150)
    )
    run = run_matching(school.programme, by=school.curator)
    order = approve_run(run, starts_on=today() - ago, by=school.curator)
    set_requisites(order, number="5-о", dated_on=today() - ago, by=school.curator)
    register_document(order, by=school.curator)
    return order


def pair_of(school, mentee="younger"):
    return Mentorship.objects.get(ties__mentee=school.records[mentee])


def users(cast):
    """The curator, and the two accounts of one pair: its mentor may be any of the older pupils."""
    return cast.users[Role.CURATOR], cast.users[Role.MENTOR], cast.users[Role.MENTEE]


def seat_mentor(cast, pair):
    """Give the account of the cast's mentor to the mentor of a pair."""
    user = cast.users[Role.MENTOR]
    user.person = pair.mentor.person
    user.save(update_fields=["person"])
    return user


def more_pairs(school, number):
    """Add running pairs to a school, all led by the mentor of one pair, as fast as the database can."""
    from nastavnik.mentorships.actions import plan_meetings
    from nastavnik.mentorships.models import Tie

    pair = pair_of(school)
    record = pair.ties.get().mentee
    known = type(record.person).objects.count()
    people = [
        _copy(record.person, first_name="Пётр", search_name=f"младшов петр {known + n}")
        for n in range(number)
    ]
    type(record.person).objects.bulk_create(people)
    records = [_copy(record, person=person) for person in people]
    type(record).objects.bulk_create(records)
    pairs = [_copy(pair) for _ in records]
    Mentorship.objects.bulk_create(pairs)
    Tie.objects.bulk_create(
        Tie(
            organisation=school.organisation,
            mentorship=one,
            mentee=mentee,
            starts_on=one.starts_on,
        )
        for one, mentee in zip(pairs, records, strict=True)
    )
    plan_meetings(pairs, by=school.curator)
    return pairs


def _copy(row, **changes):
    fields = {f.name: getattr(row, f.name) for f in row._meta.concrete_fields if not f.primary_key}
    return type(row)(**{**fields, **changes})
